"""A question in pieces: words, phrases, fields, operators, parentheses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.errors import UsageError


class Field(StrEnum):
    """What a word may be looked for in."""

    TITLE = "title"
    TEXT = "text"
    AUTHOR = "author"
    SOURCE = "source"
    SECTION = "section"
    LANGUAGE = "language"
    CLASS = "class"
    SITE = "site"


class QueryError(UsageError):
    """A question can't be understood: what is wrong, and at which letter of it."""

    def __init__(self, sentence: str, *, position: int) -> None:
        """Say what is wrong, and where; positions count from 0."""
        super().__init__(f"{sentence} (letter {position + 1} of the question)")
        self.sentence = sentence
        self.position = position


class Kind(StrEnum):
    """What a mark is."""

    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    FIELD = "field"
    VALUE = "value"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a question that is not cut any further."""

    kind: Kind
    position: int
    text: str = ""
    is_prefix: bool = False
    written: str = ""


_FIELDS: Final = tuple(field.value for field in Field)
_QUOTES: Final = '"\u201c\u201d\u201e\u201f\uff02'
_SPACES: Final = re.compile(r"\s+")
_FIELD: Final = re.compile(r"([A-Za-z_]+):(?!//)(?=\S)")
_BARE_FIELD: Final = re.compile(rf"({'|'.join(_FIELDS)}):(?!\S)", re.IGNORECASE)
_QUOTED: Final = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}](\*?)")
_WORD: Final = re.compile(rf"[^\s(){_QUOTES}]+")
_MINUS: Final = re.compile(rf"-(?=[\w({_QUOTES}])")
_OPERATORS: Final = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


def marks(question: str) -> Iterator[Mark]:
    """Cut a question into marks; the last one is its end.

    Raises QueryError: for a quotation mark without its other, an unknown field.
    """
    position = 0
    while position < len(question):
        if space := _SPACES.match(question, position):
            position = space.end()
            continue
        mark, position = _mark(question, position)
        yield mark
    yield Mark(Kind.END, len(question))


def _mark(question: str, position: int) -> tuple[Mark, int]:
    letter = question[position]
    if letter in "()":
        return Mark(Kind(letter), position, written=letter), position + 1
    if letter in _QUOTES:
        return _quoted(question, position)
    if _MINUS.match(question, position) and _is_begin(question, position):
        return Mark(Kind.NOT, position, written="-"), position + 1
    if _is_begin(question, position) and (found := _FIELD.match(question, position)):
        _insist_on_field(found[1], position)
        field = Mark(Kind.FIELD, position, found[1].lower(), written=found[0])
        return field, found.end()
    if bare := _BARE_FIELD.match(question, position):
        raise QueryError(
            f"nothing follows {bare[0]}: write {bare[0]}word, without a space",
            position=position,
        )
    word = _WORD.match(question, position)
    assert word is not None
    text = word[0]
    if text in _OPERATORS:
        return Mark(_OPERATORS[text], position, written=text), word.end()
    is_prefix = text.endswith("*") and bool(text.rstrip("*"))
    value = Mark(Kind.VALUE, position, text.rstrip("*"), is_prefix, text)
    return value, word.end()


def _quoted(question: str, position: int) -> tuple[Mark, int]:
    found = _QUOTED.match(question, position)
    if found is None:
        raise QueryError("a quotation mark has no other", position=position)
    mark = Mark(Kind.VALUE, position, found[1], bool(found[2]), found[0])
    return mark, found.end()


def _is_begin(question: str, position: int) -> bool:
    """Whether a word begins here, and does not go on."""
    before = question[position - 1 : position]
    return not before or before.isspace() or before in f"(){_QUOTES}:-"


def _insist_on_field(name: str, position: int) -> None:
    if name.lower() not in _FIELDS:
        known = ", ".join(_FIELDS)
        raise QueryError(
            f'there is no field {name!r}; there are: {known}. To look for "{name}:" '
            "itself, put it in quotation marks",
            position=position,
        )
