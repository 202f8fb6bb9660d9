"""What came in, what changed and what failed: as counted for a time."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from archive.collection import Collection
from archive.failures import OF_FETCHES, OF_TEXTS, failures, left_out
from archive.model import CaptureClass, FetchOutcome, Role, TextOutcome
from archive.run_questions import RunPage, prepare, run_page, source_ids
from archive.store import Store
from archive.tallies import Kind, Span, arrivals, bounds, by_hour, captures_by_day
from archive.texts import Verdict
from tests.support.builders import (
    make_article,
    make_discovery,
    make_exchange,
    make_miss,
    make_order,
    make_response,
    make_run,
    make_software,
    make_work,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = Span(since=NOON - timedelta(hours=12), until=NOON + timedelta(hours=12))


@pytest.fixture
def collection(tmp_path):
    with Collection.create(tmp_path / "c") as made:
        yield made


@pytest.fixture
def store(collection):
    opened = Store(
        collection, settings=[("software", "test")], text_outcome=lambda _: None
    )
    yield opened
    opened.close()


def keep(store, minutes, url="http://news.example/1", status=b"200 OK"):
    exchange = make_exchange(
        url, make_response(status=status), began_at=NOON + timedelta(minutes=minutes)
    )
    return store.keep(make_order(exchange=exchange)).result(10)


def tell(collection, capture, text, title="A headline", software=None, *, current=True):
    software = software or make_software()
    # Its address alone says which article it is.
    work = dataclasses.replace(make_work(title), canonical_url=None)
    article = make_article(capture, software, text=text, work=work)
    verdict = Verdict(
        record_id=capture.record_id,
        url=capture.url,
        outcome=TextOutcome.TEXT,
        article=article,
    )
    collection.catalogue.add_texts(software, [verdict], is_current=current)


def kinds(collection):
    return {
        kind: [
            one.captured_at.minute
            for one in arrivals(collection.catalogue, DAY, kind, 99)
        ]
        for kind in (Kind.NEW, Kind.CHANGED)
    }


def test_a_version_is_new_or_changed_or_the_same(collection, store):
    for minutes, text, title in (
        (0, "One.", "A"),
        (1, "One.", "A"),  # other bytes, the same words
        (2, "Two.", "A"),
        (3, "Two.", "B"),  # the headline alone
    ):
        tell(collection, keep(store, minutes), text, title)
    tell(collection, keep(store, 4, "http://news.example/2"), "One.", "A")
    assert kinds(collection) == {Kind.NEW: [4, 0], Kind.CHANGED: [3, 2]}
    newest = arrivals(collection.catalogue, DAY, Kind.CHANGED, 1)[0]
    assert (newest.title, newest.title_before) == ("B", "A")
    (count,) = [c for c in by_hour(collection.catalogue, DAY).values() if c.new]
    assert (count.new, count.changed) == (2, 2)


def test_another_extractor_is_no_edit(collection, store):
    first, second = keep(store, 0), keep(store, 1)
    old, new = make_software("1"), make_software("2")
    tell(collection, first, "As the old one reads it.", software=old)
    tell(collection, second, "As the new one reads it.", software=new)
    tell(collection, first, "As the new one reads it.", software=new)
    assert kinds(collection) == {Kind.NEW: [0], Kind.CHANGED: []}


def test_a_text_that_stands_beside_is_not_counted(collection, store):
    capture = keep(store, 0)
    tell(collection, capture, "Shown.", software=make_software("1"))
    tell(collection, capture, "Beside.", software=make_software("2"), current=False)
    assert kinds(collection) == {Kind.NEW: [0], Kind.CHANGED: []}


def test_the_end_of_a_time_is_not_in_it(collection, store):
    tell(collection, keep(store, 0), "One.")
    before = dataclasses.replace(DAY, until=NOON)
    after = dataclasses.replace(DAY, since=NOON + timedelta(microseconds=1))
    begins = dataclasses.replace(DAY, since=NOON)
    found = [
        len(arrivals(collection.catalogue, span, Kind.NEW, 9))
        for span in (before, begins, after)
    ]
    assert found == [0, 1, 0]


def test_captures_are_counted_for_an_address_however_it_is_written(collection, store):
    keep(store, 0, "http://news.example/a?x=1&y=2")
    keep(store, 1, "http://news.example/b")
    span = dataclasses.replace(DAY, url="https://www.news.example/a?y=2&x=1")
    assert captures_by_day(collection.catalogue, span) == {"2026-11-22": 1}
    assert captures_by_day(collection.catalogue, DAY) == {"2026-11-22": 2}
    first, last = bounds(collection.catalogue) or (None, None)
    assert (first, last) == (NOON, NOON + timedelta(minutes=1))


def test_hours_without_anything_are_there_too(collection):
    assert len(by_hour(collection.catalogue, DAY)) == 24
    assert bounds(collection.catalogue) is None


# ---------------------------------------------------------------- failures


def test_each_reason_is_told_once_with_examples(collection, store):
    for number in range(7):
        miss = dataclasses.replace(make_miss(f"http://a.example/{number}"), date=NOON)
        store.note(miss).result(10)
    for outcome in (FetchOutcome.EXCLUDED, FetchOutcome.OVER_LIMIT):
        left = dataclasses.replace(make_miss(), outcome=outcome, date=NOON)
        store.note(left).result(10)
    keep(store, 0, "http://a.example/gone", b"404 Not Found")
    wall = keep(store, 1, "http://a.example/wall")
    stub = Verdict(
        record_id=wall.record_id,
        url=wall.url,
        outcome=TextOutcome.OTHER_CLASS,
        page_class=CaptureClass.STUB,
    )
    empty = Verdict(
        record_id=keep(store, 2, "http://a.example/empty").record_id,
        url="http://a.example/empty",
        outcome=TextOutcome.EMPTY,
    )
    collection.catalogue.add_texts(make_software(), [stub, empty], is_current=True)
    found = {one.code: one for one in failures(collection.catalogue, DAY)}
    assert {code: one.count for code, one in found.items()} == {
        "miss-unreachable": 7,
        "status-404": 1,
        "class-paywall-stub": 1,
        "text-empty": 1,
    }
    assert len(found["miss-unreachable"].examples) == 5
    assert found["class-paywall-stub"].examples[0].record_id == wall.record_id
    assert left_out(collection.catalogue, DAY) == 2


def test_a_robots_txt_that_is_missing_is_no_failure(collection, store):
    discovery = make_discovery("http://a.example/robots.txt", Role.ROBOTS)
    exchange = make_exchange(
        discovery.url, make_response(status=b"404 Not Found"), began_at=NOON
    )
    store.keep(make_order(exchange=exchange, discovery=discovery)).result(10)
    assert failures(collection.catalogue, DAY) == []


def test_every_reason_has_words():
    assert OF_FETCHES.keys() == set(FetchOutcome)
    is_no_failure = {
        TextOutcome.TEXT,
        TextOutcome.UNCHANGED,
        TextOutcome.NOT_ARTICLE,
        TextOutcome.OTHER_CLASS,
    }
    assert OF_TEXTS.keys() == set(TextOutcome) - is_no_failure


# ---------------------------------------------------------------- runs


def test_sources_are_those_that_had_a_run(collection, store):
    assert source_ids(collection.catalogue) == []
    for number, name in enumerate(("b", "a", "b")):
        run = dataclasses.replace(make_run(), id=f"run-{number}", source_id=name)
        store.log(run).result(10)
    assert source_ids(collection.catalogue) == ["a", "b"]


def test_runs_are_asked_for_by_time_source_and_end(collection, store):
    for number in range(4):
        run = dataclasses.replace(
            make_run(ended=number % 2 == 0),
            id=f"run-{number}",
            began_at=NOON + timedelta(minutes=number),
        )
        store.log(run).result(10)

    def ids(**asked):
        page = RunPage(**{"limit": 9, **asked})
        return [run.id for run in run_page(collection.catalogue, page)]

    assert ids() == ["run-3", "run-2", "run-1", "run-0"]
    assert ids(limit=2, before=NOON + timedelta(minutes=2)) == ["run-1", "run-0"]
    assert ids(ended=True) == ["run-2", "run-0"]
    assert ids(ended=False, since=NOON + timedelta(minutes=2)) == ["run-3"]
    assert ids(source_id="nobody") == []


def test_a_catalogue_of_before_gets_the_indexes(collection):
    with collection.catalogue.writing() as connection:
        connection.exec_driver_sql("DROP INDEX captures_by_date")
    for _ in range(2):
        prepare(collection.catalogue)
    with collection.catalogue.reading() as connection:
        names = connection.exec_driver_sql("PRAGMA index_list(captures)").all()
    assert "captures_by_date" in {row[1] for row in names}
