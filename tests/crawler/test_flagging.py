"""A source is flagged by its own measure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.flagging import FAILURES, History, after_look, flags_of

START = datetime(2026, 11, 2, 8, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def watched(
    moments: list[datetime], *, new: int = 1, history: History | None = None
) -> History:
    history = history or History()
    for moment in moments:
        history = after_look(
            history, moment, new=new, failure=None, pages=0, odd_pages=0
        )
    return history


def hourly(days: int) -> list[datetime]:
    return [START + n * HOUR for n in range(24 * days)]


def working_days(weeks: int) -> list[datetime]:
    days = [START + n * DAY for n in range(7 * weeks)]
    return [
        day + hour * HOUR
        for day in days
        if day.weekday() < 5
        for hour in range(0, 9, 2)
    ]


@pytest.mark.parametrize(
    ("moments", "silent_for", "is_flagged"),
    [
        (hourly(14), 5 * HOUR, False),
        (hourly(14), 7 * HOUR, True),
        (working_days(3), 64 * HOUR, False),  # a weekend is no silence for it
        (working_days(3), 6 * DAY, True),
        (working_days(1), 64 * HOUR, False),  # its first weekend
        (hourly(2), 2 * DAY, False),  # too young to know
        (hourly(2), 4 * DAY, True),
        ([START, START + DAY], 300 * DAY, False),  # too few to know
        ([START + 7 * n * DAY for n in range(8)], 9 * DAY, False),  # a weekly
        ([START + 7 * n * DAY for n in range(8)], 15 * DAY, True),
        ([], 300 * DAY, False),
    ],
)
def test_silence_is_measured_by_the_sources_own_gaps(moments, silent_for, is_flagged):
    history = watched(moments)
    now = (moments[-1] if moments else START) + silent_for
    assert ("silent" in flags_of(history, now)) is is_flagged


def test_a_look_that_brings_something_new_ends_the_silence():
    history = watched(hourly(14))
    now = hourly(14)[-1] + DAY
    assert "silent" in flags_of(history, now)
    assert flags_of(watched([now], history=history), now) == {}


def test_looks_without_anything_new_do_not_end_it():
    history = watched(hourly(14))
    later = [hourly(14)[-1] + n * HOUR for n in range(1, 12)]
    assert "silent" in flags_of(watched(later, new=0, history=history), later[-1])


def test_several_failed_runs_in_a_row_are_flagged_with_the_reason():
    history = History()
    for number in range(FAILURES):
        assert "errors" not in flags_of(history, START)
        history = after_look(
            history,
            START,
            new=0,
            failure=f"status 50{number}",
            pages=0,
            odd_pages=0,
        )
    assert flags_of(history, START)["errors"].endswith("the last: status 502")
    assert "errors" not in flags_of(watched([START], new=0, history=history), START)


@pytest.mark.parametrize(
    ("odd", "is_flagged"), [(0, False), (3, False), (4, True), (5, True)]
)
def test_pages_without_a_text_of_their_own_are_flagged(odd, is_flagged):
    history = after_look(History(), START, new=5, failure=None, pages=5, odd_pages=odd)
    assert ("odd-pages" in flags_of(history, START)) is is_flagged


def test_a_few_pages_are_not_enough_to_judge():
    history = after_look(History(), START, new=2, failure=None, pages=2, odd_pages=2)
    assert flags_of(history, START) == {}


def test_a_history_is_bounded_and_comes_back_from_json():
    history = after_look(
        watched(hourly(30)), START, new=1, failure="x", pages=9, odd_pages=2
    )
    history = after_look(history, START, new=1, failure=None, pages=90, odd_pages=20)
    assert History.from_json(history.as_json()) == history
    assert len(history.as_json()) < 1000
    assert History.from_json("") == History()
