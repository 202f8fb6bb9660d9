"""How much two texts share: overlaps of four words in a row. Pure.

The measure is that of the article-extraction benchmark (github.com/scrapinghub/
article-extraction-benchmark), with one change: in scripts without spaces every
character is a word.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Kana, Han, Thai, Burmese and Lao are written without spaces.
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u1000-\u109f\u0e80-\u0eff"  # fmt: skip  # noqa: E501 - one class
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_MOST_WORDS: Final = 100_000  # of one text; more change no decision


@dataclass(frozen=True, slots=True)
class Shingles:
    """The runs of four words of a text, each as often as it occurs.

    Few runs occur twice, so sets do nearly all of the comparing.
    """

    runs: frozenset[tuple[str, ...]]
    again: Counter[tuple[str, ...]]  # how often more than once

    def total(self) -> int:
        """Count all runs."""
        return len(self.runs) + self.again.total()

    def common(self, other: Shingles) -> int:
        """Count the runs that are in both."""
        again = (self.again & other.again).total() if self.again else 0
        return len(self.runs & other.runs) + again

    def __or__(self, other: Shingles) -> Shingles:
        """Give the runs that are in either, as often as where they occur more."""
        return Shingles(self.runs | other.runs, self.again | other.again)


def words(text: str) -> list[str]:
    """Give the words of a text; case counts."""
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """Count the words of a text."""
    return len(_WORD.findall(text))


@lru_cache(maxsize=256)  # the texts of a page are compared with each other and again
def shingles(text: str) -> Shingles:
    """Collect the runs of four words; a shorter text is one run."""
    found = words(text)[:_MOST_WORDS]
    if len(found) < 4:
        counted = Counter([tuple(found)] if found else [])
    else:
        counted = Counter(zip(found, found[1:], found[2:], found[3:], strict=False))
    repeated = len(counted) < len(found) - 3
    again = {run: n - 1 for run, n in counted.items() if n > 1} if repeated else {}
    return Shingles(frozenset(counted), Counter(again))


def agreement(one: str, other: str) -> float:
    """Tell what share of both texts is common to them, 0 to 1 (Dice)."""
    a, b = shingles(one), shingles(other)
    total = a.total() + b.total()
    return 2 * a.common(b) / total if total else 1.0


def coverage(part: str, whole: str | Shingles) -> float:
    """Tell what share of a text stands in another, 0 to 1; 0 of an empty one."""
    a = shingles(part)
    b = shingles(whole) if isinstance(whole, str) else whole
    return a.common(b) / a.total() if a.runs else 0.0
