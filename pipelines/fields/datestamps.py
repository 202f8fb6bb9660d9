"""A date as it was written, and the time that it can mean. Pure.

Nothing here asks for today's date: what is possible is bounded by the capture.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from archive.model import Moment, Precision

# The zones at the ends of the Earth: it may be tomorrow while a page is captured.
EASTERNMOST: Final = timedelta(hours=14)
WESTERNMOST: Final = timedelta(hours=-12)

_EARLIEST_YEAR: Final = 1800  # digitised papers bear the dates of their print
# What programs write that know no date: the first days of their calendars.
_NO_DATES: Final = frozenset({(1900, 1, 1), (1904, 1, 1), (1969, 12, 31), (1970, 1, 1)})

# W3C-DTF (a profile of ISO 8601) and the basic format, with what is written instead:
# a space for the T, a comma for the point, a zone without a colon.
_ISO: Final = re.compile(
    r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?"
    r"(?:[Tt_ ]{1,3}([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,12})?)?"
    r" ?([Zz]|UTC|GMT|[+-][0-9]{1,2}(?::?[0-9]{2})?)?)?(?![0-9:])"
)
_BASIC: Final = re.compile(
    r"([12][0-9]{3})([0-9]{2})([0-9]{2})"
    r"(?:[Tt_ -]?([0-9]{2})([0-9]{2})([0-9]{2})?([Zz]|[+-][0-9]{4})?)?\Z"
)
_EPOCH: Final = re.compile(r"([0-9]{9,10})([0-9]{3})?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A day of the Gregorian calendar, with more or less than it if that was stated."""

    day: date  # the first, if only a month or a year was stated
    precision: Precision = Precision.DAY
    clock: time | None = None  # on the wall; None if the precision is a day or less
    offset: int | None = None  # minutes east of Greenwich
    swapped: date | None = None  # what it is with day and month the other way round
    leeway: int = 0  # days by which it can be off


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What has to be known of a page to understand its dates."""

    language: str  # two letters, lower case, or ""
    is_month_first: bool  # 3/4/2024 is a day of March
    latest: date  # no day after it had begun anywhere when the page was captured


def is_plausible(day: date, latest: date) -> bool:
    """Whether an article can be of that day."""
    return (
        day.year >= _EARLIEST_YEAR
        and day <= latest
        and (day.year, day.month, day.day) not in _NO_DATES
    )


def settled(stamp: Stamp, latest: date) -> Stamp | None:
    """Swap day and month if only that is possible; None if the date is not."""
    if is_plausible(stamp.day, latest):
        return stamp
    if stamp.swapped and is_plausible(stamp.swapped, latest):
        return replace(stamp, day=stamp.swapped, swapped=stamp.day)
    return None


def with_clock(
    stamp: Stamp, hour: int, minute: int, second: int | None, offset: int | None
) -> Stamp:
    """Add a time of day. Raises ValueError if there is none such."""
    return replace(
        stamp,
        clock=time(hour, minute, min(second or 0, 59)),  # leap seconds are :60
        precision=Precision.MINUTE if second is None else Precision.SECOND,
        offset=offset,
    )


def without_midnight(stamp: Stamp) -> Stamp:
    """Take 00:00 for what programs write that know the day alone.

    At an offset other than zero the day is that of the zone.
    """
    if stamp.clock != time():
        return stamp
    return replace(
        stamp, clock=None, precision=Precision.DAY, offset=stamp.offset or None
    )


def read_iso(text: str) -> Stamp | None:
    """Read a date of ISO 8601, or seconds or milliseconds since 1970; else None."""
    match = _ISO.match(text) or _BASIC.match(text)
    try:
        if match is None:
            epoch = _EPOCH.match(text)
            return _of_epoch(int(epoch[1])) if epoch else None
        year, month, day, hour, minute, second, zone = match.groups()
        stamp = Stamp(
            day=date(int(year), int(month), int(day or 1)),
            precision=Precision.DAY if day else Precision.MONTH,
        )
        if hour is None or not day:
            return stamp
        if hour == "24":  # the end of the day (ISO 8601-1, 4.3.8): the day is right
            return stamp
        seconds = None if second is None else int(second)
        return with_clock(stamp, int(hour), int(minute), seconds, offset_of(zone))
    except ValueError:  # a 31st of February
        return None


def offset_of(zone: str | None) -> int | None:
    """Give the minutes of "+05:30", "-3", "Z"; None if none is stated or possible."""
    if not zone:
        return None
    if zone[0] not in "+-":
        return 0
    hours, _, minutes = zone[1:].partition(":")
    if len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    offset = int(hours) * 60 + int(minutes or 0)
    signed = -offset if zone[0] == "-" else offset
    return signed if WESTERNMOST <= timedelta(minutes=signed) <= EASTERNMOST else None


def moment_of(stamp: Stamp, captured_at: datetime) -> Moment | None:
    """Give the moment of a stamp; None if all of it lies after the capture."""
    first, last = _span(stamp)
    slack = timedelta(days=stamp.leeway)
    earliest, latest = first - slack, min(last + slack, captured_at.astimezone(UTC))
    if earliest > latest:
        return None
    return Moment(
        text=_text(stamp), precision=stamp.precision, earliest=earliest, latest=latest
    )


def instant_of(stamp: Stamp) -> datetime | None:
    """Give the instant of a stamp that states time and zone, in UTC."""
    if stamp.clock is None or stamp.offset is None:
        return None
    return _span(stamp)[0]


def _of_epoch(seconds: int) -> Stamp:
    since = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return Stamp(
        day=since.date(), clock=since.time(), offset=0, precision=Precision.SECOND
    )


def _span(stamp: Stamp) -> tuple[datetime, datetime]:
    """Give the first and the last second that a stamp can mean, in UTC."""
    day = stamp.day
    if stamp.clock is not None:
        first = datetime.combine(day, stamp.clock)
        seconds = 59 if stamp.precision is Precision.MINUTE else 0
        last = first + timedelta(seconds=seconds)
    else:
        if stamp.precision is Precision.MONTH:
            day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        elif stamp.precision is Precision.YEAR:
            day = day.replace(month=12, day=31)
        first, last = (datetime.combine(stamp.day, time()), _end_of(day))
    if stamp.offset is not None:
        zone = timezone(timedelta(minutes=stamp.offset))
        return first.replace(tzinfo=zone).astimezone(UTC), last.replace(
            tzinfo=zone
        ).astimezone(UTC)
    return first.replace(tzinfo=UTC) - EASTERNMOST, last.replace(
        tzinfo=UTC
    ) - WESTERNMOST


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59))


def _text(stamp: Stamp) -> str:
    if stamp.clock is None:
        lengths = {Precision.YEAR: 4, Precision.MONTH: 7}
        return stamp.day.isoformat()[: lengths.get(stamp.precision, 10)]
    zone = None
    if stamp.offset is not None:
        zone = timezone(timedelta(minutes=stamp.offset))
    at = datetime.combine(stamp.day, stamp.clock, zone)
    spec = "minutes" if stamp.precision is Precision.MINUTE else "seconds"
    return at.isoformat(timespec=spec)
