"""The images, styles, scripts and fonts that a page needs to be shown.

Nothing here does I/O. Frames, and the files of audio and video, are not
requisites: a frame is a page of its own, and media files are too large to
come along unasked. Manifests, prefetches and `og:image` are not shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, cast
from urllib.parse import urljoin

from lxml import etree

from archive.markup import rejoined
from archive.srcset import srcset_addresses
from archive.stylesheets import css_references

_LINK_RELS = frozenset(
    {
        "stylesheet",
        "icon",
        "apple-touch-icon",
        "apple-touch-icon-precomposed",
        "mask-icon",
        "modulepreload",
    }
)
_PRELOADS = frozenset({"style", "script", "image", "font"})
# No IP literal, no user information, no dot segments, no control characters:
# what `urljoin` would give back as it is.
_ORDINARY = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[!-~]*)?\Z")
_FROM_ROOT = re.compile(r"/(?![/.])(?:[!-.0-~]|/(?![.]))*\Z")
_NEVER = ("data:", "javascript:", "about:", "blob:", "mailto:", "#")

# Where scripts that load images late keep the address until then.
_LAZY_URLS = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-url")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")
_LAZY_BACKGROUNDS = ("data-bg", "data-background", "data-background-image")

# One XPath for all elements and attributes takes twice the time of parsing.
_WITH_BACKGROUND: Final = etree.XPath(
    "//@style[contains(., '(')]/.. | //@background/.. | //@data-bg/.."
    " | //@data-background/.. | //@data-background-image/.."
)
_BASE: Final = etree.XPath("string(//base[@href][1]/@href)")


def requisites_of_html(
    body: bytes, *, url: str, charset: str | None = None
) -> tuple[str, ...]:
    """List what a page needs, in document order: absolute, each once.

    `body` is without content coding; without `charset` the page's own
    declaration counts. Fragments are removed; only http and https addresses
    are given, and what can not be an address is left out. A page that can
    not be parsed at all needs nothing.
    """
    root = _parsed(body, charset)
    if root is None:
        return ()
    try:
        base = urljoin(url, str(_BASE(root)).strip())
    except ValueError:  # a base that is no address is ignored (HTML, 4.2.3)
        base = url
    if not base.startswith(("http:", "https:")):
        base = url
    return _absolute(
        (ref for element in _elements(root) for ref in _needs(element)), base
    )


def requisites_of_css(text: str, *, url: str) -> tuple[str, ...]:
    """List what a style sheet needs: `url()`, `@import`, `image-set()`.

    With the promises of `requisites_of_html`; `url` is that of the sheet.
    """
    return _absolute(css_references(text), url)


def _parsed(body: bytes, charset: str | None) -> etree._Element | None:
    try:
        parser = _parser(charset)
    except LookupError:  # a charset that libxml2 does not know
        parser = _parser(None)
    try:
        # Plain elements: those of lxml.html cost a call for each.
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:  # empty, or nothing but comments
        return None
    return None if root is None else rejoined(root)


def _parser(charset: str | None) -> etree.HTMLParser:
    return etree.HTMLParser(
        encoding=charset, remove_comments=True, remove_pis=True, no_network=True
    )


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    """Give the elements that may need something, in document order."""
    backgrounds = set(cast("Any", _WITH_BACKGROUND(root)))
    if not backgrounds:
        yield from root.iter(*_NEEDS)
        return
    for element in root.iter():
        if element.tag in _NEEDS or element in backgrounds:
            yield element


def _absolute(references: Iterator[str], base: str) -> tuple[str, ...]:
    addresses: dict[str, None] = {}
    scheme, _, rest = base.partition("://")
    origin = f"{scheme}://{rest.partition('/')[0]}" if _ORDINARY.match(base) else None
    for reference in dict.fromkeys(references):
        trimmed = reference.strip()
        if not trimmed or trimmed[:12].lower().startswith(_NEVER):
            continue
        address = trimmed.partition("#")[0]
        # Nearly all are one of two kinds that need no taking apart.
        if not _ORDINARY.match(address):
            if origin and _FROM_ROOT.match(address):
                address = origin + address
            else:
                try:
                    address = urljoin(base, address)
                except ValueError:
                    continue
        if address[:8].lower().startswith(("http://", "https://")):
            addresses[address] = None
    return tuple(addresses)


# ---------------------------------------------------------------- elements


def _needs(element: etree._Element) -> Iterator[str]:
    names = _NEEDS.get(element.tag)
    if names is not None:
        yield from names(element)
    for name in ("background", *_LAZY_BACKGROUNDS):
        if value := element.get(name):
            # data-bg holds an address, or the CSS to be set.
            yield from css_references(value) if "(" in value else (value,)
    style = element.get("style")
    if style and "(" in style:
        yield from css_references(style)


def _image(element: etree._Element) -> Iterator[str]:
    yield from _values(element, ("src", *_LAZY_URLS))
    for name in ("srcset", *_LAZY_SETS):
        yield from srcset_addresses(element.get(name, ""))


def _picture_source(element: etree._Element) -> Iterator[str]:
    parent = element.getparent()
    if parent is not None and parent.tag in {"video", "audio"}:
        return
    for name in ("srcset", *_LAZY_SETS):
        yield from srcset_addresses(element.get(name, ""))


def _link(element: etree._Element) -> Iterator[str]:
    rels = set(element.get("rel", "").lower().split())
    is_preload = "preload" in rels and element.get("as", "").lower() in _PRELOADS
    if not (is_preload or rels & _LINK_RELS):
        return
    yield from _values(element, ("href",))
    yield from srcset_addresses(element.get("imagesrcset", ""))


def _script(element: etree._Element) -> Iterator[str]:
    yield from _values(element, ("src",))


def _style(element: etree._Element) -> Iterator[str]:
    yield from css_references(element.text or "")


def _input(element: etree._Element) -> Iterator[str]:
    if element.get("type", "").lower() == "image":
        yield from _values(element, ("src",))


def _video(element: etree._Element) -> Iterator[str]:
    yield from _values(element, ("poster", "data-poster"))


def _svg(element: etree._Element) -> Iterator[str]:
    yield from _values(element, ("href", "xlink:href"))


def _values(element: etree._Element, names: tuple[str, ...]) -> Iterator[str]:
    return (value for name in names if (value := element.get(name)))


_NEEDS: Final[dict[str, Callable[[etree._Element], Iterator[str]]]] = {
    "img": _image,
    "source": _picture_source,
    "link": _link,
    "script": _script,
    "style": _style,
    "input": _input,
    "video": _video,
    "image": _svg,
    "use": _svg,
    "feimage": _svg,
}
