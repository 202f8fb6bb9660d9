"""The verb `import`."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from archive.collection import Collection
from archive.importing.taking import Fate, Taken
from archive.model import Finding, Severity
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.terminal import printable, printable_json
from pipelines.importing import files_in, import_files

_EVERY_S: Final = 5.0  # seconds between two plain lines of progress
_MOST_TOLD: Final = 10  # findings of a file; --json gives all of them


def mount(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("import")(import_)


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="WARC or WACZ files, or folders of them.")
    ],
    collection: CollectionOption = DEFAULT_COLLECTION,
    source: Annotated[
        str | None,
        typer.Option(help="The source they are of; by default made of each name."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that extract; all cores by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take in WARC and WACZ files of other crawls: untouched, indexed, extracted.

    Example: dateline import crawl.wacz other.warc.gz --source town-hall
    """
    named = files_in(files)
    is_good = True

    def told(taken: Taken) -> None:
        nonlocal is_good
        is_good = is_good and taken.is_whole
        if as_json:
            shown.line(printable_json(taken_values(taken)))
        else:
            for line in taken_lines(taken):
                shown.line(printable(line))

    shown = _Shown(is_quiet=as_json)
    with Collection.create(collection) as opened, shown:
        done = import_files(
            opened,
            named,
            source_id=source,
            workers=workers,
            on_file=shown.file,
            on_taken=told,
            on_progress=shown.pages,
        )
    for finding in done.findings:
        line = printable_json(asdict(finding)) if as_json else _finding_line(finding)
        typer.echo(printable(line), err=not as_json)
        is_good = is_good and finding.severity is not Severity.ERROR
    if not as_json:
        said = f"{done.extracted} pages extracted"
        joined = f", {done.joined} revisits joined with their originals"
        typer.echo(said + (joined if done.joined else ""), err=True)
    if not is_good:
        raise typer.Exit(1)


def taken_values(taken: Taken) -> dict[str, Any]:
    """Make what one line of JSON says of a file."""
    run = taken.run
    return {
        "file": taken.label,
        "outcome": taken.fate,
        "detail": taken.sentence,
        "source": run.source_id if run else None,
        "run": run.id if run else None,
        "counts": dict(run.counts) if run else {},
        "new_captures": taken.new,
        "stored": [
            {
                "warc_file": name,
                "original_name": stored.original_name,
                "original_digest": stored.original_digest,
                "form": stored.form,
                "digest": stored.digest,
                "content_digest": stored.content_digest,
                "left_out": list(stored.left_out),
            }
            for name, stored in zip(taken.names, taken.stored, strict=True)
        ],
        "findings": [asdict(finding) for finding in taken.findings],
    }


def taken_lines(taken: Taken) -> list[str]:
    """Say for people what became of a file."""
    if taken.fate is not Fate.TAKEN or taken.run is None:
        return [taken.sentence]
    counts = dict(taken.run.counts)
    captures = counts.get("captures", 0)
    said = f"{taken.label}: {captures} captures in {counts.get('records', 0)} records"
    if taken.new < captures:
        said += f", {captures - taken.new} of them held before"
    lines = [f"{said}, source {taken.run.source_id}"]
    lines += [
        f"  {name}  ({_how(stored.form)})"
        for name, stored in zip(taken.names, taken.stored, strict=True)
    ]
    told = [f for f in taken.findings if f.severity is not Severity.NOTE]
    lines += [f"  {_finding_line(finding)}" for finding in told[:_MOST_TOLD]]
    if len(told) > _MOST_TOLD:
        lines.append(f"  and {len(told) - _MOST_TOLD} more: --json lists them")
    return lines


def _how(form: str) -> str:
    return "byte for byte" if form == "as-it-was" else "record by record"


def _finding_line(finding: Finding) -> str:
    place = "" if finding.offset is None else f" at offset {finding.offset}"
    return f"{finding.severity} {finding.path}{place}: {finding.sentence}"


class _Shown:
    """How far it is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._told_at = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        if not is_quiet and sys.stderr.isatty():
            # As it is: a file may be called "[red]".
            words = TextColumn("{task.description}", markup=False)
            self._bar = Progress(
                words, BarColumn(), console=Console(stderr=True), transient=True
            )
            self._task = self._bar.add_task("", total=None)

    def file(self, path: Path, done: int, size: int) -> None:
        """Tell how far a file was read."""
        self._tell(f"{printable(path.name)[:60]}: {done >> 20} MiB read", done, size)

    def pages(self, done: int, total: int) -> None:
        """Tell how many pages are extracted."""
        self._tell(f"{done} of {total} pages extracted", done, total)

    def line(self, words: str) -> None:
        """Print a line on standard output; a bar stays below it."""
        if self._bar is not None and sys.stdout.isatty():
            self._bar.console.print(words, markup=False, highlight=False)
        else:
            typer.echo(words)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _tell(self, sentence: str, done: int, total: int) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(
                self._task, description=sentence, completed=done, total=max(total, 1)
            )
        elif not self._is_quiet and time.monotonic() - self._told_at >= _EVERY_S:
            self._told_at = time.monotonic()
            typer.echo(sentence, err=True)
