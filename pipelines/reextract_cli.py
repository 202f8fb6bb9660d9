"""The verb `reextract`."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer

from archive.collection import Collection
from archive.model import Severity
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.terminal import printable, printable_json
from archive.texts_questions import Chosen
from pipelines.reextract import Reextracted
from pipelines.reextract import reextract as reextract_collection

_EVERY_S: Final = 2.0  # seconds between two lines of progress


def mount(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("reextract")(reextract)


def reextract(  # noqa: PLR0917 (Typer calls it by names)
    collection: CollectionOption = DEFAULT_COLLECTION,
    since: Annotated[
        str | None,
        typer.Option(help="Captures from this UTC date on, e.g. 2026-11-22."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Captures before this UTC date.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Of this source; may be given again.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that extract; all cores by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make texts anew with today's extractor, from what is kept; nothing is fetched.

    Example: dateline reextract --since 2026-11-01 --source example
    """
    progress = Progress(is_shown=not as_json)
    chosen = Chosen(since=since, until=until, source_ids=tuple(source or ()))
    with Collection.open(collection) as opened:
        done = reextract_collection(
            opened, chosen=chosen, workers=workers, on_progress=progress
        )
    for finding in done.findings:
        sentence = printable(f"{finding.path}: {finding.sentence}")
        typer.echo(printable_json(asdict(finding)) if as_json else sentence)
    if as_json:
        typer.echo(json.dumps(summary(done)))
    else:
        for line in _lines(done):
            typer.echo(line)
    if any(finding.severity is Severity.ERROR for finding in done.findings):
        raise typer.Exit(3)
    if done.failed:
        raise typer.Exit(1)


class Progress:
    """Tells how far it is, on standard error, every few seconds."""

    def __init__(self, *, is_shown: bool) -> None:
        """Begin to count the time."""
        self._is_shown = is_shown
        self._began = self._told = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Take note that so many pages are done."""
        now = time.monotonic()
        if not self._is_shown or now - self._told < _EVERY_S:
            return
        self._told = now
        rate = done / (now - self._began)
        typer.echo(f"{done} of {total} pages, {rate:.0f} a second", err=True)


def summary(done: Reextracted) -> dict[str, Any]:
    """Count what was done, for programs."""
    return {
        "extractor": done.software.key,
        "files": done.files,
        "files_resumed": done.resumed,
        "captures": done.captures,
        "reused": done.reused,
        "outcomes": _by(done, 0),
        "classes": _by(done, 1),
        "unindexed": done.unindexed,
    }


def _by(done: Reextracted, part: int) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for key, number in done.counts.items():
        counts[str(key[part] or "not-looked-at")] += number
    return dict(sorted(counts.items()))


def _lines(done: Reextracted) -> list[str]:
    told = summary(done)
    what = "nothing to do"
    if done.files:
        what = f"{done.captures} captures in {done.files} WARC files"
    lines = [f"{what}, by {told['extractor']}"]
    if done.resumed:
        lines.append(f"{done.resumed} WARC files had been done before, and are entered")
    for name in ("outcomes", "classes"):
        counted = ", ".join(f"{number} {word}" for word, number in told[name].items())
        if counted:
            lines.append(f"{name}: {counted}")
    if done.unindexed:
        lines.append(
            f"{done.unindexed} captures are not in the search index yet: the next "
            "`dateline search` brings it level"
        )
    return lines
