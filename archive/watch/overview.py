"""What people ask of watching: ticks, and everything in numbers [I/O]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from archive.clock import parse_warc_date, warc_date
from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.ledgerrows import tick_of
from archive.watch.model import Flag, Tick, TickOutcome


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
    if limits.since is not None:
        # A row of ticks that reaches into the time asked for belongs to it.
        conditions.append(columns.planned_until >= warc_date(limits.since))
    statement = (
        select(schema.ticks)
        .where(*conditions)
        .order_by(columns.planned_for.desc(), columns.id.desc())
        .limit(limits.limit)
    )
    with database.reading() as connection:
        return [tick_of(row) for row in connection.execute(statement).mappings()]


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


def addresses_by_state(database: WatchDatabase) -> dict[str, int]:
    """Count the addresses of the frontier. Raises StorageError."""
    column = schema.addresses.c.state
    statement = select(column, func.count()).group_by(column).order_by(column)
    with database.reading() as connection:
        return {state: count for state, count in connection.execute(statement)}


def open_flags(database: WatchDatabase) -> tuple[Flag, ...]:
    """Give what a person should look at now. Raises StorageError."""
    columns = schema.flags.c
    statement = (
        select(schema.flags)
        .where(columns.ended_at.is_(None))
        .order_by(columns.source_id, columns.code)
    )
    with database.reading() as connection:
        rows = connection.execute(statement).mappings().all()
    return tuple(
        Flag(
            id=row["id"],
            source_id=row["source_id"],
            code=row["code"],
            sentence=row["sentence"],
            since=parse_warc_date(row["since"]),
            told_at=parse_warc_date(row["told_at"]) if row["told_at"] else None,
        )
        for row in rows
    )
