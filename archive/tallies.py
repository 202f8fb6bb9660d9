"""What came in, what changed and what failed, counted for a time [I/O].

A version of an article is one capture with a text. It is *new* if its address had
none before, *changed* if text or headline differ from the version before it by the same
extractor, and else the *same*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from archive import schema
from archive.catalogue import Catalogue
from archive.clock import parse_warc_date, warc_date
from archive.urlkey import urlkey

_articles, _captures = schema.articles.c, schema.captures.c


class Kind(StrEnum):
    """What a version of an article is, beside the one before it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time, and whose captures are meant. The end is not in it."""

    since: datetime
    until: datetime
    source_id: str | None = None
    url: str | None = None

    def hours(self) -> list[datetime]:
        """List the beginnings of its hours."""
        first = self.since.replace(minute=0, second=0, microsecond=0)
        count = -(-(self.until - first) // timedelta(hours=1))
        return [first + timedelta(hours=n) for n in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A version of an article, as a list shows it."""

    record_id: str  # of its capture
    kind: Kind
    captured_at: datetime
    source_id: str
    url: str  # the publisher's canonical one
    title: str | None
    section: str | None
    language: str | None
    title_before: str | None  # of a changed one, if it is another


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """New and changed versions."""

    new: int = 0
    changed: int = 0


def arrivals(catalogue: Catalogue, span: Span, kind: Kind, limit: int) -> list[Arrival]:
    """List the new or the changed versions in a time, newest first."""
    versions = _versions(span).subquery()
    question = (
        select(versions)
        .where(versions.c.kind == kind.value)
        .order_by(versions.c.date.desc(), versions.c.record_id)
        .limit(limit)
    )
    with catalogue.reading() as connection:
        return [_arrival(row) for row in connection.execute(question).mappings()]


def by_hour(catalogue: Catalogue, span: Span) -> dict[datetime, Count]:
    """Count new and changed versions in each hour of a time; hours without any too."""
    counts = {hour: Count() for hour in span.hours()}
    for text, count in _counted(catalogue, span, 13):
        hour = parse_warc_date(f"{text}:00Z")
        counts[hour] = count
    return counts


def changed_by_day(catalogue: Catalogue, span: Span) -> dict[str, Count]:
    """Count new and changed versions of each day that has any ("2026-11-22")."""
    return dict(_counted(catalogue, span, 10))


def captures_by_day(catalogue: Catalogue, span: Span) -> dict[str, int]:
    """Count the captures of each day that has any ("2026-11-22")."""
    day = func.substr(_captures.date, 1, 10)
    question = (
        select(day, func.count())
        .where(*_within(_captures.date, _captures.source_id, span))
        .group_by(day)
    )
    if span.url is not None:
        question = question.where(_captures.urlkey == urlkey(span.url))
    with catalogue.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(question)}


def articles_by_source(catalogue: Catalogue, span: Span) -> dict[str, dict[str, int]]:
    """Count the articles of each source on each day: {source: {"2026-11-22": n}}."""
    day = func.substr(_articles.date, 1, 10)
    question = (
        select(
            _articles.source_id, day, func.count(func.distinct(_articles.canonical_url))
        )
        .where(*_within(_articles.date, _articles.source_id, span))
        .group_by(_articles.source_id, day)
    )
    counts: dict[str, dict[str, int]] = {}
    with catalogue.reading() as connection:
        for source_id, name, count in connection.execute(question):
            counts.setdefault(source_id, {})[name] = count
    return counts


def bounds(catalogue: Catalogue) -> tuple[datetime, datetime] | None:
    """Give the dates of the first and the last capture; None if there is none."""
    question = select(
        select(func.min(_captures.date)).scalar_subquery(),
        select(func.max(_captures.date)).scalar_subquery(),
    )
    with catalogue.reading() as connection:
        first, last = connection.execute(question).one()
    return None if first is None else (parse_warc_date(first), parse_warc_date(last))


# ---------------------------------------------------------------- versions


def _versions(span: Span) -> Select[Any]:
    """Ask for the versions in a time, each with its kind."""
    earlier = schema.articles.alias("earlier")
    previous = schema.articles.alias("previous")
    # By the same extractor: what two of them make of one page may differ.
    before = (
        select(earlier.c.id)
        .where(
            earlier.c.canonical_url == _articles.canonical_url,
            earlier.c.date < _articles.date,
            earlier.c.extractor == _articles.extractor,
        )
        .order_by(earlier.c.date.desc())
        .limit(1)
        .correlate(schema.articles)
        .scalar_subquery()
    )
    is_same = and_(
        previous.c.text == _articles.text,
        previous.c.title.is_not_distinct_from(_articles.title),
    )
    kind = case(
        (previous.c.id.is_(None), Kind.NEW.value),
        (is_same, Kind.SAME.value),
        else_=Kind.CHANGED.value,
    )
    question = (
        select(
            _articles.record_id,
            _articles.date,
            _articles.source_id,
            _articles.canonical_url,
            _articles.title,
            _articles.section,
            _articles.language,
            kind.label("kind"),
            previous.c.title.label("title_before"),
        )
        .join(
            schema.captures,
            and_(
                _captures.record_id == _articles.record_id,
                _captures.extractor == _articles.extractor,
            ),
        )
        .outerjoin(previous, previous.c.id == before)
        .where(*_within(_articles.date, _articles.source_id, span))
    )
    if span.url is not None:
        question = question.where(_captures.urlkey == urlkey(span.url))
    return question


def _counted(
    catalogue: Catalogue, span: Span, length: int
) -> Iterator[tuple[str, Count]]:
    """Count by the first characters of the date."""
    versions = _versions(span).subquery()
    part = func.substr(versions.c.date, 1, length)
    kinds = (Kind.NEW, Kind.CHANGED)
    question = select(
        part, *(func.count(case((versions.c.kind == kind.value, 1))) for kind in kinds)
    ).group_by(part)
    with catalogue.reading() as connection:
        for text, new, changed in connection.execute(question):
            yield text, Count(new=new, changed=changed)


def _arrival(row: Any) -> Arrival:
    kind = Kind(row["kind"])
    is_other = kind is Kind.CHANGED and row["title_before"] != row["title"]
    return Arrival(
        record_id=row["record_id"],
        kind=kind,
        captured_at=parse_warc_date(row["date"]),
        source_id=row["source_id"],
        url=row["canonical_url"],
        title=row["title"],
        section=row["section"],
        language=row["language"],
        title_before=row["title_before"] if is_other else None,
    )


def _within(date: Any, source_id: Any, span: Span) -> list[ColumnElement[bool]]:
    conditions = [date >= warc_date(span.since), date < warc_date(span.until)]
    if span.source_id is not None:
        conditions.append(source_id == span.source_id)
    return conditions
