"""What a page says of each address it links to. Nothing here does I/O.

All links to one address are one: image, headline and "read more" of a card.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple, cast
from urllib.parse import urljoin, urlsplit

import tldextract
from lxml import etree

from crawler.finds import absolute
from crawler.likeness import (
    DATED,
    HEADING,
    PLACE_OF_TAG,
    REL,
    RELS_OF_OTHERS,
    likeness_of_places,
    places_of_words,
    words_of_text,
)
from crawler.plaintext import collapsed

LINK_LIMIT: Final = 20_000  # links of a page that are looked at
TEXT_LIMIT: Final = 1000  # characters of a link's text
ADDRESS_LIMIT: Final = 2083  # characters; more is not asked for (`crawler.filters`)

_NEAR: Final = 5  # so many elements, from the link on, have a say by their class
_CARD: Final = 5  # so far above a link or a time they may belong together
_SHORT: Final = 3.0  # words; a text that is shorter may be only "more"

_NEVER = ("#", "javascript:", "mailto:", "tel:", "data:", "whatsapp:", "about:")
# Never articles, by the end of the path.
_MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|webm|ogg|ogv|wav"
    r"|mov|avi|flv|m3u8?|pdf|docx?|xlsx?|pptx?|zip|gz|rar|7z|exe|dmg|apk|css|js|json"
    r"|xml|rss|rdf|atom|ics|epub|mobi|torrent)(?:\?|\Z)",
    re.IGNORECASE,
)
# Nearly all addresses are one of two kinds that need no taking apart.
_ORDINARY = re.compile(r"https?://([\w.-]+)((?:/[!-~]*)?)\Z", re.ASCII)
_FROM_ROOT = re.compile(r"/(?![/.])(?:[!-.0-~]|/(?![.]))*\Z")

_INLINE = frozenset(
    {"b", "i", "em", "strong", "span", "mark", "u", "sup", "sub", "wbr"}
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_UNSEEN = ("script", "style", "noscript", "template", "svg", "select", "iframe")

_COUNT: Final = etree.XPath("count(//a)")
_BASE: Final = etree.XPath("string(//base[@href][1]/@href)")
# The list of public suffixes that comes with the package: nothing is fetched.
_SUFFIXES: Final = tldextract.TLDExtract(
    cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True
)


@dataclass(slots=True)
class PageLink:
    """An address, and all that the page says of it."""

    url: str  # absolute, without fragment, else as the page wrote it first
    host: str
    path: str  # with the query
    text: str = ""  # the longest of its texts
    heading: str = ""  # the longest of those that are headings
    places: int = 0  # of the link that stands best
    date: str | None = None  # `datetime` of a time in the same card
    elements: list[etree._Element] = field(default_factory=list)


class _Target(NamedTuple):
    url: str
    host: str
    path: str


class PageLinks:
    """Gathers the links of a page to its own site, in document order.

    `left_out` counts, by reason, the addresses that are none of it, and
    `beyond` the links that were not looked at.
    """

    def __init__(self, root: etree._Element, url: str) -> None:
        """Read the page; this takes out what is not seen, scripts and such."""
        self.left_out: Counter[str] = Counter()
        self.beyond = 0
        self._base = _base(root, url)
        self._origin = "/".join(self._base.split("/", 3)[:3])
        own = urlsplit(url)
        self._site = _site(own.hostname or "")
        self._links: dict[str, PageLink] = {}
        # The page itself is none of its articles.
        self._by_reference: dict[str, PageLink | None] = {"": None}
        self._own = _key(_Target(url, own.hostname or "", own.path))
        self._places: dict[etree._Element, int] = {}
        self._words: dict[etree._Element, int] = {}
        self._gather(root)
        self._date(root)

    def __iter__(self) -> Iterator[PageLink]:
        """Give each address once, in the order of the page."""
        return iter(self._links.values())

    def _gather(self, root: etree._Element) -> None:
        etree.strip_elements(root, *_UNSEEN, with_tail=False)
        for element in islice(root.iter("a"), LINK_LIMIT):
            reference = (element.get("href") or "").strip().partition("#")[0]
            if reference not in self._by_reference:
                self._by_reference[reference] = self._link(reference)
            if link := self._by_reference[reference]:
                self._add(link, element)
        self.beyond = max(0, int(cast("float", _COUNT(root))) - LINK_LIMIT)

    def _link(self, reference: str) -> PageLink | None:
        """Make out where a reference leads; None if it leads to no article."""
        target = self._target(reference)
        if target is None or _key(target) == self._own:
            return None
        if _site(target.host) != self._site:
            self.left_out["on another site"] += 1
            return None
        if _MEDIA.search(target.path):
            self.left_out["a file"] += 1
            return None
        return self._links.setdefault(_key(target), PageLink(*target))

    def _target(self, reference: str) -> _Target | None:
        if reference[:12].lower().startswith(_NEVER):
            return None
        if len(reference) > ADDRESS_LIMIT:
            self.left_out["too long"] += 1
            return None
        url = reference
        if _FROM_ROOT.match(reference):
            url = self._origin + reference
        if match := _ORDINARY.match(url):
            return _Target(url, match[1].lower(), match[2])
        try:
            url = absolute(reference, self._base).partition("#")[0]
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            return None
        if parts.scheme.lower() not in {"http", "https"} or not host:
            return None
        query = f"?{parts.query}" if parts.query else ""
        return _Target(url, host, parts.path + query)

    def _add(self, link: PageLink, element: etree._Element) -> None:
        link.elements.append(element)
        heading = next(element.iter(*_HEADINGS), None) if len(element) else None
        text = _text(element)
        if words_of_text(text) < _SHORT:
            text = max(text, _unseen_text(element), key=len)
        places = self._places_of(element)
        if heading is not None:
            places |= HEADING
        if places & HEADING:
            name = text if heading is None else _text(heading)
            link.heading = max(link.heading, name, key=len)
        link.text = max(link.text, text, key=len)
        if len(link.elements) == 1 or (
            likeness_of_places(places) > likeness_of_places(link.places)
        ):
            link.places = places

    # ------------------------------------------------------------ places

    def _places_of(self, element: etree._Element) -> int:
        """Tell where an element stands: by all tags above it, and the words near."""
        places = 0
        above: list[etree._Element] = []
        holder: etree._Element | None = element
        while holder is not None:
            if (known := self._places.get(holder)) is not None:
                places = known
                break
            above.append(holder)
            holder = holder.getparent()
        for holder in reversed(above):
            places |= PLACE_OF_TAG.get(str(holder.tag), 0)
            self._places[holder] = places
        if (rel := element.get("rel")) and not RELS_OF_OTHERS.isdisjoint(
            rel.lower().split()
        ):
            places |= REL
        holder = element
        for _ in range(_NEAR):
            if holder is None:
                break
            words = self._words.get(holder)
            if words is None:
                words = self._words[holder] = _places_by_words(holder)
            places |= words
            holder = holder.getparent()
        return places

    # ------------------------------------------------------------ dates

    def _date(self, root: etree._Element) -> None:
        """Give each link the `time` that stands in a card with it alone.

        The card is the nearest element around both. Bounded: from each link
        and each time only a few elements upwards are looked at.
        """
        times = list(islice(root.iter("time"), LINK_LIMIT))
        if not times:
            return
        cards: dict[etree._Element, PageLink | None] = {}
        for link in self._links.values():
            for element in link.elements:
                for holder in islice(element.iterancestors(), _CARD):
                    if cards.setdefault(holder, link) is not link:
                        cards[holder] = None  # of several addresses: no card
        for time in times:
            date = (time.get("datetime") or "").strip()[:100]
            around = (cards[one] for one in _above(time) if one in cards)
            link_beside = next(around, None) if date else None
            if link_beside is not None and link_beside.date is None:
                link_beside.date = date
                link_beside.places |= DATED


def _above(element: etree._Element) -> Iterator[etree._Element]:
    return islice(element.iterancestors(), _CARD)


def _places_by_words(element: etree._Element) -> int:
    places = 0
    for name in ("class", "id", "role"):
        if words := element.get(name):
            places |= places_of_words(words[:200])
    return places


def _text(element: etree._Element) -> str:
    if not len(element):
        return collapsed((element.text or "")[:TEXT_LIMIT])
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        pieces.append(str(piece))
        length += len(piece)
        if length > TEXT_LIMIT:
            break
    is_inline = all(child.tag in _INLINE for child in element)
    return collapsed(("" if is_inline else " ").join(pieces))[:TEXT_LIMIT]


def _unseen_text(element: etree._Element) -> str:
    """What is read aloud, or shown where the picture is not."""
    names = [element.get("title"), element.get("aria-label")]
    names += [image.get("alt") for image in islice(element.iter("img"), 3)]
    return collapsed(max((name or "" for name in names), key=len)[:TEXT_LIMIT])


def _key(target: _Target) -> str:
    """Name an address: http and https are one, and with and without last slash."""
    return target.host + target.path.rstrip("/")


def _base(root: etree._Element, url: str) -> str:
    try:
        base = urljoin(url, str(_BASE(root)).strip())
    except ValueError:  # a base that is no address is ignored (HTML, 4.2.3)
        return url
    return base if base.startswith(("http:", "https:")) else url


@lru_cache(maxsize=4096)
def _site(host: str) -> str:
    """Name the registrable domain of a host; an address or a lone name is its own."""
    if domain := _SUFFIXES(host).top_domain_under_public_suffix:
        return domain
    labels = host.split(".")
    # The list's prevailing rule is "*": of a suffix it does not have, the last
    # label is public (publicsuffix.org, "Algorithm", 2).
    return host if labels[-1].isdigit() or ":" in host else ".".join(labels[-2:])
