"""No page leads the crawler into the network the crawler stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IReactorTCP, IReactorTime
from zope.interface import implementer  # type: ignore[import-untyped]

from archive.message import parse_response_head
from archive.model import FetchOutcome
from crawler.errors import WireFailure
from crawler.wire.gate import Gate
from crawler.wire.guard import host_refusal, literal_address, refusal
from tests.support.oddities import ODDITIES, Oddity, sized
from tests.support.oddserver import Client, OddServer, ReactorThread

PUBLIC = "93.184.215.14"  # never connected to here: see Detour
REFUSED = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1
    127.255.255.254 168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1
    192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255
    198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:0 64:ff9b::7f00:1
    64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:2::1 2001:10::1 2001:20::1
    2001:db8::1 2002:7f00:1:: 2002:a00:1::5 2002:c0a8:1:: 3fff::1 4000::1 5f00::1
    fc00::1 fd00:ec2::254 fdff::1 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1
    fe80::1%1 2606:4700::1111%eth0 2001:0:a00:1::1 2001:0:808:808::80ff:fffe
"""
PERMITTED = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255
    128.0.0.1 169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255
    198.17.255.255 198.20.0.0 223.255.255.255 2606:4700:4700::1111 2a00:1450:4001::1
    ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 2001:0:808:808::f7f7:f7f7
    2001:200::1
"""
LOOPBACK_IN_OTHER_WORDS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0177.0.0.1",
    "017700000001",
    "0x7f.0.0.1",
    "0x7f000001",
    "0x7F.1",
    "127.000.000.001",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST.",
    "ip6-localhost.localhost",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[fe80::1%251]",
]


class Names:
    """A resolver that says what it is told to, one answer after the other."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def resolveHostName(self, receiver, name, portNumber=0, *args):  # noqa: N802, N803
        self.asked.append(name)
        receiver.resolutionBegan(None)
        for host in self.answers.pop(0):
            kind: Any = IPv6Address if ":" in host else IPv4Address
            receiver.addressResolved(kind("TCP", host, portNumber))
        receiver.resolutionComplete()


@implementer(IReactorTCP, IReactorTime)
class Detour:
    """The reactor, but that whoever connects to PUBLIC reaches another address."""

    def __init__(self, to: str) -> None:
        self._reactor = ReactorThread.shared().reactor
        self._to = to
        self.connected: list[str] = []

    def connectTCP(self, host, port, *args, **kwargs):  # noqa: N802
        self.connected.append(host)
        host = self._to if host == PUBLIC else host
        return self._reactor.connectTCP(host, port, *args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._reactor, name)


@pytest.fixture
def server() -> Iterator[OddServer]:
    with OddServer() as server:
        yield server


def refused(client: Client, url: str, **order: Any) -> str:
    """Fetch what must be refused; give the detail."""
    with pytest.raises(WireFailure) as failure:
        client.fetch(url, **({"allow_private": False} | order))
    assert failure.value.outcome is FetchOutcome.REFUSED_ADDRESS
    return failure.value.detail


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize("address", REFUSED.split())
def test_an_address_that_is_not_public_is_refused_with_a_reason(address):
    reason = refusal(address)
    assert reason is not None
    assert reason.startswith(f"{address}, which is ")


@pytest.mark.parametrize("address", PERMITTED.split())
def test_a_public_address_is_permitted(address):
    assert refusal(address) is None


@pytest.mark.parametrize("address", ["", "example.org", "127.1", "1.2.3.4.5", "::g"])
def test_what_is_no_address_is_refused(address):
    assert refusal(address) is not None


@pytest.mark.parametrize("host", LOOPBACK_IN_OTHER_WORDS)
def test_loopback_is_recognised_in_every_way_of_writing_it(host):
    assert host_refusal(host.strip("[]").replace("%25", "%")) is not None


@pytest.mark.parametrize("host", ["example.org", "127.example.org", "dead.beef", "a"])
def test_a_name_is_not_taken_for_an_address(host):
    assert literal_address(host) is None
    assert host_refusal(host) is None


# ----------------------------------------------------------------- connecting


@pytest.mark.parametrize("host", LOOPBACK_IN_OTHER_WORDS)
def test_no_way_of_writing_loopback_leads_there(server, host):
    detour = Detour(to="127.0.0.1")
    with Client(reactor=detour) as client:
        detail = refused(client, f"http://{host}:{server.port}/plain")
    assert "which is" in detail
    assert detour.connected == []
    assert server.connections == []


