"""What changed between two versions of an article: paragraphs first, then words. Pure.

Paragraphs that stand in both are found first; of those between them, each is put
beside the one it most resembles, in order; inside such a pair the words are compared.
A word is what a reader of the script takes for one: letters with their marks and
joiners; a character where no spaces part words, but for kana, which are taken by runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import regex

from archive.alignment import Allowance, Run, shared_runs
from archive.model import Article, Moment, Work

# Scripts that part no words (UAX #14: "complex context" and "ideographic").
_DENSE: Final = (
    r"\p{Han}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\p{Javanese}\p{Balinese}"
)
_KANA: Final = r"\p{Katakana}\p{Hiragana}"
_LETTERS: Final = rf"(?:(?![{_DENSE}{_KANA}])[\p{{L}}\p{{N}}\p{{M}}_\u200c\u200d])+"
_WORD: Final = regex.compile(
    rf"[{_DENSE}]\p{{M}}*"
    r"|[\p{Katakana}\u30fc\uff70]+|\p{Hiragana}+"
    # "don't" and "3,000" are one word each.
    rf"|{_LETTERS}(?:(?:['’ʼ]|(?<=\p{{N}})[.,:](?=\p{{N}})){_LETTERS})*"
    r"|(?!\s)\X"  # a sign, with all that belongs to it (UAX #29)
)
_SPOKEN: Final = regex.compile(r"[\p{L}\p{N}]")
_ALIKE: Final = 0.4  # share of words from which two paragraphs are one that was edited


class Kind(StrEnum):
    """What became of a paragraph, or of a part of one."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"  # of a paragraph, or a field: some of it


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a paragraph: the same in both, removed, or added."""

    kind: Kind
    text: str  # of both versions together, the pieces in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph, as both versions have it."""

    kind: Kind
    before: str | None  # None: it was added
    after: str | None  # None: it was removed
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field of the article that says something else now."""

    field: str
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All that is different between two versions."""

    fields: tuple[FieldChange, ...]
    passages: tuple[Passage, ...]  # those that are the same, too

    @property
    def is_empty(self) -> bool:
        """Whether nothing is different."""
        return not self.fields and all(p.kind is Kind.SAME for p in self.passages)

    @cached_property
    def removed(self) -> int:
        """Count the words of the text that are gone."""
        return self._words(Kind.REMOVED)

    @cached_property
    def added(self) -> int:
        """Count the words of the text that are new."""
        return self._words(Kind.ADDED)

    def _words(self, kind: Kind) -> int:
        pieces = (piece for passage in self.passages for piece in passage.pieces)
        return sum(len(_spoken(words(p.text))) for p in pieces if p.kind is kind)


def compare_articles(before: Article, after: Article) -> Difference:
    """Say what changed between two versions of an article, field by field."""
    allowance = Allowance()
    return Difference(
        fields=tuple(_fields(before.work, after.work, allowance)),
        passages=compare_texts(before.text, after.text, allowance),
    )


def compare_texts(
    before: str, after: str, allowance: Allowance | None = None
) -> tuple[Passage, ...]:
    """Say what became of each paragraph; a paragraph is a line that is not empty.

    Takes a bounded time: once the allowance is used up, paragraphs that were edited
    are given as removed and added.
    """
    allowance = allowance or Allowance()
    first, second = _paragraphs(before), _paragraphs(after)
    passages: list[Passage] = []
    i = j = 0
    runs = shared_runs(first, second, allowance)
    for run in (*runs, Run(len(first), len(second), 0)):
        passages += _edited(first[i : run.before], second[j : run.after], allowance)
        i, j = run.before + run.length, run.after + run.length
        passages += (_same(text) for text in second[run.after : j])
    return tuple(passages)


def compare_lines(
    before: str, after: str, allowance: Allowance | None = None
) -> tuple[Piece, ...]:
    """Say which words of a paragraph were removed, added, or stayed.

    The pieces that were not added make up `before`, those that were not removed
    `after`, but for the spaces between the words that stayed.
    """
    first, second = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    runs = shared_runs(
        [word[0] for word in first],
        [word[0] for word in second],
        allowance or Allowance(),
    )
    pieces: list[Piece] = []
    i = j = 0
    for run in (*_telling(runs, first, second), Run(len(first), len(second), 0)):
        removed = _between(before, first, i, run.before)
        added = _between(after, second, j, run.after)
        i, j = run.before + run.length, run.after + run.length
        same = _between(after, second, run.after, j)
        if removed[-1:] == added[-1:] == " ":  # the space is that of the words around
            removed, added, same = removed[:-1], added[:-1], f" {same}"
        pieces += [Piece(Kind.REMOVED, removed)] * bool(removed)
        pieces += [Piece(Kind.ADDED, added)] * bool(added)
        pieces += [Piece(Kind.SAME, same)] * bool(same)
    return tuple(pieces)


def words(text: str) -> list[str]:
    """Take a text apart into words and signs, without the spaces."""
    return [word[0] for word in _WORD.finditer(text)]


def difference_values(difference: Difference) -> dict[str, Any]:
    """Make what JSON says of a difference."""
    return {
        "words_removed": difference.removed,
        "words_added": difference.added,
        "fields": [
            {
                "field": one.field,
                "before": one.before,
                "after": one.after,
                "pieces": _piece_values(one.pieces),
            }
            for one in difference.fields
        ],
        "paragraphs": [
            {"kind": one.kind, "pieces": _piece_values(one.pieces)}
            for one in difference.passages
        ],
    }


