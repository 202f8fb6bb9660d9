"""How much a link looks like one to an article. Nothing here does I/O.

Every sign has a weight in a table below; the sum of those that are seen is
the likeness. The tables hold no list of sites, and few words of any one
language: addresses, places and lengths say most, in every script. How the
weights came about, and what they are worth: docs/decisions/0009.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

THRESHOLD: Final = 2.0  # from here on a link is taken for an article's


# Where on a page a link stands; several at once, as bits.
HEADING: Final = 1
CARD: Final = 2
MAIN: Final = 4
NAV: Final = 8
FOOTER: Final = 16
ASIDE: Final = 32
LABEL: Final = 64  # what names a section, an author, a tag
BOUGHT: Final = 128
DATED: Final = 256  # a time stands beside it
REL: Final = 512  # `rel` says that it is something else

PLACE_WEIGHTS: Final[Mapping[int, float]] = MappingProxyType(
    {
        HEADING: 1.5,
        CARD: 0.7,
        MAIN: 0.3,
        NAV: -2.0,
        FOOTER: -2.0,
        ASIDE: -0.3,
        LABEL: -1.2,
        BOUGHT: -2.0,
        DATED: 1.0,
        REL: -4.0,
    }
)

PLACE_OF_TAG: Final[Mapping[str, int]] = MappingProxyType(
    {
        "h1": HEADING,
        "h2": HEADING,
        "h3": HEADING,
        "h4": HEADING,
        "article": CARD,
        "main": MAIN,
        "nav": NAV,
        "menu": NAV,
        "footer": FOOTER,
        "aside": ASIDE,
    }
)

# Words of `class`, `id` and `role`, as site builders of most countries write
# them: in English.
_WORDS: Final[Mapping[int, str]] = MappingProxyType(
    {
        HEADING: "headline headlines heading title titles",
        CARD: "article articles story stories teaser teasers card post posts"
        " entry news",
        NAV: "nav navi navbar navigation menu submenu menubar breadcrumb"
        " breadcrumbs pagination pager paging toolbar topbar",
        FOOTER: "footer foot copyright legal contentinfo",
        ASIDE: "sidebar",
        LABEL: "tag tags category categories kicker author authors byline"
        " share sharing social login signin subscribe newsletter comments"
        " permalink rubric",
        BOUGHT: "ad ads advert advertisement advertising sponsor sponsored"
        " sponsors affiliate outbrain taboola",
    }
)
PLACE_OF_WORD: Final[Mapping[str, int]] = MappingProxyType(
    {word: place for place, words in _WORDS.items() for word in words.split()}
)
# What `rel` says of the address: a tag, an author, a bought link (HTML, 4.6.6).
RELS_OF_OTHERS: Final = frozenset({"tag", "author", "license", "sponsored", "search"})


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern in the path of an address, and what it is worth."""

    weight: float
    pattern: re.Pattern[str]


def _sign(weight: float, pattern: str) -> Sign:
    return Sign(weight, re.compile(pattern))


_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH = r"(?:0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"

SURELY_NOT: Final = -8.0  # outweighs whatever else may speak for a link

