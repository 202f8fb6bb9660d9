from __future__ import annotations

import gzip
import os
import zlib
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from archive.errors import DamagedRecord, UnsupportedFormat
from archive.model import Finding
from archive.warc import members as warc_members
from archive.warc.reader import Record, read_record, read_records
from tests.support import drivers
from tests.support.packing import gzipped
from tests.support.warcs import members, offsets, plain_record, record

RECORDS = [plain_record(number, b"item %d\r\n" % number * 9) for number in (1, 2, 3)]
GZIPPED = members(RECORDS)
STARTS = offsets(RECORDS)
PLAIN = b"".join(RECORDS)
PLAIN_STARTS = [0, len(RECORDS[0]), len(RECORDS[0] + RECORDS[1]), len(PLAIN)]


@pytest.fixture
def write(tmp_path: Path):
    def write(data: bytes, name: str = "some.warc.gz") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def read(path: Path, **options) -> tuple[list[tuple[int, bytes]], list[Finding]]:
    """Read as far as one can: numbers and blocks of whole records, and findings."""
    findings: list[Finding] = []
    found = []
    for each in read_records(path, on_finding=findings.append, **options):
        block = each.read_block()
        if each.whole:
            found.append((int((each.target_uri or "").rpartition(":")[2] or 0), block))
    return found, findings


def codes(findings: list[Finding]) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.offset) for finding in findings]


BLOCKS = [(number, b"item %d\r\n" % number * 9) for number in (1, 2, 3)]


# How the same three records can lie in a file; and (offset, length, alone) of each.
def _own(starts: list[int]) -> list[tuple[int, int, bool]]:
    return [(a, b - a, True) for a, b in pairwise(starts)]


SPLIT = [PLAIN[:700], PLAIN[700:1000], PLAIN[1000:]]
SHAPES = {
    "a member each": (GZIPPED, _own(STARTS)),
    "uncompressed": (PLAIN, _own(PLAIN_STARTS)),
    "one member for all": (gzipped(PLAIN), [(0, 0, False)] * 3),
    "members that cut records": (
        members(SPLIT),
        [
            (0, 0, False),
            (0, 0, False),
            (offsets(SPLIT)[1], 0, False),
        ],
    ),
    "two in a member, one alone": (
        members([RECORDS[0] + RECORDS[1], RECORDS[2]]),
        [
            (0, 0, False),
            (0, 0, False),
            _own(offsets([RECORDS[0] + RECORDS[1], RECORDS[2]]))[1],
        ],
    ),
}


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
@pytest.mark.parametrize(("data", "places"), SHAPES.values(), ids=SHAPES)
def test_records_are_read_in_whatever_shape_the_file_is(write, data, places, name):
    path = write(data, name)
    found: list[tuple[int, int, bool]] = []
    for each in read_records(path):
        assert each.read_block() == BLOCKS[len(found)][1]
        found.append((each.offset, each.length, each.own_member))
    assert found == places
    assert read(path) == (BLOCKS, [])


def test_a_record_says_what_its_fields_say(write):
    fields = [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", "<urn:uuid:1>"),
        ("warc-target-uri", "<https://example.org/>"),
    ]
    path = write(record(fields, b"x", version=b"WARC/1.0"), "some.warc")
    (each,) = read_records(path)
    assert each.version == "1.0"
    assert each.type == "response"
    assert each.record_id == "<urn:uuid:1>"
    assert each.target_uri == "https://example.org/"
    assert each.content_length == 1
    whole = read_record(path, 0)
    assert (whole.type, whole.target_uri) == ("response", "https://example.org/")
    assert whole.record_id == "<urn:uuid:1>"


@pytest.mark.parametrize("data", [GZIPPED, PLAIN])
def test_blocks_are_read_as_much_at_a_time_as_is_wished(write, data):
    block = os.urandom(1_000_000)
    for each in read_records(write(members([plain_record(1, block)]))):
        assert each.read_block(0) == b""
        start = each.read_block(10)
        pieces = list(each.chunks(1000))
        assert start + b"".join(pieces) == block
        assert max(map(len, pieces)) <= 1000
        assert each.read_block() == b""
        assert each.own_member


def test_a_block_that_nobody_reads_is_passed_over(write):
    path = write(GZIPPED)
    assert [each.offset for each in read_records(path)] == STARTS[:-1]
    kept: list[Record] = list(read_records(path))
    assert [each.length for each in kept] == [length for _, length, _ in _own(STARTS)]
    with pytest.raises(ValueError, match="gone past"):
        kept[0].read_block()


