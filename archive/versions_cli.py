"""What `dateline diff URL` prints: two versions, and what changed [I/O]."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from archive.clock import warc_date
from archive.collection import Collection
from archive.differences import (
    Difference,
    Kind,
    Passage,
    Piece,
    compare_articles,
    difference_values,
)
from archive.terminal import printable
from archive.texts import made_by
from archive.versions import History, Version, choose_two, version_values
from archive.versions_questions import history

_MARKS: Final = {
    Kind.SAME: ("", ""),
    Kind.REMOVED: ("[-", "-]"),
    Kind.ADDED: ("{+", "+}"),
}
_STYLES: Final = {
    Kind.SAME: "",
    Kind.REMOVED: "red strike",
    Kind.ADDED: "green underline",
}


def print_versions(
    collection: Collection, name: str, before: str | None, after: str | None
) -> None:
    """Say what changed between two versions of an article, in colours on a terminal.

    Raises NotFound, UsageError.
    """
    told = history(collection.catalogue, name)
    first, second = choose_two(told, before, after)
    console = Console(highlight=False, soft_wrap=True)
    has_colours = console.color_system is not None and not console.no_color
    for line in _report(told, first, second, has_colours=has_colours):
        console.print(line)


def versions_values(
    collection: Collection, name: str, before: str | None, after: str | None
) -> dict[str, Any]:
    """Make what JSON says of two versions of an article. Raises as above."""
    told = history(collection.catalogue, name)
    first, second = choose_two(told, before, after)
    difference = compare_articles(first.article, second.article)
    return {
        "url": told.url,
        "versions": [version_values(version) for version in told.versions],
        "before": first.number,
        "after": second.number,
        **difference_values(difference),
    }


def _report(
    told: History, first: Version, second: Version, *, has_colours: bool
) -> Iterable[Text]:
    yield Text(printable(told.url))
    if first.number == second.number:
        yield Text(f"  {_version(first)}")
        yield Text(_only(told))
        return
    for sign, version in (("-", first), ("+", second)):
        yield Text(f"{sign} {_version(version)}")
    extractors = made_by(first.article).key, made_by(second.article).key
    if extractors[0] != extractors[1]:
        yield Text(
            f"note: read by different extractors, {extractors[0]} and {extractors[1]}: "
            "not all of this need be an edit"
        )
    difference = compare_articles(first.article, second.article)
    yield Text(_counts(difference))
    for change in difference.fields:
        yield Text("")
        yield _pieces(f"{change.field}: ", change.pieces, has_colours=has_colours)
    yield from _passages(difference.passages, has_colours=has_colours)


def _version(version: Version) -> str:
    until = f" to {_second(version.last_at)}" if version.captures > 1 else ""
    same = f", as version {version.same_as} was" if version.same_as else ""
    times = "once" if version.captures == 1 else f"{version.captures} times"
    return (
        f"version {version.number}: seen {times}, {_second(version.first_at)}{until}"
        f"{same}"
    )


def _only(told: History) -> str:
    if len(told.versions) > 1:
        return "the same version twice: nothing changed"
    return "there is one version: nothing has changed since it was first captured"


def _counts(difference: Difference) -> str:
    if difference.is_empty:
        return "nothing changed"
    words = "word" if difference.removed == 1 else "words"
    return f"{difference.removed} {words} removed, {difference.added} added"


def _passages(passages: Iterable[Passage], *, has_colours: bool) -> Iterable[Text]:
    """Show the paragraphs that changed; of the others, how many stand between."""
    unchanged = 0
    for passage in passages:
        if passage.kind is Kind.SAME:
            unchanged += 1
            continue
        yield from _skipped(unchanged)
        unchanged = 0
        yield Text("")
        yield _pieces("", passage.pieces, has_colours=has_colours)
    yield from _skipped(unchanged)


def _skipped(count: int) -> Iterable[Text]:
    if count:
        yield Text("")
        yield Text(
            f"  … {count} paragraph{'' if count == 1 else 's'} unchanged", style="dim"
        )


def _pieces(label: str, pieces: Iterable[Piece], *, has_colours: bool) -> Text:
    line = Text(label)
    for piece in pieces:
        shown = printable(piece.text)
        if has_colours:
            line.append(shown, style=_STYLES[piece.kind])
        else:
            begin, end = _MARKS[piece.kind]
            line.append(f"{begin}{shown}{end}")
    return line


def _second(date: Any) -> str:
    return f"{warc_date(date)[:19]}Z"
