"""What a file of sources may mean otherwise than its writer thinks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.model import SeedKind, Severity, Source
from archive.urlkey import urlkey

_NAMES = {
    SeedKind.FEED: ("feed", "feeds"),
    SeedKind.SITEMAP: ("sitemap", "sitemaps"),
    SeedKind.FRONT: ("front page", "front pages"),
    SeedKind.LIST: ("list", "lists"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something in order by the rules, and yet worth a look."""

    severity: Severity  # a WARNING is most likely a mistake, a NOTE a decision
    source_id: str
    number: int  # of the source in its file, from 0
    key: str  # that it stands at
    value: str  # behind the key, or empty
    sentence: str


def remarks(sources: tuple[Source, ...]) -> tuple[Remark, ...]:
    """Give what is worth a look, source by source."""
    every = (*_same_seeds(sources), *_exceptions(sources), *_shared_hosts(sources))
    return tuple(sorted(every, key=lambda remark: remark.number))


def contents(sources: tuple[Source, ...]) -> str:
    """Say in one sentence what is in a file of sources."""
    kinds = Counter(seed.kind for source in sources for seed in source.seeds)
    named = ", ".join(
        f"{kinds[kind]} {names[kinds[kind] != 1]}"
        for kind, names in _NAMES.items()
        if kinds[kind]
    )
    hosts = {host for source in sources for host in hosts_of(source)}
    return (
        f"{len(sources)} source{'' if len(sources) == 1 else 's'}: {named}, "
        f"on {len(hosts)} host{'' if len(hosts) == 1 else 's'}"
    )


def hosts_of(source: Source) -> tuple[str, ...]:
    """Name the hosts that the seeds of a source are on, each once."""
    hosts = (urlsplit(seed.url).hostname or "" for seed in source.seeds)
    return tuple(dict.fromkeys(hosts))


def _same_seeds(sources: tuple[Source, ...]) -> Iterator[Remark]:
    first: dict[str, str] = {}  # by key, so http and https are the same
    for number, source in enumerate(sources):
        for seed in source.seeds:
            key = urlkey(seed.url)
            if key in first:
                other = first[key]
                has_it = f"source {other!r} has" if other != source.id else "it has"
                yield Remark(
                    severity=Severity.WARNING,
                    source_id=source.id,
                    number=number,
                    key="url",
                    value=seed.url,
                    sentence=f"the seed {seed.url}: {has_it} it already",
                )
            first.setdefault(key, source.id)


def _exceptions(sources: tuple[Source, ...]) -> Iterator[Remark]:
    for number, source in enumerate(sources):
        manners = source.manners
        made = {
            "allow_private": ("connects to private addresses", manners.allow_private),
            "verify_tls": ("takes any certificate", not manners.verify_tls),
            "ignore_robots": (
                f"does not obey robots.txt ({manners.ignore_robots})",
                manners.ignore_robots is not None,
            ),
        }
        for key, (what, is_made) in made.items():
            if is_made:
                yield Remark(
                    severity=Severity.NOTE,
                    source_id=source.id,
                    number=number,
                    key=key,
                    value="",
                    sentence=f"an exception: {what}",
                )


def _shared_hosts(sources: tuple[Source, ...]) -> Iterator[Remark]:
    first: dict[str, str] = {}
    for number, source in enumerate(sources):
        for host in hosts_of(source):
            other = first.setdefault(host, source.id)
            if other != source.id:
                yield Remark(
                    severity=Severity.NOTE,
                    source_id=source.id,
                    number=number,
                    key="seeds",
                    value="",
                    sentence=f"shares the host {host} with source {other!r}: "
                    "one waits for the other there",
                )
