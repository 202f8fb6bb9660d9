"""The disk is full, over quota or read-only: a clear error, nothing acknowledged lost.

Long: `benchmarks.fulldisk`.
"""

from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest

from archive.collection import Collection
from archive.errors import StorageError
from archive.model import Capture, TextOutcome
from archive.questions import Limits, captures
from archive.recovery import recover
from archive.store import Store
from archive.verify import verify_collection
from archive.warc.check import check_file
from archive.warc.reader import read_record
from benchmarks.fulldisk import Level, fill_and_go_on, levels
from tests.support.builders import make_order, make_response
from tests.support.killing import Gazette, Process, broken_promises
from tests.support.smalldisk import SmallDisk, why_no_mount

pytestmark = [pytest.mark.crash, pytest.mark.timeout(180)]

ORDERS = 6
REFUSALS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EFBIG: "the file system allows no larger file",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "this user may not write there",
    errno.EIO: "the disk reports an input/output error",
}


@pytest.fixture
def may_mount() -> None:
    why = why_no_mount()
    if why is not None:
        pytest.skip(why)  # the limit on the length of files is tried everywhere


# ---------------------------------------------------------------- whole crawls


@pytest.mark.slow
@pytest.mark.usefixtures("may_mount")
@pytest.mark.parametrize("level", levels("disk", 4), ids=str)
def test_a_crawl_stops_at_a_full_disk_and_goes_on_with_room(level, tmp_path):
    assert fill_and_go_on(level, tmp_path).problems == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "level",
    [
        Level(kind="limit", size=100_000, padding=0),
        Level(kind="limit", size=600_000, padding=150_000),
    ],
    ids=str,
)
def test_a_crawl_stops_where_files_can_not_grow_and_goes_on(level, tmp_path):
    # Needs no privilege, so that it is tried everywhere.
    assert fill_and_go_on(level, tmp_path).problems == []


@pytest.mark.slow
@pytest.mark.usefixtures("may_mount")
def test_a_crawl_into_a_read_only_collection_changes_nothing(tmp_path):
    with Gazette(3) as gazette, SmallDisk(tmp_path / "disk", 64 * 1024**2) as disk:
        root = disk.folder / "collection"
        sources = tmp_path / "sources.toml"
        sources.write_text(gazette.sources_toml(), "utf-8")
        crawl: list[object] = ["crawl", "--again", "--sources", sources, "--json"]
        crawl += ["--collection", root]
        processes = []
        for number in range(3):
            disk.make_read_only(read_only=number == 1)
            with Process(list(map(str, crawl)), tmp_path / f"{number}.out") as process:
                process.finish()
            processes.append(process)
        codes = [process.finish() for process in processes]
        assert codes == [0, 1, 0], processes[1].errors()
        (line,) = processes[1].errors().splitlines()
        assert line.startswith(("dateline: cannot write ", "dateline: cannot use "))
        assert str(root) in line
        assert processes[1].acknowledged() == []
        said = [one for process in processes for one in process.acknowledged()]
        assert broken_promises(root, said) == []


# ---------------------------------------------------------------- one store


