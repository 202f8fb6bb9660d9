"""A page, rewritten: nothing in it acts, what it needs is from the archive. Pure.

A page is read once. Links are rewritten at once; of images and style sheets it is
first asked which are held, and then only these are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from archive.replay import inert
from archive.replay.links import Links, absolute
from archive.srcset import srcset_candidates
from archive.stylesheets import with_addresses

_NO_ADDRESS: Final = "about:invalid"
_PARSER_OPTIONS: Final = {
    "encoding": "utf-8",
    "remove_comments": True,
    "remove_pis": True,
    "no_network": True,
    "default_doctype": False,  # without a doctype of its own a page is in quirks mode
    "huge_tree": True,
}
_TINY: Final = frozenset({"0", "1", "0px", "1px"})  # sides of images that only count


@dataclass(slots=True, kw_only=True)
class Lacks:
    """What of a page can't be shown."""

    images: int = 0  # not held
    styles: int = 0  # not held
    frames: int = 0  # left out: a frame is a page of its own


@dataclass(frozen=True, slots=True)
class _Source:
    """An attribute that holds the address of a requisite."""

    element: etree._Element
    name: str
    url: str
    fragment: str = ""  # with its "#": the part of a drawing


@dataclass(frozen=True, slots=True)
class _Set:
    """An attribute that holds several, for screens of all kinds."""

    element: etree._Element
    name: str
    candidates: tuple[tuple[str, str], ...]  # address and descriptors


@dataclass(slots=True)
class _Needs:
    sources: list[_Source] = field(default_factory=list)
    sets: list[_Set] = field(default_factory=list)
    sheets: list[_Source] = field(default_factory=list)


