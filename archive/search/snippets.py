"""The passage of a text that is shown, and the marks in it. Pure.

What is shown are the letters of the publisher: the index has others.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from archive.search.letters import WRITTEN_WORD, forms, is_single
from archive.search.matching import Phrase
from archive.search.model import Segment
from archive.search.words import places

ELLIPSIS: Final = "…"
_LENGTH: Final = 240  # letters of a passage
_LEAD: Final = 60  # letters before the first mark
_LOOKED_AT: Final = 100_000  # letters of a text that are looked through for marks
_SLACK: Final = 24  # letters that may be given up to begin or end between words


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    phrase: int


def marked(text: str, phrases: Sequence[Phrase]) -> tuple[Segment, ...]:
    """Mark phrases in the whole of a text. An empty text has no segments."""
    return tuple(_segments(text, 0, len(text), _found(text, phrases)))


def passage(text: str, phrases: Sequence[Phrase]) -> tuple[Segment, ...]:
    """Cut the passage out of a text that has most of the phrases, and mark them.

    Its beginning, where it has none of them. Line ends become spaces.
    """
    text = text.replace("\n", " ").strip()
    found = list(_found(text, phrases))
    start, end = _window(text, found)
    pieces = list(_segments(text, start, end, found))
    if start > 0:
        pieces.insert(0, Segment(ELLIPSIS))
    if end < len(text):
        pieces.append(Segment(ELLIPSIS))
    return tuple(pieces)


def _segments(
    text: str, start: int, end: int, found: Iterable[_Found]
) -> Iterator[Segment]:
    at = start
    for mark in found:
        if mark.end <= at or mark.start < start:
            continue
        if mark.start >= end:
            break
        if mark.start > at:
            yield Segment(text[at : mark.start])
        at, begin = min(mark.end, end), max(mark.start, at)
        yield Segment(text[begin:at], is_marked=True)
    if at < end:
        yield Segment(text[at:end])


def _window(text: str, found: Sequence[_Found]) -> tuple[int, int]:
    """Choose the passage with most different phrases, the first of the best."""
    if len(text) <= _LENGTH:
        return 0, len(text)
    best, most, last = 0, (0, 0), 0
    for first, mark in enumerate(found):
        limit = mark.start + _LENGTH - _LEAD
        last = max(last, first)
        while last < len(found) and found[last].end <= limit:
            last += 1
        inside = found[first:last]
        score = (len({other.phrase for other in inside}), len(inside))
        if score > most:
            best, most = mark.start, score
    start = max(0, min(best - _LEAD, len(text) - _LENGTH)) if most[0] else 0
    return _between_words(text, start, start + _LENGTH)


def _between_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Move the ends of a passage inwards to spaces, if there are any near by."""
    if start > 0:
        space = text.find(" ", start, start + _SLACK)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", end - _SLACK, end)
        end = space if space >= 0 else end
    return start, min(end, len(text))


def _found(text: str, phrases: Sequence[Phrase]) -> Iterator[_Found]:
    """Go through the places of phrases in a text, in the order of their beginnings."""
    if not phrases:
        return iter(())
    written = list(WRITTEN_WORD.finditer(text[:_LOOKED_AT]))
    words = [forms(match[0]) for match in written]
    at = [n for n, word in enumerate(words) for _ in word.tokens]
    tokens = [token for word in words for token in word.tokens]
    found: list[_Found] = []
    for number, phrase in enumerate(phrases):
        for first, last in _matches(tokens, phrase):
            start, _ = _place(written, at, first)
            _, end = _place(written, at, last)
            if is_single(phrase.tokens[-1]) and phrase.is_prefix:
                end = _letter_end(written, at, last, end)
            found.append(_Found(start, end, number))
        if len(phrase.tokens) == 1:
            is_it = phrase.is_last
            found += (
                _Found(*match.span(), number)
                for match, word in zip(written, words, strict=True)
                if any(map(is_it, word.others))
            )
    return iter(sorted(found, key=lambda mark: (mark.start, mark.end)))


def _matches(tokens: Sequence[str], phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Give the first and last token of each place where a phrase stands."""
    *before, _ = phrase.tokens
    length = len(before)
    if not before:
        yield from ((n, n) for n, token in enumerate(tokens) if phrase.is_last(token))
        return
    first = before[0]
    for n in range(len(tokens) - length):
        if (
            tokens[n] == first
            and phrase.is_last(tokens[n + length])
            and list(tokens[n : n + length]) == before
        ):
            yield n, n + length


def _place(
    written: Sequence[re.Match[str]], at: Sequence[int], token: int
) -> tuple[int, int]:
    """Tell where a token stands in the text; `at` names the word of each token."""
    word = written[at[token]]
    start, end = places(word[0])[token - bisect_left(at, at[token])]
    return word.start() + start, word.start() + end


def _letter_end(
    written: Sequence[re.Match[str]], at: Sequence[int], token: int, end: int
) -> int:
    """Tell where the first letter of a pair ends: where the next pair begins."""
    if token + 1 < len(at) and at[token + 1] == at[token]:
        return _place(written, at, token + 1)[0]
    return end
