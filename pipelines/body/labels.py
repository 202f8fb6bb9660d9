"""The labels of news pages: what stands beside an article, in many languages. Pure.

The phrases are data, in `labels.toml`; here they are made into tables once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from pipelines.body.lines import Line, fold, words


class Kind(StrEnum):
    """What a label is for; `labels.toml` says what happens to its line."""

    NAVIGATION = "navigation"
    SHARE = "share"
    ADVERTISEMENT = "advertisement"
    ACCOUNT = "account"
    EMBED = "embed"
    RELATED = "related"
    DISCUSSION = "discussion"
    POINTER = "pointer"
    CREDIT = "credit"
    CLOSING = "closing"
    BY = "by"
    STAMP = "stamp"


ALONE: Final = (
    Kind.NAVIGATION,
    Kind.SHARE,
    Kind.ADVERTISEMENT,
    Kind.ACCOUNT,
    Kind.EMBED,
    Kind.RELATED,
    Kind.DISCUSSION,
)
_LISTING: Final = frozenset({Kind.RELATED, Kind.DISCUSSION})
_FILE: Final = Path(__file__).with_name("labels.toml")
_INTRODUCING: Final = (":", ">", "|", "/", "»", "=", "›", "-", "–", "—", "】", "]")
_BAR: Final = re.compile(r"[|｜·•]")
_COMPOUND: Final = re.compile(r"[-/]\w")
_SYMBOLS: Final = "©ⓒ☞👉▶►▷→⇒※"
_QUOTES: Final = tuple("\"'“„«‹「『‘”")
_LONGEST_LABEL: Final = 120  # characters; no phrase with its counts is longer
_LAST_SPACED: Final = "\u0dff"  # letters behind it are of scripts without spaces

T = TypeVar("T")
Phrases = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Labels:
    """The tables; one set of them serves for all texts."""

    alone: Mapping[tuple[str, ...], Kind]  # by their words, numbers left out
    pointers: Phrases  # by their first two characters
    credits: Phrases
    closings: Phrases  # by their first words; "" has those that are all symbols
    bys: Mapping[
        str, tuple[tuple[str, ...], ...]
    ]  # words by the first, long ones first
    stamps: frozenset[str]  # words

    def kind_of(self, line: Line) -> Kind | None:
        """Say which label the whole line is, counts beside it aside.

        A bar of labels ("Print | E-mail | Back to top") is one, and begins no list of
        comments or other articles.
        """
        if len(line.text) > _LONGEST_LABEL:
            return None
        kind = self._kind_of(line.words)
        if kind is None and len(parts := _BAR.split(line.folded)) > 1:
            kinds = [self._kind_of(said) for part in parts if (said := words(part))]
            if all(kinds):
                kind = next((one for one in kinds if one not in _LISTING), None)
        return kind

    def _kind_of(self, said: tuple[str, ...]) -> Kind | None:
        return self.alone.get(tuple(word for word in said if not word.isdecimal()))

    def is_pointer(self, line: Line) -> bool:
        """Whether a line begins as one that leads to something else."""
        return _begins(self.pointers, line, are_words=True)

    def is_credit(self, line: Line) -> bool:
        """Whether a line begins as one that names who made something."""
        return _begins(self.credits, line)

    def is_closing(self, line: Line) -> bool:
        """Whether a line holds what notes about a text hold."""
        folded = line.folded
        return any(
            phrase in folded
            for word in dict.fromkeys(("", *line.words))
            for phrase in self.closings.get(word, ())
        )

    def after_by(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """Give the words after a "by" at the beginning; None if there is none."""
        for by in self.bys.get(said[0], ()) if said else ():
            if said[: len(by)] == by:
                return said[len(by) :]
        return None

    def stamp_share(self, said: tuple[str, ...]) -> float:
        """Say how much of some words is made of numbers and words of dates."""
        hits = sum(word.isdecimal() or word in self.stamps for word in said)
        return hits / len(said) if said else 0.0


def entries() -> Iterator[tuple[Kind, str, str]]:
    """Go through the file: kind, language (ISO 639, or "mul"), phrase."""
    for kind, languages in tomllib.loads(_FILE.read_text("utf-8")).items():
        for language, phrases in languages.items():
            for phrase in phrases:
                yield Kind(kind), language, phrase


@cache
def labels() -> Labels:
    """Give the tables, made when they are first asked for."""
    by_kind: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for kind, _, phrase in entries():
        by_kind[kind].append(fold(phrase).strip())
    alone = {words(phrase): kind for kind in ALONE for phrase in by_kind[kind]}
    bys = sorted((words(phrase) for phrase in by_kind[Kind.BY]), key=len)
    return Labels(
        alone=alone,
        pointers=_grouped((_key(said), said) for said in by_kind[Kind.POINTER]),
        credits=_grouped((_key(said), said) for said in by_kind[Kind.CREDIT]),
        closings=_grouped(
            ((words(phrase) or ("",))[0], phrase) for phrase in by_kind[Kind.CLOSING]
        ),
        bys=_grouped((by[0], by) for by in reversed(bys)),
        stamps=frozenset(
            word for phrase in by_kind[Kind.STAMP] for word in words(phrase)
        ),
    )


def _grouped(pairs: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    table: dict[str, list[T]] = {}
    for key, value in pairs:
        table.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in table.items()}


def _key(phrase: str) -> str:
    return phrase[:2].rstrip(":")


def _begins(table: Phrases, line: Line, *, are_words: bool = False) -> bool:
    """Whether a line begins with a phrase; of `are_words`, compounds are others."""
    if line.text.startswith(_QUOTES):  # somebody says it
        return False
    folded = _bare(line.head)
    for beginning in (folded[:2], folded[:1]):
        for phrase in table.get(beginning, ()):
            if _leads(folded, phrase):
                rest = folded[len(phrase.removesuffix(":").rstrip()) :]
                return not (are_words and _COMPOUND.match(rest))  # "next-gen"
    return False


def _bare(folded: str) -> str:
    """Take off what stands before the first letter: bullets, brackets, arrows."""
    for place, character in enumerate(folded[:8]):
        if character.isalnum() or character in _SYMBOLS:
            return folded[place:]
    return folded


def _leads(folded: str, phrase: str) -> bool:
    name = phrase.removesuffix(":").rstrip()
    if not folded.startswith(name):
        return False
    rest = folded[len(name) :]
    if name is not phrase and phrase.endswith(":"):
        return rest.lstrip().startswith(_INTRODUCING)
    is_spaced = name[-1].isalnum() and name[-1] <= _LAST_SPACED
    return not (is_spaced and rest[:1].isalnum())
