"""What is exported: all, a source, a span of time, a search, one article [I/O]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, FromClause, and_, exists, false, or_, select, true
from typing_extensions import override

from archive import schema
from archive.catalogue import Catalogue
from archive.collection import Collection
from archive.errors import NotFound, UsageError
from archive.model import Article, Capture
from archive.questions import article_in, captures_of, shown_articles
from archive.rows import capture_of
from archive.search.model import Query
from archive.spans import between
from archive.versions_questions import article_named, history

_captures, _articles = schema.captures.c, schema.articles.c
_BATCH: Final = 500  # ids in one question
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is asked for; nothing said means all that is held.

    Dates are those of captures, as `archive.spans` reads them; `until` is outside.
    """

    source_ids: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    search: str | None = None  # in the language of `dateline search`
    article: str | None = None  # an address, a record id or an article id

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.words()

    @property
    def names_pages(self) -> bool:
        """Whether single pages are meant, not all that was fetched in between."""
        return self.search is not None or self.article is not None

    def words(self) -> tuple[tuple[str, str], ...]:
        """Say what is asked for, as pairs of name and value."""
        return (
            *(("source", source) for source in self.source_ids),
            *((("since", self.since),) if self.since else ()),
            *((("until", self.until),) if self.until else ()),
            *((("search", self.search),) if self.search is not None else ()),
            *((("article", self.article),) if self.article is not None else ()),
        )

    @override
    def __str__(self) -> str:
        said = ", ".join(f"{name} {value}" for name, value in self.words())
        return said or "everything"


