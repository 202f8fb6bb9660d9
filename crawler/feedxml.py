"""Entries of RSS and Atom, read with lxml: only the few elements that are wanted.

Nothing here does I/O. Sources: RSS 2.0, RSS 1.0, RFC 4287 (Atom).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml import etree

from crawler.finds import Find, Found, Problem, absolute, dates
from crawler.plaintext import collapsed, plain_of_html
from crawler.xmltext import breakage

ENTRY_LIMIT = 50_000  # entries of one feed; as many as a sitemap may have
FIELD_LIMIT = 8192  # characters of one address, date or title, as of a sitemap

# In order of preference. The names are those of RSS 2.0, Atom 1.0, Dublin
# Core and Atom 0.3; prefixes are not looked at, they are too often wrong.
_PUBLISHED = ("pubDate", "published", "date", "issued", "created")
_MODIFIED = ("updated", "modified")
# Where services that count clicks keep the address that was there before.
_ORIGINALS = ("origLink",)  # of FeedBurner and Pheedo
_ENTRY_TAGS = ("{*}item", "{*}entry")
HAS_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_XHTML_DIV = "{http://www.w3.org/1999/xhtml}div"


def entries_in_xml(text: str, url: str) -> tuple[list[Find], Problem | None]:
    """Read each entry of a sound or nearly sound feed; and say where it broke.

    The text is without document type, its references are sound. An entry
    without an address is a problem among the finds. Never raises.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser, base_url=url)
    except etree.XMLSyntaxError as error:
        return [], Problem(sentence=f"broken XML: {error.msg}", line=error.lineno)
    if root is None:
        return [], Problem(sentence="broken XML: no element")
    elements = _entries(root)
    finds = [
        _entry(element, number)
        for number, element in enumerate(islice(elements, ENTRY_LIMIT))
    ]
    if left_out := sum(1 for _ in elements):
        sentence = f"{left_out} entries beyond the first {ENTRY_LIMIT} were left out"
        finds.append(Problem(sentence=sentence))
    return finds, breakage(parser.error_log)


def _entries(root: etree._Element) -> Iterator[etree._Element]:
    for element in root.iter(*_ENTRY_TAGS):
        # media:item and the like are no entries: an entry holds elements.
        if len(element):
            yield element


def _entry(element: etree._Element, number: int) -> Find:
    children: dict[str, list[etree._Element]] = {}
    for child in element.iterchildren("*"):
        children.setdefault(_local_name(child), []).append(child)
    is_atom = element.tag.endswith("entry")
    link = (
        _original(children) or _atom_link(children)
        if is_atom
        else _original(children) or _rss_link(element, children)
    )
    if link is None:
        return Problem(
            sentence=f"entry {number + 1} has no address", line=_line(element)
        )
    reference, holder = link
    try:
        # `base` climbs the tree for each xml:base: only when it is needed.
        base = "" if HAS_SCHEME.match(reference) else holder.base or ""
        address = absolute(reference, base)
    except ValueError as error:
        return Problem(
            sentence=f"entry {number + 1}: no address, {reference[:80]!r} ({error})",
            line=_line(element),
        )
    date, modified = dates(_first(children, _PUBLISHED), _first(children, _MODIFIED))
    return Found(
        url=address, title=_title(children, is_atom), date=date, modified=modified
    )


def _original(
    children: dict[str, list[etree._Element]],
) -> tuple[str, etree._Element] | None:
    for name in _ORIGINALS:
        for original in children.get(name, ()):
            if HAS_SCHEME.match(text := _text(original)):
                return text, original
    return None


def _rss_link(
    element: etree._Element, children: dict[str, list[etree._Element]]
) -> tuple[str, etree._Element] | None:
    for link in children.get("link", ()):
        if text := _text(link):
            return text, link
    # atom:link within RSS, else RSS 2.0's permalink: `isPermaLink` is "true"
    # unless said otherwise, but many write ids there that are no addresses.
    if (alternate := _alternate(children.get("link", []))) is not None:
        return alternate
    for guid in children.get("guid", ()):
        permalink = guid.get("isPermaLink", "true").strip().lower() != "false"
        text = _text(guid)
        if permalink and HAS_SCHEME.match(text):
            return text, guid
    # RSS 1.0, 5.5: the address of an item is also its name.
    for key, value in element.attrib.items():
        if str(key).endswith("}about") and value:
            return str(value), element
    return None


def _atom_link(
    children: dict[str, list[etree._Element]],
) -> tuple[str, etree._Element] | None:
    if (alternate := _alternate(children.get("link", []))) is not None:
        return alternate
    for content in children.get("content", ()):  # RFC 4287, 4.1.3.2
        if source := content.get("src"):
            return source, content
    for identifier in children.get("id", ()):
        if HAS_SCHEME.match(text := _text(identifier)):
            return text, identifier
    for link in children.get("link", ()):  # as RSS has it
        if not link.get("href") and HAS_SCHEME.match(text := _text(link)):
            return text, link
    return None


def _alternate(links: list[etree._Element]) -> tuple[str, etree._Element] | None:
    """Choose among links: `rel` missing is "alternate" (RFC 4287, 4.2.7.2)."""
    first = None
    for link in links:
        href = (link.get("href") or "").strip()
        rel = link.get("rel", "").strip().lower()
        # The name may be written as the IRI that it stands for.
        if not href or rel.rpartition("relation/")[2] not in {"", "alternate"}:
            continue
        if "html" in link.get("type", "text/html").lower():
            return href, link
        first = first or (href, link)
    return first


def _title(children: dict[str, list[etree._Element]], is_atom: bool) -> str | None:
    titles = children.get("title", [])
    if len(titles) > 1:  # media:title may stand before the title
        titles = sorted(titles, key=_is_foreign)
    for title in titles:
        kind = title.get("type", "text" if is_atom else "html").lower()
        if kind == "xhtml" or title.find(_XHTML_DIV) is not None:
            text = collapsed(_content(title))
        elif kind in {"html", "text/html"}:
            text = plain_of_html(_content(title))
        else:
            text = collapsed(_content(title))
        if text:
            return text
    return None


def _is_foreign(element: etree._Element) -> bool:
    parent = element.getparent()
    assert parent is not None
    return _namespace(element) != _namespace(parent)


def _first(
    children: dict[str, list[etree._Element]], names: tuple[str, ...]
) -> str | None:
    for name in names:
        for child in children.get(name, ()):
            if text := _text(child):
                return text
    return None


def _local_name(element: etree._Element) -> str:
    return _local(str(element.tag))


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _namespace(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0]


def _line(element: etree._Element) -> int | None:
    line: Any = element.sourceline  # its stubs know no type for it
    return line if isinstance(line, int) else None


def _content(element: etree._Element) -> str:
    if not len(element):
        return (element.text or "")[:FIELD_LIMIT]
    # `str` only for the type checker: XML gives nothing but text here.
    return "".join(map(str, element.itertext()))[:FIELD_LIMIT]


def _text(element: etree._Element) -> str:
    return _content(element).strip()
