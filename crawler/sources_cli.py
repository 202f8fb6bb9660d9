"""The verbs of `dateline sources`: check, list, schema, discover, OPML in and out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from archive.errors import UsageError
from archive.model import Manners, Severity, Source
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from crawler import source_checks
from crawler.durations import duration_text
from crawler.plaintext import collapsed
from crawler.rhythms import rhythm_keys, rhythm_words
from crawler.source_schema import source_schema
from crawler.source_text import source_toml
from crawler.sources import load_sources, parse_sources, read_text
from crawler.toml_lines import TomlLines

if TYPE_CHECKING:
    from crawler.seedsearch import SeedSearch

DEFAULT_FILE = Path("sources.toml")
_PROBLEMS_TOLD = 20
_FileArgument = Annotated[
    Path, typer.Argument(help="The file that describes the sources.")
]

app = typer.Typer(
    name="sources",
    help="What is watched: check and list sources, find their feeds, take lists over.",
    no_args_is_help=True,
)


def mount(parent: typer.Typer) -> None:
    """Add the group `sources` and its verbs."""
    parent.add_typer(app)


@app.command("check")
def check(file: _FileArgument = DEFAULT_FILE, as_json: JsonOption = False) -> None:
    """Check a file of sources: is it in order, what is in it, what is worth a look.

    Example: dateline sources check sources.toml
    """
    text = read_text(file)
    sources = parse_sources(text, str(file))
    lines = TomlLines(text)
    is_doubtful = False
    for remark in source_checks.remarks(sources):
        place = lines.place_of("source", remark.number)
        line = place.line_of(remark.key, remark.value)
        is_doubtful = is_doubtful or remark.severity is Severity.WARNING
        if as_json:
            _row(
                severity=remark.severity,
                file=str(file),
                line=line,
                source=remark.source_id,
                sentence=remark.sentence,
            )
        else:
            typer.echo(
                f"{remark.severity:<8}{file}, line {line}: source "
                f"{remark.source_id!r}: {remark.sentence}"
            )
    _note(f"{file}: {source_checks.contents(sources)}")
    if is_doubtful:
        raise typer.Exit(1)


@app.command("list")
def list_(
    file: _FileArgument = DEFAULT_FILE,
    tag: Annotated[
        list[str] | None, typer.Option(help="Only sources with this tag; repeatable.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the sources of a file: id, name, rhythm, seeds, tags.

    Example: dateline sources list sources.toml --tag local
    """
    wanted = set(tag or ())
    sources = [one for one in load_sources(file) if wanted <= set(one.tags)]
    if as_json:
        for source in sources:
            _row(**_values(source))
    elif sys.stdout.isatty():
        table = Table(box=None, header_style="bold")
        for column in ("id", "name", "rhythm", "seeds", "tags"):
            table.add_column(column, overflow="fold")
        for source in sources:
            table.add_row(*map(escape, _cells(source)))
        Console().print(table)
    else:
        for source in sources:
            typer.echo("\t".join(_cells(source)))


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of a file of sources, for editors that know TOML.

    Example: dateline sources schema > sources.schema.json
    """
    typer.echo(json.dumps(source_schema(), indent=2, ensure_ascii=False))


@app.command("discover")
def discover(
    url: Annotated[str, typer.Argument(help="The homepage, http or https.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Connect to private addresses; recorded."),
    ] = False,
    as_json: JsonOption = False,
    debug: Annotated[bool, typer.Option("--debug", hidden=True)] = False,
) -> None:
    """Find the feeds and sitemaps of a site, and print a source that is ready.

    Example: dateline sources discover https://example.org/ >> sources.toml
    """
    from crawler.command import Command  # noqa: PLC0415 (Scrapy takes half a second)
    from crawler.seedsuggestion import suggestion  # noqa: PLC0415
    from crawler.spiders.seedsearch import SeedSearchSpider  # noqa: PLC0415

    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is no address: begin it with http:// or https://")
    manners = Manners(allow_private=allow_private)
    searches: list[SeedSearch] = []
    Command(collection, as_json=False, debug=debug).run(
        SeedSearchSpider, warm=False, url=url, manners=manners, on_end=searches.append
    )
    if not searches:
        raise typer.Exit(1)  # it was interrupted, and has said so
    search = searches[0]
    suggested = suggestion(search, manners)
    _tell_looks(search, as_json=as_json)
    if suggested is None:
        raise typer.Exit(1)
    if as_json:
        _row(
            event="source",
            toml=suggested.toml(),
            page=search.url if search.page else None,
            page_articles=search.articles,  # its links that look like articles
            **_values(suggested.source),
        )
    else:
        typer.echo(suggested.toml(), nl=False)


@app.command("import-opml")
def import_opml(
    file: Annotated[Path, typer.Argument(help="The list of feeds; - is the input.")],
) -> None:
    """Turn a feed reader's list of feeds into sources; the folders become tags.

    Example: dateline sources import-opml feeds.opml > sources.toml
    """
    from crawler.opml import NoOpml, read_opml  # noqa: PLC0415 (lxml)

    try:
        body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        subscriptions = read_opml(body)
    except OSError as error:
        raise UsageError(f"{file}: can not be read, {error.strerror}") from error
    except NoOpml as error:
        raise UsageError(f"{file}: no list of feeds: {error}") from error
    for problem in subscriptions.problems[:_PROBLEMS_TOLD]:
        _note(f"{file}, {problem.told()}")
    if (more := len(subscriptions.problems) - _PROBLEMS_TOLD) > 0:
        _note(f"{file}: {more} more of that kind")
    if not subscriptions.sources:
        raise UsageError(f"{file}: it names no feed")
    typer.echo("\n".join(map(source_toml, subscriptions.sources)), nl=False)
    _note(f"{file}: {source_checks.contents(subscriptions.sources)}")


@app.command("export-opml")
def export_opml(file: _FileArgument = DEFAULT_FILE) -> None:
    """Write the feeds of a file of sources as OPML 2.0, for feed readers.

    Example: dateline sources export-opml sources.toml > feeds.opml
    """
    from crawler.opml_text import without_place, write_opml  # noqa: PLC0415 (lxml)

    sources = load_sources(file)
    typer.echo(write_opml(sources, title="Sources of Dateline"), nl=False)
    for source_id, url in without_place(sources):
        _note(f"source {source_id!r}: left out, OPML holds feeds alone: {url}")


# ---------------------------------------------------------------- what is printed


def _tell_looks(search: SeedSearch, *, as_json: bool) -> None:
    for look in search.looks:
        if as_json:
            _row(
                event="candidate",
                url=look.url,
                asked=look.clue.url,
                origin=look.clue.origin,
                kind=look.kind,
                addresses=look.addresses,
                sitemaps=len(look.nested),
                problem=look.problem,
                record_id=look.record_id and look.record_id.strip("<>"),
            )
        else:
            _note(f"{look.clue.url}: {look.words()}")
    for clue, reason in search.left_out:
        if as_json:
            _row(
                event="left-out",
                url=clue.url,
                origin=clue.origin,
                kind=clue.kind,
                reason=reason,
            )
        else:
            _note(f"{clue.url}: not asked, {reason}")


def _values(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "name": source.name,
        "homepage": source.homepage,
        "rhythm": rhythm_words(source.rhythm),
        **rhythm_keys(source.rhythm),
        "rechecks": [duration_text(age) for age in source.rechecks],
        "seeds": [asdict(seed) for seed in source.seeds],
        "include": source.include,
        "exclude": source.exclude,
        "language": source.language,
        "tags": source.tags,
        "manners": asdict(source.manners),
    }


def _cells(source: Source) -> tuple[str, ...]:
    seeds = ", ".join(f"{seed.kind} {seed.url}" for seed in source.seeds)
    tags = ", ".join(source.tags) or "-"
    cells = (source.id, source.name, rhythm_words(source.rhythm), seeds, tags)
    return tuple(map(collapsed, cells))  # a tab or line end would make another cell


def _row(**values: object) -> None:
    typer.echo(json.dumps(values, ensure_ascii=False))


def _note(sentence: str) -> None:
    typer.echo(sentence, err=True)
