"""What the frontier tells of its addresses, and by which indexes it finds out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from archive.watch.frontier import Frontier, Waiting
from archive.watch.model import Address, AddressState
from tests.support.frontiers import DAY, MINUTE, NOON, fetched, found, names, take


def test_what_is_due_is_told_for_each_source(frontier):
    frontier.enter([found(number, "a") for number in range(3)], now=NOON)
    frontier.enter([found(number, "b") for number in range(3, 5)], now=NOON + MINUTE)
    frontier.enter([found(9, "c")], now=NOON + DAY)
    frontier.leave_out([found(10, "d")], "excluded", now=NOON)
    failed = replace(
        take(frontier, 1, source_id="a")[0],
        state=AddressState.FAILED,
        due_at=NOON - MINUTE,
        last_at=NOON,
    )
    frontier.settle(failed)
    assert frontier.due(NOON + MINUTE) == (
        Waiting(source_id="a", count=3, earliest=NOON - MINUTE),
        Waiting(source_id="b", count=2, earliest=NOON + MINUTE),
    )
    assert frontier.due(NOON - DAY) == ()
    due = [frontier.next_due(source_id) for source_id in "abcde"]
    assert due == [NOON - MINUTE, NOON + MINUTE, NOON + DAY, None, None]


def test_addresses_are_counted_and_listed_by_state_and_source(frontier):
    frontier.enter([found(number, "a") for number in range(3)], now=NOON)
    frontier.enter([found(3, "b")], now=NOON)
    frontier.settle(fetched(take(frontier, 1, source_id="a")[0]))
    assert frontier.counts() == {AddressState.DUE: 3, AddressState.FETCHED: 1}
    assert frontier.counts("b") == {AddressState.DUE: 1}
    assert names(frontier.addresses()) == ["0", "1", "2", "3"]
    assert names(frontier.addresses(source_id="a")) == ["1", "2", "0"]
    assert names(frontier.addresses(state=AddressState.DUE, limit=2)) == ["1", "2"]
    both = frontier.addresses(source_id="a", state=AddressState.FETCHED)
    assert names(both) == ["0"]


NOBODY = Address(
    key="", url="", source_id="", state=AddressState.DUE, reason="", found_at=NOON
)
QUESTIONS: dict[str, Callable[[Frontier], object]] = {
    "enter": lambda f: f.enter([found(1)], now=NOON),
    "get": lambda f: f.get(found(1).url),
    "take": take,
    "settle": lambda f: f.settle(NOBODY),
    "release": lambda f: f.release("run-1", now=NOON),
    "in_work": lambda f: f.in_work(),
    "taken_by": lambda f: f.taken_by("run-1"),
    "due": lambda f: f.due(NOON),
    "next_due": lambda f: f.next_due("example"),
    "aliases": lambda f: f.aliases("example,news)/"),
    "alias": lambda f: f.alias(found(1).url, found(2).url, "<urn:uuid:1>"),
}


def plan(action: Callable[[], object]) -> list[str]:
    """Give the steps by which SQLite finds what an action asks for."""
    steps: list[str] = []

    def listen(_connection, cursor, statement, parameters, _context, many):
        if statement.split()[0] in {"SELECT", "UPDATE", "WITH"} and not many:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in cursor.fetchall())

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        action()
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    return steps


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_reads_the_whole_table(frontier, name):
    frontier.enter([found(number) for number in range(10)], now=NOON)
    steps = plan(lambda: QUESTIONS[name](frontier))
    # The partial index holds nothing but what is in work.
    in_work = "SCAN addresses USING INDEX addresses_in_work"
    assert any("SEARCH addresses" in s or "aliases" in s or s == in_work for s in steps)
    for step in steps:
        assert not step.startswith("SCAN addresses") or step == in_work, steps
        assert not step.startswith("SCAN aliases"), steps


def test_what_is_known_is_told_from_indexes_alone(frontier):
    frontier.enter([found(1)], now=NOON)
    steps = plan(lambda: frontier.enter([found(1)], now=NOON))
    searches = [step for step in steps if step.startswith("SEARCH")]
    assert len(searches) == 2
    assert "COVERING INDEX addresses_by_key" in searches[0]
    assert "INDEX addresses_left_out" in searches[1]  # a row only of what is
