"""Headings of a page: which could be its headline, and what they are made of. Pure.

A heading often holds more than the headline: the kicker in a span before it, words
for screen readers alone, a badge. So it is given whole, and in its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from pipelines.parsed import ParsedPage, Tree

_MOST_HEADINGS: Final = 40
_MOST_BESIDE: Final = 8  # h2 where there is an h1
_MOST_NODES: Final = 60  # within one heading
_LONGEST: Final = 500  # characters of a heading; longer ones are whole articles
_LONGEST_NAME: Final = 300  # characters of class and id
_DEEPEST: Final = 6

_STATED: Final = etree.XPath(
    "//*[@itemprop='headline' or @itemprop='name headline'"
    " or @itemprop='headline name'][not(self::meta)]"
)
_STATING: Final = b'prop="headline'
# For pages without h1: elements that are called headlines.
_CALLED: Final = etree.XPath(
    "//*[self::div or self::span or self::p or self::h2 or self::h3 or self::h4]"
    "[contains(@class, 'headline') or contains(@class, 'itle')]"
)
_NAMED: Final = re.compile(
    r"(?:article|post|entry|story|news|page|content|main|detail|single|head)[-_]*"
    r"(?:header|heading)?[-_]*(?:headline|title|heading)|headline|\bp-name\b",
    re.IGNORECASE,
)
UNSEEN: Final = re.compile(
    r"(?:^|[\s_-])(?:visually-?hidden|sr-only|screen-?reader(?:-text)?|is-hidden"
    r"|d-none|hidden|invisible|off-?screen|print-only)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BREAKING: Final = frozenset(
    {"br", "p", "div", "h1", "h2", "h3", "h4", "li", "ul", "tr", "td", "hr", "section"}
)
_NOT_READ: Final = frozenset({"rt", "rp", "button", "noscript"})  # rt: how to say it
_MARGINS: Final = frozenset({"nav", "aside", "footer", "dialog"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a heading: the text of a child element, or between two."""

    text: str
    name: str  # class and id of the child; "" between two


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that could be the headline."""

    element: Tree
    origin: str  # "h1", "h2", "itemprop:headline", "class:headline"
    text: str  # whole, without what only screen readers see
    parts: tuple[Part, ...]  # at least two, or none
    is_named: bool  # its class or id calls it a title of an article
    is_marginal: bool  # hidden, or in a navigation, a box or a footer


def headings(page: ParsedPage) -> list[Heading]:
    """Give the headings of a page: those stated to be the headline, h1, then h2."""
    found: dict[Tree, str] = {}
    # Searching the bytes is much faster than asking each element.
    if _STATING in page.written:
        found.update(dict.fromkeys(_STATED(page.tree)[:4], "itemprop:headline"))
    elements = page.headings[:_MOST_HEADINGS]
    for element in elements:
        if element.tag == "h1":
            found.setdefault(element, "h1")
    others = [element for element in elements if element.tag == "h2"]
    for element in others[: _MOST_BESIDE if found else None]:
        found.setdefault(element, "h2")
    return list(_described(found))


def called_headings(tree: Tree) -> list[Heading]:
    """Give elements that are no headings, but are called titles or headlines."""
    elements = [
        element for element in _CALLED(tree)[:80] if _NAMED.search(_name(element))
    ]
    return list(_described(dict.fromkeys(elements[:_MOST_HEADINGS], "class:headline")))


def element_text(element: Tree) -> str:
    """Give the text of a small element on one line, as it is seen."""
    if not len(element):
        return " ".join((element.text or "").split())
    return " ".join("".join(_seen(element, [_MOST_NODES])).split())


def is_unseen(element: Tree) -> bool:
    """Whether an element is there for screen readers, or not at all."""
    if element.tag in _NOT_READ or element.get("hidden") is not None:
        return True
    if "display:none" in (element.get("style") or "").replace(" ", ""):
        return True
    return UNSEEN.search((element.get("class") or "")[:_LONGEST_NAME]) is not None


def _described(found: dict[Tree, str]) -> Iterator[Heading]:
    for element, origin in found.items():
        text = element_text(element)
        if text and len(text) <= _LONGEST:
            yield Heading(
                element=element,
                origin=origin,
                text=text,
                parts=_parts(element),
                is_named=_NAMED.search(_name(element)) is not None,
                is_marginal=_is_marginal(element),
            )


def _parts(element: Tree) -> tuple[Part, ...]:
    """Take a heading apart, at the level at which it has parts."""
    for _ in range(_DEEPEST):
        if len(element) != 1 or (element.text or "").strip():
            break
        if (element[0].tail or "").strip():
            break
        element = element[0]
    parts = [Part(" ".join((element.text or "").split()), "")]
    for child in element[:12]:
        if not is_unseen(child):
            parts.append(Part(element_text(child), _name(child) or child.tag))
        parts.append(Part(" ".join((child.tail or "").split()), ""))
    kept = tuple(part for part in parts if part.text)
    return kept if len(kept) > 1 else ()


def _seen(element: Tree, left: list[int]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        left[0] -= 1
        if left[0] < 0:
            return
        breaks = child.tag in _BREAKING
        if breaks:
            yield " "
        if not is_unseen(child):
            yield from _seen(child, left)
        if breaks:
            yield " "
        yield child.tail or ""


def _name(element: Tree) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"[:_LONGEST_NAME].strip()


def _is_marginal(element: Tree) -> bool:
    if is_unseen(element):
        return True
    for above in element.iterancestors():
        if above.tag in _MARGINS:
            return True
        if above.tag in {"article", "main", "body"}:
            return False
    return False
