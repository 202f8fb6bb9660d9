"""What ends an exchange before its time: limits, framing that breaks, our own hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from archive.model import Exchange, FetchOutcome, Truncation
from crawler.errors import WireFailure
from crawler.newsroom.listening import stop_listening
from crawler.wire.framing import ChunkFollower, FramingError
from crawler.wire.order import WireOrder
from crawler.wire.protocol import WireProtocol
from tests.support.oddities import ODDITIES, TEXT, After, Oddity, answer, chunks, sized
from tests.support.oddserver import Client, OddServer

BODY = bytes(range(256)) * 1024
SIZED = sized("200 OK", body=BODY)
CHUNKED = (
    answer("200 OK", "Transfer-Encoding: chunked")
    + chunks(BODY, 1000)
    + b"0\r\nX-T: u\r\n\r\n"
)
UNTIL_CLOSE = answer("200 OK", "X: y", body=BODY)
HINTS = answer("103 Early Hints", "Link: </a.css>")
MANY_FIELDS = sized("200 OK", *(f"X-{i}: {i}" for i in range(5000)))

ANSWERS = {
    "sized": Oddity(answer=SIZED),
    "chunked": Oddity(answer=CHUNKED),
    "closing": Oddity(answer=UNTIL_CLOSE, after=After.CLOSE),
    "hinted": Oddity(answer=SIZED, interim=HINTS * 3),
    "much-excess": Oddity(answer=SIZED, excess=b"x" * 5000),
    "endless-line": Oddity(answer=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000),
    "endless-head": Oddity(answer=MANY_FIELDS),
    "endless-hints": Oddity(answer=b"", interim=HINTS * 5000),
    "endless-garbage": Oddity(answer=b"HTTP/1.1" + b"z" * 500_000),
}


@pytest.fixture(scope="module")
def server() -> Iterator[OddServer]:
    with OddServer(ANSWERS) as server:
        yield server


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


# ---------------------------------------------------------------------- size


@pytest.mark.parametrize("name", ["sized", "chunked", "closing", "hinted"])
@pytest.mark.parametrize("short", [0, 1, 2, 3, 7, 1000, 200_000])
def test_no_more_is_kept_than_the_size_limit_and_all_that_fits(
    server, client, name, short
):
    whole = ANSWERS[name].answer
    exchange = client.fetch(server.url(name), size_limit=len(whole) - short)
    assert exchange.response == whole[: len(whole) - short]
    assert exchange.truncated is (Truncation.LENGTH if short else None)
    assert exchange.interim == ANSWERS[name].interim


def test_what_reaches_a_limit_does_not_spoil_what_comes_after(server, client):
    url = server.url("sized")
    truncated = client.fetch(url, size_limit=50_000)
    exchanges = client.fetch_all([url] * 8)
    assert truncated.truncated is Truncation.LENGTH
    assert all(exchange.response == SIZED for exchange in exchanges)


def test_excess_behind_an_exact_fit_is_excess_and_no_truncation(server, client):
    exchange = client.fetch(server.url("much-excess"), size_limit=len(SIZED))
    assert exchange.response == SIZED
    assert exchange.truncated is None
    assert exchange.excess_length > 0


def test_five_megabytes_under_a_smaller_limit(server, client):
    for name in ("big", "big-chunked"):
        exchange = client.fetch(server.url(name), size_limit=1_000_000)
        assert exchange.response == ODDITIES[name].answer[:1_000_000]
        assert exchange.truncated is Truncation.LENGTH


# ---------------------------------------------------------------------- head


@pytest.mark.parametrize("name", ["endless-line", "endless-head"])
def test_a_head_is_kept_up_to_its_limit(server, client, name):
    exchange = client.fetch(server.url(name), header_limit=30_000)
    assert exchange.response == ANSWERS[name].answer[:30_000]
    assert exchange.truncated is Truncation.LENGTH


def test_a_head_may_be_as_long_as_its_limit(server, client):
    length = MANY_FIELDS.index(b"\r\n\r\n") + 4
    url = server.url("endless-head")
    assert client.fetch(url, header_limit=length).truncated is None
    assert client.fetch(url, header_limit=length - 1).truncated is Truncation.LENGTH


def test_interim_answers_count_as_head(server, client):
    with pytest.raises(WireFailure, match="interim"):
        client.fetch(server.url("endless-hints"), header_limit=30_000)


def test_an_endless_status_line_is_no_answer(server, client):
    with pytest.raises(WireFailure, match="status line"):
        client.fetch(server.url("endless-garbage"), header_limit=30_000)


# ---------------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("name", "kept"),
    [("hang-after-head", True), ("hang-until-close", True), ("hang", False)],
)
def test_the_time_limit_ends_an_exchange(server, client, name, kept):
    started = time.monotonic()
    if kept:
        exchange = client.fetch(server.url(name), time_limit_s=0.3)
        assert exchange.truncated is Truncation.TIME
        assert exchange.response == ODDITIES[name].answer
        assert 0.2 < exchange.duration_s < 1
    else:
        with pytest.raises(WireFailure) as failure:
            client.fetch(server.url(name), time_limit_s=0.3)
        assert failure.value.outcome is FetchOutcome.TIMEOUT
    assert 0.2 < time.monotonic() - started < 2


class Silence:
    """A resolver that never answers."""

    def resolveHostName(self, *args, **kwargs):  # noqa: N802
        pass


def test_the_time_limit_covers_looking_up_the_name():
    with Client(resolver=Silence()) as client, pytest.raises(WireFailure) as failure:
        client.fetch("http://example.org/", time_limit_s=0.2)
    assert failure.value.outcome is FetchOutcome.TIMEOUT


def test_the_time_limit_covers_the_handshake(client):
    async def listen() -> asyncio.Server:
        async def say_nothing(reader, writer) -> None:
            await reader.read()
            writer.close()

        return await asyncio.start_server(say_nothing, "127.0.0.1", 0)

    async def shut() -> None:
        await stop_listening(silent)
        await asyncio.wait_for(silent.wait_closed(), 5)

    silent = client.run(listen())
    url = f"https://127.0.0.1:{silent.sockets[0].getsockname()[1]}/"
    with pytest.raises(WireFailure) as failure:
        client.fetch(url, time_limit_s=0.3)
    assert failure.value.outcome is FetchOutcome.TIMEOUT
    client.run(shut())


def test_after_the_time_limit_nothing_is_left_open(client):
    with OddServer() as server:
        client.fetch(server.url("hang-after-head"), time_limit_s=0.2)
        assert server.all_hung_up()


def test_where_nothing_says_the_end_the_wire_listens_only_for_a_while(
    server, client, monkeypatch
):
    monkeypatch.setattr(WireProtocol, "patience_s", 0.2)
    started = time.monotonic()
    exchange = client.fetch(server.url("lost-and-kept"))
    assert exchange.truncated is Truncation.UNSPECIFIED
    assert exchange.response == ODDITIES["lost-and-kept"].answer
    assert 0.1 < time.monotonic() - started < 2


# ------------------------------------------------------------------- framing


@pytest.mark.parametrize("size", [1, 2, 16, 4096])
@pytest.mark.parametrize("step", [1, 2, 3, 7, 10**6])
def test_the_end_of_a_chunked_body_is_found_in_any_pieces(size, step):
    body = chunks(TEXT * 3, size) + b"0\r\nT: u\r\n\r\n"
    sent = body + b"HTTP/1.1 200"
    follower = ChunkFollower()
    position = 0
    end = None
    while end is None:
        end = follower.feed(sent[position : position + step])
        position += step if end is None else end
    assert position == len(body)
    assert follower.ended


@pytest.mark.parametrize(
    "body",
    [
        b"x\r\n",
        b"\r\n",
        b"-1\r\n",
        b"0x5\r\n",
        b"1" * 17 + b"\r\n",
        b"1\r\nab",
        b"y" * 70_000,
    ],
)
def test_what_is_no_chunked_body_is_noticed(body):
    for pieces in ([body], [body[i : i + 1] for i in range(len(body))]):
        follower = ChunkFollower()
        with pytest.raises(FramingError):
            [follower.feed(piece) for piece in pieces]


# ------------------------------------------------------------------ our hand


def test_cancelling_an_order_cuts_its_connection(client):
    with OddServer() as server:

        async def cancel_it() -> None:
            order = WireOrder(url=server.url("hang-after-head"), allow_private=True)
            task = asyncio.ensure_future(client.wire.exchange(order))
            await asyncio.to_thread(server.wait_for, 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        client.run(cancel_it())
        assert server.all_hung_up()


def test_closing_ends_what_is_running_and_cuts_every_connection():
    with OddServer() as server, Client() as client:
        client.fetch(server.url("plain"))

        async def close_meanwhile() -> Exchange:
            order = WireOrder(url=server.url("hang-after-head"), allow_private=True)
            task = asyncio.ensure_future(client.wire.exchange(order))
            await asyncio.to_thread(server.wait_for, 2)
            await asyncio.sleep(0.1)
            await client.wire.close()
            return await task

        exchange = client.run(close_meanwhile())
        assert exchange.truncated is Truncation.UNSPECIFIED
        assert exchange.response == ODDITIES["hang-after-head"].answer
        assert server.all_hung_up()
        with pytest.raises(WireFailure, match="closed"):
            client.fetch(server.url("plain"))


def test_a_port_where_nobody_listens_is_unreachable(client):
    with OddServer() as server:
        url = server.url("plain")
    with pytest.raises(WireFailure) as failure:
        client.fetch(url)
    assert failure.value.outcome is FetchOutcome.UNREACHABLE
