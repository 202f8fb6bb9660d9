"""How hosts are treated: one pace for all who ask, over restarts [I/O].

Every request of every source passes here right before it is sent. A host's
next free moment is written down before the request goes out, so that neither a
restart nor a second process is a way around it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from archive import clock, message
from archive.model import Exchange, FetchOutcome, Manners
from archive.watch.hosts import HostMemory
from archive.watch.model import HostState
from crawler import pace
from crawler.errors import WireFailure
from crawler.processlocks import ProcessLocks

# A run does not wait longer for a host than this; the address stays due.
PATIENCE_S: Final = 600.0
_LOCK_EVERY_S: Final = 0.25  # between two tries for a host of another process


@dataclass(slots=True)
class _Host:
    """One host in this process."""

    name: str
    state: HostState = field(default_factory=HostState)  # while it is ours
    is_ours: bool = False  # no other process may ask it meanwhile
    users: int = 0  # that wait for it, or have a request in flight
    in_flight: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    landed: asyncio.Event = field(default_factory=asyncio.Event)


class Turn:
    """A request that may be sent now; whoever sends it says what came of it."""

    def __init__(self, host: _Host, manners: Manners, *, for_robots: bool) -> None:
        """Belong to a request to `host`."""
        self._host = host
        self._manners = manners
        self._for_robots = for_robots
        self.is_settled = False

    def answered(self, exchange: Exchange) -> None:
        """Take note of an answer and what it asks for."""
        try:
            head = message.parse_response_head(exchange.response)
        except message.MessageError:
            self.failed()
            return
        self.is_settled = True
        self._host.state = pace.answered(
            self._host.state,
            began_at=exchange.began_at,
            duration_s=exchange.duration_s,
            status=head.status,
            retry_after=head.first(b"Retry-After"),
            now=clock.now(),
            manners=self._manners,
            for_robots=self._for_robots,
        )

    def failed(self) -> None:
        """Take note that the host gave no answer: stay away for a while."""
        self.is_settled = True
        self._host.state = pace.failed(self._host.state, now=clock.now())


class HostManners:
    """Decides when a host may be asked again."""

    def __init__(self, memory: HostMemory, locks: ProcessLocks) -> None:
        """Remember in `memory`, and keep other processes away by `locks`."""
        self._memory = memory
        self._locks = locks
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(
        self,
        url: str,
        manners: Manners,
        crawl_delay_s: float,
        *,
        for_robots: bool = False,
    ) -> AsyncIterator[Turn]:
        """Wait until the host may be asked; the request is sent inside.

        One for robots.txt needs not keep our own delay. Raises WireFailure where
        the host is not asked in this run: POSTPONED if the wait is longer than
        PATIENCE_S, OVER_BUDGET if today's requests are used up. Raises
        StorageError.
        """
        name = pace.host_of(url)
        host = self._hosts.setdefault(name, _Host(name=name))
        host.users += 1
        try:
            async with host.turn:
                await self._take(host)
                await self._wait(
                    host,
                    replace(manners, delay_s=0.0) if for_robots else manners,
                    crawl_delay_s,
                )
                host.state = pace.asked(host.state, clock.now(), for_robots=for_robots)
                self._memory.put_host(name, host.state)
                host.in_flight += 1
            turn = Turn(host, manners, for_robots=for_robots)
            try:
                yield turn
            finally:
                host.in_flight -= 1
                host.landed.set()
                if turn.is_settled:
                    self._memory.put_host(name, host.state)
        finally:
            self._leave(host)

    async def _take(self, host: _Host) -> None:
        """Keep other processes from the host; what they noted counts."""
        if host.is_ours:
            return
        # No event tells that another process has let go.
        while not self._locks.take(f"host {host.name}"):  # noqa: ASYNC110
            await asyncio.sleep(_LOCK_EVERY_S)
        host.is_ours = True
        host.state = self._memory.host(host.name) or HostState()

    async def _wait(self, host: _Host, manners: Manners, crawl_delay_s: float) -> None:
        while True:
            now = clock.now()
            if pace.is_spent(host.state, now, manners):
                raise WireFailure(
                    FetchOutcome.OVER_BUDGET,
                    f"{host.name} was asked {host.state.used} times today; the "
                    f"daily_budget is {manners.daily_budget}",
                )
            free_at = pace.free_at(host.state, manners, crawl_delay_s)
            wait = (free_at - now).total_seconds() if free_at else 0.0
            if wait > max(PATIENCE_S, crawl_delay_s):
                raise WireFailure(
                    FetchOutcome.POSTPONED,
                    f"{host.name} is left alone until {free_at:%Y-%m-%d %H:%M:%S} UTC "
                    f"({host.state.reason})",
                    until=free_at,
                )
            if wait > 0:
                await asyncio.sleep(wait)
            elif host.in_flight >= (1 if crawl_delay_s else manners.concurrency):
                # A host that asks for a delay is asked for one thing at a time.
                host.landed.clear()
                await host.landed.wait()
            else:
                return

    def _leave(self, host: _Host) -> None:
        host.users -= 1
        if not host.users:
            del self._hosts[host.name]
            if host.is_ours:
                self._locks.give_back(f"host {host.name}")
