"""The frontier between threads and processes, of which some are killed or wait."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from archive.errors import CollectionError, StorageError
from archive.watch.database import NAME, WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import AddressState
from tests.support.frontiers import DAY, NOON, fetched, found, names, take

ROOT = Path(__file__).resolve().parents[3]


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
from tests.support.frontiers import NOON, fetched, found, names, take
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
