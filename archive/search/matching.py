"""A question as FTS5 is asked it, and the marks it makes in a text. Pure.

Every word goes between quotation marks and holds neither these nor signs, so that no
question is an error of syntax (https://www.sqlite.org/fts5.html, 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.errors import UsageError
from archive.search.facts import ANY, fact, site
from archive.search.letters import WRITTEN_WORD, forms, is_paired, is_single
from archive.search.lexing import Field
from archive.search.model import Query
from archive.search.query import All, Either, Node, Not, Term, parse

COLUMNS: Final = ("title", "text", "author", "section", "facts")

_WRITTEN: Final = {
    None: "{title text}",
    Field.TITLE: "{title}",
    Field.TEXT: "{text}",
    Field.AUTHOR: "{author}",
    Field.SECTION: "{section}",
}
_ANY: Final = f'{{facts}} : "{ANY}"'


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens behind each other; of the last one perhaps only the beginning."""

    tokens: tuple[str, ...]
    is_prefix: bool

    def is_first(self, token: str) -> bool:
        """Whether a token can be the first one."""
        return token == self.tokens[0] if self.tokens[1:] else self.is_last(token)

    def is_last(self, token: str) -> bool:
        """Whether a token can be the last one."""
        last = self.tokens[-1]
        return token.startswith(last) if self.is_prefix else token == last


@dataclass(frozen=True, slots=True)
class Mark:
    """What is marked in a headline, a text, or both."""

    phrase: Phrase
    field: Field | None


def question_of(query: Query) -> Node | None:
    """Join the words and the filters of a query; None if there are none.

    Raises QueryError, and UsageError for a name or section that holds no letter.
    """
    filters = (
        (Field.SOURCE, query.source_ids),
        (Field.LANGUAGE, query.languages),
        (Field.AUTHOR, query.authors),
        (Field.SECTION, query.sections),
        (Field.CLASS, query.classes),
        (Field.SITE, query.sites),
    )
    parts: list[Node] = []
    for field, values in filters:
        if values:
            _insist_on_letters(field, values)
            parts.append(Either(tuple(Term(value, field) for value in values)))
    asked = parse(query.words)
    if asked is not None:
        parts.append(asked)
    return All(tuple(parts)) if parts else None


def _insist_on_letters(field: Field, values: tuple[str, ...]) -> None:
    """Refuse what can't be looked for by its words. Raises UsageError."""
    if field not in (Field.AUTHOR, Field.SECTION):
        return
    for value in values:
        if not any(forms(word).tokens for word in WRITTEN_WORD.findall(value)):
            raise UsageError(f"{field} {value!r} holds no letter to look for")


def expression(node: Node) -> str:
    """Write a question in the language of FTS5."""
    match node:
        case Term():
            return _term(node)
        case Not():
            return f"({_ANY} NOT {expression(node.part)})"
        case Either():
            return f"({' OR '.join(map(expression, node.parts))})"
        case All():
            wanted = [expression(p) for p in node.parts if not isinstance(p, Not)]
            unwanted = [expression(p.part) for p in node.parts if isinstance(p, Not)]
            found = f"({' AND '.join(wanted or [_ANY])})"
            return f"({found} NOT ({' OR '.join(unwanted)}))" if unwanted else found


def marks(node: Node | None) -> Iterator[Mark]:
    """List what a question looks for in headlines and texts, and does not exclude."""
    match node:
        case Term(field=None | Field.TITLE | Field.TEXT):
            yield from (Mark(phrase, node.field) for phrase in phrases(node))
        case All() | Either():
            for part in node.parts:
                yield from marks(part)


def phrases(term: Term) -> list[Phrase]:
    """Give the ways in which a term may be written in the index; at least one."""
    written = (forms(word) for word in WRITTEN_WORD.findall(term.text))
    found = [word for word in written if word.tokens]
    tokens = [token for word in found for token in word.tokens]
    is_prefix = term.is_prefix
    if is_single(tokens[-1]):
        # The last letter of a run stands there by itself only at the run's end.
        is_prefix = len(tokens) == 1 or not _is_end_of(tokens[-2], tokens[-1])
        tokens = tokens if is_prefix else tokens[:-1]
    first = Phrase(tuple(tokens), is_prefix)
    if len(found) > 1:
        return [first]
    others = (Phrase((other,), term.is_prefix) for other in found[0].others)
    return [first, *others]


def _is_end_of(pair: str, letter: str) -> bool:
    return is_paired(pair) and pair != letter and pair.endswith(letter)


def _term(term: Term) -> str:
    match term.field:
        case Field.SOURCE | Field.LANGUAGE | Field.CLASS:
            return _fact(fact(term.field, term.text), is_prefix=term.is_prefix)
        case Field.SITE:
            return _fact(site(term.text), is_prefix=term.is_prefix)
    ways = " OR ".join(_quoted(p.tokens, p.is_prefix) for p in phrases(term))
    return f"({_WRITTEN[term.field]} : ({ways}))"


def _fact(word: str, *, is_prefix: bool) -> str:
    return f"({{facts}} : {_quoted((word,), is_prefix)})"


def _quoted(tokens: tuple[str, ...], is_prefix: bool) -> str:
    return f'"{" ".join(tokens)}"{" *" if is_prefix else ""}'
