"""A server that misbehaves by name: `/chunked-bare-lf`, `/cut-mid-head`, …

It speaks bytes, not HTTP: it sends what stands in `oddities.py`, and logs what it
received and what it sent. Server and client each run in a thread of their own.

    with OddServer() as server, Client() as client:
        exchange = client.fetch(server.url("gzip"))
    assert exchange.response == server.conversations[0].sent
"""

from __future__ import annotations

import asyncio
import ssl
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from socket import SO_LINGER, SOL_SOCKET
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from typing_extensions import override

from archive.model import Exchange
from crawler.wire.client import Wire
from crawler.wire.order import WireOrder
from tests.support.loops import LoopThread, shut
from tests.support.oddities import ODDITIES, After, Oddity, Split, sized

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One request, and what was sent to it."""

    name: str
    connection: int
    request: bytes
    sent: bytes  # interim answers and excess included


@dataclass(slots=True)
class Connection:
    """All that came over one connection, requests or not."""

    number: int
    received: bytearray = field(default_factory=bytearray)


class OddServer:
    """Serves `ODDITIES`, and those given, at paths of their names.

    Every connection and every conversation is logged. `/echo` answers with the
    target that was asked for.
    """

    def __init__(
        self,
        oddities: Mapping[str, Oddity] | None = None,
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.oddities = {**ODDITIES, **(oddities or {})}
        self.host = host
        self.port = 0
        self.connections: list[Connection] = []
        self.conversations: list[Conversation] = []
        self.negotiated: list[str | None] = []  # by ALPN, a connection each
        self._tls = tls
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def url(self, name: str) -> str:
        return f"{self.base_url}/{name}"

    def send_to_all(self, data: bytes) -> None:
        """Send bytes over every open connection, whether somebody asked or not."""

        async def send() -> None:
            for writer in self._writers:
                writer.write(data)
                await writer.drain()

        self._thread.run(send())

    def wait_for(self, conversations: int, within_s: float = 5.0) -> None:
        """Return when so many requests have come."""
        self._until(lambda: len(self.conversations) >= conversations, within_s)

    def all_hung_up(self, within_s: float = 5.0) -> bool:
        """Whether the clients have closed every connection, or do so in time."""
        return self._until(lambda: not self._writers, within_s)

    @staticmethod
    def _until(condition: Callable[[], bool], within_s: float) -> bool:
        end = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.005)
        return True

    def start(self) -> Self:
        self._thread = LoopThread()
        self._thread.run(self._listen())
        return self

    def stop(self) -> None:
        self._thread.run(shut(self._server))
        self._thread.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, self.host, 0, ssl=self._tls, limit=2**24
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._writers.add(writer)
        connection = Connection(len(self.connections))
        self.connections.append(connection)
        session = writer.get_extra_info("ssl_object")
        if session is not None:
            self.negotiated.append(session.selected_alpn_protocol())
        try:
            while await self._converse(connection, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client hung up, or the server is stopped
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _converse(
        self,
        connection: Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Answer one request; say whether the connection goes on."""
        request = await self._request(connection, reader)
        if request is None:
            return False
        target = request.split(b" ", 2)[1]
        # Origin-form, or absolute-form as a proxy gets it.
        path = urlsplit(target.decode("ascii")).path
        name = path.removeprefix("/")
        oddity = self.oddities.get(name) or Oddity(answer=sized("404 Not Found"))
        if name == "echo":
            oddity = Oddity(answer=sized("200 OK", body=target))
        sent = oddity.interim + oddity.answer + oddity.excess
        self.conversations.append(
            Conversation(
                name=name, connection=connection.number, request=request, sent=sent
            )
        )
        for piece in _pieces(sent, oddity.split):
            writer.write(piece)
            await writer.drain()
            if oddity.split is not Split.WHOLE:
                await asyncio.sleep(0.0005)
        return await self._afterwards(oddity.after, connection, reader, writer)

    async def _request(
        self, connection: Connection, reader: asyncio.StreamReader
    ) -> bytes | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            connection.received += error.partial
            return None
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        request = head + await reader.readexactly(length)
        connection.received += request
        return request

    async def _afterwards(
        self,
        after: After,
        connection: Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        if after is After.HANG:
            await reader.read()
        if after is After.DROP_NEXT:
            connection.received += await reader.readuntil(b"\r\n\r\n")
        if after is After.RESET:
            await asyncio.sleep(0.05)  # a reset may overtake what was sent
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, linger)
            writer.transport.abort()
        if after is After.CLOSE:
            writer.close()
            await writer.wait_closed()
        return after is After.KEEP


def _pieces(sent: bytes, split: Split) -> Iterator[bytes]:
    if split is Split.WHOLE:
        yield sent
        return
    start = 0
    for end in range(1, len(sent) + 1):
        if split is Split.BYTES or sent[end - 1 : end] in b"\r\n:;" or end == len(sent):
            yield sent[start:end]
            start = end


class ReactorThread(LoopThread):
    """Twisted's reactor in a thread; its loop runs the coroutines of the client.

    `ReactorThread.shared()` is the one of the process: it can not be restarted.
    """

    def __init__(self) -> None:
        from twisted.internet import asyncioreactor  # noqa: PLC0415 (installs it)

        loop = asyncio.new_event_loop()
        asyncioreactor.install(loop)
        from twisted.internet import reactor  # noqa: PLC0415

        self.reactor: Any = reactor
        super().__init__(loop)
        # The threads that resolve names are no daemons: stop them in time.
        threading.Thread(target=self._stop_with_the_process, daemon=True).start()

    @classmethod
    @cache
    def shared(cls) -> Self:
        return cls()

    @override
    def _run(self) -> None:
        self.reactor.run(installSignalHandlers=False)
        self.loop.close()

    def _stop_with_the_process(self) -> None:
        threading.main_thread().join()
        self.reactor.callFromThread(self.reactor.stop)


class Client:
    """A Wire, driven from the thread of the tests; loopback is permitted to it."""

    def __init__(self, **settings: Any) -> None:
        self._thread = ReactorThread.shared()
        settings.setdefault("reactor", self._thread.reactor)
        self.wire = self._thread.run(self._open(settings))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self.wire.close())

    def fetch(self, url: str, **order: Any) -> Exchange:
        """Carry out one order, or raise what the wire raises."""
        return self._thread.run(self._exchange(url, order))

    def fetch_all(self, urls: Iterable[str], **order: Any) -> list[Exchange]:
        """Carry out many orders at the same time."""
        return self._thread.run(self._exchange_all(urls, order))

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run any coroutine in the loop of the wire."""
        return self._thread.run(coroutine)

    @staticmethod
    async def _open(settings: dict[str, Any]) -> Wire:
        return Wire(**settings)

    async def _exchange(self, url: str, order: dict[str, Any]) -> Exchange:
        order = {"allow_private": True, "time_limit_s": 20.0} | order
        return await self.wire.exchange(WireOrder(url=url, **order))

    async def _exchange_all(
        self, urls: Iterable[str], order: dict[str, Any]
    ) -> list[Exchange]:
        return await asyncio.gather(*(self._exchange(url, order) for url in urls))
