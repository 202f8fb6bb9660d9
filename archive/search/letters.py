"""Which forms of a word count as the same word, in any script. Pure.

Index and question go through `forms`, so that what is written one way is found by
who writes it another: without accents, without vowel signs, with the letters of
another keyboard. A change here changes the index: count VERSION up.

Scripts that put no spaces between words (and Korean, whose particles are written to
the word) are cut into overlapping pairs, as Lucene's CJKAnalyzer does: 北京大学 is
北京 京大 大学, and then 学 alone, so that the last letter can be found by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

VERSION: Final = "1"
LONGEST: Final = 80  # letters of a word; what is longer is no word, and is cut
_CACHED: Final = 24  # letters of a word that is worth remembering
_MOST_KNOWN: Final = 1 << 17

# Where combining marks are. Beyond the first plane a class of letters gets slow (in
# `re`), and the marks there, of scripts no paper is printed in, end a word.
_MARKED_BLOCKS: Final = (
    *range(0x300, 0x3100),
    *range(0xA66F, 0xAC00),
    *range(0xFB1E, 0xFB1F),
    *range(0xFE00, 0xFE30),
)
# In a word, and not of it: soft hyphen, joiner, word joiner, byte order mark.
_UNSEEN: Final = "\u00ad\u200d\u2060\ufeff"
# Between the parts of one word. What is written "e-mail", or with the non-joiner of
# Persian, is found as one word, as its parts, and as its parts with a space between.
_JOINING: Final = "_'\u2019\u02bc\uff07\u2010\u2011\u200c\u00b7\\-"

_MARKS: Final = "".join(
    chr(c) for c in _MARKED_BLOCKS if unicodedata.category(chr(c)) in ("Mn", "Mc")
)
_OF_WORDS: Final = rf"\w{_MARKS}{_UNSEEN}"
WRITTEN_WORD: Final = re.compile(rf"[{_OF_WORDS}]+(?:[{_JOINING}][{_OF_WORDS}]+)*")
_JOINT: Final = re.compile(rf"[{_JOINING}]+")
_PART: Final = re.compile(rf"[^\W_][^\W_{_MARKS}]*(?:[{_MARKS}]+[^\W_{_MARKS}]*)*")

# Han, kana and hangul; Thai, Lao, Myanmar and Khmer.
_PAIRED: Final = (
    "\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f"
)
_PIECE: Final = re.compile(rf"[{_PAIRED}]+|[^{_PAIRED}]+")
_HAS_PAIRED: Final = re.compile(rf"[{_PAIRED}]")
# A letter with the signs above, below and behind it; half-width voiced marks too.
_CLUSTER: Final = re.compile(rf".[{_MARKS}\uff9e\uff9f]*", re.DOTALL)

# Nasal consonants without a vowel, before a consonant: हिन्दी is हिंदी.
_NASAL: Final = re.compile("[ङञणनम]\u094d(?=[क-ह])")


@dataclass(frozen=True, slots=True)
class Forms:
    """One written word, as it is indexed."""

    tokens: tuple[str, ...]  # what stands for it, in its place
    others: tuple[str, ...]  # other ways to write it in one word


class _KnownWords(dict[str, Forms]):
    """The forms of the words that were asked for: a language has not many."""

    def __missing__(self, word: str) -> Forms:
        found = _forms(word)
        if len(word) <= _CACHED:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[word] = found
        return found


_known_words: Final = _KnownWords()


def forms(word: str) -> Forms:
    """Give the forms of a written word, that is of a match of WRITTEN_WORD."""
    return _known_words[word]


def all_forms(words: Iterable[str]) -> Iterator[Forms]:
    """Give the forms of many words, as fast as it goes."""
    return map(_known_words.__getitem__, words)


def fold(part: str) -> str:
    """Write letters in the form that stands for all their variants."""
    if part.isascii():
        return part.lower()
    folded = unicodedata.normalize("NFKC", part).casefold().translate(_folding())
    if "\u094d" in folded:
        folded = _NASAL.sub("\u0902", folded)
    return unicodedata.normalize("NFC", folded)


def _forms(word: str) -> Forms:
    parts = [part for _, part in parts_of(word)]
    tokens: list[str] = []
    others: dict[str, None] = {}
    for part in parts:
        folded = fold(part)
        tokens += _tokens(folded)
        if not folded.isascii() or folded != part.lower():
            others |= dict.fromkeys(_variants(part, folded))
    if len(parts) > 1:
        joined = fold("".join(parts))
        if not _HAS_PAIRED.search(joined):
            others[joined[:LONGEST]] = None
    return Forms(tuple(tokens), tuple(o for o in others if [o] != tokens))


def _tokens(folded: str) -> Iterator[str]:
    if folded.isascii() and folded.isalnum():
        yield folded[:LONGEST]
        return
    # The forms of compatibility may hold spaces and signs.
    for part in _PART.findall(folded):
        if not _HAS_PAIRED.search(part):
            yield part[:LONGEST]
            continue
        for piece in _PIECE.findall(part):
            if _HAS_PAIRED.match(piece):
                yield from _pairs(_CLUSTER.findall(piece))
            else:
                yield piece[:LONGEST]


def _pairs(clusters: list[str]) -> Iterator[str]:
    for first, second in pairwise(clusters):
        yield first + second
    yield clusters[-1]


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters of one kind in a part of a word, as they are written."""

    start: int
    ends: tuple[int, ...]  # of each letter, counted from the start; of a word, one


