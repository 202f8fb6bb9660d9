"""Dates of other calendars as days of the Gregorian one. Pure.

Three ways of counting are met on news pages besides it. Solar Hijri (Iran,
Afghanistan): months of its own. Hijri, the lunar calendar: months that begin when
the moon is seen, so that countries may be a day apart; here it is that of Umm
al-Qura, and who needs to be sure allows `LUNAR_LEEWAY`. And Gregorian months with
the years of another era: Buddhist (Thailand), Japanese, Minguo (Taiwan).
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final

from hijridate import Hijri

LUNAR_LEEWAY: Final = 1  # days by which the beginning of a month may differ
BUDDHIST_ERA: Final = 543  # years; since 1941 the Thai year begins in January

# Before the first day of the year 1, as the cycle below has it.
_SOLAR_EPOCH: Final = date(622, 3, 20)
_SOLAR_MONTH_DAYS: Final = (0, 31, 62, 93, 124, 155, 186, 216, 246, 276, 306, 336, 366)
# Years in which the cycle of 33 years gives what astronomy gives: Kazimierz M.
# Borkowski, "The Persian calendar for 3000 years", Earth, Moon, and Planets 74 (1996).
_SOLAR_YEARS: Final = range(1178, 1502)
_BUDDHIST_YEARS: Final = range(2443, 2643)  # 1900 to 2099


class Calendar(Enum):
    """How months and years are counted."""

    GREGORIAN = "gregorian"
    SOLAR_HIJRI = "solar-hijri"
    LUNAR_HIJRI = "lunar-hijri"


def gregorian(calendar: Calendar, year: int, month: int, day: int) -> date:
    """Give a day of any of the calendars. Raises ValueError if there is none such.

    A Gregorian year that would be centuries ahead is one of the Buddhist era.
    """
    if calendar is Calendar.SOLAR_HIJRI:
        return _solar(year, month, day)
    if calendar is Calendar.LUNAR_HIJRI:
        return _lunar(year, month, day)
    return date(year - BUDDHIST_ERA if year in _BUDDHIST_YEARS else year, month, day)


def likely_calendar(year: int, latest: date) -> Calendar:
    """Tell the calendar of a date in digits by its year and the latest day it can be.

    Where Solar Hijri is used its years are 40 behind those of the lunar calendar,
    which counts more than a page could be old.
    """
    if not 1300 <= year < 1600:
        return Calendar.GREGORIAN
    is_past = year <= latest.year - 621
    return Calendar.SOLAR_HIJRI if is_past else Calendar.LUNAR_HIJRI


def _solar(year: int, month: int, day: int) -> date:
    if year not in _SOLAR_YEARS or not 1 <= month <= 12:
        raise ValueError(f"there is no solar month {year}-{month}")
    first, following = _SOLAR_MONTH_DAYS[month - 1 : month + 1]
    # The last month has 30 days in leap years alone.
    is_short = month == 12 and (25 * year + 11) % 33 >= 8
    if not 1 <= day <= following - first - is_short:
        raise ValueError(f"there is no solar day {year}-{month}-{day}")
    leap_days = (8 * year + 21) // 33
    return _SOLAR_EPOCH + timedelta(days=365 * (year - 1) + leap_days + first + day)


@lru_cache(maxsize=1024)  # the library looks its tables through
def _lunar(year: int, month: int, day: int) -> date:
    try:
        converted = Hijri(year, month, day).to_gregorian()
    except OverflowError as error:  # years before 1343 and after 1500
        raise ValueError(f"no table holds the lunar year {year}") from error
    return date(converted.year, converted.month, converted.day)
