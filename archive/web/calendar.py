"""The calendar: captures of each day, of all, of a source, or of an address."""

from __future__ import annotations

from calendar import Calendar, monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from archive import clock, tallies
from archive.run_questions import source_ids
from archive.tallies import Count, Span
from archive.web.charts import heat
from archive.web.pages import render
from archive.web.parameters import (
    FIRST,
    LAST,
    Month,
    OfAddress,
    OfSource,
    Year,
    blank,
    day_after,
    midnight,
)
from archive.web.shelf import Shelf, ShelfDep

router = APIRouter(tags=["calendar"])

_WEEKS: Final = Calendar(firstweekday=0)  # Monday first (ISO 8601)


class By(StrEnum):
    """What a day is coloured by."""

    CAPTURES = "captures"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day on which something was captured."""

    day: date
    captures: int
    new: int | None  # articles; None: not counted, which takes its time for a year
    changed: int | None  # articles that became another version; None: not counted


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOf:
    """The days of a time on which something was captured."""

    first: date
    last: date
    source_id: str | None
    url: str | None
    captures: int
    days: tuple[CalendarDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What both pages show."""

    values: DaysOf
    days: dict[date, CalendarDay]
    heats: dict[date, int]
    by: By
    sources: list[str]
    bys: tuple[By, ...] = tuple(By)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Whose days, and how they are shown."""

    source_id: str | None
    url: str | None
    by: By


def _asked(
    source: OfSource = None,
    url: OfAddress = None,
    by: Annotated[By, Query(description="What days are coloured by.")] = By.CAPTURES,
) -> _Asked:
    return _Asked(source_id=blank(source), url=blank(url), by=by)


_AskedDep = Annotated[_Asked, Depends(_asked)]


@router.get("/api/calendar/{year}")
def year_values(
    shelf: ShelfDep, year: Year, source: OfSource = None, url: OfAddress = None
) -> DaysOf:
    """Count the captures of each day of a year."""
    of = _Asked(source_id=blank(source), url=blank(url), by=By.CAPTURES)
    return days_of(shelf, *_year(year), of)


@router.get("/api/calendar/{year}/{month}")
def month_values(
    shelf: ShelfDep,
    year: Year,
    month: Month,
    source: OfSource = None,
    url: OfAddress = None,
) -> DaysOf:
    """Count the captures, new and changed articles of each day of a month."""
    of = _Asked(source_id=blank(source), url=blank(url), by=By.CHANGED)
    return days_of(shelf, *_month(year, month), of)


@router.get("/calendar", include_in_schema=False, response_class=HTMLResponse)
def calendar_page(
    request: Request,
    shelf: ShelfDep,
    asked: _AskedDep,
) -> Response:
    """Show the year of the last capture."""
    bounds = tallies.bounds(shelf.catalogue)
    year = (bounds[1] if bounds else clock.now()).year
    return _year_page(request, shelf, year, asked)


@router.get("/calendar/{year}", include_in_schema=False, response_class=HTMLResponse)
def year_page(
    request: Request,
    shelf: ShelfDep,
    year: Year,
    asked: _AskedDep,
) -> Response:
    """Show a year."""
    return _year_page(request, shelf, year, asked)


@router.get(
    "/calendar/{year}/{month}", include_in_schema=False, response_class=HTMLResponse
)
def month_page(
    request: Request,
    shelf: ShelfDep,
    year: Year,
    month: Month,
    asked: _AskedDep,
) -> Response:
    """Show a month."""
    first, last = _month(year, month)
    values = days_of(shelf, first, last, replace(asked, by=By.CHANGED))
    before = (first - timedelta(days=1)).replace(day=1)
    return render(
        request,
        "calendar_month.html",
        shown=_shown(shelf, values, asked.by),
        first=first,
        weeks=_WEEKS.monthdatescalendar(year, month),
        before=before if before >= FIRST else None,
        after=day_after(last) if day_after(last) <= LAST else None,
    )


def days_of(shelf: Shelf, first: date, last: date, of: _Asked) -> DaysOf:
    """Count each day of a time; new and changed articles if they are asked for."""
    span = Span(
        since=midnight(first),
        until=midnight(day_after(last)),
        source_id=of.source_id,
        url=of.url,
    )
    captures = tallies.captures_by_day(shelf.catalogue, span)
    # To know what has changed, texts have to be read.
    counts = of.by is By.CHANGED
    versions = tallies.changed_by_day(shelf.catalogue, span) if counts else {}
    days = []
    for name, count in sorted(captures.items()):
        of_day = versions.get(name, Count()) if counts else None
        days.append(
            CalendarDay(
                day=date.fromisoformat(name),
                captures=count,
                new=of_day.new if of_day else None,
                changed=of_day.changed if of_day else None,
            )
        )
    return DaysOf(
        first=first,
        last=last,
        source_id=of.source_id,
        url=of.url,
        captures=sum(captures.values()),
        days=tuple(days),
    )


def _year_page(request: Request, shelf: Shelf, year: int, asked: _Asked) -> Response:
    values = days_of(shelf, *_year(year), asked)
    bounds = tallies.bounds(shelf.catalogue)
    months = [
        (date(year, month, 1), _WEEKS.monthdatescalendar(year, month))
        for month in range(1, 13)
    ]
    return render(
        request,
        "calendar.html",
        shown=_shown(shelf, values, asked.by),
        year=year,
        months=months,
        has_before=bounds is not None and year > bounds[0].year,
        has_after=bounds is not None and year < bounds[1].year,
    )


def _shown(shelf: Shelf, values: DaysOf, by: By) -> _Shown:
    most = max((_value(day, by) for day in values.days), default=0)
    return _Shown(
        values=values,
        days={day.day: day for day in values.days},
        heats={day.day: heat(_value(day, by), most) for day in values.days},
        by=by,
        sources=source_ids(shelf.catalogue),
    )


def _value(day: CalendarDay, by: By) -> int:
    return day.captures if by is By.CAPTURES else day.changed or 0


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