class Refusing:
    """`os.write` that is refused from the nth call on, the nth being cut short."""

    def __init__(self, number: int, nth: int) -> None:
        self._number = number
        self._left = nth
        self._write = os.write

    def __call__(self, fd: int, data: bytes) -> int:
        self._left -= 1
        if self._left > 0:
            return self._write(fd, data)
        if self._left == 0:
            return self._write(fd, data[: len(data) // 2])
        raise OSError(self._number, os.strerror(self._number))


def open_store(collection: Collection, **options: int) -> Store:
    return Store(
        collection,
        settings=[("software", "test")],
        text_outcome=lambda _capture: TextOutcome.NOT_ARTICLE,
        **options,  # type: ignore[arg-type]
    )


def outcome_of(future: Future[Capture]) -> Capture | StorageError:
    try:
        return future.result(10)
    except StorageError as error:
        return error


def keep_some(store: Store, *, one_by_one: bool) -> list[Capture | StorageError]:
    """Order some captures; one by one each is a group of its own."""
    given: list[Capture | StorageError] = []
    waiting = []
    for number in range(ORDERS):
        order = make_order(f"http://n.example/{number}", make_response(b"%d" % number))
        future = store.keep(order)
        if one_by_one:
            given.append(outcome_of(future))
        waiting.append(future)
    return given if one_by_one else [outcome_of(future) for future in waiting]


def assert_kept(
    collection: Collection, given: list[Capture | StorageError]
) -> list[Capture]:
    """Start again, and find everything that was acknowledged, exactly once."""
    recover(collection, lambda _capture: TextOutcome.NOT_ARTICLE)
    held = [kept.capture for kept in captures(collection.catalogue, Limits())]
    acknowledged = [one for one in given if isinstance(one, Capture)]
    for capture in acknowledged:
        assert held.count(capture) == 1
        place = capture.locator
        record = read_record(collection.root / place.path, place.offset, place.length)
        assert record.record_id == capture.record_id
    assert [*verify_collection(collection)] == []
    return acknowledged


@pytest.mark.parametrize("number", REFUSALS, ids=lambda number: errno.errorcode[number])
def test_each_refusal_says_what_it_is_and_which_file_it_was(
    number, tmp_path, monkeypatch
):
    with Collection.create(tmp_path / "c") as collection:
        store = open_store(collection)
        monkeypatch.setattr("archive.warc.writer.os.write", Refusing(number, 2))
        given = keep_some(store, one_by_one=True)
        assert all(isinstance(one, StorageError) for one in given)
        with pytest.raises(StorageError) as raised:
            store.close()
        monkeypatch.undo()
        assert REFUSALS[number] in str(raised.value)
        assert f"{collection.warc}/" in str(raised.value)
        assert raised.value.exit_code == 1
        assert assert_kept(collection, given) == []


@pytest.mark.parametrize("max_size", [1, 3000, 10**9], ids="size-{}".format)
@pytest.mark.parametrize("one_by_one", [True, False], ids=["one-by-one", "at-once"])
@pytest.mark.parametrize("nth", range(1, 9))
def test_a_store_refused_at_any_write_loses_nothing_acknowledged(
    nth, one_by_one, max_size, tmp_path, monkeypatch
):
    with Collection.create(tmp_path / "c") as collection:
        monkeypatch.setattr("archive.warc.writer.os.write", Refusing(errno.EDQUOT, nth))
        store = open_store(collection, max_size=max_size)
        given = keep_some(store, one_by_one=one_by_one)
        with pytest.raises(StorageError):
            store.close()
        monkeypatch.undo()
        refused = [isinstance(one, StorageError) for one in given]
        assert refused == sorted(refused)  # the first refusal is for good
        before = assert_kept(collection, given)
        again = open_store(collection)
        after = keep_some(again, one_by_one=False)
        again.close()
        assert len(assert_kept(collection, [*before, *after])) == len(before) + ORDERS
        assert_nothing_is_torn(collection.warc)


def test_a_full_disk_under_the_catalogue_loses_nothing_acknowledged(
    tmp_path, monkeypatch
):
    with Collection.create(tmp_path / "c") as collection:
        store = open_store(collection)
        first = outcome_of(store.keep(make_order("http://n.example/first")))

        def refuse(*_args: object, **_named: object) -> None:
            raise StorageError("cannot use catalogue.sqlite3: the disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(collection.catalogue, "add_events", refuse)
            refused = outcome_of(store.keep(make_order("http://n.example/second")))
            with pytest.raises(StorageError, match="full"):
                store.close()
        assert isinstance(refused, StorageError)
        assert assert_kept(collection, [first]) == [first]


@pytest.mark.parametrize("nth", range(1, 40))
def test_a_sync_that_fails_anywhere_loses_nothing_acknowledged(
    nth, tmp_path, monkeypatch
):
    # Once only: the next fsync may well say that all is fine, and lie.
    left = iter(range(nth, -1000, -1))
    sync = os.fsync

    def fail_once(fd: int) -> None:
        if next(left) == 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(fd)

    with Collection.create(tmp_path / "c") as collection:
        busy = threading.Event()
        store = Store(
            collection,
            settings=[("software", "test")],
            # So that what is ordered meanwhile is one group, over several files.
            text_outcome=lambda _: (busy.wait(10), TextOutcome.NOT_ARTICLE)[1],
            max_size=1500,
        )
        first = store.keep(make_order("http://n.example/first"))
        with monkeypatch.context() as patched:
            patched.setattr("archive.warc.writer.os.fsync", fail_once)
            waiting = [store.keep(make_order(f"http://n.example/{n}")) for n in "abc"]
            busy.set()
            given = [outcome_of(future) for future in (first, *waiting)]
            with suppress(StorageError):
                store.close()
        assert_kept(collection, given)


def assert_nothing_is_torn(folder: Path) -> None:
    for path in folder.rglob("*.warc.gz"):
        assert list(check_file(path)) == []
