"""What is asked of runs: the latest, how far they are, of which sources [I/O]."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, case, func, select

from archive import schema
from archive.catalogue import Catalogue
from archive.clock import parse_warc_date, warc_date
from archive.errors import StorageError
from archive.model import Run, TextOutcome
from archive.rows import run_of

WATCHED: Final = "run"  # the command of runs that the ledger has planned

_runs, _captures, _misses = schema.runs.c, schema.captures.c, schema.misses.c


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Which runs are meant: the latest that began before a moment."""

    limit: int
    before: datetime | None = None  # None: from now back
    since: datetime | None = None
    source_id: str | None = None
    ended: bool | None = None  # None: either
    without_watched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is, by what it has kept so far."""

    captures: int
    articles: int
    misses: int
    last_at: datetime | None  # of its last capture
    last_url: str | None


def prepare(catalogue: Catalogue) -> None:
    """Make the indexes that a catalogue of an earlier Dateline lacks.

    Where nothing can be written the questions are answered all the same, later.
    """
    with suppress(StorageError), catalogue.writing() as connection:
        for index in (
            schema.captures_by_date,
            schema.misses_by_date,
            schema.runs_by_date,
            schema.runs_by_source,
        ):
            index.create(connection, checkfirst=True)


def run_page(catalogue: Catalogue, page: RunPage) -> list[Run]:
    """List runs, the latest first."""
    conditions: list[ColumnElement[bool]] = []
    if page.before is not None:
        conditions.append(_runs.began_at < warc_date(page.before))
    if page.since is not None:
        conditions.append(_runs.began_at >= warc_date(page.since))
    if page.source_id is not None:
        conditions.append(_runs.source_id == page.source_id)
    if page.ended is not None:
        was_cut = _runs.ended_at.is_(None)
        conditions.append(~was_cut if page.ended else was_cut)
    if page.without_watched:
        conditions.append(_runs.command != WATCHED)
    question = (
        select(schema.runs)
        .where(*conditions)
        .order_by(_runs.began_at.desc(), _runs.id)
        .limit(page.limit)
    )
    with catalogue.reading() as connection:
        return [run_of(row) for row in connection.execute(question).mappings()]


def run_by_id(catalogue: Catalogue, run_id: str) -> Run | None:
    """Find a run."""
    question = select(schema.runs).where(_runs.id == run_id)
    with catalogue.reading() as connection:
        row = connection.execute(question).mappings().first()
    return run_of(row) if row is not None else None


def source_ids(catalogue: Catalogue) -> list[str]:
    """Name the sources that something was ever fetched for, in their order.

    Each is found by a step in the index, however many runs it had.
    """
    step = select(func.min(_runs.source_id).label("id")).cte("step", recursive=True)
    later = select(
        select(func.min(_runs.source_id))
        .where(_runs.source_id > step.c.id)
        .scalar_subquery()
    ).where(step.c.id.is_not(None))
    ids = step.union_all(later)
    with catalogue.reading() as connection:
        found = connection.execute(select(ids.c.id)).scalars()
        return [name for name in found if name is not None]


def progress(catalogue: Catalogue, run_ids: Iterable[str]) -> dict[str, Progress]:
    """Say how far runs are."""
    found = {}
    has_text = case((_captures.text_outcome == TextOutcome.TEXT.value, 1))
    with catalogue.reading() as connection:
        for run_id in run_ids:
            of_run = _captures.run_id == run_id
            captures, texts, last_at = connection.execute(
                select(func.count(), func.count(has_text), func.max(_captures.date))
                .select_from(schema.captures)
                .where(of_run)
            ).one()
            last_url = connection.execute(
                select(_captures.url).where(of_run, _captures.date == last_at).limit(1)
            ).scalar()
            missed = connection.execute(
                select(func.count())
                .select_from(schema.misses)
                .where(_misses.run_id == run_id)
            ).scalar()
            found[run_id] = Progress(
                captures=captures,
                articles=texts,
                misses=missed or 0,
                last_at=parse_warc_date(last_at) if last_at else None,
                last_url=last_url,
            )
    return found
