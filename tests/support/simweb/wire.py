"""HTTP/1.1 as a simulated host speaks it, well or badly on purpose.

Only as much as clients of news need: GET and HEAD, persistent connections,
requests one after the other. Each answer costs one line in the log.
"""

from __future__ import annotations

import asyncio
import itertools
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from socket import SO_LINGER, SOL_SOCKET
from typing import Any, Final

from typing_extensions import override

from tests.support.simweb.answers import Answer, Asked, Site
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import Ill
from tests.support.simweb.log import Entry, LogWriter
from tests.support.simweb.seeds import http_date

HEAD_LIMIT: Final = 64 * 1024
DRIPS: Final = 10  # pieces of an answer that trickles

_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
_LINGER: Final = struct.pack("ii", 1, 0)  # close with a reset
_SPEECHLESS: Final = {Ill.REFUSED, Ill.RESET, Ill.CLOSE, Ill.HANG}


@dataclass(slots=True, kw_only=True)
class Desk:
    """Where the connections to one host meet."""

    site: Site
    clock: SimClock
    log: LogWriter
    numbers: itertools.count[int]  # of connections, one row for the whole web
    in_flight: int = 0
    conversations: set[Conversation] = field(default_factory=set)


class Conversation(asyncio.Protocol):
    """One connection to one host."""

    def __init__(self, desk: Desk) -> None:
        """Speak for the host of a desk."""
        self._desk = desk
        self._number = next(desk.numbers)
        self._transport: asyncio.Transport
        self._client = ""
        self._buffer = bytearray()
        self._arrived = 0.0  # when the first byte of a request came
        self._turn: _Turn | None = None  # the request that is being answered
        self._timer: asyncio.TimerHandle | None = None
        self.lost = asyncio.Event()

    # ------------------------------------------------------------ of asyncio

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._client = f"{peer[0]}:{peer[1]}" if peer else ""
        self._desk.conversations.add(self)
        trouble = self._desk.site.trouble("/", self._desk.clock.now())
        if trouble is not None and trouble.ill is Ill.REFUSED:
            # It came before the listening socket was closed.
            self._begin(Asked(method="", target="", fields={}), time.monotonic())
            self._end(0, 0, ill=trouble.ill)
            self.reset()

    @override
    def data_received(self, data: bytes) -> None:
        if not self._buffer:
            self._arrived = time.monotonic()
        self._buffer += data
        if self._turn is None:
            self._next()

    @override
    def connection_lost(self, error: Exception | None) -> None:
        self._desk.conversations.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._turn is not None:  # the client has given up
            answer = self._turn.answer
            ill = answer.trouble.ill if answer.trouble else ""
            self._end(0, self._turn.sent, ill=ill)
        self.lost.set()

    def reset(self) -> None:
        """End the connection with a reset."""
        connection = self._transport.get_extra_info("socket")
        connection.setsockopt(SOL_SOCKET, SO_LINGER, _LINGER)
        self._transport.abort()

    # ------------------------------------------------------------ a request

    def _next(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > HEAD_LIMIT:
                self._transport.abort()
            return
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        asked = _parsed(head)
        if asked is None:
            self._transport.abort()
            return
        arrived, self._arrived = self._arrived, time.monotonic()
        turn = self._begin(asked, arrived)
        if turn.answer.wait_s:
            self._later(turn.answer.wait_s, self._send)
        else:
            self._send()

    def _begin(self, asked: Asked, arrived: float) -> _Turn:
        desk = self._desk
        desk.in_flight += 1
        now = desk.clock.now()
        answer = desk.site.answer(asked, now) if asked.method else Answer(status=0)
        self._turn = _Turn(
            asked=asked,
            answer=answer,
            began=arrived,
            sim_began=now.timestamp(),
            in_flight=desk.in_flight,
        )
        return self._turn

    def _end(
        self, status: int, length: int, *, ill: str = "", is_complete: bool = False
    ) -> None:
        turn, desk = self._turn, self._desk
        assert turn is not None
        self._turn = None
        desk.in_flight -= 1
        fields = turn.asked.fields
        desk.log.write(
            Entry(
                began=turn.began,
                ended=time.monotonic(),
                sim_began=turn.sim_began,
                sim_ended=desk.clock.seconds(),
                client=self._client,
                connection=self._number,
                host=desk.site.address,
                method=turn.asked.method,
                target=turn.asked.target,
                status=status,
                length=length,
                in_flight=turn.in_flight,
                is_complete=is_complete,
                ill=ill,
                user_agent=fields.get("user-agent", ""),
                if_none_match=fields.get("if-none-match"),
                if_modified_since=fields.get("if-modified-since"),
                retry_after=dict(turn.answer.fields).get("Retry-After"),
            )
        )

    # ------------------------------------------------------------ an answer

    def _send(self) -> None:
        turn = self._turn
        assert turn is not None
        answer = turn.answer
        ill = answer.trouble.ill if answer.trouble else None
        if ill in _SPEECHLESS:
            self._say_nothing(ill)
            return
        head, body = self._message(turn)
        if ill is Ill.CUT:
            part = head + body[: len(body) // 2]
            self._end(answer.status, len(part), ill=ill)
            self._transport.write(part)
            self._transport.close()
        elif ill is Ill.BROKEN_CHUNKS:
            part = head + _chunk(body[: len(body) // 2]) + b"nonsense\r\n"
            self._end(answer.status, len(part), ill=ill)
            self._transport.write(part)
            self._transport.close()
        elif ill is Ill.DRIP:
            assert answer.trouble is not None
            self._drip(head + body, answer.trouble.seconds / DRIPS)
        else:
            sent = head + body
            self._end(answer.status, len(sent), ill=ill or "", is_complete=True)
            self._transport.write(sent)
            self._after(answer)

    def _say_nothing(self, ill: Ill | None) -> None:
        if ill is Ill.HANG:
            return  # until the client closes
        self._end(0, 0, ill=str(ill))
        if ill is Ill.CLOSE:
            self._transport.close()
        else:
            self.reset()

    def _drip(self, rest: bytes, pause_s: float) -> None:
        turn = self._turn
        assert turn is not None
        size = max(1, -(-(turn.sent + len(rest)) // DRIPS))
        piece, rest = rest[:size], rest[size:]
        turn.sent += len(piece)
        if not rest:
            status = turn.answer.status
            self._end(status, turn.sent, ill=Ill.DRIP, is_complete=True)
        self._transport.write(piece)
        if rest:
            self._later(pause_s, lambda: self._drip(rest, pause_s))
        else:
            self._after(turn.answer)

    def _after(self, answer: Answer) -> None:
        if not answer.keeps_alive:
            self._transport.close()
        elif self._buffer:
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        if self._turn is None and not self._transport.is_closing():
            self._next()

    def _later(self, seconds: float, step: Callable[[], Any]) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, step)

    def _message(self, turn: _Turn) -> tuple[bytes, bytes]:
        answer, body = turn.answer, turn.answer.body
        is_broken = answer.trouble and answer.trouble.ill is Ill.BROKEN_CHUNKS
        has_chunks = bool(is_broken or answer.is_chunked)
        date = http_date(self._desk.clock.now())
        lines = [
            f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Unknown')}",
            f"Date: {date}",
            *(f"{name}: {value}" for name, value in answer.fields),
        ]
        if has_chunks:
            lines.append("Transfer-Encoding: chunked")
        elif answer.status != 304:
            lines.append(f"Content-Length: {len(body)}")
        if not answer.keeps_alive:
            lines.append("Connection: close")
        head = "\r\n".join((*lines, "", "")).encode("latin-1")
        if turn.asked.method == "HEAD":
            return head, b""
        if answer.is_chunked and not is_broken:
            middle = len(body) // 2
            body = _chunk(body[:middle]) + _chunk(body[middle:]) + b"0\r\n\r\n"
        return head, body


@dataclass(slots=True, kw_only=True)
class _Turn:
    """A request on its way to an answer."""

    asked: Asked
    answer: Answer
    began: float
    sim_began: float
    in_flight: int
    sent: int = 0


def _parsed(head: bytes) -> Asked | None:
    """Read the head of a request; None if it is none, or has a body."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        return None
    fields = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()
    if "transfer-encoding" in fields or fields.get("content-length", "0") != "0":
        return None
    return Asked(method=words[0], target=words[1], fields=fields)


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body) if body else b""
