"""The whole story of an address: how it was found, what decided, every attempt [I/O].

It is told from three memories: the frontier says how the address stands, the
catalogue what was asked for and what came, the file of sources what would become
of it today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from archive.catalogue import Catalogue
from archive.identity import identity
from archive.model import Capture, Discovery, Miss, Source
from archive.questions import Kept, captures_of, misses_of
from archive.watch.aliases import Alias
from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.hosts import HostMemory
from archive.watch.model import Address
from crawler.filters import refusal
from crawler.pace import host_of

Fact = tuple[str, str]  # what it is, and what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an address."""

    date: datetime
    kind: str  # "found", "capture", "miss", "alias"
    sentence: str
    record_id: str | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a source of the file would do with an address today."""

    source_id: str
    reason: str | None  # why not; None if it would take it


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is known of an address."""

    url: str  # as it was asked for
    key: str  # what it is known by, or would be
    address: Address | None  # how it stands; None if no source has found it
    aliases: tuple[Alias, ...]
    events: tuple[Event, ...]  # in the order of time
    left_alone: str | None  # why its host is not asked now
    verdicts: tuple[Verdict, ...]

    @property
    def is_known(self) -> bool:
        """Whether anything was ever found or fetched under the address."""
        return self.address is not None or bool(self.events)


def explain(
    url: str,
    catalogue: Catalogue,
    watch: WatchDatabase | None,
    *,
    now: datetime,
    sources: Sequence[Source] = (),
) -> Story:
    """Tell the story of an address. Raises StorageError or CollectionError."""
    frontier = Frontier(watch) if watch is not None else None
    address = frontier.get(url) if frontier is not None else None
    key, aliases, finds = identity(url), tuple[Alias, ...](), list[Address]()
    if frontier is not None and address is not None:
        key, aliases = address.key, frontier.aliases(address.key)
        others = (frontier.found_as(alias.key) for alias in aliases)
        finds = [address, *(other for other in others if other is not None)]
    urls = dict.fromkeys(
        [url, *(find.url for find in finds), *(alias.url for alias in aliases)]
    )
    kept, misses = _attempts(catalogue, tuple(urls), {key, *(a.key for a in aliases)})
    events = [
        *(_found(catalogue, find) for find in finds),
        *(_joined(catalogue, alias, finds[0]) for alias in aliases),
        *(_captured(one) for one in kept),
        *(_missed(catalogue, miss) for miss in misses),
    ]
    if not finds and (kept or misses):
        asked: list[Capture | Miss] = [*(one.capture for one in kept), *misses]
        first = min(asked, key=lambda one: one.date)
        events.append(_found(catalogue, first.discovery))
    order = ("found", "alias", "capture", "miss")
    return Story(
        url=url,
        key=key,
        address=address,
        aliases=aliases,
        events=tuple(sorted(events, key=lambda e: (e.date, order.index(e.kind)))),
        left_alone=_left_alone(watch, address, now),
        verdicts=tuple(verdicts(url, sources, now)),
    )


def verdicts(url: str, sources: Iterable[Source], now: datetime) -> Iterator[Verdict]:
    """Tell what each source that watches the site of an address makes of it."""
    host = _host(url)
    for source in sources:
        seeds = [seed.url for seed in source.seeds]
        hosts = map(_host, [*seeds, source.homepage or ""])
        if any(_is_one_site(host, other) for other in hosts):
            yield Verdict(source_id=source.id, reason=refusal(url, source, now=now))


# ---------------------------------------------------------------- memories


def _attempts(
    catalogue: Catalogue, urls: Iterable[str], keys: set[str]
) -> tuple[list[Kept], list[Miss]]:
    kept: dict[str, Kept] = {}
    misses: dict[str, Miss] = {}
    for url in urls:
        for one in captures_of(catalogue, url):
            found = {identity(one.capture.url), identity(one.capture.discovery.url)}
            # A key of the index is coarser: it may find another article.
            if found & keys or url in (one.capture.url, one.capture.discovery.url):
                kept[one.capture.record_id] = one
        misses |= {miss.record_id: miss for miss in misses_of(catalogue, url)}
    return list(kept.values()), list(misses.values())


