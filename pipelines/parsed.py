"""A page, parsed once: what all readers of fields and texts share. Pure.

Nobody changes the tree: who has to, copies it first. Drawings, styles and scripts,
which make up much of a news page and hold no text, are not in it; the scripts are
kept apart, since some hold data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree, html

from archive.markup import rejoined
from archive.streamed import assembled, parts_of, without_waiting
from pipelines.decoding import Markup
from pipelines.extraction import Hints, Page
from pipelines.jsonld import StructuredData, read_structured_data

_UNREAD: Final = ("svg", "style", "script")  # elements that are not in the tree
# The tree has no doctype, and libxml2 stumbles over odd ones.
_DOCTYPE: Final = re.compile(rb"\s*<\s*!\s*doctype[^>]*>", re.IGNORECASE)
_CLOSED_ROOT: Final = re.compile(rb"(<html[^<>]*?)\s*/>", re.IGNORECASE)
_KINDS: Final = {
    "h1": "heading",
    "h2": "heading",
    "link": "link",
    "meta": "meta",
    "title": "title",
}
_NEVER_AROUND: Final = ("aside", "footer", "header", "menu", "nav")  # a <main>
_MOST_NAMED: Final = 5000  # elements of a kind; those of pages are fewer than 200
_NAMING: Final = ("property", "name", "itemprop", "http-equiv")
_JSON_LD: Final = "application/ld+json"

Tree = Any  # lxml.html.HtmlElement, which ships no types


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An inline script, whatever its language."""

    type: str  # media type, lower case, no parameters; "" if none is stated
    id: str
    text: str


class Meta:
    """The <meta> tags of a page, by their names in lower case, in document order."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterator[tuple[str, str]]) -> None:
        """Collect pairs of name and content; empty contents are left out."""
        self._values: dict[str, list[str]] = {}
        for name, content in pairs:
            if said := content.strip():
                self._values.setdefault(name, []).append(said)

    def first(self, name: str) -> str | None:
        """Give the first value of a name, or None."""
        values = self._values.get(name)
        return values[0] if values else None

    def all(self, name: str) -> tuple[str, ...]:
        """Give all values of a name."""
        return tuple(self._values.get(name, ()))

    def names(self) -> tuple[str, ...]:
        """Give the names, in the order of their first values."""
        return tuple(self._values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """A page as its readers get it."""

    url: str  # the address that answered
    captured_at: datetime  # UTC; no date after it is believed
    hints: Hints
    markup: Markup
    tree: Tree  # the root element; see the module for what is not in it
    written: bytes  # the tree as HTML in UTF-8: to be searched before asking elements
    title: Tree | None  # the first <title>
    headings: tuple[Tree, ...]  # h1 and h2
    links: tuple[Tree, ...]  # <link>, wherever they stand
    meta: Meta
    data: StructuredData  # JSON-LD
    scripts: tuple[Script, ...]  # inline, JSON-LD left out

    @property
    def top_headings(self) -> tuple[Tree, ...]:
        """Give the h1 alone."""
        return tuple(heading for heading in self.headings if heading.tag == "h1")


class MarkupParser:
    """Parses markup with a lookup of element classes in C.

    lxml.html's own asks Python for each node, which takes longer than parsing.
    """

    def __init__(self) -> None:
        """Prepare the parser; one of them serves for any number of pages."""
        self._parser = etree.HTMLParser(
            encoding="utf-8",
            collect_ids=False,
            default_doctype=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._parser.set_element_class_lookup(
            etree.ElementDefaultClassLookup(
                element=html.HtmlElement,
                comment=html.HtmlComment,
                pi=html.HtmlProcessingInstruction,
                entity=html.HtmlEntity,
            )
        )

    def read(self, page: Page, markup: Markup) -> ParsedPage | None:
        """Parse a page; None if it is empty, or some text that is not HTML.

        Raises MemoryError.
        """
        tree = self.parse(markup.utf8)
        if tree is None:
            return None
        scripts = list(_scripts(tree))
        etree.strip_elements(tree, *_UNREAD, with_tail=False)
        _free_main(tree)
        named = _named(tree)
        return ParsedPage(
            url=page.url,
            captured_at=page.captured_at,
            hints=page.hints,
            markup=markup,
            tree=tree,
            written=etree.tostring(tree, encoding="utf-8", method="html"),
            title=next(iter(named["title"]), None),
            headings=tuple(named["heading"]),
            links=tuple(named["link"]),
            meta=Meta(_meta(named["meta"])),
            data=read_structured_data(
                (script.text for script in scripts if script.type == _JSON_LD), page.url
            ),
            scripts=tuple(script for script in scripts if script.type != _JSON_LD),
        )

    def parse(self, utf8: bytes) -> Tree | None:
        """Parse markup and leave everything in. Raises MemoryError."""
        beginning = utf8[:50].lower()
        if doctype := _DOCTYPE.match(utf8):
            utf8 = utf8[doctype.end() :]
        if closed := _CLOSED_ROOT.search(utf8, 0, 4096):
            utf8 = closed[1] + b">" + utf8[closed.end() :]
        if (parts := parts_of(utf8)) is not None:
            utf8 = without_waiting(utf8, parts)
        try:
            tree = html.fromstring(utf8, parser=self._parser)
        except etree.ParserError:
            return None
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
                raise MemoryError from error
            return None
        # trafilatura's own test for what it is given as bytes
        if b"html" not in beginning and len(tree) < 2:
            return None
        tree = rejoined(tree)
        return tree if parts is None else assembled(tree, parts)


def _scripts(tree: Tree) -> Iterator[Script]:
    for element in tree.iter("script"):
        if text := element.text:
            stated = (element.get("type") or "").partition(";")[0]
            yield Script(
                type=stated.strip().lower(), id=element.get("id") or "", text=text
            )


def _free_main(tree: Tree) -> None:
    """Make plain boxes of the navigation and its kin around a <main>.

    None may hold one (HTML, 4.4.14), so where it has an article in it, they were
    opened and never closed.
    """
    for main in tree.iter("main"):
        if next(main.iter("h1", "article"), None) is None:
            continue
        for above in main.iterancestors(*_NEVER_AROUND):
            above.tag = "div"
            for name in ("class", "id", "role"):
                above.attrib.pop(name, None)


def _named(tree: Tree) -> dict[str, list[Tree]]:
    """Collect the elements that several readers ask for, by one walk."""
    named: dict[str, list[Tree]] = {kind: [] for kind in _KINDS.values()}
    for element in tree.iter(*_KINDS):
        kind = named[_KINDS[element.tag]]
        if len(kind) < _MOST_NAMED:
            kind.append(element)
    return named


def _meta(elements: list[Tree]) -> Iterator[tuple[str, str]]:
    for element in elements:
        content = element.get("content")
        if content:
            for naming in _NAMING:
                if name := element.get(naming):
                    yield name.strip().lower(), content
