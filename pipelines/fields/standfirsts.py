"""The standfirst below a headline, and the description a page gives of itself. Pure.

A description is written for search engines and networks. It is the standfirst if
it stands on the page too, near the headline, and not as the first paragraph of the
text. An element that is called a standfirst, in any newsroom's language, is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Final

from archive.model import Claim
from pipelines.fields.reading import Reading, mark
from pipelines.fields.title_headings import Heading, element_text
from pipelines.fields.title_neighbours import (
    after,
    is_first_of_paragraphs,
    name_words,
    origin,
)
from pipelines.fields.title_words import key
from pipelines.jsonld import texts
from pipelines.normalisation import line
from pipelines.parsed import ParsedPage, Tree

# What elements that hold standfirsts are called.
NAMES: Final = frozenset(
    {
        "standfirst", "dek", "deck", "subtitle", "subhead", "subheadline",
        "subheading", "subheader", "strapline", "lead", "lede", "leadtext",
        "intro", "introduction", "summary", "excerpt", "abstract", "synopsis",
        "description", "alternativeheadline",
        # German, Dutch, Nordic
        "vorspann", "unterzeile", "anleser", "teasertext", "inleiding", "ingress",
        "manchet", "underrubrik",
        # Spanish, Portuguese, Italian, French
        "bajada", "entradilla", "copete", "subtitulo", "bajante", "sumario",
        "linhafina", "resumo", "gravata", "lide", "sottotitolo", "sommario",
        "catenaccio", "chapo", "soustitre",
        # Polish, Russian, Ukrainian, Turkish, Persian, Indonesian, Greek, Czech
        "zajawka", "lid", "anons", "podzagolovok", "spot", "altbaslik", "ozet",
        "zirtitr", "soutitr", "ringkasan", "ypotitlos", "perex",
    }
)  # fmt: skip
# What they are called as well that hold no standfirst.
_OTHERS: Final = frozenset(
    {
        "caption", "image", "photo", "figure", "media", "video", "author",
        "byline", "date", "related", "newsletter", "share", "social", "meta",
        "breadcrumb", "breadcrumbs", "advert", "ad", "comments", "promo",
        "product", "bio", "teaser", "card",
    }
)  # fmt: skip
_METAS: Final = (
    "og:description",
    "description",
    "twitter:description",
    "dc.description",
    "dcterms.description",
    "sailthru.description",
)
_SHORTEST: Final = 25  # characters of a standfirst; scripts without spaces say more
_SHORTEST_WIDE: Final = 10
_LONGEST: Final = 900
_LONGEST_DATE: Final = 80
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?!\d)")
_MOST_NODES: Final = 60  # of text within a standfirst
_TEXTUAL: Final = frozenset({"p", "h2", "h3", "h4"})
_AGREEMENT: Final = 60  # characters of key in which a shortened description agrees
_ELLIPSES: Final = ("…", "...", "[…]", "[...]")
_BOLD: Final = ("strong", "b")


def read_description(page: ParsedPage, title: str | None) -> Reading[str | None]:
    """Read the description of a page: the longest form of the one it states first."""
    claims = tuple(_descriptions(page))
    best: Claim | None = None
    for claim in claims:
        said = key(claim.value)
        if not said or said == key(title or ""):
            continue
        if best is None or (
            best.value.endswith(_ELLIPSES) and _continues(best.value, claim.value)
        ):
            best = claim
    if best is None:
        return Reading(value=None, claims=claims)
    return Reading(value=line(best.value), claims=mark(claims, best))


def read_standfirst(
    page: ParsedPage, heading: Heading | None, title: str | None
) -> Reading[str | None]:
    """Read the standfirst below a heading."""
    if heading is None:
        return Reading(value=None, claims=())
    article = page.data.article or {}
    summaries = [key(claim.value) for claim in _descriptions(page)]
    summaries += [key(said) for said in texts(article.get("alternativeHeadline"))]
    claims: list[Claim] = []
    for element in after(heading.element):
        called = name_words(element)
        if called & _OTHERS:
            continue
        is_called = bool(called & NAMES)
        if not is_called and (not summaries or element.tag not in _TEXTUAL):
            continue
        if sum(map(len, islice(element.itertext(), _MOST_NODES))) > 2 * _LONGEST:
            continue
        text = element_text(element)
        if not _has_length(text) or key(text) == key(title or ""):
            continue
        is_stated = _is_one_of(key(text), summaries)
        if not is_stated and (not is_called or _is_line_of_date(text)):
            continue
        claim = Claim(field="standfirst", value=text, origin=origin(element))
        claims.append(claim)
        if is_called or _stands_out(element):
            return Reading(value=line(text), claims=mark(claims, claim))
    return Reading(value=None, claims=tuple(dict.fromkeys(claims)))


def _descriptions(page: ParsedPage) -> Iterator[Claim]:
    stated = [
        (said, f"meta:{name}") for name in _METAS[:1] for said in page.meta.all(name)
    ]
    article = page.data.article or {}
    stated += [
        (said, f"{page.data.origin}.description")
        for said in texts(article.get("description"))
    ]
    stated += [
        (said, f"meta:{name}") for name in _METAS[1:] for said in page.meta.all(name)
    ]
    for said, where in stated[:12]:
        plain = line(unescape(said) if "&" in said else said)
        if plain:
            yield Claim(field="description", value=plain[:2000], origin=where)


def _stands_out(element: Tree) -> bool:
    """Whether an element is more than the first paragraph of the text."""
    if element.tag in {"h2", "h3", "h4"} or not is_first_of_paragraphs(element):
        return True
    only = (
        element[0] if len(element) == 1 and not (element.text or "").strip() else None
    )
    return only is not None and only.tag in _BOLD and not (only.tail or "").strip()


def _is_one_of(said: str, summaries: list[str]) -> bool:
    return any(
        said == summary
        or (len(summary) > _AGREEMENT and said.startswith(summary[: len(summary) - 12]))
        for summary in summaries
    )


def _continues(short: str, text: str) -> bool:
    beginning = key(short)
    return len(text) > len(short) and key(text).startswith(beginning[:-12])


def _is_line_of_date(text: str) -> bool:
    """Whether a short line names a year: "By A. Name, Nov. 20, 2019"."""
    return len(text) < _LONGEST_DATE and _YEAR.search(text) is not None


def _has_length(text: str) -> bool:
    if len(text) > _LONGEST:
        return False
    is_wide = any("\u3040" <= character <= "\u9fff" for character in text[:20])
    return len(text) >= (_SHORTEST_WIDE if is_wide else _SHORTEST)
