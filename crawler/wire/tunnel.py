"""HTTPS through a proxy: CONNECT, then TLS with the target. [I/O].

Scrapy's endpoint does it; what is added here is that it always comes to an end. It
never noticed a proxy that hangs up before it answers, kept the connection of a
refused tunnel open, and put no bound to the length of the answer.
"""

from __future__ import annotations

from typing import Any, Final, cast

from scrapy.core.downloader.handlers.http11 import (
    TunnelError,
    _TunnelingTCP4ClientEndpoint,
)
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from typing_extensions import override

from crawler.wire.order import Address, Proxy
from crawler.wire.protocol import WireProtocol
from crawler.wire.tls import TlsPolicy

_LONGEST_ANSWER: Final = 64 * 1024


class Tunnel(_TunnelingTCP4ClientEndpoint):
    """An endpoint behind a proxy."""

    def __init__(
        self,
        reactor: Any,
        address: Address,
        proxy: Proxy,
        policy: TlsPolicy,
        *,
        connect_limit_s: float,
    ) -> None:
        host = f"[{address.host}]" if ":" in address.host else address.host
        super().__init__(
            reactor,
            host,
            address.port,
            (proxy.host, proxy.port, proxy.authorization),
            cast("Any", policy),
            timeout=connect_limit_s,
        )
        self._through: WireProtocol | None = None
        self._abandoned = False
        self._tunnelReadyDeferred = Deferred(lambda _: self._abandon())
        self._tunnelReadyDeferred.addErrback(self._failed)

    @override
    def requestTunnel(self, protocol: Protocol) -> Protocol:
        """Scrapy: ask the proxy, now that it is connected to."""
        assert isinstance(protocol, WireProtocol)
        self._through = protocol
        protocol.lost_before_ready = self._lost
        if self._abandoned:
            protocol.abort_now()
            return protocol
        return super().requestTunnel(protocol)

    @override
    def processProxyResponse(self, data: bytes) -> None:
        """Scrapy: read the answer of the proxy."""
        if len(self._connectBuffer) + len(data) > _LONGEST_ANSWER:
            self._fail("the proxy's answer does not end")
            return
        super().processProxyResponse(data)

    def _lost(self, reason: Failure) -> None:
        self._fail(f"the proxy hung up before the tunnel was open: {reason.value}")

    def _fail(self, sentence: str) -> None:
        if not self._tunnelReadyDeferred.called:
            error = Failure(TunnelError(sentence))  # type: ignore[no-untyped-call]
            self._tunnelReadyDeferred.errback(error)

    def _abandon(self) -> None:
        self._abandoned = True

    def _failed(self, reason: Failure) -> Failure:
        if self._through is not None:
            self._through.abort_now()
        return reason
