"""What becomes of each element and attribute of a replayed page. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from archive.characters import writable
from archive.replay import inert
from archive.replay.css import css_with_links
from archive.replay.links import Links, absolute
from archive.srcset import srcset_candidates

_PICTURED: Final = frozenset({"image", "use", "feimage"})
_WITH_SOURCE: Final = _PICTURED | {"img", "input", "source", "video", "audio", "track"}
_LINK_KEEPS: Final = frozenset({"rel", "media", "type", "sizes", "title"})
_DROPPED: Final = "dateline-dropped"
_MOST_ATTRIBUTES: Final = 2000  # of one element; those of news pages have 50
_OPENING: Final = re.compile(r"<(?=[A-Za-z/!?])")


@dataclass(frozen=True, slots=True)
class Source:
    """An attribute that holds the address of a requisite."""

    element: etree._Element
    name: str
    url: str
    fragment: str = ""  # with its "#": the part of a drawing


@dataclass(frozen=True, slots=True)
class Sources:
    """An attribute that holds several, for screens of all kinds."""

    element: etree._Element
    name: str
    candidates: tuple[tuple[str, str], ...]  # address and descriptors


@dataclass(slots=True)
class Needs:
    """What a page needs, taken out of it until it is known what is held."""

    sources: list[Source] = field(default_factory=list)
    sets: list[Sources] = field(default_factory=list)
    sheets: list[Source] = field(default_factory=list)
    frames: int = 0  # left out


class Rewriting:
    """One pass over the elements of a page.

    Attributes:
        needs: what the page needs.
    """

    def __init__(
        self, root: etree._Element, url: str, links: Links, encoding: str
    ) -> None:
        """Take out what acts, and rewrite what leads elsewhere."""
        self.needs = Needs(frames=sum(1 for _ in root.iter(*inert.FRAMES)))
        self._links = links
        self._encoding = encoding
        self._base, self._is_based = self._base_of(root, url)
        etree.strip_elements(root, *inert.DROPPED, with_tail=False)
        for element in list(root.iter("*")):
            self._treat(element)
        sweep(root)

    def _treat(self, element: etree._Element) -> None:
        attributes = element.items()
        if len(attributes) > _MOST_ATTRIBUTES:
            # To take out each takes as long as there are many.
            element.attrib.clear()
            attributes = []
        special = self._SPECIAL.get(element.tag)
        if special is not None:
            if not special(self, element):
                drop(element)
                return
            attributes = element.items()
        for name, value in attributes:
            if name in inert.PLAIN:
                continue
            treat = self._ATTRIBUTES.get(name)
            if treat is not None:
                treat(self, element, name, value)
            elif name[:2] == "on" or name in inert.REMOVED:
                del element.attrib[name]

    # ------------------------------------------------------------ attributes

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
            element.set(name, self._links.to_page(url))  # ASCII, always

    def _source(self, element: etree._Element, name: str, value: str) -> None:
        start = value[:40].lstrip()[:11].lower()
        if element.tag in _WITH_SOURCE and (
            (start == "data:image/" and element.tag != "use")
            or (start[:1] == "#" and element.tag in _PICTURED)
        ):
            return
        del element.attrib[name]  # until it is known to be held
        if element.tag in _WITH_SOURCE and (url := self._absolute(value)):
            _, mark, fragment = value.partition("#")
            self.needs.sources.append(Source(element, name, url, mark + fragment))

    def _picture(self, element: etree._Element, name: str, value: str) -> None:
        del element.attrib[name]
        if url := self._absolute(value):
            self.needs.sources.append(Source(element, name, url))

    def _several(self, element: etree._Element, name: str, value: str) -> None:
        del element.attrib[name]
        candidates = tuple(
            (url, descriptors)
            for reference, descriptors in srcset_candidates(value)
            if (url := self._absolute(reference))
        )
        if candidates:
            self.needs.sets.append(Sources(element, name, candidates))

    def _painted(self, element: etree._Element, name: str, value: str) -> None:
        if "(" in value or "\\" in value:
            set_(element, name, self._css(value))

    def _lazy_background(self, element: etree._Element, _name: str, value: str) -> None:
        """Show a background that a script would have set."""
        style = element.get("style", "")
        if "background" in style:
            return
        if "(" in value:  # the CSS to be set, not an address
            image = self._css(value)
        elif url := self._absolute(value):
            image = f'url("{self._links.to_image(url)}")'
        else:
            return
        set_(element, "style", f"{style};background-image:{image}".lstrip(";"))

    # ------------------------------------------------------------ elements

    # Each says whether the element stays.

    def _animation(self, element: etree._Element) -> bool:
        name: str = element.get("attributename", "")
        return not name.lower().endswith("href")

    def _verbatim(self, element: etree._Element) -> bool:
        element.tag = "pre"
        return True

    def _img(self, element: etree._Element) -> bool:
        """Put the address of an image that a script would have loaded in its place."""
        source = element.get("src", "").strip()
        if not source or source[:5].lower() == "data:":
            for name in inert.LAZY_URLS:
                if self._absolute(element.get(name, "")):
                    set_(element, "src", element.get(name, ""))
                    break
        return self._picture_source(element)

    def _picture_source(self, element: etree._Element) -> bool:
        lazy = next((v for n in inert.LAZY_SETS if (v := element.get(n))), None)
        if lazy and not element.get("srcset", "").strip():
            set_(element, "srcset", lazy)
        return True

    def _linked(self, element: etree._Element) -> bool:
        """Keep a link if it is to a style sheet or an icon."""
        rels = set(element.get("rel", "").lower().split())
        onload = element.get("onload", "").lower()
        if "preload" in rels and "stylesheet" in onload:  # as soon as it is loaded
            rels = {"stylesheet"}
        if "media" in onload and element.get("media", "").lower() == "print":
            del element.attrib["media"]  # as soon as it is loaded, for all
        is_style = "stylesheet" in rels and "alternate" not in rels
        url = self._absolute(element.get("href", ""))
        if url is None or not (is_style or rels & inert.ICONS):
            return False
        for name in set(element.keys()) - _LINK_KEEPS:
            del element.attrib[name]
        source = Source(element, "href", url)
        if is_style:
            set_(element, "rel", "stylesheet")
            self.needs.sheets.append(source)
        else:
            self.needs.sources.append(source)
        return True

    def _style(self, element: etree._Element) -> bool:
        if element.text:
            # In a drawing a browser reads markup where we have read a style.
            css = _OPENING.sub(r"\\3c ", self._css(element.text))
            element.text = writable(css)
        return True

    def _meta(self, element: etree._Element) -> bool:
        name = element.get("name", "").strip().lower()
        is_plain = element.get("http-equiv") is None and element.get("charset") is None
        return is_plain and name not in inert.UNWANTED_NAMES

    def _template(self, element: etree._Element) -> bool:
        """Keep the body from showing what is in a template in place of all else."""
        parent = element.getparent()
        if parent is not None and parent.tag in ("body", "html"):
            element.attrib.pop("shadowrootmode", None)
        return True

    _SPECIAL: Final = {
        **dict.fromkeys(inert.ANIMATIONS, _animation),
        **dict.fromkeys(inert.VERBATIM, _verbatim),
        "img": _img,
        "source": _picture_source,
        "link": _linked,
        "style": _style,
        "meta": _meta,
        "template": _template,
    }
    _ATTRIBUTES: Final = {
        "href": _link,
        "xlink:href": _link,
        "src": _source,
        "poster": _picture,
        "background": _picture,
        "srcset": _several,
        "imagesrcset": _several,
        "style": _painted,
        **dict.fromkeys(inert.PAINTED, _painted),
        **dict.fromkeys(inert.LAZY_BACKGROUNDS, _lazy_background),
    }

    # ------------------------------------------------------------ addresses

    def _base_of(self, root: etree._Element, url: str) -> tuple[str, bool]:
        """Find what references are relative to (HTML, 4.2.3)."""
        for base in root.iter("base"):
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


def set_(element: etree._Element, name: str, value: str) -> None:
    """Set an attribute, without the characters that can't be written."""
    element.set(name, writable(value))


def drop(element: etree._Element) -> None:
    """Mark an element that `sweep` is to take out, with all that is in it."""
    element.tag = _DROPPED


def sweep(root: etree._Element) -> None:
    """Take out what was dropped, and leave the text behind it.

    All at once: one by one, each would have the text before it copied.
    """
    etree.strip_elements(root, _DROPPED, with_tail=False)
