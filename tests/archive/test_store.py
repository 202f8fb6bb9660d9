"""The store: what is acknowledged is there, in files that any reader reads."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive.cdxj import sorted_lines
from archive.collection import Collection
from archive.errors import StorageError
from archive.eventlog import read_events
from archive.index import build_index
from archive.model import Capture, Revisit, RevisitProfile, TextOutcome
from archive.questions import Limits, captures, misses, runs
from archive.recovery import recover
from archive.store import Store
from archive.warc.check import check_file
from archive.warc.reader import read_record
from tests.support.builders import make_miss, make_order, make_response, make_run


def no_text(_capture: Capture) -> TextOutcome | None:
    return TextOutcome.NOT_ARTICLE


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection.create(tmp_path / "c") as made:
        yield made


def open_store(collection: Collection, **options: float) -> Store:
    return Store(
        collection,
        settings=[("software", "test")],
        text_outcome=no_text,
        **options,  # type: ignore[arg-type]
    )


def test_an_acknowledged_capture_is_where_its_locator_says(collection):
    store = open_store(collection)
    order = make_order()
    capture = store.keep(order).result(10)
    record = read_record(
        collection.find(capture.locator.path),
        capture.locator.offset,
        capture.locator.length,
    )
    assert record.block == order.exchange.response
    assert record.record_id == capture.record_id
    store.close()


def test_a_finished_file_passes_every_check_and_is_indexed(collection):
    store = open_store(collection)
    store.log(make_run())
    for number in range(5):
        store.keep(make_order(f"http://news.example/{number}"))
    store.note(make_miss())
    store.log(make_run(ended=True))
    store.close()
    (path,) = collection.published()
    assert list(check_file(path)) == []
    with path.open("rb") as file:
        types = [record.record_type for record in ArchiveIterator(file)]
    assert types.count(WarcRecordType.response) == 5
    assert types.count(WarcRecordType.request) == 5
    index = collection.index_of(collection.relative(path)).read_text("utf-8")
    assert len(index.splitlines()) == 5


def test_the_index_is_what_reading_the_file_back_makes(collection):
    store = open_store(collection)
    for url in ("http://news.example/a", "http://news.example/b ", "http://é.example/"):
        store.keep(make_order(url))
    store.close()
    (path,) = collection.published()
    name = collection.relative(path)
    made = collection.derived(name, "index", ".cdxj").read_bytes()
    assert made == b"".join(sorted_lines(build_index(path, name.removeprefix("warc/"))))


def test_the_catalogue_says_what_reading_the_file_back_says(collection):
    store = open_store(collection)
    store.log(make_run())
    original = store.keep(make_order()).result(10)
    revisit = Revisit(
        profile=RevisitProfile.IDENTICAL_PAYLOAD,
        record_id=original.record_id,
        url=original.url,
        date=original.date,
    )
    store.keep(make_order(revisit=revisit))
    not_modified = dataclasses.replace(revisit, profile=RevisitProfile.NOT_MODIFIED)
    store.keep(
        make_order(
            response=b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
            revisit=not_modified,
        )
    )
    store.note(make_miss(detail="50 % lost\r\nand a line"))
    store.log(make_run(ended=True))
    store.close()
    (path,) = collection.published()
    what = [event.what for event in read_events(path, collection.relative(path))]
    kept = [kept.capture for kept in captures(collection.catalogue, Limits())]
    assert sorted(kept, key=lambda c: c.locator.offset) == [
        w for w in what if isinstance(w, Capture)
    ]
    assert [m for m in what if m in list(misses(collection.catalogue, Limits()))]
    assert next(runs(collection.catalogue, Limits())) == make_run(ended=True)
    assert list(check_file(path)) == []


def test_a_full_file_is_followed_by_another(collection):
    store = open_store(collection, max_size=1)
    kept = [store.keep(make_order(f"http://n.example/{n}")) for n in range(3)]
    store.close()
    paths = {future.result().locator.path for future in kept}
    assert len(paths) == 3
    assert {collection.relative(p) for p in collection.published()} == paths


def test_an_old_file_is_published_while_nothing_happens(collection):
    store = open_store(collection, max_age_s=0.2)
    store.keep(make_order()).result(10)
    for _ in range(100):
        if list(collection.published()):
            break
        store._thread.join(0.05)
    assert list(collection.published())
    store.close()


def test_two_stores_write_to_files_of_their_own(collection):
    one, other = open_store(collection), open_store(collection)
    paths = {
        store.keep(make_order(f"http://n.example/{n}")).result(10).locator.path
        for n, store in enumerate((one, other))
    }
    assert len(paths) == 2
    one.close()
    other.close()


def test_an_order_that_cannot_be_written_fails_alone(collection):
    store = open_store(collection)
    order = make_order()
    broken = dataclasses.replace(
        order, exchange=dataclasses.replace(order.exchange, url="http://x/\r\nEvil: 1")
    )
    with pytest.raises(ValueError, match="line"):
        store.keep(broken).result(10)
    assert store.keep(make_order()).result(10).status == 200
    store.close()
    (path,) = collection.published()
    assert list(check_file(path)) == []


def test_a_read_only_folder_is_a_clear_error(collection, monkeypatch):
    # Root may write anywhere, so the refusal is made by hand.
    def refuse(*_args: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("archive.warc.writer.os.write", refuse)
    store = open_store(collection)
    with pytest.raises(StorageError, match="read-only"):
        store.keep(make_order()).result(10)
    with pytest.raises(StorageError):
        store.close()
    monkeypatch.undo()
    assert recover(collection, no_text) == []
    assert list(collection.published()) == []


def test_a_store_on_the_same_collection_goes_on_after_the_disk_was_full(
    collection, monkeypatch
):
    store = open_store(collection)
    first = store.keep(make_order("http://n.example/1")).result(10)
    whole = os.write

    def half(fd: int, data: bytes) -> int:
        if len(data) > 200:
            return whole(fd, bytes(data)[:200])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archive.warc.writer.os.write", half)
    with pytest.raises(StorageError, match="full"):
        store.keep(
            make_order("http://n.example/2", make_response(os.urandom(4000)))
        ).result(10)
    with pytest.raises(StorageError):
        store.close()
    monkeypatch.undo()
    assert recover(collection, no_text) == []  # rolled back: nothing was torn
    again = open_store(collection)
    second = again.keep(make_order("http://n.example/2")).result(10)
    again.close()
    held = {kept.capture for kept in captures(collection.catalogue, Limits())}
    assert held == {first, second}
    for path in collection.published():
        assert list(check_file(path)) == []
