"""Every exchange is kept, and no payload twice, however many arrive together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.collection import Collection
from archive.errors import StorageError
from archive.model import Capture, TextOutcome
from archive.store import Store
from pipelines.items import Archived, Fetched
from pipelines.keeping import Keeper
from tests.support.builders import make_discovery, make_exchange, make_response

URLS = [f"http://news.example/{number}" for number in range(40)]


def no_text(_capture: Capture) -> TextOutcome | None:
    return TextOutcome.NOT_ARTICLE


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection.create(tmp_path / "c") as made:
        yield made


def fetched(url: str, response: bytes) -> Fetched:
    return Fetched(discovery=make_discovery(url), exchange=make_exchange(url, response))


def keep_together(collection: Collection, response: bytes) -> list[Capture]:
    store = Store(collection, settings=[("software", "test")], text_outcome=no_text)

    async def keep() -> list[Archived]:
        keeper = Keeper(store, collection.catalogue)
        return await asyncio.gather(
            *(keeper.keep(fetched(url, response)) for url in URLS)
        )

    kept = asyncio.run(keep())
    store.close()
    return [archived.capture for archived in kept]


def test_of_equal_payloads_that_arrive_together_one_is_stored(collection):
    captures = keep_together(collection, make_response())
    originals = [capture for capture in captures if capture.revisit is None]
    assert len(originals) == 1
    assert {capture.url for capture in captures} == set(URLS)
    for capture in captures:
        if capture.revisit is not None:
            assert capture.revisit.record_id == originals[0].record_id


def test_answers_without_a_payload_do_not_wait_for_each_other(collection):
    captures = keep_together(collection, make_response(b""))
    assert [capture.revisit for capture in captures] == [None] * len(URLS)


def test_who_waits_for_a_payload_that_is_refused_is_told_so_too(
    collection, monkeypatch
):
    store = Store(collection, settings=[("software", "test")], text_outcome=no_text)

    def full(*_words: object) -> None:
        raise StorageError("no space left")

    monkeypatch.setattr("archive.warc.writer.WarcWriter.sync", full)

    async def keep() -> list[object]:
        keeper = Keeper(store, collection.catalogue)
        return await asyncio.gather(
            *(keeper.keep(fetched(url, make_response())) for url in URLS[:3]),
            return_exceptions=True,
        )

    told = asyncio.run(keep())
    assert [type(one) for one in told] == [StorageError] * 3
    monkeypatch.undo()
    with pytest.raises(StorageError):
        store.close()
