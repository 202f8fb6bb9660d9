"""Articles as JSON Lines and Parquet: typed, complete, and no more than data."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from archive.errors import NotFound, UsageError
from archive.export.jsonlines import json_lines, write_json_lines
from archive.export.parquet import SCHEMA, write_parquet
from archive.export.selection import (
    EVERYTHING,
    Selection,
    choose,
    chosen_articles,
)
from archive.texts_lines import article_from, article_line, article_values
from tests.archive.export.conftest import HOSTILE


def articles(held, selection=EVERYTHING, *, versions=False):
    choice = choose(held.collection, selection)
    return list(chosen_articles(held.collection.catalogue, choice, versions=versions))


def names(held, found):
    by_id = {capture.record_id: name for name, capture in held.captures.items()}
    return [by_id[article.provenance.record_id] for article in found]


@pytest.mark.parametrize(
    ("selection", "newest", "every"),
    [
        (
            EVERYTHING,
            ["other", "far", "edited", "hostile"],
            ["bridge", "other", "far", "edited", "hostile"],
        ),
        (Selection(source_ids=("tagblatt",)), ["far", "hostile"], ["far", "hostile"]),
        (
            Selection(source_ids=("courier", "tagblatt"), until="2026-11-21"),
            ["bridge", "other", "far"],
            ["bridge", "other", "far"],
        ),
        (Selection(since="2026-11-21"), ["edited", "hostile"], ["edited", "hostile"]),
        (Selection(since="2027"), [], []),
        (Selection(search='"nine years"'), ["edited"], ["bridge", "edited"]),
        (Selection(search="far away", source_ids=("tagblatt",)), ["far"], ["far"]),
        (Selection(search="far", since="2026-11-21"), [], []),
        (Selection(search="years", article="http://news.example/other"), [], []),
        (
            Selection(article="http://news.example/old-bridge"),
            ["edited"],
            ["bridge", "edited"],
        ),
    ],
    ids=str,
)
def test_the_newest_text_of_each_article_or_every_one(held, selection, newest, every):
    assert names(held, articles(held, selection)) == newest
    assert names(held, articles(held, selection, versions=True)) == every


def test_a_search_is_exported_whole_however_much_a_page_of_it_would_list(
    held, monkeypatch
):
    words = Selection(search="bridge OR years OR far")
    every = names(held, articles(held, words, versions=True))
    assert len(every) > 2
    monkeypatch.setattr("archive.search.questions.MOST_COUNTED", 1)
    assert names(held, articles(held, words, versions=True)) == every


def test_an_article_can_be_named_by_its_ids(held):
    article = articles(held, Selection(article="http://news.example/far"))[0]
    for name in (article.id, article.provenance.record_id, article.id.strip("<>")):
        assert articles(held, Selection(article=name)) == [article]


@pytest.mark.parametrize(
    ("selection", "error", "sentence"),
    [
        (Selection(since="yesterday"), UsageError, "since 'yesterday' is no date"),
        (Selection(until="2026-13"), UsageError, "until '2026-13' is no date"),
        (Selection(source_ids=("nope",)), NotFound, "there are: courier, tagblatt"),
        (Selection(article="http://news.example/nope"), NotFound, "nothing is held"),
        (Selection(source_ids=("a\x1b[31m",)), UsageError, "characters"),
        (Selection(article="http://a/\x00"), UsageError, "characters"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said(held, selection, error, sentence):
    with pytest.raises(error, match=sentence.replace("[", r"\[")):
        choose(held.collection, selection)


@pytest.mark.parametrize(
    "date", ["2026", "2026-11", "2026-11-22", "2026-11-22T20", "2026-11-22T20:15:00Z"]
)
def test_a_date_may_be_any_beginning_of_one(held, date):
    found = {*articles(held, Selection(until=date), versions=True)}
    rest = {*articles(held, Selection(since=date), versions=True)}
    assert not found & rest
    assert found | rest == {*articles(held, versions=True)}


def test_the_lines_are_those_of_the_text_files(held):
    found = articles(held, versions=True)
    lines = b"".join(json_lines(found)).splitlines()
    assert [json.loads(line) for line in lines] == [
        json.loads(json.dumps(article_values(article))) for article in found
    ]
    assert [article_from(json.loads(line)) for line in lines] == found


def test_lines_hold_nothing_that_a_terminal_obeys(held):
    written = b"".join(json_lines(articles(held))).decode("utf-8")
    assert "\x1b" not in written
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in written
    assert HOSTILE in [json.loads(line)["title"] for line in written.splitlines()]


def test_lines_can_be_compressed(held):
    found = articles(held)
    plain, packed = io.BytesIO(), io.BytesIO()
    assert sum(write_json_lines(found, plain)) == len(found)
    list(write_json_lines(found, packed, is_gzip=True))
    assert gzip.decompress(packed.getvalue()) == plain.getvalue()


@pytest.fixture(scope="module")
def table(held):
    target = io.BytesIO()
    assert sum(write_parquet(articles(held, versions=True), target)) == 5
    return pq.read_table(io.BytesIO(target.getvalue()))


def test_parquet_columns_have_types(table):
    assert table.schema.equals(SCHEMA)
    assert table.schema.field("captured_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("published_from").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("authors").type == pa.list_(pa.string())
    assert table.schema.field("confidence").type == pa.float64()
    assert pa.types.is_struct(table.schema.field("provenance").type)


def test_parquet_says_what_the_lines_say(table, held):
    for row, article in zip(
        table.to_pylist(), articles(held, versions=True), strict=True
    ):
        values = json.loads(article_line(article))
        row["provenance"]["captured_at"] = values["provenance"]["captured_at"]
        for name in values.keys() & row.keys():
            assert row[name] == values[name], name
        assert row["captured_at"] == article.provenance.captured_at
        assert values.keys() - row.keys() == {"published_between", "modified_between"}


def test_parquet_can_be_asked_by_time_and_text(table):
    day = datetime(2026, 11, 21, tzinfo=UTC)
    later = table.filter(pc.greater_equal(table["captured_at"], pa.scalar(day)))
    assert later.num_rows == 2
    assert HOSTILE in later["title"].to_pylist()
    assert [HOSTILE] in later["authors"].to_pylist()


def test_parquet_of_nothing_has_its_columns():
    target = io.BytesIO()
    assert list(write_parquet([], target)) == []
    assert pq.read_table(io.BytesIO(target.getvalue())).schema.equals(SCHEMA)
