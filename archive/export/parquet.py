"""Articles as Parquet, in typed columns, for DuckDB, pandas and their like [I/O].

The names are those of the JSON Lines; times are timestamps in UTC, lists are lists.
pyarrow is loaded when it is needed: it takes a third of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from archive.model import Article, Moment
from archive.texts_lines import article_values

MEDIA_TYPE = "application/vnd.apache.parquet"
_GROUP_ROWS = 5_000
_GROUP_TEXT = 16 * 1024 * 1024  # characters of text in a row group, about

_TIME = pa.timestamp("us", tz="UTC")
_TEXT = pa.string()


def _struct(**fields: pa.DataType) -> pa.DataType:
    return pa.struct([pa.field(name, kind) for name, kind in fields.items()])


SCHEMA = pa.schema(
    [
        pa.field("id", _TEXT, nullable=False),
        pa.field("captured_at", _TIME, nullable=False),
        pa.field("source", _TEXT, nullable=False),
        pa.field("url", _TEXT, nullable=False),
        pa.field("canonical_url", _TEXT, nullable=False),
        pa.field("stated_url", _TEXT),
        pa.field("class", _TEXT, nullable=False),
        pa.field("confidence", pa.float64(), nullable=False),
        pa.field("title", _TEXT),
        pa.field("kicker", _TEXT),
        pa.field("section", _TEXT),
        pa.field("standfirst", _TEXT),
        pa.field("authors", pa.list_(_TEXT), nullable=False),
        pa.field("bylines", pa.list_(_struct(name=_TEXT, kind=_TEXT)), nullable=False),
        *(
            field
            for name in ("published", "modified")
            for field in (
                pa.field(name, _TEXT),  # as it is known: "2024-03"
                pa.field(f"{name}_precision", _TEXT),
                pa.field(f"{name}_from", _TIME),  # the earliest it can have been
                pa.field(f"{name}_until", _TIME),  # and the latest
            )
        ),
        pa.field("dateline", _struct(text=_TEXT, place=_TEXT, day=_TEXT, agency=_TEXT)),
        pa.field("site_name", _TEXT),
        pa.field("description", _TEXT),
        pa.field("language", _TEXT),
        pa.field("licence", _TEXT),
        pa.field("access", _TEXT),
        pa.field(
            "images",
            pa.list_(_struct(url=_TEXT, caption=_TEXT, alt=_TEXT, credit=_TEXT)),
            nullable=False,
        ),
        pa.field("links", pa.list_(_struct(url=_TEXT, text=_TEXT)), nullable=False),
        pa.field("quoted_sources", pa.list_(_TEXT), nullable=False),
        pa.field("text", _TEXT, nullable=False),
        pa.field(
            "claims",
            pa.list_(
                _struct(field=_TEXT, value=_TEXT, origin=_TEXT, chosen=pa.bool_())
            ),
            nullable=False,
        ),
        pa.field(
            "provenance",
            _struct(
                record_id=_TEXT,
                payload_digest=_TEXT,
                warc_file=_TEXT,
                warc_offset=pa.int64(),
                warc_length=pa.int64(),
                captured_at=_TIME,
                found_url=_TEXT,
                source=_TEXT,
                run=_TEXT,
                extractor=_TEXT,
                extractor_version=_TEXT,
                options_digest=_TEXT,
                text_digest=_TEXT,
            ),
            nullable=False,
        ),
    ]
)


def write_parquet(articles: Iterable[Article], target: IO[bytes]) -> Iterator[int]:
    """Write articles, a row group at each step, and give the number of its rows."""
    with pq.ParquetWriter(target, SCHEMA, compression="zstd") as writer:
        for rows in _groups(articles):
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
            yield len(rows)


def _groups(articles: Iterable[Article]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    length = 0
    for article in articles:
        rows.append(row_of(article))
        length += len(article.text)
        if len(rows) >= _GROUP_ROWS or length >= _GROUP_TEXT:
            yield rows
            rows, length = [], 0
    if rows:
        yield rows


def row_of(article: Article) -> dict[str, Any]:
    """Make the row of an article."""
    values = article_values(article)
    captured_at = article.provenance.captured_at
    return {
        **values,
        "captured_at": captured_at,
        "source": article.provenance.source_id,
        **_span("published", article.work.published),
        **_span("modified", article.work.modified),
        "provenance": {**values["provenance"], "captured_at": captured_at},
    }


def _span(name: str, moment: Moment | None) -> dict[str, datetime | None]:
    return {
        f"{name}_from": moment.earliest if moment else None,
        f"{name}_until": moment.latest if moment else None,
    }
