"""Feeds: RSS 0.9 to 2.0, RDF, Atom, JSON Feed. Nothing here does I/O.

Two readers stand behind `found_in_feed`. The lean one walks the few elements
that are wanted with lxml; what it can not read goes to feedparser, which
knows far more of the odd cases and is about ten times slower. Of a
broken feed, the reading with more addresses is taken.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import feedparser
from lxml import etree

from crawler.finds import Find, Found, Harvest, Problem, absolute, gathered
from crawler.plaintext import collapsed, plain_of_html
from crawler.xmltext import (
    breakage,
    decoded,
    root_name,
    with_sound_references,
    without_doctype,
)

SIZE_LIMIT = 16 * 1024 * 1024  # bytes of a feed that are read
FALLBACK_LIMIT = 2 * 1024 * 1024  # bytes given to feedparser: it bounds its time

FEED_ROOTS = frozenset({"rss", "rdf", "feed"})

# In order of preference. The names are those of RSS 2.0, Atom 1.0, Dublin
# Core and Atom 0.3; prefixes are not looked at, they are too often wrong.
_DATES = ("pubDate", "published", "date", "issued", "updated", "modified", "created")
_ENTRY_TAGS = ("{*}item", "{*}entry")
_ENTRY_START = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)[\s>]")
_HAS_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_XHTML_DIV = "{http://www.w3.org/1999/xhtml}div"


def found_in_feed(body: bytes, *, url: str, content_type: str | None = None) -> Harvest:
    """Read the entries of a feed: address, title and date as the feed claims.

    `body` is without content coding; `url` is where it came from, the base of
    relative links; `content_type` is the field of the answer, for its
    charset. Never raises: what could not be read, and each entry without an
    address, is a problem. Sources: RSS 2.0, RSS 1.0, RFC 4287, JSON Feed 1.1.
    """
    return gathered(_finds(body, url, content_type))


def _finds(body: bytes, url: str, content_type: str | None) -> Iterator[Find]:
    if len(body) > SIZE_LIMIT:
        left_out = len(body) - SIZE_LIMIT
        yield Problem(sentence=f"the last {left_out} bytes of the feed were not read")
        body = body[:SIZE_LIMIT]
    text, problem = decoded(body, content_type)
    if problem:
        yield problem
    if not text.strip():
        yield Problem(sentence="an empty answer, no feed")
    elif text.lstrip()[0] == "{":
        yield from _in_json(text, url)
    else:
        yield from _in_xml(text, url)


# ---------------------------------------------------------------- XML


def _in_xml(text: str, url: str) -> Iterator[Find]:
    try:
        text = without_doctype(text)
    except ValueError as error:
        yield Problem(sentence=f"no feed: {error}")
        return
    root = root_name(text)
    if root == "html":
        yield Problem(sentence="no feed: the answer is an HTML page")
        return
    text = with_sound_references(text)
    finds, problem = _with_lxml(text, url)
    if problem is None and root in FEED_ROOTS:
        yield from finds
        return
    if problem:
        yield problem
    if root not in FEED_ROOTS or len(finds) < len(_ENTRY_START.findall(text)):
        more = _with_feedparser(text, url)
        if _addresses(more) > _addresses(finds):
            yield Problem(sentence="read with the tolerant parser")
            finds = more
    if not _addresses(finds) and root not in FEED_ROOTS:
        yield Problem(sentence=f"no feed: the root element is {root or 'missing'}")
    yield from finds


def _addresses(finds: list[Find]) -> int:
    return sum(isinstance(find, Found) for find in finds)


def _with_lxml(text: str, url: str) -> tuple[list[Find], Problem | None]:
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
    finds = [_entry(element, number) for number, element in enumerate(_entries(root))]
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
    link = _atom_link(children) if is_atom else _rss_link(element, children)
    if link is None:
        return Problem(
            sentence=f"entry {number + 1} has no address", line=_line(element)
        )
    reference, holder = link
    try:
        # `base` climbs the tree for each xml:base: only when it is needed.
        base = "" if _HAS_SCHEME.match(reference) else holder.base or ""
        address = absolute(reference, base)
    except ValueError as error:
        return Problem(
            sentence=f"entry {number + 1}: no address, {reference[:80]!r} ({error})",
            line=_line(element),
        )
    return Found(url=address, title=_title(children, is_atom), date=_date(children))


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
        if permalink and _HAS_SCHEME.match(text):
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
        if _HAS_SCHEME.match(text := _text(identifier)):
            return text, identifier
    return None


def _alternate(links: list[etree._Element]) -> tuple[str, etree._Element] | None:
    """Choose among links: `rel` missing is "alternate" (RFC 4287, 4.2.7.2)."""
    first = None
    for link in links:
        href = (link.get("href") or "").strip()
        if not href or link.get("rel", "alternate").strip().lower() != "alternate":
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


def _date(children: dict[str, list[etree._Element]]) -> str | None:
    for name in _DATES:
        for date in children.get(name, ()):
            if text := _text(date):
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
        return element.text or ""
    # `str` only for the type checker: XML gives nothing but text here.
    return "".join(map(str, element.itertext()))


def _text(element: etree._Element) -> str:
    return _content(element).strip()


# ---------------------------------------------------------------- feedparser


def _with_feedparser(text: str, url: str) -> list[Find]:
    """Read with feedparser, given text without document type, and no address."""
    body = text.encode("utf-8", "replace")[:FALLBACK_LIMIT]
    # A stream, never the bytes: those feedparser would try as a file name.
    try:
        result = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        AssertionError,
    ) as error:
        # Its SGML and URL readers raise these on hostile input.
        return [Problem(sentence=f"the tolerant parser failed: {error}")]
    return [_feedparser_entry(entry, n, url) for n, entry in enumerate(result.entries)]


def _feedparser_entry(entry: dict[str, Any], number: int, url: str) -> Find:
    reference = entry.get("link") or ""
    try:
        address = absolute(reference, url)
    except ValueError:
        return Problem(sentence=f"entry {number + 1} has no address")
    dates = (dict.get(entry, key) for key in ("published", "updated", "created"))
    return Found(
        url=address,
        title=plain_of_html(entry.get("title") or "") or None,
        date=next((date for date in dates if date), None),
    )


# ---------------------------------------------------------------- JSON


def _in_json(text: str, url: str) -> Iterator[Find]:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        yield Problem(sentence=f"broken JSON: {error}", line=line)
        return
    items = feed.get("items")
    if not isinstance(items, list):
        yield Problem(sentence="no feed: JSON without a list of items")
        return
    for number, item in enumerate(items):
        yield _json_item(item if isinstance(item, dict) else {}, number, url)


def _json_item(item: dict[str, Any], number: int, url: str) -> Find:
    identifier = _json_text(item, "id")
    reference = (
        _json_text(item, "url")
        or (identifier if _HAS_SCHEME.match(identifier) else "")
        or _json_text(item, "external_url")
    )
    try:
        address = absolute(reference, url)
    except ValueError:
        return Problem(sentence=f"entry {number + 1} has no address")
    return Found(
        url=address,
        title=collapsed(_json_text(item, "title")) or None,
        date=_json_text(item, "date_published")
        or _json_text(item, "date_modified")
        or None,
    )


def _json_text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value.strip() if isinstance(value, str) else ""
