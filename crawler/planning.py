"""What is owed of a source's rhythm, and what a run changes about it. Pure.

The ledger knows up to where the ticks of a source are in it (`planned_until`). What
the rhythm has between there and now is owed; the last of it is run, the
others were missed. All the schedule does follows from that one difference: a
restart, a sleeping laptop, a clock set forward and a full queue are the same to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.model import HOUR_S, Adaptive, Cron, Every, Rhythm, Source
from archive.watch.ledgerrows import Row, SourceState
from archive.watch.model import Tick, TickKind, TickOutcome
from crawler.ticks import (
    INSTANT,
    first_interval,
    fraction,
    next_tick,
    step_s,
    ticks_between,
)
from crawler.walltime import Span

TOLERANCE_S: Final = 60.0
NEVER: Final = datetime.max.replace(tzinfo=UTC)
DOWN: Final = "the schedule was not running"
ASLEEP: Final = "the machine slept, or its clock was set forward"
_TOLERATED_SHARE: Final = 0.1  # of the step
_SPREAD_S: Final = 15 * 60.0  # at most, for however many sources that are new
_NEW_EACH_S: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A run to begin, and what was missed before it."""

    planned_for: datetime
    missed: Row | None = None
    reason: str = ""  # why it is late; empty if it is in time


# ---------------------------------------------------------------- what is owed


def next_at(rhythm: Rhythm, state: SourceState) -> datetime:
    """Give the first tick that is not in the ledger; it can be past."""
    if state.planned_until is None:
        return state.rhythm_since
    return next_tick(rhythm, state.source_id, state.planned_until, state.interval_s)


def following(rhythm: Rhythm, state: SourceState, moment: datetime) -> datetime:
    """Give the first tick that is neither in the ledger nor before `moment`, or at it.

    As if all ticks up to `moment` were in the ledger.
    """
    due = owed(rhythm, state, moment)
    if due is None:
        return next_at(rhythm, state)
    return next_tick(rhythm, state.source_id, due.last, state.interval_s)


def owed(rhythm: Rhythm, state: SourceState, until: datetime) -> Span | None:
    """Give the ticks up to a moment that are not in the ledger; None if all are."""
    after = state.planned_until
    if after is not None:
        return ticks_between(rhythm, state.source_id, after, until, state.interval_s)
    first = state.rhythm_since
    if first > until:
        return None
    rest = ticks_between(rhythm, state.source_id, first, until, state.interval_s)
    if rest is None:
        return Span(first=first, last=first, count=1)
    return Span(first=first, last=rest.last, count=rest.count + 1)


def tolerance_s(rhythm: Rhythm, state: SourceState, moment: datetime) -> float:
    """Tell how long after its moment a tick's run may begin, and be in time.

    A minute, or a tenth of the time to the next tick where that is longer.
    """
    step = step_s(rhythm, state.source_id, moment, state.interval_s)
    return max(TOLERANCE_S, step * _TOLERATED_SHARE)


# ---------------------------------------------------------------- runs


def poll(
    rhythm: Rhythm,
    state: SourceState,
    now: datetime,
    *,
    running_since: datetime,
    waited: str = "",
) -> Beginning | None:
    """Say which tick to run: the last that is owed. None if nothing is.

    `waited` is why the schedule, which runs since `running_since`, did not
    begin it before.
    """
    due = owed(rhythm, state, now)
    if due is None:
        return None
    why = why_not(due.first, running_since=running_since, waited=waited)
    late_s = (now - due.last).total_seconds()
    if due.count > 1:
        before = owed(rhythm, state, due.last - INSTANT)
        assert before is not None
        reason = f"makes up for {before.count} missed before it: {why}"
        missed = row(before, TickOutcome.MISSED, why)
        return Beginning(planned_for=due.last, missed=missed, reason=reason)
    if late_s <= tolerance_s(rhythm, state, due.last):
        return Beginning(planned_for=due.last)
    return Beginning(planned_for=due.last, reason=f"began {late_s:.0f} s late: {why}")


def recheck(found_at: datetime, now: datetime, waited: str) -> Beginning:
    """Say how a recheck begins that was found to be due at `found_at`."""
    late_s = (now - found_at).total_seconds()
    if late_s <= TOLERANCE_S:
        return Beginning(planned_for=found_at)
    reason = f"began {late_s:.0f} s late: {waited or ASLEEP}"
    return Beginning(planned_for=found_at, reason=reason)


