"""Names of a site: to give, and to keep out of titles. Pure.

A site states its name in many places and spells it in many ways; the host tells it
too. A piece of a title counts as a site's name if it equals one of them, is the
same but for what names have around them, if its initials are the host's, or if it
is those of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import tldextract

from archive.model import Claim
from pipelines.fields.reading import Reading, mark
from pipelines.fields.title_words import key, pieces, squeezed
from pipelines.jsonld import text as first_text
from pipelines.normalisation import line
from pipelines.parsed import ParsedPage

# Where names of sites stand, the most telling first.
_META_NAMES: Final = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "al:ios:app_name",
    "al:android:app_name",
    "twitter:app:name:iphone",
    "twitter:app:name:googleplay",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
    "dc.source",
)
_NODE_TYPES: Final = ("website", "newsmediaorganization", "organization")
# Names that go as a publisher's in one place or another, and are none.
_NO_NAMES: Final = frozenset(
    {"home", "website", "news", "article", "wordpress", "blog", "admin", "undefined"}
)
# What sites' names have at their ends and leave out elsewhere.
_TRIMMINGS: Final = (
    "com", "org", "net", "couk", "de", "fr", "es", "it", "nl", "ru", "ua", "pl",
    "the", "news", "online", "newspaper", "magazine", "tv", "official", "digital",
    "blog",
)  # fmt: skip
_SHORTEST: Final = 3  # letters of a name that is looked for within a piece
_LONGEST: Final = 60  # characters of a site's name
_SUFFIXES: Final = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)
_SUBDOMAINS: Final = frozenset({"www", "m", "mobile", "amp", "news", "edition", "web"})
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteNames:
    """All names of a site, squeezed to letters and digits."""

    stated: tuple[str, ...]
    hosts: tuple[str, ...]  # labels of the host, the registered one first
    initials: frozenset[str] = frozenset()  # of stated names of several words

    def has(self, piece: str) -> bool:
        """Whether a piece of a title is the name of the site, or holds hardly more."""
        is_short = piece.isupper() and squeezed(piece) in self.initials
        return is_short or _is_name(piece, self.stated, self.hosts)

    def equals(self, piece: str) -> bool:
        """Whether a piece is the name of the site and nothing else."""
        bare = _trimmed(squeezed(piece))
        return any(bare == _trimmed(name) for name in (*self.stated, *self.hosts))


def read_site_name(page: ParsedPage) -> Reading[str | None]:
    """Read the name of the site, as its publisher writes it."""
    claims = tuple(_claims(page))
    hosts = host_labels(page.url)
    for claim in claims:
        if name := _as_name(claim.value, hosts):
            return Reading(value=name, claims=mark(claims, claim))
    return Reading(value=None, claims=claims)


def site_names(page: ParsedPage) -> SiteNames:
    """Collect all names by which the site of a page may be called."""
    hosts = host_labels(page.url)
    stated = [
        squeezed(part) for c in _claims(page) for part in (c.value, *pieces(c.value))
    ]
    initials = {
        "".join(word[0] for word in key(c.value).split()) for c in _claims(page)
    }
    handle = (page.meta.first("twitter:site") or "").lstrip("@")
    if handle.isidentifier():
        stated.append(squeezed(handle))
    return SiteNames(
        stated=tuple(dict.fromkeys(name for name in stated if len(name) > 1)),
        hosts=hosts,
        initials=frozenset(one for one in initials if len(one) >= _SHORTEST),
    )


@lru_cache(maxsize=1024)
def host_labels(url: str) -> tuple[str, ...]:
    """Give the telling labels of a host: of news.bbc.co.uk "bbc" alone."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ()
    parts = _SUFFIXES(host)
    labels = [parts.domain, *reversed(parts.subdomain.split("."))]
    return tuple(
        squeezed(label) for label in labels if label and label not in _SUBDOMAINS
    )


@lru_cache(maxsize=1024)
def registered_domain(url: str) -> str:
    """Give the domain somebody registered (Public Suffix List); else the host."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return _SUFFIXES(host).top_domain_under_public_suffix or host


@lru_cache(maxsize=1024)
def _is_name(piece: str, stated: tuple[str, ...], hosts: tuple[str, ...]) -> bool:
    said = squeezed(piece)
    if not said or len(piece) > _LONGEST:
        return False
    bare = _trimmed(said)
    for name in (*stated, *hosts):
        short = _trimmed(name)
        if bare == short:
            return True
        if len(short) > _SHORTEST and short in bare and len(bare) <= 2 * len(short) + 4:
            return True
        if len(bare) > _SHORTEST and bare in short and len(short) <= 2 * len(bare):
            return True
    return _is_of_host(key(piece).split(), hosts)


def _is_of_host(folded: list[str], hosts: tuple[str, ...]) -> bool:
    """Whether words are spelled out what the host has, or hold its name."""
    initials = "".join(word[0] for word in folded)
    wanted = {initials, initials.removeprefix("t")}
    if len(initials) >= _SHORTEST and any(host in wanted for host in hosts):
        return True
    if len(folded) <= 3 and folded[0] in hosts:
        return True
    return len(folded) <= 4 and any(len(w) > 4 and w in hosts for w in folded)


@lru_cache(maxsize=4096)
def _trimmed(name: str) -> str:
    if not name.startswith(_TRIMMINGS) and not name.endswith(_TRIMMINGS):
        return name
    for trimming in _TRIMMINGS:
        for cut in (name.removeprefix(trimming), name.removesuffix(trimming)):
            if len(cut) >= _SHORTEST:
                name = cut
    return name


def _as_name(value: str, hosts: tuple[str, ...]) -> str | None:
    """Bring a stated name into form: of "Name | slogan" the part that is a name."""
    said = line(value)
    if said is None or said.lower() in _NO_NAMES:
        return None
    parts = pieces(said)
    if len(parts) > 1:
        likely = [part for part in parts if _is_name(part, (), hosts)]
        said = (likely or parts)[0]
    said = said.strip(" -–—|·:@")
    if not _NOT_LETTERS.sub("", said) or len(said) > _LONGEST:
        return None
    return said if "://" not in said else None


def _claims(page: ParsedPage) -> Iterator[Claim]:
    for name in _META_NAMES[:1]:
        yield from _of_meta(page, name)
    if page.data.article is not None:
        for field in ("publisher", "sourceOrganization", "provider"):
            if said := first_text(page.data.article.get(field)):
                yield _claim(said, f"{page.data.origin}.{field}")
    for kind in _NODE_TYPES:
        for node in page.data.of_type(kind):
            if said := first_text(node.get("name")):
                yield _claim(said, f"json-ld:{kind}.name")
    for name in _META_NAMES[1:]:
        yield from _of_meta(page, name)


def _of_meta(page: ParsedPage, name: str) -> Iterator[Claim]:
    if said := page.meta.first(name):
        yield _claim(said, f"meta:{name}")


def _claim(value: str, origin: str) -> Claim:
    return Claim(field="site_name", value=value[:500], origin=origin)
