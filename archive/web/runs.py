"""The ledger of runs: planned ones and those begun by hand, and one run by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from archive import clock, questions
from archive.errors import NotFound
from archive.failures import OF_FETCHES
from archive.model import Run
from archive.questions import Kept, Limits
from archive.run_questions import Progress, RunPage, progress, run_by_id, run_page
from archive.watch.history import TickPage, tick_of_run, tick_page
from archive.watch.model import Tick, TickOutcome
from archive.web.going import going_on
from archive.web.pages import render
from archive.web.parameters import Before, Limit, OfSource, aware, blank
from archive.web.shelf import Shelf, ShelfDep

router = APIRouter(tags=["runs"])

_PAGE: Final = 50
_OF_RUN: Final = 200  # captures and misses that a run's page shows
_LIVELY: Final = timedelta(minutes=5)


class Outcome(StrEnum):
    """What a list of runs can be asked for."""

    DONE = "done"
    LATE = "late"
    FAILED = "failed"
    MISSED = "missed"
    SKIPPED = "skipped"
    OVERLAPPED = "overlapped"
    GOING = "going-on"
    CUT_OFF = "cut-off"  # begun by hand, and never ended


OUTCOME_WORDS: Final = {
    Outcome.DONE: "done",
    Outcome.LATE: "done, late",
    Outcome.FAILED: "failed",
    Outcome.MISSED: "missed",
    Outcome.SKIPPED: "skipped",
    Outcome.OVERLAPPED: "overlapped",
    Outcome.GOING: "going on",
    Outcome.CUT_OFF: "cut off",
}


_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run, or a row of planned ones that came to none."""

    at: datetime  # when it was planned for, or began
    until: datetime  # the last of a row of planned ones
    planned: int  # how many that are; 0: nobody planned it, it was begun by hand
    source_id: str
    kind: str  # "poll", "recheck", or the command
    outcome: Outcome
    reason: str
    run_id: str | None
    began_at: datetime | None
    ended_at: datetime | None
    found: int | None
    new: int | None
    captures: int | None
    errors: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """Some of the ledger, the latest first."""

    runs: tuple[RunRow, ...]
    next_before: datetime | None  # for the page after this one; None: it is the last


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCapture:
    """A capture of a run."""

    record_id: str
    date: datetime
    url: str
    status: int
    role: str
    is_revisit: bool
    text_outcome: str | None
    page_class: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMiss:
    """An address that a run asked for in vain."""

    date: datetime
    url: str
    outcome: str
    sentence: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRun:
    """Everything about one run; of captures and misses the latest."""

    run: RunRow
    progress: Progress
    counts: dict[str, int]
    settings: dict[str, str]
    captures: tuple[RunCapture, ...]
    misses: tuple[RunMiss, ...]


_OfOutcome = Annotated[
    Outcome | None, Query(description="With this outcome only.", alias="outcome")
]


@router.get("/api/runs")
def run_values(
    shelf: ShelfDep,
    source: OfSource = None,
    outcome: _OfOutcome = None,
    before: Before = None,
    limit: Limit = _PAGE,
) -> RunList:
    """List runs, the latest first."""
    return run_list(shelf, blank(source), outcome, aware(before), limit)


@router.get("/api/runs/{run_id}")
def whole_run_values(shelf: ShelfDep, run_id: str) -> WholeRun:
    """Tell everything about a run."""
    return whole_run(shelf, run_id)


@router.get("/runs", include_in_schema=False, response_class=HTMLResponse)
def runs_page(
    request: Request,
    shelf: ShelfDep,
    source: OfSource = None,
    outcome: Annotated[str, Query(max_length=20)] = "",
    before: Before = None,
) -> Response:
    """Show the ledger."""
    wanted = _OUTCOMES.get(outcome)
    return render(
        request,
        "runs.html",
        list=run_list(shelf, blank(source), wanted, aware(before), _PAGE),
        going=going_on(shelf, clock.now()),
        source=blank(source) or "",
        outcome=wanted,
        outcomes=OUTCOME_WORDS,
        is_later=before is not None,
    )


@router.get("/runs/{run_id}", include_in_schema=False, response_class=HTMLResponse)
def run_page_of(request: Request, shelf: ShelfDep, run_id: str) -> Response:
    """Show one run."""
    return render(
        request, "run.html", whole=whole_run(shelf, run_id), outcomes=OUTCOME_WORDS
    )


# ---------------------------------------------------------------- what they say


def run_list(
    shelf: Shelf,
    source_id: str | None,
    outcome: Outcome | None,
    before: datetime | None,
    limit: int,
) -> RunList:
    """Put planned runs and those begun by hand in one order."""
    rows = [
        *_planned(shelf, source_id, outcome, before, limit + 1),
        *_by_hand(shelf, source_id, outcome, before, limit + 1),
    ]
    rows.sort(key=lambda row: row.at, reverse=True)
    shown = tuple(rows[:limit])
    return RunList(runs=shown, next_before=shown[-1].at if len(rows) > limit else None)


