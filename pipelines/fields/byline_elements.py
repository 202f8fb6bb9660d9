"""What an element of a page says of itself: that it names an author, and its text."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from pipelines.parsed import Tree

_LONGEST: Final = 400  # characters of its text that matter
_MOST_PIECES: Final = 200  # of text, and elements that are looked at, in one
_ATTRIBUTES: Final = ("class", "itemprop", "rel", "data-testid")
_SAYS: Final = re.compile(
    r"author(?!i[tz])|byline|autor(?!i[tz])|auteur|contributor|writer|reporter"
    r"|redakteur|^creator$"
)
# Beside the name: what an author does, looks like, and where to follow them.
_BESIDE: Final = re.compile(  # in lower case, as the one above
    r"bio(?!n)|descri|role|title|job|position|avatar|image|img|photo|picture|twitter"
    r"|social|follow|contact|e-?mail|prefix|source|archive|flyout|caption"
    r"|credit|count|more|bild|quote|comment|suggest|tooltip|popup|modal|expert|handle"
    r"|share|icon|button|btn|checked|review|editedby|type|categ|affil|story-?list|stories|toggle"
)
# Where sites keep what they say of an author; "people" and "user" hold others too.
_AUTHOR_PAGE: Final = re.compile(
    r"[^?#]*/(?:authors?|autor(?:en?|es)?|auteurs?|by|profiles?|writers?|contributors?"
    r"|columnists?|journalists?|reporters?|staff|bylines?)/[^/?#]",
    re.IGNORECASE,
)
_SPLIT_NAME: Final = re.compile(r"(?:last|family|sur)[-_]?name", re.IGNORECASE)


def says_author(element: Tree, known: dict[str, bool]) -> bool:
    """Whether an element says by one of its attributes that it holds an author.

    `known` remembers the answers: pages repeat few values often.
    """
    for attribute in _ATTRIBUTES:
        value = element.get(attribute)
        if value:
            answer = known.get(value)
            if answer is None:
                answer = known[value] = _tells(value.lower())
            if answer:
                return True
    return False


def _tells(value: str) -> bool:
    return _SAYS.search(value) is not None and any(
        _SAYS.search(name) is not None and _BESIDE.search(name) is None
        for name in value.split()
    )


def links_to_author(element: Tree) -> bool:
    """Whether an element is a link to the page of an author: "/author/lovelace"."""
    return (
        element.tag == "a" and _AUTHOR_PAGE.match(element.get("href") or "") is not None
    )


def origin_of(element: Tree) -> str:
    """Give the tag of an element, and the value that says what it is: "p.byline"."""
    stated = next(filter(None, map(element.get, _ATTRIBUTES)), "").split()
    name = next((name for name in stated if _SAYS.search(name.lower())), "")
    return f"{element.tag}.{name}" if name else str(element.tag)


def text_of(element: Tree) -> str:
    """Give the text of an element, a line for each element in it."""
    pieces: list[str] = []
    length = 0
    for piece in islice(element.itertext(), _MOST_PIECES):
        bare = " ".join(piece[: 4 * _LONGEST].split())
        if bare:
            pieces.append(bare)
            length += len(bare) + 1
            if length > _LONGEST + 1:
                break
    is_split = len(pieces) == 2 and any(
        _SPLIT_NAME.search(one.get("class") or "")
        for one in islice(element.iterdescendants(), _MOST_PIECES)
    )
    return (" " if is_split else "\n").join(pieces)
