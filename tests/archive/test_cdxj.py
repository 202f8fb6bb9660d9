"""CDXJ lines: their form, what is indexed, and that nothing is lost in reading."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.cdxj import (
    CdxError,
    CdxLine,
    capture_line,
    format_line,
    is_indexed,
    mime_of,
    moment,
    parse_line,
    sorted_lines,
)

WARC = Path(__file__).resolve().parents[2] / "../shared/warc"
DATE = datetime(2026, 11, 22, 8, 15, 0, 999_999, tzinfo=UTC)
GOLDEN = (
    b"org,example)/%c3%89t%c3%a9?a=1 20261122081500 "
    b'{"url": "https://example.org/\\u00c9t\\u00e9?a=1", "mime": "text/html", '
    b'"status": "200", "digest": "sha256:00ff", "length": "1234", "offset": "567", '
    b'"filename": "warc/a.warc.gz"}\n'
)


def make_line(**changed):
    values = {
        "url": "https://example.org/Été?a=1",
        "date": DATE,
        "record_type": "response",
        "mime": "text/html; charset=utf-8",
        "status": 200,
        "digest": "sha256:00ff",
        "offset": 567,
        "length": 1234,
        "filename": "warc/a.warc.gz",
    }
    return capture_line(**{**values, **changed})


def test_a_line_is_written_as_cdxj_indexer_writes_it():
    assert format_line(make_line()) == GOLDEN


def test_a_line_that_was_read_has_its_fields():
    line = parse_line(GOLDEN)
    assert line == make_line()
    assert line.urlkey == "org,example)/%c3%89t%c3%a9?a=1"
    assert line.timestamp == "20261122081500"
    assert line.date == datetime(2026, 11, 22, 8, 15, tzinfo=UTC)
    assert line.url == "https://example.org/Été?a=1"
    assert (line.mime, line.status, line.digest) == ("text/html", 200, "sha256:00ff")
    assert (line.offset, line.length, line.filename) == (567, 1234, "warc/a.warc.gz")
    assert line.first("recordDigest") is None


@pytest.mark.parametrize(
    ("changed", "pairs"),
    [
        ({"status": None}, {"status": None}),
        ({"digest": None}, {"digest": None}),
        ({"mime": None}, {"mime": None}),
        ({"status": 7}, {"status": "007"}),
        ({"mime": "Image/PNG"}, {"mime": "Image/PNG"}),
        ({"mime": "text/html charset=x"}, {"mime": "text/html"}),
        ({"mime": ""}, {"mime": ""}),
        ({"record_type": "revisit"}, {"mime": "warc/revisit"}),
        ({"record_type": "revisit", "mime": None}, {"mime": "warc/revisit"}),
        ({"url": "http://example.org/ "}, {"url": "http://example.org/ "}),
    ],
)
def test_what_is_not_known_is_left_out_and_the_order_stays(changed, pairs):
    usual = dict(make_line().pairs)
    expected = {**usual, **pairs}
    line = make_line(**changed)
    assert list(line.pairs) == [(k, v) for k, v in expected.items() if v is not None]
    assert make_line(status=None).status is None
    assert make_line(mime=None).mime is None


@pytest.mark.parametrize(
    ("record_type", "content_type", "indexed"),
    [
        ("response", "application/http; msgtype=response", True),
        ("response", None, True),
        ("revisit", "application/http; msgtype=response", True),
        ("resource", "text/plain", True),
        ("resource", "application/warc-fields", False),
        ("metadata", "application/json", True),
        ("metadata", "application/warc-fields", False),
        ("request", "application/http; msgtype=request", False),
        ("warcinfo", "application/warc-fields", False),
        ("conversion", "text/plain", False),
        ("continuation", None, False),
        ("", None, False),
    ],
)
def test_captures_are_indexed_and_nothing_else(record_type, content_type, indexed):
    assert is_indexed(record_type, content_type) is indexed


def test_the_mime_of_a_line_is_the_first_word_of_the_content_type():
    assert mime_of("response", "text/html;charset=utf-8") == "text/html"
    assert mime_of("resource", "text/plain\tx") == "text/plain"
    assert mime_of("response", None) is None
    assert mime_of("revisit", "text/html") == "warc/revisit"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ('a 20260101000000 {"status": 200}', (("status", "200"),)),
        ('a 20260101000000 {"status": "-"}', (("status", "-"),)),
        ('a 20260101000000 {"x": null, "url": "u"}', (("url", "u"),)),
        ('a 20260101000000 {"x": {"y": [1]}}', (("x", '{"y": [1]}'),)),
        ('a 20260101000000123 {"url":"u"}\r\n', (("url", "u"),)),
        ("a 20260101000000 {}", ()),
    ],
)
def test_the_lines_of_others_are_read_too(text, pairs):
    line = parse_line(text)
    assert line.pairs == pairs
    assert line.status in (200, None)
    assert line.offset is None
    assert parse_line(format_line(line)) == line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a",
        "a 20260101000000",
        "a 20260101000000 {",
        "a 20260101000000 []",
        'a 20260101000000 "x"',
        "a 20260101000000 " + '{"a":' * 100_000,
        " 20260101000000 {}",
        "a 2026 {}",
        "a 20261301000000 {}",
        "a 20260230000000 {}",
        "a ２0260101000000 {}",
        "a 2026010100000012 {}",
        " CDX N b a m s k r M S V g",
        b"\xff\xfe",
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_what_is_no_line_is_refused(text):
    with pytest.raises(CdxError):
        parse_line(text)


def test_a_timestamp_is_a_date():
    assert moment("20260228235959") == datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert moment("20260228235959123").microsecond == 123_000


TEXT = st.text(max_size=20)
KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)
LINES = st.builds(
    CdxLine,
    urlkey=KEYS,
    timestamp=st.datetimes(min_value=datetime(1000, 1, 1)).map(  # noqa: DTZ001
        lambda date: date.strftime("%Y%m%d%H%M%S")
    ),
    pairs=st.dictionaries(TEXT, TEXT, max_size=8).map(lambda d: tuple(d.items())),
)


@given(LINES)
def test_a_line_survives_writing_and_reading(line):
    text = format_line(line)
    assert parse_line(text) == line
    assert parse_line(text.decode("utf-8").removesuffix("\n")) == line
    assert text.count(b"\n") == 1
    assert text.isascii()


@given(st.lists(LINES, max_size=12))
def test_the_order_of_the_bytes_is_that_of_key_and_time(lines):
    texts = sorted_lines(lines)
    assert len(texts) == len(set(texts)) == len({format_line(line) for line in lines})
    read = [parse_line(text) for text in texts]
    keys = [(line.urlkey, line.timestamp) for line in read]
    assert keys == sorted(keys)


def test_bytes_of_others_that_are_no_utf_8_are_kept():
    text = b'a\xe9 20260101000000 {"url": "u"}\n'
    assert format_line(parse_line(text)) == text


@pytest.mark.skipif(not WARC.exists(), reason=f"no third-party files in {WARC}")
@pytest.mark.parametrize(
    "path", sorted(WARC.rglob("*.cdxj")), ids=lambda path: path.name
)
def test_other_indexes_are_read_without_loss(path):
    texts = path.read_bytes().splitlines()
    assert texts
    for text in texts:
        key, timestamp, block = text.decode("utf-8").split(" ", 2)
        line = parse_line(text)
        assert (line.urlkey, line.timestamp) == (key, timestamp)
        assert dict(line.pairs) == json.loads(block)
