"""The frontier: what is found is entered once, taken once, settled, never lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from archive.errors import CollectionError, StorageError
from archive.model import Discovery, Role
from archive.watch.database import NAME, WatchDatabase
from archive.watch.frontier import Frontier, Waiting
from archive.watch.model import Address, AddressState
from archive.watch.rows import FOUND, SETTLED

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[WatchDatabase]:
    database = WatchDatabase(tmp_path)
    yield database
    database.close()


@pytest.fixture
def frontier(database: WatchDatabase) -> Frontier:
    return Frontier(database)


def found(
    name: object, source_id: str = "example", *, at: datetime = NOON, title: str = ""
) -> Discovery:
    url = name if isinstance(name, str) else f"https://news.example/2026/story-{name}"
    return Discovery(
        url=url,
        role=Role.ARTICLE,
        source_id=source_id,
        run_id="run-0",
        found_at=at,
        seed_url="https://news.example/feed.xml",
        seed_record_id="<urn:uuid:feed>",
        claimed_title=title or None,
        claimed_date="Sun, 22 Nov 2026 11:00:00 GMT",
    )


def take(frontier: Frontier, limit: int = 100, **values) -> tuple[Address, ...]:
    dull = {"source_id": "example", "run_id": "run-1", "now": NOON}
    chosen = {**dull, **values}
    return frontier.take(
        chosen["source_id"], chosen["run_id"], now=chosen["now"], limit=limit
    )


def names(addresses) -> list[str]:
    return [address.url.rpartition("-")[2] for address in addresses]


def fetched(address: Address, due_at: datetime | None = None, **values) -> Address:
    """Settle an address as captured."""
    return replace(
        address,
        state=AddressState.FETCHED if due_at is None else AddressState.DUE,
        reason="status 200",
        due_at=due_at,
        step=address.step + 1,
        last_at=NOON,
        **values,
    )


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


# ---------------------------------------------------------------- questions


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


# ---------------------------------------------------------------- others at work


def test_threads_enter_and_take_each_address_once(frontier):
    def work(number: int) -> list[str]:
        frontier.enter([found(n) for n in range(200)], now=NOON)
        mine: list[str] = []
        while taken := take(frontier, 7, run_id=f"run-{number}"):
            mine += names(taken)
            assert frontier.settle_many(map(fetched, taken)) == len(taken)
        return mine

    with ThreadPoolExecutor(4) as threads:
        mine = list(threads.map(work, range(4)))
    assert sorted(name for names_ in mine for name in names_) == sorted(
        str(n) for n in range(200)
    )
    assert frontier.counts() == {AddressState.FETCHED: 200}


WORKER = """
import sys
from datetime import timedelta
from pathlib import Path
from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from tests.archive.watch.test_frontier import NOON, fetched, found, names, take
frontier = Frontier(WatchDatabase(Path(sys.argv[1])))
new = frontier.enter([found(n) for n in range(300)], now=NOON)
print("new", len(new), flush=True)
while taken := take(frontier, 3, run_id=sys.argv[2]):
    print("took", *names(taken), flush=True)
    frontier.settle_many(fetched(a, NOON + timedelta(days=1)) for a in taken)
    print("settled", *names(taken), flush=True)
"""


def worker(root: Path, run_id: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(root), run_id],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def lines(output: str, word: str) -> list[str]:
    said = (line.split() for line in output.splitlines())
    return [name for first, *rest in said if first == word for name in rest]


def test_processes_take_each_address_once(tmp_path):
    workers = [worker(tmp_path, f"run-{number}") for number in range(3)]
    outputs = [process.communicate(timeout=50)[0] for process in workers]
    assert [process.returncode for process in workers] == [0, 0, 0]
    taken = [name for output in outputs for name in lines(output, "took")]
    assert len(taken) == len(set(taken)) == 300
    assert sum(int(n) for output in outputs for n in lines(output, "new")) == 300


@pytest.mark.crash
@pytest.mark.parametrize("after", [0, 1, 17, 120])
def test_a_kill_loses_no_address_and_nothing_that_was_settled(tmp_path, after):
    process = worker(tmp_path, "run-1")
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(after)]
    process.kill()
    output = "".join([*said, *process.communicate(timeout=50)[0].splitlines(True)[:-1]])
    database = WatchDatabase(tmp_path)
    frontier = Frontier(database)
    states = {a.url.rpartition("-")[2]: a for a in frontier.addresses()}
    assert len(states) in ((0, 300) if "new" not in output else (300,))
    for name in lines(output, "settled"):
        assert states[name].due_at == NOON + DAY
    for name in set(lines(output, "took")) - set(lines(output, "settled")):
        assert states[name].run_id == "run-1"
    frontier.release("run-1", now=NOON)
    assert not frontier.in_work()
    assert all(a.due_at is not None for a in frontier.addresses())
    database.close()


def test_a_file_that_is_locked_for_too_long_is_an_error_of_storage(
    frontier, database, monkeypatch
):
    frontier.enter([found(1)], now=NOON)
    with database.writing():
        for action in (
            lambda: frontier.enter([found(2)], now=NOON),
            lambda: take(frontier),
        ):
            with pytest.raises(StorageError, match="locked"):
                _impatiently(database, action)
    assert frontier.counts() == {AddressState.DUE: 1}


def _impatiently(database: WatchDatabase, action) -> None:
    def hurry(connection, _record, *_rest):
        connection.execute("PRAGMA busy_timeout = 50")

    event.listen(Engine, "checkout", hurry)
    try:
        action()
    finally:
        event.remove(Engine, "checkout", hurry)


def test_a_damaged_file_is_an_error_of_the_collection(tmp_path):
    (tmp_path / NAME).write_bytes(b"no database" * 1000)
    with pytest.raises(CollectionError, match="damaged"):
        WatchDatabase(tmp_path)
