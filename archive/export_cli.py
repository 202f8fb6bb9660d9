"""The verb `export`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Final

import typer
from rich.console import Console
from rich.progress import (
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TransferSpeedColumn,
)

from archive.clock import now, timestamp14
from archive.collection import Collection
from archive.errors import UsageError
from archive.export.atom import feed, news
from archive.export.closure import completed
from archive.export.jsonlines import write_json_lines
from archive.export.output import STREAM, opened
from archive.export.pywb import index_folders, pywb_config
from archive.export.selection import Choice, Selection, choose, chosen_articles
from archive.export.wacz import write_wacz
from archive.export.warc_subset import write_warc
from archive.model import Article
from archive.options import DEFAULT_COLLECTION, CollectionOption
from archive.terminal import printable


class Kind(StrEnum):
    """What `dateline export` writes."""

    WACZ = "wacz"
    WARC = "warc"
    JSONL = "jsonl"
    PARQUET = "parquet"
    ATOM = "atom"
    PYWB = "pywb-config"


_ENDINGS: Final = {Kind.WACZ: ".wacz", Kind.WARC: ".warc.gz", Kind.PARQUET: ".parquet"}


def mount(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("export")(export)


def export(  # noqa: PLR0917 (Typer calls it by names)
    kind: Annotated[Kind, typer.Argument(help="What to write.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file, or `-` for standard output."),
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Of this source only; may be repeated.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Captured from this UTC date on, e.g. 2026-11-22."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Captured before this UTC date.")
    ] = None,
    search: Annotated[
        str | None, typer.Option(help="What a search finds, as `dateline search` does.")
    ] = None,
    article: Annotated[
        str | None,
        typer.Option(help="One article: an address, a record id or an article id."),
    ] = None,
    versions: Annotated[
        bool,
        typer.Option(
            "--versions", help="jsonl and parquet: every text, not the newest alone."
        ),
    ] = False,
    limit: Annotated[
        int, typer.Option(help="atom: so many entries, the newest.", min=1)
    ] = 100,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there.")
    ] = False,
) -> None:
    """Take a package out of the archive, for other tools and other people.

    wacz is a web archive for ReplayWeb.page, with page list and index; warc one WARC
    file; jsonl and parquet are the articles with their provenance; atom is a feed of
    new and changed articles; pywb-config a configuration for pywb.

    Example: dateline export wacz --source port-verity --output courier.wacz
    """
    selection = Selection(
        source_ids=tuple(source or ()),
        since=since,
        until=until,
        search=search,
        article=article,
    )
    if kind is Kind.PYWB and not selection.is_everything:
        raise UsageError("pywb-config is about the whole collection: select nothing")
    target = output or _default(kind)
    with Collection.open(collection) as held:
        asked = _Asked(
            collection=held,
            choice=choose(held, selection),
            name=target.name,
            versions=versions,
            limit=limit,
        )
        try:
            with opened(target, force=force, is_binary=kind in _ENDINGS) as file:
                total = sum(_watched(_WRITERS[kind](asked, file), kind))
        except BrokenPipeError:  # whoever read it has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
    if target != STREAM:
        if kind in (Kind.WACZ, Kind.WARC):  # what was read is not what is written
            total = target.stat().st_size
        _note(f"{target}: {_said(kind, total, selection)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the writers of all kinds are given."""

    collection: Collection
    choice: Choice
    name: str
    versions: bool
    limit: int


# Each gives the length, or the number, of what it has written at each step.


def _wacz(asked: _Asked, file: IO[bytes]) -> Iterator[int]:
    choice = completed(asked.collection, asked.choice)
    return write_wacz(asked.collection, choice, file, now=now())


def _warc(asked: _Asked, file: IO[bytes]) -> Iterator[int]:
    choice = completed(asked.collection, asked.choice)
    name = asked.name if asked.name != STREAM.name else "dateline-export.warc.gz"
    return write_warc(asked.collection, choice, file, name=name, now=now())


def _jsonl(asked: _Asked, file: IO[bytes]) -> Iterator[int]:
    is_gzip = asked.name.endswith(".gz")
    return write_json_lines(_articles(asked), file, is_gzip=is_gzip)


def _parquet(asked: _Asked, file: IO[bytes]) -> Iterator[int]:
    # pyarrow takes a third of a second to load
    from archive.export.parquet import write_parquet  # noqa: PLC0415

    return write_parquet(_articles(asked), file)


def _atom(asked: _Asked, file: IO[bytes]) -> Iterator[int]:
    items = news(asked.collection.catalogue, asked.choice, asked.limit)
    file.write(feed(asked.collection, asked.choice, items, now=now()))
    yield len(items)


def _pywb(asked: _Asked, file: IO[bytes]) -> Iterator[int]:
    root = asked.collection.root.resolve()
    file.write(pywb_config(root, index_folders(root)).encode("utf-8"))
    yield 1


_WRITERS: Final[dict[Kind, Callable[[_Asked, IO[bytes]], Iterator[int]]]] = {
    Kind.WACZ: _wacz,
    Kind.WARC: _warc,
    Kind.JSONL: _jsonl,
    Kind.PARQUET: _parquet,
    Kind.ATOM: _atom,
    Kind.PYWB: _pywb,
}


def _articles(asked: _Asked) -> Iterator[Article]:
    catalogue = asked.collection.catalogue
    return chosen_articles(catalogue, asked.choice, versions=asked.versions)


def _default(kind: Kind) -> Path:
    """Name what is written where no name is given: text goes to standard output."""
    if kind is Kind.PYWB:
        return Path("config.yaml")
    if kind in _ENDINGS:
        return Path(f"dateline-{timestamp14(now())}{_ENDINGS[kind]}")
    return STREAM


def _watched(steps: Iterator[int], kind: Kind) -> Iterator[int]:
    """Show on a terminal how far it is."""
    if not sys.stderr.isatty() or kind not in (Kind.WACZ, Kind.WARC):
        return steps
    return _shown(steps)


def _shown(steps: Iterator[int]) -> Iterator[int]:
    columns = (SpinnerColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        for step in steps:
            progress.advance(task, step)
            yield step


def _said(kind: Kind, total: int, selection: Selection) -> str:
    if kind is Kind.PYWB:
        return "start `wayback` in its folder"
    if kind in (Kind.WACZ, Kind.WARC):
        size = f"{total / 1e6:.1f} MB" if total >= 1e6 else f"{total / 1e3:.1f} kB"
        return f"{size}, {selection}"
    one, many = ("entry", "entries") if kind is Kind.ATOM else ("article", "articles")
    return f"{total} {one if total == 1 else many}, {selection}"


def _note(sentence: str) -> None:
    typer.echo(printable(sentence), err=True)
