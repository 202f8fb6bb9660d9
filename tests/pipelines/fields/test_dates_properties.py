from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fields.dates import read_dates
from pipelines.fields.datestamps import Habits
from pipelines.fields.datetext import find_dates, read_date
from tests.pipelines.fields.test_dates import ld, meta, parsed

DIGITS = {
    "Arabic-Indic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Devanagari": "०१२३४५६७८९",
    "Bengali": "০১২৩৪৫৬৭৮৯",
    "Thai": "๐๑๒๓๔๕๖๗๘๙",
    "full-width": "０１２３４５６７８９",
}
HABITS = Habits(language="", is_month_first=False, latest=date(2026, 1, 1))
days = st.dates(date(1991, 1, 1), date(2025, 12, 31))
instants = st.datetimes(datetime(1995, 1, 1), datetime(2060, 1, 1))  # noqa: DTZ001 - made aware below


@pytest.mark.parametrize("digits", DIGITS.values(), ids=DIGITS)
@given(
    day=days, form=st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d March %Y"])
)
def test_digits_of_any_script_mean_the_same(digits, day, form):
    said = day.strftime(form)
    translated = said.translate(str.maketrans("0123456789", digits))
    assert read_date(translated, HABITS) == read_date(said, HABITS)


@given(day=days)
def test_what_is_written_is_read(day):
    assert [s.stamp.day for s in find_dates(f"{day:%d.%m.%Y}", HABITS)] == [day]
    stamp = read_date(day.isoformat(), HABITS)
    assert stamp is not None
    assert stamp.day == day


@given(text=st.text(max_size=200))
def test_no_text_is_too_odd(text):
    for seen in find_dates(text, HABITS):
        assert seen.stamp.day <= HABITS.latest
        assert 0 <= seen.start < seen.end <= len(text)


@given(said=instants, seen=instants, captured=instants)
def test_no_moment_lies_after_the_capture(said, seen, captured):
    at = captured.replace(tzinfo=UTC)
    page = parsed(
        ld(datePublished=f"{said.isoformat()}Z") + meta("lastmod", seen.isoformat()),
        f"<p>{seen:%d %B %Y, %H:%M}",
        at=at,
    )
    dates = read_dates(page).value
    for moment in (dates.published, dates.modified):
        if moment is not None:
            assert moment.earliest <= moment.latest <= at
            assert moment.text[:10] <= (at + timedelta(hours=14)).isoformat()[:10]


@given(said=instants, captured=instants)
def test_the_same_page_gives_the_same_dates(said, captured):
    at = captured.replace(tzinfo=UTC)
    first, second = (
        parsed(meta("date", said.isoformat()), f"<p>{said:%d.%m.%Y}", at=at)
        for _ in range(2)
    )
    assert read_dates(first) == read_dates(second)
