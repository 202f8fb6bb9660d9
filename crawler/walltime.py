"""When a cron rhythm ticks, by the clock on the wall of its zone. Pure.

The nights when clocks change are treated as Debian's cron treats them: a job of
fixed times that the clock jumps over runs right after the gap, and one whose time
comes twice runs the first time; a job with `*` for hour or minute follows the clock
through all that it shows. cronsim reads the fields and says which days fit. It
does not find the times: where the clock changes by half an hour (Lord Howe) it loses
some of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim

from archive.model import Cron

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_SOME_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS: Final = 50 * 366  # to look for a day that fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One tick, or several that follow each other."""

    first: datetime
    last: datetime
    count: int


@dataclass(frozen=True, slots=True)
class _Fields:
    """An expression, read."""

    days: CronSim  # asked which days fit, never stepped
    months: frozenset[int]
    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    is_fixed: bool  # neither of them is `*`

    def fits(self, day: date) -> bool:
        """Whether there are ticks on a day."""
        # Of the month cronsim itself sees to when it steps.
        return day.month in self.months and self.days.match_day(day)

    def times_from(self, hour: int, minute: int) -> tuple[int, int] | None:
        """Give the first time of a day that is not before one."""
        place = bisect_left(self.hours, hour)
        if place < len(self.hours) and self.hours[place] == hour:
            of_hour = bisect_left(self.minutes, minute)
            if of_hour < len(self.minutes):
                return hour, self.minutes[of_hour]
            place += 1
        return (self.hours[place], self.minutes[0]) if place < len(self.hours) else None


def cron_tick(rhythm: Cron, after: datetime) -> datetime:
    """Give the first tick later than a moment.

    Raises ValueError if there is none in fifty years.
    """
    fields, zone = _fields(rhythm.expression), _zone(rhythm.zone)
    local = after.astimezone(zone)
    day = local.date()
    if _is_steady(day, zone):
        if fields.fits(day):
            # The clock shows this day as it is, so its times can be looked up.
            since = (local.replace(second=0, microsecond=0, tzinfo=None)) + _MINUTE
            found = None
            if since.date() == day:
                found = fields.times_from(since.hour, since.minute)
            if found is not None:
                return datetime.combine(day, time(*found), zone).astimezone(UTC)
        day += _DAY
    else:
        day -= _DAY  # whose last times can have been moved into this day
    for _ in range(_DAYS):
        if fields.fits(day):
            for tick in _ticks_of(fields, day, zone):
                if tick > after:
                    return tick
        day += _DAY
    raise ValueError(f"{rhythm.expression!r} fits no day in fifty years")


def cron_between(rhythm: Cron, after: datetime, until: datetime) -> Span | None:
    """Give the ticks later than `after`, up to and with `until`; None if there is none.

    Days on which no clock changes are not enumerated.
    """
    if until <= after:
        return None
    first = cron_tick(rhythm, after)
    if first > until:
        return None
    fields, zone = _fields(rhythm.expression), _zone(rhythm.zone)
    each_day = len(fields.hours) * len(fields.minutes)
    last_time = time(fields.hours[-1], fields.minutes[-1])
    count, last = 1, first
    day, last_day = (moment.astimezone(zone).date() for moment in (first, until))
    day -= _DAY
    while day <= last_day:
        if fields.fits(day):
            is_whole = (
                _midnight(day, zone) > last and _midnight(day + _DAY, zone) <= until
            )
            if is_whole and _is_steady(day, zone):
                count += each_day
                last = datetime.combine(day, last_time, zone).astimezone(UTC)
            else:
                for tick in _ticks_of(fields, day, zone):
                    if last < tick <= until:
                        count, last = count + 1, tick
        day += _DAY
    return Span(first=first, last=last, count=count)


# ---------------------------------------------------------------- days


def _ticks_of(fields: _Fields, day: date, zone: tzinfo) -> Iterator[datetime]:
    """Give the ticks of a day that fits, in order."""
    if fields.is_fixed or _is_steady(day, zone):
        for hour in fields.hours:
            for minute in fields.minutes:
                wall = datetime.combine(day, time(hour, minute), zone)
                while _is_jumped_over(wall):
                    wall += _MINUTE
                yield wall.astimezone(UTC)
        return
    tick, end = _midnight(day, zone), _midnight(day + _DAY, zone)
    while tick < end:
        wall = tick.astimezone(zone)
        if wall.hour in fields.hours and wall.minute in fields.minutes:
            yield tick
        tick += _MINUTE


def _is_jumped_over(wall: datetime) -> bool:
    return wall.astimezone(UTC).astimezone(wall.tzinfo) != wall


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _is_steady(day: date, zone: tzinfo) -> bool:
    """Whether the clock changes neither on a day nor on the ones beside it.

    What falls into a gap at the end of a day is moved into the next.
    """
    if zone is UTC:
        return True
    first = datetime.combine(day - _DAY, time(), zone).utcoffset()
    return all(
        datetime.combine(day + n * _DAY, time(), zone).utcoffset() == first
        for n in (0, 1, 2)
    )


@lru_cache(maxsize=1024)
def _fields(expression: str) -> _Fields:
    read = CronSim(expression, _SOME_DAY)
    minutes, hours = expression.split()[:2]
    return _Fields(
        days=read,
        months=frozenset(read.months),
        hours=tuple(sorted(read.hours)),
        minutes=tuple(sorted(read.minutes)),
        is_fixed=not (minutes.startswith("*") or hours.startswith("*")),
    )


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)
