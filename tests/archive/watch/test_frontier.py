"""The frontier: what is found is entered once, taken once, settled, never lost."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import Address, AddressState
from archive.watch.rows import FOUND, SETTLED
from tests.support.frontiers import DAY, MINUTE, NOON, fetched, found, names, take


def writes(action) -> int:
    """Count the statements that may take the write lock."""
    said = []

    def listen(_connection, _cursor, statement, *_rest):
        said.append(statement.split()[0])

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        action()
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    return sum(word in {"INSERT", "UPDATE", "DELETE"} for word in said) + said.count(
        "BEGIN IMMEDIATE"
    )


# ---------------------------------------------------------------- entering


def test_what_is_new_is_due_at_once_and_given_back_in_its_order(frontier):
    seed = [found(3), found(1), found(2)]
    assert frontier.enter(seed, now=NOON) == tuple(seed)
    known = frontier.get(seed[1].url)
    assert known == Address(
        key="example,news)/2026/story-1",
        url=seed[1].url,
        source_id="example",
        state=AddressState.DUE,
        reason="found, and not asked for yet",
        found_at=NOON,
        seed_url=seed[1].seed_url,
        seed_record_id=seed[1].seed_record_id,
        claimed_date=seed[1].claimed_date,
        due_at=NOON,
    )


def test_what_is_known_is_not_new_and_keeps_how_it_was_found(frontier):
    frontier.enter([found(1, title="first")], now=NOON)
    again = [
        found(1, title="second", at=NOON + DAY),
        found("http://www.news.example/2026/story-1?utm_source=x", "other"),
    ]
    assert frontier.enter(again, now=NOON + DAY) == ()
    known = frontier.get(found(1).url)
    assert known is not None
    assert (known.claimed_title, known.found_at) == ("first", NOON)
    assert (known.source_id, known.url) == ("example", found(1).url)


def test_an_article_named_twice_by_one_seed_is_one(frontier):
    seed = [found(1), found("https://www.news.example/2026/story-1#top"), found(2)]
    assert frontier.enter(seed, now=NOON) == (seed[0], seed[2])


def test_a_seed_without_anything_new_writes_nothing(frontier):
    seed = [found(number) for number in range(1200)]
    left_out = [found(number) for number in range(1200, 1210)]
    frontier.enter(seed, now=NOON)
    frontier.leave_out(left_out, "excluded", now=NOON)
    assert writes(lambda: frontier.enter(seed, now=NOON)) == 0
    assert writes(lambda: frontier.leave_out(left_out, "excluded", now=NOON)) == 0
    assert writes(lambda: frontier.get(seed[0].url)) == 0
    assert writes(lambda: take(frontier, source_id="other")) == 0
    assert writes(lambda: frontier.release("run-1", now=NOON)) == 0
    assert writes(lambda: frontier.enter([found(9999)], now=NOON)) > 0  # it can count


def test_a_seed_of_any_length_is_read_once_and_entered_whole(frontier):
    def stream():
        yield from (found(number) for number in range(2500))

    assert len(frontier.enter(stream(), now=NOON)) == 2500
    assert frontier.counts() == {AddressState.DUE: 2500}
    assert names(take(frontier, 3)) == ["0", "1", "2"]


def test_a_seed_that_breaks_off_leaves_nothing(frontier):
    def stream():
        yield from (found(number) for number in range(1200))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        frontier.enter(stream(), now=NOON)
    assert frontier.counts() == {}


def test_what_is_left_out_is_said_once_and_never_due(frontier):
    ones = [found(1), found(2)]
    assert frontier.leave_out(ones, "the exclude pattern 'x' matches", now=NOON) == (
        *ones,
    )
    assert frontier.leave_out(ones, "another reason", now=NOON) == ()
    known = frontier.get(ones[0].url)
    assert known is not None
    assert known.state is AddressState.FOUND
    assert known.reason == "the exclude pattern 'x' matches"
    assert take(frontier, now=NOON + 99 * DAY) == ()


def test_what_was_left_out_and_is_wanted_later_counts_as_new(frontier):
    frontier.leave_out([found(1)], "over the limit", now=NOON)
    later = found(1, "other", at=NOON + DAY)
    assert frontier.enter([later], now=NOON + DAY) == (later,)
    known = frontier.get(later.url)
    assert known is not None
    assert (known.state, known.due_at) == (AddressState.DUE, NOON + DAY)
    # its ladder begins now, and the source that wants it gets it
    assert (known.found_at, known.source_id) == (NOON + DAY, "other")


def test_what_is_wanted_is_not_left_out_by_a_later_rule(frontier):
    frontier.enter([found(1)], now=NOON)
    assert frontier.leave_out([found(1)], "excluded now", now=NOON) == ()
    assert frontier.counts() == {AddressState.DUE: 1}


def test_everything_a_seed_names_can_be_asked_for_again(frontier):
    frontier.enter([found(number) for number in range(4)], now=NOON)
    taken = take(frontier)
    done = fetched(taken[0], etag=b'"1"')
    frontier.settle_many(
        [
            done,
            replace(taken[1], state=AddressState.GIVEN_UP, attempts=6, last_at=NOON),
            fetched(taken[2], due_at=NOON + 30 * DAY),
        ]
    )
    frontier.leave_out([found(9)], "excluded", now=NOON)
    later = NOON + DAY
    seed = [found(number) for number in (0, 1, 2, 3, 9, 10)]
    assert frontier.enter(seed, now=later, again=True) == (seed[4], seed[5])
    due = take(frontier, now=later)
    assert names(due) == ["9", "10", "0", "1", "2"]  # 3 is in work
    assert [address.attempts for address in due] == [0] * 5
    assert due[2].etag == done.etag  # it is known still what it was


@pytest.mark.parametrize(
    "url", ["http://\ud800.example/", "", "mailto:a@b", "x" * 10_000, "a\x00b"]
)
def test_any_string_can_be_entered(frontier, url):
    one = replace(found("x"), url=url, claimed_title=url)
    assert frontier.enter([one], now=NOON) == (one,)
    assert frontier.enter([one], now=NOON) == ()


# ---------------------------------------------------------------- taking


def test_what_is_taken_is_given_to_nobody_else(frontier):
    frontier.enter([found(number) for number in range(5)], now=NOON)
    first, second = take(frontier, 3), take(frontier, 3, run_id="run-2")
    assert names(first) == ["0", "1", "2"]
    assert names(second) == ["3", "4"]
    assert {(a.state, a.run_id, a.due_at) for a in first} == {
        (AddressState.FETCHING, "run-1", None)
    }
    assert take(frontier, run_id="run-3", now=NOON + DAY) == ()
    assert frontier.in_work() == {"run-1": 3, "run-2": 2}
    assert frontier.taken_by("run-2") == second


@pytest.mark.parametrize("limit", [0, -1])
def test_nothing_is_taken_where_there_is_no_room(frontier, limit):
    frontier.enter([found(1)], now=NOON)
    assert take(frontier, limit) == ()


def test_only_what_is_due_of_the_source_is_taken(frontier):
    frontier.enter([found(1)], now=NOON + MINUTE)
    frontier.enter([found(2, "other")], now=NOON)
    assert take(frontier) == ()
    assert names(take(frontier, now=NOON + MINUTE)) == ["1"]


def test_new_ones_come_first_and_then_what_waits_longest(frontier):
    frontier.enter([found(number) for number in range(5)], now=NOON)
    taken = take(frontier)
    waiting = (
        (AddressState.DUE, 4),
        (AddressState.FAILED, 2),
        (AddressState.REFUSED, 3),
        (AddressState.DUE, 1),
        (AddressState.FAILED, 60),
    )
    frontier.settle_many(
        replace(address, state=state, due_at=NOON + minutes * MINUTE, last_at=NOON)
        for address, (state, minutes) in zip(taken, waiting, strict=True)
    )
    frontier.enter([found(5), found(6)], now=NOON + 9 * MINUTE)
    due = NOON + 10 * MINUTE
    assert names(take(frontier, 4, now=due)) == ["5", "6", "3", "1"]
    assert names(take(frontier, 4, now=due)) == ["2", "0"]
    assert frontier.next_due("example") == NOON + 60 * MINUTE


# ---------------------------------------------------------------- settling


def test_everything_of_an_address_is_stored_and_read_back(frontier):
    frontier.enter([found(1, title="\N{SNOWMAN} \u202e")], now=NOON)
    known = replace(
        take(frontier)[0],
        state=AddressState.FAILED,
        reason="timeout: why",
        due_at=NOON + DAY,
        step=3,
        attempts=2,
        gone=1,
        last_at=NOON + MINUTE,
        record_id="<urn:uuid:1>",
        status=410,
        payload_digest="sha256:12",
        etag=b'W/"\xff"',
        last_modified=b"yesterday",
    )
    assert frontier.settle(known)
    assert frontier.get(known.url) == known
    assert frontier.in_work() == {}


def test_every_field_of_an_address_is_either_found_or_settled():
    named = {field.name for field in fields(Address)}
    assert named | {"asked"} == {*FOUND, *SETTLED}


def test_what_another_run_has_taken_is_not_settled_over_it(frontier):
    frontier.enter([found(1)], now=NOON)
    mine = take(frontier)[0]
    frontier.release("run-1", now=NOON)
    theirs = take(frontier, run_id="run-2")[0]
    assert not frontier.settle(fetched(mine))
    assert frontier.settle_many([fetched(mine), fetched(mine)]) == 0
    assert frontier.get(mine.url) == theirs
    assert frontier.settle(fetched(theirs))


def test_what_is_not_known_is_not_settled(frontier):
    frontier.enter([found(1)], now=NOON)
    assert not frontier.settle(replace(take(frontier)[0], key="example,other)/"))


def test_what_a_run_leaves_in_work_is_due_again_at_once(frontier):
    frontier.enter([found(number) for number in range(4)], now=NOON)
    first, _, third, _ = take(frontier)
    frontier.settle(fetched(first))
    frontier.settle(replace(third, state=AddressState.DUE, due_at=NOON + DAY))
    assert frontier.release("run-1", now=NOON + MINUTE) == 2
    assert frontier.release("run-1", now=NOON + MINUTE) == 0
    assert names(take(frontier, now=NOON + MINUTE, run_id="run-2")) == ["1", "3"]


def test_nothing_is_lost_over_a_restart(frontier, database, tmp_path):
    frontier.enter([found(number) for number in range(3)], now=NOON)
    taken = take(frontier, 2)
    frontier.settle(fetched(taken[0], due_at=NOON + DAY))
    database.close()
    reopened = WatchDatabase(tmp_path)
    after = Frontier(reopened)
    assert after.counts() == {AddressState.DUE: 2, AddressState.FETCHING: 1}
    assert after.taken_by("run-1") == (taken[1],)
    reopened.close()
