"""Dates in the addresses of pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from archive.model import Precision
from pipelines.fields.calendars import Calendar, gregorian, likely_calendar
from pipelines.fields.datestamps import Stamp, is_plausible
from pipelines.fields.datewords import folded, month_of

_LONGEST: Final = 2048  # characters
_EARLIEST_YEAR: Final = 1990  # before the Web there were no addresses
_YEAR: Final = r"((?:19|20)[0-9]{2}|1[34][0-9]{2})"
# /2024/03/11/, /2024-3-11, /2024_03_11, 2024.03.11
_PARTED: Final = re.compile(
    rf"(?<![0-9]){_YEAR}([/_.-])([0-9]{{1,2}})\2([0-9]{{1,2}})(?![0-9])"
)
# /2024/mar/11/, /2024-march-11
_NAMED: Final = re.compile(
    rf"(?<![0-9]){_YEAR}([/_-])([^\W\d_]{{3,12}})\2([0-9]{{1,2}})(?![0-9])"
)
# /11-03-2024/, -11.03.2024: the day is first wherever the year is last, but for
# the Americas, where addresses do not have this form
_REVERSED: Final = re.compile(
    r"(?<![0-9])([0-9]{1,2})([/_.-])([0-9]{1,2})\2(20[0-9]{2})(?![0-9])"
)
# /20240311/, /2024/0311/, /202403/11/
_COMPACT: Final = re.compile(rf"(?<![0-9]){_YEAR}/?([01][0-9])/?([0-3][0-9])(?![0-9])")
# 20240311123456: a number that begins with a date
_NUMBER: Final = re.compile(rf"(?<![0-9]){_YEAR}([01][0-9])([0-3][0-9])[0-9]{{1,12}}")
_MONTH: Final = re.compile(rf"(?<=/){_YEAR}(?:/|-)?([01][0-9])(?=/)")


class AddressDate(NamedTuple):
    """A date of an address, as it stands there."""

    stamp: Stamp
    value: str
    is_sure: bool  # False: it may be the number of the article


def address_dates(url: str, language: str, latest: date) -> Iterator[AddressDate]:
    """Give the dates of an address, the surest first; none after `latest`."""
    said = _path(url)
    days: set[date] = set()
    for pattern, is_sure in (
        (_PARTED, True),
        (_NAMED, True),
        (_COMPACT, True),
        (_REVERSED, True),
        (_NUMBER, False),
        (_MONTH, True),
    ):
        for match in pattern.finditer(said):
            stamp = _stamp(pattern, match, language, latest)
            if stamp is None or stamp.day.year < _EARLIEST_YEAR:
                continue
            if stamp.day not in days and not (days and pattern is _MONTH):
                days.add(stamp.day)
                yield AddressDate(stamp, match[0].strip("/"), is_sure)


def _path(url: str) -> str:
    try:
        parts = urlsplit(url[:_LONGEST])
    except ValueError:
        return ""
    path = unquote(parts.path)
    return f"{path}?{parts.query}" if parts.query else path


def _stamp(
    pattern: re.Pattern[str], match: re.Match[str], language: str, latest: date
) -> Stamp | None:
    groups = [group for group in match.groups() if group not in "/_.-"]
    if pattern is _REVERSED:
        groups.reverse()
    if pattern is _NAMED:
        month = month_of(folded(groups[1]), language)
        groups[1] = str(month[1]) if month else ""
    year, month_number, day = [*groups, "1"][:3]
    try:
        calendar = likely_calendar(int(year), latest)
        stamp = Stamp(
            day=gregorian(calendar, int(year), int(month_number), int(day)),
            precision=Precision.MONTH if pattern is _MONTH else Precision.DAY,
        )
    except ValueError:  # "/2024/99/": a number
        return None
    if calendar is not Calendar.GREGORIAN and pattern not in (_PARTED, _COMPACT):
        return None
    return stamp if is_plausible(stamp.day, latest) else None
