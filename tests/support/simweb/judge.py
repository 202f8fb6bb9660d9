"""Was robots.txt obeyed? Judged from the log, with Protego as a second opinion.

Robots files of the simulated web keep clear of the points in which Protego
departs from RFC 9309 (see `crawler.robots`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from protego import Protego

from tests.support.simweb.analysis import by_host, neighbours
from tests.support.simweb.answers import Asked, Site
from tests.support.simweb.hosts import ROBOTS, Ill
from tests.support.simweb.log import Entry

if TYPE_CHECKING:
    from tests.support.simweb.webs import Web

AGENT: Final = "Dateline"

_HOPS: Final = 5  # RFC 9309, 2.3.1.2
_LIMIT: Final = 500 * 1024  # 2.5
_LIFE_S: Final = 24 * 3600.0  # 2.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a robots.txt came to."""

    text: str | None = None  # None: there are no rules
    is_reachable: bool = True  # if not, everything is disallowed (2.3.1.4)

    def allows(self, url: str, agent: str = AGENT) -> bool:
        """Say whether the address may be fetched."""
        if not self.is_reachable or self.text is None:
            return self.is_reachable
        return bool(_read(self.text).can_fetch(url, agent))

    def crawl_delay_s(self, agent: str = AGENT) -> float | None:
        """Give the Crawl-delay."""
        if not self.is_reachable or self.text is None:
            return None
        delay: float | None = _read(self.text).crawl_delay(agent)
        return delay


UNREACHABLE: Final = Ruling(is_reachable=False)


@lru_cache(maxsize=256)
def _read(text: str) -> Protego:
    return Protego.parse(text)


def robots_at(sites: Mapping[str, Site], address: str, moment: datetime) -> Ruling:
    """Tell what whoever asks a host for its robots.txt at a moment is told."""
    path = ROBOTS
    for _ in range(_HOPS + 1):
        site = sites[address]
        trouble = site.trouble(path, moment)
        if trouble is not None and trouble.ill not in {Ill.STATUS, Ill.LATE, Ill.DRIP}:
            return UNREACHABLE
        answer = site.answer(Asked(method="GET", target=path, fields={}), moment)
        if answer.status in {301, 302, 303, 307, 308}:
            parts = urlsplit(urljoin(path, dict(answer.fields)["Location"]))
            address, path = parts.hostname or address, parts.path
            continue
        if answer.status == 429 or answer.status >= 500:
            return UNREACHABLE
        if answer.status >= 400:
            return Ruling()
        body = answer.body
        if len(body) > _LIMIT:
            body = body[: body.rfind(b"\n", 0, _LIMIT) + 1]
        return Ruling(text=body.decode())
    return Ruling()  # more redirects than are followed: unavailable (2.3.1.2)


def disallowed(
    entries: Iterable[Entry], web: Web, *, agent: str = AGENT, slack_s: float = 60.0
) -> list[Entry]:
    """Give the requests for what robots.txt disallows.

    Counts what the client was last told, for 24 hours and the slack of the
    simulated clock; before and afterwards, what it would have been told.
    """
    sites = web.sites()
    return [
        entry
        for address, of_host in by_host(entries).items()
        for entry, ruling in _ruled(of_host, sites, address, slack_s)
        if not ruling.allows(f"http://{address}:{web.port}{entry.target}", agent)
    ]


def hasty(
    entries: Iterable[Entry],
    web: Web,
    *,
    agent: str = AGENT,
    sim: bool = False,
    slack_s: float = 0.0,
) -> list[tuple[Entry, Entry]]:
    """Give neighbouring requests that are closer than the host's Crawl-delay.

    A request for robots.txt itself is not judged: it may be the one by which the
    client learns of the delay.
    """
    sites = web.sites()
    found = []
    for address, of_host in by_host(entries).items():
        known = {
            id(entry): ruling.crawl_delay_s(agent)
            for entry, ruling in _ruled(of_host, sites, address, 0.0)
        }
        for before, entry in neighbours(of_host):
            delay_s = known.get(id(entry))
            gap_s = entry.begins(sim=sim) - before.begins(sim=sim)
            if delay_s is not None and gap_s < delay_s - slack_s:
                found.append((before, entry))
    return found


def _ruled(
    entries: list[Entry], sites: Mapping[str, Site], address: str, slack_s: float
) -> Iterator[tuple[Entry, Ruling]]:
    """Give the requests of one host, but for robots.txt, with the ruling in force."""
    told_at, told = float("-inf"), UNREACHABLE
    for entry in entries:
        if entry.path == ROBOTS:
            told_at = entry.sim_began
            was_answered = entry.status != 0 and entry.is_complete
            told = _ruling(sites, address, told_at) if was_answered else UNREACHABLE
        elif not entry.path.startswith("/robots-") and entry.method:
            is_fresh = 0 <= entry.sim_began - told_at < _LIFE_S + slack_s
            yield entry, told if is_fresh else _ruling(sites, address, entry.sim_began)


def _ruling(sites: Mapping[str, Site], address: str, second: float) -> Ruling:
    return robots_at(sites, address, datetime.fromtimestamp(second, UTC))