@pytest.mark.parametrize(
    ("data", "starts"),
    [(GZIPPED, STARTS), (PLAIN, PLAIN_STARTS)],
    ids=["gzip", "plain"],
)
def test_a_record_is_found_by_its_place(write, data, starts):
    path = write(data, "some.warc")
    for number, (offset, length, _) in enumerate(_own(starts), 1):
        for said in (length, None):
            whole = read_record(path, offset, said)
            assert whole.block == b"item %d\r\n" % number * 9
            assert (whole.offset, whole.length) == (offset, length)
    assert read(path, start=starts[1])[0] == BLOCKS[1:]


@pytest.mark.parametrize(
    ("offset", "length", "sentence"),
    [
        (STARTS[1], 7, "bytes long, not 7"),
        (STARTS[1] + 1, None, "no gzip member"),
        (STARTS[-1], None, "no record begins here"),
        (STARTS[-1] + 999, None, "no record begins here"),
    ],
)
def test_what_does_not_lie_at_its_place_is_damaged(write, offset, length, sentence):
    path = write(GZIPPED)
    with pytest.raises(DamagedRecord, match=sentence) as caught:
        read_record(path, offset, length)
    assert caught.value.offset == offset
    assert caught.value.path == path


# ---------------------------------------------------------------- damage


def test_every_cut_of_a_gzip_file_is_noticed(write):
    """But where a member ends: what is left then is a shorter file, and whole."""

    def notices(data: bytes) -> bool:
        path = write(data)
        with pytest.raises(DamagedRecord):
            list(read_records(path))
        found, findings = read(path)
        assert found == BLOCKS[: len(found)]
        return len(findings) > 0

    whole_at = tuple(STARTS[1:])
    assert drivers.clipped_unnoticed(notices, GZIPPED, whole_at=whole_at) == []


def test_every_cut_of_a_plain_file_is_noticed(write):
    def notices(data: bytes) -> bool:
        found, findings = read(write(data, "some.warc"))
        assert found == BLOCKS[: len(found)]
        return len(findings) > 0

    whole_at = tuple(PLAIN_STARTS[1:])
    assert drivers.clipped_unnoticed(notices, PLAIN, whole_at=whole_at) == []


def test_every_flipped_byte_of_a_member_is_noticed_and_the_next_is_read(write):
    for at in range(STARTS[1], STARTS[2]):
        data = bytearray(GZIPPED)
        data[at] ^= 0x20
        with suppress(OSError, EOFError, zlib.error):
            if gzip.decompress(data) == PLAIN:
                continue  # the time in gzip's head, or bits after the last code
        found, findings = read(write(bytes(data)))
        assert findings, at
        assert found == [BLOCKS[0], BLOCKS[2]], at


@pytest.mark.parametrize(
    "garbage", [b"\0", b"\x1f", b"\0" * 9999, b"\x1f\x8b\x08\0what"]
)
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_records_around_garbage_are_read(write, garbage, at):
    parts = [members([each]) for each in RECORDS]
    parts.insert(at, garbage)
    path = write(b"".join(parts))
    found, findings = read(path)
    assert found == BLOCKS
    assert [finding.offset for finding in findings] == [STARTS[at]]
    with pytest.raises(DamagedRecord, match=f"offset {STARTS[at]} in "):
        list(read_records(path))


@pytest.mark.parametrize("scan", [1, 7, 100])
def test_the_next_member_is_found_wherever_the_search_is_at(write, monkeypatch, scan):
    monkeypatch.setattr(warc_members, "_SCAN", scan)
    for length in range(1, 20):
        data = members(RECORDS[:1]) + bytes(length) + members(RECORDS[1:])
        assert read(write(data))[0] == BLOCKS


LONG = plain_record(2).replace(b"Content-Length: 13", b"Content-Length: 14")
SHORT = plain_record(2).replace(b"Content-Length: 13", b"Content-Length: 12")
NO_LENGTH = plain_record(2).replace(b"Content-Length: 13\r\n", b"")
BAD_LENGTH = plain_record(2).replace(b"Content-Length: 13", b"Content-Length: 13 or so")
TWO_LENGTHS = plain_record(2).replace(
    b"Content-Length", b"Content-Length: 1\r\nContent-Length"
)
NO_HEAD_END = plain_record(2).partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("second", "in_gzip", "in_plain"),
    [
        (LONG + b"", "record-end", "record-end"),
        (LONG.replace(b": 14", b": 99"), "block-short", "block-long"),
        (SHORT, "block-long", "block-long"),
        (NO_LENGTH, "content-length", "content-length"),
        (BAD_LENGTH, "content-length", "content-length"),
        (TWO_LENGTHS, "content-length", "content-length"),
        (NO_HEAD_END, "head-cut", None),
        (b"what is this", "garbage", "garbage"),
        (plain_record(2)[:-2], "record-end", "record-end"),
        (plain_record(2)[:-4], "record-end", "record-end"),
        (plain_record(2) + b"\r\n", "record-end", "record-end"),
        (plain_record(2)[:-4] + b"\n\n", "record-end", "record-end"),
        (
            plain_record(2).replace(b"WARC/1.1", b"warc/1.1"),
            "version-line",
            "version-line",
        ),
        (plain_record(2).replace(b"WARC/1.1", b"WARC/9.9"), "version", "version"),
        (
            plain_record(2).replace(b"\r\nWARC-Date", b"\nWARC-Date"),
            "line-ends",
            "line-ends",
        ),
    ],
)
def test_a_faulty_record_is_named_and_those_around_it_are_read(
    write, second, in_gzip, in_plain
):
    records = [RECORDS[0], second, RECORDS[2]]
    found, findings = read(write(members(records)))
    assert BLOCKS[0] in found
    assert BLOCKS[2] in found
    assert codes(findings) == [(in_gzip, STARTS[1])]
    if in_plain is not None:
        found, findings = read(write(b"".join(records), "some.warc"))
        assert BLOCKS[0] in found
        assert codes(findings)[0] == (in_plain, PLAIN_STARTS[1])


