from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.fields.calendars import Calendar, gregorian, likely_calendar

SOLAR, LUNAR = Calendar.SOLAR_HIJRI, Calendar.LUNAR_HIJRI
TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("calendar", "told", "day"),
    [
        (SOLAR, (1357, 11, 22), "1979-02-11"),  # the revolution
        (SOLAR, (1399, 4, 2), "2020-06-22"),
        (SOLAR, (1399, 12, 30), "2021-03-20"),  # the last day of a leap year
        (SOLAR, (1403, 1, 1), "2024-03-20"),
        (SOLAR, (1403, 12, 30), "2025-03-20"),
        (SOLAR, (1404, 1, 1), "2025-03-21"),
        (SOLAR, (1402, 12, 21), "2024-03-11"),
        (LUNAR, (1445, 9, 1), "2024-03-11"),  # Ramadan in Saudi Arabia
        (LUNAR, (1444, 12, 10), "2023-06-28"),  # Eid al-Adha
        (LUNAR, (1446, 1, 1), "2024-07-07"),
        (Calendar.GREGORIAN, (2567, 3, 11), "2024-03-11"),  # of the Buddhist era
        (Calendar.GREGORIAN, (2024, 2, 29), "2024-02-29"),
    ],
)
def test_a_day_of_another_calendar_is_a_day_of_ours(calendar, told, day):
    assert gregorian(calendar, *told).isoformat() == day


@pytest.mark.parametrize(
    ("calendar", "told"),
    [
        (SOLAR, (1404, 12, 30)),  # no leap year
        (SOLAR, (1403, 7, 31)),
        (SOLAR, (1403, 13, 1)),
        (SOLAR, (1403, 1, 0)),
        (SOLAR, (900, 1, 1)),
        (SOLAR, (9999, 1, 1)),
        (LUNAR, (1445, 9, 31)),
        (LUNAR, (1445, 13, 1)),
        (LUNAR, (1200, 1, 1)),
        (LUNAR, (9999, 1, 1)),
        (Calendar.GREGORIAN, (2023, 2, 29)),
        (Calendar.GREGORIAN, (0, 1, 1)),
    ],
)
def test_days_that_no_calendar_has_are_refused(calendar, told):
    with pytest.raises(ValueError, match=r"."):
        gregorian(calendar, *told)


@pytest.mark.parametrize(
    ("year", "calendar"),
    [
        (2024, Calendar.GREGORIAN),
        (1912, Calendar.GREGORIAN),
        (1403, SOLAR),
        (1390, SOLAR),
        (1445, LUNAR),
        (2567, Calendar.GREGORIAN),
    ],
)
def test_the_year_tells_the_calendar(year, calendar):
    assert likely_calendar(year, TODAY) is calendar


def test_solar_days_follow_each_other_without_gap():
    day = date(1990, 3, 21)
    for year in range(1369, 1430):
        for month in range(1, 13):
            for number in range(1, 32):
                try:
                    told = gregorian(SOLAR, year, month, number)
                except ValueError:
                    assert number > 29
                    continue
                assert told == day
                day += timedelta(days=1)
