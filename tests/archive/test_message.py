from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest

from archive import message
from archive.message import Dechunked, MessageError
from tests.support import drivers

OK = b"HTTP/1.1 200 OK\r\n"
GZIPPED = gzip.compress(b"<p>All the news.</p>", mtime=0)


HEADS = {
    "as it should be": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-A: 1\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"Content-Type", b"text/html"), (b"X-A", b"1"))),
    ),
    "bare line feeds": (
        b"HTTP/1.1 200 OK\nA: 1\nB: 2\n\n",
        ("http/1.1", 200, b"OK", ((b"A", b"1"), (b"B", b"2"))),
    ),
    "mixed line ends": (
        b"HTTP/1.1 200 OK\r\nA: 1\nB: 2\r\n\n",
        ("http/1.1", 200, b"OK", ((b"A", b"1"), (b"B", b"2"))),
    ),
    "no reason": (b"HTTP/1.1 404\r\n\r\n", ("http/1.1", 404, b"", ())),
    "a space for a reason": (b"HTTP/1.1 404 \r\n\r\n", ("http/1.1", 404, b"", ())),
    "reason in Latin-1": (
        b"HTTP/1.0 200 Tr\xe8s bien\r\n\r\n",
        ("http/1.0", 200, b"Tr\xe8s bien", ()),
    ),
    "lower case, more spaces": (
        b"http/1.1   200   OK then\r\n\r\n",
        ("http/1.1", 200, b"OK then", ()),
    ),
    "no minor version": (
        b"HTTP/2 200\r\nA: 1\r\n\r\n",
        ("http/2", 200, b"", ((b"A", b"1"),)),
    ),
    "a folded field": (
        OK + b"A: one\r\n  two\r\n\tthree\r\nB: 1\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"A", b"one two three"), (b"B", b"1"))),
    ),
    "a fold of an empty value": (
        OK + b"A:\r\n one\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"A", b"one"),)),
    ),
    "a fold with a colon in it": (
        OK + b"A: one\r\n B: two\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"A", b"one B: two"),)),
    ),
    "a line without a colon, and its fold": (
        OK + b"what is this\r\n and: that\r\nA: 1\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"A", b"1"),)),
    ),
    "a fold below the status line": (
        OK + b" A: 1\r\nB: 2\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"B", b"2"),)),
    ),
    "odd spaces": (
        OK + b"A :  1 \t\r\nB:2\r\n: 3\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"A", b"1"), (b"B", b"2"))),
    ),
    "bytes that are no ASCII": (
        OK + b"L\xe9: \xe9\xff\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"L\xe9", b"\xe9\xff"),)),
    ),
    "a colon in a value, and fields again": (
        OK + b"Set-Cookie: a=b:c\r\nset-cookie: d\r\n\r\n",
        ("http/1.1", 200, b"OK", ((b"Set-Cookie", b"a=b:c"), (b"set-cookie", b"d"))),
    ),
}


@pytest.mark.parametrize(("block", "expected"), HEADS.values(), ids=HEADS)
def test_a_head_is_read_as_browsers_read_it(block, expected):
    def parse(data: bytes):
        head = message.parse_response_head(data)
        return head.protocol, head.status, head.reason, head.fields

    drivers.read_whole(parse, block, expected)
    drivers.read_with_tail(parse, block, expected)
    assert message.parse_response_head(block + b"body").length == len(block)
    assert message.parse_response_head(memoryview(block)).length == len(block)


@pytest.mark.parametrize("block", [block for block, _ in HEADS.values()], ids=HEADS)
def test_a_head_ends_with_its_last_byte_and_not_before(block):
    end: int | None = len(block)
    parse: Callable[[bytes], int | None] = message.head_end
    drivers.read_byte_by_byte(parse, block, end, is_unfinished=lambda at: at is None)
    drivers.read_with_tail(parse, block, end)
    assert message.head_end(b"x\r\n\r\n" + block, 5) == 5 + len(block)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"<html>",
        b"HTTP/1.1",
        b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/x 200 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_what_has_no_status_line_is_refused(block):
    with pytest.raises(MessageError, match="status line"):
        message.parse_response_head(block)


def test_an_unfinished_head_gives_the_fields_whose_line_has_ended():
    head = message.parse_response_head(OK + b"A: 1\r\nContent-Length: 12")
    assert head.fields == ((b"A", b"1"),)
    assert head.length == len(OK) + 6 + 18