EVERYTHING: Final = Selection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The captures that are meant: those of a condition, and some by their ids."""

    selection: Selection
    clause: ColumnElement[bool]  # on the captures
    record_ids: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self.selection.is_everything

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """Give conditions that each capture meets one of, for a question each."""
        yield self.clause
        for batch in batches(sorted(self.record_ids)):
            yield and_(_captures.record_id.in_(batch), ~self.clause)


def choose(collection: Collection, selection: Selection) -> Choice:
    """Find out which captures are meant.

    Raises UsageError for dates that are none, NotFound for a source or an article
    that is not held, and what a search raises.
    """
    catalogue = collection.catalogue
    _insist_on_text(selection)
    within = conditions(selection)
    _insist_on_sources(catalogue, selection)
    if not selection.names_pages:
        return Choice(selection=selection, clause=within)
    named: set[str] | None = None
    if selection.article is not None:
        named = _records_of_article(catalogue, selection.article)
    if selection.search is not None:
        found = _records_found(collection, selection)
        named = found if named is None else named & found
    return Choice(
        selection=selection,
        clause=false(),
        record_ids=frozenset(_those(catalogue, named or (), within)),
    )


def chosen_articles(
    catalogue: Catalogue, choice: Choice, *, versions: bool = False
) -> Iterator[Article]:
    """Give the articles of the captures, oldest first, by the extractor that is shown.

    Without `versions`, of each article the newest of its texts that is among them.
    """
    if choice.record_ids and not versions:
        newest = frozenset(_newest(catalogue, choice.record_ids))
        choice = Choice(
            selection=choice.selection, clause=choice.clause, record_ids=newest
        )
    for clause in choice.clauses():
        question = shown_articles().where(clause)
        if not versions:
            question = question.where(~_has_newer(choice.selection))
        question = question.order_by(_articles.date, _articles.id)
        with catalogue.reading() as connection:
            for row in connection.execute(question).mappings():
                yield article_in(row)


def chosen_captures(
    catalogue: Catalogue, choice: Choice, *more: ColumnElement[bool]
) -> Iterator[Capture]:
    """Give the captures, those alone that also meet `more`."""
    for clause in choice.clauses():
        question = (
            select(schema.captures)
            .where(clause, *more)
            .order_by(_captures.date, _captures.record_id)
        )
        with catalogue.reading() as connection:
            for row in connection.execute(question).mappings():
                yield capture_of(row)


def batches(ids: Iterable[_T]) -> Iterator[list[_T]]:
    """Cut a list of ids into pieces that fit into a question."""
    source = iter(ids)
    while batch := list(islice(source, _BATCH)):
        yield batch


# ---------------------------------------------------------------- conditions


def conditions(
    selection: Selection, table: FromClause = schema.captures
) -> ColumnElement[bool]:
    """Say as a condition on captures which sources and dates are meant."""
    columns = table.c
    said = between(columns.date, selection.since, selection.until)
    if selection.source_ids:
        said.append(columns.source_id.in_(selection.source_ids))
    return and_(true(), *said)


def _has_newer(selection: Selection) -> ColumnElement[bool]:
    """Whether the selection holds a newer text of the same article."""
    if selection.names_pages:
        return false()  # the ids have been looked through
    later, capture = schema.articles.alias(), schema.captures.alias()
    return exists(
        select(later.c.id)
        .join(capture, capture.c.record_id == later.c.record_id)
        .where(
            later.c.canonical_url == _articles.canonical_url,
            or_(
                later.c.date > _articles.date,
                and_(later.c.date == _articles.date, later.c.id > _articles.id),
            ),
            capture.c.extractor == later.c.extractor,
            conditions(selection, capture),
        )
        .correlate(schema.articles)
    )


def _insist_on_text(selection: Selection) -> None:
    for name, value in selection.words():
        if not value.isprintable():
            raise UsageError(f"{name} {value!r} holds characters that can't be shown")


def _insist_on_sources(catalogue: Catalogue, selection: Selection) -> None:
    for source_id in selection.source_ids:
        found = select(_captures.record_id).where(_captures.source_id == source_id)
        with catalogue.reading() as connection:
            if connection.execute(found.limit(1)).first() is not None:
                continue
            there = connection.execute(
                select(_captures.source_id).distinct().order_by(_captures.source_id)
            ).scalars()
            names = ", ".join(there) or "none"
        raise NotFound(f"nothing is held of a source {source_id!r}; there are: {names}")


# ---------------------------------------------------------------- single pages


def _records_of_article(catalogue: Catalogue, name: str) -> set[str]:
    """Find every capture of an article's page, by any address that led to it.

    Of a page that has no text, those of its address.
    """
    asked = {kept.capture.record_id for kept in captures_of(catalogue, name)}
    try:
        article = article_named(catalogue, name)
    except NotFound:
        if asked:
            return asked
        raise
    told = history(catalogue, article.id)
    records = {seen.kept.capture.record_id for seen in told.captures}
    return records | asked | {article.provenance.record_id}


def _records_found(collection: Collection, selection: Selection) -> set[str]:
    from archive.search.questions import found_ids  # noqa: PLC0415 (its own database)

    query = Query(
        words=selection.search or "", source_ids=selection.source_ids, versions=True
    )
    found: set[str] = set()
    with collection.catalogue.reading() as connection:
        for batch in batches(found_ids(collection, query)):
            question = select(_articles.record_id).where(_articles.id.in_(batch))
            found.update(connection.execute(question).scalars())
    return found


def _those(
    catalogue: Catalogue, ids: Iterable[str], clause: ColumnElement[bool]
) -> Iterator[str]:
    """Give the ids that are captures and meet a condition."""
    for batch in batches(sorted(ids)):
        question = select(_captures.record_id)
        question = question.where(_captures.record_id.in_(batch), clause)
        with catalogue.reading() as connection:
            yield from connection.execute(question).scalars()


def _newest(catalogue: Catalogue, ids: Iterable[str]) -> Iterator[str]:
    """Of each article among some captures, give the record of the newest text."""
    newest: dict[str, tuple[str, str]] = {}
    for batch in batches(sorted(ids)):
        question = select(_articles.canonical_url, _articles.date, _articles.record_id)
        question = question.where(_articles.record_id.in_(batch))
        with catalogue.reading() as connection:
            for url, date, record_id in connection.execute(question):
                newest[url] = max(newest.get(url, ("", "")), (date, record_id))
    return (record_id for _, record_id in newest.values())
