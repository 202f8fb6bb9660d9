"""The server of the example newsroom: its odd routes, its HTTP, its life."""

from __future__ import annotations

import gzip
import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.errors import NotFound, UsageError
from crawler.newsroom.server import Newsroom
from tests.support.newsroom_client import (
    BARRIER,
    CAFE,
    CHESS,
    MOVED,
    ask,
    talk,
    target_of,
)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as running:
        yield running


def test_an_article_is_chosen_by_its_query(newsroom):
    assert ask(newsroom, "/story?id=4471").status == 200
    assert [ask(newsroom, t).status for t in ("/story", "/story?id=1")] == [404, 404]


def test_the_compressed_article_comes_in_several_chunks(newsroom):
    sent = f"GET {CHESS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    head, _, body = talk(newsroom, sent).partition(b"\r\n\r\n")
    assert b"\r\nContent-Encoding: gzip\r\n" in head
    assert b"\r\nTransfer-Encoding: chunked" in head
    assert b"Content-Length" not in head
    assert body.startswith(b"3e8\r\n")
    assert body.endswith(b"\r\n0\r\n\r\n")
    assert b"torchlight" in ask(newsroom, CHESS).content


def test_a_client_of_http_1_0_is_sent_no_chunks(newsroom):
    reply = talk(newsroom, f"GET {CHESS} HTTP/1.0\r\n\r\n".encode())
    head, _, body = reply.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding" not in head
    assert b"torchlight" in gzip.decompress(body)


def test_one_header_line_has_latin_1_bytes(newsroom):
    target = b"GET /de/leuchtturm-grauholm.html HTTP/1.1\r\nConnection: close\r\n\r\n"
    head = talk(newsroom, target).partition(b"\r\n\r\n")[0]
    assert b"\r\nX-Redaktion: K\xfcste und Hafen, Gr\xf6\xdfe 1\r\n" in head


def test_the_older_page_is_sent_in_windows_1252(newsroom):
    body = ask(newsroom, CAFE).body
    assert "Café des Pêcheurs".encode("windows-1252") in body
    assert b"\x93I did the sums,\x94" in body
    assert b"\x801.20" in body


# ------------------------------------------------------------ HTTP


def test_head_is_answered_like_get_without_a_body(newsroom):
    head = ask(newsroom, BARRIER, "HEAD")
    got = ask(newsroom, BARRIER)
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified"):
        assert head.headers[name] == got.headers[name]
    assert int(got.headers["Content-Length"]) == len(got.body)


PRINTED = "Tue, 19 Mar 2024 06:45:00 GMT"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"If_None_Match": "ETAG"}, 304),
        ({"If_None_Match": "W/ETAG"}, 304),
        ({"If_None_Match": '"other", ETAG'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_Modified_Since": PRINTED}, 304),
        ({"If_Modified_Since": "Wed, 20 Mar 2024 00:00:00 GMT"}, 304),
        ({"If_Modified_Since": "Tue, 19 Mar 2024 06:44:59 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": PRINTED}, 200),
    ],
)
@pytest.mark.parametrize("target", [BARRIER, "/feed.xml", CHESS])
def test_a_conditional_request_is_answered_by_its_condition(
    newsroom, target, fields, status
):
    etag = ask(newsroom, target).headers["ETag"]
    sent = {name: value.replace("ETAG", etag) for name, value in fields.items()}
    reply = ask(newsroom, target, **sent)
    assert reply.status == status
    assert (reply.body == b"") == (status == 304)
    assert reply.headers["ETag"] == etag


def test_a_page_that_is_gone_is_never_called_unchanged(newsroom):
    gone = "/2024/03/10/school-bus-timetable.html"
    assert ask(newsroom, gone, If_None_Match="*").status == 410


def test_a_connection_stays_open_and_pipelined_requests_are_answered_in_turn(newsroom):
    sent = (
        f"GET /robots.txt HTTP/1.1\r\n\r\n\r\nHEAD {BARRIER} HTTP/1.1\r\n\r\n"
        "GET http://port-verity.example/nowhere HTTP/1.1\r\nConnection: close\r\n\r\n"
    )
    reply = talk(newsroom, sent.encode())
    assert re.findall(rb"HTTP/1\.1 (\d+)", reply) == [b"200", b"200", b"404"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b", b"405"),
        (b"hello\r\n\r\n", b"400"),
        (b"GET / HTTP/2.0\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000, b"400"),
        (b"GET /../server.py HTTP/1.0\r\n\r\n", b"404"),
        (b"GET /301.html HTTP/1.0\r\n\r\n", b"404"),
    ],
)
def test_what_is_no_request_for_a_page_is_refused_and_the_connection_closed(
    newsroom, sent, status
):
    assert talk(newsroom, sent).startswith(b"HTTP/1.1 " + status)


