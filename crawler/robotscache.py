"""The robots.txt of each authority: asked for once, kept for a day [I/O]."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from archive import clock
from archive.watch.hosts import HostMemory
from archive.watch.model import RobotsState
from crawler.pace import authority_of
from crawler.robots import SIZE_LIMIT, RobotsDecision, RobotsRules, is_fresh

# Without an answer it may be us who are cut off: that is soon over, mostly.
_NO_ANSWER_LIFE = timedelta(minutes=1)


@dataclass(slots=True)
class _Entry:
    """What is known of one authority in this process."""

    state: RobotsState | None
    rules: RobotsRules | None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class RobotsCache:
    """Says what robots.txt says; asks for it when what is known is too old."""

    def __init__(self, memory: HostMemory, token: str) -> None:
        """Remember in `memory`; `token` is our product token (RFC 9309, 2.2.1)."""
        self._memory = memory
        self._token = token
        self._entries: dict[str, _Entry] = {}

    async def decide(
        self, url: str, ask: Callable[[], Awaitable[RobotsState]]
    ) -> tuple[RobotsDecision, str | None]:
        """Say whether robots.txt allows an address, and which record says so.

        `ask` fetches the robots.txt; it is called once, however many wait, and
        again when what is known is older than RFC 9309 (2.4) allows. Raises what
        `ask` raises.
        """
        authority = authority_of(url)
        entry = self._entry(authority)
        async with entry.asking:
            if entry.state is None or not _fresh(entry.state):
                answer = await ask()
                self._memory.put_robots(
                    authority,
                    RobotsState(
                        record_id=answer.record_id,
                        fetched_at=answer.fetched_at,
                        status=answer.status,
                        # One byte more tells that the last line is not whole.
                        body=answer.body[: SIZE_LIMIT + 1],
                    ),
                )
                entry.rules = _rules(answer)
                entry.state = replace(answer, body=b"")  # it is in the rules now
            if entry.rules is None:
                entry.rules = _rules(entry.state)
        return entry.rules.decide(url, self._token), entry.state.record_id

    def crawl_delay_s(self, url: str) -> float:
        """Give the Crawl-delay that counts for an address, as far as it is known."""
        entry = self._entry(authority_of(url))
        if entry.rules is None:
            if entry.state is None:
                return 0.0
            entry.rules = _rules(entry.state)
        return entry.rules.decide(url, self._token).crawl_delay_s or 0.0

    def _entry(self, authority: str) -> _Entry:
        entry = self._entries.get(authority)
        if entry is None:
            entry = _Entry(state=self._memory.robots(authority), rules=None)
            self._entries[authority] = entry
        return entry


def _fresh(state: RobotsState) -> bool:
    now = clock.now()
    if state.status is None:
        return timedelta() <= now - state.fetched_at < _NO_ANSWER_LIFE
    reachable = state.status < 500 and state.status != 429
    return is_fresh(state.fetched_at, now, unreachable=not reachable)


def _rules(state: RobotsState) -> RobotsRules:
    return RobotsRules.from_answer(status=state.status, body=state.body)
