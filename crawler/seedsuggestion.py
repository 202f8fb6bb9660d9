"""A source made of what a search for seeds found. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from archive.model import Manners, Seed, SeedKind, Source
from crawler.seedclues import Origin
from crawler.seedsearch import Look, SeedSearch
from crawler.source_names import host_name, suggested_id
from crawler.source_text import comment, seed_toml, source_toml

_WHERE: Final = {
    Origin.GIVEN: "as given",
    Origin.LINK: "linked in the head of the page",
    Origin.ROBOTS: "named by robots.txt",
    Origin.INDEX: "named by a sitemap index",
    Origin.ANCHOR: "linked on the page",
    Origin.COMMON: "at a common place",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A source that is ready, and what a person may change about it."""

    source: Source
    remarks: dict[str, str]  # on each seed, by address
    spare: tuple[tuple[Look, str], ...]  # what could be a seed too, and why it is none

    def toml(self) -> str:
        """Write it as it can be put into a file of sources."""
        lines = tuple(
            (seed_toml(str(look.kind), look.url), f"{_holds(look)}; {why}")
            for look, why in self.spare
        )
        found = comment(f"Found by `dateline sources discover` at {_site(self.source)}")
        written = source_toml(self.source, remarks=self.remarks, spare=lines)
        return f"{found}\n{written}"


def suggestion(search: SeedSearch, manners: Manners | None = None) -> Suggestion | None:
    """Choose seeds among what was found; None if there is nothing to watch.

    A feed that names nothing another one does not name is left out, and so is
    a sitemap of the whole archive, if there is anything else. Without either
    the page itself is watched, if it could be read.
    """
    chosen, spare = _chosen(search)
    remarks = {look.url: _holds(look) for look in chosen}
    seeds = [Seed(url=look.url, kind=look.kind) for look in chosen if look.kind]
    if not seeds and search.page is not None:
        seeds = [Seed(url=search.url, kind=SeedKind.FRONT)]
        links = f"{search.articles} of its links look like articles"
        remarks[search.url] = f"no feed and no sitemap was found; {links}"
    if not seeds:
        return None
    is_given = chosen and chosen[0].clue.origin is Origin.GIVEN
    homepage = urljoin(search.url, "/") if is_given else search.url
    page = search.page
    name = (page and page.name) or _title(chosen) or host_name(search.url)
    source = Source(
        id=suggested_id(name, search.url),
        name=name,
        homepage=homepage,
        language=page.language if page else None,
        seeds=tuple(seeds),
        manners=manners or Manners(),
    )
    return Suggestion(source=source, remarks=remarks, spare=tuple(spare))


def _chosen(search: SeedSearch) -> tuple[list[Look], list[tuple[Look, str]]]:
    chosen: list[Look] = []
    spare: list[tuple[Look, str]] = []
    for look in search.good(SeedKind.FEED):
        wider = next((one for one in chosen if look.named <= one.named), None)
        if wider is not None:
            spare.append((look, f"{wider.url} names the same addresses"))
            continue
        for one in [one for one in chosen if one.named < look.named]:
            chosen.remove(one)
            spare.append((one, f"{look.url} names the same addresses and more"))
        chosen.append(look)
    sitemaps = search.good(SeedKind.SITEMAP)
    current = [look for look in sitemaps if not look.is_archive]
    for look in sitemaps:
        index = next((one.url for one in current if look.url in one.nested), None)
        if look.is_archive and (chosen or current):
            spare.append((look, "rather the whole archive than what is new"))
        elif index is not None:
            spare.append((look, f"{index} names it"))
        elif look.url not in {one.url for one in chosen}:
            chosen.append(look)
    return chosen, spare


def _holds(look: Look) -> str:
    title = f', "{look.clue.title}"' if look.clue.title else ""
    return f"{look.words()}, {_WHERE[look.clue.origin]}{title}"


def _title(chosen: list[Look]) -> str | None:
    return next((look.clue.title for look in chosen if look.clue.title), None)


def _site(source: Source) -> str:
    return source.homepage or urlsplit(source.seeds[0].url).netloc
