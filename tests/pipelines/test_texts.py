"""Which captures are given a text, and that every outcome is written down."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.collection import Collection
from archive.events import capture_records
from archive.model import (
    Capture,
    Locator,
    Revisit,
    RevisitProfile,
    Role,
    TextOutcome,
)
from archive.questions import article_of_capture, captures_of
from pipelines.extraction import NO_HINTS, Extraction, Hints, describe
from pipelines.texts import TextLedger, outcome_at_once, page_from
from tests.support.builders import NOON, make_discovery, make_order

INFO = describe("test", "1", {"a": "b"})


def make_capture(**changes: object) -> Capture:
    capture = capture_records(make_order(), "<urn:uuid:0>").capture
    return dataclasses.replace(
        capture,
        locator=Locator(path="warc/x.warc.gz", offset=10, length=20),
        **changes,  # type: ignore[arg-type]
    )


def revisit_of(url: str) -> Revisit:
    return Revisit(
        profile=RevisitProfile.IDENTICAL_PAYLOAD,
        record_id="<urn:uuid:1>",
        url=url,
        date=NOON,
    )


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, None),
        ({"media_type": "application/xhtml+xml"}, None),
        ({"media_type": None}, None),
        ({"media_type": "image/png"}, TextOutcome.NOT_ARTICLE),
        ({"status": 404}, TextOutcome.NOT_ARTICLE),
        ({"status": 301}, TextOutcome.NOT_ARTICLE),
        ({"discovery": make_discovery(role=Role.SEED)}, TextOutcome.NOT_ARTICLE),
        ({"discovery": make_discovery(role=Role.ROBOTS)}, TextOutcome.NOT_ARTICLE),
        ({"revisit": revisit_of("http://news.example/1")}, TextOutcome.UNCHANGED),
        ({"revisit": revisit_of("http://news.example/twin")}, None),
        ({"payload_length": 0}, TextOutcome.EMPTY),
    ],
)
def test_what_can_be_said_at_once_depends_on_the_capture_alone(changes, outcome):
    assert outcome_at_once(make_capture(**changes)) is outcome


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection.create(tmp_path / "c") as made:
        yield made


def test_every_outcome_is_entered_with_its_reason(collection):
    captures = [
        dataclasses.replace(make_capture(), record_id=f"<urn:uuid:{number}>")
        for number in range(4)
    ]
    collection.catalogue.add_events(
        "warc/x.warc.gz", 30, captures=[(capture, None) for capture in captures]
    )
    assert len(collection.catalogue.pending()) == 4
    results = [
        Extraction(outcome=TextOutcome.TEXT, text="Grüße"),
        Extraction(outcome=TextOutcome.EMPTY),
        Extraction(outcome=TextOutcome.TIMEOUT, detail="after 20 s"),
        Extraction(outcome=TextOutcome.CRASHED, detail="signal 11"),
    ]
    ledger = TextLedger(collection.catalogue, lambda: INFO)
    for capture, result in zip(captures, results, strict=True):
        ledger.add(capture, result)
    ledger.close()
    assert collection.catalogue.pending() == []
    for capture, result in zip(captures, results, strict=True):
        (kept,) = captures_of(collection.catalogue, capture.record_id)
        assert kept.text_outcome is result.outcome
        assert kept.text_detail == result.detail
        article = article_of_capture(collection.catalogue, kept)
        assert (article is not None) is (result.outcome is TextOutcome.TEXT)
        if article is not None:
            assert article.text == "Grüße"
            assert article.provenance.options_digest == INFO.options_digest
            assert article.provenance.locator == capture.locator


def test_a_write_that_fails_is_not_forgotten(collection, monkeypatch):
    ledger = TextLedger(collection.catalogue, lambda: INFO)

    def refuse(*_: object, is_current: bool) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(collection.catalogue, "add_texts", refuse)
    ledger.add(make_capture(), Extraction(outcome=TextOutcome.EMPTY))
    with pytest.raises(OSError, match="No space"):
        ledger.close()


@pytest.mark.parametrize(
    ("seed_url", "origin"),
    [
        ("http://news.example/rss/all", "feed"),
        ("http://news.example/index.atom", "feed"),
        ("http://feeds.news.example/top", "feed"),
        ("http://news.example/news-sitemap.xml", "sitemap"),
        ("http://news.example/site_map_1.xml", "sitemap"),
        ("http://news.example/sport", "seed"),
        (None, "seed"),
    ],
)
def test_what_the_seed_claimed_goes_with_the_page(seed_url, origin):
    discovery = make_discovery(
        seed_url=seed_url, claimed_title="T", claimed_date="5 May"
    )
    order = make_order(discovery=discovery)
    page = page_from(make_capture(discovery=discovery), order.answer)
    assert page.hints == Hints(title="T", date="5 May", origin=origin)


def test_a_seed_that_claimed_nothing_gives_no_hints():
    order = make_order()
    assert page_from(make_capture(), order.answer).hints == NO_HINTS
