"""The listening sockets of a simulated web, and the connections behind them.

One socket for each address, all on one port, never on 0.0.0.0.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import resource
import socket
from pathlib import Path
from typing import Final

from crawler.newsroom.listening import stop_listening
from tests.support.loops import end_all_others
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import Ill
from tests.support.simweb.log import LogWriter
from tests.support.simweb.webs import Web
from tests.support.simweb.wire import Conversation, Desk

_BACKLOG: Final = 128
_TRIES: Final = 10  # ports, until one is free on all addresses
_WATCH_S: Final = 0.02  # how soon an outage by the clock is one on the wire


class NotServed(RuntimeError):
    """A simulated web could not be served, and why."""


def lack_of_files(hosts: int) -> str | None:
    """Raise the soft limit of open files for so many hosts; say what stands against it.

    Counted are a listening socket and a connection for each host.
    """
    needed = 2 * hosts + 256
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        return f"{hosts} hosts need {needed} open files, {hard} are allowed"
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    return None


class Street:
    """The listening sockets of a web, in an event loop."""

    def __init__(self, web: Web, clock: SimClock, log_path: Path) -> None:
        """Take what is served; nothing is opened yet."""
        self._web = web
        self._clock = clock
        self._log = LogWriter(log_path)
        self._desks: dict[str, Desk] = {}
        self._servers: dict[str, asyncio.Server] = {}
        self._watch: asyncio.Task[None] | None = None
        self._settling = asyncio.Lock()

    async def open(self) -> int:
        """Listen everywhere and give the port. Raises NotServed or OSError."""
        lack = lack_of_files(len(self._web.hosts))
        if lack is not None:
            self._log.close()
            raise NotServed(lack)
        try:
            sockets = _bound([host.address for host in self._web.hosts], self._web.port)
        except OSError:
            self._log.close()
            raise
        port: int = next(iter(sockets.values())).getsockname()[1]
        numbers = itertools.count()
        for address, site in self._web.at(port).sites().items():
            self._desks[address] = Desk(
                site=site, clock=self._clock, log=self._log, numbers=numbers
            )
            await self._listen(address, sockets[address])
        self._port = port
        await self.settle()
        if any(desk.site.is_ever_refusing for desk in self._desks.values()):
            self._watch = asyncio.create_task(self._watching())
        return port

    async def settle(self) -> None:
        """Open and close what the clock wants open and closed."""
        async with self._settling:
            now = self._clock.now()
            for address, desk in self._desks.items():
                if not desk.site.is_ever_refusing:
                    continue
                trouble = desk.site.trouble("/", now)
                if trouble is None or trouble.ill is not Ill.REFUSED:
                    if address not in self._servers:
                        await self._listen(address, _listener(address, self._port))
                elif address in self._servers:
                    await stop_listening(self._servers.pop(address))
                    for conversation in tuple(desk.conversations):
                        conversation.reset()

    async def close(self) -> None:
        """Stop listening, and end all connections."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        for server in self._servers.values():
            await stop_listening(server)
        await end_all_others()  # who is half accepted is in no conversation yet
        open_now = [c for desk in self._desks.values() for c in desk.conversations]
        for conversation in open_now:
            conversation.reset()
        for conversation in open_now:
            await conversation.lost.wait()  # it logs what was in flight
        self._log.close()

    async def _listen(self, address: str, listener: socket.socket) -> None:
        desk = self._desks[address]
        self._servers[address] = await asyncio.get_running_loop().create_server(
            lambda: Conversation(desk), sock=listener, backlog=_BACKLOG
        )

    async def _watching(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_S)
            await self.settle()


def _listener(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise
    return listener


def _bound(addresses: list[str], port: int) -> dict[str, socket.socket]:
    """Bind all addresses to one port: the given one, or one that is free on all."""
    for tries_left in reversed(range(1 if port else _TRIES)):
        sockets: dict[str, socket.socket] = {}
        chosen = port
        try:
            for address in addresses:
                sockets[address] = _listener(address, chosen)
                chosen = sockets[address].getsockname()[1]
        except OSError as error:
            for listener in sockets.values():
                listener.close()
            if error.errno != errno.EADDRINUSE or not tries_left:
                raise
        else:
            return sockets
    raise AssertionError("the last try returns or raises")
