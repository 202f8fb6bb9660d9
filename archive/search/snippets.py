"""The passage of a text that is shown, and the marks in it. Pure.

What is shown are the letters of the publisher: the index has others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from archive.search.letters import WRITTEN_WORD, Forms, forms, is_single
from archive.search.matching import Phrase
from archive.search.model import Segment
from archive.search.words import letters_of

ELLIPSIS: Final = "…"
_LENGTH: Final = 240  # letters of a passage
_LEAD: Final = 60  # letters before the first mark
_CHUNK: Final = 200  # words that are looked through at once
_LOOKED_AT: Final = 100_000  # letters of a text that are looked through for marks
_SLACK: Final = 24  # letters that may be given up to begin or end between words


class _Found(NamedTuple):
    """The place of a phrase in a text."""

    start: int
    end: int
    phrase: int


class Marker:
    """Marks phrases in texts. What it learns of words serves for the next text."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        """Mark any of some phrases."""
        self._phrases = phrases
        self._starts = _Starts(phrases)

    def marked(self, text: str) -> tuple[Segment, ...]:
        """Mark phrases in the whole of a text. An empty text has no segments."""
        return tuple(_segments(text, 0, len(text), self._found(text)))

    def passage(self, text: str) -> tuple[Segment, ...]:
        """Cut the passage out of a text that has most of the phrases, and mark them.

        Its beginning, where it has none of them. Line ends become spaces.
        """
        text = text.replace("\n", " ").strip()
        found = self._found(text, is_enough=True)
        start, end = _window(text, found)
        pieces = list(_segments(text, start, end, found))
        if start > 0:
            pieces.insert(0, Segment(ELLIPSIS))
        if end < len(text):
            pieces.append(Segment(ELLIPSIS))
        return tuple(pieces)

    def _found(self, text: str, *, is_enough: bool = False) -> list[_Found]:
        """List the places of phrases in a text, in the order of their beginnings.

        With `is_enough` nothing more is looked for once some have been found.
        """
        if not self._phrases:
            return []
        ahead = max(len(phrase.tokens) for phrase in self._phrases)
        words = WRITTEN_WORD.finditer(text, 0, _LOOKED_AT)
        places: list[re.Match[str]] = []
        found: list[_Found] = []
        done = 0
        while chunk := list(islice(words, _CHUNK)):
            places += chunk
            # A phrase that begins at the end of a chunk goes on in the next one.
            is_last = len(chunk) < _CHUNK
            until = len(places) if is_last else max(done, len(places) - ahead)
            marks = (
                _mark(places[n : n + ahead], start, self._phrases[start.phrase])
                for n in range(done, until)
                for start in self._starts[places[n][0]]
            )
            found += [mark for mark in marks if mark is not None]
            done = until
            if is_last or (found and is_enough):
                break
        return sorted(found)


class _Start(NamedTuple):
    """A phrase that may begin in a word."""

    phrase: int
    token: int | None  # None: another spelling of the word is the phrase


class _Starts(dict[str, tuple[_Start, ...]]):
    """Which phrases may begin in a written word: asked once, then known."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        super().__init__()
        self._phrases = tuple(enumerate(phrases))
        self._firsts = frozenset(phrase.tokens[0] for phrase in phrases)
        self._beginnings = tuple(p.tokens[0] for p in phrases if p.is_prefix)

    def __missing__(self, word: str) -> tuple[_Start, ...]:
        starts: list[_Start] = []
        known = forms(word)
        if not self._may_start(known):  # as nearly all words
            self[word] = ()
            return ()
        for number, phrase in self._phrases:
            starts += (
                _Start(number, n)
                for n, token in enumerate(known.tokens)
                if phrase.is_first(token)
            )
            if len(phrase.tokens) == 1 and any(map(phrase.is_last, known.others)):
                starts.append(_Start(number, None))
        self[word] = tuple(starts)
        return self[word]

    def _may_start(self, known: Forms) -> bool:
        tokens = (*known.tokens, *known.others)
        return not self._firsts.isdisjoint(tokens) or (
            bool(self._beginnings)
            and any(t.startswith(self._beginnings) for t in tokens)
        )


def _mark(
    places: Sequence[re.Match[str]], start: _Start, phrase: Phrase
) -> _Found | None:
    """Tell where a phrase stands that begins in the first word, if it goes on."""
    if start.token is None:
        return _Found(*places[0].span(), start.phrase)
    n, at = 0, start.token
    *middle, last = phrase.tokens
    for expected in (*middle[1:], last)[: len(middle)]:
        at += 1
        while n < len(places) and at >= len(forms(places[n][0]).tokens):
            n, at = n + 1, 0
        if n == len(places):
            return None
        token = forms(places[n][0]).tokens[at]
        if not (phrase.is_last(token) if expected is last else token == expected):
            return None
    begin = letters_of(places[0][0])[start.token][0]
    spans = letters_of(places[n][0])
    end = spans[at][1]
    if phrase.is_prefix and is_single(last) and at + 1 < len(spans):
        end = spans[at + 1][0]  # of a pair the first letter: where the next begins
    return _Found(places[0].start() + begin, places[n].start() + end, start.phrase)


def _segments(
    text: str, start: int, end: int, found: Iterable[_Found]
) -> Iterator[Segment]:
    at = start
    for begin, stop in _joined(found):
        if stop <= at or begin >= end:
            continue
        if begin > at:
            yield Segment(text[at:begin])
        yield Segment(text[max(begin, at) : min(stop, end)], is_marked=True)
        at = min(stop, end)
    if at < end:
        yield Segment(text[at:end])


def _joined(found: Iterable[_Found]) -> Iterator[tuple[int, int]]:
    """Make one mark of those that overlap."""
    begin = stop = 0
    for mark in found:
        if mark.start >= stop:
            if stop:
                yield begin, stop
            begin = mark.start
        stop = max(stop, mark.end)
    if stop:
        yield begin, stop


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
