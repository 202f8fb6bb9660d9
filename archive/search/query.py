"""The language of questions: words, phrases, fields, AND, OR, NOT. Pure.

    question := either
    either   := all ("OR" all)*
    all      := one (["AND"] one)*
    one      := ("NOT" | "-") one | "(" either ")" | [field ":"] value
    value    := word ["*"] | '"' words '"' ["*"] | "(" either ")"

Operators are in capitals: "and" is a word. What holds no letter is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.search.letters import WRITTEN_WORD, forms, is_paired
from archive.search.lexing import Field, Kind, Mark, QueryError, marks

_MOST_TERMS: Final = 128
_MOST_TOKENS: Final = 1000
_DEEPEST: Final = 24


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


# ---------------------------------------------------------------- the grammar


class _Parser:
    def __init__(self, question: str) -> None:
        self._marks = list(marks(question))
        self._next = 0
        self._terms = 0
        self._tokens = 0
        self._depth = 0

    def parse(self) -> Node | None:
        if self._is_at(Kind.END):
            return None
        found = self._either(None)
        if not self._is_at(Kind.END):
            raise self._error("a closing parenthesis has no other")
        if found is None:
            raise QueryError("there is no word in the question", position=0)
        return found

    @property
    def _mark(self) -> Mark:
        return self._marks[self._next]

    def _is_at(self, *kinds: Kind) -> bool:
        return self._mark.kind in kinds

    def _take(self) -> Mark:
        mark = self._mark
        self._next += 1
        return mark

    def _error(self, sentence: str) -> QueryError:
        return QueryError(sentence, position=self._mark.position)

    def _either(self, field: Field | None) -> Node | None:
        parts = [self._all(field)]
        while self._is_at(Kind.OR):
            self._insist_on_operand(self._take())
            parts.append(self._all(field))
        return _joined(Either, parts)

    def _all(self, field: Field | None) -> Node | None:
        if self._is_at(Kind.AND, Kind.OR):
            raise self._error(f"nothing stands before {self._mark.written}")
        parts: list[Node | None] = []
        while not self._is_at(Kind.OR, Kind.CLOSE, Kind.END):
            if self._is_at(Kind.AND):
                self._insist_on_operand(self._take())
            parts.append(self._one(field))
        return _joined(All, parts)

    def _insist_on_operand(self, operator: Mark) -> None:
        if self._is_at(Kind.AND, Kind.OR, Kind.CLOSE, Kind.END):
            raise QueryError(
                f"nothing follows {operator.written}", position=operator.position
            )

    def _one(self, field: Field | None) -> Node | None:
        mark = self._take()
        if mark.kind is Kind.NOT:
            self._insist_on_operand(mark)
            part = self._deeper(self._one, mark, field)
            return None if part is None else Not(part)
        if mark.kind is Kind.OPEN:
            return self._group(mark, field)
        if mark.kind is Kind.FIELD:
            inner = Field(mark.text)
            if self._is_at(Kind.OPEN):
                return self._group(self._take(), inner)
            if not self._is_at(Kind.VALUE):
                raise self._error(f"nothing follows {mark.written}")
            return self._term(self._take(), inner)
        return self._term(mark, field)

    def _group(self, opening: Mark, field: Field | None) -> Node | None:
        if self._is_at(Kind.CLOSE):
            self._take()
            return None
        found = self._deeper(self._either, opening, field)
        if not self._is_at(Kind.CLOSE):
            raise QueryError("a parenthesis is not closed", position=opening.position)
        self._take()
        return found

    def _deeper(self, rule: _Rule, mark: Mark, field: Field | None) -> Node | None:
        if self._depth == _DEEPEST:
            raise QueryError(
                f"more than {_DEEPEST} parentheses in each other",
                position=mark.position,
            )
        self._depth += 1
        found = rule(field)
        self._depth -= 1
        return found

    def _term(self, mark: Mark, field: Field | None) -> Node | None:
        tokens = sum(len(forms(w).tokens) for w in WRITTEN_WORD.findall(mark.text))
        if not tokens:
            return None  # a dash, an ampersand, a smile
        if mark.is_prefix and not _is_enough(mark.text):
            raise QueryError(
                "a beginning of one letter is in every article: give two letters "
                "before *",
                position=mark.position,
            )
        self._terms += 1
        self._tokens += tokens
        if self._terms > _MOST_TERMS or self._tokens > _MOST_TOKENS:
            raise QueryError(
                f"a question may have {_MOST_TERMS} words and phrases, of "
                f"{_MOST_TOKENS} words together",
                position=mark.position,
            )
        return Term(mark.text, field, mark.is_prefix)


def _is_enough(text: str) -> bool:
    """Whether a beginning is long enough to look for; of pairs, one letter is."""
    last = forms(WRITTEN_WORD.findall(text)[-1]).tokens
    return bool(last) and (len(last[-1]) > 1 or is_paired(last[-1]))


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
