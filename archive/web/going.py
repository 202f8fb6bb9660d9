"""The runs that go on, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from archive import clock
from archive.run_questions import Progress, RunPage, progress, run_page
from archive.watch import overview
from archive.web.pages import render
from archive.web.shelf import Shelf, ShelfDep

router = APIRouter()

_LIVELY: Final = timedelta(minutes=5)  # without a capture a run counts as cut off
_LONGEST: Final = timedelta(days=1)
_MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A run that goes on."""

    run_id: str | None
    source_id: str
    kind: str  # "poll", "recheck", or the command that began it
    began_at: datetime
    captures: int
    articles: int
    misses: int
    last_at: datetime | None
    last_url: str | None


@router.get("/api/runs/going", tags=["runs"])
def going_values(shelf: ShelfDep) -> list[Going]:
    """List the runs that go on."""
    return going_on(shelf, clock.now())


@router.get("/runs/going", include_in_schema=False, response_class=HTMLResponse)
def going_part(request: Request, shelf: ShelfDep) -> Response:
    """Show them; the part of a page that is asked for again and again."""
    return render(request, "going_part.html", going=going_on(shelf, clock.now()))


def going_on(shelf: Shelf, now: datetime) -> list[Going]:
    """Find the runs that go on, those that began last first.

    One that was begun by hand has no row in the ledger: it counts as going on while
    it captures.
    """
    planned = overview.going(shelf.watch).values() if shelf.watch else ()
    page = RunPage(limit=_MOST, since=now - _LONGEST, ended=False, without_watched=True)
    by_hand = run_page(shelf.catalogue, page)
    ids = [tick.run_id for tick in planned if tick.run_id]
    far = progress(shelf.catalogue, [*ids, *(run.id for run in by_hand)])
    found = [
        _going(
            tick.run_id,
            tick.source_id,
            tick.kind.value,
            tick.began_at or tick.planned_for,
            far.get(tick.run_id or ""),
        )
        for tick in planned
    ]
    for run in by_hand:
        seen = far[run.id].last_at or run.began_at
        if now - seen < _LIVELY:
            found.append(
                _going(run.id, run.source_id, run.command, run.began_at, far[run.id])
            )
    return sorted(found, key=lambda one: one.began_at, reverse=True)


def _going(
    run_id: str | None,
    source_id: str,
    kind: str,
    began_at: datetime,
    far: Progress | None,
) -> Going:
    return Going(
        run_id=run_id,
        source_id=source_id,
        kind=kind,
        began_at=began_at,
        captures=far.captures if far else 0,
        articles=far.articles if far else 0,
        misses=far.misses if far else 0,
        last_at=far.last_at if far else None,
        last_url=far.last_url if far else None,
    )
