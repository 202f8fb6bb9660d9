"""When a rhythm ticks. Pure: moments, a rhythm and the id of a source decide.

A tick is a moment on a whole second, in UTC. Nothing has to be remembered to
find the next one: the ticks of `Every` lie on a grid since 1970 whose phase comes
from the id of the source, those of `Cron` on the clock of its zone, those
of `Adaptive` one learnt interval behind the tick before.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.digests import sha256_label
from archive.model import Adaptive, Cron, Every, Rhythm
from crawler.walltime import Span, cron_between, cron_tick

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT: Final = timedelta(microseconds=1)

# Learning: as many addresses of a look should be new as leaves none unseen when
# a publisher hurries, and is not a waste of requests when it rests.
_WANTED_SHARE: Final = 0.1
_QUICKEST: Final = 0.5
_SLOWEST: Final = 1.5
_FIRST_OF_FLOOR: Final = 4


def fraction(source_id: str) -> float:
    """Give a source its place between 0 and 1: evenly spread, always the same."""
    return int(sha256_label(source_id.encode("utf-8"))[7:20], 16) / 16**13


def next_tick(
    rhythm: Rhythm, source_id: str, after: datetime, interval_s: float | None = None
) -> datetime:
    """Give the first tick later than a moment.

    An adaptive rhythm counts from that moment, with the interval learnt or its first.
    """
    if isinstance(rhythm, Cron):
        return cron_tick(rhythm, after)
    anchor, step = _grid(rhythm, source_id, after, interval_s)
    return anchor + ((after - anchor) // step + 1) * step


def ticks_between(
    rhythm: Rhythm,
    source_id: str,
    after: datetime,
    until: datetime,
    interval_s: float | None = None,
) -> Span | None:
    """Give the ticks later than `after`, up to and with `until`; None if there is none.

    Cheap however long the time is: arithmetic, and for cron a look at each day.
    """
    if isinstance(rhythm, Cron):
        return cron_between(rhythm, after, until)
    anchor, step = _grid(rhythm, source_id, after, interval_s)
    before, last = (after - anchor) // step, (until - anchor) // step
    if last <= before:
        return None
    return Span(
        first=anchor + (before + 1) * step,
        last=anchor + last * step,
        count=last - before,
    )


def step_s(
    rhythm: Rhythm, source_id: str, tick: datetime, interval_s: float | None = None
) -> float:
    """Tell the seconds from a tick to the one after it."""
    if isinstance(rhythm, Every):
        return rhythm.seconds
    return (next_tick(rhythm, source_id, tick, interval_s) - tick).total_seconds()


# ---------------------------------------------------------------- grids


def _grid(
    rhythm: Every | Adaptive,
    source_id: str,
    after: datetime,
    interval_s: float | None,
) -> tuple[datetime, timedelta]:
    """Give a tick, whether it counts or not, and the step."""
    if isinstance(rhythm, Every):
        seconds = whole(rhythm.seconds)
        phase = int(fraction(source_id) * seconds)
        return EPOCH + timedelta(seconds=phase), timedelta(seconds=seconds)
    learnt = first_interval(rhythm, source_id) if interval_s is None else interval_s
    bounded = min(max(learnt, rhythm.floor_s), rhythm.ceiling_s)
    return after.replace(microsecond=0), timedelta(seconds=whole(bounded))


def whole(seconds: float) -> int:
    """Round to whole seconds, at least one."""
    return max(1, round(seconds))


# ---------------------------------------------------------------- learning


def first_interval(rhythm: Adaptive, source_id: str) -> float:
    """Give the interval to begin with: four times the floor, give or take a quarter.

    Sources that are new together would otherwise stay together.
    """
    spread = 0.75 + 0.5 * fraction(source_id)
    return float(
        whole(min(rhythm.floor_s * _FIRST_OF_FLOOR * spread, rhythm.ceiling_s))
    )


def learn(
    interval_s: float, share_of_new: float | None, floor_s: float, ceiling_s: float
) -> float:
    """Give the next interval of an adaptive rhythm, from what the last look gave.

    `share_of_new` is of the addresses found, those never seen before; None for a
    look that failed. The share grows with the interval, so the root of what is
    wanted over what came halves the error (of the logarithm) in each look. One look
    never does more than halve the interval, or lengthen it by half.
    """
    factor = math.sqrt(_WANTED_SHARE / share_of_new) if share_of_new else _SLOWEST
    factor = min(max(factor, _QUICKEST), _SLOWEST)
    return float(whole(min(max(interval_s * factor, floor_s), ceiling_s)))
