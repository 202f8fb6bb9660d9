"""One try at an order: connect, send, receive, within the time limit. [I/O]."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import TunnelError
from service_identity.exceptions import CertificateError, VerificationError
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.python.failure import Failure

from archive.model import Exchange, FetchOutcome, Truncation
from crawler.errors import WireFailure
from crawler.wire.order import Proxy, WireOrder
from crawler.wire.pool import WirePool
from crawler.wire.protocol import Ending, Terms, WireProtocol
from crawler.wire.recorder import Recorder

# RFC 9110, 9.2.2: these may be sent again without asking.
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
_TLS_ERRORS: Final = (SSL.Error, VerificationError, CertificateError)


class StaleConnection(Exception):
    """A kept connection had been closed by the server before the request came."""


class Attempt:
    """Carries one order out, once."""

    def __init__(
        self,
        order: WireOrder,
        block: bytes,
        *,
        terms: Terms,
        proxy: Proxy | None,
        refused: list[str],
    ) -> None:
        """`block` is the request; `refused` is what the gate has turned away."""
        self._order = order
        self._block = block
        self._terms = terms
        self._proxy = proxy
        self._refused = refused
        self._recorder = Recorder(
            size_limit=order.size_limit, header_limit=order.header_limit
        )
        self._protocol: WireProtocol | None = None
        self._done: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    async def run(
        self,
        pool: WirePool,
        endpoint: Any,
        *,
        deadline: float,
        fresh: bool,
    ) -> Exchange:
        """Give the exchange, whole or marked as truncated.

        `deadline` is a time of the running loop. Raises WireFailure if nothing
        came that could be kept, StaleConnection if that is because the connection
        was an old one. However it ends, no half-used connection is left.
        """
        loop = asyncio.get_running_loop()
        timer = loop.call_at(deadline, self._out_of_time)
        connecting = pool.take(self._terms, endpoint, fresh=fresh)
        connecting.addCallbacks(self._connected, self._not_connected)
        try:
            ending = await self._done
        finally:
            timer.cancel()
            self._leave(connecting)
        return self._exchange(ending)

    def abandon(self) -> None:
        """End it now; what has come is given, marked as truncated."""
        self._stop(Truncation.UNSPECIFIED, FetchOutcome.FAILED, "the wire was closed")

    def _out_of_time(self) -> None:
        limit = f"the time limit of {self._order.time_limit_s:g} s"
        self._stop(
            Truncation.TIME, FetchOutcome.TIMEOUT, f"{limit} was over before connecting"
        )

    def _stop(
        self, truncated: Truncation, unconnected: FetchOutcome, detail: str
    ) -> None:
        if self._done.done():
            return
        if self._protocol is not None:
            self._protocol.stop(truncated)
        else:
            self._done.set_exception(WireFailure(unconnected, detail))

    def _connected(self, protocol: WireProtocol) -> None:
        if self._done.done():
            protocol.abort_now()
            return
        self._protocol = protocol
        protocol.begin(self._order.method, self._block, self._recorder, self._ended)

    def _not_connected(self, failure: Failure) -> None:
        if not self._done.done():
            cause = failure.value
            assert cause is not None
            self._done.set_exception(self._connect_failure(cause))

    def _ended(self, ending: Ending) -> None:
        if not self._done.done():
            self._done.set_result(ending)

    def _leave(self, connecting: Deferred[Any]) -> None:
        """Cut what is still under way: the caller was cancelled, or time is over."""
        ended_well = (
            self._done.done()
            and not self._done.cancelled()
            and self._done.exception() is None
        )
        if ended_well:
            return
        if self._protocol is not None:
            self._protocol.stop(Truncation.UNSPECIFIED)
        else:
            connecting.cancel()

    def _exchange(self, ending: Ending) -> Exchange:
        recorder, protocol = self._recorder, self._protocol
        assert protocol is not None
        assert protocol.began_at is not None
        if not recorder.has_response:
            if (
                ending.truncated is Truncation.DISCONNECT
                and recorder.received_length == 0
                and protocol.exchanges > 1
                and self._order.method in IDEMPOTENT
            ):
                raise StaleConnection
            raise self._answer_failure(ending)
        return recorder.finish(
            url=self._order.shown_url,
            began_at=protocol.began_at,
            duration_s=ending.duration_s,
            peer_address=protocol.peer_address,
            proxy=self._proxy.shown if self._proxy else None,
            tls=protocol.tls,
            truncated=ending.truncated,
        )

    def _connect_failure(self, cause: BaseException) -> WireFailure:
        """Say why there is no connection."""
        where = f"{self._proxy.shown} (proxy)" if self._proxy else self._terms.host
        if isinstance(cause, WireFailure):
            failure = cause
        elif isinstance(cause, _TLS_ERRORS):
            failure = WireFailure(FetchOutcome.TLS_FAILED, _tls_detail(cause))
        elif self._refused and isinstance(cause, DNSLookupError):
            detail = f"{self._terms.host} is {self._refused[0]}"
            failure = WireFailure(FetchOutcome.REFUSED_ADDRESS, detail)
        elif isinstance(cause, DNSLookupError):
            failure = WireFailure(FetchOutcome.UNRESOLVED, f"no address of {where}")
        elif isinstance(cause, TunnelError):
            failure = WireFailure(FetchOutcome.UNREACHABLE, f"{where}: {cause}")
        elif isinstance(cause, ConnectTimeout):
            detail = f"{where} did not accept within {self._order.connect_limit_s:g} s"
            failure = WireFailure(FetchOutcome.UNREACHABLE, detail)
        elif isinstance(cause, ConnectionClosed) and self._terms.scheme == "https":
            detail = f"{where} hung up during the handshake"
            failure = WireFailure(FetchOutcome.TLS_FAILED, detail)
        elif isinstance(cause, (ConnectError, ConnectionClosed, OSError)):
            failure = WireFailure(FetchOutcome.UNREACHABLE, f"{where}: {cause}")
        elif isinstance(cause, ValueError):  # Twisted: a name that can be none
            failure = WireFailure(FetchOutcome.UNRESOLVED, str(cause))
        else:
            failure = WireFailure(FetchOutcome.FAILED, f"{where}: {cause!r}")
        failure.__cause__ = cause if failure is not cause else None
        return failure

    def _answer_failure(self, ending: Ending) -> WireFailure:
        """Say why there is nothing to keep, though there was a connection."""
        recorder = self._recorder
        if isinstance(ending.cause, _TLS_ERRORS):
            return WireFailure(FetchOutcome.TLS_FAILED, _tls_detail(ending.cause))
        came = recorder.came
        if not came:
            detail = f"an answer without a status line: {ending.cause}"
            return WireFailure(FetchOutcome.NOT_HTTP, detail)
        if ending.truncated is Truncation.TIME:
            detail = f"{came} within {self._order.time_limit_s:g} s"
            return WireFailure(FetchOutcome.TIMEOUT, detail)
        if ending.truncated is Truncation.DISCONNECT:
            return WireFailure(FetchOutcome.NO_ANSWER, f"closed, and {came} had come")
        return WireFailure(FetchOutcome.FAILED, f"ended when {came} had come")


def _tls_detail(cause: BaseException) -> str:
    """Put an error of OpenSSL or service_identity into words."""
    if isinstance(cause, SSL.Error) and cause.args and cause.args[0]:
        errors = cause.args[0]
        if isinstance(errors, list):
            return "; ".join(str(error[-1]) for error in errors)
    return f"the certificate is for another name: {cause}"
