"""What the ledger keeps of a tick and of a source, and how it stands in rows. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.clock import parse_warc_date, warc_date
from archive.watch.model import Tick, TickKind, TickOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is known of a source between its runs."""

    source_id: str
    rhythm: str  # in words; empty: the source was removed
    rhythm_since: datetime
    planned_until: datetime | None = None  # None: the first tick is at `rhythm_since`
    interval_s: float | None = None  # as learnt
    last_new_at: datetime | None = None
    history: str = ""  # what silence is measured by


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Ticks that got their outcome without a run."""

    planned_for: datetime
    planned_until: datetime
    count: int
    outcome: TickOutcome
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What became of a run."""

    outcome: TickOutcome
    reason: str
    ended_at: datetime
    run_id: str | None = None
    found: int | None = None
    new: int | None = None
    counts: tuple[tuple[str, int], ...] = ()


def tick_of(row: Any) -> Tick:
    """Read a row of `ticks`."""
    outcome = row["outcome"]
    return Tick(
        id=row["id"],
        source_id=row["source_id"],
        kind=TickKind(row["kind"]),
        planned_for=parse_warc_date(row["planned_for"]),
        planned_until=parse_warc_date(row["planned_until"]),
        count=row["count"],
        outcome=TickOutcome(outcome) if outcome else None,
        reason=row["reason"],
        run_id=row["run_id"],
        began_at=date_of(row["began_at"]),
        ended_at=date_of(row["ended_at"]),
        found=row["found"],
        new=row["new"],
        counts=tuple(json.loads(row["counts"]).items()),
    )


def tick_row(tick: Tick) -> dict[str, Any]:
    """Make the row of a tick that begins."""
    return {
        "source_id": tick.source_id,
        "kind": tick.kind.value,
        "planned_for": warc_date(tick.planned_for),
        "planned_until": warc_date(tick.planned_until),
        "count": tick.count,
        "outcome": tick.outcome.value if tick.outcome else None,
        "reason": tick.reason,
        "run_id": tick.run_id,
        "began_at": text_of(tick.began_at),
        "counts": "{}",
    }


def settled_row(source_id: str, row: Row) -> dict[str, Any]:
    """Make the row of ticks that came to no run."""
    return {
        "source_id": source_id,
        "kind": TickKind.POLL.value,
        "planned_for": warc_date(row.planned_for),
        "planned_until": warc_date(row.planned_until),
        "count": row.count,
        "outcome": row.outcome.value,
        "reason": row.reason,
        "run_id": None,
        "began_at": None,
        "counts": "{}",
    }


def ending_row(number: int, ending: Ending) -> dict[str, Any]:
    """Make what a row is given when its run has ended."""
    return {
        "n": number,
        "to_outcome": ending.outcome.value,
        "to_reason": ending.reason,
        "to_run_id": ending.run_id,
        "to_ended_at": warc_date(ending.ended_at),
        "to_found": ending.found,
        "to_new": ending.new,
        "to_counts": json.dumps(dict(ending.counts), separators=(",", ":")),
    }


def state_of(row: Any) -> SourceState:
    """Read a row of `sources`."""
    source_id, rhythm, since, until, interval_s, last_new_at, history = row
    return SourceState(
        source_id=source_id,
        rhythm=rhythm,
        rhythm_since=parse_warc_date(since),
        planned_until=date_of(until),
        interval_s=interval_s,
        last_new_at=date_of(last_new_at),
        history=history,
    )


def state_row(state: SourceState) -> dict[str, Any]:
    """Make the row of a source."""
    return {
        "source_id": state.source_id,
        "rhythm": state.rhythm,
        "rhythm_since": warc_date(state.rhythm_since),
        "planned_until": text_of(state.planned_until),
        "interval_s": state.interval_s,
        "last_new_at": text_of(state.last_new_at),
        "history": state.history,
    }


def bound_state(state: SourceState) -> dict[str, Any]:
    """Make the row of a source, for a statement that changes it."""
    return {f"to_{name}": value for name, value in state_row(state).items()}


def date_of(text: str | None) -> datetime | None:
    """Read a date, if there is one."""
    return parse_warc_date(text) if text else None


def text_of(date: datetime | None) -> str | None:
    """Write a date, if there is one."""
    return warc_date(date) if date else None
