"""How much two texts share: overlaps of four words in a row. Pure.

The measure is that of the article-extraction benchmark (github.com/scrapinghub/
article-extraction-benchmark), with one change: in scripts without spaces every
character is a word.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

# Kana, Han, Thai, Burmese and Lao are written without spaces.
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u1000-\u109f\u0e80-\u0eff"  # fmt: skip  # noqa: E501 - one class
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_MOST_WORDS: Final = 100_000  # of one text; more change no decision

Shingles = Counter[tuple[str, ...]]


def words(text: str) -> list[str]:
    """Give the words of a text; case counts."""
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """Count the words of a text."""
    return len(_WORD.findall(text))


@lru_cache(maxsize=256)  # the texts of a page are compared with each other and again
def shingles(text: str) -> Shingles:
    """Count the runs of four words; a shorter text is one run."""
    found = words(text)[:_MOST_WORDS]
    if len(found) < 4:
        return Counter([tuple(found)] if found else [])
    return Counter(zip(found, found[1:], found[2:], found[3:], strict=False))


def agreement(one: str, other: str) -> float:
    """Tell what share of both texts is common to them, 0 to 1 (Dice)."""
    a, b = shingles(one), shingles(other)
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 1.0


def coverage(part: str, whole: str | Shingles) -> float:
    """Tell what share of a text stands in another, 0 to 1; 0 of an empty one."""
    a = shingles(part)
    b = shingles(whole) if isinstance(whole, str) else whole
    return (a & b).total() / a.total() if a else 0.0
