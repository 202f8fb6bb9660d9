"""The language of questions: words, phrases, fields, AND, OR, NOT. Pure.

    question := either
    either   := all ("OR" all)*
    all      := one (["AND"] one)*
    one      := ("NOT" | "-") one | "(" either ")" | [field ":"] value
    value    := word ["*"] | '"' words '"' ["*"] | "(" either ")"

Operators are in capitals: "and" is a word. What holds no letter is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.errors import UsageError
from archive.search.letters import WRITTEN_WORD, forms

_MOST_TERMS: Final = 128
_MOST_TOKENS: Final = 1000
_DEEPEST: Final = 24


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


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or words that stand behind each other."""

    text: str
    field: Field | None  # None: headline and text
    is_prefix: bool = False  # of the last word only the beginning is given


@dataclass(frozen=True, slots=True)
class All:
    """What matches each of several."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """What matches any of several."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match."""

    part: Node


Node = Term | All | Either | Not
_Rule = Callable[[Field | None], Node | None]


def parse(question: str) -> Node | None:
    """Read a question; None if it is empty.

    Raises QueryError: for an unknown field, a quotation mark or parenthesis without
    its other, an operator without what it joins, a question without a word.
    """
    return _Parser(question).parse()


# ---------------------------------------------------------------- marks and words


class _Kind(StrEnum):
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    FIELD = "field"
    VALUE = "value"
    END = "the end"


@dataclass(frozen=True, slots=True)
class _Mark:
    kind: _Kind
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
_OPERATORS: Final = {"AND": _Kind.AND, "OR": _Kind.OR, "NOT": _Kind.NOT}


def _marks(question: str) -> Iterator[_Mark]:
    position = 0
    while position < len(question):
        if space := _SPACES.match(question, position):
            position = space.end()
            continue
        mark, position = _mark(question, position)
        yield mark
    yield _Mark(_Kind.END, len(question))


def _mark(question: str, position: int) -> tuple[_Mark, int]:
    letter = question[position]
    if letter in "()":
        return _Mark(_Kind(letter), position, written=letter), position + 1
    if letter in _QUOTES:
        return _quoted(question, position)
    if _MINUS.match(question, position) and _is_begin(question, position):
        return _Mark(_Kind.NOT, position, written="-"), position + 1
    if _is_begin(question, position) and (found := _FIELD.match(question, position)):
        _insist_on_field(found[1], position)
        field = _Mark(_Kind.FIELD, position, found[1].lower(), written=found[0])
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
        return _Mark(_OPERATORS[text], position, written=text), word.end()
    is_prefix = text.endswith("*") and bool(text.rstrip("*"))
    value = _Mark(_Kind.VALUE, position, text.rstrip("*"), is_prefix, text)
    return value, word.end()


def _quoted(question: str, position: int) -> tuple[_Mark, int]:
    found = _QUOTED.match(question, position)
    if found is None:
        raise QueryError("a quotation mark has no other", position=position)
    mark = _Mark(_Kind.VALUE, position, found[1], bool(found[2]), found[0])
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


# ---------------------------------------------------------------- the grammar


class _Parser:
    def __init__(self, question: str) -> None:
        self._marks = list(_marks(question))
        self._next = 0
        self._terms = 0
        self._tokens = 0
        self._depth = 0

    def parse(self) -> Node | None:
        if self._is_at(_Kind.END):
            return None
        found = self._either(None)
        if not self._is_at(_Kind.END):
            raise self._error("a closing parenthesis has no other")
        if found is None:
            raise QueryError("there is no word in the question", position=0)
        return found

    @property
    def _mark(self) -> _Mark:
        return self._marks[self._next]

    def _is_at(self, *kinds: _Kind) -> bool:
        return self._mark.kind in kinds

    def _take(self) -> _Mark:
        mark = self._mark
        self._next += 1
        return mark

    def _error(self, sentence: str) -> QueryError:
        return QueryError(sentence, position=self._mark.position)

    def _either(self, field: Field | None) -> Node | None:
        parts = [self._all(field)]
        while self._is_at(_Kind.OR):
            self._insist_on_operand(self._take())
            parts.append(self._all(field))
        return _joined(Either, parts)

    def _all(self, field: Field | None) -> Node | None:
        if self._is_at(_Kind.AND, _Kind.OR):
            raise self._error(f"nothing stands before {self._mark.written}")
        parts = [self._one(field)]
        while not self._is_at(_Kind.OR, _Kind.CLOSE, _Kind.END):
            if self._is_at(_Kind.AND):
                self._insist_on_operand(self._take())
            parts.append(self._one(field))
        return _joined(All, parts)

    def _insist_on_operand(self, operator: _Mark) -> None:
        if self._is_at(_Kind.AND, _Kind.OR, _Kind.CLOSE, _Kind.END):
            raise QueryError(
                f"nothing follows {operator.written}", position=operator.position
            )

    def _one(self, field: Field | None) -> Node | None:
        mark = self._take()
        if mark.kind is _Kind.NOT:
            self._insist_on_operand(mark)
            part = self._deeper(self._one, mark, field)
            return None if part is None else Not(part)
        if mark.kind is _Kind.OPEN:
            return self._group(mark, field)
        if mark.kind is _Kind.FIELD:
            inner = Field(mark.text)
            if self._is_at(_Kind.OPEN):
                return self._group(self._take(), inner)
            if not self._is_at(_Kind.VALUE):
                raise self._error(f"nothing follows {mark.written}")
            return self._term(self._take(), inner)
        return self._term(mark, field)

    def _group(self, opening: _Mark, field: Field | None) -> Node | None:
        if self._is_at(_Kind.CLOSE):
            self._take()
            return None
        found = self._deeper(self._either, opening, field)
        if not self._is_at(_Kind.CLOSE):
            raise QueryError("a parenthesis is not closed", position=opening.position)
        self._take()
        return found

    def _deeper(self, rule: _Rule, mark: _Mark, field: Field | None) -> Node | None:
        if self._depth == _DEEPEST:
            raise QueryError(
                f"more than {_DEEPEST} parentheses in each other",
                position=mark.position,
            )
        self._depth += 1
        found = rule(field)
        self._depth -= 1
        return found

    def _term(self, mark: _Mark, field: Field | None) -> Node | None:
        tokens = sum(len(forms(w).tokens) for w in WRITTEN_WORD.findall(mark.text))
        if not tokens:
            return None  # a dash, an ampersand, a smile
        self._terms += 1
        self._tokens += tokens
        if self._terms > _MOST_TERMS or self._tokens > _MOST_TOKENS:
            raise QueryError(
                f"a question may have {_MOST_TERMS} words and phrases, of "
                f"{_MOST_TOKENS} words together",
                position=mark.position,
            )
        return Term(mark.text, field, mark.is_prefix)


def _joined(kind: type[All] | type[Either], parts: list[Node | None]) -> Node | None:
    """Join what is left, flat: a deep tree of like nodes is none."""
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, kind):
            flat += part.parts
        elif part is not None:
            flat.append(part)
    if len(flat) > 1:
        return kind(tuple(flat))
    return flat[0] if flat else None
