"""The verbs of the archive: init, list, verify, and those with files of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive import (
    diff_cli,
    export_cli,
    index_cli,
    questions,
    replay_cli,
    search_cli,
    show_cli,
    texts_questions,
)
from archive.collection import Collection
from archive.listing import capture_values, extractor_values, miss_values, run_values
from archive.model import Article, Finding, Severity
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.questions import Limits
from archive.terminal import printable, printable_json
from archive.texts_lines import article_values
from archive.verify import verify as verify_collection


class What(StrEnum):
    """What `dateline list` lists."""

    ARTICLES = "articles"
    CAPTURES = "captures"
    MISSES = "misses"
    RUNS = "runs"
    EXTRACTORS = "extractors"


def mount(app: typer.Typer) -> None:
    """Add the verbs of this floor."""
    app.command("init")(init)
    app.command("list")(list_)
    show_cli.mount(app)
    diff_cli.mount(app)
    export_cli.mount(app)
    index_cli.mount(app)
    replay_cli.mount(app)
    search_cli.mount(app)
    app.command("verify")(verify)


def init(
    directory: Annotated[Path, typer.Argument(help="Where.")] = DEFAULT_COLLECTION,
) -> None:
    """Make an empty collection.

    Example: dateline init my-archive
    """
    with Collection.create(directory) as collection:
        print(f"{directory}: collection {collection.id}")


def list_(
    what: Annotated[What, typer.Argument(help="What to list.")] = What.ARTICLES,
    collection: CollectionOption = DEFAULT_COLLECTION,
    source: Annotated[str | None, typer.Option(help="Of this source only.")] = None,
    run: Annotated[str | None, typer.Option(help="Of this run only (its id).")] = None,
    since: Annotated[
        str | None, typer.Option(help="From this UTC date on, e.g. 2026-11-22.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Before this UTC date.")] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many.", min=1)] = None,
    as_json: JsonOption = False,
) -> None:
    """List what a collection holds: articles, captures, misses, runs or extractors.

    Example: dateline list misses --since 2026-11-22
    """
    limits = Limits(source_id=source, run_id=run, since=since, until=until, limit=limit)
    with Collection.open(collection) as opened:
        rows, columns = _ROWS[what](opened, limits)
        if as_json:
            for row in rows:
                print(printable_json(row))
        else:
            _print_table(rows, columns)


def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="WARC files; the whole collection if none is named."),
    ] = None,
    collection: CollectionOption = DEFAULT_COLLECTION,
    as_json: JsonOption = False,
) -> None:
    """Check every byte: structure, digests, references, index, catalogue.

    Example: dateline verify --collection my-archive
    """
    findings = 0
    damaged = False
    for finding in verify_collection(collection, files or []):
        findings += 1
        damaged = damaged or finding.severity is Severity.ERROR
        line = printable_json(asdict(finding)) if as_json else _finding_line(finding)
        print(line)
    if not as_json:
        what = "damaged" if damaged else "in order"
        _note(f"{findings or 'no'} finding{'' if findings == 1 else 's'}: {what}")
    if damaged:
        raise typer.Exit(3)


# ---------------------------------------------------------------- what is printed


_Rows = Iterable[dict[str, Any]]


def _articles(collection: Collection, limits: Limits) -> tuple[_Rows, tuple[str, ...]]:
    rows = questions.articles(collection.catalogue, limits)
    return map(_flat_article, rows), ("captured_at", "source", "title", "url")


def _flat_article(article: Article) -> dict[str, Any]:
    values = article_values(article)
    source = values["provenance"]
    return {"captured_at": source["captured_at"], "source": source["source"], **values}


def _captures(collection: Collection, limits: Limits) -> tuple[_Rows, tuple[str, ...]]:
    rows = questions.captures(collection.catalogue, limits)
    return map(capture_values, rows), (
        *("date", "status", "role", "text_outcome", "class", "text_detail"),
        "url",
    )


def _misses(collection: Collection, limits: Limits) -> tuple[_Rows, tuple[str, ...]]:
    rows = questions.misses(collection.catalogue, limits)
    return map(miss_values, rows), ("date", "outcome", "url", "detail")


def _runs(collection: Collection, limits: Limits) -> tuple[_Rows, tuple[str, ...]]:
    rows = questions.runs(collection.catalogue, limits)
    return map(run_values, rows), ("began_at", "ended_at", "command", "source", "id")


def _extractors(
    collection: Collection, limits: Limits
) -> tuple[_Rows, tuple[str, ...]]:
    rows = texts_questions.extractors(collection.catalogue)[: limits.limit]
    return map(extractor_values, rows), ("key", "captures", "articles", "shown")


_ROWS: dict[What, Callable[[Collection, Limits], tuple[_Rows, tuple[str, ...]]]] = {
    What.ARTICLES: _articles,
    What.CAPTURES: _captures,
    What.MISSES: _misses,
    What.RUNS: _runs,
    What.EXTRACTORS: _extractors,
}


_WHOLE = ("date", "captured_at", "began_at", "ended_at", "status", "outcome")


def _print_table(rows: _Rows, columns: tuple[str, ...]) -> None:
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(_cell(row[column]) for column in columns))
        return
    table = Table(box=None, header_style="bold")
    for column in columns:
        # An address or date that is cut can't be copied into the next command.
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    for row in rows:
        # As Text: what is in square brackets would else be taken for a style.
        table.add_row(*(Text(_cell(row[column])) for column in columns))
    Console().print(table)


def _cell(value: object) -> str:
    """Write a value on one line, with nothing in it that a terminal obeys."""
    return printable("-" if value in (None, "") else str(value))


def _finding_line(finding: Finding) -> str:
    place = (
        finding.path if finding.offset is None else f"{finding.path}@{finding.offset}"
    )
    said = f"{finding.severity:<8}{finding.code:<22}{place}  {finding.sentence}"
    return printable(said)


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)
