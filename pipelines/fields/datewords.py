"""The words of dates in the languages of the news, ready to be looked up. Pure.

The words themselves are in datewords.toml. They are compared folded: without case
and accents, with one form of the letters that Arabic and Persian keyboards differ in.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Final

from pipelines.fields.calendars import Calendar

# A letter, and all up to the next space, digit or punctuation mark: vowel signs, which
# are no letters to Python, are within.
WORD: Final = r"[^\W\d_][^\s\d!-/:-@\[-`{-~،؛।٫·•…–—‘’“”«»、。，（）【】]*"
_WORDS: Final = re.compile(WORD)
# Zero width joiners, marks of direction, and the tatweel that stretches Arabic words.
_UNSEEN: Final = "\u200c\u200d\u200e\u200f\u0640"
# Canonical classes of the marks that are dropped: accents, Arabic vowel signs and
# hamzas, nuktas. The vowel signs and viramas of South and East Asia are kept.
_ACCENTS: Final = frozenset({7, 202, 220, 230, 240, *range(27, 36)})
_ONE_FORM: Final = str.maketrans("ıيىكھەہةؤ", "iییکههههو", _UNSEEN)
# Scripts without spaces between words: Chinese, Japanese, Korean, Thai.
_DENSE: Final = re.compile(r"[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff]")

Month = tuple[Calendar, int]


@lru_cache(maxsize=8192)
def folded(word: str) -> str:
    """Write a word as it is compared."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    kept = [c for c in apart if unicodedata.combining(c) not in _ACCENTS]
    return "".join(kept).translate(_ONE_FORM)


def month_of(name: str, language: str) -> Month | None:
    """Give the month of a folded name: one word, or two with a space between."""
    meanings = _MONTHS.get(name)
    if meanings is None:
        return None
    return meanings.get(language) or next(iter(meanings.values()))


def era_of(word: str) -> int | None:
    """Give the years before the era with that name: 2018 for Reiwa."""
    return _ERAS.get(word)


def is_ago(words: Sequence[str]) -> bool:
    """Whether folded words behind a unit of time mean that it has passed since."""
    return " ".join(words) in _AGO_AFTER


def comes_before(words: Sequence[str]) -> bool:
    """Whether folded words before a number mean "ago", as "il y a" does."""
    return " ".join(words) in _AGO_BEFORE


def _key(name: str) -> str:
    """Write a name of the table as it is looked up."""
    return " ".join(folded(word) for word in _WORDS.findall(name.replace("_", " ")))


def _keys(names: str) -> list[str]:
    return [_key(name) for name in names.split()]


def _months(tables: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Month]]:
    found: dict[str, dict[str, Month]] = {}
    for title, calendar in (
        ("months", Calendar.GREGORIAN),
        ("solar", Calendar.SOLAR_HIJRI),
        ("lunar", Calendar.LUNAR_HIJRI),
    ):
        for language, names in tables[title].items():
            for number, spellings in enumerate(names.split("|"), 1):
                for key in _keys(spellings):
                    found.setdefault(key, {}).setdefault(language, (calendar, number))
    return found


def _labels(tables: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for field in ("published", "modified"):
        for key in _keys(tables[field]["words"]):
            yield key, field


def _pattern(keys: Iterable[str]) -> re.Pattern[str]:
    """Match the longest of some beginnings of words, at the beginning of a word."""
    ordered = sorted(keys, key=lambda key: (-len(key), key))
    return re.compile(
        "|".join(
            re.escape(key) if _DENSE.search(key) else r"(?<!\w)" + re.escape(key)
            for key in ordered
        )
    )


def _units(ago: Mapping[str, str]) -> dict[str, int]:
    """Give the minutes of each unit of time."""
    return {
        key: length
        for unit, length in (("minutes", 1), ("hours", 60), ("days", 1440))
        for key in _keys(ago[unit])
    }


def _together(units: Mapping[str, int], after: Iterable[str]) -> dict[str, int]:
    """Give the units of scripts without spaces, with "ago" behind them."""
    return {
        unit + word: minutes
        for (unit, minutes), word in product(units.items(), after)
        if _DENSE.match(unit) and _DENSE.match(word)
    }


def _tables() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("datewords.toml").open("rb") as file:
        return tomllib.load(file)


_TABLES: Final = _tables()
_MONTHS: Final = _months(_TABLES)
_ERAS: Final = {
    key: int(years) for years, names in _TABLES["eras"].items() for key in _keys(names)
}

WITHIN: Final = frozenset(_keys(_TABLES["within"]["words"]))
YEAR_WORDS: Final = frozenset(_keys(_TABLES["years"]["words"]))
MORNING: Final = frozenset(_keys(_TABLES["clock"]["morning"]))
AFTERNOON: Final = frozenset(_keys(_TABLES["clock"]["afternoon"]))
ZONES: Final[Mapping[str, int]] = {
    folded(name): int(minutes) for name, minutes in _TABLES["zones"].items()
}
LABELS: Final[Mapping[str, str]] = dict(_labels(_TABLES))  # to the field they are of
LABEL: Final = _pattern(LABELS)
_AGO_BEFORE: Final = frozenset(_keys(_TABLES["ago"]["before"]))
_AGO_AFTER: Final = frozenset(_keys(_TABLES["ago"]["after"]))
UNITS: Final[Mapping[str, int]] = _units(_TABLES["ago"])
UNITS_AGO: Final[Mapping[str, int]] = _together(UNITS, _AGO_AFTER)
