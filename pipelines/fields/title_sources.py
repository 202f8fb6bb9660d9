"""Where a page states its title, outside its headings. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Final

from archive.model import Claim
from pipelines.fields.title_headings import element_text
from pipelines.fields.title_words import LONGEST
from pipelines.jsonld import texts
from pipelines.normalisation import line
from pipelines.parsed import ParsedPage

# Properties of schema.org/NewsArticle that hold a title.
_PROPERTIES: Final = ("headline", "name", "alternativeHeadline")
# Names of <meta> tags: the Open Graph protocol, Twitter cards, Dublin Core, and the
# vocabularies of Parse.ly, Sailthru, Cxense, Mediator and citation managers.
_METAS: Final = (
    "og:title",
    "twitter:title",
    "headline",
    "parsely-title",
    "sailthru.title",
    "dc.title",
    "dcterms.title",
    "dc:title",
    "cxenseparse:title",
    "citation_title",
    "article:title",
    "twitter:text:title",
    "title",
)


def stated_titles(page: ParsedPage) -> Iterator[Claim]:
    """Give what JSON-LD, <meta>, <title> and the seed claim the title to be."""
    article = page.data.article or {}
    for name in _PROPERTIES:
        for said in list(texts(article.get(name)))[:2]:
            yield from _claim(said, f"{page.data.origin}.{name}")
    for name in _METAS:
        for said in dict.fromkeys(page.meta.all(name)[:3]):
            yield from _claim(said, f"meta:{name}")
    if page.title is not None:
        yield from _claim(element_text(page.title), "title")
    if page.hints.title:
        yield from _claim(page.hints.title, f"hint:{page.hints.origin}")


def _claim(said: str, origin: str) -> Iterator[Claim]:
    # Some sites escape what their template escapes again.
    plain = line(unescape(said) if "&" in said else said)
    if plain:
        yield Claim(field="title", value=plain[:LONGEST], origin=origin)
