"""What people and programs ask the catalogue [I/O]."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select
from sqlalchemy.engine import RowMapping

from archive import schema
from archive.catalogue import Catalogue
from archive.clock import warc_date
from archive.model import Article, Capture, CaptureClass, Miss, Run, TextOutcome
from archive.rows import article_of, capture_of, miss_of, run_of, software_of
from archive.spans import between
from archive.urlkey import urlkey

_captures, _articles, _misses = schema.captures.c, schema.articles.c, schema.misses.c
_extractors = schema.extractors.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A capture, and what became of its text."""

    capture: Capture
    text_outcome: TextOutcome | None  # None: not extracted yet
    text_detail: str
    page_class: CaptureClass | None  # None: nobody looked
    extractor: str | None  # the key of whose word that is; None: nobody had to look


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Which rows a list is asked for. Dates are as `archive.spans` reads them."""

    source_id: str | None = None
    run_id: str | None = None
    since: str | None = None
    until: str | None = None
    limit: int | None = None


def articles(catalogue: Catalogue, limits: Limits) -> Iterator[Article]:
    """List articles, newest capture first."""
    question = (
        shown_articles()
        .where(*_within(limits, _articles.date, _captures.run_id, _articles.source_id))
        .order_by(_articles.date.desc(), _articles.id)
        .limit(limits.limit)
    )
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            yield article_in(row)


def articles_of_file(catalogue: Catalogue, path: str) -> Iterator[Article]:
    """List the articles of one WARC file, in the order of their records."""
    question = shown_articles().where(_captures.path == path).order_by(_captures.offset)
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            yield article_in(row)


def captures(catalogue: Catalogue, limits: Limits) -> Iterator[Kept]:
    """List captures, newest first."""
    question = (
        select(schema.captures)
        .where(*_within(limits, _captures.date, _captures.run_id, _captures.source_id))
        .order_by(_captures.date.desc(), _captures.record_id)
        .limit(limits.limit)
    )
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            yield kept_of(row)


def captures_of_file(catalogue: Catalogue, path: str) -> Iterator[Kept]:
    """List the captures of one WARC file, in the order of their records."""
    question = (
        select(schema.captures).where(_captures.path == path).order_by(_captures.offset)
    )
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            yield kept_of(row)


def broken_revisits(catalogue: Catalogue) -> Iterator[tuple[Kept, str]]:
    """List the revisits of nothing, and of revisits, with the finding's code."""
    original = schema.captures.alias()
    question = (
        select(schema.captures, original.c.record_id.label("original_id"))
        .outerjoin(original, original.c.record_id == _captures.refers_to)
        .where(_captures.profile.is_not(None))
        .where(or_(original.c.record_id.is_(None), original.c.profile.is_not(None)))
    )
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            dangles = row["original_id"] is None
            yield kept_of(row), "dangling-revisit" if dangles else "revisit-chain"


def misses(catalogue: Catalogue, limits: Limits) -> Iterator[Miss]:
    """List the addresses that gave no capture, newest first."""
    question = (
        select(schema.misses)
        .where(*_within(limits, _misses.date, _misses.run_id, _misses.source_id))
        .order_by(_misses.date.desc(), _misses.record_id)
        .limit(limits.limit)
    )
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            yield miss_of(row)


def runs(catalogue: Catalogue, limits: Limits) -> Iterator[Run]:
    """List runs, newest first."""
    table = schema.runs.c
    question = (
        select(schema.runs)
        .where(*_within(limits, table.began_at, table.id, table.source_id))
        .order_by(table.began_at.desc(), table.id)
        .limit(limits.limit)
    )
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            yield run_of(row)


def captures_of(catalogue: Catalogue, name: str) -> list[Kept]:
    """Find the captures of an address, newest first, or the one with a record id.

    An address is looked for as it is written, as it was found, and by its key,
    in that order; a record id may be given with or without brackets.
    """
    if "urn:uuid:" in name:
        return _where(catalogue, _captures.record_id == f"<{name.strip('<>').lower()}>")
    exact = or_(_captures.url == name, _captures.found_url == name)
    return _where(catalogue, exact) or _where(
        catalogue, _captures.urlkey == urlkey(name)
    )


def misses_of(catalogue: Catalogue, url: str) -> list[Miss]:
    """Find the times an address was asked for in vain, newest first."""
    question = (
        select(schema.misses)
        .where(or_(_misses.url == url, _misses.found_url == url))
        .order_by(_misses.date.desc())
    )
    with catalogue.reading() as connection:
        return [miss_of(row) for row in connection.execute(question).mappings()]


def article_of_capture(catalogue: Catalogue, kept: Kept) -> Article | None:
    """Give the article of a capture; of an unchanged one, the earlier capture's.

    It is that of the extractor which was asked last, unless it found none.
    """
    return _article(
        catalogue, shown_articles().where(_articles.record_id == text_record(kept))
    )


