"""Through a proxy: the same bytes, and never its credentials in the archive."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from archive.model import FetchOutcome, Truncation
from crawler.errors import WireFailure
from crawler.wire.order import WireOrder, proxy_of
from tests.support.certificates import Authority
from tests.support.loops import LoopThread, shut
from tests.support.oddities import ODDITIES
from tests.support.oddserver import Client, OddServer

AUTHORITY = Authority()
CERTIFICATE = AUTHORITY.issue("127.0.0.1")
Handler = Callable[
    [bytes, asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]
]


class TunnelProxy:
    """A proxy that answers CONNECT as it is told to; logs the heads it gets."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.heads: list[bytes] = []
        self.hung_up = 0  # connections that have ended

    def __enter__(self) -> TunnelProxy:
        self._thread = LoopThread()
        self._server = self._thread.run(self._listen())
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"127.0.0.3:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(shut(self._server))
        self._thread.stop()

    def all_hung_up(self) -> bool:
        """Whether every connection has ended, or does so soon."""
        for _ in range(200):
            if self.hung_up == len(self.heads):
                return True
            time.sleep(0.01)
        return False

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.3", 0)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            await self._handler(head, reader, writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # the client hung up, or the proxy is stopped
        finally:
            self.hung_up += 1
            writer.transport.abort()


