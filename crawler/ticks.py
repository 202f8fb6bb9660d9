"""When a rhythm ticks. Pure: moments, a rhythm and the id of a source decide.

A tick is a moment on a whole second, in UTC. Nothing has to be remembered to
find the next one: the ticks of `Every` lie on a grid since 1970 whose phase comes
from the id of the source, those of `Cron` on the clock of its zone, those
of `Adaptive` one learnt interval behind the tick before.

What cron means in the nights when clocks change is Debian's rule, by cronsim: a
job of fixed hours that the clock jumps over runs right after the gap, one whose
hour comes twice runs the first time; jobs with `*` hours follow elapsed time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim

from archive.digests import sha256_label
from archive.model import Adaptive, Cron, Every, Rhythm

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)

# Learning: as many addresses of a look should be new as leaves none unseen when
# a publisher hurries, and is not a waste of requests when it rests.
_WANTED_SHARE: Final = 0.1
_QUICKEST: Final = 0.5
_SLOWEST: Final = 1.5
_FIRST_OF_FLOOR: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One tick, or several that follow each other."""

    first: datetime
    last: datetime
    count: int


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
        return next(_cron_ticks(rhythm, after))
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
        return _cron_span(rhythm, after, until)
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


# ---------------------------------------------------------------- cron


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    # cronsim treats UTC itself more cheaply than a zone that is always UTC.
    return UTC if name == "UTC" else ZoneInfo(name)


def _cron_ticks(rhythm: Cron, after: datetime) -> Iterator[datetime]:
    for tick in CronSim(rhythm.expression, after.astimezone(_zone(rhythm.zone))):
        moment = tick.astimezone(UTC)
        # In the hour that comes twice cronsim can begin with the first, now past.
        if moment > after:
            yield moment


def _cron_span(rhythm: Cron, after: datetime, until: datetime) -> Span | None:
    """Count day by day: a day without a change of the clock needs no enumeration."""
    if until <= after:
        return None
    first = next(_cron_ticks(rhythm, after))
    if first > until:
        return None
    zone = _zone(rhythm.zone)
    fields = CronSim(rhythm.expression, first.astimezone(zone))
    each_day = len(fields.hours) * len(fields.minutes)
    last_time = time(max(fields.hours), max(fields.minutes))
    count, last = 0, first
    day, last_day = (x.astimezone(zone).date() for x in (first, until))
    while day <= last_day:
        begin, end = _midnight(day, zone), _midnight(day + _DAY, zone)
        if begin > after and end <= until and _is_steady(day, zone):
            if fields.match_day(day):
                count += each_day
                last = datetime.combine(day, last_time, zone).astimezone(UTC)
        else:
            stop = min(until, end - INSTANT)
            for tick in _cron_ticks(rhythm, max(after, begin - INSTANT)):
                if tick > stop:
                    break
                count, last = count + 1, tick
        day += _DAY
    return Span(first=first, last=last, count=count)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _is_steady(day: date, zone: tzinfo) -> bool:
    """Whether the clock changes neither on a day nor on the ones beside it.

    A job that falls into a gap at the end of a day runs on the next.
    """
    if zone is UTC:
        return True
    offsets = {
        datetime.combine(day + n * _DAY, time(), zone).utcoffset()
        for n in (-1, 0, 1, 2)
    }
    return len(offsets) == 1
