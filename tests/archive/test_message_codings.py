from __future__ import annotations

import hashlib
import zlib

import brotli
import pytest
from backports import zstd

from archive import message
from archive.message import Decoded, ExpansionError, MessageError
from tests.support import drivers
from tests.support.packing import gzipped

TEXT = b"<p>All the news that is fit to keep.</p>" * 50


def decode(
    payload: bytes | memoryview,
    encodings: tuple[str, ...] | str | bytes,
    max_length: int = 1 << 24,
    max_ratio: float = 1000.0,
) -> Decoded:
    return message.decode(
        payload, encodings, max_length=max_length, max_ratio=max_ratio
    )


def raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


GZIPPED = gzipped(TEXT)
BROTLI = brotli.compress(TEXT)
ZSTD = zstd.compress(TEXT)


@pytest.mark.parametrize(
    ("payload", "encodings"),
    [
        (TEXT, ()),
        (TEXT, ""),
        (TEXT, "identity"),
        (GZIPPED, ("gzip",)),
        (GZIPPED, "GZip"),
        (GZIPPED, b"x-gzip"),
        (GZIPPED, (" GZIP ",)),
        (gzipped(TEXT[:99]) + gzipped(TEXT[99:]), "gzip"),
        (GZIPPED + b"\r\n\0garbage", "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (gzipped(zlib.compress(TEXT)), "deflate, gzip"),
        (gzipped(GZIPPED), ("gzip", "identity", "gzip")),
        (memoryview(GZIPPED), "gzip"),
        (BROTLI, "br"),
        (memoryview(BROTLI), "BR"),
        (ZSTD, "zstd"),
        (ZSTD + zstd.compress(b""), "zstd"),
        (zstd.compress(TEXT[:99]) + zstd.compress(TEXT[99:]) + b"garbage", "zstd"),
        (gzipped(ZSTD), "zstd, gzip"),
    ],
)
def test_content_is_decoded(payload, encodings):
    decoded = decode(payload, encodings)
    assert decoded.content == TEXT
    assert decoded.complete
    assert (
        message.decode_content(payload, encodings, max_length=9999, max_ratio=9.0)
        == TEXT
    )


@pytest.mark.parametrize("encodings", ["gzip", "deflate", "identity", "gzip, deflate"])
def test_an_empty_payload_is_empty_whatever_its_coding(encodings):
    assert decode(b"", encodings).content == b""


@pytest.mark.parametrize(
    ("payload", "encodings"),
    [
        (GZIPPED, "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
    ],
)
def test_a_cut_stream_gives_what_could_be_decoded(payload, encodings):
    lengths = []
    for received in drivers.prefixes(payload):
        if received:
            decoded = decode(received, encodings)
            assert TEXT.startswith(decoded.content)
            assert not decoded.complete
            lengths.append(len(decoded.content))
    assert lengths == sorted(lengths)
    assert lengths[-1] == len(TEXT)


@pytest.mark.parametrize(
    ("compress", "coding"), [(brotli.compress, "br"), (zstd.compress, "zstd")]
)
def test_a_cut_stream_of_blocks_gives_the_blocks_before_the_cut(compress, coding):
    noise = b"".join(
        hashlib.sha256(i.to_bytes(4)).hexdigest().encode() for i in range(9_000)
    )
    whole = compress(noise)
    assert decode(whole, coding) == Decoded(content=noise, complete=True)
    cut = decode(whole[: len(whole) // 2], coding)
    assert noise.startswith(cut.content)
    assert len(noise) // 4 < len(cut.content) < len(noise)
    assert not cut.complete
    assert decode(whole[:3], coding) == Decoded(content=b"", complete=False)
    damaged = bytearray(whole)
    damaged[len(whole) // 2 :] = bytes(len(whole) - len(whole) // 2)
    assert not decode(bytes(damaged), coding).complete


def test_a_damaged_stream_gives_what_came_before_the_damage():
    noise = bytes(zlib.crc32(bytes([i % 256, i // 256])) & 255 for i in range(50_000))
    payload = bytearray(gzipped(noise))
    payload[-1] ^= 1  # the length in the trailer
    decoded = decode(bytes(payload), "gzip")
    assert (decoded.content, decoded.complete) == (noise, False)

    payload[30_000:30_100] = bytes(100)
    decoded = decode(bytes(payload), "gzip")
    assert len(decoded.content) > 20_000
    assert not decoded.complete


@pytest.mark.parametrize(
    ("payload", "encodings", "sentence"),
    [
        (TEXT, "compress", "unknown content coding 'compress'"),
        (TEXT, "gzip, dcb", "unknown content coding 'dcb'"),
        (TEXT, "br", "broken"),
        (TEXT, "gzip, zstd", "broken"),
        (TEXT, "gzip", "broken"),
        (b"\xff" * 99, "deflate", "broken"),
        (TEXT, ",".join(["gzip"] * 5), "5 content codings"),
    ],
)
def test_what_can_not_be_decoded_is_refused(payload, encodings, sentence):
    with pytest.raises(MessageError, match=sentence):
        decode(payload, encodings)


BOMB = gzipped(bytes(30_000_000))


@pytest.mark.parametrize(
    ("payload", "encodings", "limits"),
    [
        (BOMB, "gzip", (1 << 30, 100.0)),
        (BOMB, "gzip", (29_999_999, 1e9)),
        (
            gzipped(BOMB),
            "gzip, gzip",
            (1 << 30, 100.0),
        ),
        (brotli.compress(bytes(30_000_000)), "br", (1 << 30, 100.0)),
        (zstd.compress(bytes(30_000_000)), "zstd", (29_999_999, 1e9)),
        (GZIPPED * 100, "gzip", (99 * len(TEXT), 1e9)),
        (TEXT, "", (len(TEXT) - 1, 1e9)),
    ],
)
def test_what_expands_too_far_is_refused(payload, encodings, limits):
    with pytest.raises(ExpansionError):
        decode(payload, encodings, *limits)


def test_limits_are_met_exactly():
    assert decode(GZIPPED, "gzip", len(TEXT), 1.0).content == TEXT


def test_a_body_of_very_many_members_takes_no_time_to_speak_of():
    empty = gzipped(b"")
    decoded = decode(GZIPPED + empty * 200_000, "gzip")
    assert decoded.content == TEXT