@pytest.mark.parametrize(
    "answers",
    [
        ("127.0.0.1",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("10.0.0.1", "127.0.0.1", "fe80::1"),
    ],
)
def test_a_name_for_private_addresses_only_is_refused(server, answers):
    detour = Detour(to="127.0.0.1")
    with Client(reactor=detour, resolver=Names(answers)) as client:
        detail = refused(client, f"http://inside.example:{server.port}/plain")
    assert f"inside.example is {answers[0]}, which is" in detail
    assert detour.connected == []
    assert server.connections == []


def test_of_a_mixed_answer_only_the_public_addresses_are_tried(server):
    detour = Detour(to="127.0.0.4")  # where nobody listens
    names = Names(("127.0.0.1", PUBLIC, "::1"))
    with Client(reactor=detour, resolver=names) as client:
        with pytest.raises(WireFailure) as failure:
            client.fetch(f"http://mixed.example:{server.port}/", allow_private=False)
        assert failure.value.outcome is FetchOutcome.UNREACHABLE
    assert detour.connected == [PUBLIC]
    assert server.connections == []


def test_a_name_that_changes_its_mind_gains_nothing(server):
    # Public when it is looked at first, loopback from then on.
    detour = Detour(to="127.0.0.4")
    names = Names((PUBLIC,), ("127.0.0.1",))
    with Client(reactor=detour, resolver=names) as client:
        url = f"http://rebinding.example:{server.port}/plain"
        with pytest.raises(WireFailure) as failure:
            client.fetch(url, allow_private=False)
        assert failure.value.outcome is FetchOutcome.UNREACHABLE
        assert len(names.asked) == 1  # one look-up serves check and connection
        assert "127.0.0.1" in refused(client, url)
    assert detour.connected == [PUBLIC]
    assert server.connections == []


def test_the_peer_is_looked_at_again_before_a_byte_is_sent(server):
    # The address was public, the other end is not: a translation on the way, say.
    detour = Detour(to="127.0.0.1")
    with Client(reactor=detour, resolver=Names((PUBLIC,))) as client:
        detail = refused(client, f"http://moved.example:{server.port}/plain")
    assert "connected to 127.0.0.1" in detail
    assert server.conversations == []
    assert all(not connection.received for connection in server.connections)


def test_the_gate_connects_to_no_address_it_has_not_admitted():
    detour = Detour(to="127.0.0.4")
    gate = Gate(detour, Names(), allow_private=False)
    with pytest.raises(WireFailure) as failure:
        gate.connectTCP("127.0.0.1", 80, None)
    assert failure.value.outcome is FetchOutcome.REFUSED_ADDRESS
    assert detour.connected == []


def test_every_hop_of_a_redirect_is_an_order_of_its_own():
    with OddServer(host="127.0.0.2") as inside:
        there = Oddity(answer=sized("302 Found", f"Location: {inside.url('plain')}"))
        with OddServer({"there": there}) as outside, Client() as client:
            first = client.fetch(outside.url("there"))  # permitted to this one order
            head = parse_response_head(first.response)
            location = (head.first(b"location") or b"").decode()
            detail = refused(client, urljoin(first.url, location))
        assert "127.0.0.2" in detail
        assert inside.connections == []


def test_a_permitted_connection_never_serves_an_order_without_permission(server):
    with Client(resolver=Names(("127.0.0.1",), ("127.0.0.1",))) as client:
        url = f"http://kept.example:{server.port}/plain"
        assert client.fetch(url).response == ODDITIES["plain"].answer
        before = len(server.conversations)
        refused(client, url)
        assert len(server.conversations) == before
        assert client.fetch(url).response == ODDITIES["plain"].answer  # kept


def test_a_name_without_any_address_is_unresolved_and_not_refused():
    with Client(resolver=Names(())) as client, pytest.raises(WireFailure) as failure:
        client.fetch("http://nowhere.example/", allow_private=False)
    assert failure.value.outcome is FetchOutcome.UNRESOLVED


# ---------------------------------------------------------------- odd addresses


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("ftp://example.org/", FetchOutcome.REFUSED_SCHEME),
        ("file:///etc/passwd", FetchOutcome.REFUSED_SCHEME),
        ("javascript://x", FetchOutcome.REFUSED_SCHEME),
        ("example.org/", FetchOutcome.FAILED),
        ("/relative", FetchOutcome.FAILED),
        ("http:///nowhere", FetchOutcome.FAILED),
        ("http://h:99999/", FetchOutcome.FAILED),
        ("http://h:0/", FetchOutcome.FAILED),
        ("http://h:x/", FetchOutcome.FAILED),
        ("http://good.example\\@evil.example/", FetchOutcome.FAILED),
        ("http://[::1/", FetchOutcome.FAILED),
        ("http://h/a b", FetchOutcome.FAILED),
        ("http://h/\r\nX: y", FetchOutcome.FAILED),
        ("http://härnösand.example/", FetchOutcome.FAILED),
        ("http://under_score.invalid/", FetchOutcome.UNRESOLVED),
        (f"http://{'a' * 64}.invalid/", FetchOutcome.UNRESOLVED),
        ("http://a..b.invalid/", FetchOutcome.UNRESOLVED),
    ],
)
def test_an_address_that_can_not_be_asked_for_has_an_outcome(url, outcome):
    with Client(resolver=Names(())) as client, pytest.raises(WireFailure) as failure:
        client.fetch(url)
    assert failure.value.outcome is outcome
