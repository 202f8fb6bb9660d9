"""The address a page says it has (RFC 6596), if it can be believed. Pure.

Pages name their front page, a section, or the machine they were made on. Only
rel=canonical may name another site: that of the original of a syndicated article.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from archive.model import Claim
from pipelines.fields.reading import Reading, mark
from pipelines.fields.sites import registered_domain
from pipelines.normalisation import address
from pipelines.parsed import ParsedPage, Tree

_METAS: Final = ("og:url", "twitter:url", "parsely-link", "sailthru.url")
_PROPERTIES: Final = ("url", "mainEntityOfPage", "@id")
_CANONICAL: Final = "link:canonical"
_LONGEST: Final = 4096
# First words of addresses that are front pages under another name.
_FRONTS: Final = frozenset(
    {"", "index.html", "index.php", "index.htm", "home", "index"}
)


def read_canonical(page: ParsedPage) -> Reading[str | None]:
    """Read the address of the article, absolute; None if none is believed."""
    claims = tuple(dict.fromkeys(_claims(page)))
    for claim in claims:
        stated = resolved(page, claim.value)
        if stated is not None and _is_believed(stated, page.url, claim.origin):
            return Reading(value=stated, claims=mark(claims, claim))
    return Reading(value=None, claims=claims)


def resolved(page: ParsedPage, reference: str) -> str | None:
    """Resolve a reference of a page (RFC 3986, 5); None if it is no web address."""
    if len(reference) > _LONGEST:
        return None
    said = reference.strip()
    if said.startswith(("https://", "http://")):
        return address(said)
    try:
        return address(urljoin(page.url, said))
    except ValueError:
        return None


def head_links(page: ParsedPage, relation: str) -> list[Tree]:
    """Give the <link> elements of a relation; those of the head if it has any."""
    found = [
        link
        for link in page.links
        if relation in (link.get("rel") or "").lower().split()
    ]
    return [link for link in found if _is_in_head(link)] or found


def _is_in_head(element: Tree) -> bool:
    return next(element.iterancestors("head"), None) is not None


def _claims(page: ParsedPage) -> Iterator[Claim]:
    stated = [
        (link.get("href") or "", _CANONICAL)
        for link in head_links(page, "canonical")[:3]
    ]
    stated += [
        (said, f"meta:{name}") for name in _METAS for said in page.meta.all(name)[:2]
    ]
    article = page.data.article or {}
    for name in _PROPERTIES:
        said = article.get(name)
        if isinstance(said, Mapping):
            said = said.get("@id") or said.get("url")
        # "#article" and the like name a node, not a page.
        if isinstance(said, str) and not said.startswith(("#", "_:", "urn:")):
            stated.append((said, f"{page.data.origin}.{name}"))
    for said, origin in stated:
        if said.strip() and len(said) <= _LONGEST:
            yield Claim(field="canonical_url", value=said, origin=origin)


def _is_believed(stated: str, url: str, origin: str) -> bool:
    said, own = urlsplit(stated), urlsplit(url)
    if _is_literal(said.hostname or "") and said.hostname != own.hostname:
        return False
    if origin != _CANONICAL:
        if said.fragment and origin.startswith("json-ld"):
            return False  # "https://example.org/a#article" is a node of a page
        if registered_domain(stated) != registered_domain(url):
            return False
    folders, own_folders = _folders(said.path), _folders(own.path)
    if not folders and not said.query:
        return not own_folders and not own.query
    # "/world" for "/world/2024/a-long-story" is its section.
    return not (
        len(folders) == 1
        and len(own_folders) > 1
        and not said.query
        and folders[0] == own_folders[0]
        and not any(character.isdigit() for character in folders[0])
    )


def _folders(path: str) -> list[str]:
    folders = [folder for folder in path.split("/") if folder]
    return [] if len(folders) == 1 and folders[0].lower() in _FRONTS else folders


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
