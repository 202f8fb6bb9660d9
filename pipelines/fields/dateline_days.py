"""Place and day of a dateline: "BERLIN, March 3", "МОСКВА, 5 марта". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from itertools import chain
from typing import Final

from pipelines.fields.calendars import Calendar, gregorian
from pipelines.fields.datewords import WORD, folded, month_of

_EDGES: Final = " \t.,:;،-–—/"
_DAY_MONTH: Final = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.|er|º|ª|st|nd|rd|th)?\s?(?:de\s)?(?P<month>{WORD})"
)
_MONTH_DAY: Final = re.compile(rf"(?P<month>{WORD})\.?\s(?P<day>\d{{1,2}})(?!\d)")
_IN_DIGITS: Final = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4}))?(?!\d)"
)
_SHORT_REGION: Final = re.compile(r"\.\w$|,\s[A-Z][a-z]{1,4}$")
_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)")
# What years of the other calendars are behind the common one.
_BEHIND: Final = {
    Calendar.GREGORIAN: 0,
    Calendar.SOLAR_HIJRI: 621,
    Calendar.LUNAR_HIJRI: 579,
}
_FARTHEST_DAYS: Final = 200  # of a day without a year from the publication


def place_and_day(
    said: str, language: str, published: str | None
) -> tuple[str, str | None, bool]:
    """Part a place from a day, which is given in ISO 8601 if its year can be told.

    The last value says whether a day stands there at all.
    """
    for match in chain(_DAY_MONTH.finditer(said), _MONTH_DAY.finditer(said)):
        if found := month_of(folded(match["month"]), language):
            calendar, month = found
            year = _YEAR.search(said, match.end())
            stated = int(year[0]) if year else None
            iso = _iso(calendar, stated, month, int(match["day"]), published)
            return _trimmed(said[: match.start()]), iso, True
    if numbers := _IN_DIGITS.search(said):
        stated = int(numbers["year"]) if numbers["year"] else None
        month, day = int(numbers["month"]), int(numbers["day"])
        iso = _iso(Calendar.GREGORIAN, stated, month, day, published)
        return _trimmed(said[: numbers.start()]), iso, True
    return _trimmed(said), None, False


def day_in_month(
    month: str | None, day: str | None, published: str | None
) -> str | None:
    """Give a day in numbers as ISO 8601; the month is the publication's if None."""
    near = _date(published)
    if day is None or near is None:
        return None
    if month is not None:
        return _iso(Calendar.GREGORIAN, None, int(month), int(day), published)
    around = [(near.year, near.month)]
    around += [divmod(12 * near.year + near.month - 2, 12)]
    around[1] = (around[1][0], around[1][1] + 1)
    return _nearest(
        ((Calendar.GREGORIAN, year, number, int(day)) for year, number in around), near
    )


def _trimmed(said: str) -> str:
    """Trim a place, but for the full stop of "N.Y." and "Mich."."""
    bare = said.strip(_EDGES)
    is_short = _SHORT_REGION.search(bare) is not None
    return f"{bare}." if is_short and f"{bare}." in said else bare


def _iso(
    calendar: Calendar, year: int | None, month: int, day: int, published: str | None
) -> str | None:
    if year is not None:
        with suppress(ValueError):
            return gregorian(calendar, year, month, day).isoformat()
        return None
    near = _date(published)
    if near is None:
        return None
    middle = near.year - _BEHIND[calendar]
    years = (middle, middle - 1, middle + 1)
    return _nearest(((calendar, one, month, day) for one in years), near)


def _nearest(days: Iterable[tuple[Calendar, int, int, int]], near: date) -> str | None:
    """Give the day that is nearest to another one, if it is near at all."""
    found: list[date] = []
    for calendar, year, month, day in days:
        with suppress(ValueError):
            found.append(gregorian(calendar, year, month, day))
    nearest = min(found, key=lambda one: abs((one - near).days), default=None)
    if nearest is None or abs((nearest - near).days) > _FARTHEST_DAYS:
        return None
    return nearest.isoformat()


def _date(published: str | None) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat((published or "")[:10])
    return None
