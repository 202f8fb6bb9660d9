"""The addresses that a page or a style sheet names, to find what is kept of them.

Pure. More is given than is needed: what no requisite was captured of is never found, so
there is no harm in a word that only looks like an address. For fetching, where there
would be, `crawler.requisites` reads exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from archive.markup import rejoined

_MOST: Final = 5000  # addresses of one page
_LONGEST: Final = 4096  # characters of an address
_ATTRIBUTES: Final = frozenset(
    {"src", "srcset", "href", "poster", "background", "style", "imagesrcset", "data"}
)
# What these lead to is another page.
_LEADING: Final = frozenset({"a", "area", "form", "base", "iframe", "frame"})
_NEVER: Final = ("data:", "javascript:", "about:", "blob:", "mailto:", "#")
_CSS: Final = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^\s"')]+))"""
    r"""|@import\s+(?:"([^"]*)"|'([^']*)')""",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[\s,]+")


def named_in_html(
    body: bytes, *, url: str, charset: str | None = None
) -> frozenset[str]:
    """Give the addresses that a page may need, absolute; `body` without its coding."""
    root = _parsed(body, charset)
    if root is None:
        return frozenset()
    base = next((e.get("href") for e in root.iter("base") if e.get("href")), None)
    words = (word for element in root.iter() for word in _words(element))
    return _absolute(words, _joined(url, base or "") or url)


def named_in_css(text: str, *, url: str) -> frozenset[str]:
    """Give the addresses that a style sheet may need, absolute."""
    return _absolute(_in_css(text), url)


def _parsed(body: bytes, charset: str | None) -> etree._Element | None:
    for encoding in (charset, None):
        try:
            parser = etree.HTMLParser(
                encoding=encoding,
                remove_comments=True,
                remove_pis=True,
                no_network=True,
            )
        except LookupError:  # a charset that libxml2 does not know
            continue
        try:
            root = etree.fromstring(body, parser)
        except etree.XMLSyntaxError:  # empty, or nothing but comments
            return None
        return None if root is None else rejoined(root)
    return None


def _words(element: etree._Element) -> Iterator[str]:
    """Give what may be an address in the attributes and styles of an element."""
    if element.tag == "style":
        yield from _in_css(element.text or "")
    if element.tag in _LEADING:
        return
    for name, value in element.items():
        is_late = str(name).startswith("data-")  # scripts load it when it is seen
        if name in _ATTRIBUTES or is_late:
            yield str(value)
            yield from _in_css(str(value))
        if is_late or str(name).endswith("srcset"):
            yield from _BETWEEN.split(str(value))


def _in_css(text: str) -> Iterator[str]:
    for match in _CSS.finditer(text):
        yield next(group for group in (*match.groups(), "") if group is not None)


def _absolute(words: Iterator[str], base: str) -> frozenset[str]:
    found: set[str] = set()
    for word in words:
        trimmed = word.strip()
        if not trimmed or len(trimmed) > _LONGEST or trimmed.startswith(_NEVER):
            continue
        address = _joined(base, trimmed)
        if address is not None:
            found.add(address)
        if len(found) >= _MOST:
            break
    return frozenset(found)


def _joined(base: str, reference: str) -> str | None:
    try:
        address = urljoin(base, reference).partition("#")[0]
    except ValueError:  # "http://[": anything may stand in a page
        return None
    return address if address.startswith(("http://", "https://")) else None
