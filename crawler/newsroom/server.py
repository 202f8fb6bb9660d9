"""The example newsroom on loopback: its connections, in a thread of their own.

with Newsroom() as newsroom:
    crawl(newsroom.base_url)
    newsroom.edit("/live/storm-maren.html", "No one was hurt", "One was hurt")
    crawl(newsroom.base_url)
"""

from __future__ import annotations

import asyncio
import socket
from threading import Thread
from typing import Self

from typing_extensions import override

from archive import clock
from archive.errors import NotFound, UsageError
from crawler.newsroom.answers import Request, answer
from crawler.newsroom.listening import HOST, listen, stop_listening
from crawler.newsroom.pages import Page, edit_page, load_pages, sources_toml

HEAD_LIMIT = 64 * 1024


class Newsroom:
    """A news site in a thread of its own, from `start` to `stop`."""

    def __init__(self, port: int = 0) -> None:
        """Choose the port; 0 is any that is free."""
        self.requests: list[Request] = []  # in the order they were answered
        self._port = port
        self._pages: dict[str, Page] = {}
        self._connections: set[asyncio.Transport] = set()
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()
        self._base_url = ""

    @property
    def base_url(self) -> str:
        """The address it is served at, without a final slash."""
        if not self._base_url:
            raise UsageError("the newsroom has not been started")
        return self._base_url

    def start(self) -> Self:
        """Listen, and return once requests will be answered.

        Raises UsageError if the port is taken, or it was started before.
        """
        if self._base_url:
            raise UsageError("a newsroom is started once; make another one")
        listener = listen(self._port)
        self._base_url = f"http://{HOST}:{listener.getsockname()[1]}"
        self._pages = load_pages(self._base_url)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(
            target=self._run, args=(self._loop, listener), name="newsroom", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection and the port. A second call does nothing."""
        if self._thread is None or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()
        self._thread = self._loop = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def edit(self, target: str, old: str, new: str) -> None:
        """Change an article as its editors would: the next answer differs.

        ETag and Last-Modified change with it. The target is the path, and the
        query if it has a route of its own. Raises NotFound if nothing is served
        there, UsageError if the page does not hold the old text.
        """
        page = self._pages.get(target)
        if page is None or not target:
            raise NotFound(f"the newsroom has no page at {target!r}")
        self._pages[target] = edit_page(page, old, new, clock.now())

    def sources_toml(self) -> str:
        """Write this newsroom as an entry of sources.toml."""
        return sources_toml(self.base_url)

    def _run(self, loop: asyncio.AbstractEventLoop, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        server = await asyncio.get_running_loop().create_server(
            lambda: _Connection(self._pages, self.requests, self._connections),
            sock=listener,
        )
        await self._stopped.wait()
        await stop_listening(server)
        # Who is half accepted, by a task of asyncio's own, is no connection yet.
        while accepting := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(accepting)
        for transport in list(self._connections):
            transport.abort()
        await asyncio.sleep(0)  # the turn in which the transports close their sockets


class _Connection(asyncio.Protocol):
    """One client: cuts what comes into heads, and answers each in turn."""

    def __init__(
        self,
        pages: dict[str, Page],
        requests: list[Request],
        connections: set[asyncio.Transport],
    ) -> None:
        self._pages = pages
        self._requests = requests
        self._connections = connections
        self._received = b""
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._connections.discard(self._transport)

    @override
    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        # Empty lines before a request are skipped (RFC 9112, 2.2).
        self._received = (self._received + data).lstrip(b"\r\n")
        while not self._transport.is_closing():
            head, end, rest = self._received.partition(b"\r\n\r\n")
            too_long = len(head) > HEAD_LIMIT
            if not end and not too_long:
                return
            self._received = rest.lstrip(b"\r\n")
            reply = answer(b"" if too_long else head, self._pages, clock.now())
            self._requests.append(reply.request)
            self._transport.write(reply.sent)
            if reply.close:
                self._transport.close()
