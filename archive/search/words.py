"""The words of a text: as they are indexed, and where they stand. Pure."""

from __future__ import annotations

from typing import Final

from archive.search.letters import WRITTEN_WORD, all_forms, forms, parts_of, pieces_of

# Stands between what may not be found as neighbours. No word has it: it is no letter.
GAP: Final = "\u00a6"


def indexed(text: str) -> str:
    """Give the tokens of a text, with spaces between.

    Behind a gap follow the other spellings of its words, each once.
    """
    tokens: list[str] = []
    others: dict[str, None] = {}
    for found in all_forms(WRITTEN_WORD.findall(text)):
        tokens += found.tokens
        if found.others:
            others |= dict.fromkeys(found.others)
    if others:
        tokens += [GAP, *others]
    return " ".join(tokens)


def letters_of(word: str) -> list[tuple[int, int]]:
    """Tell which letters of a written word each of its tokens stands for.

    Where the forms of compatibility have another number of letters, the whole word.
    """
    found: list[tuple[int, int]] = []
    for start, part in parts_of(word):
        for piece in pieces_of(part):
            ends = [start + piece.start + end for end in piece.ends]
            starts = [start + piece.start, *ends[:-1]]
            behind = [*ends[1:], ends[-1]]  # a pair goes on to the next letter's end
            found += zip(starts, behind, strict=True)
    if len(found) != len(forms(word).tokens):
        return [(0, len(word))] * len(forms(word).tokens)
    return found
