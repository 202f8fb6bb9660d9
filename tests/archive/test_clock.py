"""The forms of a date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clock import parse_warc_date, timestamp14, warc_date


@pytest.mark.parametrize(
    ("date", "written", "digits"),
    [
        (
            datetime(2026, 11, 22, 8, 15, 0, 7, UTC),
            "2026-11-22T08:15:00.000007Z",
            "20261122081500",
        ),
        (
            datetime(1, 1, 31, tzinfo=UTC),
            "0001-01-31T00:00:00.000000Z",
            "00010131000000",
        ),
        (
            datetime(900, 1, 1, tzinfo=UTC),
            "0900-01-01T00:00:00.000000Z",
            "09000101000000",
        ),
    ],
)
def test_a_date_has_as_many_digits_in_every_year(date, written, digits):
    assert warc_date(date) == written
    assert timestamp14(date) == digits


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_date_that_was_written_is_read_back(date):
    assert parse_warc_date(warc_date(date)) == date