def test_the_requests_are_kept_in_order_with_what_was_answered():
    with Newsroom() as newsroom:
        ask(newsroom, "/robots.txt", User_Agent="dateline-test")
        ask(newsroom, MOVED, "HEAD")
        kept = [(one.method, one.target, one.status) for one in newsroom.requests]
        assert kept == [("GET", "/robots.txt", 200), ("HEAD", MOVED, 301)]
        assert b"\r\nUser-Agent: dateline-test" in newsroom.requests[0].head


# ------------------------------------------------------------ the life of a newsroom


def test_an_edited_article_has_another_body_and_other_validators():
    with Newsroom() as newsroom:
        before = ask(newsroom, CAFE)
        newsroom.edit(CAFE, "€1.20", "€1.30")
        after = ask(newsroom, CAFE, If_None_Match=before.headers["ETag"])
        assert after.status == 200
        assert after.body == before.body.replace(b"\x801.20", b"\x801.30")
        assert after.headers["ETag"] != before.headers["ETag"]
        assert after.headers["Last-Modified"] != before.headers["Last-Modified"]
        since = before.headers["Last-Modified"]
        assert ask(newsroom, CAFE, If_Modified_Since=since).status == 200


def test_an_edit_reaches_the_compressed_payloads_too():
    with Newsroom() as newsroom:
        newsroom.edit(CHESS, "torchlight", "lamplight")
        newsroom.edit("/sitemap-news.xml.gz", "Tidal barrier", "The barrier")
        assert b"torchlight" not in ask(newsroom, CHESS).content
        sitemap = gzip.decompress(ask(newsroom, "/sitemap-news.xml.gz").body)
        assert b"The barrier closes" in sitemap


@pytest.mark.parametrize(
    ("target", "old", "new", "error"),
    [
        ("/nowhere.html", "a", "b", NotFound),
        ("", "a", "b", NotFound),
        (BARRIER, "no such sentence", "b", UsageError),
        (CAFE, "€1.20", "١٫٢٠", UsageError),  # not to be said in windows-1252
    ],
)
def test_an_edit_that_can_not_be_made_changes_nothing(
    newsroom, target, old, new, error
):
    before = ask(newsroom, CAFE).body
    with pytest.raises(error):
        newsroom.edit(target, old, new)
    assert ask(newsroom, CAFE).body == before


def test_two_newsrooms_serve_the_same_edition_each_under_its_own_address():
    with Newsroom() as one, Newsroom() as other:
        for target in ("/feed.xml", CHESS, BARRIER):
            ours, theirs = ask(one, target), ask(other, target)
            expected = theirs.content.replace(
                other.base_url.encode(), one.base_url.encode()
            )
            assert ours.content == expected
            assert b"{{BASE}}" not in ours.content
        image = "/assets/oven.jpg"
        assert ask(one, image).headers["ETag"] == ask(other, image).headers["ETag"]


def test_after_the_stop_nothing_answers_and_no_thread_is_left():
    newsroom = Newsroom().start()
    address = ("127.0.0.1", urlsplit(newsroom.base_url).port)
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(b"GET /robots.txt HTTP/1.1\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        newsroom.stop()
        newsroom.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=10)
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("newsroom") <= 1  # that of the module's own fixture


def test_a_newsroom_stopped_at_once_ends():
    for _ in range(20):
        Newsroom().start().stop()


def test_a_taken_port_and_a_second_start_are_told_in_a_sentence(newsroom):
    taken = urlsplit(newsroom.base_url).port
    assert taken is not None
    with pytest.raises(UsageError, match=f"port {taken} of 127.0.0.1"):
        Newsroom(taken).start()
    with pytest.raises(UsageError, match="started once"):
        newsroom.start()
    with pytest.raises(UsageError, match="not been started"):
        _ = Newsroom().base_url


def test_its_sources_toml_is_toml_and_names_seeds_that_answer(newsroom):
    (source,) = tomllib.loads(newsroom.sources_toml())["source"]
    assert source["id"] == "port-verity"
    assert [seed["kind"] for seed in source["seeds"]] == ["feed", "sitemap"]
    for seed in source["seeds"]:
        assert ask(newsroom, target_of(newsroom, seed["url"])).status == 200
    assert source["manners"] == {
        "delay_s": 0.0,
        "concurrency": 4,
        "allow_private": True,
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_interrupted(tmp_path: Path, number):
    sources = tmp_path / "sources.toml"
    command = [sys.executable, "-m", "crawler.newsroom", "--port", "0"]
    with subprocess.Popen(
        [*command, "--sources", str(sources)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = process.stdout.readline()
        base_url = told.removeprefix("Port Verity Courier: ").strip().rstrip("/")
        netloc = urlsplit(base_url).netloc
        client = http.client.HTTPConnection(netloc, timeout=10)
        client.request("GET", "/robots.txt")
        assert base_url.encode() in client.getresponse().read()
        client.close()
        assert base_url in sources.read_text("utf-8")
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        assert "1 requests answered" in process.stdout.read()
        assert process.stderr.read() == ""
