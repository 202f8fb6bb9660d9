"""The verb `search`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.text import Text

from archive.clock import warc_date
from archive.collection import Collection
from archive.model import CaptureClass
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.search.model import Dated, Facet, Hit, Order, Query, Results, Segment
from archive.terminal import printable, printable_json

_EVERY_S: Final = 2.0
_FEW_VALUES: Final = 10  # of a facet that are printed; --json gives more

_Names = list[str] | None


def mount(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("search")(search)


def search(  # noqa: PLR0917 (Typer calls it by names)
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="What to look for: words, '\"a phrase\"', begin*, title:word, OR, "
            "NOT. Nothing: the newest articles."
        ),
    ] = None,
    collection: CollectionOption = DEFAULT_COLLECTION,
    source: Annotated[_Names, typer.Option(help="Of this source. Repeatable.")] = None,
    language: Annotated[
        _Names, typer.Option(help="In this language, e.g. tr. Repeatable.")
    ] = None,
    author: Annotated[
        _Names, typer.Option(help="By this author, or part of a name. Repeatable.")
    ] = None,
    section: Annotated[
        _Names, typer.Option(help="In this section. Repeatable.")
    ] = None,
    class_: Annotated[
        list[CaptureClass] | None,
        typer.Option("--class", help="Of this class. Repeatable."),
    ] = None,
    site: Annotated[
        _Names, typer.Option(help="On this host or below it. Repeatable.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="From this UTC date on, e.g. 2026-11-22.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Before this UTC date.")] = None,
    by: Annotated[
        Dated, typer.Option(help="Which date --since, --until and --sort date mean.")
    ] = Dated.PUBLISHED,
    sort: Annotated[Order, typer.Option(help="What comes first.")] = Order.RELEVANCE,
    limit: Annotated[int, typer.Option(help="At most so many.", min=0)] = 20,
    offset: Annotated[int, typer.Option(help="Pass over so many.", min=0)] = 0,
    versions: Annotated[
        bool,
        typer.Option(
            "--versions", help="Every version that matches, not the newest alone."
        ),
    ] = False,
    facets: Annotated[
        bool,
        typer.Option("--facets", help="How the hits are spread over sources, dates, …"),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Search headlines and texts, in any script.

    Example: dateline search storm '"the harbour"' -c my-archive --since 2026-11
    """
    query = Query(
        words=" ".join(words or ()),
        source_ids=tuple(source or ()),
        languages=tuple(language or ()),
        authors=tuple(author or ()),
        sections=tuple(section or ()),
        classes=tuple(class_ or ()),
        sites=tuple(site or ()),
        since=since,
        until=until,
        dated=by,
        order=sort,
        versions=versions,
        limit=limit,
        offset=offset,
    )
    results = _results(collection, query, is_told=not as_json)
    if as_json:
        _print_json(results, facets=facets)
    else:
        _print(results, query, facets=facets)


def _results(root: Path, query: Query, *, is_told: bool) -> Results:
    # Needed by this verb alone: `dateline --help` shall not wait for it.
    from archive.search.level import bring_level  # noqa: PLC0415
    from archive.search.questions import search as find  # noqa: PLC0415

    with Collection.open(root) as opened:
        bring_level(opened, on_progress=_Progress(is_shown=is_told))
        return find(opened, query)


class _Progress:
    """Tells on standard error, every few seconds, how much is searchable."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._told = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._is_shown and now - self._told >= _EVERY_S:
            self._told = now
            _note(f"{done:,} of {total:,} new texts are searchable")


# ---------------------------------------------------------------- for programs


def _print_json(results: Results, *, facets: bool) -> None:
    for hit in results.hits:
        typer.echo(printable_json(hit_values(hit)))
    if facets:
        typer.echo(printable_json(facet_values(results)))


def hit_values(hit: Hit) -> dict[str, Any]:
    """Make what one line of JSON says of a hit."""
    return {
        "id": hit.article_id.strip("<>"),
        "record_id": hit.record_id.strip("<>"),
        "url": hit.url,
        "canonical_url": hit.canonical_url,
        "title": "".join(segment.text for segment in hit.title) or None,
        "title_marks": _marks(hit.title),
        "snippet": "".join(segment.text for segment in hit.snippet),
        "snippet_marks": _marks(hit.snippet),
        "source": hit.source_id,
        "captured_at": warc_date(hit.captured_at),
        "published": hit.published,
        "authors": list(hit.authors),
        "section": hit.section,
        "language": hit.language,
        "class": hit.page_class,
        "score": round(hit.score, 4),
        "versions": hit.versions,
        "matched": hit.matched,
        "is_latest": hit.is_latest,
    }


def facet_values(results: Results) -> dict[str, Any]:
    """Make what the line of JSON behind the hits says of all of them."""
    return {
        "total": results.total,
        "is_exact": results.is_exact,
        "facets": {
            facet.name: {value.value: value.count for value in facet.values}
            for facet in results.facets
        },
        "notes": list(results.notes),
    }


def _marks(segments: Sequence[Segment]) -> list[list[int]]:
    """Give the places of marks: first letter, and the one behind the last."""
    found: list[list[int]] = []
    at = 0
    for segment in segments:
        if segment.is_marked:
            found.append([at, at + len(segment.text)])
        at += len(segment.text)
    return found


# ---------------------------------------------------------------- for people


def _print(results: Results, query: Query, *, facets: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for hit in results.hits:
        for line in _lines(hit):
            console.print(line)
        console.print()
    if facets:
        for facet in results.facets:
            if facet.values:
                console.print(_facet_line(facet))
    for sentence in (_sum(results, query), *results.notes):
        _note(sentence)


def _lines(hit: Hit) -> Iterator[Text]:
    yield _text(hit.title or (Segment("(no headline)"),), "bold")
    facts = [hit.published or f"captured {warc_date(hit.captured_at)}", hit.source_id]
    facts += [", ".join(hit.authors)] if hit.authors else []
    if hit.versions > 1:
        which = "" if hit.is_latest else ", this is not the latest"
        facts.append(f"{hit.versions} versions{which}")
    yield Text(printable(" · ".join(facts)), style="dim")
    yield Text(printable(hit.url), style="cyan")
    yield Text("  ") + _text(hit.snippet, "")


def _text(segments: Sequence[Segment], style: str) -> Text:
    text = Text(style=style)
    for segment in segments:
        # What a terminal obeys is shown as an escape, marked or not.
        mark = "bold yellow" if segment.is_marked else ""
        text.append(printable(segment.text), style=mark)
    return text


def _facet_line(facet: Facet) -> Text:
    shown = facet.values[:_FEW_VALUES]
    left = len(facet.values) - len(shown) + facet.others
    values = [f"{value.value} {value.count:,}" for value in shown]
    values += [f"and {left:,} others"] if left else []
    line = Text(f"{facet.name:<10}", style="bold")
    return line + Text(printable(" · ".join(values)), style="not bold")


def _sum(results: Results, query: Query) -> str:
    if not results.total:
        return "nothing found"
    more = "" if results.is_exact else "more than "
    what = "version" if query.versions else "article"
    shown = len(results.hits)
    first, last = query.offset + 1, query.offset + shown
    which = f", here {first:,} to {last:,}" if 0 < shown < results.total else ""
    return f"{more}{results.total:,} {what}{'s' * (results.total != 1)} found{which}"


def _note(sentence: str) -> None:
    typer.echo(printable(sentence), err=True)
