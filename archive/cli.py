"""The verbs of the archive: init, list, show, verify."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from archive import questions
from archive.clock import warc_date
from archive.collection import Collection
from archive.errors import NotFound
from archive.listing import capture_values, miss_values, run_values
from archive.model import Article, Capture, Finding, Severity
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.questions import Kept, Limits
from archive.reading import decoded_payload, load_answer, raw_record
from archive.texts_lines import article_values
from archive.verify import verify as verify_collection


class What(StrEnum):
    """What `dateline list` lists."""

    ARTICLES = "articles"
    CAPTURES = "captures"
    MISSES = "misses"
    RUNS = "runs"


def mount(app: typer.Typer) -> None:
    """Add the verbs of this floor."""
    app.command("init")(init)
    app.command("list")(list_)
    app.command("show")(show)
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
    """List what a collection holds: articles, captures, misses or runs.

    Example: dateline list misses --since 2026-11-22
    """
    limits = Limits(source_id=source, run_id=run, since=since, until=until, limit=limit)
    with Collection.open(collection) as opened:
        rows, columns = _ROWS[what](opened, limits)
        if as_json:
            for row in rows:
                print(json.dumps(row, ensure_ascii=False))
        else:
            _print_table(rows, columns)


def show(
    name: Annotated[str, typer.Argument(help="An address, a record id or article id.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    warc: Annotated[
        bool, typer.Option("--warc", help="The raw WARC record, as stored.")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="The page, content coding removed.")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Every capture, not the latest alone.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show a page: its text and where it came from, its record, or its HTML.

    Example: dateline show https://example.org/news/1 --warc | gunzip | less
    """
    with Collection.open(collection) as opened:
        found = _find(opened, name)
        if warc:
            sys.stdout.buffer.write(raw_record(opened, found[0].capture))
        elif html:
            answer = load_answer(opened, found[0].capture)
            sys.stdout.buffer.write(decoded_payload(answer))
        else:
            for kept in found if all_ else found[:1]:
                _show_text(opened, kept, as_json=as_json)
            if not (all_ or as_json) and len(found) > 1:
                _note(f"{len(found)} captures: --all shows every one")


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
        print(json.dumps(asdict(finding)) if as_json else _finding_line(finding))
    if not as_json:
        what = "damaged" if damaged else "in order"
        _note(f"{findings or 'no'} finding{'' if findings == 1 else 's'}: {what}")
    if damaged:
        raise typer.Exit(3)


# ---------------------------------------------------------------- what is printed


def _find(collection: Collection, name: str) -> list[Kept]:
    found = questions.captures_of(collection.catalogue, name)
    if not found:
        article = questions.article_by_id(collection.catalogue, name)
        if article is not None:
            found = questions.captures_of(
                collection.catalogue, article.provenance.record_id
            )
    if not found:
        misses = questions.misses_of(collection.catalogue, name)
        if misses:
            last = misses[0]
            raise NotFound(
                f"{name} was asked for at {warc_date(last.date)} and gave no capture: "
                f"{last.outcome} ({last.detail})"
            )
        raise NotFound(
            f"nothing is held of {name}: `dateline list captures` shows what is"
        )
    return found


def _show_text(collection: Collection, kept: Kept, *, as_json: bool) -> None:
    article = questions.article_of_capture(collection.catalogue, kept)
    if as_json:
        row = capture_values(kept)
        row["article"] = article_values(article) if article else None
        print(json.dumps(row, ensure_ascii=False))
        return
    capture = kept.capture
    if article is not None:
        print(article.work.title or "(no headline)")
        byline = ", ".join(article.work.authors)
        dated = " · ".join(
            x
            for x in (byline, article.work.published and article.work.published.text)
            if x
        )
        print(f"{dated}\n" if dated else "")
        print(article.text, end="\n\n")
    else:
        outcome = kept.text_outcome or "not extracted yet"
        detail = f" ({kept.text_detail})" if kept.text_detail else ""
        print(f"no text: {outcome}{detail}\n")
    for label, value in _provenance(capture):
        print(f"{label:<12}{value}")
    if article is not None:
        source = article.provenance
        print(
            f"{'extractor':<12}{source.extractor} {source.extractor_version}, "
            f"options {source.options_digest[:19]}…"
        )
    print()


def _provenance(capture: Capture) -> Iterable[tuple[str, str]]:
    discovery = capture.discovery
    yield "address", capture.url
    if discovery.url != capture.url:
        yield "found as", discovery.url
    yield "captured", f"{warc_date(capture.date)} · status {capture.status}"
    place = capture.locator
    yield "record", capture.record_id.strip("<>")
    yield "file", f"{place.path} · offset {place.offset} · {place.length} bytes"
    yield "payload", capture.payload_digest
    if capture.revisit is not None:
        yield "revisit of", f"{capture.revisit.record_id.strip('<>')}"
    if capture.truncated is not None:
        yield "truncated", capture.truncated.value
    if discovery.seed_url:
        yield "found in", discovery.seed_url
    yield "source, run", f"{discovery.source_id}, {discovery.run_id}"


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
    return map(capture_values, rows), ("date", "status", "role", "text_outcome", "url")


def _misses(collection: Collection, limits: Limits) -> tuple[_Rows, tuple[str, ...]]:
    rows = questions.misses(collection.catalogue, limits)
    return map(miss_values, rows), ("date", "outcome", "url", "detail")


def _runs(collection: Collection, limits: Limits) -> tuple[_Rows, tuple[str, ...]]:
    rows = questions.runs(collection.catalogue, limits)
    return map(run_values, rows), ("began_at", "ended_at", "command", "source", "id")


_ROWS: dict[What, Callable[[Collection, Limits], tuple[_Rows, tuple[str, ...]]]] = {
    What.ARTICLES: _articles,
    What.CAPTURES: _captures,
    What.MISSES: _misses,
    What.RUNS: _runs,
}


_WHOLE = ("date", "captured_at", "began_at", "ended_at", "status", "outcome")


def _print_table(rows: _Rows, columns: tuple[str, ...]) -> None:
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(str(row[column] or "-") for column in columns))
        return
    table = Table(box=None, header_style="bold")
    for column in columns:
        # An address or date that is cut can't be copied into the next command.
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    for row in rows:
        table.add_row(*(str(row[column] or "-") for column in columns))
    Console().print(table)


def _finding_line(finding: Finding) -> str:
    place = (
        finding.path if finding.offset is None else f"{finding.path}@{finding.offset}"
    )
    return f"{finding.severity:<8}{finding.code:<22}{place}  {finding.sentence}"


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)
