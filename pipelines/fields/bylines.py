"""The bylines of an article: who is named as its author. Pure.

What a page says out of sight comes first, since it names no authors of other
articles. It is passed over where it names nobody but the site, and filled up where
the page shows more names than it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from archive.model import Byline, BylineKind, Claim
from pipelines.fields import byline_claims, byline_visible
from pipelines.fields.agencies import is_agency
from pipelines.fields.byline_claims import Said
from pipelines.fields.names import is_organisation, is_person, key_of, names_in
from pipelines.fields.reading import Reading, mark
from pipelines.jsonld import text
from pipelines.parsed import ParsedPage

_HIDDEN: Final = ("json-ld", "meta:")
_SHOWN: Final = "shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The names that one place of a page gives, and the claims they stood in."""

    names: tuple[str, ...]
    claims: tuple[Claim, ...]
    organisations: frozenset[str] = frozenset()  # keys of names, by their node's type
    where: str = _SHOWN  # or "json-ld" or "meta"


def read_bylines(
    page: ParsedPage, site_name: str | None
) -> Reading[tuple[Byline, ...]]:
    """Read who wrote the article, in the order of the page.

    Persons come before papers and agencies: those are given only where no person
    is named, or where they are named beside one.
    """
    site = _site_keys(page, site_name)
    stated = (*byline_claims.structured(page), *byline_claims.meta(page))
    sources = _sources(stated, site)
    is_told = any(_names_person(one, site) for one in sources)
    shown = byline_visible.visible(page, is_told=is_told)
    said = (*stated, *shown)
    chosen = choose_bylines([*sources, *_sources(shown, site)], site)
    claims = mark((one.claim for one in said), *(chosen.claims if chosen else ()))
    if chosen is None:
        return Reading(value=(), claims=claims)
    written = _best_written(chosen.names, said)
    return Reading(
        value=tuple(
            Byline(name=name, kind=_kind(name, chosen.organisations, site))
            for name in written
        ),
        claims=claims,
    )


def choose_bylines(sources: Sequence[_Source], site: frozenset[str]) -> _Source | None:
    """Choose the first place that names a person, or one that names more of them.

    `site` holds the keys of the names the site goes by. None if no place names
    anybody.
    """
    personal = [one for one in sources if _names_person(one, site)]
    if not personal:
        agencies = [one for one in sources if any(map(is_agency, one.names))]
        return next(iter(agencies or sources), None)
    first = _agreed(personal) or personal[0]
    known = _keys(first)
    for other in personal[1:]:
        if known < _keys(other) and all(is_person(name) for name in other.names):
            return other
    return first


def _agreed(personal: Sequence[_Source]) -> _Source | None:
    """Give the place that one elsewhere on the page agrees with against the first.

    Publishers name their company as the author of all they publish. None if the
    first place shares a name with any other.
    """
    first, *others = personal
    known = _keys(first)
    by_names: dict[frozenset[str], _Source] = {}
    agreed = None
    for other in others:
        keys = _keys(other)
        if keys & known:
            return None
        same = by_names.setdefault(keys, other)
        if agreed is None and same.where != other.where:
            agreed = same
    return agreed


def _keys(source: _Source) -> frozenset[str]:
    return frozenset(key_of(name) for name in source.names)


def _sources(said: Iterable[Said], site: frozenset[str]) -> list[_Source]:
    """Gather the claims of each place: JSON-LD by property, <meta> tags, elements."""
    places: dict[str, list[Said]] = {}
    for one in said:
        origin = one.claim.origin
        is_hidden = origin.startswith(_HIDDEN)
        places.setdefault(origin if is_hidden else _SHOWN, []).append(one)
    gathered = (_source(place, members, site) for place, members in places.items())
    return [one for one in gathered if one.names]


def _source(place: str, said: list[Said], site: frozenset[str]) -> _Source:
    names: dict[str, str] = {}
    organisations: set[str] = set()
    for one in said:
        value = one.claim.value
        # "Jobs & Hire" is one name if it is the site's
        is_site = _site_key(value) in site
        found = (value,) if is_site else names_in(value, is_visible=place == _SHOWN)
        # "Ada Lovelace, The Daily Loom": the paper is no second author
        kept = [name for name in found if _site_key(name) not in site] or found
        for name in kept:
            names.setdefault(key_of(name), name)
            if one.is_organisation:
                organisations.add(key_of(name))
    return _Source(
        names=tuple(names.values()),
        claims=tuple(one.claim for one in said),
        organisations=frozenset(organisations),
        where=re.split("[.:]", place)[0],
    )


def _names_person(source: _Source, site: frozenset[str]) -> bool:
    """Whether a place names a person; shown beside an article, one word is none."""
    is_so = is_person if source.where == _SHOWN else _may_be_person
    return any(
        is_so(name)
        and _site_key(name) not in site
        and key_of(name) not in source.organisations
        for name in source.names
    )


def _may_be_person(name: str) -> bool:
    return not is_agency(name) and not is_organisation(name)


def _kind(name: str, organisations: frozenset[str], site: frozenset[str]) -> BylineKind:
    if is_agency(name):
        return BylineKind.AGENCY
    key = key_of(name)
    if key in organisations or _site_key(name) in site or is_organisation(name):
        return BylineKind.ORGANISATION
    return BylineKind.PERSON


def _site_keys(page: ParsedPage, site_name: str | None) -> frozenset[str]:
    """Give the keys of all names that mean the site itself."""
    article = page.data.article or {}
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    names = (
        site_name,
        text(article.get("publisher")),
        page.meta.first("og:site_name"),
        page.meta.first("application-name"),
        host,
        host.partition(".")[0],
        *host.split(".")[-2:-1],
    )
    return frozenset(_site_key(name) for name in names if name)


def _site_key(name: str) -> str:
    """Give what "The Daily Loom", "daily-loom" and "DailyLoom" have in common."""
    return key_of(name).replace(" ", "").removeprefix("the")


def _best_written(names: Iterable[str], said: Iterable[Said]) -> list[str]:
    """Write names that are all in capitals, or have none, as another claim does."""
    names = list(names)
    if not any(name.isupper() or name.islower() for name in names):
        return names
    better = {
        key_of(name): name
        for one in said
        for name in names_in(one.claim.value)
        if not name.isupper() and not name.islower()
    }
    return [
        better.get(key_of(name), name) if name.isupper() or name.islower() else name
        for name in names
    ]
