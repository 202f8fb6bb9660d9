"""Where a page says who wrote it, out of sight: JSON-LD and <meta> tags. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from archive.model import Claim
from pipelines.jsonld import Node, text, types
from pipelines.parsed import Meta, ParsedPage

FIELD: Final = "author"
_PROPERTIES: Final = ("author", "creator")  # schema.org/CreativeWork
_MOST_ENTRIES: Final = 40
_LONGEST: Final = 1000  # characters of a claim

# Names of <meta> tags, the most telling first.
META: Final = (
    "author",
    "article:author",
    "article:author:name",
    "article:byline",
    "parsely-author",
    "sailthru.author",
    "sailthru.byline_name",
    "byl",
    "byline",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor.author",
    "citation_author",
    "cxenseparse:author",
    "og:author",
    "og:article:author",
    "dable:author",
    "dcsext.author",
    "authors",
    "article.author",
    "article_author",
    "lp.article:author",
    "creator",
    "cse_author",
    "news_author",
    "pub_author",
    "x-author",
    "mrf:authors",
    "vr:author",
    "twitter:data1",
)
# Endings of names that sites make up, and tags that end so and name no author.
_ENDINGS: Final = ("author", "authors", "byline")
_NOT_OF_ARTICLES: Final = ("smartbanner:", "twitter:", "app:", "al:", "http")
# What twitter:label1 says if twitter:data1 is the author.
WRITTEN_BY: Final = frozenset(
    {
        "written by",
        "by",
        "author",
        "verfasst von",
        "geschrieben von",
        "autor",
        "escrito por",
        "écrit par",
        "rédigé par",
        "auteur",
        "scritto da",
        "autore",
        "geschreven door",
        "skrevet av",
        "skrevet af",
        "skriven av",
        "napisane przez",
        "автор",
        "написано автором",
        "yazan",
        "συντάχθηκε από",
        "كُتب بواسطة",
        "بقلم",
        "نوشته شده توسط",
        "ditulis oleh",
        "được viết bởi",
        "作者",
        "執筆者",
        "글쓴이",
        "kirjoittanut",
        "napsal",
        "napsal(a)",
        "scris de",
        "írta",
        "szerző:",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A claim, and what its place tells of it."""

    claim: Claim
    is_organisation: bool = False  # by the type of the node


def structured(page: ParsedPage) -> tuple[Said, ...]:
    """Give what JSON-LD says, one claim for each author and creator."""
    article = page.data.article
    if article is None:
        return ()
    people = _people(page.data.nodes)
    return tuple(
        Said(
            claim=Claim(
                field=FIELD,
                value=said[:_LONGEST],
                origin=f"{page.data.origin}.{name}",
            ),
            is_organisation=_is_organisation(entry),
        )
        for name in _PROPERTIES
        for entry in _entries(article.get(name), people)
        for said in _names(entry)
    )


def meta(page: ParsedPage) -> tuple[Said, ...]:
    """Give what <meta> tags say, the most telling tag first."""
    return tuple(
        Said(
            claim=Claim(field=FIELD, value=said[:_LONGEST], origin=f"meta:{name}"),
        )
        for name in _tags(page.meta)
        for said in page.meta.all(name)[:_MOST_ENTRIES]
        if not said.startswith(("http://", "https://", "//", "@"))
    )


def _tags(said: Meta) -> Iterator[str]:
    label = (said.first("twitter:label1") or "").strip().casefold()
    given = said.names()
    for name in META:
        if name in given and (name != "twitter:data1" or label in WRITTEN_BY):
            yield name
    for name in given:
        is_known = name in META or name.startswith(_NOT_OF_ARTICLES)
        if name.endswith(_ENDINGS) and not is_known:
            yield name


def _people(nodes: tuple[Node, ...]) -> dict[str, Node]:
    """Give the nodes that have a name by their @id, which authors refer to."""
    return {
        node["@id"]: node
        for node in nodes
        if isinstance(node.get("@id"), str) and "name" in node
    }


def _entries(value: object, people: Mapping[str, Node]) -> Iterator[object]:
    """Lay out lists within lists, and follow references."""
    waiting = [value]
    for _ in range(_MOST_ENTRIES):
        if not waiting:
            return
        entry = waiting.pop(0)
        if isinstance(entry, list):
            waiting = [*entry[:_MOST_ENTRIES], *waiting]
        elif isinstance(entry, Mapping):
            named = people.get(str(entry.get("@id")))
            yield entry if _has_name(entry) or named is None else named
        elif isinstance(entry, str):
            named = people.get(entry)
            yield entry if named is None else named


def _has_name(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("name") or entry.get("familyName"))


def _names(entry: object) -> Iterator[str]:
    if isinstance(entry, Mapping) and not entry.get("name"):
        given, family = text(entry.get("givenName")), text(entry.get("familyName"))
        if family:
            yield f"{given} {family}" if given else family
        return
    said = entry.get("name") if isinstance(entry, Mapping) else entry
    for single in said if isinstance(said, list) else [said]:
        name = text(single)
        if name and not name.startswith(("http://", "https://")):
            yield name


def _is_organisation(entry: object) -> bool:
    return isinstance(entry, Mapping) and any(
        name.lower().endswith(("organization", "website", "corporation", "agency"))
        for name in types(entry)
    )
