from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from archive import message
from archive.message import Dechunked, MessageError

LINE_ENDS = st.sampled_from([b"\r\n", b"\n"])
TEXT = st.binary(max_size=200)
NAMES = st.text("abcXYZ-09!#", min_size=1, max_size=12).map(str.encode)
VALUES = st.binary(max_size=30).map(
    lambda value: value.replace(b"\n", b"").replace(b"\r", b"").strip()
)
BINARY = st.one_of(st.binary(), st.text("HTP/1. 20OK\r\n:;,0afchunked").map(str.encode))


@st.composite
def chunked_bodies(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Give a payload, and a chunked body that says it in one of many ways."""
    chunks = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=8))
    parts = []
    for chunk in [*chunks, b""]:
        size = draw(st.sampled_from(["%x", "%X", "%04x"])) % len(chunk)
        extension = draw(st.sampled_from([b"", b";a", b' ; a="b"']))
        parts += [size.encode(), extension, draw(LINE_ENDS)]
        parts += [chunk, draw(LINE_ENDS)] if chunk else []
    trailers = draw(st.lists(st.sampled_from([b"A: 1", b"B:"]), max_size=2))
    for trailer in [*trailers, b""]:
        parts += [trailer, draw(LINE_ENDS)]
    return b"".join(chunks), b"".join(parts)


@given(chunked_bodies(), TEXT)
def test_chunks_however_written_give_the_payload_back(chunked, tail):
    payload, body = chunked
    expected = Dechunked(payload=payload, complete=True, length=len(body))
    assert message.dechunk(body + tail) == expected
    assert message.dechunk(memoryview(body + tail)) == expected


@given(chunked_bodies(), st.data())
def test_a_cut_chunked_body_is_never_complete_and_never_invents(chunked, data):
    payload, body = chunked
    length = data.draw(st.integers(0, len(body) - 1))
    part = message.dechunk(body[:length])
    assert not part.complete
    assert payload.startswith(part.payload)


@given(BINARY)
def test_any_bytes_can_be_asked_for_chunks(body):
    part = message.dechunk(body)
    assert 0 <= part.length <= len(body)
    assert len(part.payload) <= len(body)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), LINE_ENDS, TEXT)
def test_fields_come_back_as_they_were_sent(fields, line_end, body):
    lines = [b"HTTP/1.1 200 OK", *(name + b": " + value for name, value in fields)]
    block = line_end.join([*lines, b"", body])
    head = message.parse_response_head(block)
    assert head.fields == tuple(fields)
    assert block[head.length :] == body
    for name, value in fields:
        assert value in head.all(name.swapcase())


@given(BINARY)
def test_any_bytes_are_read_or_refused(block):
    message.head_end(block)
    assert 0 <= message.interim_length(block) <= len(block)
    for read in (message.payload, message.parse_request_head):
        try:
            read(block)
        except MessageError:
            continue


@given(BINARY)
def test_any_value_can_be_asked_for_what_a_field_says(value):
    block = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %b\r\n\r\n"
    head = message.parse_response_head(block % (value, value))
    message.media_type(head)
    message.charset(head)
    message.content_length(head)
    message.is_chunked(head)


@given(st.lists(TEXT, min_size=1, max_size=4), st.sampled_from([b"", b"\0\0", b"x"]))
def test_members_of_a_gzip_body_are_joined(parts, garbage):
    payload = b"".join(gzip.compress(part) for part in parts) + garbage
    decoded = message.decode(payload, "gzip", max_length=10_000, max_ratio=10.0)
    assert decoded.content == b"".join(parts)
    assert decoded.complete


@given(st.binary(min_size=1), st.sampled_from(["gzip", "deflate", "gzip, deflate"]))
def test_any_bytes_can_be_asked_for_their_content(payload, encodings):
    for start in (b"", gzip.compress(b"news")[:10], zlib.compress(b"news")[:4]):
        try:
            decoded = message.decode(
                start + payload, encodings, max_length=1000, max_ratio=10.0
            )
        except MessageError:
            continue
        assert len(decoded.content) <= 1000
