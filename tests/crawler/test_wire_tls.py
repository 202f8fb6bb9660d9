"""Whom the wire trusts, and what it says about it."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator

import pytest
from OpenSSL import SSL
from twisted.internet.address import IPv4Address

from archive.model import Exchange, FetchOutcome, Truncation
from crawler.errors import WireFailure
from crawler.newsroom.listening import stop_listening
from crawler.wire.tls import TlsPolicy, iana_name
from tests.support.certificates import Authority, ServerCertificate
from tests.support.oddities import ODDITIES, After, Oddity
from tests.support.oddserver import Client, OddServer

AUTHORITY = Authority()
GOOD = AUTHORITY.issue("127.0.0.1", "news.example")
ABRUPT = Oddity(answer=ODDITIES["until-close"].answer, after=After.RESET)
BAD = {
    "another address": AUTHORITY.issue("127.0.0.2"),
    "a name only": AUTHORITY.issue("news.example"),
    "expired": AUTHORITY.issue("127.0.0.1", expired=True),
    "self-signed": AUTHORITY.issue("127.0.0.1", self_signed=True),
    "unknown authority": Authority("Somebody else").issue("127.0.0.1"),
}


class EveryNameIsHere:
    """A resolver that leads every name to 127.0.0.1."""

    def resolveHostName(self, receiver, name, portNumber=0, *args):  # noqa: N802, N803
        receiver.resolutionBegan(None)
        receiver.addressResolved(IPv4Address("TCP", "127.0.0.1", portNumber))
        receiver.resolutionComplete()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client(trust=[AUTHORITY.pem], resolver=EveryNameIsHere()) as client:
        yield client


def fetch_from(
    client: Client,
    certificate: ServerCertificate,
    folder,
    *,
    version: ssl.TLSVersion | None = None,
    name: str = "gzip",
    **order: object,
) -> Exchange:
    with OddServer(
        {"abrupt": ABRUPT}, tls=certificate.context(folder, version=version)
    ) as server:
        try:
            exchange = client.fetch(server.url(name), **order)
        except WireFailure:
            # Nothing was said to a server that is not who it should be.
            assert not server.conversations
            raise
        assert exchange.request == server.conversations[-1].request
        return exchange


@pytest.mark.parametrize(
    ("version", "recorded"),
    [(ssl.TLSVersion.TLSv1_2, "tls/1.2"), (ssl.TLSVersion.TLSv1_3, "tls/1.3")],
)
def test_what_was_agreed_on_is_recorded(client, tmp_path, version, recorded):
    exchange = fetch_from(client, GOOD, tmp_path, version=version)
    assert exchange.response == ODDITIES["gzip"].answer
    assert exchange.tls is not None
    assert exchange.tls.version == recorded
    assert exchange.tls.cipher_suite.startswith("TLS_")
    assert exchange.tls.certificate_sha256 == GOOD.sha256
    assert exchange.tls.verified
    assert exchange.peer_address == "127.0.0.1"


@pytest.mark.parametrize("name", ["big", "chunked-trailers", "until-close", "awkward"])
def test_bytes_are_exact_under_tls(client, tmp_path, name):
    exchange = fetch_from(client, GOOD, tmp_path, name=name)
    assert exchange.response == ODDITIES[name].answer
    assert exchange.truncated is None


@pytest.mark.parametrize("why", BAD)
def test_a_certificate_that_is_not_good_is_refused(client, tmp_path, why):
    with pytest.raises(WireFailure) as failure:
        fetch_from(client, BAD[why], tmp_path)
    assert failure.value.outcome is FetchOutcome.TLS_FAILED


@pytest.mark.parametrize("why", BAD)
def test_without_verification_any_certificate_passes_and_that_is_recorded(
    client, tmp_path, why
):
    exchange = fetch_from(client, BAD[why], tmp_path, verify_tls=False)
    assert exchange.response == ODDITIES["gzip"].answer
    assert exchange.tls is not None
    assert not exchange.tls.verified
    assert exchange.tls.certificate_sha256 == BAD[why].sha256


def test_the_authorities_of_the_system_do_not_know_ours(tmp_path):
    with Client() as client, pytest.raises(WireFailure) as failure:
        fetch_from(client, GOOD, tmp_path)
    assert failure.value.outcome is FetchOutcome.TLS_FAILED


@pytest.mark.parametrize(
    ("host", "good"), [("news.example", True), ("other.example", False)]
)
def test_the_name_that_was_asked_for_is_the_one_that_is_checked(
    client, tmp_path, host, good
):
    with OddServer(tls=GOOD.context(tmp_path)) as server:
        url = server.url("plain").replace("127.0.0.1", host)
        if good:
            assert client.fetch(url).response == ODDITIES["plain"].answer
        else:
            with pytest.raises(WireFailure) as failure:
                client.fetch(url)
            assert failure.value.outcome is FetchOutcome.TLS_FAILED


def test_an_unverified_connection_never_serves_an_order_that_verifies(client, tmp_path):
    with OddServer(tls=BAD["expired"].context(tmp_path)) as server:
        client.fetch(server.url("plain"), verify_tls=False)
        with pytest.raises(WireFailure) as failure:
            client.fetch(server.url("plain"))
        assert failure.value.outcome is FetchOutcome.TLS_FAILED
        client.fetch(server.url("plain"), verify_tls=False)
        assert [c.connection for c in server.conversations] == [0, 0]


def test_http_2_is_not_offered(client, tmp_path):
    context = GOOD.context(tmp_path)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with OddServer(tls=context) as server:
        exchange = client.fetch(server.url("plain"))
        assert server.negotiated == ["http/1.1"]
    assert exchange.request.split(b"\r\n")[0] == b"GET /plain HTTP/1.1"


def test_a_server_without_tls_is_a_failed_handshake(client):
    async def answer_in_clear(reader, writer) -> None:
        await reader.read(100)
        writer.write(ODDITIES["plain"].answer)
        await reader.read()
        writer.close()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(answer_in_clear, "127.0.0.1", 0)

    async def shut() -> None:
        await stop_listening(plain)

    plain = client.run(listen())
    with pytest.raises(WireFailure) as failure:
        client.fetch(f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}/")
    assert failure.value.outcome is FetchOutcome.TLS_FAILED
    client.run(shut())


def test_a_close_without_the_alert_is_not_the_end_of_a_message(client, tmp_path):
    exchange = fetch_from(client, GOOD, tmp_path, name="abrupt")
    assert exchange.response == ABRUPT.answer
    assert exchange.truncated is Truncation.DISCONNECT


def test_every_suite_that_is_offered_has_its_iana_name():
    # One that is not known would be archived under OpenSSL's name.
    for verified in (True, False):
        context = TlsPolicy(verified=verified)._options.getContext()
        names = SSL.Connection(context).get_cipher_list()
        assert len(names) > 10
        assert [n for n in names if not iana_name(n).startswith("TLS_")] == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the command openssl")
def test_the_iana_names_are_those_of_openssl():
    listed = subprocess.run(
        ["openssl", "ciphers", "-stdname", "ALL:COMPLEMENTOFALL"],
        capture_output=True,
        text=True,
        check=True,
    )
    compared = 0
    for line in listed.stdout.splitlines():
        standard, _, name, *_ = line.split()
        if iana_name(name) != name:
            assert iana_name(name) == standard
            compared += 1
    assert compared > 20
