"""Where a site may have feeds and sitemaps: what its page and robots.txt say. Pure.

A clue is only an address worth asking; `crawler.seedsearch` decides which are
asked, and what came of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.markup import rejoined
from archive.model import SeedKind
from crawler.charsets import charset_of_html, decoded
from crawler.finds import absolute
from crawler.plaintext import collapsed
from crawler.robots import RobotsRules
from crawler.source_values import LANGUAGE, WrongValue, address
from crawler.xmltext import with_few_marks

PAGE_LIMIT: Final = 4 * 1024 * 1024  # bytes of a page that are looked at
TAG_LIMIT: Final = 200_000  # of its tags: each takes memory

_FEED_TYPE: Final = re.compile(
    r"(?:application|text)/(?:x[.-])?(?:rss|atom|rdf)(?:\+xml)?$|application/feed\+json$"
)
# Types that say too little; the address has to say more.
_VAGUE_TYPE: Final = re.compile(r"(?:application|text)/(?:xml|json)$|$")
_FEED_PATH: Final = re.compile(
    r"(?:^|[/._-])(?:feeds?|rss2?|atom|rdf|index\.rdf)"
    r"(?:/|\.(?:xml|rss|atom|rdf|json|php|aspx?))?$|\.(?:rss|atom|rdf)$"
    r"|(?:^|/)(?:feeds?|rss)/[^?]*\.xml$",
    re.IGNORECASE,
)
_NEWS_PATH: Final = re.compile("news", re.IGNORECASE)
_COMMENTS: Final = re.compile(
    r"/comments?(?:/|$)|comments?/(?:feed|default)", re.IGNORECASE
)
_COMMENTS_TITLE: Final = re.compile(
    "comment|kommentar|comentari|comentári|комментари", re.IGNORECASE
)
# In this order they are met on news sites.
_FEED_PLACES: Final = (
    *("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json"),
)
_SITEMAP_PLACES: Final = (
    *("sitemap.xml", "sitemap_index.xml", "news-sitemap.xml", "sitemap-news.xml"),
)
_NAME_END: Final = re.compile(r"\s+[|–—·»-]\s+|\s*::\s*|:\s+")
_NO_NAME: Final = re.compile(
    "(?:home ?(?:page)?|front ?page|latest news|news|welcome|start(?:seite)?|accueil|"
    "inicio|início|портал|главная|nachrichten|aktuelles?)?$",
    re.IGNORECASE,
)
_NAME_LIMIT: Final = 80
_NAMES: Final = ("og:site_name", "application-name", "apple-mobile-web-app-title")


class Origin(StrEnum):
    """Who named an address."""

    GIVEN = "given"  # the person who searches
    LINK = "link"  # a <link> in the head of the page
    ROBOTS = "robots"  # a Sitemap line of robots.txt
    INDEX = "index"  # a sitemap index
    ANCHOR = "anchor"  # an <a> of the page
    COMMON = "common-place"  # nobody: it is where many sites have one


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """An address that may be that of a seed."""

    url: str
    kind: SeedKind  # as expected
    origin: Origin
    title: str | None = None  # the publisher's

    @property
    def is_news(self) -> bool:
        """Whether the path speaks of news, as those of Google News sitemaps do."""
        return bool(_NEWS_PATH.search(urlsplit(self.url).path))

    @property
    def is_of_comments(self) -> bool:
        """Whether it is a feed of what readers write."""
        return bool(
            _COMMENTS.search(urlsplit(self.url).path)
            or _COMMENTS_TITLE.search(self.title or "")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageClues:
    """What a page says about its site."""

    name: str | None = None
    language: str | None = None  # a BCP 47 tag
    clues: tuple[Clue, ...] = ()


def page_clues(body: bytes, *, url: str, content_type: str | None = None) -> PageClues:
    """Read a page: what the site is called, its language, where it has seeds.

    `body` is without content coding, `content_type` the field of the answer.
    Links of the head come before those of the body; an address comes once.
    Never raises: of what is no page there are no clues.
    """
    root = _parsed(body[:PAGE_LIMIT], content_type)
    if root is None:
        return PageClues()
    bases = (href for base in root.iter("base") if (href := base.get("href")))
    base = _joined(next(bases, ""), url) or url
    clues: dict[str, Clue] = {}
    for clue in (*_links(root, base), *_anchors(root, base)):
        clues.setdefault(clue.url, clue)
    metas = _metas(root)
    return PageClues(
        name=_name(root, metas),
        language=_language(root, metas),
        clues=tuple(clues.values()),
    )


def robots_clues(body: bytes, *, url: str) -> tuple[Clue, ...]:
    """List the sitemaps that the robots.txt of status 200 at `url` names."""
    rules = RobotsRules.from_answer(status=200, body=body)
    addresses = (_joined(written, url) for written in rules.sitemaps)
    return tuple(
        Clue(url=address, kind=SeedKind.SITEMAP, origin=Origin.ROBOTS)
        for address in dict.fromkeys(addresses)
        if address is not None
    )


def common_places(url: str, kind: SeedKind) -> tuple[Clue, ...]:
    """List where sites usually have feeds or sitemaps, the likeliest first.

    For a page in a folder, a section, feeds of that folder come first.
    """
    names = _FEED_PLACES if kind is SeedKind.FEED else _SITEMAP_PLACES
    places = [urljoin(url, f"/{name}") for name in names]
    if kind is SeedKind.FEED and urlsplit(url).path.count("/") > 1:
        places[:0] = [urljoin(url, name) for name in ("feed", "index.xml")]
    return tuple(
        Clue(url=place, kind=kind, origin=Origin.COMMON)
        for place in dict.fromkeys(places)
    )


# ---------------------------------------------------------------- links


def _links(root: etree._Element, base: str) -> Iterator[Clue]:
    for link in root.iter("link"):
        rels = link.get("rel", "").lower().split()
        url = _joined(link.get("href", ""), base)
        if url is None or not {"alternate", "feed", "sitemap"} & set(rels):
            continue
        media_type = link.get("type", "").partition(";")[0].strip().lower()
        if "sitemap" in rels:
            yield Clue(url=url, kind=SeedKind.SITEMAP, origin=Origin.LINK)
        elif (
            "feed" in rels
            or _FEED_TYPE.search(media_type)
            or (_VAGUE_TYPE.match(media_type) and _is_feed_path(url))
        ):
            title = collapsed(link.get("title", "")) or None
            yield Clue(url=url, kind=SeedKind.FEED, origin=Origin.LINK, title=title)


def _anchors(root: etree._Element, base: str) -> Iterator[Clue]:
    for anchor in root.iter("a"):
        href = anchor.get("href", "")
        # Looked at first: a front page has hundreds of links, hardly one of these.
        if _is_feed_path(href) and (url := _joined(href, base)):
            yield Clue(url=url, kind=SeedKind.FEED, origin=Origin.ANCHOR)


def _is_feed_path(url: str) -> bool:
    try:
        path = urlsplit(url.strip()).path
    except ValueError:
        return False
    return bool(_FEED_PATH.search(path)) and "/wp-json/" not in path


def _joined(reference: str, base: str) -> str | None:
    try:
        return address(absolute(reference, base).partition("#")[0])
    except (ValueError, WrongValue):
        return None


# ---------------------------------------------------------------- what it is called


def _metas(root: etree._Element) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv") or ""
        metas.setdefault(name.strip().lower(), collapsed(meta.get("content", "")))
    return metas


def _name(root: etree._Element, metas: dict[str, str]) -> str | None:
    names = [metas.get(name, "") for name in _NAMES]
    # A front page's title begins with the name, and goes on with a slogan.
    title = next(root.iter("title"), None)
    whole = collapsed("".join(map(str, title.itertext()))) if title is not None else ""
    names += _NAME_END.split(whole)
    fitting = (name for name in names if len(name) <= _NAME_LIMIT)
    return next((name for name in fitting if not _NO_NAME.match(name)), None)


def _language(root: etree._Element, metas: dict[str, str]) -> str | None:
    claims = (
        root.get("lang", ""),
        root.get("{http://www.w3.org/XML/1998/namespace}lang", ""),
        root.get("xml:lang", ""),
        metas.get("og:locale", ""),
        metas.get("content-language", ""),
    )
    for claim in claims:
        tag = claim.strip().replace("_", "-")
        if re.fullmatch(LANGUAGE, tag):
            return tag
    return None


def _parsed(body: bytes, content_type: str | None) -> etree._Element | None:
    claimed = charset_of_html(body, content_type)
    text, _ = with_few_marks(decoded(body, content_type, claimed=claimed)[0], TAG_LIMIT)
    parser = etree.HTMLParser(
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,  # unclosed tags of real pages nest deeper than 256
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # empty, or nothing but comments
        return None
    return None if root is None else rejoined(root)
