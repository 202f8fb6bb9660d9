"""The part of a page its article lies in, so that less has to be looked through. Pure.

A fast extractor names the paragraphs it takes for the article; the deepest element
that holds most of their text is the region. Trafilatura then works on a copy of that
element and of the tags above it, whose names it goes by: that takes half the time,
and keeps it from what stands around. Where it finds something else there than the
fast extractor did, the whole page is looked at (pipelines/body/fusion.py).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import etree

from archive.characters import writable
from pipelines.body.layout import INLINE, with_paragraphs, without_layout_tables
from pipelines.parsed import Tree

_SHARE: Final = 0.88  # of the named text, that the region holds
_ENOUGH: Final = 0.5  # of the named text, that has to be found again at all
_SHORTEST: Final = 40  # characters of a paragraph that counts
_LEAST: Final = 300  # characters of all of them
_PARAGRAPHS: Final = ("p", "blockquote", "h2", "h3")
# Hold text of their own on some pages, and other paragraphs on most.
_CONTAINERS: Final = frozenset({"li", "div", "td", "section", "span"})
_OWN_TEXT: Final = 30  # characters before the first child, to look into a container
_TOO_SMALL: Final = frozenset({*_PARAGRAPHS, "li", "td", "span"})
_KEPT: Final = frozenset({"dl", "menu", "ol", "table", "tbody", "tr", "ul"})
_PLAIN_TAG: Final = re.compile(r"[a-z][a-z0-9]*")  # others can't be made anew
_TELLING: Final = ("class", "id", "itemprop", "role")  # what trafilatura goes by
_WORD: Final = re.compile(r"[^\W_]+")
_HEADINGS: Final = ("h2", "h3", "h4")
_LEAST_SLUGS: Final = 3
_MOST_PIECES: Final = 20  # of a heading's text
_LONGEST_HEADING: Final = 300  # characters
_NAMED_BY_WORDS: Final = etree.XPath(".//*[contains(substring-after(@id, '-'), '-')]")
# What trafilatura removes anyway, whatever its options (settings.MANUALLY_CLEANED),
# but for forms, figures, labels and pictures, which it looks into before.
NEVER_TEXT: Final = (
    *("applet", "area", "aside", "audio", "button", "canvas", "datalist", "dialog"),
    *("embed", "footer", "frame", "frameset", "head", "iframe", "input", "legend"),
    *("link", "math", "menu", "meta", "nav", "noscript", "object", "optgroup"),
    *("option", "output", "param", "progress", "select", "source", "textarea"),
    *("title", "track", "use", "video"),
)


def find_region(tree: Tree, named: str) -> Tree | None:
    """Find the element of a text whose lines were named; None if there is none."""
    body = tree.find("body")
    if body is None:
        return None
    keys = {key for line in named.split("\n") if (key := _key(line))}
    held: dict[Tree, int] = {}
    total = 0
    for element in _paragraphs(body):
        text = element.text_content().lstrip()
        if len(text) >= _SHORTEST and _key(text) in keys:
            total += len(text)
            for above in (element, *element.iterancestors()):
                held[above] = held.get(above, 0) + len(text)
    if total < max(_LEAST, _ENOUGH * len(named)):
        return None
    region = body
    while inner := [child for child in region if held.get(child, 0) >= _SHARE * total]:
        region = inner[0]
    while region.tag in _TOO_SMALL:
        region = region.getparent()
    return region


def cut_out(region: Tree) -> Tree:
    """Copy a region and the tags above it, without what is never text.

    The region is marked as the article, else trafilatura might go by the first of
    several <article>, or, on a page without any, by paragraphs alone, lists left out.
    """
    inner = copy.deepcopy(region)
    inner.tail = None
    if inner.tag in _KEPT:
        inner = _within("article", inner)
    elif inner.tag != "body":
        inner.tag = "article"
        with_paragraphs(inner)
    _drop_slugs(inner)
    for above in region.iterancestors():
        tag = above.tag if _PLAIN_TAG.fullmatch(above.tag) else "div"
        inner = _within(tag, inner, above)
    return cleared(inner)


def _drop_slugs(region: Tree) -> None:
    """Drop ids that a template makes of headings, such as "menu-ideas-for-two".

    Trafilatura would go by the words in them, as if they told what a section is. One
    alone may well tell that: "related-stories-for-you".
    """
    found = [element for element in _NAMED_BY_WORDS(region) if _is_slug(element)]
    if len(found) >= _LEAST_SLUGS:
        for element in found:
            del element.attrib["id"]


def _is_slug(element: Tree) -> bool:
    """Whether the id of an element is its first heading."""
    heading = next(element.iter(*_HEADINGS), None)
    if heading is None:
        return False
    said = "".join(islice(heading.itertext(), _MOST_PIECES))[:_LONGEST_HEADING]
    return bool(said) and _slug(element.get("id")[:_LONGEST_HEADING]) == _slug(said)


def _slug(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()


def _within(tag: str, inner: Tree, above: Tree | None = None) -> Tree:
    """Put an element into a new one, with the names of the one `above` it."""
    named = {} if above is None else {n: above.get(n, "") for n in _TELLING}
    outer = inner.makeelement(tag, {n: writable(said) for n, said in named.items()})
    outer.append(inner)
    return outer


def cleared(tree: Tree) -> Tree:
    """Remove what is never text from a tree, which is changed, and give it."""
    etree.strip_elements(tree, *NEVER_TEXT, with_tail=False)
    without_layout_tables(tree)
    return tree


def _paragraphs(body: Tree) -> Iterator[Tree]:
    for element in body.iter(*_PARAGRAPHS, *_CONTAINERS):
        if element.tag in _CONTAINERS:
            text = element.text
            if not text or text.isspace():
                continue
            goes_on = len(element) and element[0].tag in INLINE
            if len(text) < _OWN_TEXT and not goes_on:
                continue
        yield element


def _key(line: str) -> str:
    """Give the beginning of a line without spaces and marks; "" of a short line."""
    if len(line) < _SHORTEST:
        return ""
    return "".join(_WORD.findall(line[:120]))[:40]
