"""Search: one question, and everything a page of answers shows [I/O]."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.engine import RowMapping

from archive import schema
from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.model import CaptureClass
from archive.search import asking
from archive.search.database import SearchFile
from archive.search.facets import (
    Match,
    by_article,
    counted,
    dates,
    in_order,
    named,
)
from archive.search.level import enter_new, searchable
from archive.search.lexing import Field
from archive.search.matching import Mark, marks, question_of
from archive.search.model import Hit, Order, Query, Results
from archive.search.query import Node
from archive.search.snippets import Marker

MOST_COUNTED: Final = 5_000  # matches that are weighed, counted and paged through

_articles, _captures = schema.articles.c, schema.captures.c
_SHOWN = (
    select(
        _articles.id,
        _articles.record_id,
        _captures.url,
        _articles.canonical_url,
        _articles.date,
        _articles.source_id,
        _articles.title,
        _articles.authors,
        _articles.section,
        _articles.published,
        _articles.language,
        _articles.page_class,
        _articles.work,
        _articles.text,
    )
    .join(schema.captures, _captures.record_id == _articles.record_id)
    .where(_articles.id.in_(bindparam("ids", expanding=True)))
)


def search(
    collection: Collection, query: Query, *, enter_at_most: int | None = None
) -> Results:
    """Find articles by their words and by what is known of them.

    Brings the index level with the catalogue first, by `enter_at_most` texts if that
    is given: what is not searchable yet is said in a note. Any thread may ask.
    Raises QueryError for words that can't be understood, UsageError for a date that
    is none, StorageError or CollectionError where the index can't be read.
    """
    asked = _Asked.of(query)
    with SearchFile(collection.root) as file:
        left = enter_new(collection, file, at_most=enter_at_most)
        with file.reading() as connection:
            upto = query.upto or asking.last_number(connection)
            found = asked.found(connection, upto, MOST_COUNTED)
            values = counted(found.articles)
            numbers = {number for one in values for number, _ in one.counts}
            names = asking.names(connection, numbers)
            page = found.articles[query.offset : query.offset + query.limit]
            ids = asking.article_ids(connection, (match.no for match in page))
            held = asking.held(connection, (match.work for match in page))
        is_writable = file.is_writable
    rows = _rows(collection, ids.values())
    markers = _Markers(asked.marks)
    source, language, *others = (named(one, names) for one in values)
    return Results(
        hits=tuple(
            _hit(
                rows[ids[match.no]],
                markers,
                score=match.score,
                held=held[match.work],
                matched=found.versions[match.work],
            )
            for match in page
            if ids.get(match.no) in rows
        ),
        total=len(found.articles),
        is_exact=found.is_exact,
        facets=(source, language, *dates(found.articles), *others),
        notes=tuple(_notes(left, is_writable, found, asked)),
        upto=upto,
    )


def found_ids(collection: Collection, query: Query) -> list[str]:
    """Give the ids of all articles that a query finds, in its order.

    `limit` and `offset` play no part. Raises as `search` does.
    """
    asked = _Asked.of(query)
    with SearchFile(collection.root) as file:
        enter_new(collection, file)
        with file.reading() as connection:
            upto = query.upto or asking.last_number(connection)
            found = asked.found(connection, upto, None)
            ids = asking.article_ids(connection, (m.no for m in found.articles))
    return [ids[match.no] for match in found.articles]


@dataclass(frozen=True, slots=True)
class _Found:
    """The articles that match, in their order."""

    articles: list[Match]
    versions: Counter[int]  # of each work that match
    is_exact: bool  # these are all


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query that was understood."""

    query: Query
    node: Node | None
    marks: tuple[Mark, ...]

    @classmethod
    def of(cls, query: Query) -> _Asked:
        node = question_of(query)
        return cls(query, node, tuple(marks(node)))

    @property
    def is_ranked(self) -> bool:
        """Whether there is a word to weigh the articles by."""
        return self.query.order is Order.RELEVANCE and bool(self.marks)

    def found(self, connection: Connection, upto: int, most: int | None) -> _Found:
        question = asking.statement(
            self.query,
            self.node,
            by_score=self.is_ranked,
            upto=upto,
            most=None if most is None else most + 1,
        )
        matches = asking.matches(connection, question)
        is_exact = most is None or len(matches) <= most
        articles, versions = by_article(matches[:most])
        if self.query.versions:
            articles = matches[:most]
        ordered = in_order(articles, self.query.dated, by_score=self.is_ranked)
        return _Found(ordered, versions, is_exact)


class _Markers:
    """What marks the headlines, and what marks the texts."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.title, self.text = (
            Marker([mark.phrase for mark in marks if mark.field in (None, field)])
            for field in (Field.TITLE, Field.TEXT)
        )


def _rows(collection: Collection, ids: Iterable[str]) -> dict[str, RowMapping]:
    with collection.catalogue.reading() as connection:
        rows = connection.execute(_SHOWN, {"ids": list(ids)}).mappings()
        return {row["id"]: row for row in rows}


def _hit(
    row: RowMapping,
    markers: _Markers,
    *,
    score: float,
    held: tuple[int, int],
    matched: int,
) -> Hit:
    texts, last_captured = held
    captured_at = parse_warc_date(row["date"])
    return Hit(
        article_id=row["id"],
        record_id=row["record_id"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=markers.title.marked(row["title"] or ""),
        snippet=markers.text.passage(searchable(row)),
        source_id=row["source_id"],
        captured_at=captured_at,
        published=row["published"],
        authors=tuple(json.loads(row["authors"])),
        section=row["section"],
        language=row["language"],
        page_class=CaptureClass(row["page_class"]),
        score=score,
        versions=texts,
        matched=matched,
        is_latest=int(captured_at.timestamp()) >= last_captured,
    )


def _notes(left: int, is_writable: bool, found: _Found, asked: _Asked) -> Iterator[str]:
    if left > 0:
        texts = f"{left:,} text{'s are' if left > 1 else ' is'} not searchable"
        yield f"{texts} yet" if is_writable else f"{texts}: nothing can be written here"
    if not found.is_exact:
        which = "that came in last" if asked.is_ranked else "that are newest"
        yield (
            f"more than {MOST_COUNTED:,} captures match: shown and counted are the "
            f"{MOST_COUNTED:,} {which}"
        )
