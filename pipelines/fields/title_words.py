"""Titles as words: when two are the same, how alike they are, where they break. Pure.

Titles of one article differ in quotation marks, dashes, case and white space from
place to place, so they are compared by their words alone. In scripts that are
written without spaces every character counts as a word (UAX #29 leaves them to
dictionaries).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST: Final = 600  # characters of a title that are looked at

_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
_KEYS: Final = re.compile(r"\w+")
_WORDS: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
# What stands between a headline and the names around it. A hyphen needs space on
# both sides, or no Latin letters around it: "-新华网".
_BREAKS: Final = re.compile(
    r"\s*(?:\|+|[｜丨¦‖∣│]|::|--|»|«|›|‹|▷|►|•|·(?=\s)|\t)\s*"
    r"|\s+[-–—―‒·~/>\\]\s+"
    rf"|(?<=[{_UNSPACED}”》」）\]!?！？\d])(?:[-_—–]|--|——)+(?=[{_UNSPACED}《「“\w])"
    r"|(?<![a-z0-9])_(?=\w)|_(?=[^\W_a-z0-9])"  # no name of a program: "code_gcc"
)
# After a colon the headline goes on, or begins: nothing is cut there by itself.
_COLONS: Final = re.compile(r"\s*：\s*|\s*:\s+|\s+:(?=\S)")
_MOST_PIECES: Final = 8


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a title's pieces, with what stands before and after it."""

    text: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@lru_cache(maxsize=512)
def key(text: str) -> str:
    """Give the words of a title as one string; the same for the same title."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return " ".join(_KEYS.findall(folded))


@lru_cache(maxsize=512)
def words(text: str) -> frozenset[str]:
    """Give the words of a title, folded."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return frozenset(_WORDS.findall(folded))


def likeness(one: str, other: str) -> float:
    """Tell how many words two titles share: 0 none, 1 all (Dice's coefficient)."""
    mine, others = words(one), words(other)
    return 2 * len(mine & others) / (len(mine) + len(others) or 1)


def squeezed(text: str) -> str:
    """Give letters and digits alone: "The Guardian" as hosts write it."""
    return key(text).replace(" ", "").replace("_", "")


def pieces(text: str) -> tuple[str, ...]:
    """Break a title at bars, dashes and the like; colons break nothing."""
    return tuple(text[start:end] for start, end in _spans(text, _BREAKS))


def runs(text: str) -> Iterator[Run]:
    """Give all runs of pieces that a title begins or ends with, itself left out."""
    spans = _spans(text, _BREAKS)
    said = tuple(text[start:end] for start, end in spans)
    for cut in range(1, len(spans)):
        yield Run(text[: spans[cut - 1][1]].strip(), (), said[cut:])
        yield Run(text[spans[cut][0] :].strip(), said[:cut], ())
    if len(spans) == 3:
        yield Run(said[1], said[:1], said[2:])


def around_colons(text: str) -> Iterator[Run]:
    """Give a title without what stands before its first and after its last colon."""
    spans = _spans(text, _COLONS)
    if len(spans) > 1:
        yield Run(text[spans[1][0] :].strip(), (text[: spans[0][1]],), ())
        yield Run(text[: spans[-2][1]].strip(), (), (text[spans[-1][0] :].strip(),))


@lru_cache(maxsize=512)
def _spans(text: str, breaks: re.Pattern[str]) -> tuple[tuple[int, int], ...]:
    text = text[:LONGEST]
    spans: list[tuple[int, int]] = []
    start = 0
    for match in breaks.finditer(text):
        if len(spans) == _MOST_PIECES - 1:
            break
        if text[start : match.start()].strip():
            spans.append((start, match.start()))
            start = match.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return tuple(spans)
