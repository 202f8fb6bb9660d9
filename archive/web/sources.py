"""The sources: how they are, when they are looked at, what they gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from archive import clock, tallies
from archive.errors import NotFound
from archive.failures import Example, Failure, failures, last_errors
from archive.run_questions import RunPage, run_page, source_ids
from archive.tallies import Arrival, Kind, Span
from archive.watch import overview
from archive.watch.flags import Flags
from archive.watch.history import BROUGHT, failures_in_a_row, last_polls
from archive.watch.ledger import Ledger
from archive.watch.ledgerrows import SourceState
from archive.watch.model import Flag, Tick
from archive.web.charts import sparkline
from archive.web.pages import render
from archive.web.parameters import SourceId
from archive.web.runs import OUTCOME_WORDS, RunRow, run_list
from archive.web.schedule import Schedule, ScheduleDep
from archive.web.shelf import Shelf, ShelfDep

router = APIRouter(tags=["sources"])

DAYS: Final = 30  # of a row of bars
_POLLS: Final = 12  # that health is judged by
_RUNS: Final = 20
_ARTICLES: Final = 20
_CHANGES: Final = 12


class Health(StrEnum):
    """How a source is."""

    FAILING = "failing"  # the last looks failed
    SILENT = "silent"  # nothing new, for much longer than usual
    ODD = "odd"  # flagged for something else
    WELL = "well"
    UNWATCHED = "not watched"  # in the archive, but no longer, or never, planned


_WORST_FIRST: Final = tuple(Health)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The articles of a day."""

    day: date
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source at a glance."""

    id: str
    health: Health
    rhythm: str | None  # in words; None: it is not watched, or nobody here knows
    next_at: datetime | None
    last_good_at: datetime | None  # when a look last did its work
    last_new_at: datetime | None
    failures_in_a_row: int
    last_error: Example | None  # of the last 30 days
    flags: tuple[Flag, ...]
    is_going: bool
    days: tuple[Day, ...]  # the last 30, those without articles too

    @property
    def articles(self) -> int:
        """The articles of these days."""
        return sum(day.articles for day in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """All sources, those that a person should look at first."""

    sources: tuple[SourceRow, ...]
    is_running: bool | None  # whether somebody goes by the schedule; None: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeSource:
    """Everything about one source."""

    source: SourceRow
    runs: tuple[RunRow, ...]
    arrivals: tuple[Arrival, ...]
    changes: tuple[Arrival, ...]
    failures: tuple[Failure, ...]  # of the last 30 days


@router.get("/api/sources")
def source_values(shelf: ShelfDep, schedule: ScheduleDep) -> SourceList:
    """List the sources."""
    return source_list(shelf, schedule, clock.now())


@router.get("/api/sources/{source_id}")
def whole_source_values(
    shelf: ShelfDep, schedule: ScheduleDep, source_id: SourceId
) -> WholeSource:
    """Tell everything about a source."""
    return whole_source(shelf, schedule, source_id, clock.now())


@router.get("/sources", include_in_schema=False, response_class=HTMLResponse)
def sources_page(request: Request, shelf: ShelfDep, schedule: ScheduleDep) -> Response:
    """Show the sources."""
    values = source_list(shelf, schedule, clock.now())
    return render(
        request,
        "sources.html",
        list=values,
        sparks={one.id: _spark(one) for one in values.sources},
    )


@router.get(
    "/sources/{source_id}", include_in_schema=False, response_class=HTMLResponse
)
def source_page(
    request: Request, shelf: ShelfDep, schedule: ScheduleDep, source_id: SourceId
) -> Response:
    """Show one source."""
    values = whole_source(shelf, schedule, source_id, clock.now())
    return render(
        request,
        "source.html",
        whole=values,
        one=values.source,
        spark=_spark(values.source),
        outcomes=OUTCOME_WORDS,
    )


# ---------------------------------------------------------------- what they say


def source_list(shelf: Shelf, schedule: Schedule | None, now: datetime) -> SourceList:
    """Gather all sources."""
    watched = _watched(shelf)
    ids = sorted({*watched, *source_ids(shelf.catalogue)})
    rows = _rows(shelf, schedule, watched, ids, now)
    rows.sort(key=lambda row: (_WORST_FIRST.index(row.health), row.id))
    return SourceList(
        sources=tuple(rows),
        is_running=schedule.is_running(now) if schedule else None,
    )


def whole_source(
    shelf: Shelf, schedule: Schedule | None, source_id: str, now: datetime
) -> WholeSource:
    """Gather everything about a source. Raises NotFound."""
    watched = _watched(shelf)
    if source_id not in watched and source_id not in source_ids(shelf.catalogue):
        raise NotFound(f"there is no source {source_id!r}")
    (row,) = _rows(shelf, schedule, watched, [source_id], now)
    span = Span(since=now - timedelta(days=DAYS), until=now, source_id=source_id)
    catalogue = shelf.catalogue
    return WholeSource(
        source=row,
        runs=run_list(shelf, source_id, None, None, _RUNS).runs,
        arrivals=tuple(tallies.arrivals(catalogue, span, Kind.NEW, _ARTICLES)),
        changes=tuple(tallies.arrivals(catalogue, span, Kind.CHANGED, _CHANGES)),
        failures=tuple(failures(catalogue, span)),
    )


def _watched(shelf: Shelf) -> dict[str, SourceState]:
    if shelf.watch is None:
        return {}
    states = Ledger(shelf.watch).states()
    return {name: state for name, state in states.items() if state.rhythm}


def _rows(
    shelf: Shelf,
    schedule: Schedule | None,
    watched: dict[str, SourceState],
    ids: list[str],
    now: datetime,
) -> list[SourceRow]:
    only = ids[0] if len(ids) == 1 else None
    span = Span(since=now - timedelta(days=DAYS), until=now, source_id=only)
    counts = tallies.articles_by_source(shelf.catalogue, span)
    errors = last_errors(shelf.catalogue, span)
    watch = shelf.watch
    polls = last_polls(watch, watched.keys() & set(ids), _POLLS) if watch else {}
    going = overview.going(watch) if watch else {}
    flags: dict[str, list[Flag]] = {}
    for flag in Flags(watch).standing() if watch else ():
        flags.setdefault(flag.source_id, []).append(flag)
    rows = []
    for name in ids:
        state = watched.get(name)
        own = tuple(flags.get(name, ())) if state else ()
        of_polls = polls.get(name, [])
        failed = failures_in_a_row(of_polls)
        plan = schedule.plan(state) if schedule and state else None
        rows.append(
            SourceRow(
                id=name,
                health=_health(state, own, failed),
                rhythm=plan.rhythm if plan else None,
                next_at=plan.next_at if plan else None,
                last_good_at=_last_good(shelf, name, of_polls, state),
                last_new_at=state.last_new_at if state else None,
                failures_in_a_row=failed,
                last_error=errors.get(name),
                flags=own,
                is_going=name in going,
                days=_days(counts.get(name, {}), now.date()),
            )
        )
    return rows


def _health(state: SourceState | None, flags: tuple[Flag, ...], failed: int) -> Health:
    if state is None:
        return Health.UNWATCHED
    codes = {flag.code for flag in flags}
    if failed or "errors" in codes:
        return Health.FAILING
    if "silent" in codes:
        return Health.SILENT
    return Health.ODD if codes else Health.WELL


def _last_good(
    shelf: Shelf, source_id: str, polls: list[Tick], state: SourceState | None
) -> datetime | None:
    """Say when a look last did its work; of what is not watched, the last run."""
    if state is not None:
        good = (poll.ended_at for poll in polls if poll.outcome in BROUGHT)
        return next(good, None)
    page = RunPage(limit=1, source_id=source_id, ended=True)
    return next((run.ended_at for run in run_page(shelf.catalogue, page)), None)


def _days(counts: dict[str, int], last: date) -> tuple[Day, ...]:
    days = (last - timedelta(days=back) for back in range(DAYS - 1, -1, -1))
    return tuple(Day(day=day, articles=counts.get(day.isoformat(), 0)) for day in days)


def _spark(row: SourceRow) -> object:
    return sparkline([day.articles for day in row.days])
