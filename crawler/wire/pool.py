"""Connections: opening them, keeping them, closing all of them. [I/O]."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory
from twisted.web.client import HTTPConnectionPool
from typing_extensions import override

from archive.model import Truncation
from crawler.wire.protocol import Terms, WireProtocol

_KEPT_S: Final = 60  # an idle connection; most servers hang up before
_CLOSING_S: Final = 2.0


class _Connections(Factory):
    """Makes the protocol of one connection, on known terms."""

    noisy = False

    def __init__(self, pool: WirePool, terms: Terms) -> None:
        self._pool = pool
        self._terms = terms

    @override
    def buildProtocol(self, addr: IAddress | None) -> WireProtocol:
        return self._pool.build(self._terms)


class WirePool(HTTPConnectionPool):
    """Twisted's pool; its keys are Terms, its connections know theirs."""

    retryAutomatically = False  # the wire does, and knows what was recorded
    cachedConnectionTimeout = _KEPT_S

    def __init__(self, reactor: Any, *, persistent: bool, max_per_host: int) -> None:
        super().__init__(reactor, persistent)  # type: ignore[no-untyped-call]
        self.maxPersistentPerHost = max_per_host
        self._open: set[WireProtocol] = set()
        self._all_closed: asyncio.Event | None = None

    def take(self, terms: Terms, endpoint: Any, *, fresh: bool) -> Deferred[Any]:
        """Give a connection that a request can be sent on, a new one if `fresh`."""
        taken: Deferred[Any] = (
            self._newConnection(terms, endpoint)
            if fresh
            else self.getConnection(terms, endpoint)
        )
        # One that has been cut, but whose end Twisted has not heard of yet.
        return taken.addCallback(
            lambda protocol: (
                self.take(terms, endpoint, fresh=fresh)
                if protocol.spoiled
                else protocol
            )
        )

    def build(self, terms: Terms) -> WireProtocol:
        """Make the protocol of a new connection."""
        protocol = WireProtocol(
            partial(self._putConnection, terms),
            terms=terms,
            reactor=self._reactor,
            closed=self._forget,
            keep_alive=self.persistent,
        )
        self._open.add(protocol)
        return protocol

    async def close(self) -> None:
        """Cut every connection, idle or not, and wait until they are gone."""
        self.closeCachedConnections()  # type: ignore[no-untyped-call]
        self._all_closed = asyncio.Event()
        for protocol in tuple(self._open):
            protocol.stop(Truncation.UNSPECIFIED)
        if self._open:
            # A transport that does not report its end must not hold up ours.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_closed.wait(), _CLOSING_S)

    @override
    def _newConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        """Twisted: open a connection; it is given when a request can be sent."""
        connecting: Deferred[Any] = endpoint.connect(_Connections(self, key))
        return connecting.addCallback(lambda protocol: protocol.ready())

    @override
    def _removeConnection(self, key: Any, connection: WireProtocol) -> None:
        """Twisted: let an idle connection go."""
        super()._removeConnection(key, connection)  # type: ignore[no-untyped-call]
        if connection in self._open:
            connection.await_farewell()

    def _forget(self, protocol: WireProtocol) -> None:
        self._open.discard(protocol)
        if self._all_closed is not None and not self._open:
            self._all_closed.set()
