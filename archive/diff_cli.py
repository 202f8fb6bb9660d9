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
    before: Annotated[
        str | None,
        typer.Argument(help="An extractor, by its key or the beginning of it."),
    ] = None,
    after: Annotated[
        str | None, typer.Argument(help="Another; else the one whose word is shown.")
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
    """Report what changed between the texts that two extractors made of the same pages.

    Example: dateline diff --extractors --limit 5
    """
    if not extractors:
        raise UsageError("say what is to be compared: --extractors")
    with Collection.open(collection) as opened:
        keys = _two(texts_questions.extractors(opened.catalogue), before, after)
        first, second = (
            texts_questions.verdicts_by(opened.catalogue, key) for key in keys
        )
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
