"""What people ask of watching: ticks, and everything in numbers [I/O]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from archive.clock import warc_date
from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.ledgerrows import tick_of
from archive.watch.model import Tick, TickOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TickLimits:
    """Which ticks are asked for; None: of all."""

    source_id: str | None = None
    outcome: TickOutcome | None = None
    since: datetime | None = None  # planned then, or later
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Ticks with one outcome, and what their runs found."""

    outcome: TickOutcome | None  # None: going on
    ticks: int
    found: int
    new: int


def ticks(database: WatchDatabase, limits: TickLimits) -> list[Tick]:
    """Give rows of the ledger, the latest planned first. Raises StorageError."""
    columns = schema.ticks.c
    conditions: list[ColumnElement[bool]] = []
    if limits.source_id is not None:
        conditions.append(columns.source_id == limits.source_id)
    if limits.outcome is not None:
        conditions.append(columns.outcome == limits.outcome.value)
        if limits.outcome is not TickOutcome.DONE:
            conditions.append(columns.outcome != "done")  # as the index is written
    since = None if limits.since is None else warc_date(limits.since)
    with database.reading() as connection:

        def latest(*more: ColumnElement[bool], limit: int | None) -> list[Tick]:
            statement = (
                select(schema.ticks)
                .where(*conditions, *more)
                .order_by(columns.planned_for.desc(), columns.id.desc())
                .limit(limit)
            )
            return [tick_of(row) for row in connection.execute(statement).mappings()]

        if since is None:
            return latest(limit=limits.limit)
        found = latest(columns.planned_for >= since, limit=limits.limit)
        # A row of ticks that reaches into the time asked for belongs to it, too.
        reaching = latest(
            columns.planned_for < since,
            columns.planned_until >= since,
            columns.count > 1,
            columns.outcome != "done",
            limit=limits.limit,
        )
    return [*found, *reaching][: limits.limit]


def going(database: WatchDatabase) -> dict[str, Tick]:
    """Give the tick that goes on of each source that has one. Raises StorageError."""
    statement = select(schema.ticks).where(schema.ticks.c.outcome.is_(None))
    with database.reading() as connection:
        rows = connection.execute(statement).mappings().all()
    return {row["source_id"]: tick_of(row) for row in rows}


def totals(database: WatchDatabase, since: datetime) -> tuple[Total, ...]:
    """Count what was planned since a moment, by outcome. Raises StorageError."""
    columns = schema.ticks.c
    statement = (
        select(
            columns.outcome,
            func.sum(columns.count),
            func.coalesce(func.sum(columns.found), 0),
            func.coalesce(func.sum(columns.new), 0),
        )
        .where(columns.planned_for >= warc_date(since))
        .group_by(columns.outcome)
    )
    with database.reading() as connection:
        rows = connection.execute(statement).all()
    return tuple(
        Total(
            outcome=TickOutcome(outcome) if outcome else None,
            ticks=count,
            found=found,
            new=new,
        )
        for outcome, count, found, new in rows
    )
