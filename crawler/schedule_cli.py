"""The verbs that say what the schedule does: due, runs, status."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from archive import clock
from archive.clock import warc_date
from archive.collection import Collection
from archive.errors import UsageError
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.spans import moment_of
from archive.watch import overview
from archive.watch.database import WatchDatabase
from archive.watch.flags import Flags
from archive.watch.frontier import Frontier
from archive.watch.ledger import Ledger
from archive.watch.ledgerrows import SourceState
from archive.watch.model import Tick, TickOutcome
from archive.watch.overview import TickLimits
from crawler import planning
from crawler.durations import duration_words
from crawler.leader import Leader, read_leader
from crawler.rhythms import rhythm_words

_DAY: Final = timedelta(days=1)
_ERRORS: Final = ("error-answers", "misses")
_WHOLE: Final = ("next_at", "planned_for", "began_at", "ended_at", "outcome")


def mount(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("due")(due)
    app.command("runs")(runs)
    app.command("status")(status)


def due(
    collection: CollectionOption = DEFAULT_COLLECTION,
    as_json: JsonOption = False,
) -> None:
    """List what runs next, and in how long: every source that is watched.

    Example: dateline due --collection my-archive
    """
    now = clock.now()
    with _opened(collection) as watch:
        going = overview.going(watch)
        states = [s for s in Ledger(watch).states().values() if s.rhythm]
    rows = sorted(
        (due_values(state, going.get(state.source_id), now) for state in states),
        key=lambda row: (row["next_at"], row["source"]),
    )
    _print_rows(rows, ("next_at", "in", "source", "rhythm", "now"), as_json=as_json)
    if not as_json:
        if not rows:
            _note("no source was planned yet: start `dateline run`")
        elif not read_leader(collection).is_held:
            _note("nothing of this happens by itself: `dateline run` is not running")


def runs(
    *,
    collection: CollectionOption = DEFAULT_COLLECTION,
    source: Annotated[str | None, typer.Option(help="Of this source only.")] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what failed: --outcome failed.")
    ] = False,
    outcome: Annotated[
        TickOutcome | None, typer.Option(help="Only with this outcome.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="From this UTC date on, e.g. 2026-11-22.")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 100,
    as_json: JsonOption = False,
) -> None:
    """List planned runs, and what became of each: the latest first.

    Example: dateline runs --source port-verity --failed --since 2026-11-22
    """
    if failed and outcome not in (None, TickOutcome.FAILED):
        raise UsageError("--failed and --outcome contradict each other: keep one")
    limits = TickLimits(
        source_id=source,
        outcome=TickOutcome.FAILED if failed else outcome,
        since=_moment(since),
        limit=limit,
    )
    with _opened(collection) as watch:
        ticks = overview.ticks(watch, limits)
    columns = (
        "planned_for",
        "source",
        "outcome",
        "ticks",
        "found",
        "new",
        "captures",
        "errors",
        "reason",
    )
    _print_rows(map(run_values, ticks), columns, as_json=as_json)
    if as_json:
        return
    if not ticks:
        _note("no such run was planned: `dateline due` tells when the next ones are")
    elif len(ticks) == limit:
        _note(f"these are the latest {limit}: --limit shows more")


def status(
    collection: CollectionOption = DEFAULT_COLLECTION,
    as_json: JsonOption = False,
) -> None:
    """Say whether the schedule is alive, and how its sources are.

    Ends with 1 where it is not running, or hangs.

    Example: dateline status --collection my-archive
    """
    now = clock.now()
    leader = read_leader(collection)
    with _opened(collection) as watch:
        values = status_values(watch, leader, now)
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
    else:
        for label, sentence in _status_lines(values):
            typer.echo(f"{label:<12}{sentence}")
    if values["schedule"] != "running":
        raise typer.Exit(1)


# ---------------------------------------------------------------- what they say


def due_values(state: SourceState, going: Tick | None, now: datetime) -> dict[str, Any]:
    """Make what a line says of a source: when it is next, and what it does now."""
    rhythm = planning.read_rhythm(state.rhythm)
    next_at = planning.next_at(rhythm, state)
    seconds = (next_at - now).total_seconds()
    doing = ""
    if going is not None and going.began_at is not None:
        doing = f"{going.kind} since {warc_date(going.began_at)}"
    return {
        "source": state.source_id,
        "rhythm": rhythm_words(rhythm),
        "next_at": warc_date(next_at),
        "in_s": round(seconds),
        "in": duration_words(seconds) if seconds >= 1 else "now",
        "interval_s": state.interval_s,
        "last_new_at": warc_date(state.last_new_at) if state.last_new_at else None,
        "now": doing,
    }


def run_values(tick: Tick) -> dict[str, Any]:
    """Make what a line says of a planned run, or of a row of them."""
    counts = dict(tick.counts)
    has_run = tick.found is not None
    return {
        "source": tick.source_id,
        "kind": tick.kind,
        "outcome": tick.outcome or "going on",
        "reason": tick.reason,
        "planned_for": warc_date(tick.planned_for),
        "planned_until": warc_date(tick.planned_until),
        "ticks": tick.count,
        "began_at": warc_date(tick.began_at) if tick.began_at else None,
        "ended_at": warc_date(tick.ended_at) if tick.ended_at else None,
        "run": tick.run_id,
        "found": tick.found,
        "new": tick.new,
        "captures": counts.get("captures", 0) if has_run else None,
        "errors": sum(counts.get(name, 0) for name in _ERRORS) if has_run else None,
        "counts": counts,
    }


def status_values(
    watch: WatchDatabase, leader: Leader, now: datetime
) -> dict[str, Any]:
    """Make what there is to say of the schedule as a whole. Raises StorageError."""
    watched = {s.source_id for s in Ledger(watch).states().values() if s.rhythm}
    flags = [f for f in Flags(watch).standing() if f.source_id in watched]
    totals = overview.totals(watch, now - _DAY)
    is_alive = leader.is_alive(now)
    beat_at = leader.beat_at
    return {
        "schedule": "running"
        if is_alive
        else "hangs"
        if leader.is_held
        else "not running",
        "pid": leader.pid if leader.is_held else None,
        "started_at": warc_date(leader.started_at) if leader.started_at else None,
        "beat_at": warc_date(beat_at) if beat_at else None,
        "beat_s": round((now - beat_at).total_seconds()) if beat_at else None,
        "going": len(overview.going(watch)),
        "waiting": dict(leader.numbers).get("waiting", 0) if is_alive else 0,
        "sources": {
            "watched": len(watched),
            "healthy": len(watched - {flag.source_id for flag in flags}),
            "silent": len({f.source_id for f in flags if f.code == "silent"}),
            "flagged": len({flag.source_id for flag in flags}),
        },
        "flags": [
            {"source": f.source_id, "code": f.code, "sentence": f.sentence}
            for f in flags
        ],
        "addresses": {
            state.value: count for state, count in Frontier(watch).counts().items()
        },
        "last_day": {
            "planned": sum(total.ticks for total in totals),
            **{total.outcome or "going on": total.ticks for total in totals},
            "found": sum(total.found for total in totals),
            "new": sum(total.new for total in totals),
        },
    }


def _status_lines(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    schedule = values["schedule"]
    if values["pid"] is not None:
        schedule += f", process {values['pid']} since {values['started_at']}"
    elif values["beat_at"] is not None:
        schedule += f"; last sign of life at {values['beat_at']}"
    if values["schedule"] == "hangs":
        schedule += f"; no sign of life for {values['beat_s']} s"
    yield "schedule", schedule
    yield "runs", f"{values['going']} going on, {values['waiting']} waiting for a place"
    sources = values["sources"]
    words = ("watched", "healthy", "flagged", "silent")
    yield "sources", ", ".join(f"{sources[word]} {word}" for word in words)
    for flag in values["flags"]:
        yield "", f"{flag['source']}: {flag['code']}: {flag['sentence']}"
    counts = [f"{count:,} {state}" for state, count in values["addresses"].items()]
    yield "addresses", ", ".join(counts) or "none"
    day = dict(values["last_day"])
    planned, found, new = (day.pop(name) for name in ("planned", "found", "new"))
    parts = ", ".join(f"{count:,} {outcome}" for outcome, count in day.items())
    yield "last 24 h", f"{planned:,} planned" + (f": {parts}" if parts else "")
    yield "", f"{found:,} addresses found, {new:,} of them new"


# ---------------------------------------------------------------- how they say it


@contextmanager
def _opened(root: Path) -> Iterator[WatchDatabase]:
    with Collection.open(root):
        watch = WatchDatabase(root)
        try:
            yield watch
        finally:
            watch.close()


def _moment(date: str | None) -> datetime | None:
    return None if date is None else moment_of("since", date)


def _print_rows(
    rows: Iterable[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool
) -> None:
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    cells = (tuple(_cell(row[column]) for column in columns) for row in rows)
    if not sys.stdout.isatty():
        for line in cells:
            typer.echo("\t".join(line))
        return
    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    for line in cells:
        table.add_row(*line)
    Console().print(table)


def _cell(value: object) -> str:
    return "-" if value is None or value == "" else str(value)


def _note(sentence: str) -> None:
    typer.echo(sentence, err=True)
