"""The verb `diff`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from archive import texts_questions
from archive.collection import Collection
from archive.comparison import (
    Aspect,
    Change,
    Comparison,
    change_values,
    compare_all,
    comparison_values,
    diff_lines,
)
from archive.errors import NotFound, UsageError
from archive.model import Work
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.terminal import printable, printable_json
from archive.texts import Verdict


def mount(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("diff")(diff)


def diff(  # noqa: PLR0917 (Typer calls it by names)
    what: Annotated[
        str | None,
        typer.Argument(
            help="An address, a record id or article id. With --extractors: an "
            "extractor, by its key or the beginning of it."
        ),
    ] = None,
    before: Annotated[
        str | None,
        typer.Argument(
            help="A version: its number, first, previous, latest, or a time such as "
            "2026-11-22; else the one before the other. With --extractors: another, "
            "else the one whose word is shown."
        ),
    ] = None,
    after: Annotated[
        str | None, typer.Argument(help="Another version, else the latest.")
    ] = None,
    collection: CollectionOption = DEFAULT_COLLECTION,
    extractors: Annotated[
        bool, typer.Option("--extractors", help="Compare the texts of two extractors.")
    ] = False,
    limit: Annotated[
        int, typer.Option(help="So many of the largest changes.", min=0)
    ] = 10,
    as_json: JsonOption = False,
) -> None:
    """Report what changed between two versions of an article, or by two extractors.

    Example: dateline diff https://example.org/news/1 first latest
    """
    with Collection.open(collection) as opened:
        if extractors:
            if after is not None:
                raise UsageError(f"two extractors can be compared: leave out {after!r}")
            _diff_extractors(opened, what, before, limit=limit, as_json=as_json)
            return
        if what is None:
            raise UsageError("say what is to be compared: an address, or --extractors")
        from archive import versions_cli  # noqa: PLC0415 (regex takes its time)

        if as_json:
            values = versions_cli.versions_values(opened, what, before, after)
            typer.echo(printable_json(values))
        else:
            versions_cli.print_versions(opened, what, before, after)


def _diff_extractors(
    opened: Collection,
    before: str | None,
    after: str | None,
    *,
    limit: int,
    as_json: bool,
) -> None:
    keys = _two(texts_questions.extractors(opened.catalogue), before, after)
    first, second = (texts_questions.verdicts_by(opened.catalogue, key) for key in keys)
    comparison = compare_all(first, second, limit=limit)
    if as_json:
        for change in comparison.largest:
            typer.echo(printable_json(change_values(change)))
        named: dict[str, Any] = {"before": keys[0], "after": keys[1]}
        typer.echo(printable_json(named | comparison_values(comparison)))
        return
    for line in _lines(keys, comparison):
        typer.echo(printable(line))


def _two(
    held: list[texts_questions.Held], before: str | None, after: str | None
) -> tuple[str, str]:
    """Name the two: as asked for, else the one that is shown most and the next."""
    if len(held) < 2:
        raise NotFound(
            "there are texts by fewer than two extractors: `dateline reextract` makes "
            "those of today's"
        )
    last = texts_questions.find_extractor(held, after) if after else held[0]
    others = [one for one in held if one != last]
    first = texts_questions.find_extractor(held, before) if before else others[0]
    return first.software.key, last.software.key


def _lines(keys: tuple[str, str], comparison: Comparison) -> Iterator[str]:
    yield f"- {keys[0]}"
    yield f"+ {keys[1]}"
    yield f"{comparison.both} captures by both, {comparison.same} the same"
    counted = (f"{a} {comparison.counts[a]}" for a in Aspect if comparison.counts[a])
    if changed := ", ".join(counted):
        yield f"changed: {changed}"
    if comparison.only_before or comparison.only_after:
        yield (
            f"by one alone: {comparison.only_before} by the first, "
            f"{comparison.only_after} by the second"
        )
    for change in comparison.largest:
        yield ""
        yield from _change(change)


def _change(change: Change) -> Iterator[str]:
    yield change.url
    yield (
        f"  {', '.join(change.aspects)}: {change.removed} words removed, "
        f"{change.added} added"
    )
    sides = _said(change.before), _said(change.after)
    for aspect in sides[0]:
        if sides[0][aspect] != sides[1][aspect]:
            yield f"  - {aspect}: {sides[0][aspect]}"
            yield f"  + {aspect}: {sides[1][aspect]}"
    for line in diff_lines(change):
        yield f"  {line}"


def _said(verdict: Verdict) -> dict[str, str]:
    work = verdict.article.work if verdict.article else Work()
    return {
        "outcome": verdict.outcome,
        "class": verdict.page_class or "not looked at",
        "title": work.title or "none",
        "authors": ", ".join(work.authors) or "none",
        "published": work.published.text if work.published else "none",
    }