# Matched against the path and the query, lower case, escapes undone.
PATH_SIGNS: Final = (
    # A date with something behind it; without, it is a page of the archive.
    _sign(2.5, rf"/{_YEAR}[/_-]{_MONTH}[/_-]{_DAY}[/_-].*\w"),
    _sign(2.0, rf"(?<![0-9]){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"),
    _sign(1.2, rf"/{_YEAR}[/_-]{_MONTH}/(?!{_DAY}/?$)[^/]*\w"),
    _sign(SURELY_NOT, rf"^(?:/[^/]+)?/{_YEAR}(?:[/-]{_MONTH}(?:[/-]{_DAY})?)?/?$"),
    # The number of an article: long, in the last or the last but one segment.
    _sign(1.8, r"(?<![0-9])[0-9]{5,}[^/]*(?:/[^/]*)?$"),
    _sign(0.6, r"[/,_.=-][0-9]{3,4}(?:\.\w+)?/?$"),
    # One of letters and digits, at the end.
    _sign(1.2, r"[/,_.=-](?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{8,}(?:\.\w+)?/?$"),
    _sign(1.0, r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}"),
    _sign(0.7, r"\.(?:s?html?|story|article|ece|aspx?|phtml|cms|amp|d)$"),
    _sign(-3.0, r"/(?:index|default|home)(?:\.\w+)?$"),
    # WordPress, with its addresses as they are at first: articles, and others.
    _sign(3.0, r"^/(?:index\.php)?\?(?:.*&)?p=[0-9]+$"),
    _sign(SURELY_NOT, r"^/(?:index\.php)?\?(?:cat|m|tag|author|page_id)=[^&]*$"),
    _sign(1.2, r"[?&](?:\w{0,8}id|article|art|story|news|nr|n)=[0-9]{2,}"),
    # Words for an article; those that also name sections are not among them.
    _sign(
        1.0,
        r"/(?:articles?|articulos?|artikel|artigos?|articol[io]|artykul|clanek|story"
        r"|stories|haberi?|noticias?|notizie|nachricht|nieuws|a|doc|posts?|p)/",
    ),
    # What is named by the segment behind such a word is a list, or a person.
    _sign(
        SURELY_NOT,
        r"/(?:tags?|topics?|temas?|themen?|thema|schlagwort\w*|keywords?|label|authors?"
        r"|autor(?:e[ns])?|auteurs?|yazar(?:lar)?|profiles?|profil|users?|members?"
        r"|categor(?:y|ies|ia|ias|ie)|kategori\w*|sections?|rubrik\w*|series?|search"
        r"|suche|arama|buscar?|recherche|feeds?|rss|forum|newsletters?)"
        r"/[^/]+/?$",
    ),
    _sign(SURELY_NOT, r"/cat(?:egory)?[_-]?[0-9]+(?:\.\w+)?/?$"),
    # Service pages.
    _sign(
        SURELY_NOT,
        r"/(?:search|suche|arama|buscar?|recherche|login|logout|log-in|signin|sign-in"
        r"|sign-up|signup|register|registrieren|registro|account|konto|my-?account|auth"
        r"|sso|subscri\w+|abo|abos|abonne\w*|newsletters?|about|about-us|ueber-uns"
        r"|contact(?:o|s|-us)?|contatti|kontakt|iletisim|privacy|datenschutz|terms"
        r"|agb|impressum|imprint|legal|cookies?|advertis\w*|werbung|mediadaten|jobs?"
        r"|careers?|karriere|help|hilfe|faqs?|support|sitemap|rss|feeds?|wp-\w+"
        r"|donate|spenden|epaper|e-paper|apps?|authors?|tags?|topics?|archives?|archiv"
        r"|archivo|arsiv|arkiv|share|sharer?|print|cart|shop|store|horoscopes?"
        r"|horoskop|wetter|weather|tv-guide)(?:\.\w+)?/?(?:\?|$)",
    ),
    _sign(
        -4.0,
        r"/(?:privacy|cookie|terms|legal|copyright|editorial|ethics|accessibility"
        r"|advertis|contact|subscri|sign-up|newsletter|about-)[\w-]*(?:\.\w+)?/?$",
    ),
    _sign(-4.0, r"/(?:forums?|bbs|community|comments?/[0-9]+)/"),
    _sign(
        -4.0,
        r"/(?:promos?|promotions?|sponsored\S*|advertorials?|anzeigen?|gutscheine?"
        r"|coupons?|vouchers?|classifieds)/",
    ),
    _sign(SURELY_NOT, r"/(?:page|seite|pagina|sayfa|p)[/-]?[0-9]{1,4}/?$"),
    _sign(
        SURELY_NOT, r"[?&](?:page|paged|pagen_1|seite|offset|start|q|s|search|sort)="
    ),
)
HOST_SIGN: Final = _sign(
    -3.0,
    r"^(?:comments?|forums?|bbs|community|shop|store|abos?|accounts?|login|auth|id|my"
    r"|jobs|stellen|immobilien|classifieds|deals|coupons?|gutscheine?|mail|help"
    r"|support|about|apps?|newsletters?|ads|advertising|sales|partners?|subscribe"
    r"|search|epaper|weather|status|static|cdn|img|images|media)\.",
)
NO_PATH: Final = -9.0  # the front page of a host
# Segments of one word are sections; the address of an article ends otherwise.
PLAIN_WORD: Final = -1.5
WORDS_OF_SLUG: Final = ((6, 3.0), (5, 2.7), (4, 2.2), (3, 1.2), (2, 0.2))
# Lengths of the link's text, in words.
WORDS_OF_TEXT: Final = ((5.0, 2.0), (4.0, 1.4), (3.0, 0.6), (2.0, -0.5), (0.1, -1.2))
# How far the other links whose addresses are of the same shape speak for it.
SHAPE_WEIGHT: Final = 0.8
SHAPE_LEAST: Final = 4  # links of a shape that are enough to ask
SHAPE_MOST: Final = 2.5  # what they say at most, either way