async def tunnel(
    head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Open the tunnel that was asked for."""
    host, _, port = head.decode().split(" ")[1].rpartition(":")
    target_reader, target_writer = await asyncio.open_connection(host, int(port))
    writer.write(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
    try:
        await asyncio.gather(relay(reader, target_writer), relay(target_reader, writer))
    finally:
        target_writer.transport.abort()


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


def saying(answer: bytes, *, and_wait: bool = False) -> Handler:
    """Answer CONNECT with these bytes."""

    async def say(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(answer)
        await writer.drain()
        if and_wait:
            await reader.read()

    return say


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client(trust=[AUTHORITY.pem]) as client:
        yield client


@pytest.fixture
def secure(tmp_path) -> Iterator[OddServer]:
    with OddServer(tls=CERTIFICATE.context(tmp_path)) as server:
        yield server


# ----------------------------------------------------------------- plain HTTP


def test_a_proxy_is_asked_in_absolute_form(client):
    with OddServer() as proxy:
        exchange = client.fetch(
            "http://news.example:8080/gzip?a=b#c", proxy=proxy.base_url
        )
        assert exchange.request == proxy.conversations[0].request
    assert exchange.request.startswith(
        b"GET http://news.example:8080/gzip?a=b HTTP/1.1\r\nHost: news.example:8080\r\n"
    )
    assert exchange.response == ODDITIES["gzip"].answer
    assert exchange.url == "http://news.example:8080/gzip?a=b"
    assert exchange.proxy == proxy.base_url
    assert exchange.peer_address is None


@pytest.mark.parametrize("name", ["cut-length", "early-hints", "excess", "until-close"])
def test_oddities_are_exact_behind_a_proxy_too(client, name):
    with OddServer() as proxy:
        exchange = client.fetch(f"http://news.example/{name}", proxy=proxy.base_url)
    assert exchange.response == ODDITIES[name].answer
    assert exchange.interim == ODDITIES[name].interim
    assert exchange.truncated is ODDITIES[name].truncated


@pytest.mark.parametrize(
    "credentials",
    [
        {"proxy": "http://user:secret@127.0.0.1:{port}"},
        {
            "proxy": "http://127.0.0.1:{port}",
            "headers": ((b"Proxy-Authorization", b"Basic c2VjcmV0"),),
        },
    ],
)
def test_credentials_are_not_sent_where_they_would_be_archived(client, credentials):
    with OddServer() as proxy:
        order = credentials | {"proxy": credentials["proxy"].format(port=proxy.port)}
        with pytest.raises(WireFailure) as failure:
            client.fetch("http://news.example/plain", **order)
        assert failure.value.outcome is FetchOutcome.FAILED
        assert "secret" not in str(failure.value)
        assert proxy.connections == []


def test_a_proxy_does_not_open_the_way_inside(client):
    # The proxy resolves names and guards itself; what can be told here is refused.
    with OddServer() as proxy:
        for host in (
            "127.0.0.1",
            "2130706433",
            "localhost",
            "[::1]",
            "169.254.169.254",
        ):
            with pytest.raises(WireFailure) as failure:
                client.fetch(
                    f"http://{host}/plain", proxy=proxy.base_url, allow_private=False
                )
            assert failure.value.outcome is FetchOutcome.REFUSED_ADDRESS
        assert proxy.connections == []


def test_direct_and_proxied_orders_share_no_connection(client):
    with OddServer() as server:
        client.fetch(server.url("plain"))
        client.fetch(server.url("plain"), proxy=server.base_url)
        client.fetch(server.url("plain"))
        assert [c.connection for c in server.conversations] == [0, 1, 0]


def test_a_proxy_that_is_not_there_is_unreachable(client):
    with OddServer() as proxy:
        gone = proxy.base_url
    for scheme in ("http", "https"):
        with pytest.raises(WireFailure) as failure:
            client.fetch(f"{scheme}://news.example/", proxy=gone)
        assert failure.value.outcome is FetchOutcome.UNREACHABLE
        assert "proxy" in failure.value.detail


@pytest.mark.parametrize("proxy", ["https://p:1", "socks5://p:1", "http://", "//p"])
def test_a_proxy_of_another_kind_is_no_proxy(client, proxy):
    with pytest.raises(WireFailure) as failure:
        client.fetch("http://news.example/", proxy=proxy)
    assert failure.value.outcome is FetchOutcome.FAILED


@pytest.mark.parametrize(
    ("address", "shown", "authorization"),
    [
        ("p", "http://p:80", None),
        ("p:3128", "http://p:3128", None),
        ("http://u:p%40ss@p:1", "http://p:1", b"u:p@ss"),
        ("http://u@[2001:db8::1]:1", "http://[2001:db8::1]:1", b"u:"),
    ],
)
def test_a_proxy_is_recorded_without_its_credentials(address, shown, authorization):
    proxy = proxy_of(WireOrder(url="http://h/", proxy=address))
    assert proxy is not None
    assert proxy.shown == shown
    expected = authorization and b"Basic " + base64.b64encode(authorization)
    assert proxy.authorization == expected


# ---------------------------------------------------------------------- HTTPS


@pytest.mark.parametrize("name", ["gzip", "big-chunked", "cut-mid-chunk", "continue"])
def test_https_goes_through_a_tunnel_and_is_as_exact(client, secure, name):
    with TunnelProxy(tunnel) as proxy:
        url = f"http://user:secret@{proxy.address}"
        exchange = client.fetch(secure.url(name), proxy=url)
        assert exchange.response == ODDITIES[name].answer
        assert exchange.interim == ODDITIES[name].interim
        assert exchange.request == secure.conversations[0].request
        assert exchange.proxy == f"http://{proxy.address}"
        assert exchange.peer_address is None
        assert exchange.tls is not None
        assert exchange.tls.certificate_sha256 == CERTIFICATE.sha256
        authorization = base64.b64encode(b"user:secret")
        assert b"Proxy-Authorization: Basic " + authorization in proxy.heads[0]
        assert b"uthorization" not in exchange.request
        assert "secret" not in repr(exchange)


def test_a_tunnel_is_kept_for_the_next_exchange(client, secure):
    with TunnelProxy(tunnel) as proxy:
        for _ in range(3):
            client.fetch(secure.url("plain"), proxy=proxy.address)
        assert len(proxy.heads) == 1


def test_the_certificate_is_checked_behind_the_proxy(secure):
    with Client() as client, TunnelProxy(tunnel) as proxy:
        with pytest.raises(WireFailure) as failure:
            client.fetch(secure.url("plain"), proxy=proxy.address)
        assert failure.value.outcome is FetchOutcome.TLS_FAILED
        assert secure.conversations == []


@pytest.mark.parametrize(
    ("answer", "and_wait", "outcome"),
    [
        (b"", False, FetchOutcome.UNREACHABLE),
        (b"HTTP/1.1 200 O", False, FetchOutcome.UNREACHABLE),
        (b"HTTP/1.1 407 No\r\n\r\n", True, FetchOutcome.UNREACHABLE),
        (b"what?\r\n\r\n", True, FetchOutcome.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, True, FetchOutcome.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\n\r\n", False, FetchOutcome.TLS_FAILED),
        (b"HTTP/1.1 200 OK\r\n\r\n", True, FetchOutcome.TIMEOUT),
        (b"", True, FetchOutcome.TIMEOUT),
    ],
)
def test_a_tunnel_that_fails_ends_and_is_closed(client, answer, and_wait, outcome):
    with TunnelProxy(saying(answer, and_wait=and_wait)) as proxy:
        with pytest.raises(WireFailure) as failure:
            client.fetch("https://news.example/", proxy=proxy.address, time_limit_s=0.5)
        assert failure.value.outcome is outcome
        assert proxy.all_hung_up()


def test_a_tunnelled_exchange_that_hangs_is_truncated_by_time(client, secure):
    with TunnelProxy(tunnel) as proxy:
        exchange = client.fetch(
            secure.url("hang-after-head"), proxy=proxy.address, time_limit_s=0.5
        )
        assert exchange.truncated is Truncation.TIME
