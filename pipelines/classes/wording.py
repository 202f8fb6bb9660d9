"""What pages that are no articles say of themselves, in many languages. Pure.

The phrases are data: phrases/KIND.toml, by language. Text and phrases are compared in
folded form: no case, no accents, no punctuation. A phrase begins where a word begins,
as far as its script parts words; its end is open: "не найден" is in "не найдена".
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).with_name("phrases")
_WORD: Final = re.compile(r"[^\W_]+")
# Accents and vowel signs that writers leave out: of Latin, Greek and Cyrillic letters
# (U+0300 to U+036F), of Hebrew and Arabic ones; the Arabic stretch; joiners.
_DROPPED: Final = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0640\u200b-\u200f\u00ad]"
)
# One letter of two alphabets, or of two habits: dotless i; Arabic for Persian letters.
_LETTERS: Final = str.maketrans("ıيىكہھة", "iییکههه")
# Scripts that set no spaces, or attach particles: han, kana, hangul (as jamo), Thai.
_UNPARTED: Final = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u9fff\uac00-\ud7ff]")
# Scripts of which a letter says as much as two or three of others.
_DENSE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def fold(text: str) -> str:
    """Bring a text into the form in which phrases are compared."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).casefold()
        text = unicodedata.normalize("NFKD", text)
        text = _DROPPED.sub("", text).translate(_LETTERS)
    else:
        text = text.lower()
    return f" {' '.join(_WORD.findall(text))}"


def weight(text: str) -> int:
    """Give the length of a text in letters; Chinese and its neighbours count thrice."""
    if text.isascii():
        return len(text)
    return len(text) + 2 * sum(map(len, _DENSE.findall(text)))


class Wording:
    """The phrases of one kind, in all languages."""

    __slots__ = ("_phrases", "by_language")

    def __init__(self, by_language: dict[str, tuple[str, ...]]) -> None:
        """Take phrases by language, as they are written."""
        self.by_language = by_language
        folded = (_sought(said) for group in by_language.values() for said in group)
        self._phrases = tuple(dict.fromkeys(folded))

    def said(self, folded: str) -> str | None:
        """Give the first phrase that stands in a folded text, or None."""
        return next((said.strip() for said in self._phrases if said in folded), None)

    def named(self, names: Iterable[str]) -> str | None:
        """Give the phrase that makes up half of one of some folded names, or None."""
        for name in names:
            for phrase in self._phrases:
                if phrase in name and 2 * len(phrase) >= len(name):
                    return phrase.strip()
        return None

    def counted(self, folded: str) -> tuple[int, int]:
        """Count the phrases that stand in a folded text, and how often they do."""
        counts = [folded.count(phrase) for phrase in self._phrases]
        return sum(map(bool, counts)), sum(counts)


def read_wording(kind: str) -> Wording:
    """Read the phrases of a kind that the package holds. Raises OSError."""
    table = tomllib.loads((_FOLDER / f"{kind}.toml").read_text("utf-8"))
    return Wording({language: tuple(said) for language, said in table.items()})


def read_words(kind: str) -> frozenset[str]:
    """Read a list of words.toml. Raises OSError, KeyError."""
    table = tomllib.loads(_FOLDER.with_name("words.toml").read_text("utf-8"))
    return frozenset(table[kind])


def is_parted(folded: str) -> bool:
    """Whether the script that a folded phrase begins in sets spaces between words."""
    return _UNPARTED.match(folded, 1) is None


def _sought(phrase: str) -> str:
    folded = fold(phrase)
    return folded if is_parted(folded) else folded.lstrip()


NOT_FOUND: Final = read_wording("not-found")
FAILED: Final = read_wording("failed")
CHALLENGED: Final = read_wording("challenged")
CONSENT: Final = read_wording("consent")
CONSENT_TERMS: Final = read_wording("consent-terms")
LOG_IN: Final = read_wording("log-in")
LIVE: Final = read_wording("live")
OFFERS: Final = read_wording("offers")
SUBSCRIBE: Final = read_wording("subscribe")
NEEDS_SCRIPT: Final = read_wording("needs-script")
