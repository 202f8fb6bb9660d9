"""A body in pieces gives the payload that the whole of it gives."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive import message
from archive.importing.payload import PayloadStream

HEADS = {
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "gzip-chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "coded": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
    "odd-length": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "none": b"HTTP/1.0 200\n\n",
    "empty": b"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n",
    "not-modified": b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
}
PARTS = st.sampled_from(
    [
        *(b"5\r\nhello\r\n", b"5;a=b\nhello\n", b"0\r\n\r\n", b"0\r\nA: b\r\n\r\n"),
        *(b"5\r\nhel", b"a\r\n0123456789", b"\r", b"\n", b"\r\n", b" 3 \r\nabc\r\n"),
        *(b"zzz\r\n", b"1\r\nx", b"ffffffffffffffffff\r\n", b"3;", b"0", b"00\r\n"),
    ]
)


def streamed(head: bytes, pieces: list[bytes]) -> bytes:
    stream = PayloadStream(message.parse_response_head(head))
    parts = [part for piece in pieces for part in stream.feed(piece)]
    return b"".join((*parts, *stream.close()))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@given(parts=st.lists(PARTS | st.binary(max_size=9), max_size=8), data=st.data())
@example(parts=[b"5\r\nhello\r\n", b"0\r\n\r\n"], data=None)
def test_however_it_is_cut_the_payload_is_that_of_the_whole(head, parts, data):
    body = b"".join(parts)
    if data is None:
        cuts = list(range(len(body) + 1))  # byte by byte
    else:
        cuts = sorted(data.draw(st.sets(st.integers(0, len(body)), max_size=5)))
    places = [0, *cuts, len(body)]
    pieces = [body[a:b] for a, b in pairwise(places)]
    assert streamed(head, pieces) == message.payload(head + body)


def test_a_line_that_does_not_end_is_no_chunk():
    body = b"1" * 200_000
    assert streamed(HEADS["chunked"], [body[:99], body[99:]]) == body
