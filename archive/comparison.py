"""What changed between the texts that two extractors made of one capture. Pure."""

from __future__ import annotations

import difflib
import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from archive.model import Work
from archive.texts import Verdict

_WORD: Final = re.compile(r"\w+|[^\w\s]")
_DENSE: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # no spaces
_MOST_LINES: Final = 12  # of a diff that is shown
_LONGEST_LINE: Final = 160  # characters of it
_MOST_COMPARED: Final = 2000  # lines of a text: difflib's time grows with their square


class Aspect(StrEnum):
    """In what two texts of a capture may differ."""

    TEXT = "text"
    TITLE = "title"
    AUTHORS = "authors"
    DATE = "date"
    CLASS = "class"
    OUTCOME = "outcome"  # only one of them found a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A capture of which two extractors made different things."""

    record_id: str
    url: str
    aspects: tuple[Aspect, ...]
    removed: int  # words of the first text that the second lacks
    added: int  # words of the second text that the first lacks
    before: Verdict
    after: Verdict

    @property
    def size(self) -> int:
        """Say how large the change is, in words."""
        return self.removed + self.added


@dataclass(slots=True, kw_only=True)
class Comparison:
    """The changes between two extractors, counted; the largest are kept."""

    both: int = 0  # captures that both were asked of
    same: int = 0  # of them, those with nothing changed
    counts: Counter[Aspect]
    only_before: int = 0  # captures that only the first was asked of
    only_after: int = 0
    largest: list[Change]


def compare(before: Verdict, after: Verdict) -> Change | None:
    """Say in what two verdicts on one capture differ; None if in nothing."""
    aspects: list[Aspect] = []
    removed = added = 0
    if (before.article is None) != (after.article is None):
        aspects.append(Aspect.OUTCOME)
    if _text(before) != _text(after):
        aspects.append(Aspect.TEXT)
        words = Counter(_words(_text(before))), Counter(_words(_text(after)))
        removed = (words[0] - words[1]).total()
        added = (words[1] - words[0]).total()
    if before.article is not None and after.article is not None:
        aspects += _fields(before.article.work, after.article.work)
    if _has_class(before) and _has_class(after):
        aspects += [Aspect.CLASS] * (before.page_class != after.page_class)
    if not aspects:
        return None
    return Change(
        record_id=after.record_id,
        url=after.url,
        aspects=tuple(aspects),
        removed=removed,
        added=added,
        before=before,
        after=after,
    )


def compare_all(
    before: Iterable[Verdict], after: Iterable[Verdict], *, limit: int
) -> Comparison:
    """Compare all that two extractors made, both in the order of the record ids.

    Keeps the `limit` largest changes, so that memory does not grow with the archive.
    """
    comparison = Comparison(counts=Counter(), largest=[])
    heap: list[tuple[int, str, Change]] = []
    for first, second in _pairs(iter(before), iter(after)):
        if first is None:
            comparison.only_after += 1
        elif second is None:
            comparison.only_before += 1
        else:
            comparison.both += 1
            change = compare(first, second)
            if change is None:
                comparison.same += 1
                continue
            comparison.counts.update(change.aspects)
            # Of equal size, what has the lesser id: the same ones each time.
            heapq.heappush(heap, (change.size, _backwards(change.record_id), change))
            if len(heap) > limit:
                heapq.heappop(heap)
    comparison.largest = [change for _, _, change in sorted(heap, reverse=True)]
    return comparison


def diff_lines(change: Change) -> list[str]:
    """Show what changed in the text: lines with "-" and "+", shortened, not too many.

    Paragraphs are lines; of one that was changed only the words around it are shown.
    """
    lines = difflib.unified_diff(
        _text(change.before).split("\n")[:_MOST_COMPARED],
        _text(change.after).split("\n")[:_MOST_COMPARED],
        n=0,
        lineterm="",
    )
    shown = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    kept = [_shortened(line) for line in shown[:_MOST_LINES]]
    if len(shown) > _MOST_LINES:
        kept.append(f"… and {len(shown) - _MOST_LINES} lines more")
    return kept


def change_values(change: Change) -> dict[str, Any]:
    """Make what JSON says of a change."""
    return {
        "record_id": change.record_id.strip("<>"),
        "url": change.url,
        "changed": list(change.aspects),
        "words_removed": change.removed,
        "words_added": change.added,
        "before": _side(change.before),
        "after": _side(change.after),
        "diff": diff_lines(change),
    }


def comparison_values(comparison: Comparison) -> dict[str, Any]:
    """Make what JSON says of all changes together."""
    return {
        "both": comparison.both,
        "same": comparison.same,
        **{f"{aspect}_changed": comparison.counts[aspect] for aspect in Aspect},
        "only_before": comparison.only_before,
        "only_after": comparison.only_after,
    }


def _side(verdict: Verdict) -> dict[str, Any]:
    work = verdict.article.work if verdict.article else Work()
    return {
        "outcome": verdict.outcome,
        "class": verdict.page_class,
        "confidence": verdict.confidence,
        "title": work.title,
        "authors": list(work.authors),
        "published": work.published and work.published.text,
    }


def _fields(before: Work, after: Work) -> list[Aspect]:
    pairs = (
        (Aspect.TITLE, before.title, after.title),
        (Aspect.AUTHORS, before.authors, after.authors),
        (Aspect.DATE, _day(before), _day(after)),
    )
    return [aspect for aspect, first, second in pairs if first != second]


def _day(work: Work) -> str | None:
    """Give the day: that one extractor knows the minute too is no contradiction."""
    return work.published.text[:10] if work.published else None


def _has_class(verdict: Verdict) -> bool:
    return verdict.page_class is not None


def _text(verdict: Verdict) -> str:
    return verdict.article.text if verdict.article else ""


def _words(text: str) -> list[str]:
    """Split a text; where no spaces part words, into characters."""
    return _WORD.findall(_DENSE.sub(r" \g<0> ", text))


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def _backwards(record_id: str) -> str:
    """Turn the order of ids round: a heap drops the least."""
    return "".join(chr(0x7F - ord(c)) for c in record_id if " " <= c < "\x7f")


def _pairs(
    before: Iterator[Verdict], after: Iterator[Verdict]
) -> Iterator[tuple[Verdict | None, Verdict | None]]:
    """Put verdicts on the same record together."""
    first, second = next(before, None), next(after, None)
    while first is not None or second is not None:
        if second is None or (first and first.record_id < second.record_id):
            yield first, None
            first = next(before, None)
        elif first is None or second.record_id < first.record_id:
            yield None, second
            second = next(after, None)
        else:
            yield first, second
            first, second = next(before, None), next(after, None)