class Page:
    """A page as it will be shown.

    Attributes:
        lacks: what of it can't be shown; complete after `fill`.
    """

    def __init__(
        self, text: str, *, url: str, links: Links, encoding: str = "utf-8"
    ) -> None:
        """Read a page and take out of it what acts.

        `encoding` is what the page was in: its links are. No text makes this
        fail; of what is not HTML at all, what can be read is kept.
        """
        self.lacks = Lacks()
        self._links = links
        self._encoding = encoding
        self._needs = _Needs()
        self._root = _parsed(text)
        self._base, self._is_based = self._base_of(url)
        for element in list(self._root.iter("*")):
            self._treat(element)
        etree.strip_tags(self._root, *inert.UNWRAPPED)

    @property
    def requisites(self) -> tuple[str, ...]:
        """The images and style sheets that the page names, each once."""
        found = dict.fromkeys(one.url for one in self._needs.sheets)
        found |= dict.fromkeys(one.url for one in self._needs.sources)
        for several in self._needs.sets:
            found |= dict.fromkeys(url for url, _ in several.candidates)
        return tuple(found)

    def fill(self, held: Collection[str]) -> None:
        """Keep the requisites that are held; of other images the text stays."""
        shown: set[etree._Element] = set()
        for several in self._needs.sets:
            kept = [one for one in several.candidates if one[0] in held]
            if kept:
                several.element.set(several.name, self._srcset(kept))
                shown.add(several.element)
        for one in self._needs.sources:
            if one.url in held:
                address = self._links.to_image(f"{one.url}{one.fragment}")
                one.element.set(one.name, address)
                shown.add(one.element)
        named = {one.element: None for one in self._needs.sources}
        named |= {several.element: None for several in self._needs.sets}
        for element in named:
            if element.tag == "img" and element not in shown and not _is_tiny(element):
                self.lacks.images += not self._is_in_shown_picture(element, shown)
        for sheet in self._needs.sheets:
            if sheet.url in held:
                sheet.element.set("href", self._links.to_style(sheet.url))
            else:
                self.lacks.styles += 1
                _drop(sheet.element)

    def html(self, banner: etree._Element | None = None) -> bytes:
        """Write the page in UTF-8, with a banner as the first thing in its body."""
        body = _body_of(self._root)
        if banner is not None:
            banner.tail, body.text = body.text, None
            body.insert(0, banner)
        written: bytes = etree.tostring(
            self._root.getroottree(), method="html", encoding="utf-8"
        )
        return written

    # ------------------------------------------------------------ elements

    def _treat(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in inert.FRAMES:
            self.lacks.frames += 1
        if tag in inert.DROPPED or (tag in inert.ANIMATIONS and _sets_address(element)):
            _drop(element)
            return
        special = self._SPECIAL.get(tag)
        if special is not None and not special(self, element):
            _drop(element)
            return
        names = element.keys()
        for name in names:
            self._attribute(element, name)
        for name in inert.LAZY_BACKGROUNDS:
            if value := element.get(name):
                self._lazy_background(element, value)

    def _attribute(self, element: etree._Element, name: str) -> None:
        if name[:2] == "on" or name in inert.REMOVED:
            del element.attrib[name]
            return
        treat = self._ATTRIBUTES.get(name)
        if treat is not None:
            treat(self, element, name, element.get(name, ""))
        elif name in inert.PAINTED:
            self._css_attribute(element, name, element.get(name, ""))

    def _link(self, element: etree._Element, name: str, value: str) -> None:
        if element.tag in _PICTURED:
            self._source(element, name, value)
            return
        if value.lstrip()[:1] == "#" and not self._is_based:
            return  # within the page
        url = absolute(self._base, value, self._encoding)
        if url is None:
            del element.attrib[name]
        else:
            element.set(name, self._links.to_page(url))

    def _source(self, element: etree._Element, name: str, value: str) -> None:
        if element.tag not in _WITH_SOURCE:
            if name == "src":
                del element.attrib[name]
            return
        if value.lstrip()[:11].lower() == "data:image/" and element.tag != "use":
            return
        if value.lstrip()[:1] == "#" and element.tag in _PICTURED:
            return
        del element.attrib[name]  # until it is known to be held
        if url := self._absolute(value):
            _, mark, fragment = value.partition("#")
            self._needs.sources.append(_Source(element, name, url, mark + fragment))

    def _background(self, element: etree._Element, name: str, value: str) -> None:
        del element.attrib[name]
        if url := self._absolute(value):
            self._needs.sources.append(_Source(element, name, url))

    def _several(self, element: etree._Element, name: str, value: str) -> None:
        del element.attrib[name]
        candidates = tuple(
            (url, descriptors)
            for reference, descriptors in srcset_candidates(value)
            if (url := self._absolute(reference))
        )
        if candidates:
            self._needs.sets.append(_Set(element, name, candidates))

    def _css_attribute(self, element: etree._Element, name: str, value: str) -> None:
        if "(" in value or "\\" in value:
            element.set(name, self._css(value))

    def _lazy_background(self, element: etree._Element, value: str) -> None:
        """Show a background that a script would have set."""
        style = element.get("style", "")
        if "background" in style:
            return
        if "(" not in value:  # else it is the CSS to be set
            url = self._absolute(value)
            if url is None:
                return
            value = f'url("{self._links.to_image(url)}")'
        else:
            value = self._css(value)
        element.set("style", f"{style};background-image:{value}".lstrip(";"))

    # ------------------------------------------------------------ special ones

    def _img(self, element: etree._Element) -> bool:
        """Put the address of an image that a script would have loaded in its place."""
        source = element.get("src", "").strip()
        if not source or source[:5].lower() == "data:":
            for name in inert.LAZY_URLS:
                if self._absolute(element.get(name, "")):
                    element.set("src", element.get(name, ""))
                    break
        return self._picture_source(element)

    def _picture_source(self, element: etree._Element) -> bool:
        lazy = next((v for n in inert.LAZY_SETS if (v := element.get(n))), None)
        if lazy and not element.get("srcset", "").strip():
            element.set("srcset", lazy)
        return True

    def _sheet(self, element: etree._Element) -> bool:
        """Keep a link if it is to a style sheet or an icon."""
        rels = set(element.get("rel", "").lower().split())
        onload = element.get("onload", "").lower()
        if "preload" in rels and "stylesheet" in onload:  # as soon as it is loaded
            element.set("rel", "stylesheet")
            rels = {"stylesheet"}
        if "media" in onload and element.get("media", "").lower() == "print":
            del element.attrib["media"]  # as soon as it is loaded, for all
        is_style = "stylesheet" in rels and "alternate" not in rels
        url = self._absolute(element.get("href", ""))
        if url is None or not (is_style or rels & inert.ICONS):
            return False
        for name in set(element.keys()) - {"rel", "media", "type", "sizes", "title"}:
            del element.attrib[name]
        if is_style:
            element.set("rel", "stylesheet")
            self._needs.sheets.append(_Source(element, "href", url))
        else:
            self._needs.sources.append(_Source(element, "href", url))
        return True

    def _style(self, element: etree._Element) -> bool:
        if element.text:
            element.text = self._css(element.text)
        return True

    def _meta(self, element: etree._Element) -> bool:
        name = element.get("name", "").strip().lower()
        is_plain = element.get("http-equiv") is None and element.get("charset") is None
        return is_plain and name not in inert.UNWANTED_NAMES

    # ------------------------------------------------------------ addresses

    def _base_of(self, url: str) -> tuple[str, bool]:
        """Find what references are relative to (HTML, 4.2.3)."""
        for base in self._root.iter("base"):
            if (href := base.get("href")) is not None:
                stated = absolute(url, href)
                if stated is None:
                    break
                return stated, stated.partition("#")[0] != url.partition("#")[0]
        return url, False

    def _absolute(self, reference: str) -> str | None:
        """Resolve the address of a requisite: without fragment, None if it is none."""
        if not reference.strip():
            return None  # as browsers do; else it would be the page itself
        url = absolute(self._base, reference, self._encoding)
        return url.partition("#")[0] if url else None

    def _css(self, text: str) -> str:
        return css_with_links(text, url=self._base, links=self._links)

    def _srcset(self, candidates: Collection[tuple[str, str]]) -> str:
        return ", ".join(
            f"{self._links.to_image(url).replace(',', '%2C')} {descriptors}".strip()
            for url, descriptors in candidates
        )

    def _is_in_shown_picture(
        self, element: etree._Element, shown: Collection[etree._Element]
    ) -> bool:
        parent = element.getparent()
        return (
            parent is not None
            and parent.tag == "picture"
            and any(child in shown for child in parent)
        )

    _SPECIAL: Final = {
        "img": _img,
        "source": _picture_source,
        "link": _sheet,
        "style": _style,
        "meta": _meta,
    }
    _ATTRIBUTES: Final = {
        "href": _link,
        "xlink:href": _link,
        "src": _source,
        "poster": _background,
        "background": _background,
        "srcset": _several,
        "imagesrcset": _several,
        "style": _css_attribute,
    }


_PICTURED: Final = frozenset({"image", "use", "feimage"})
_WITH_SOURCE: Final = _PICTURED | {"img", "input", "source", "video", "audio", "track"}


def css_with_links(text: str, *, url: str, links: Links) -> str:
    """Rewrite a style sheet: what it needs comes from the archive."""

    def stand_in(reference: str, to: Callable[[str], str]) -> str:
        trimmed = reference.lstrip()
        if trimmed[:1] == "#" or trimmed[:5].lower() == "data:":
            return reference
        found = absolute(url, reference) if trimmed else None
        return to(found) if found else _NO_ADDRESS

    return with_addresses(
        text,
        lambda reference: stand_in(reference, links.to_image),
        lambda reference: stand_in(reference, links.to_style),
    )


def _parsed(text: str) -> etree._Element:
    octets = text.replace("\x00", "\ufffd").encode("utf-8", "replace")
    try:
        root = etree.fromstring(octets, etree.HTMLParser(**_PARSER_OPTIONS))
    except etree.XMLSyntaxError:  # empty, or nothing but comments
        root = None
    if root is None or root.tag != "html":
        page = etree.Element("html")
        if root is not None:
            page.append(root)
        return page
    return root


def _body_of(root: etree._Element) -> etree._Element:
    """Find the body; a page of frames gets one, with what stood around them."""
    body = root.find("body")
    if body is None:
        body = etree.Element("body")
        for child in list(root):
            if child.tag != "head":
                body.append(child)
        root.append(body)
    return body


def _drop(element: etree._Element) -> None:
    """Take an element out, and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _sets_address(element: etree._Element) -> bool:
    name: str = element.get("attributename", "")
    return name.lower().endswith("href")


def _is_tiny(element: etree._Element) -> bool:
    return (
        element.get("width", "").strip() in _TINY
        or element.get("height", "").strip() in _TINY
    )
