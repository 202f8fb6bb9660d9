"""Scrapy's HTTP/1.1 client protocol, with every byte of an exchange recorded.

The protocol drives the connection: its states, pausing, the way back into the
pool. What a head means (where the body ends, whether the connection lives on) is
read by `archive.message` from the raw bytes, so that the wire and every later
reader of the archive agree; Twisted's parser is only told the verdict.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientProtocol
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer  # type: ignore[import-untyped]

from archive import clock
from archive.message import Head, content_length, is_transfer_coded, parse_response_head
from archive.model import FetchOutcome, TlsSession, Truncation
from crawler.errors import WireFailure
from crawler.wire.framing import FramingError
from crawler.wire.guard import refusal
from crawler.wire.parser import WireParser, WireRequest, is_persistent
from crawler.wire.recorder import Recorder
from crawler.wire.tls import tls_session

# TLS says goodbye and waits for an answer; some servers never give one.
_FAREWELL_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a connection was made for; it never serves an order with other terms."""

    scheme: str
    host: str  # of the target; empty for plain HTTP through a proxy
    port: int
    proxy: tuple[str, int, bytes | None] | None
    allow_private: bool
    verify_tls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an exchange ended, whole or not."""

    truncated: Truncation | None
    duration_s: float
    cause: BaseException | None  # of the truncation


class _Discard(Protocol):
    """Takes a body that has been recorded already, so that reading goes on."""


@implementer(IHandshakeListener)
class WireProtocol(_LenientHTTP11ClientProtocol):
    """One connection, serving one exchange at a time.

    `patience_s` is how long an answer is still listened to when nobody can tell
    any more where it ends.
    """

    patience_s = 2.0

    def __init__(
        self,
        quiescent: Callable[[Any], None],
        *,
        terms: Terms,
        reactor: Any,
        closed: Callable[[WireProtocol], None],
        keep_alive: bool,
    ) -> None:
        super().__init__(quiescent)  # type: ignore[no-untyped-call]
        self.terms = terms
        self.exchanges = 0  # begun on this connection
        self.spoiled = False  # never to be used again
        self.tls: TlsSession | None = None
        self.peer_address: str | None = None
        self.began_at: datetime | None = None
        self.lost_before_ready: Callable[[Failure], None] | None = None
        self._reactor = reactor
        self._closed = closed
        self._keep_alive = keep_alive
        self._is_ready = False
        self._failure: Failure | None = None  # why it can not be used
        self._waiting: Deferred[WireProtocol] | None = None
        self._recorder: Recorder | None = None
        self._on_end: Callable[[Ending], None] | None = None
        self._started = 0.0
        self._persists = False
        self._doubt: FramingError | None = None
        self._timer: Any = None  # IDelayedCall

    # ------------------------------------------------------------ opening

    @override
    def connectionMade(self) -> None:
        """Look once more at who is there before a byte is sent."""
        super().connectionMade()
        if self.terms.proxy is None:
            host = getattr(self._wire.getPeer(), "host", "")
            reason = None if self.terms.allow_private else refusal(host)
            if reason is not None:
                refused = WireFailure(
                    FetchOutcome.REFUSED_ADDRESS, f"connected to {reason}"
                )
                self._failure = Failure(refused)  # type: ignore[no-untyped-call]
                self.abort_now()
                return
            self.peer_address = str(ipaddress.ip_address(host.partition("%")[0]))
        if self.terms.scheme == "http":
            self._now_ready()

    def handshakeCompleted(self) -> None:
        """Note what was agreed on below HTTP."""
        if self._failure is None:
            handle = self._wire.getHandle()
            self.tls = tls_session(handle, verified=self.terms.verify_tls)
            self._now_ready()

    def ready(self) -> Deferred[WireProtocol]:
        """Wait until a request can be sent; fails with why it never can."""
        if self._failure is not None:
            return fail(self._failure)
        if self._is_ready:
            return succeed(self)
        self._waiting = Deferred(lambda _: self.abort_now())
        return self._waiting

    def _now_ready(self) -> None:
        self._is_ready = True
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.callback(self)

    # ---------------------------------------------------------- exchanging

    def begin(
        self,
        method: str,
        block: bytes,
        recorder: Recorder,
        on_end: Callable[[Ending], None],
    ) -> None:
        """Send a request; `on_end` is called once, when there is no more to come."""
        self._recorder, self._on_end = recorder, on_end
        self.exchanges += 1
        self._persists, self._doubt = False, None
        recorder.request = block
        request = WireRequest(method, block, on_head=self._head_ended)
        self.began_at = clock.now()
        self._started = time.monotonic()
        answer = self.request(request)
        # Scrapy puts its parser in place of Twisted's in the same way.
        cast("WireParser", self._parser).__class__ = WireParser
        answer.addCallbacks(
            lambda response: response.deliverBody(_Discard()),
            lambda _: None,  # `connectionLost` or `_giveUp` has said why
        )

    def stop(self, truncated: Truncation) -> None:
        """End the exchange with what has come so far, and cut the connection."""
        self._conclude(truncated, None)
        self.abort_now()

    @override
    def dataReceived(self, data: bytes) -> None:
        """Record, then parse; never more than the limits have room for."""
        while True:
            recorder = self._recorder
            if recorder is None:
                # Nobody has asked (RFC 9112, 9.2): what comes can not be trusted
                # to belong to the next request.
                self.abort_now()
                return
            room = recorder.room
            if room <= 0:
                self.stop(Truncation.LENGTH)
                return
            piece = data if len(data) <= room else data[:room]
            recorder.take(piece)
            super().dataReceived(piece)  # type: ignore[no-untyped-call]
            if piece is data:
                return
            data = data[len(piece) :]
            if self._recorder is None:
                recorder.excess_length += len(data)

    def _head_ended(self) -> Head:
        """Read the head, and with it how to go on."""
        recorder = self._recorder
        assert recorder is not None
        head = parse_response_head(recorder.head_ended())
        self._persists = self._keep_alive and is_persistent(head)
        lengths = head.all(b"content-length")
        if lengths and not is_transfer_coded(head) and content_length(head) is None:
            self._framing_lost(FramingError(f"Content-Length is {lengths!r}"))
        return head

    def _framing_lost(self, doubt: FramingError) -> None:
        """Listen on for a while, as nothing says where the message ends."""
        self._doubt = doubt
        self._persists = False
        self._later(self.patience_s, lambda: self.stop(Truncation.UNSPECIFIED))

    @override
    def _finishResponse(self, rest: bytes) -> None:
        """Twisted: the message has ended, and `rest` came behind it."""
        recorder = self._recorder
        if recorder is not None:
            recorder.ended(len(rest))
            if self._currentRequest is not None and (rest or not self._persists):
                self._currentRequest.persistent = False
            lost = self._failure
            if lost is not None and not isinstance(lost.value, ConnectionDone):
                # Ended by a close that was none: RFC 9112, 9.8.
                self._conclude(Truncation.DISCONNECT, lost.value)
            else:
                self._conclude(None, None)
        super()._finishResponse(rest)

    @override
    def _giveUp(self, reason: Failure) -> None:
        """Twisted: let go, because of an error or because all is said."""
        if isinstance(reason.value, FramingError):
            self._framing_lost(reason.value)
            return
        self._conclude(Truncation.UNSPECIFIED, reason.value)
        super()._giveUp(reason)  # type: ignore[no-untyped-call]
        self.await_farewell()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Twisted: there is no connection any more."""
        self.spoiled = True
        if self._failure is None:
            self._failure = reason
        self._later(0, None)
        # This ends a message that ends by the close.
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
        self._conclude(Truncation.DISCONNECT, reason.value)
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.called:
            waiting.errback(self._failure)
        if not self._is_ready and self.lost_before_ready is not None:
            self.lost_before_ready(self._failure)
        self._closed(self)

    def abort_now(self) -> None:
        """Cut the connection, without waiting for the other side."""
        self.spoiled = True
        self._wire.abortConnection()

    def await_farewell(self) -> None:
        """Cut a connection that was let go, if the other side does not close it."""
        self.spoiled = True
        self._later(_FAREWELL_S, self.abort_now)

    def _conclude(
        self, truncated: Truncation | None, cause: BaseException | None
    ) -> None:
        """Report the end, once."""
        on_end, self._on_end = self._on_end, None
        self._recorder = None
        if on_end is None:
            return
        self._later(0, None)
        if self._doubt is not None and truncated is not Truncation.LENGTH:
            truncated, cause = Truncation.UNSPECIFIED, self._doubt
        duration_s = time.monotonic() - self._started
        on_end(Ending(truncated=truncated, duration_s=duration_s, cause=cause))

    def _later(self, delay_s: float, action: Callable[[], None] | None) -> None:
        """Put one action off, in place of any other; None only cancels."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        if action is not None:
            self._timer = self._reactor.callLater(delay_s, action)

    @property
    def _wire(self) -> Any:
        """The transport; TCP and TLS offer the same methods, Twisted's types do not."""
        return self.transport
