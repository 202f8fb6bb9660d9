from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

import pytest

from archive.warc import check
from archive.warc.check import CODES, check_file
from tests.support.warcs import (
    HTTP_BLOCK,
    HTTP_HEAD,
    LENGTH,
    METADATA,
    PAGE,
    PAYLOAD,
    REQUEST,
    RESOURCE,
    RESPONSE,
    REVISIT,
    URL,
    Change,
    both,
    change,
    chunked,
    good_records,
    members,
    offsets,
    record_id,
    sha256,
    with_response,
    without,
)


def lower_base32(records: list[bytes]) -> list[bytes]:
    raw = hashlib.sha1(PAYLOAD).digest()
    label = b"sha1:" + base64.b32encode(raw).lower()
    return change(RESPONSE, sha256(PAYLOAD).encode(), label)(records)


SHA = sha256(PAYLOAD).encode()
WRONG = sha256(b"another").encode()
PROFILE = b"WARC-Profile"
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
GZIP_HEAD = PLAIN_HEAD + b"Content-Encoding: gzip\r\n\r\n"

# The faults of which other checkers see some: what is done to the good file, and
# the codes that must be found, at the record, and no others anywhere.
FAULTS: dict[str, tuple[Change, int, set[str]]] = {
    "payload bit flipped": (
        change(RESPONSE, PAYLOAD[60:70], bytes([PAYLOAD[60] ^ 1]) + PAYLOAD[61:70]),
        RESPONSE,
        {"block-digest", "payload-digest", "content-coding"},
    ),
    "payload digest wrong": (
        change(RESPONSE, SHA, WRONG),
        RESPONSE,
        {"payload-digest"},
    ),
    "block digest wrong": (
        change(RESPONSE, sha256(HTTP_BLOCK).encode(), WRONG),
        RESPONSE,
        {"block-digest"},
    ),
    "Content-Length too short": (
        change(RESPONSE, LENGTH, b"Content-Length: 99"),
        RESPONSE,
        {"block-long"},
    ),
    "Content-Length too long": (
        change(RESPONSE, LENGTH, b"Content-Length: 9999"),
        RESPONSE,
        {"block-short"},
    ),
    "no WARC-Record-ID": (
        without(RESOURCE, b"WARC-Record-ID"),
        RESOURCE,
        {"field-missing"},
    ),
    "duplicate WARC-Record-ID": (
        change(RESOURCE, record_id(5).encode(), record_id(3).encode()),
        RESOURCE,
        {"duplicate-id"},
    ),
    "WARC-Date in prose": (
        change(RESOURCE, b"2026-11-22T20:10:00.000000Z", b"last Sunday"),
        RESOURCE,
        {"field-value"},
    ),
    "WARC-Date of no day": (
        change(RESOURCE, b"2026-11-22", b"2026-02-30"),
        RESOURCE,
        {"field-value"},
    ),
    "record end one CRLF short": (
        lambda records: [*records[:-1], records[-1][:-2]],
        METADATA,
        {"record-end"},
    ),
    "record end missing": (
        lambda records: [*records[:-1], records[-1][:-4]],
        METADATA,
        {"record-end"},
    ),
    "unknown WARC-Type": (
        change(RESOURCE, b"Type: resource", b"Type: oracle"),
        RESOURCE,
        {"unknown-type"},
    ),
    "bare LF in headers": (
        change(RESOURCE, b"\r\nWARC-Date", b"\nWARC-Date"),
        RESOURCE,
        {"line-ends"},
    ),
    "no digest at all": (
        both(
            without(RESPONSE, b"WARC-Block-Digest"),
            without(RESPONSE, b"WARC-Payload-Digest"),
        ),
        RESPONSE,
        {"digest-missing"},
    ),
    "no Target-URI on a response": (
        without(RESPONSE, b"WARC-Target-URI"),
        RESPONSE,
        {"field-missing"},
    ),
    "no WARC-Date": (without(RESPONSE, b"WARC-Date"), RESPONSE, {"field-missing"}),
    "no Content-Length": (
        without(RESOURCE, b"Content-Length"),
        RESOURCE,
        {"content-length"},
    ),
    "WARC/9.9": (change(RESOURCE, b"WARC/1.1", b"WARC/9.9"), RESOURCE, {"version"}),
    "revisit points nowhere": (
        change(REVISIT, record_id(3).encode(), record_id(99).encode()),
        REVISIT,
        {"refers-outside"},
    ),
    "revisit of a revisit": (
        change(REVISIT, record_id(3).encode(), record_id(4).encode()),
        REVISIT,
        {"revisit-of-revisit"},
    ),
    "revisit without profile": (without(REVISIT, PROFILE), REVISIT, {"field-missing"}),
    "revisit without its mark": (
        without(REVISIT, b"WARC-Truncated"),
        REVISIT,
        {"truncated-missing"},
    ),
    "payload digest of the un-gzipped body": (
        change(RESPONSE, SHA, sha256(PAGE).encode()),
        RESPONSE,
        {"payload-digest"},
    ),
    "payload digest of the framed body": (
        change(RESPONSE, SHA, sha256(chunked(PAYLOAD)).encode()),
        RESPONSE,
        {"payload-digest-framed"},
    ),
    "body stored decoded, headers still say gzip and chunked": (
        with_response(PAGE),
        RESPONSE,
        {"decoded-framing", "decoded-content"},
    ),
    "body stored without its chunks": (
        with_response(PAYLOAD),
        RESPONSE,
        {"decoded-framing"},
    ),
    "body stored without its gzip": (
        with_response(chunked(PAGE), payload=PAGE),
        RESPONSE,
        {"decoded-content"},
    ),
    "chunks that do not end": (
        with_response(chunked(PAYLOAD)[:-7], payload=PAYLOAD),
        RESPONSE,
        {"http-chunks"},
    ),
    "gzip that does not end": (
        with_response(PAYLOAD[:-9], head=GZIP_HEAD),
        RESPONSE,
        {"content-coding"},
    ),
    "body in a coding that is not known": (
        with_response(
            b"\x0b\x02\x80what", head=PLAIN_HEAD + b"Content-Encoding: br\r\n\r\n"
        ),
        RESPONSE,
        {"content-coding"},
    ),
    "body shorter than its HTTP length": (
        with_response(PAGE, head=PLAIN_HEAD + b"Content-Length: 9999\r\n\r\n"),
        RESPONSE,
        {"http-length"},
    ),
    "response that is not HTTP": (
        with_response(PAGE, head=b""),
        RESPONSE,
        {"http-head"},
    ),
    "request that is not HTTP": (
        change(REQUEST, b"GET /news/1 HTTP/1.1", b"GET /news/1 please!!"),
        REQUEST,
        {"http-head", "block-digest"},
    ),
    "SHA-256 digest wrong": (
        change(
            RESOURCE, b"WARC-Payload-Digest: sha256:", b"WARC-Payload-Digest: sha256:0"
        ),
        RESOURCE,
        {"digest-unknown"},
    ),
    "unknown digest": (
        change(METADATA, b"Digest: sha256:", b"Digest: sha7:"),
        METADATA,
        {"digest-unknown"},
    ),
    "WARC-Concurrent-To points nowhere": (
        change(METADATA, record_id(3).encode(), record_id(99).encode()),
        METADATA,
        {"dangling-concurrent"},
    ),
    "lower-case base32 digest": (lower_base32, RESPONSE, {"digest-form"}),
    "IPv6 address in long form": (
        change(REQUEST, b"2001:db8::1", b"2001:0DB8:0:0:0:0:0:1"),
        REQUEST,
        {"address-form"},
    ),
    "folded field": (
        change(RESOURCE, b"text/css", b"text/css;\r\n a=b"),
        RESOURCE,
        {"folded-field"},
    ),
    "block without a type": (
        without(RESOURCE, b"Content-Type"),
        RESOURCE,
        {"content-type-missing"},
    ),
    "payload digest on metadata": (
        change(METADATA, b"WARC-Block-Digest", b"WARC-Payload-Digest"),
        METADATA,
        {"field-forbidden"},
    ),
    "two dates": (
        change(RESOURCE, b"WARC-Date", b"WARC-Date: 2026-11-22\r\nWARC-Date"),
        RESOURCE,
        {"field-repeated"},
    ),
    "address in angle brackets": (
        change(RESOURCE, URL.encode(), b"<%b>" % URL.encode()),
        RESOURCE,
        {"field-value"},
    ),
    "warcinfo not first": (lambda records: records[1:], REQUEST, {"warcinfo-first"}),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "good.warc.gz"


def codes(path: Path) -> set[str]:
    return {finding.code for finding in check_file(path)}


def test_a_good_file_has_no_finding(path, tmp_path):
    path.write_bytes(members(good_records()))
    assert list(check_file(path)) == []
    path = tmp_path / "good.warc"
    path.write_bytes(b"".join(good_records()))
    assert list(check_file(path)) == []


@pytest.mark.parametrize(("fault", "index", "expected"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found_and_nothing_else(path, fault, index, expected):
    records = fault(good_records())
    path.write_bytes(members(records))
    found = list(check_file(path, name="warc/good.warc.gz"))
    side_effects = {"dangling-concurrent", "refers-outside"} - expected
    found = [finding for finding in found if finding.code not in side_effects]
    assert {finding.code for finding in found} == expected
    place = 0 if "warcinfo-first" in expected else offsets(records)[index]
    for finding in found:
        assert (finding.path, finding.offset) == ("warc/good.warc.gz", place)
        assert finding.severity == CODES[finding.code][0]
        assert finding.sentence


GOOD = members(good_records())


@pytest.mark.parametrize(
    ("data", "offset", "code"),
    [
        (GOOD[:-20], offsets(good_records())[METADATA], "gzip-cut"),
        (GOOD[:-1], offsets(good_records())[METADATA], "gzip-cut"),
        (GOOD[:-8] + bytes(8), offsets(good_records())[METADATA], "gzip-damaged"),
        (GOOD + b"garbage", len(GOOD), "garbage"),
        (GOOD + gzip.compress(b"garbage", mtime=0), len(GOOD), "garbage"),
        (gzip.compress(b"".join(good_records())), 0, "shared-member"),
        (b"", 0, "empty-file"),
        (b"filedesc://a.arc 0.0.0.0 20110101 text/plain 76\n", 0, "arc"),
        (b"<html>", 0, "garbage"),
    ],
)
def test_faults_of_the_file_itself_are_found(path, data, offset, code):
    path.write_bytes(data)
    found = list(check_file(path))
    assert [(each.code, each.offset, each.path) for each in found] == [
        (code, offset, str(path))
    ]


def test_a_payload_that_was_cut_is_not_held_against_its_digest(path):
    cut = both(
        with_response(chunked(PAYLOAD)[:-20], payload=PAYLOAD),
        change(
            RESPONSE, b"WARC-IP-Address", b"WARC-Truncated: time\r\nWARC-IP-Address"
        ),
    )
    path.write_bytes(members(cut(good_records())))
    assert list(check_file(path)) == []


def test_a_revisit_without_block_is_not_held_against_the_digest_of_its_payload(path):
    records = good_records()
    empty = records[REVISIT].replace(HTTP_HEAD, b"")
    empty = empty.replace(b"Length: %d" % len(HTTP_HEAD), b"Length: 0")
    empty = empty.replace(sha256(HTTP_HEAD).encode(), sha256(b"").encode())
    records[REVISIT] = empty.replace(b"Content-Type: application/http", b"X: y")
    path.write_bytes(members(records))
    assert list(check_file(path)) == []


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        ("sha256", bytes.hex),
        ("sha256", base64.b32encode),
        ("sha1", bytes.hex),
        ("sha1", base64.b32encode),
        ("SHA-1", base64.b32encode),
        ("md5", bytes.hex),
    ],
)
def test_digests_are_checked_in_every_spelling(path, name, encode):
    raw = hashlib.new(name.lower().replace("-", ""), PAYLOAD).digest()
    for value, expected in ((raw, False), (bytes([raw[0] ^ 1]) + raw[1:], True)):
        said = encode(value)
        said = said.encode() if isinstance(said, str) else said
        label = name.encode() + b":" + said
        path.write_bytes(members(change(RESPONSE, SHA, label)(good_records())))
        found = codes(path) - {"digest-form"}
        assert found == ({"payload-digest"} if expected else set())


def spoil(records: list[bytes]) -> list[bytes]:
    records[RESPONSE] = records[RESPONSE].replace(b"council", b"coUncil")
    return records


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (lambda records: records, {"payload-digest-unread"}),
        (with_response(PAGE, head=PLAIN_HEAD + b"\r\n"), set()),
        (
            both(with_response(PAGE, head=PLAIN_HEAD + b"\r\n"), spoil),
            {"block-digest", "payload-digest"},
        ),
    ],
)
def test_long_blocks_are_checked_from_disk(path, monkeypatch, fault, expected):
    monkeypatch.setattr(check, "_MOST_IN_MEMORY", 100)
    path.write_bytes(members(fault(good_records())))
    assert codes(path) == expected