def _left_alone(
    watch: WatchDatabase | None, address: Address | None, now: datetime
) -> str | None:
    if watch is None or address is None or address.due_at is None:
        return None
    try:
        host = host_of(address.url)
    except ValueError:  # a port that is no number
        return None
    state = HostMemory(watch).host(host)
    if state is None or state.not_before is None or state.not_before <= now:
        return None
    return f"{host} until {state.not_before:%Y-%m-%d %H:%M:%S} UTC: {state.reason}"


# ---------------------------------------------------------------- events


def _found(catalogue: Catalogue, find: Address | Discovery) -> Event:
    where = f"in {find.seed_url}" if find.seed_url else "by hand, or as a seed"
    facts = [("source", find.source_id)]
    if find.claimed_title:
        facts.append(("title", find.claimed_title))
    if find.claimed_date:
        facts.append(("dated", find.claimed_date))
    return Event(
        date=find.found_at,
        kind="found",
        sentence=f"{find.url} {where}",
        record_id=find.seed_record_id,
        facts=(*facts, *_place(_record(catalogue, find.seed_record_id))),
    )


def _joined(catalogue: Catalogue, alias: Alias, address: Address) -> Event:
    capture = _record(catalogue, alias.evidence)
    return Event(
        # Without the capture nobody can say when: at the beginning, then.
        date=capture.date if capture else address.found_at,
        kind="alias",
        sentence=f"{alias.url} is the same article as {address.url} (rel=canonical)",
        record_id=alias.evidence,
        facts=_place(capture),
    )


def _captured(kept: Kept) -> Event:
    capture = kept.capture
    media = capture.media_type or "of no type"
    facts: list[Fact] = [("address", capture.url), *_place(capture)]
    if capture.revisit is not None:
        profile = capture.revisit.profile.rpartition("/")[2]
        facts.append(("revisit", f"{profile}, of {capture.revisit.record_id}"))
    if capture.redirect_from is not None:
        facts.append(("redirect from", capture.redirect_from))
    if capture.truncated is not None:
        facts.append(("cut short", capture.truncated.value))
    outcome = kept.text_outcome.value if kept.text_outcome else "not extracted yet"
    detail = f" ({kept.text_detail})" if kept.text_detail else ""
    facts += [("text", outcome + detail), *_circumstances(capture)]
    return Event(
        date=capture.date,
        kind="capture",
        sentence=f"status {capture.status}, {media}, {capture.payload_length:,} bytes",
        record_id=capture.record_id,
        facts=tuple(facts),
    )


def _missed(catalogue: Catalogue, miss: Miss) -> Event:
    facts: list[Fact] = [("address", miss.url)]
    if miss.evidence is not None:
        capture = _record(catalogue, miss.evidence)
        named = f"{miss.evidence} ({capture.url})" if capture else miss.evidence
        facts += [("evidence", named), *_place(capture)]
    if miss.redirect_from is not None:
        facts.append(("redirect from", miss.redirect_from))
    return Event(
        date=miss.date,
        kind="miss",
        sentence=f"{miss.outcome}: {miss.detail}",
        record_id=miss.record_id,
        facts=(*facts, *_circumstances(miss)),
    )


def _circumstances(event: Capture | Miss) -> list[Fact]:
    discovery = event.discovery
    facts = [("run", f"{discovery.run_id} of {discovery.source_id}")]
    if event.attempt > 1:
        facts.append(("attempt", str(event.attempt)))
    return facts


def _record(catalogue: Catalogue, record_id: str | None) -> Capture | None:
    found = captures_of(catalogue, record_id) if record_id else []
    return found[0].capture if found else None


def _place(capture: Capture | None) -> tuple[Fact, ...]:
    if capture is None:
        return ()
    place = capture.locator
    return (("file", f"{place.path}, offset {place.offset}, {place.length} bytes"),)


# ---------------------------------------------------------------- sites


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _is_one_site(host: str, other: str) -> bool:
    return bool(host and other) and (
        host == other or host.endswith(f".{other}") or other.endswith(f".{host}")
    )
