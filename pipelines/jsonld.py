"""JSON-LD of a page: the node that is its article, and the nodes around it. Pure.

Read as news sites write it, not as JSON-LD 1.1 has it: no contexts are resolved, and
blocks with control characters, comments around them or trailing commas are mended.
Vocabulary: schema.org.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

_MOST_BLOCKS: Final = 64
_MOST_NODES: Final = 512
_LONGEST_BLOCK: Final = 4 * 1024 * 1024  # characters
_OPENING: Final = re.compile(r"<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?")
_CLOSING: Final = re.compile(
    r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)?\s*;?$"
)  # searched in the last few characters alone: a long run of spaces costs its cube
_LONGEST_CLOSING: Final = 64
_TRAILING_COMMA: Final = re.compile(r",(?=\s*[}\]])")
# Where one node holds others that are as good as its neighbours.
_HOLDERS: Final = ("@graph", "mainEntity", "mainEntityOfPage")

ARTICLE_TYPES: Final = frozenset(
    {
        "advertisercontentarticle",
        "analysisnewsarticle",
        "article",
        "askpublicnewsarticle",
        "backgroundnewsarticle",
        "blogposting",
        "liveblogposting",
        "newsarticle",
        "opinionnewsarticle",
        "report",
        "reportagenewsarticle",
        "reviewnewsarticle",
        "satiricalarticle",
        "scholarlyarticle",
        "socialmediaposting",
        "techarticle",
    }
)

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredData:
    """All nodes, and the one that is taken for the article of the page."""

    nodes: tuple[Node, ...] = ()
    article: Node | None = None

    @property
    def origin(self) -> str:
        """Say where claims of the article node stood: "json-ld:NewsArticle"."""
        names = types(self.article) if self.article else ()
        return f"json-ld:{names[0]}" if names else "json-ld"

    def of_type(self, *names: str) -> Iterator[Node]:
        """Go through the nodes of some types, given in lower case."""
        for node in self.nodes:
            if any(name.lower() in names for name in types(node)):
                yield node


def read_structured_data(blocks: Iterable[str], url: str) -> StructuredData:
    """Read the JSON-LD blocks of the page at `url`; what can't be read is left out."""
    nodes: list[Node] = []
    for number, block in enumerate(blocks):
        if number >= _MOST_BLOCKS or len(nodes) >= _MOST_NODES:
            break
        if len(block) <= _LONGEST_BLOCK:
            nodes += _nodes(_loaded(block), _MOST_NODES - len(nodes))
    return StructuredData(nodes=tuple(nodes), article=_article(nodes, url))


def types(node: Node) -> tuple[str, ...]:
    """Give the types of a node, without the address of the vocabulary."""
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return tuple(
        name.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        for name in names
        if isinstance(name, str) and name
    )


def is_article(node: Node) -> bool:
    """Whether a node is of a type that articles have."""
    return any(name.lower() in ARTICLE_TYPES for name in types(node))


def texts(value: object) -> Iterator[str]:
    """Give the strings of a value: itself, its @value, its name, those of its members.

    HTML entities, which many sites leave in, are resolved.
    """
    if isinstance(value, str):
        said = unescape(value).strip() if "&" in value else value.strip()
        if said:
            yield said
    elif isinstance(value, Mapping):
        yield from texts(value.get("@value", value.get("name")))
    elif isinstance(value, list):
        for member in value[:_MOST_NODES]:
            if not isinstance(member, list):
                yield from texts(member)


def text(value: object) -> str | None:
    """Give the first string of a value, or None."""
    return next(texts(value), None)


def _loaded(block: str) -> object:
    """Read a block, mended if need be; None if it is beyond that."""
    try:
        return msgspec.json.decode(block)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    mended = _unwrapped(block)
    for attempt in (mended, _TRAILING_COMMA.sub("", mended)):
        try:
            return json.loads(attempt, strict=False)  # line feeds within strings
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(block: str) -> str:
    """Take off the comment or CDATA section that hides a block from old browsers."""
    block = block.strip()
    if opening := _OPENING.match(block):
        block = block[opening.end() :]
    return block[:-_LONGEST_CLOSING] + _CLOSING.sub("", block[-_LONGEST_CLOSING:])


def _nodes(loaded: object, most: int) -> list[Node]:
    """Lay out nested nodes side by side, each before those it holds."""
    found: list[Node] = []
    waiting = [loaded]
    while waiting and len(found) < most:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += reversed(value[:most])
        elif isinstance(value, dict):
            if "@type" in value:
                found.append(value)
            waiting += [value[key] for key in reversed(_HOLDERS) if key in value]
    return found


def _article(nodes: Iterable[Node], url: str) -> Node | None:
    """Choose the node that names the page's address, else one with a headline."""
    candidates = [node for node in nodes if is_article(node)]
    path = _path(url)
    return max(
        candidates,
        key=lambda node: (
            2 * _names_address(node, path)
            + ("headline" in node)
            + ("articleBody" in node or "datePublished" in node),
        ),
        default=None,
    )


def _names_address(node: Node, path: str) -> bool:
    stated = (node.get("url"), node.get("@id"), node.get("mainEntityOfPage"))
    return any(
        _path(address) == path
        for value in stated
        for address in (value, value.get("@id") if isinstance(value, dict) else None)
        if isinstance(address, str)
    )


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/").lower()
    except ValueError:
        return address