def test_fields_are_found_in_whatever_case_and_heads_do_not_change():
    head = message.parse_response_head(OK + b"Via: 1\r\nVIA: 2\r\n\r\n")
    assert head.first(b"via") == b"1"
    assert head.all(b"Via") == (b"1", b"2")
    assert head.first(b"Age") is None
    assert head.all(b"Age") == ()
    with pytest.raises(FrozenInstanceError):
        head.status = 404  # type: ignore[misc]


def test_many_folds_are_read_in_time_that_grows_with_their_number():
    block = OK + b"A: 1\r\n" + b" x\r\n" * 300_000 + b"\r\n"
    head = message.parse_response_head(block)
    assert len(head.fields[0][1]) == 600_001


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", ("GET", b"/", "http/1.1", b"a")),
        (b"GET /a b HTTP/1.0\nHost: a\n\n", ("GET", b"/a b", "http/1.0", b"a")),
        (
            b"POST  /\xe9  http/1.1\r\nhost:a\r\n\r\n",
            ("POST", b"/\xe9", "http/1.1", b"a"),
        ),
        (b"GET / HTTP/1.1", ("GET", b"/", "http/1.1", None)),
    ],
)
def test_the_head_of_a_request_is_read(block, expected):
    head = message.parse_request_head(block)
    assert (head.method, head.target, head.protocol, head.first(b"Host")) == expected
    assert head.length == len(block)


@pytest.mark.parametrize(
    "block", [b"", b"GET /\r\n\r\n", b"GET", b"x" * 99, b" / HTTP/1.1"]
)
def test_what_has_no_request_line_is_refused(block):
    with pytest.raises(MessageError, match="request line"):
        message.parse_request_head(block)


def test_a_request_line_of_spaces_is_refused_at_once():
    with pytest.raises(MessageError):
        message.parse_request_head(b"GET" + b" " * 1_000_000 + b"x")


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "length"),
    [
        (OK + b"\r\n", 0),
        (EARLY + OK, len(EARLY)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + EARLY + OK, 25 + len(EARLY)),
        (EARLY, len(EARLY)),
        (EARLY[:-1], 0),
        (EARLY + EARLY[:-1], len(EARLY)),
        (SWITCH + b"\x81\x05hello", 0),
        (SWITCH + OK, len(SWITCH)),
        (b"<html>", 0),
        (b"", 0),
    ],
)
def test_interim_answers_are_measured(data, length):
    assert message.interim_length(data) == length


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        (b"text/html", "text/html", None),
        (b"Text/HTML; Charset=UTF-8", "text/html", "utf-8"),
        (b'text/html;charset="Windows-1252" ', "text/html", "windows-1252"),
        (b"text/html; charset='utf-8'", "text/html", "utf-8"),
        (b"text/html charset=utf-8", "text/html", "utf-8"),
        (b"text/html; x=charset; charset = utf-8; y", "text/html", "utf-8"),
        (b"text/html; charset=", "text/html", None),
        (b"text/html; mycharset=utf-8", "text/html", None),
        (b"text/html, text/plain", "text/html", None),
        (b";charset=utf-8", None, "utf-8"),
        (b"", None, None),
    ],
)
def test_media_type_and_charset_are_told(value, media_type, charset):
    head = message.parse_response_head(OK + b"Content-Type: " + value + b"\r\n\r\n")
    assert message.media_type(head) == media_type
    assert message.charset(head) == charset


def test_a_head_without_content_type_has_neither():
    head = message.parse_response_head(OK + b"\r\n")
    assert message.media_type(head) is None
    assert message.charset(head) is None


