"""The parameters that several pages take, and how far they may reach."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import Path, Query

FIRST: Final = date(1990, 1, 1)  # before the web there was nothing to archive
LAST: Final = date(2100, 1, 1)

SourceId = Annotated[str, Path(max_length=200)]
OfSource = Annotated[
    str | None, Query(alias="source", max_length=200, description="Of this source.")
]
OfAddress = Annotated[
    str | None, Query(alias="url", max_length=4000, description="Of this address.")
]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
DayInPath = Annotated[date, Path(ge=FIRST, le=LAST)]
Year = Annotated[int, Path(ge=FIRST.year, le=LAST.year)]
Month = Annotated[int, Path(ge=1, le=12)]
Before = Annotated[
    datetime | None,
    Query(description="Only what was before this time: the next page of a list."),
]


def midnight(day: date) -> datetime:
    """Give the beginning of a day (UTC)."""
    return datetime.combine(day, time(), UTC)


def day_after(day: date) -> date:
    """Give the day after."""
    return day + timedelta(days=1)


def aware(moment: datetime | None) -> datetime | None:
    """Take a time that names no zone for UTC, and one out of reach for the nearest."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # at the ends of the calendar
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment, midnight(FIRST)), midnight(LAST))


def blank(text: str | None) -> str | None:
    """Take an empty field of a form for one that was left out."""
    return text.strip() or None if text is not None else None