def whole_run(shelf: Shelf, run_id: str) -> WholeRun:
    """Gather everything about one run. Raises NotFound."""
    run = run_by_id(shelf.catalogue, run_id)
    tick = tick_of_run(shelf.watch, run_id) if shelf.watch else None
    far = progress(shelf.catalogue, [run_id])[run_id]
    if tick is not None:
        row = _row_of_tick(tick)
    elif run is not None:
        row = _row_of_run(run, far, clock.now())
    else:
        raise NotFound(f"there is no run {run_id}")
    limits = Limits(run_id=run_id, limit=_OF_RUN)
    return WholeRun(
        run=row,
        progress=far,
        counts=dict(run.counts if run else tick.counts if tick else ()),
        settings=dict(run.settings) if run else {},
        captures=tuple(map(_run_capture, questions.captures(shelf.catalogue, limits))),
        misses=tuple(
            RunMiss(
                date=miss.date,
                url=miss.url,
                outcome=miss.outcome,
                sentence=OF_FETCHES[miss.outcome],
                detail=miss.detail,
            )
            for miss in questions.misses(shelf.catalogue, limits)
        ),
    )


def _planned(
    shelf: Shelf,
    source_id: str | None,
    outcome: Outcome | None,
    before: datetime | None,
    limit: int,
) -> list[RunRow]:
    if shelf.watch is None or outcome is Outcome.CUT_OFF:
        return []
    outcomes: tuple[TickOutcome | None, ...] = ()
    if outcome is not None:
        outcomes = (None if outcome is Outcome.GOING else TickOutcome(outcome.value),)
    page = TickPage(limit=limit, before=before, source_id=source_id, outcomes=outcomes)
    return [_row_of_tick(tick) for tick in tick_page(shelf.watch, page)]


def _by_hand(
    shelf: Shelf,
    source_id: str | None,
    outcome: Outcome | None,
    before: datetime | None,
    limit: int,
) -> list[RunRow]:
    if outcome not in (None, Outcome.DONE, Outcome.GOING, Outcome.CUT_OFF):
        return []
    page = RunPage(
        limit=limit,
        before=before,
        source_id=source_id,
        ended=None if outcome is None else outcome is Outcome.DONE,
        # Without a ledger nothing else tells of watched runs.
        without_watched=shelf.watch is not None,
    )
    runs = run_page(shelf.catalogue, page)
    open_ones = [run.id for run in runs if run.ended_at is None]
    far = progress(shelf.catalogue, open_ones)
    now = clock.now()
    rows = [_row_of_run(run, far.get(run.id), now) for run in runs]
    return [row for row in rows if outcome in (None, row.outcome)]


def _row_of_tick(tick: Tick) -> RunRow:
    counts = dict(tick.counts)
    outcome = Outcome(tick.outcome.value) if tick.outcome else Outcome.GOING
    has_run = tick.found is not None
    return RunRow(
        at=tick.planned_for,
        until=tick.planned_until,
        planned=tick.count,
        source_id=tick.source_id,
        kind=tick.kind,
        outcome=outcome,
        reason=tick.reason,
        run_id=tick.run_id,
        began_at=tick.began_at,
        ended_at=tick.ended_at,
        found=tick.found,
        new=tick.new,
        captures=counts.get("captures", 0) if has_run else None,
        errors=_errors(counts) if has_run else None,
    )


def _row_of_run(run: Run, far: Progress | None, now: datetime) -> RunRow:
    counts = dict(run.counts)
    outcome, reason = Outcome.DONE, ""
    if run.ended_at is None:
        seen = far.last_at if far and far.last_at else run.began_at
        is_lively = now - seen < _LIVELY
        outcome = Outcome.GOING if is_lively else Outcome.CUT_OFF
        reason = "" if is_lively else "it ended without a report"
    return RunRow(
        at=run.began_at,
        until=run.began_at,
        planned=0,
        source_id=run.source_id,
        kind=run.command,
        outcome=outcome,
        reason=reason,
        run_id=run.id,
        began_at=run.began_at,
        ended_at=run.ended_at,
        found=counts.get("found"),
        new=counts.get("new"),
        captures=counts.get("captures", far.captures if far else 0),
        errors=_errors(counts) if counts else far.misses if far else 0,
    )


def _errors(counts: dict[str, int]) -> int:
    return counts.get("error-answers", 0) + counts.get("misses", 0)


def _run_capture(kept: Kept) -> RunCapture:
    capture = kept.capture
    return RunCapture(
        record_id=capture.record_id,
        date=capture.date,
        url=capture.url,
        status=capture.status,
        role=capture.discovery.role,
        is_revisit=capture.revisit is not None,
        text_outcome=kept.text_outcome,
        page_class=kept.page_class,
    )