@pytest.mark.parametrize(
    ("fields", "coded", "chunked"),
    [
        (b"", False, False),
        (b"Transfer-Encoding: chunked", True, True),
        (b"transfer-encoding:\tCHUNKED ", True, True),
        (b"Transfer-Encoding: gzip, chunked", True, True),
        (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", True, True),
        (b"Transfer-Encoding: chunked, gzip", True, False),
        (b"Transfer-Encoding: gzip", True, False),
        (b"Transfer-Encoding: identity", False, False),
        (b"Transfer-Encoding: , ", False, False),
        (b"Transfer-Encoding: x-chunked", True, False),
    ],
)
def test_transfer_codings_are_told(fields, coded, chunked):
    head = message.parse_response_head(OK + fields + b"\r\n\r\n")
    assert message.is_transfer_coded(head) is coded
    assert message.is_chunked(head) is chunked


CHUNKED = {
    "two chunks": (b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", b"hello world"),
    "nothing": (b"0\r\n\r\n", b""),
    "extensions": (b"5;a=b;c\r\nhello\r\n0 ; x\r\n\r\n", b"hello"),
    "trailers": (b"5\r\nhello\r\n0\r\nX: 1\r\nY: 2\r\n\r\n", b"hello"),
    "bare line feeds": (b"5\nhello\n0\nX: 1\n\n", b"hello"),
    "upper case and zeros": (b"000A\r\n0123456789\r\n000\r\n\r\n", b"0123456789"),
    "spaces": (b" 5 \r\nhello\r\n0\r\n\r\n", b"hello"),
    "line ends inside": (b"6\r\n\r\n0\r\n\n\r\n0\r\n\r\n", b"\r\n0\r\n\n"),
}


@pytest.mark.parametrize(("body", "payload"), CHUNKED.values(), ids=CHUNKED)
def test_chunks_are_taken_apart(body, payload):
    expected = Dechunked(payload=payload, complete=True, length=len(body))
    drivers.read_with_tail(message.dechunk, body, expected)
    drivers.read_byte_by_byte(
        message.dechunk, body, expected, is_unfinished=lambda part: not part.complete
    )
    assert message.dechunk(memoryview(body)) == expected


@pytest.mark.parametrize(("body", "payload"), CHUNKED.values(), ids=CHUNKED)
def test_what_came_before_a_cut_is_kept(body, payload):
    for received in drivers.prefixes(body):
        part = message.dechunk(received)
        assert payload.startswith(part.payload)
        assert part.length <= len(received)


@pytest.mark.parametrize(
    ("body", "payload", "length"),
    [
        (b"<html>", b"", 0),
        (b"5\r\nhello", b"hello", 8),
        (b"5\r\nhell", b"hell", 7),
        (b"5\r\nhelloX6\r\n world\r\n", b"hello", 8),
        (b"5\r\nhello\r\nzz\r\n", b"hello", 10),
        (b"-5\r\nhello\r\n", b"", 0),
        (b"0x5\r\nhello\r\n", b"", 0),
        (b"11111111111111111\r\nhello", b"", 0),
        (b"FFFFFFFFFFFFFFFF\r\nhello", b"hello", 23),
        (b"5\r\nhello\r\n0\r\nX: 1\r\n", b"hello", 19),
    ],
)
def test_broken_chunks_give_what_was_whole_before(body, payload, length):
    expected = Dechunked(payload=payload, complete=False, length=length)
    assert message.dechunk(body) == expected


CHUNKED_HEAD = OK + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"


@pytest.mark.parametrize(
    ("block", "payload"),
    [
        (OK + b"\r\nbody", b"body"),
        (OK + b"Content-Length: 4\r\n\r\nbodyexcess", b"body"),
        (OK + b"Content-Length: 9\r\n\r\nbody", b"body"),
        (OK + b"Content-Length: 4, 4\r\n\r\nbodyexcess", b"body"),
        (OK + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nbodyexcess", b"body"),
        (OK + b"Content-Length: 4, 5\r\n\r\nbodyexcess", b"bodyexcess"),
        (OK + b"Content-Length: -4\r\n\r\nbody", b"body"),
        (OK + b"Content-Length: four\r\n\r\nbody", b"body"),
        (OK + b"Content-Length: \r\n\r\nbody", b"body"),
        (OK + b"Content-Length: 0\r\n\r\nbody", b""),
        (CHUNKED_HEAD + b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (CHUNKED_HEAD + b"5\r\nhell", b"hell"),
        (CHUNKED_HEAD + b"<p>dechunked already</p>", b"<p>dechunked already</p>"),
        (CHUNKED_HEAD, b""),
        (OK + b"Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nbody", b"body"),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + GZIPPED, GZIPPED),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nbody", b""),
        (b"HTTP/1.1 204 No Content\r\n\r\nbody", b""),
        (OK + b"A: 1\r\n", b""),
    ],
)
def test_the_payload_is_the_body_without_its_transfer_coding(block, payload):
    assert message.payload(block) == payload
    assert message.payload(memoryview(block)) == payload


def test_a_payload_asks_for_a_head():
    with pytest.raises(MessageError):
        message.payload(b"<html>")