def text_record(kept: Kept) -> str:
    """Name the record that the text of a capture was made from."""
    revisit = kept.capture.revisit
    unchanged = kept.text_outcome is TextOutcome.UNCHANGED and revisit is not None
    return revisit.record_id if unchanged and revisit else kept.capture.record_id


def article_by_id(catalogue: Catalogue, article_id: str) -> Article | None:
    """Give the article with an id, with or without brackets, by any extractor."""
    wanted = _articles.id == f"<{article_id.strip('<>')}>"
    return _article(catalogue, all_articles().where(wanted))


def text_before(catalogue: Catalogue, article: Article) -> str | None:
    """Give the text of an article as the capture before this one said it.

    By the same extractor: what two of them make of one page may differ, though
    nobody has edited it.
    """
    texts = select(_articles.text).join(
        schema.extractors, _extractors.key == _articles.extractor
    )
    with catalogue.reading() as connection:
        return connection.execute(_last_before(article, texts)).scalar()


def article_before(catalogue: Catalogue, article: Article) -> Article | None:
    """Give an article as the capture before this one said it, by the same extractor.

    Only articles that are shown count.
    """
    return _article(catalogue, _last_before(article, shown_articles()))


def is_pending(catalogue: Catalogue, path: str) -> bool:
    """Whether a text of this WARC file is still to be extracted."""
    question = (
        select(func.count())
        .select_from(schema.captures)
        .where(_captures.path == path, _captures.text_outcome.is_(None))
    )
    with catalogue.reading() as connection:
        return bool(connection.execute(question).scalar())


def totals(catalogue: Catalogue) -> dict[str, int]:
    """Count what the collection holds; of articles, those that are shown."""
    counted = {
        "captures": select(schema.captures.c.record_id),
        "articles": shown_articles(),
        "misses": select(schema.misses.c.record_id),
        "runs": select(schema.runs.c.id),
    }
    with catalogue.reading() as connection:
        return {name: _count(connection, rows) for name, rows in counted.items()}


def _count(connection: Connection, rows: Select[Any]) -> int:
    number = select(func.count()).select_from(rows.subquery())
    return int(connection.execute(number).scalar() or 0)


def _last_before(article: Article, articles: Select[Any]) -> Select[Any]:
    """Limit a question of articles and extractors to the last one before `article`."""
    source = article.provenance
    return (
        articles.where(
            _articles.canonical_url == article.canonical_url,
            _articles.date < warc_date(source.captured_at),
            _extractors.name == source.extractor,
            _extractors.version == source.extractor_version,
            _extractors.options_digest == source.options_digest,
        )
        .order_by(_articles.date.desc())
        .limit(1)
    )


def _within(
    limits: Limits, date: Any, run_id: Any, source_id: Any
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if limits.source_id is not None:
        conditions.append(source_id == limits.source_id)
    if limits.run_id is not None:
        conditions.append(run_id == limits.run_id)
    return [*conditions, *between(date, limits.since, limits.until)]


def _where(
    catalogue: Catalogue, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[Kept]:
    question = (
        select(schema.captures)
        .where(*conditions)
        .order_by(_captures.date.desc())
        .limit(limit)
    )
    with catalogue.reading() as connection:
        return [kept_of(row) for row in connection.execute(question).mappings()]


def _article(catalogue: Catalogue, question: Select[Any]) -> Article | None:
    with catalogue.reading() as connection:
        row = connection.execute(question.limit(1)).mappings().first()
    return article_in(row) if row is not None else None


def kept_of(row: RowMapping) -> Kept:
    """Read a capture, and what became of its text, out of a row of captures."""
    outcome, page_class = row["text_outcome"], row["page_class"]
    return Kept(
        capture=capture_of(row),
        text_outcome=TextOutcome(outcome) if outcome else None,
        text_detail=row["text_detail"] or "",
        page_class=CaptureClass(page_class) if page_class else None,
        extractor=row["extractor"],
    )


@cache  # it never changes, and has sixty columns to name
def all_articles() -> Select[Any]:
    """Ask for articles by all extractors, with what `article_in` reads."""
    return (
        select(
            schema.articles,
            *(c.label(f"capture_{c.name}") for c in schema.captures.c),
            *(c.label(f"extractor_{c.name}") for c in schema.extractors.c),
        )
        .join(schema.captures, _captures.record_id == _articles.record_id)
        .join(schema.extractors, _extractors.key == _articles.extractor)
    )


def shown_articles() -> Select[Any]:
    """Ask for the articles by the extractor that was last asked of each capture."""
    return all_articles().where(_captures.extractor == _articles.extractor)


def article_in(row: RowMapping) -> Article:
    """Read an article out of a row of `all_articles`."""
    capture = capture_of(_unprefixed("capture_", row))
    return article_of(row, capture, software_of(_unprefixed("extractor_", row)))


def _unprefixed(prefix: str, row: RowMapping) -> dict[str, Any]:
    return {
        str(name).removeprefix(prefix): value
        for name, value in row.items()
        if str(name).startswith(prefix)
    }
