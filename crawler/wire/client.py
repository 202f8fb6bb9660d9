"""The wire: an order goes in, an Exchange comes out, byte for byte. [I/O].

    order.py      what is asked, and the request bytes        pure
    guard.py      which addresses are refused                 pure
    framing.py    where a chunked body ends                   pure
    recorder.py   keeps the bytes as they pass                pure
    gate.py       resolves names, lets permitted addresses through
    tls.py        whom to trust, and what was agreed on
    tunnel.py     HTTPS through a proxy
    parser.py     walks through head and body
    protocol.py   one connection
    pool.py       all connections
    attempt.py    one try at an order

Redirects are not followed, content is not decoded, nothing is cached.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from scrapy.core.downloader._idna_patch import _install_twisted_idna_fallbacks
from twisted.internet._resolver import GAIResolver
from twisted.internet.endpoints import (
    HostnameEndpoint,
    TCP4ClientEndpoint,
    wrapClientTLS,
)

from archive.model import Exchange, FetchOutcome
from crawler.errors import WireFailure
from crawler.wire.attempt import IDEMPOTENT, Attempt, StaleConnection
from crawler.wire.gate import Gate
from crawler.wire.guard import host_refusal
from crawler.wire.order import Address, Proxy, WireOrder, address_of, compose, proxy_of
from crawler.wire.pool import WirePool
from crawler.wire.protocol import Terms
from crawler.wire.tls import TlsPolicy
from crawler.wire.tunnel import Tunnel


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """An order, taken apart."""

    order: WireOrder
    address: Address
    proxy: Proxy | None
    block: bytes

    @property
    def terms(self) -> Terms:
        """Which connections may serve the order."""
        address, proxy = self.address, self.proxy
        shared = proxy is not None and address.scheme == "http"
        return Terms(
            scheme=address.scheme,
            host="" if shared else address.host,
            port=0 if shared else address.port,
            proxy=(proxy.host, proxy.port, proxy.authorization) if proxy else None,
            allow_private=self.order.allow_private,
            verify_tls=self.order.verify_tls,
        )


class Wire:
    """Fetches over HTTP/1.1 and keeps what passes.

    Runs on Twisted's asyncio reactor, whose loop must be the running one.
    """

    def __init__(
        self,
        reactor: Any,
        *,
        persistent: bool = True,
        max_per_host: int = 4,
        trust: Sequence[bytes] = (),
        resolver: Any = None,
    ) -> None:
        """Set up an empty pool.

        `max_per_host` is of idle connections. `trust` are certificates (PEM) of
        authorities in place of the system's. The default `resolver` (an
        IHostnameResolver) asks the system, for IPv4 and IPv6.
        """
        # Names with underscores or emoji exist, and Twisted alone refuses them.
        _install_twisted_idna_fallbacks()
        self._reactor = reactor
        self._resolver = resolver or GAIResolver(reactor)
        self._pool = WirePool(reactor, persistent=persistent, max_per_host=max_per_host)
        self._policies = {
            True: TlsPolicy(verified=True, trust=trust),
            False: TlsPolicy(verified=False),
        }
        self._attempts: set[Attempt] = set()
        self._is_closed = False

    async def exchange(self, order: WireOrder) -> Exchange:
        """Carry out an order.

        What breaks off after a status line is given with `truncated` set:
        LENGTH (a limit was reached), TIME, DISCONNECT (closed or reset too early),
        UNSPECIFIED (nobody can tell where the message ends). A kept connection
        that turns out to be closed is replaced once, where that is safe.

        Raises WireFailure if nothing came that could be kept. When cancelled, it
        cuts the connection.
        """
        if self._is_closed:
            raise WireFailure(FetchOutcome.FAILED, "the wire was closed")
        deadline = asyncio.get_running_loop().time() + order.time_limit_s
        address = address_of(order.url)
        proxy = proxy_of(order)
        _check(order, address, proxy)
        absolute = proxy is not None and address.scheme == "http"
        block = compose(
            order, address, absolute=absolute, persistent=self._pool.persistent
        )
        # A request that must not be sent twice is not risked on an old connection.
        fresh = order.method not in IDEMPOTENT
        way = _Way(order=order, address=address, proxy=proxy, block=block)
        try:
            return await self._run(way, deadline, fresh=fresh)
        except StaleConnection:
            return await self._run(way, deadline, fresh=True)

    async def close(self) -> None:
        """Cut every connection; running exchanges end with what they have."""
        self._is_closed = True
        for attempt in tuple(self._attempts):
            attempt.abandon()
        await self._pool.close()

    async def _run(self, way: _Way, deadline: float, *, fresh: bool) -> Exchange:
        order = way.order
        gate = Gate(self._reactor, self._resolver, allow_private=order.allow_private)
        attempt = Attempt(
            order, way.block, terms=way.terms, proxy=way.proxy, refused=gate.refused
        )
        endpoint = self._endpoint(way, gate)
        self._attempts.add(attempt)
        try:
            return await attempt.run(
                self._pool, endpoint, deadline=deadline, fresh=fresh
            )
        finally:
            self._attempts.discard(attempt)

    def _endpoint(self, way: _Way, gate: Gate) -> Any:
        """Choose the way to the host: direct, to the proxy, or through it."""
        order, address, proxy = way.order, way.address, way.proxy
        policy = self._policies[order.verify_tls]
        if proxy is None:
            direct = HostnameEndpoint(
                gate, address.host, address.port, timeout=order.connect_limit_s
            )
            if address.scheme == "http":
                return direct
            creator: Any = policy.creatorForNetloc(address.host, address.port)
            return wrapClientTLS(creator, cast("Any", direct), clock=self._reactor)
        # The proxy is the operator's choice, and may well be on a private address.
        if address.scheme == "https":
            return Tunnel(
                self._reactor,
                address,
                proxy,
                policy,
                connect_limit_s=order.connect_limit_s,
            )
        return TCP4ClientEndpoint(
            self._reactor, proxy.host, proxy.port, order.connect_limit_s
        )


def _check(order: WireOrder, address: Address, proxy: Proxy | None) -> None:
    """Refuse what can be refused before anything is opened."""
    refused = None if order.allow_private else host_refusal(address.host)
    if refused is not None:
        raise WireFailure(FetchOutcome.REFUSED_ADDRESS, refused)
    if proxy is not None and proxy.authorization and address.scheme == "http":
        # They would stand in the request, and so in the archive, for ever.
        raise WireFailure(
            FetchOutcome.FAILED,
            f"plain HTTP through {proxy.shown}, which asks for credentials: "
            "they are not sent where they would be archived",
        )