def test_damage_in_a_shared_member_costs_no_more_than_its_record(write):
    data = gzipped(RECORDS[0] + SHORT + RECORDS[2])
    found, findings = read(write(data))
    assert found == [BLOCKS[0], BLOCKS[2]]
    assert codes(findings) == [("block-long", 0)]


def test_an_empty_member_is_passed_over_with_a_note(write):
    path = write(members([RECORDS[0], b"", RECORDS[1], RECORDS[2]]))
    found, findings = read(path)
    assert found == BLOCKS
    assert codes(findings) == [("empty-member", STARTS[1])]
    assert len(list(read_records(path))) == 3


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"filedesc://IAH.arc 0.0.0.0 20110101 text/plain 76\n1 0 Archive\n", "arc"),
        (
            gzipped(b"filedesc://IAH.arc.gz 0.0.0.0 20110101 text/plain 9\n"),
            "arc",
        ),
        (b"\x28\xb5\x2f\xfd\0\0\0\0", "not-warc"),
        (b"<!doctype html><p>News.</p>", "not-warc"),
        (gzipped(b"<!doctype html><p>News.</p>"), "not-warc"),
        (
            b"WARC/0.18\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
            "version",
        ),
    ],
)
def test_what_is_not_warc_is_refused_with_its_place(write, data, code):
    path = write(data, "some.warc")
    with pytest.raises(UnsupportedFormat, match=r"offset 0 in .*some\.warc"):
        list(read_records(path))
    assert codes(read(path)[1]) == [(code, 0)]


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", gzipped(b"")])
def test_a_file_without_a_record_is_damaged(write, data):
    path = write(data)
    with pytest.raises(DamagedRecord):
        list(read_records(path))
    assert read(path)[1][-1].code in ("empty-file", "garbage")


def test_a_block_of_any_claimed_length_takes_no_memory_for_what_is_not_there(write):
    head = plain_record(1).replace(b"Length: 13", b"Length: 999999999999999999")
    found, findings = read(write(head, "some.warc"))
    assert codes(findings) == [("torn-tail", 0)]
    assert found == []


def test_a_head_without_end_is_given_up(write):
    data = b"WARC/1.1\r\nX: " + b"y" * 3_000_000 + b"\r\n\r\n" + RECORDS[1]
    path = write(b"".join([RECORDS[0], data, RECORDS[2]]), "some.warc")
    found, findings = read(path)
    assert codes(findings) == [("head-cut", PLAIN_STARTS[1])]
    assert found == BLOCKS


def test_a_member_that_expands_without_measure_is_read_in_pieces(write):
    block = bytes(50_000_000)
    path = write(members([plain_record(1, block)]))
    (each,) = read_records(path)
    assert path.stat().st_size < 100_000
    (each,) = (next(read_records(path)),)
    assert max(len(piece) for piece in each.chunks(1 << 24)) <= 1 << 20


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "data",
    [
        b"WARC/1.1\r\n" * 300_000,
        b"WARC/1.1\r\nX: " + b"y" * 3_000_000,
        b"\nWARC/1.1\r\nContent-Length: 0\r\n\r\n" * 20_000,
        GZIPPED[:40] * 20_000,
        b"\x1f\x8b\x08\0" * 200_000,
        gzipped(b"") * 20_000,
        (gzipped(b"WARC/1.1\r\nA") + gzipped(b"b") * 63) * 200,
    ],
    ids=["starts", "line", "records", "cut members", "magic", "members", "pieces"],
)
def test_no_file_makes_the_reader_hang(write, data):
    for name in ("hostile.warc", "hostile.warc.gz"):
        assert read(write(data, name))[1]
