"""Bodies of other people's crawls: codings and charsets."""

from __future__ import annotations

import gzip
import zlib

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest

from archive.message import ExpansionError, MessageError
from archive.replay.content import css_of, decoded, text_of

PAGE = "<p>Gr\u00fc\u00dfe</p>".encode() * 200


@pytest.mark.parametrize(
    ("encodings", "payload"),
    [
        ((), PAGE),
        (("identity",), PAGE),
        (("gzip",), gzip.compress(PAGE)),
        (("deflate",), zlib.compress(PAGE)),
        (("br",), brotli.compress(PAGE)),
        (("gzip", "br"), brotli.compress(gzip.compress(PAGE))),
    ],
)
def test_codings_are_taken_off(encodings, payload):
    assert decoded(payload, encodings) == PAGE


@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress)]
)
def test_a_body_that_was_cut_gives_what_is_there(coding, compress):
    noise = bytes(zlib.crc32(bytes([n % 251])) % 256 for n in range(5000)) + PAGE
    whole = compress(noise)
    part = decoded(whole[: len(whole) - 20], (coding,))
    assert noise.startswith(part)


@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress)]
)
def test_a_bomb_does_not_go_off(coding, compress):
    bomb = compress(b"\0" * (20 * 1024 * 1024))
    with pytest.raises(ExpansionError):
        decoded(bomb, (coding,))


@pytest.mark.parametrize("coding", ["gzip", "br", "rot13"])
def test_what_can_not_be_decoded_is_said(coding):
    with pytest.raises(MessageError):
        decoded(b"\xff\xfe nothing of the kind", (coding,))


def test_zstd_is_read_where_there_is_a_decoder():
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    payload = zstandard.ZstdCompressor().compress(PAGE)
    assert decoded(payload, ("zstd",)) == PAGE
    with pytest.raises(ExpansionError):
        decoded(zstandard.ZstdCompressor().compress(b"\0" * 20_000_000), ("zstd",))


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        ("\u00e4".encode(), None, "\u00e4"),
        (b"\xe4", None, "\u00e4"),
        (b"\xe4", "text/html; charset=iso-8859-1", "\u00e4"),
        (b"\xef\xbb\xbf\xc3\xa4", "text/html; charset=iso-8859-1", "\u00e4"),
        (b"<meta charset=iso-8859-9>\xfe", "text/html", "\u015f"),
        ("\u5317\u4eac".encode("gb18030"), "text/html; charset=gb2312", "\u5317\u4eac"),
        ("\u0627".encode("cp1256"), "text/html; charset=windows-1256", "\u0627"),
        (b"\xff\xfea\0", None, "a"),
        ("\u00e4".encode(), "text/html; charset=nonsense", "\u00e4"),
    ],
)
def test_a_page_is_read_as_browsers_do(content, content_type, text):
    assert text_of(content, content_type)[0].endswith(text)


def test_a_style_sheet_says_its_charset_itself():
    sheet = b'@charset "iso-8859-9"; a{content:"\xfe"}'
    assert "\u015f" in css_of(sheet, "text/css")
    assert "\u015f" in css_of(sheet, None)
    assert "\u00fe" in css_of(sheet, "text/css; charset=windows-1252")
    assert "\u015f" in css_of(b'a{content:"\xfe"}', "text/css; charset=iso-8859-9")
