"""Spans of time, as people say them to lists, searches and exports."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import column, create_engine, literal, select

from archive.errors import UsageError
from archive.spans import between, moment_of


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        (" 2026-11-22 ", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T20", datetime(2026, 11, 22, 20, tzinfo=UTC)),
        ("2026-11-22T20:15", datetime(2026, 11, 22, 20, 15, tzinfo=UTC)),
        ("2026-11-22T20:15Z", datetime(2026, 11, 22, 20, 15, tzinfo=UTC)),
        ("2026-11-22t20:15:09z", datetime(2026, 11, 22, 20, 15, 9, tzinfo=UTC)),
        ("2026-11-22T20:15:09.5Z", datetime(2026, 11, 22, 20, 15, 9, 500000, UTC)),
    ],
)
def test_a_date_is_read_to_the_precision_it_has(text: str, moment: datetime) -> None:
    assert moment_of("since", text) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13", "2026-02-30", "22.11.2026", "2026-11-22T25"]
)
def test_what_is_no_date_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(UsageError, match=r"until .* is no date: write 2026"):
        moment_of("until", text)


@pytest.mark.parametrize(
    ("since", "until", "is_meant"),
    [
        (None, None, True),
        ("2026-11-22", "2026-11-23", True),
        ("2026-11-22T20:15:09Z", None, True),  # the second it began in
        ("2026-11-22T20:15Z", None, True),
        ("2026-11-22T20:15:10Z", None, False),
        (None, "2026-11-22T20:15:09Z", False),
        (None, "2026-11-22T20:15:10Z", True),
        ("2026-11-23", None, False),
    ],
)
def test_dates_are_compared_to_the_microsecond(
    since: str | None, until: str | None, is_meant: bool
) -> None:
    held = select(literal("2026-11-22T20:15:09.250000Z").label("date")).subquery()
    question = select(held).where(*between(column("date"), since, until))
    with create_engine("sqlite://").connect() as connection:
        assert (connection.execute(question).first() is not None) is is_meant
