"""The kicker: the words above a headline, or before it on its line. Pure.

Newsrooms call it overline, eyebrow, Dachzeile, volanta, occhiello, chapéu … It is
only read where it is marked as one: by the name of its element, as a part of the
heading, or by a bar or a colon in one wording of a headline that another wording
has without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from archive.model import Claim
from pipelines.fields.reading import Reading, mark
from pipelines.fields.title_choice import Candidate
from pipelines.fields.title_headings import element_text
from pipelines.fields.title_labels import KICKER_NAMES
from pipelines.fields.title_neighbours import before, name_words, origin
from pipelines.fields.title_words import key, words
from pipelines.normalisation import line

_LONGEST: Final = 90  # characters
_MOST_WORDS: Final = 14


def read_kicker(
    chosen: Candidate | None, is_other: Callable[[str], bool]
) -> Reading[str | None]:
    """Read the kicker of a headline; `is_other` tells sites' and sections' names."""
    if chosen is None:
        return Reading(value=None, claims=())
    claims = tuple(claim for claim in _claims(chosen) if len(claim.value) <= _LONGEST)
    for claim in claims:
        said = (line(claim.value) or "").strip(" :|-–—•·")
        if _is_kicker(said, chosen) and not is_other(said):
            return Reading(value=said, claims=mark(claims, claim))
    return Reading(value=None, claims=claims)


def _is_kicker(said: str, chosen: Candidate) -> bool:
    if not 0 < len(words(said)) <= _MOST_WORDS:
        return False
    # "12:45" and "3 min" are no kickers.
    letters = sum(character.isalpha() for character in said)
    return 2 * letters > len(said) and key(said) not in key(chosen.text)


def _claims(chosen: Candidate) -> Iterator[Claim]:
    if chosen.heading is not None:
        for element in before(chosen.heading.element):
            yield from _named(element)
    for said in chosen.before:
        yield Claim(field="kicker", value=said, origin=chosen.claims[0].origin)


def _named(element: object) -> Iterator[Claim]:
    inside = [element, *list(element)[:4]]  # type: ignore[call-overload] # lxml has no types
    for candidate in inside:
        if name_words(candidate) & KICKER_NAMES and (said := element_text(candidate)):
            yield Claim(field="kicker", value=said[:500], origin=origin(candidate))
            return
