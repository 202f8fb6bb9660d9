"""The way out: names are resolved here, and only permitted addresses pass. [I/O].

One `Gate` stands before one connection. It looks at every address a name resolves
to, and again at the one that is connected to; there is one look-up in between and
none after, so that a name can not change its mind. `WireProtocol.connectionMade`
looks a third time, at the address of the peer.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import (
    IHostnameResolver,
    IReactorPluggableNameResolver,
    IReactorTCP,
    IReactorTime,
    IResolutionReceiver,
)
from zope.interface import implementer  # type: ignore[import-untyped]

from archive.model import FetchOutcome
from crawler.errors import WireFailure
from crawler.wire.guard import refusal


@implementer(IReactorPluggableNameResolver, IReactorTCP, IReactorTime)
class Gate:
    """The reactor, as far as `HostnameEndpoint` needs one, with a guard at the door."""

    def __init__(self, reactor: Any, resolver: Any, *, allow_private: bool) -> None:
        """Resolve with `resolver`; everything else is done by `reactor`."""
        self._reactor = reactor
        self._allow_private = allow_private
        self.refused: list[str] = []  # sentences, see guard.refusal
        self.nameResolver = _GuardedResolver(resolver, self)

    def admits(self, address: str) -> bool:
        """Whether an address may be connected to; a refused one is noted."""
        reason = None if self._allow_private else refusal(address)
        if reason is not None:
            self.refused.append(reason)
        return reason is None

    def connectTCP(
        self, host: str, port: int, factory: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Connect, if the address is permitted; raises WireFailure if not."""
        if not self.admits(host):
            raise WireFailure(FetchOutcome.REFUSED_ADDRESS, self.refused[-1])
        return self._reactor.connectTCP(host, port, factory, *args, **kwargs)

    def callLater(self, *args: Any, **kwargs: Any) -> Any:
        """Twisted: as the reactor does it."""
        return self._reactor.callLater(*args, **kwargs)

    def seconds(self) -> Any:
        """Twisted: as the reactor does it."""
        return self._reactor.seconds()


@implementer(IHostnameResolver)
class _GuardedResolver:
    """Resolves as another does, and passes on what the gate admits."""

    def __init__(self, resolver: Any, gate: Gate) -> None:
        self._resolver = resolver
        self._gate = gate

    def resolveHostName(self, receiver: Any, *args: Any, **kwargs: Any) -> Any:
        guarded = _GuardedReceiver(receiver, self._gate)
        return self._resolver.resolveHostName(guarded, *args, **kwargs)


@implementer(IResolutionReceiver)
class _GuardedReceiver:
    def __init__(self, receiver: Any, gate: Gate) -> None:
        self._receiver = receiver
        self._gate = gate

    def resolutionBegan(self, resolution: Any) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if self._gate.admits(address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()
