"""What becomes of a run: its outcome, and what is learnt of its source. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from archive.model import Adaptive, Rhythm
from archive.watch.ledgerrows import Ending, SourceState
from archive.watch.model import TickKind, TickOutcome
from crawler.ticks import first_interval, learn

STOPPED: Final = "stopped before its end"
CUT_OFF: Final = "cut off: the process ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run of a source gave."""

    run_id: str | None = None  # None: that of its tick
    counts: tuple[tuple[str, int], ...] = ()
    found: int = 0  # addresses that the seeds named
    new: int = 0  # of these, those never seen before
    failure: str | None = None  # why the work could not be done
    skipped: str | None = None  # why there was, on purpose, nothing to be done


def ending(
    report: Report,
    *,
    run_id: str | None,
    began_with: str,
    is_cut: bool,
    ended_at: datetime,
) -> Ending:
    """Say what became of a run; `began_with` is why it began late, empty if in time."""
    outcome, reason = TickOutcome.DONE, began_with
    if is_cut:
        outcome, reason = TickOutcome.FAILED, STOPPED
    elif report.failure is not None:
        outcome, reason = TickOutcome.FAILED, report.failure
    elif report.skipped is not None:
        outcome, reason = TickOutcome.SKIPPED, report.skipped
    elif began_with:
        outcome = TickOutcome.LATE
    return Ending(
        outcome=outcome,
        reason=reason,
        ended_at=ended_at,
        run_id=report.run_id or run_id,
        found=report.found,
        new=report.new,
        counts=report.counts,
    )


def state_after(
    rhythm: Rhythm,
    state: SourceState,
    ended: Ending,
    *,
    kind: TickKind,
    is_catch_up: bool,
) -> SourceState:
    """Give what is known of a source after a run: when it gave something new, its pace.

    Nothing is learnt of a rhythm from a recheck, from the first look of all (every
    address is new to it), nor from a catch-up (whose share is of a longer time).
    """
    if ended.new:
        state = replace(state, last_new_at=ended.ended_at)
    teaches = kind is TickKind.POLL and ended.outcome is not TickOutcome.SKIPPED
    if not (isinstance(rhythm, Adaptive) and teaches):
        return state
    if state.interval_s is None:
        first = first_interval(rhythm, state.source_id)
        return replace(state, interval_s=first)
    failed = ended.outcome is TickOutcome.FAILED
    if is_catch_up and not failed:
        return state
    share = None if failed or not ended.found else (ended.new or 0) / ended.found
    learnt = learn(state.interval_s, share, rhythm.floor_s, rhythm.ceiling_s)
    until = state.planned_until
    if until is not None:
        # A shorter interval does not make a tick due before it was learnt.
        until = max(until, ended.ended_at - timedelta(seconds=learnt))
    return replace(state, interval_s=learnt, planned_until=until)
