"""The verbs of the pipelines: rebuild, and those with files of their own."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from archive.collection import Collection
from archive.model import Severity
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.questions import totals
from pipelines import import_cli, reextract_cli
from pipelines.rebuild import rebuild as rebuild_collection
from pipelines.reextract_cli import Progress


def mount(app: typer.Typer) -> None:
    """Add the verbs of this floor."""
    app.command("rebuild")(rebuild)
    reextract_cli.mount(app)
    import_cli.mount(app)


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
    progress = Progress(is_shown=not as_json)
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