def parts_of(word: str) -> Iterator[tuple[int, str]]:
    """Give the parts of a written word, and where they begin."""
    start = 0
    for joint in _JOINT.finditer(word):
        if joint.start() > start:
            yield start, word[start : joint.start()]
        start = joint.end()
    if start < len(word):
        yield start, word[start:]


def pieces_of(part: str) -> Iterator[Piece]:
    """Give what of a part has tokens of its own: letters, where they are paired."""
    for piece in _PIECE.finditer(part):
        ends: tuple[int, ...] = (len(piece[0]),)
        if _HAS_PAIRED.match(piece[0]):
            ends = tuple(cluster.end() for cluster in _CLUSTER.finditer(piece[0]))
        yield Piece(piece.start(), ends)


def is_paired(token: str) -> bool:
    """Whether a token is of a script that is cut into pairs."""
    return _HAS_PAIRED.match(token) is not None


def is_single(token: str) -> bool:
    """Whether it is one letter, the last of such a run of letters."""
    return is_paired(token) and len(_CLUSTER.findall(token)) == 1


def _variants(part: str, folded: str) -> Iterator[str]:
    """Give other spellings of a part, folded, and it without an Arabic article."""
    if article := _ARTICLE.match(folded):
        yield folded[article.end() :][:LONGEST]
    for letters, table in _SPELLINGS:
        composed = unicodedata.normalize("NFKC", part).casefold()
        if letters.search(composed):
            other = fold(composed.translate(table))
            if other != folded:
                yield other[:LONGEST]


# ---------------------------------------------------------------- the letters


# Latin letters that are no base letter with a mark, so that Unicode takes none off.
_LATIN: Final = {
    "ı": "i",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ŋ": "n",
    "ə": "e",
    "ɓ": "b",
    "ɗ": "d",
    "ƙ": "k",
    "ƴ": "y",
}
_CYRILLIC: Final = {"ё": "е", "ѐ": "е", "ѝ": "и"}  # й and ї are letters of their own
_ARABIC: Final = {
    **dict.fromkeys("أإآٱٲٳٵ", "ا"),
    **dict.fromkeys("ىیۍې", "ي"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ةۀۂۃەہھۿ", "ه"),
    **dict.fromkeys("ؤئ", "ء"),  # مسؤول is مسئول; مسوول is another spelling
    "ـ": "",  # tatweel
}
_DEVANAGARI: Final = {"\u093c": "", "\u0901": "\u0902", "\u200c": ""}  # nukta; ँ is ं

# Marks that are no letters, in scripts where they may be left out: accents; points of
# Hebrew; vowel signs and hamza of Arabic; titlo. Vowels of Indic scripts are letters.
_LEFT_OUT: Final = (
    *range(0x300, 0x370),
    *range(0x483, 0x48A),
    *range(0x591, 0x5C8),
    *range(0x610, 0x61B),
    *range(0x64B, 0x660),
    0x670,
    *range(0x6D6, 0x6EE),
    *range(0x8D3, 0x900),
    *range(0x1AB0, 0x1B00),
    *range(0x1DC0, 0x1E00),
    *range(0x20D0, 0x2100),
    *range(0xFE00, 0xFE10),  # variation selectors
    *range(0xFE20, 0xFE30),
)
_ACCENTED: Final = (
    *range(0xC0, 0x250),
    *range(0x370, 0x400),
    *range(0x1E00, 0x2000),
    *range(0x2C60, 0x2C80),
    *range(0xA720, 0xA800),
)

# The Arabic article, and what is written to it: "and the", "for the", "in the".
_ARTICLE: Final = re.compile(
    "(?:[\u0648\u0641\u0628\u0643]?\u0627\u0644|\u0648?\u0644\u0644)(?=[\u0621-\u064a]{3})"
)

# Other ways to write a word: umlauts in two letters, hamza left out with its seat kept.
_SPELLINGS: Final[tuple[tuple[re.Pattern[str], dict[int, str]], ...]] = tuple(
    (re.compile(f"[{''.join(letters)}]"), str.maketrans(letters))
    for letters in (
        {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"},
        {"ؤ": "و", "ئ": "ي"},
    )
)


@cache
def _folding() -> dict[int, str]:
    """Make the table of letters that are written as others; 5,000 of them."""
    table = {code: _bare(chr(code)) for code in _ACCENTED}
    table |= dict.fromkeys(_LEFT_OUT, "")
    table |= dict.fromkeys(map(ord, _UNSEEN), "")
    table |= _digits()
    for letters in (_LATIN, _CYRILLIC, _ARABIC, _DEVANAGARI):
        table |= {ord(letter): other for letter, other in letters.items()}
    return table


def _bare(letter: str) -> str:
    """Take the accents off a letter."""
    bare = "".join(
        c
        for c in unicodedata.normalize("NFKD", letter).casefold()
        if not unicodedata.combining(c)
    )
    return "".join(_LATIN.get(c, c) for c in bare)


def _digits() -> dict[int, str]:
    """List the digits of other scripts."""
    found = ((c, unicodedata.decimal(chr(c), None)) for c in range(0x660, 0x1A9A))
    return {code: str(digit) for code, digit in found if digit is not None}


def software() -> str:
    """Name what the forms depend on: an index made by another has to be made again."""
    return f"{VERSION}/unicode-{unicodedata.unidata_version}"