def _piece_values(pieces: tuple[Piece, ...]) -> list[dict[str, str]]:
    return [{"kind": piece.kind, "text": piece.text} for piece in pieces]


# ---------------------------------------------------------------- paragraphs


def _paragraphs(text: str) -> list[str]:
    return [line for line in map(str.strip, text.split("\n")) if line]


def _same(text: str) -> Passage:
    pieces = (Piece(Kind.SAME, text),)
    return Passage(kind=Kind.SAME, before=text, after=text, pieces=pieces)


def _edited(
    before: Sequence[str], after: Sequence[str], allowance: Allowance
) -> Iterator[Passage]:
    """Put paragraphs that no line of the other version equals beside each other."""
    i = j = 0
    for k, m in (*_pairs(before, after, allowance), (len(before), len(after))):
        yield from (_gone(text) for text in before[i:k])
        yield from (_new(text) for text in after[j:m])
        if k < len(before):
            pieces = compare_lines(before[k], after[m], allowance)
            yield Passage(
                kind=Kind.CHANGED, before=before[k], after=after[m], pieces=pieces
            )
        i, j = k + 1, m + 1


def _gone(text: str) -> Passage:
    pieces = (Piece(Kind.REMOVED, text),)
    return Passage(kind=Kind.REMOVED, before=text, after=None, pieces=pieces)


def _new(text: str) -> Passage:
    pieces = (Piece(Kind.ADDED, text),)
    return Passage(kind=Kind.ADDED, before=None, after=text, pieces=pieces)


def _pairs(
    before: Sequence[str], after: Sequence[str], allowance: Allowance
) -> list[tuple[int, int]]:
    """Choose pairs that resemble each other, in order, and the most of it in all."""
    first = [Counter(_spoken(words(text))) for text in before]
    second = [Counter(_spoken(words(text))) for text in after]
    alike = _likenesses(first, second, allowance)
    if alike is None:
        return []
    # best[i][j]: what can be had from before[i:] and after[j:].
    best = [[0.0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i in reversed(range(len(first))):
        for j in reversed(range(len(second))):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(first) and j < len(second):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likenesses(
    first: Sequence[Counter[str]], second: Sequence[Counter[str]], allowance: Allowance
) -> list[list[float]] | None:
    """Give the share of words that each has in common with each; 0 if too few.

    None if it would take too long to tell.
    """
    places: dict[str, list[tuple[int, int]]] = {}
    for j, counted in enumerate(second):
        for word, count in counted.items():
            places.setdefault(word, []).append((j, count))
    looks = sum(len(places.get(word, ())) for counted in first for word in counted)
    if not allowance.take(looks + 2 * len(first) * len(second)):
        return None
    lengths = [counted.total() for counted in second]
    alike: list[list[float]] = []
    for counted in first:
        common = [0] * len(second)
        for word, count in counted.items():
            for j, other in places.get(word, ()):
                common[j] += min(count, other)
        length = counted.total()
        shares = (
            2 * n / (length + lengths[j]) if n else 0.0 for j, n in enumerate(common)
        )
        alike.append([share if share >= _ALIKE else 0.0 for share in shares])
    return alike


# ---------------------------------------------------------------- words


def _spoken(found: list[str]) -> list[str]:
    return [word for word in found if _SPOKEN.search(word)]


def _telling(
    runs: list[Run], first: Sequence[Any], second: Sequence[Any]
) -> Iterator[Run]:
    """Leave out runs that only break up a change: a sign alone between two words."""
    for run in runs:
        end, after_end = run.before + run.length, run.after + run.length
        is_inside = (run.before or run.after) and (
            end < len(first) or after_end < len(second)
        )
        if not is_inside or any(_SPOKEN.search(w[0]) for w in first[run.before : end]):
            yield run


def _between(text: str, found: Sequence[Any], first: int, last: int) -> str:
    """Give the words `first` to `last`, with the spaces up to the next word."""
    if first >= last:
        return ""
    end = found[last].start() if last < len(found) else len(text)
    return text[found[first].start() : end]


# ---------------------------------------------------------------- fields


def _fields(before: Work, after: Work, allowance: Allowance) -> Iterator[FieldChange]:
    for field, said in _COMPARED.items():
        first, second = said(before), said(after)
        if first != second:
            yield FieldChange(
                field=field,
                before=first,
                after=second,
                pieces=compare_lines(first or "", second or "", allowance),
            )


def _date(moment: Moment | None) -> str | None:
    return moment.text if moment else None


_COMPARED: Final[dict[str, Callable[[Work], str | None]]] = {
    "headline": lambda work: work.title,
    "kicker": lambda work: work.kicker,
    "standfirst": lambda work: work.standfirst,
    "byline": lambda work: ", ".join(work.authors) or None,
    "published": lambda work: _date(work.published),
    "modified": lambda work: _date(work.modified),
    "dateline": lambda work: work.dateline.text if work.dateline else None,
    "section": lambda work: work.section,
    "access": lambda work: work.access,
    "licence": lambda work: work.licence,
}
