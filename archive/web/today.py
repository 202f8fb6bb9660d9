"""Today, and every day before: what came in, what changed, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from archive import clock, questions, tallies
from archive.clock import timestamp14
from archive.failures import Failure, failures, left_out
from archive.tallies import Arrival, Count, Kind, Span
from archive.watch.flags import Flags
from archive.watch.model import Flag
from archive.web.charts import hours_chart
from archive.web.going import Going, going_on
from archive.web.pages import render
from archive.web.parameters import (
    DayInPath,
    OfAddress,
    OfSource,
    blank,
    day_after,
    midnight,
)
from archive.web.shelf import Shelf, ShelfDep

router = APIRouter(tags=["today"])

_DAY: Final = timedelta(days=1)
_SHOWN: Final = 60  # new articles
_CHANGES: Final = 20
_CAPTURES: Final = 200  # of one address on one day


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What came in within an hour."""

    begins_at: datetime
    new: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCapture:
    """A capture of the address that was asked for."""

    record_id: str
    date: datetime
    timestamp: str  # 14 digits, for /replay/
    url: str
    status: int
    text_outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened in a time."""

    since: datetime
    until: datetime
    source_id: str | None
    url: str | None
    new: int
    changed: int
    failed: int
    left_out: int  # on purpose, by the rules of their sources
    sources: int  # that articles came from
    hours: tuple[Hour, ...]
    arrivals: tuple[Arrival, ...]  # the latest
    changes: tuple[Arrival, ...]  # the latest
    failures: tuple[Failure, ...]
    captures: tuple[SeenCapture, ...]  # of the address, if one was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The last 24 hours, and what is now."""

    news: News
    going: tuple[Going, ...]
    flags: tuple[Flag, ...]
    first_capture_at: datetime | None
    last_capture_at: datetime | None


@router.get("/api/today")
def today_values(shelf: ShelfDep) -> Today:
    """Tell of the last 24 hours."""
    return today(shelf, clock.now())


@router.get("/api/day/{day}")
def day_values(
    shelf: ShelfDep, day: DayInPath, source: OfSource = None, url: OfAddress = None
) -> News:
    """Tell of a day (UTC)."""
    return news(shelf, _span(day, source, url))


@router.get("/", include_in_schema=False, response_class=HTMLResponse)
def today_page(request: Request, shelf: ShelfDep) -> Response:
    """Show the last 24 hours."""
    values = today(shelf, clock.now())
    return render(
        request,
        "today.html",
        today=values,
        news=values.news,
        chart=_chart(values.news),
    )


@router.get("/day/{day}", include_in_schema=False, response_class=HTMLResponse)
def day_page(
    request: Request,
    shelf: ShelfDep,
    day: DayInPath,
    source: OfSource = None,
    url: OfAddress = None,
) -> Response:
    """Show a day."""
    values = news(shelf, _span(day, source, url))
    return render(
        request,
        "day.html",
        day=day,
        before=day - _DAY,
        after=day_after(day) if day < clock.now().date() else None,
        news=values,
        chart=_chart(values),
    )


def today(shelf: Shelf, now: datetime) -> Today:
    """Gather the last 24 hours, and what is now."""
    bounds = tallies.bounds(shelf.catalogue)
    return Today(
        news=news(shelf, Span(since=now - _DAY, until=now)),
        going=tuple(going_on(shelf, now)),
        flags=tuple(Flags(shelf.watch).standing() if shelf.watch else ()),
        first_capture_at=bounds[0] if bounds else None,
        last_capture_at=bounds[1] if bounds else None,
    )


def news(shelf: Shelf, span: Span) -> News:
    """Gather what happened in a time."""
    catalogue = shelf.catalogue
    counts = tallies.by_hour(catalogue, span)
    reasons = failures(catalogue, span)
    return News(
        since=span.since,
        until=span.until,
        source_id=span.source_id,
        url=span.url,
        new=sum(count.new for count in counts.values()),
        changed=sum(count.changed for count in counts.values()),
        failed=sum(reason.count for reason in reasons),
        left_out=left_out(catalogue, span),
        sources=len(tallies.articles_by_source(catalogue, span)),
        hours=tuple(
            Hour(begins_at=hour, new=count.new, changed=count.changed)
            for hour, count in sorted(counts.items())
        ),
        arrivals=tuple(tallies.arrivals(catalogue, span, Kind.NEW, _SHOWN)),
        changes=tuple(tallies.arrivals(catalogue, span, Kind.CHANGED, _CHANGES)),
        failures=tuple(reasons),
        captures=_captures(shelf, span),
    )


def _captures(shelf: Shelf, span: Span) -> tuple[SeenCapture, ...]:
    if span.url is None:
        return ()
    seen = [
        SeenCapture(
            record_id=kept.capture.record_id,
            date=kept.capture.date,
            timestamp=timestamp14(kept.capture.date),
            url=kept.capture.url,
            status=kept.capture.status,
            text_outcome=kept.text_outcome,
        )
        for kept in questions.captures_of(shelf.catalogue, span.url)
        if span.since <= kept.capture.date < span.until
    ]
    return tuple(seen[:_CAPTURES])


def _span(day: date, source: str | None, url: str | None) -> Span:
    return Span(
        since=midnight(day),
        until=midnight(day_after(day)),
        source_id=blank(source),
        url=blank(url),
    )


def _chart(values: News) -> object:
    return hours_chart(
        [
            (hour.begins_at, Count(new=hour.new, changed=hour.changed))
            for hour in values.hours
        ]
    )