# Scripts that write without spaces: a word is about two of their letters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_SEPARATOR = re.compile(r"[-_+ ,.~]+")
_LETTER = re.compile(r"[^\W\d_]")


# A page that is looked at again names mostly what it named before.
@lru_cache(maxsize=16_384)
def likeness_of_address(host: str, path: str) -> float:
    """Weigh an address: `path` has the query behind a `?`, if there is one."""
    text = readable(path)
    weight = sum(sign.weight for sign in PATH_SIGNS if sign.pattern.search(text))
    if HOST_SIGN.pattern.search(host):
        weight += HOST_SIGN.weight
    segments = [part for part in text.partition("?")[0].split("/") if part]
    if not segments:
        return weight if "?" in text else NO_PATH
    words = max(words_of_slug(segment) for segment in segments[-2:])
    weight += _step(WORDS_OF_SLUG, words)
    if words <= 1 and segments[-1].isalpha():
        weight += PLAIN_WORD
    return weight


def likeness_of_text(text: str) -> float:
    """Weigh what can be read on a link; no text says nothing."""
    return _step(WORDS_OF_TEXT, words_of_text(text))


@lru_cache(maxsize=1024)
def likeness_of_places(places: int) -> float:
    """Weigh where a link stands."""
    return sum(weight for place, weight in PLACE_WEIGHTS.items() if place & places)


def readable(path: str) -> str:
    """Write a path in lower case, with escapes undone as far as they are text."""
    return (unquote(path) if "%" in path else path).lower()


def words_of_slug(segment: str) -> int:
    """Count the words of a segment, without its file name ending and numbers."""
    stem = segment.rpartition(".")[0] or segment if "." in segment else segment
    words = [word for word in _SEPARATOR.split(stem) if _LETTER.search(word)]
    unspaced = len(_UNSPACED.findall(stem)) if not stem.isascii() else 0
    return len(words) + unspaced // 2


def words_of_text(text: str) -> float:
    """Count the words of a text, of any script, long ones for more than one."""
    unspaced = 0
    if not text.isascii():
        text, unspaced = _UNSPACED.subn(" ", text)
    words = [word for word in text.split() if _LETTER.search(word)]
    # Languages that join words into long ones write headlines of fewer.
    return (len(words) + sum(map(len, words)) / 6) / 2 + unspaced / 2


@lru_cache(maxsize=4096)
def places_of_words(text: str) -> int:
    """Tell by the words of `class`, `id` or `role` what kind of place it is."""
    places = 0
    for word in _WORD.findall(text):
        places |= PLACE_OF_WORD.get(word.lower(), 0)
    return places


_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@lru_cache(maxsize=16_384)
def shape_of(host: str, path: str) -> str:
    """Name the shape of an address: what the articles of one site have in common."""
    stem, _, query = readable(path).partition("?")
    kinds = [host, *(_kind(segment) for segment in stem.split("/") if segment)]
    if query:
        names = sorted(part.partition("=")[0] for part in query.split("&"))
        kinds.append("?" + "&".join(names[:5]))
    return "/".join(kinds)


def _kind(segment: str) -> str:
    if segment.isdigit():
        return "1" if len(segment) < 5 else "12345"
    words = words_of_slug(segment)
    number = "-1" if re.search("[0-9]{3}", segment) else ""
    ending = segment.rpartition(".")[2] if "." in segment[-7:] else ""
    return f"{'a-b-c' if words >= 3 else 'a-b' if words == 2 else 'a'}{number}.{ending}"


def _step(table: tuple[tuple[float, float], ...], value: float) -> float:
    return next((weight for least, weight in table if value >= least), 0.0)