def tick(
    source_id: str,
    kind: TickKind,
    beginning: Beginning,
    *,
    run_id: str,
    now: datetime,
) -> Tick:
    """Make the tick of a run that begins now; the ledger gives it its id."""
    return Tick(
        id=0,
        source_id=source_id,
        kind=kind,
        planned_for=beginning.planned_for,
        planned_until=beginning.planned_for,
        count=1,
        outcome=None,
        reason=beginning.reason,
        run_id=run_id,
        began_at=now,
    )


def row(span: Span, outcome: TickOutcome, reason: str) -> Row:
    """Make the row of ticks that come to no run."""
    return Row(
        planned_for=span.first,
        planned_until=span.last,
        count=span.count,
        outcome=outcome,
        reason=reason,
    )


def why_not(moment: datetime, *, running_since: datetime, waited: str) -> str:
    """Say why a tick was not begun at its time."""
    if moment < running_since.replace(microsecond=0):
        return DOWN
    return waited or ASLEEP


# ---------------------------------------------------------------- beginnings


def first_state(
    source: Source, now: datetime, *, new: int = 1, known: SourceState | None = None
) -> SourceState:
    """Make the state of a source that is new, or back again: its first tick is now.

    Many that are new together are spread over some minutes: each of them asks for
    robots.txt, and reads a whole feed. Who gives hours by cron means these hours: such
    a source waits for the first of them.
    """
    spread = min(_SPREAD_S, new / _NEW_EACH_S) * fraction(source.id)
    first = (now + timedelta(seconds=spread)).replace(microsecond=0)
    is_waiting = isinstance(source.rhythm, Cron)
    return SourceState(
        source_id=source.id,
        rhythm=rhythm_text(source.rhythm),
        rhythm_since=now if is_waiting else first,
        planned_until=now if is_waiting else None,
        interval_s=known.interval_s if known else None,
        last_new_at=known.last_new_at if known else None,
        history=known.history if known else "",
    )


def changed_state(
    source: Source, state: SourceState, now: datetime, *, was_owed: bool
) -> SourceState:
    """Make the state of a source whose rhythm is another from now on.

    What was owed of the old one is made up for by a first tick of the new.
    """
    words = rhythm_text(source.rhythm)
    if was_owed:
        first = now.replace(microsecond=0)
        return replace(state, rhythm=words, rhythm_since=first, planned_until=None)
    return replace(state, rhythm=words, rhythm_since=now, planned_until=now)


def again(state: SourceState, planned_for: datetime) -> SourceState:
    """Owe the tick of a run that was cut off, or stopped, once more.

    The second try is planned a microsecond later than the first. There is no
    third: what kills the process each time would be run at every start.
    """
    if planned_for.microsecond or state.planned_until is None:
        return state
    return replace(
        state, rhythm_since=state.planned_until + INSTANT, planned_until=None
    )


def set_back(rhythm: Rhythm, state: SourceState, now: datetime) -> SourceState | None:
    """Begin again at `now`, if the clock was set back far; None if not far.

    No tick is run twice because a clock shows its time twice, so a source waits
    until the clock has caught up: as long as the clock was set back, which
    is no longer than a step of its rhythm or an hour, whichever is shorter. If it were
    longer its ticks begin again, and those of the time that
    comes again are other ticks than those in the ledger.
    """
    step = HOUR_S
    if isinstance(rhythm, Every):
        step = rhythm.seconds
    elif isinstance(rhythm, Adaptive):
        step = state.interval_s or first_interval(rhythm, state.source_id)
    ahead = (state.planned_until or state.rhythm_since) - now
    if ahead <= timedelta(seconds=max(min(step, HOUR_S), TOLERANCE_S)):
        return None
    if state.planned_until is None:
        return replace(state, rhythm_since=now)
    return replace(state, rhythm_since=now, planned_until=now)


# ---------------------------------------------------------------- words


def rhythm_text(rhythm: Rhythm) -> str:
    """Write a rhythm as the ledger keeps it: `read_rhythm` reads it back."""
    if isinstance(rhythm, Every):
        return f"every {rhythm.seconds}"
    if isinstance(rhythm, Cron):
        return f"cron {rhythm.zone} {rhythm.expression}"
    return f"adaptive {rhythm.floor_s} {rhythm.ceiling_s}"


def read_rhythm(written: str) -> Rhythm:
    """Read what `rhythm_text` wrote. Raises ValueError for anything else."""
    word, _, rest = written.partition(" ")
    first, _, second = rest.partition(" ")
    if word == "every":
        return Every(seconds=float(first))
    if word == "cron" and second:
        return Cron(expression=second, zone=first)
    if word == "adaptive":
        return Adaptive(floor_s=float(first), ceiling_s=float(second))
    raise ValueError(f"no rhythm: {written!r}")
