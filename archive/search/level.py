"""The index of words, kept level with the catalogue [I/O].

Whatever an extractor says of a capture becomes a row of `texts`, and these rows are
counted up: what came after the last one that was read here has to be looked at, and
nothing else. Of each capture the article that is shown is indexed, or none.

Several processes may do this at once: each batch is a transaction, and begins with
what the last one, whoever made it, has left to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, func, literal_column, select
from sqlalchemy.engine import RowMapping

from archive import schema
from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.digests import sha256_label
from archive.search.database import NAME, Entry, SearchFile, Writer, state_of
from archive.search.facts import facts_of
from archive.search.words import GAP, indexed

OnProgress = Callable[[int, int], None]

_BATCH: Final = 500  # texts in one transaction


class _Above(msgspec.Struct):
    """What of a work stands above its text."""

    kicker: str | None = None
    standfirst: str | None = None


_ABOVE: Final = msgspec.json.Decoder(_Above)
_captures, _articles, _texts = schema.captures.c, schema.articles.c, schema.texts.c
_rowid: Any = literal_column("texts.rowid")

_LAST: Select[Any] = select(func.max(literal_column("rowid"))).select_from(schema.texts)
_NEXT = (
    select(_rowid.label("number"), _texts.record_id, _texts.extractor)
    .where(_rowid > bindparam("after"))
    .order_by(_rowid)
    .limit(bindparam("most"))
)
_AT = select(_texts.record_id, _texts.extractor).where(_rowid == bindparam("number"))
_SHOWN = (
    select(
        _articles.id,
        _articles.record_id,
        _articles.canonical_url,
        _articles.date,
        _articles.source_id,
        _articles.title,
        _articles.section,
        _articles.authors,
        _articles.published,
        _articles.published_from,
        _articles.published_until,
        _articles.language,
        _articles.page_class,
        _articles.work,
        _articles.text,
        _captures.url.label("capture_url"),
    )
    .join(schema.captures, _captures.record_id == _articles.record_id)
    .where(
        _captures.extractor == _articles.extractor,
        _articles.record_id.in_(bindparam("record_ids", expanding=True)),
    )
)


def behind(collection: Collection, file: SearchFile) -> int:
    """Count the texts that the index has not been told of."""
    with collection.catalogue.reading() as catalogue, file.reading() as connection:
        # In this order: what others enter meanwhile must not look like another file.
        mark = _mark(state_of(connection), catalogue) or 0
        return int(catalogue.execute(_LAST).scalar() or 0) - mark


def bring_level(
    collection: Collection,
    *,
    at_most: int | None = None,
    on_progress: OnProgress = lambda _done, _all: None,
) -> int:
    """Make what is in the catalogue searchable, or `at_most` texts more of it.

    Cheap where nothing is new. Gives the number of texts that are left: all that are
    new, where the folder can't be written. Raises StorageError or CollectionError.
    """
    with SearchFile(collection.root) as file:
        return enter_new(collection, file, at_most=at_most, on_progress=on_progress)


def enter_new(
    collection: Collection,
    file: SearchFile,
    *,
    at_most: int | None = None,
    on_progress: OnProgress = lambda _done, _all: None,
) -> int:
    """Do what `bring_level` does with a file that is open.

    Raises StorageError; what was entered before stays entered.
    """
    left = behind(collection, file)
    everything = left
    while left > 0 and file.is_writable:
        most = _BATCH if at_most is None else min(_BATCH, at_most - everything + left)
        if most <= 0:
            break
        with collection.catalogue.reading() as catalogue, file.writing() as writer:
            _enter_next(catalogue, writer, most)
        left = behind(collection, file)
        everything = max(everything, left)
        on_progress(everything - left, everything)
    return left


def forget(root: Path) -> None:
    """Drop the index of a collection, whose catalogue is about to be made again.

    Raises StorageError.
    """
    if not (root / NAME).exists():
        return
    with SearchFile(root) as file, file.writing() as writer:
        writer.clear()


def _mark(state: Callable[[str], str | None], catalogue: Connection) -> int | None:
    """Give the number of the last text that was read; None if it is another now.

    Then the catalogue has been made again, or is one from a backup.
    """
    number, text = int(state("mark") or 0), state("mark_of")
    if not number:
        return 0
    row = catalogue.execute(_AT, {"number": number}).first()
    return number if row is not None and _named(row) == text else None


def _enter_next(catalogue: Connection, writer: Writer, most: int) -> None:
    mark = _mark(writer.state, catalogue)
    if mark is None or writer.has_more_dead():
        writer.clear()
        mark = 0
    rows = catalogue.execute(_NEXT, {"after": mark, "most": most}).all()
    if not rows:
        return
    record_ids = list(dict.fromkeys(row.record_id for row in rows))
    found = catalogue.execute(_SHOWN, {"record_ids": record_ids}).mappings()
    shown = {row["record_id"]: row for row in found}
    indexed_ids = writer.article_ids(record_ids)
    # The same id is the same text: made of the same bytes by the same software.
    gone = [
        number
        for record_id, (number, article_id) in indexed_ids.items()
        if record_id not in shown or shown[record_id]["id"] != article_id
    ]
    if gone:
        writer.remove(gone)
    kept = {r for r, (number, _) in indexed_ids.items() if number not in gone}
    for record_id in record_ids:
        if record_id in shown and record_id not in kept:
            _add(writer, shown[record_id])
    writer.remember("mark", str(rows[-1].number))
    writer.remember("mark_of", _named(rows[-1]))


def _named(row: Any) -> str:
    return f"{row.record_id} {row.extractor}"


# ---------------------------------------------------------------- one article


def _add(writer: Writer, row: RowMapping) -> None:
    authors = json.loads(row["authors"])
    columns = (
        indexed(row["title"] or ""),
        indexed(searchable(row)),
        f" {GAP} ".join(indexed(author) for author in authors),
        indexed(row["section"] or ""),
        facts_of(
            source_id=row["source_id"],
            language=row["language"],
            page_class=row["page_class"],
            urls=(row["canonical_url"], row["capture_url"]),
        ),
    )
    writer.add(row["record_id"], row["id"], _entry(writer, row, authors), columns)


def _entry(writer: Writer, row: RowMapping, authors: Sequence[str]) -> Entry:
    def number(kind: str) -> int | None:
        return writer.name(kind, row[kind]) if row[kind] else None

    captured = row["date"]
    return Entry(
        work=_hashed(row["canonical_url"]),
        content=_hashed(row["title"] or "", row["text"]),
        captured=_seconds(captured),
        earliest=_seconds(row["published_from"] or captured),
        latest=_seconds(row["published_until"] or captured),
        month=_month(row["published"] or captured),
        source=writer.name("source", row["source_id"]),
        language=number("language"),
        section=number("section"),
        page_class=writer.name("class", row["page_class"]),
        authors=" ".join(str(writer.name("author", name)) for name in authors),
    )


def searchable(row: RowMapping) -> str:
    """Give all that is searched as text: kicker and standfirst stand before it."""
    work, text = _ABOVE.decode(row["work"]), str(row["text"])
    above = (work.kicker, work.standfirst)
    return "\n".join((*(line for line in above if line and line not in text), text))


def _hashed(*texts: str) -> int:
    """Make a number of texts that others do not have, of 60 bits."""
    label = sha256_label("\0".join(texts).encode("utf-8", "replace"))
    return int(label.removeprefix("sha256:")[:15], 16)


def _seconds(date: str) -> int:
    return int(parse_warc_date(date).timestamp())


def _month(date: str) -> int:
    year, month = date[:4], date[5:7]
    return int(year) * 100 + (int(month) if month.isdigit() else 0)
