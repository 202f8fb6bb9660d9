"""What pages about watching ask: ticks page by page, the last of each source [I/O]."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select

from archive.clock import warc_date
from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.ledgerrows import tick_of
from archive.watch.model import Tick, TickKind, TickOutcome

_ticks = schema.ticks.c


@dataclass(frozen=True, slots=True, kw_only=True)
class TickPage:
    """Which ticks a page shows: the latest planned before a moment."""

    limit: int
    before: datetime | None = None  # None: from now back
    source_id: str | None = None
    outcomes: tuple[TickOutcome | None, ...] = ()  # none: all; None: those that go on


def tick_page(database: WatchDatabase, page: TickPage) -> list[Tick]:
    """Give rows of the ledger, the latest planned first. Raises StorageError."""
    conditions: list[ColumnElement[bool]] = []
    if page.before is not None:
        conditions.append(_ticks.planned_for < warc_date(page.before))
    if page.source_id is not None:
        conditions.append(_ticks.source_id == page.source_id)
    if page.outcomes:
        named = [outcome.value for outcome in page.outcomes if outcome is not None]
        wanted = _ticks.outcome.in_(named)
        conditions.append(
            wanted | _ticks.outcome.is_(None) if None in page.outcomes else wanted
        )
    question = (
        select(schema.ticks)
        .where(*conditions)
        .order_by(_ticks.planned_for.desc(), _ticks.id.desc())
        .limit(page.limit)
    )
    with database.reading() as connection:
        return [tick_of(row) for row in connection.execute(question).mappings()]


def tick_of_run(database: WatchDatabase, run_id: str) -> Tick | None:
    """Find the tick that a run belongs to. Raises StorageError."""
    question = select(schema.ticks).where(_ticks.run_id == run_id).limit(1)
    with database.reading() as connection:
        row = connection.execute(question).mappings().first()
    return tick_of(row) if row is not None else None


def last_polls(
    database: WatchDatabase, source_ids: Iterable[str], count: int
) -> dict[str, list[Tick]]:
    """Give the last planned polls of sources that have ended, the latest first.

    Raises StorageError.
    """
    found = {}
    with database.reading() as connection:
        for source_id in source_ids:
            question = (
                select(schema.ticks)
                .where(
                    _ticks.source_id == source_id,
                    _ticks.kind == TickKind.POLL.value,
                    _ticks.outcome.is_not(None),
                )
                .order_by(_ticks.planned_for.desc())
                .limit(count)
            )
            rows = connection.execute(question).mappings()
            found[source_id] = [tick_of(row) for row in rows]
    return found


BROUGHT: Final = frozenset({TickOutcome.DONE, TickOutcome.LATE})


def failures_in_a_row(polls: Iterable[Tick]) -> int:
    """Count how many of the last polls failed before one that did its work."""
    count = 0
    for poll in polls:
        if poll.outcome in BROUGHT:
            break
        if poll.outcome is TickOutcome.FAILED:
            count += 1
    return count
