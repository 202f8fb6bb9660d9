"""How hosts are treated: one pace, one robots.txt, one memory per host [I/O].

A host's next free moment and its robots.txt are kept in the catalogue, so that
a restart is no way around them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from archive import clock
from archive.catalogue import Catalogue
from archive.clock import parse_warc_date, warc_date
from archive.model import Manners
from crawler.robots import RobotsDecision, RobotsRules, is_fresh

MAX_WAIT_S: Final = 24 * 3600.0  # of Retry-After and Crawl-delay
_REMEMBERED_FROM_S: Final = 5.0  # shorter waits are not worth a write


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsAnswer:
    """What asking for a robots.txt gave."""

    status: int | None  # None: no answer
    body: bytes
    record_id: str | None  # of the capture


@dataclass(slots=True)
class _Host:
    """What is known of one authority in this process."""

    next_at: datetime
    rules: RobotsRules | None = None
    fetched_at: datetime | None = None
    reachable: bool = True
    record_id: str | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class HostManners:
    """Decides when a host may be asked again, and for what."""

    def __init__(self, catalogue: Catalogue, token: str) -> None:
        """Remember in `catalogue`; `token` is our product token in robots.txt."""
        self._catalogue = catalogue
        self._token = token
        self._hosts: dict[str, _Host] = {}

    async def robots(
        self, url: str, ask: Callable[[], Awaitable[RobotsAnswer]]
    ) -> tuple[RobotsDecision, str | None]:
        """Say whether robots.txt allows an address, and which record says so.

        `ask` fetches the robots.txt; it is called once, however many wait, and
        again when what is known is older than RFC 9309 (2.4) allows. Raises what
        `ask` raises.
        """
        authority = authority_of(url)
        host = self._host(authority)
        async with host.asking:
            if host.rules is None or not self._is_fresh(host):
                self._take(authority, host, await ask())
        assert host.rules is not None
        return host.rules.decide(url, self._token), host.record_id

    async def turn(self, url: str, manners: Manners, crawl_delay_s: float) -> None:
        """Return when the host may be asked for the next time."""
        host = self._host(authority_of(url))
        delay = max(manners.delay_s, min(crawl_delay_s, MAX_WAIT_S))
        while True:
            now = clock.now()
            if now >= host.next_at:
                host.next_at = now + timedelta(seconds=delay)
                if delay >= _REMEMBERED_FROM_S:
                    self._remember(authority_of(url), host)
                return
            await asyncio.sleep((host.next_at - now).total_seconds())

    def answered(self, url: str, status: int, retry_after: bytes | None) -> None:
        """Take note of an answer: `Retry-After` keeps us away (RFC 9110, 10.2.3)."""
        if retry_after is None or not (status in (429, 503) or 300 <= status < 400):
            return
        now = clock.now()
        wait = retry_after_s(retry_after, now)
        if wait is None:
            return
        host = self._host(authority_of(url))
        until = now + timedelta(seconds=min(wait, MAX_WAIT_S))
        if until > host.next_at:
            host.next_at = until
            self._remember(authority_of(url), host)

    def _host(self, authority: str) -> _Host:
        host = self._hosts.get(authority)
        if host is None:
            host = self._hosts[authority] = self._recall(authority)
        return host

    def _recall(self, authority: str) -> _Host:
        row = self._catalogue.host(authority)
        if row is None:
            return _Host(next_at=clock.now())
        host = _Host(
            next_at=parse_warc_date(row["next_at"]) if row["next_at"] else clock.now()
        )
        if row["robots_fetched_at"]:
            status = row["robots_status"]
            host.rules = RobotsRules.from_answer(
                status=status, body=(row["robots_body"] or "").encode("utf-8")
            )
            host.fetched_at = parse_warc_date(row["robots_fetched_at"])
            host.reachable = _is_reachable(status)
            host.record_id = row["robots_record_id"]
        return host

    def _take(self, authority: str, host: _Host, answer: RobotsAnswer) -> None:
        host.rules = RobotsRules.from_answer(status=answer.status, body=answer.body)
        host.fetched_at = clock.now()
        host.reachable = _is_reachable(answer.status)
        host.record_id = answer.record_id
        if not host.reachable:
            return  # the next run asks again, at once
        self._catalogue.remember_host(
            authority,
            robots_record_id=answer.record_id,
            robots_fetched_at=warc_date(host.fetched_at),
            robots_status=answer.status,
            robots_body=answer.body[: 512 * 1024].decode("utf-8", "replace"),
        )

    def _remember(self, authority: str, host: _Host) -> None:
        self._catalogue.remember_host(authority, next_at=warc_date(host.next_at))

    def _is_fresh(self, host: _Host) -> bool:
        assert host.fetched_at is not None
        return is_fresh(host.fetched_at, clock.now(), unreachable=not host.reachable)


def retry_after_s(value: bytes, now: datetime) -> float | None:
    """Read `Retry-After`: seconds, or an HTTP date; None if it is neither."""
    text = value.decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())


def authority_of(url: str) -> str:
    """Name scheme, host and port: what a robots.txt is valid for."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _is_reachable(status: int | None) -> bool:
    return status is not None and status < 500 and status != 429
