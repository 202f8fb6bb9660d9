"""The verbs `cdx` and `index`: what the index holds, and its files."""

from __future__ import annotations

from typing import Annotated

import typer

from archive import cdxserver
from archive.cdxparameters import CdxParameters
from archive.cdxquery import MatchType, Output, Sort, read_query
from archive.collection import Collection
from archive.errors import NotFound, UsageError
from archive.indexmerge import held, merge_all, waiting
from archive.lookups import Index
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.terminal import printable, printable_json

index_app = typer.Typer(
    no_args_is_help=True, help="Look after the files of the index: status, merge."
)


def mount(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("cdx")(cdx)
    app.add_typer(index_app, name="index")


def cdx(  # noqa: PLR0917 (Typer calls it by names)
    url: Annotated[
        str,
        typer.Argument(
            help="An address; `example.org/*` and `*.example.org` for many."
        ),
    ],
    collection: CollectionOption = DEFAULT_COLLECTION,
    match_type: Annotated[
        MatchType | None, typer.Option(help="Which addresses are meant.")
    ] = None,
    from_time: Annotated[
        str | None, typer.Option("--from", help="The first time, 1 to 14 digits.")
    ] = None,
    to_time: Annotated[
        str | None, typer.Option("--to", help="The last time, 1 to 14 digits.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="So many; negative: so many of the last.")
    ] = None,
    sort: Annotated[Sort | None, typer.Option(help="In which order.")] = None,
    closest: Annotated[
        str | None, typer.Option(help="The nearest to this time come first.")
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", help="`[!][=|~]field:value`; may be repeated."),
    ] = None,
    fields: Annotated[
        str | None, typer.Option("--fl", help="Fields, with commas between.")
    ] = None,
    collapse: Annotated[
        list[str] | None,
        typer.Option(help="`field` or `field:length`: one of neighbours alike."),
    ] = None,
    output: Annotated[Output, typer.Option(help="How it is written.")] = Output.CDXJ,
    page: Annotated[int | None, typer.Option(help="A page, from 0.")] = None,
    page_size: Annotated[
        int | None, typer.Option(help="In blocks of about 3000 lines.")
    ] = None,
    show_num_pages: Annotated[
        bool, typer.Option("--show-num-pages", help="How many pages there are.")
    ] = False,
    show_paged_index: Annotated[
        bool, typer.Option("--show-paged-index", help="Where each page begins.")
    ] = False,
) -> None:
    """Look up captures in the index, as the CDX server does (docs/reading-tools.md).

    Ends with 1 if there are none.

    Example: dateline cdx "example.org/news/*" --from 2026 --filter =status:200
    """
    query = read_query(
        CdxParameters(
            url=url,
            match_type=match_type,
            from_time=from_time,
            to_time=to_time,
            limit=_text(limit),
            sort=sort,
            closest=closest,
            filters=filters or (),
            fields=fields,
            collapse=collapse or (),
            output=output,
            page=_text(page),
            page_size=_text(page_size),
            show_num_pages=_text(show_num_pages),
            show_paged_index=_text(show_paged_index),
        )
    )
    found = False
    with Collection.open(collection) as opened:
        for line in cdxserver.answer(Index(opened.index), query):
            if line:
                found = True
                text = line.decode("utf-8", "surrogateescape").rstrip("\n")
                typer.echo(printable(text))
    if not found:
        raise NotFound(f"the index holds no such capture of {printable(url)}")


def _text(value: bool | int | None) -> str | None:
    return None if value is None else str(value)


@index_app.command("status")
def status(
    collection: CollectionOption = DEFAULT_COLLECTION, as_json: JsonOption = False
) -> None:
    """Tell which files the index has: one for each WARC file, and merged ones.

    Example: dateline index status --collection my-archive
    """
    with Collection.open(collection) as opened:
        small, merged = held(opened.index)
        left = len(waiting(opened.index))
        rows = [
            {
                "file": opened.relative(one.index),
                "lines": one.lines,
                "made_of": len(one.sources),
            }
            for one in sorted(merged, key=lambda one: -one.lines)
        ]
    if as_json:
        values = {"files": len(small), "not_merged": left, "merged": rows}
        typer.echo(printable_json(values))
        return
    files = "1 file" if len(small) == 1 else f"{len(small)} files"
    typer.echo(f"{files}, {left} of them not merged")
    for row in rows:
        lines, made_of = row["lines"], row["made_of"]
        typer.echo(f"{printable(str(row['file']))}\t{lines} lines of {made_of} files")


@index_app.command("merge")
def merge(
    collection: CollectionOption = DEFAULT_COLLECTION,
    zipnum: Annotated[
        bool,
        typer.Option("--zipnum", help="In gzip blocks: a tenth of the space, slower."),
    ] = False,
) -> None:
    """Merge all index files into one, anew; crawls merge by themselves when many wait.

    Example: dateline index merge --collection my-archive
    """
    with Collection.open(collection) as opened:
        merged = merge_all(opened.index, zipnum=zipnum)
        if merged is None:
            if not held(opened.index)[0]:
                raise UsageError(
                    f"the index of {collection} is empty: nothing to merge"
                )
            raise UsageError(f"another process is merging the index of {collection}")
        typer.echo(
            f"{printable(opened.relative(merged.index))}: {merged.lines} lines of "
            f"{len(merged.sources)} files"
        )
