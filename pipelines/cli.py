"""The verbs of the pipelines: rebuild."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from archive.collection import Collection
from archive.model import Severity
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.questions import totals
from pipelines.rebuild import rebuild as rebuild_collection


def mount(app: typer.Typer) -> None:
    """Add the verbs of this floor."""
    app.command("rebuild")(rebuild)


def rebuild(
    collection: CollectionOption = DEFAULT_COLLECTION,
    workers: Annotated[
        int | None, typer.Option(help="Processes that extract; all cores by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make index, text and catalogue again, from the WARC files alone.

    Example: dateline rebuild --collection my-archive
    """
    done = 0

    def progress(number: int) -> None:
        nonlocal done
        done += number
        if not as_json and done % 100 == 0:
            print(f"{done} texts", file=sys.stderr)

    with Collection.reopen(collection) as opened:
        rebuilt = rebuild_collection(opened, workers=workers, on_progress=progress)
        counts = totals(opened.catalogue)
    for finding in rebuilt.findings:
        sentence = f"{finding.path}: {finding.sentence}"
        print(json.dumps(asdict(finding)) if as_json else sentence)
    if as_json:
        print(json.dumps(counts))
    else:
        print(", ".join(f"{number} {name}" for name, number in counts.items()))
    if any(finding.severity is Severity.ERROR for finding in rebuilt.findings):
        raise typer.Exit(3)
