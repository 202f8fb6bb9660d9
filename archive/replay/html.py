"""A page, rewritten: nothing in it acts, what it needs is from the archive. Pure.

A page is read once. Links are rewritten at once; of images and style sheets it is
first asked which are held, and then only these are kept.
"""

from __future__ import annotations

import html
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from lxml import etree

from archive.characters import writable
from archive.markup import rejoined
from archive.replay.elements import Needs, Rewriting, drop, set_, sweep
from archive.replay.inert import UNWRAPPED
from archive.replay.links import Links
from archive.streamed import assembled, parts_of, without_waiting

_PARSER_OPTIONS: Final = {
    "encoding": "utf-8",
    "remove_comments": True,
    "remove_pis": True,
    "no_network": True,
    "default_doctype": False,  # without a doctype of its own a page is in quirks mode
    "huge_tree": True,
    "collect_ids": False,  # nobody asks for an element by its id
}
_MOST_TAGS: Final = 1_000_000  # 220 MB; the longest news pages have 50,000
_TINY: Final = frozenset({"0", "1", "0px", "1px"})  # sides of images that only count


def is_too_long(text: str) -> bool:
    """Whether a text has more tags than a server can be asked to hold at once."""
    return text.count("<") > _MOST_TAGS


@dataclass(slots=True, kw_only=True)
class Lacks:
    """What of a page can't be shown."""

    images: int = 0  # not held
    styles: int = 0  # not held
    frames: int = 0  # left out: a frame is a page of its own


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
        self._links = links
        self._root = _parsed(text)
        self._needs: Needs = Rewriting(self._root, url, links, encoding).needs
        self.lacks = Lacks(frames=self._needs.frames)
        etree.strip_tags(self._root, *UNWRAPPED)

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
                set_(several.element, several.name, self._srcset(kept))
                shown.add(several.element)
        for one in self._needs.sources:
            if one.url in held:
                address = self._links.to_image(f"{one.url}{one.fragment}")
                set_(one.element, one.name, address)
                shown.add(one.element)
        for sheet in self._needs.sheets:
            if sheet.url in held:
                set_(sheet.element, "href", self._links.to_style(sheet.url))
            else:
                self.lacks.styles += 1
                drop(sheet.element)
        sweep(self._root)
        named = {one.element: None for one in self._needs.sources}
        named |= {several.element: None for several in self._needs.sets}
        self.lacks.images = sum(_is_lacking(element, shown) for element in named)

    def written(self, banner: etree._Element | None = None) -> bytes:
        """Write the page in UTF-8, with a banner as the first thing in its body."""
        body = _body_of(self._root)
        if banner is not None:
            banner.tail, body.text = writable(body.text or ""), None
            body.insert(0, banner)
            # Else what stands last would stay behind it.
            style = self._root.get("style", "")
            set_(self._root, "style", f"{style};padding-bottom:5rem".lstrip(";"))
        written: bytes = etree.tostring(
            self._root.getroottree(), method="html", encoding="utf-8"
        )
        return written

    def _srcset(self, candidates: Collection[tuple[str, str]]) -> str:
        return ", ".join(
            f"{self._links.to_image(url).replace(',', '%2C')} {descriptors}".strip()
            for url, descriptors in candidates
        )


def media_page(url: str, media_type: str, links: Links) -> Page:
    """Make a page around an image or film that is opened by itself.

    In it a drawing is an image: no more than its looks.
    """
    kind = media_type.partition("/")[0]
    address = html.escape(url)
    shown = {
        "image": f'<img src="{address}" alt="{address}">',
        "video": f'<video src="{address}" controls></video>',
        "audio": f'<audio src="{address}" controls></audio>',
    }[kind]
    page = Page(
        f"<!DOCTYPE html><title>{address}</title><body>{shown}", url=url, links=links
    )
    page.fill(page.requisites)
    return page


def _parsed(text: str) -> etree._Element:
    octets = text.replace("\x00", "\ufffd").encode("utf-8", "replace")
    if (parts := parts_of(octets)) is not None:
        octets = without_waiting(octets, parts)
    try:
        root = etree.fromstring(octets, etree.HTMLParser(**_PARSER_OPTIONS))
    except etree.XMLSyntaxError:  # empty, or nothing but comments
        root = None
    if root is None or root.tag != "html":
        page = etree.Element("html")
        if root is not None:
            page.append(root)
        return page
    root = rejoined(root)
    return root if parts is None else assembled(root, parts)


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


def _is_lacking(element: etree._Element, shown: Collection[etree._Element]) -> bool:
    """Whether an element is an image of which nothing is shown that could be seen."""
    if element.tag != "img" or element in shown:
        return False
    if any(element.get(side, "").strip() in _TINY for side in ("width", "height")):
        return False
    # `source` holds what stands behind it: libxml2 does not know it is empty.
    return not any(
        one in shown
        for picture in element.iterancestors("picture")
        for one in picture.iter()
    )
