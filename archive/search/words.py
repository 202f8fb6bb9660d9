"""The words of a text: as they are indexed, and where they stand. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.search.letters import WRITTEN_WORD, forms

# Stands between what may not be found as neighbours. No word has it: it is no letter.
GAP: Final = "\u00a6"


@dataclass(frozen=True, slots=True)
class Word:
    """A written word and its place, in letters of the text."""

    start: int
    end: int
    tokens: tuple[str, ...]
    others: tuple[str, ...]


def words(text: str) -> Iterator[Word]:
    """Go through the words of a text."""
    for match in WRITTEN_WORD.finditer(text):
        found = forms(match[0])
        if found.tokens:
            yield Word(match.start(), match.end(), found.tokens, found.others)


def indexed(text: str) -> str:
    """Give the tokens of a text, with spaces between.

    Behind a gap follow the other spellings of its words, each once.
    """
    tokens: list[str] = []
    others: dict[str, None] = {}
    for written in WRITTEN_WORD.findall(text):
        found = forms(written)
        tokens += found.tokens
        if found.others:
            others.update(dict.fromkeys(found.others))
    if others:
        tokens += [GAP, *others]
    return " ".join(tokens)
