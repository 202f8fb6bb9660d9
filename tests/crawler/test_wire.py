"""What the wire gives is what was on the wire, whatever was on it."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from archive.errors import UsageError
from archive.model import Exchange, FetchOutcome, Truncation
from crawler.errors import WireFailure
from crawler.wire.order import WireOrder, address_of, compose
from crawler.wire.protocol import Ending, Terms, WireProtocol
from crawler.wire.recorder import Recorder
from tests.support.oddities import ODDITIES, After, Oddity
from tests.support.oddserver import Client, OddServer

KEPT = sorted(n for n, o in ODDITIES.items() if o.outcome is None)
PROMPT = [n for n in KEPT if ODDITIES[n].after is not After.HANG]
FAILED = sorted(n for n, o in ODDITIES.items() if o.outcome is not None)
SMALL = [
    n
    for n in PROMPT
    if len(ODDITIES[n].answer) < 1500 and ODDITIES[n].after is not After.RESET
]


@pytest.fixture(scope="module")
def server() -> Iterator[OddServer]:
    with OddServer() as server:
        yield server


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


def matches(exchange: Exchange, oddity: Oddity) -> bool:
    """Compare without printing megabytes."""
    assert exchange.truncated is oddity.truncated
    assert exchange.excess_length == len(oddity.excess)
    assert exchange.interim == oddity.interim
    assert len(exchange.response) == len(oddity.answer)
    return exchange.response == oddity.answer


# ---------------------------------------------------------------- exactness


@pytest.mark.parametrize("name", KEPT)
def test_an_exchange_holds_what_was_sent_and_received(server, client, name):
    oddity = ODDITIES[name]
    limit = 0.3 if oddity.truncated is Truncation.TIME else 20.0
    before = len(server.conversations)
    exchange = client.fetch(server.url(name), method=oddity.method, time_limit_s=limit)
    [conversation] = server.conversations[before:]
    assert matches(exchange, oddity)
    assert exchange.request == conversation.request


@pytest.mark.parametrize("name", FAILED)
def test_an_answer_that_can_not_be_kept_fails_with_its_outcome(server, name):
    oddity = ODDITIES[name]
    limit = 0.3 if oddity.outcome is FetchOutcome.TIMEOUT else 20.0
    before = len(server.conversations)
    with Client() as client, pytest.raises(WireFailure) as failure:
        client.fetch(server.url(name), time_limit_s=limit)
    assert failure.value.outcome is oddity.outcome
    assert failure.value.detail
    assert len(server.conversations) == before + 1  # not tried again


def test_sixteen_at_once_get_each_their_own_answer(server, client):
    names = [n for n in PROMPT if ODDITIES[n].method == "GET"]
    urls = [server.url(f"{n}?{i}") for i in range(3) for n in names]
    urls += [server.url(f"echo?{i}") for i in range(len(urls))]
    random.shuffle(urls)
    for start in range(0, len(urls), 16):
        for exchange in client.fetch_all(urls[start : start + 16]):
            name = exchange.url.rpartition("/")[2].partition("?")[0]
            target = exchange.url.removeprefix(server.base_url).encode()
            assert exchange.request.split(b" ")[1] == target
            if name == "echo":
                assert exchange.response.endswith(b"\r\n\r\n" + target)
            else:
                assert matches(exchange, ODDITIES[name])


def deliver(oddity: Oddity, pieces: list[bytes]) -> tuple[Recorder, Ending]:
    """Let a protocol without network receive the pieces, and then a close."""
    protocol = WireProtocol(
        lambda _: None,
        terms=Terms(
            scheme="http",
            host="h",
            port=80,
            proxy=None,
            allow_private=True,
            verify_tls=True,
        ),
        reactor=Clock(),
        closed=lambda _: None,
        keep_alive=True,
    )
    peer = IPv4Address("TCP", "127.0.0.1", 80)
    transport = StringTransport(peerAddress=peer)
    protocol.makeConnection(transport)
    recorder = Recorder(size_limit=10**6, header_limit=10**5)
    endings: list[Ending] = []
    protocol.begin(oddity.method, b"GET / HTTP/1.1\r\n\r\n", recorder, endings.append)
    for piece in pieces:
        protocol.dataReceived(piece)
    protocol.connectionLost()
    assert len(endings) == 1
    return recorder, endings[0]


def response_of(recorder: Recorder) -> tuple[bytes, bytes]:
    exchange = recorder.finish(
        url="http://h/",
        began_at=datetime(2026, 1, 1, tzinfo=UTC),
        duration_s=0.0,
        peer_address=None,
        proxy=None,
        tls=None,
        truncated=None,
    )
    return exchange.interim, exchange.response


@pytest.mark.parametrize(
    "name", [n for n in SMALL if ODDITIES[n].after is not After.RESET]
)
def test_it_does_not_matter_how_the_network_cuts_an_answer(name):
    oddity = ODDITIES[name]
    sent = oddity.interim + oddity.answer
    cuts = [[sent], [sent[i : i + 1] for i in range(len(sent))]]
    cuts += [[sent[:i], sent[i:]] for i in range(1, len(sent))]
    for pieces in cuts:
        recorder, ending = deliver(oddity, pieces)
        assert response_of(recorder) == (oddity.interim, oddity.answer)
        assert ending.truncated is oddity.truncated


@pytest.mark.parametrize("name", ["chunked-trailers", "early-hints", "bare-lf"])
def test_an_answer_that_is_clipped_anywhere_is_never_taken_for_whole(name):
    oddity = ODDITIES[name]
    sent = oddity.interim + oddity.answer
    for end in range(len(sent)):
        recorder, ending = deliver(oddity, [sent[:end]] if end else [])
        assert ending.truncated is Truncation.DISCONNECT
        assert b"".join(response_of(recorder)) == sent[:end]


# --------------------------------------------------------------- connections


def test_a_kept_connection_serves_one_exchange_after_another(client):
    with OddServer() as server:
        for name in ("plain", "chunked", "no-content", "status-404", "early-hints"):
            client.fetch(server.url(name))
        client.fetch(server.url("head"), method="HEAD")
        assert len(server.connections) == 1
        assert len(server.conversations) == 6


@pytest.mark.parametrize(
    "name",
    [n for n in PROMPT if n.startswith(("excess", "http-1.0", "connection-clos"))],
)
def test_a_connection_that_can_not_be_trusted_is_not_used_again(client, name):
    with OddServer() as server:
        client.fetch(server.url(name), method=ODDITIES[name].method)
        exchange = client.fetch(server.url("plain"))
        assert matches(exchange, ODDITIES["plain"])
        assert len(server.connections) == (1 if name == "http-1.0-kept" else 2)


def test_bytes_that_come_unasked_never_become_an_answer(client):
    late = Oddity(answer=ODDITIES["plain"].answer, after=After.KEEP)
    with OddServer({"late": late}) as server:
        client.fetch(server.url("late"))
        server.send_to_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake")
        time.sleep(0.1)
        exchange = client.fetch(server.url("gzip"))
        assert matches(exchange, ODDITIES["gzip"])
        assert len(server.connections) == 2


def test_a_stale_connection_is_replaced_without_a_word(client):
    with OddServer() as server:
        client.fetch(server.url("drop-next"))
        exchange = client.fetch(server.url("chunked"))
        assert matches(exchange, ODDITIES["chunked"])
        assert exchange.request == server.conversations[-1].request
        assert len(server.connections) == 2
        # The first connection did get the request, and did not answer.
        assert server.connections[0].received.endswith(exchange.request)


def test_what_must_not_be_sent_twice_is_not_risked_on_a_kept_connection(client):
    with OddServer() as server:
        client.fetch(server.url("drop-next"))
        exchange = client.fetch(server.url("plain"), method="POST", body=b"once")
        assert matches(exchange, ODDITIES["plain"])
        assert b"once" not in server.connections[0].received


def test_a_wire_that_keeps_no_connections_says_so(server):
    with Client(persistent=False) as client:
        before = len(server.connections)
        exchange = client.fetch(server.url("plain"))
        client.fetch(server.url("plain"))
        assert b"\r\nConnection: close\r\n" in exchange.request
        assert len(server.connections) == before + 2


def test_ipv6_is_spoken(client):
    with OddServer(host="::1") as server:
        exchange = client.fetch(server.url("plain"))
        assert matches(exchange, ODDITIES["plain"])
        assert exchange.peer_address == "::1"
        assert b"\r\nHost: [::1]:%d\r\n" % server.port in exchange.request


def test_an_exchange_says_when_where_and_how_long(server, client):
    before = datetime.now(UTC)
    exchange = client.fetch(server.url("byte-by-byte#fragment"))
    assert exchange.url == server.url("byte-by-byte")
    assert before <= exchange.began_at <= datetime.now(UTC)
    assert exchange.began_at.tzinfo is UTC
    assert 0.01 < exchange.duration_s < 10
    assert exchange.peer_address == "127.0.0.1"
    assert (exchange.proxy, exchange.tls) == (None, None)


# ------------------------------------------------------------------ requests


def composed(**order: object) -> bytes:
    given = WireOrder(**{"url": "http://example.org/a", **order})  # type: ignore[arg-type]
    return compose(given, address_of(given.url), absolute=False, persistent=True)


@pytest.mark.parametrize(
    ("order", "request_bytes"),
    [
        (
            {},
            (
                b"GET /a HTTP/1.1\r\nHost: example.org\r\n"
                b"Accept-Encoding: gzip, deflate\r\n\r\n"
            ),
        ),
        (  # order and case are kept, Accept-Encoding stays in its place
            {
                "headers": (
                    (b"x-b", b"2"),
                    (b"accept-ENCODING", b"br, zstd"),
                    (b"X-A", b" 1\xff"),
                    (b"x-b", b"3"),
                    (b"Accept-Encoding", b"identity"),
                )
            },
            (
                b"GET /a HTTP/1.1\r\nHost: example.org\r\nx-b: 2\r\n"
                b"accept-ENCODING: gzip, deflate\r\nX-A:  1\xff\r\nx-b: 3\r\n\r\n"
            ),
        ),
        (  # what frames the message or steers the connection is not the caller's
            {
                "method": "POST",
                "body": b"a=b",
                "headers": (
                    (b"Host", b"other.example"),
                    (b"Content-Length", b"99"),
                    (b"Transfer-Encoding", b"chunked"),
                    (b"Connection", b"close, upgrade"),
                    (b"Upgrade", b"h2c"),
                    (b"Proxy-Authorization", b"Basic c2VjcmV0"),
                    (b"Expect", b"100-continue"),
                ),
            },
            (
                b"POST /a HTTP/1.1\r\nHost: other.example\r\n"
                b"Accept-Encoding: gzip, deflate\r\nContent-Length: 3\r\n\r\na=b"
            ),
        ),
        (  # path and query go out as they are written
            {"url": "http://u:p@EXAMPLE.org:8080?a=%7e&b=~//../;x?#f"},
            (
                b"GET /?a=%7e&b=~//../;x? HTTP/1.1\r\nHost: example.org:8080\r\n"
                b"Accept-Encoding: gzip, deflate\r\n\r\n"
            ),
        ),
        (
            {"url": "https://[2001:DB8::1]:443/?", "method": "PUT"},
            (
                b"PUT /? HTTP/1.1\r\nHost: [2001:db8::1]\r\n"
                b"Accept-Encoding: gzip, deflate\r\nContent-Length: 0\r\n\r\n"
            ),
        ),
    ],
)
def test_a_request_is_written_as_ordered(order, request_bytes):
    assert composed(**order) == request_bytes


def test_a_body_arrives_as_it_was_given(server, client):
    body = bytes(range(256)) * 4000
    exchange = client.fetch(server.url("echo"), method="POST", body=body)
    assert exchange.request.endswith(b"\r\n\r\n" + body)
    assert exchange.request == server.conversations[-1].request


@pytest.mark.parametrize(
    "order",
    [
        {"method": "GET /other HTTP/1.1\r\nX"},
        {"method": ""},
        {"headers": ((b"X: y\r\nZ", b"1"),)},
        {"headers": ((b"", b"1"),)},
        {"headers": ((b"X", b"1\r\nEvil: 2"),)},
        {"headers": ((b"X", b"1\n2"),)},
        {"size_limit": 0},
        {"time_limit_s": -1.0},
    ],
)
def test_an_order_that_would_break_its_request_is_refused(order):
    with pytest.raises(UsageError):
        WireOrder(url="http://example.org/", **order)


def test_an_order_shows_no_credentials():
    order = WireOrder(
        url="http://h/",
        proxy="http://user:secret@p:1",
        headers=((b"Cookie", b"secret"),),
    )
    assert "secret" not in repr(order)


def test_importing_the_wire_chooses_no_reactor():
    check = (
        "import sys, crawler.wire.client;"
        "sys.exit('twisted.internet.reactor' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
