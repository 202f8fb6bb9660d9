"""Index files: made from WARC files, written whole, looked up in many at once."""

from __future__ import annotations

import errno
import gzip
import os
import tempfile
import warnings
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import lookups
from archive.cdxj import CdxError, CdxLine, format_line, sorted_lines
from archive.digests import sha1_label
from archive.errors import DamagedRecord, StorageError
from archive.index import CODES, build_index, write_index
from archive.indexfile import IndexFile
from archive.lookups import Index
from archive.model import Finding
from archive.sortedlines import DamagedIndex

WARC = Path(__file__).resolve().parents[2] / "../shared/warc"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\n\r\n"
CHUNKED = b"5\r\nhello\r\n0\r\n\r\n"
DATE = "2026-11-22T08:15:00.123456Z"


def make_record(record_type, block=b"", url=None, date=DATE, **fields):
    pairs = [("WARC-Type", record_type), ("WARC-Record-ID", f"<urn:uuid:{next(IDS)}>")]
    pairs += [("WARC-Date", date)] if date else []
    pairs += [("WARC-Target-URI", url)] if url else []
    pairs += [(name.replace("_", "-"), value) for name, value in fields.items()]
    pairs += [("Content-Length", str(len(block)))]
    head = "".join(f"{name}: {value}\r\n" for name, value in pairs).encode()
    return b"WARC/1.1\r\n" + head + b"\r\n" + block + b"\r\n\r\n"


IDS = count()


def write_warc(path, *records, packed=True):
    members = [gzip.compress(record) if packed else record for record in records]
    path.write_bytes(b"".join(members))
    ends = [sum(map(len, members[: i + 1])) for i in range(len(members))]
    return [(end - len(m), len(m)) for end, m in zip(ends, members, strict=True)]


def make_line(key="org,example)/", timestamp="20261122081500", **pairs):
    return CdxLine(urlkey=key, timestamp=timestamp, pairs=tuple(pairs.items()))


# ----------------------------------------------------------------- out of WARC files

URL = "http://www.example.org/A"
BODY = b"0123456789" * 100_000
JSON = {"Content_Type": "application/json"}
FIELDS = {"Content_Type": "application/warc-fields"}
RECORDS = {
    "a response says type and status": (
        make_record("response", HEAD + b"x", URL, WARC_Payload_Digest="sha256:aa"),
        {"mime": "Text/HTML", "status": "200", "digest": "sha256:aa"},
    ),
    "the framing is digested where no digest is given": (
        make_record("response", HEAD + CHUNKED, URL),
        {"mime": "Text/HTML", "status": "200", "digest": sha1_label([CHUNKED])},
    ),
    "a long body is digested whole": (
        make_record("response", HEAD + BODY, URL),
        {"mime": "Text/HTML", "status": "200", "digest": sha1_label([BODY])},
    ),
    "a redirect has no type": (
        make_record("response", b"HTTP/1.1 301 Gone\r\nLocation: /b\r\n\r\n", URL),
        {"status": "301", "digest": sha1_label([b""])},
    ),
    "a type may be no UTF-8": (
        make_record("response", b"HTTP/1.1 200 OK\r\nContent-Type: \xe9\r\n\r\n", URL),
        {"mime": "é", "status": "200", "digest": sha1_label([b""])},
    ),
    "a response that is no HTTP is all payload": (
        make_record("response", b"nothing", URL),
        {"digest": sha1_label([b"nothing"])},
    ),
    "an answer of the name system has no head": (
        make_record("response", b"20261122", "dns:example.org"),
        {"url": "dns:example.org", "digest": sha1_label([b"20261122"])},
    ),
    "a revisit has a status, a type of its own, and only a given digest": (
        make_record("revisit", HEAD, URL),
        {"mime": "warc/revisit", "status": "200"},
    ),
    "a revisit may be empty": (
        make_record("revisit", b"", URL, WARC_Payload_Digest="sha1:AA"),
        {"mime": "warc/revisit", "digest": "sha1:AA"},
    ),
    "a resource has the type of its record": (
        make_record("resource", b"x", "urn:x:y", Content_Type="text/plain; a=b"),
        {"url": "urn:x:y", "mime": "text/plain", "digest": sha1_label([b"x"])},
    ),
    "metadata with an address is found by it": (
        make_record("metadata", b"{}", URL, **JSON),
        {"mime": "application/json", "digest": sha1_label([b"{}"])},
    ),
    "an address is one word, without the brackets of some": (
        make_record("resource", b"", "<http://example.org/a b>"),
        {"url": "http://example.org/a%20b", "digest": sha1_label([b""])},
    ),
    "requests are no captures": (make_record("request", b"GET / HTTP/1.1", URL), None),
    "fields are no captures": (make_record("metadata", b"", URL, **FIELDS), None),
    "metadata may be about no address": (make_record("metadata", b"{}", **JSON), None),
}


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize(("record", "pairs"), RECORDS.values(), ids=RECORDS)
def test_a_capture_has_a_line(tmp_path, record, pairs, packed):
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    before = make_record("warcinfo")
    _, (offset, length) = write_warc(path, before, record, packed=packed)
    lines = build_index(path, "warc/a.warc.gz")
    if pairs is None:
        assert lines == []
        return
    (line,) = lines
    assert line.timestamp == "20261122081500"
    assert dict(line.pairs) == {
        "url": URL,
        **pairs,
        "length": str(length),
        "offset": str(offset),
        "filename": "warc/a.warc.gz",
    }


WHOLE = make_record("resource", b"whole", URL)
UNINDEXED = {
    "no address": (gzip.compress(make_record("resource", b"x")), "names no address"),
    "no date": (gzip.compress(make_record("resource", b"", URL, None)), "no date"),
    "a broken date": (gzip.compress(make_record("resource", b"", URL, "x")), "no date"),
    "a member for two": (gzip.compress(WHOLE + WHOLE), "no gzip member of its own"),
}


@pytest.mark.parametrize(("member", "why"), UNINDEXED.values(), ids=UNINDEXED)
def test_a_record_without_a_line_is_told_of(tmp_path, member, why):
    path = tmp_path / "a.warc.gz"
    good = gzip.compress(WHOLE)
    path.write_bytes(good + member + good)
    findings: list[Finding] = []
    lines = build_index(path, "a", on_finding=findings.append)
    assert [line.offset for line in lines] == [0, len(good) + len(member)]
    told = [finding for finding in findings if finding.code in CODES]
    assert told
    assert {finding.offset for finding in told} == {len(good)}
    assert all(why in finding.sentence for finding in told)
    with pytest.raises(DamagedRecord, match=why):
        build_index(path, "a")


def test_a_torn_record_has_no_line(tmp_path):
    path = tmp_path / "a.warc.gz"
    good = gzip.compress(WHOLE)
    for cut in range(1, len(good)):
        path.write_bytes(good + good[:cut])
        findings: list[Finding] = []
        assert len(build_index(path, "a", on_finding=findings.append)) == 1, cut
        assert findings, cut
        with pytest.raises(DamagedRecord):
            build_index(path, "a")


def _strict_files():
    table = WARC / "EXPECTED.tsv"
    rows = table.read_text("utf-8").splitlines() if table.exists() else []
    return [row.split("\t")[1] for row in rows if row.startswith("A-strict\t")]


def index_of_others(path, target):
    """Let cdxj-indexer index a WARC file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of modules that are not ours
        main = pytest.importorskip(
            "cdxj_indexer.main", reason="cdxj-indexer is missing"
        )
        main.CDXJIndexer(str(target), [str(path)], sort=True).process_all()
    return target.read_bytes()


@pytest.mark.skipif(not WARC.exists(), reason=f"no third-party files in {WARC}")
@pytest.mark.parametrize("name", _strict_files())
def test_the_index_of_a_good_file_is_that_of_cdxj_indexer(tmp_path, name):
    path = WARC / name
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    lines = build_index(path, path.name)
    if not packed:
        # Their length of a plain record leaves out the two line ends behind it.
        lines = [_with_shorter_length(line) for line in lines]
    theirs = index_of_others(path, tmp_path / "theirs.cdxj")
    assert b"".join(sorted_lines(lines)) == theirs


# They take any first line for one of HTTP, and index what has no address under "-".
ONLY_OURS = {
    "a response that is no HTTP is all payload",
    "metadata may be about no address",
}


@pytest.mark.parametrize("name", sorted(RECORDS.keys() - ONLY_OURS))
def test_the_line_of_a_capture_is_that_of_cdxj_indexer(tmp_path, name):
    path = tmp_path / "a.warc.gz"
    write_warc(path, RECORDS[name][0])
    theirs = index_of_others(path, tmp_path / "theirs.cdxj")
    assert b"".join(sorted_lines(build_index(path, path.name))) == theirs


def _with_shorter_length(line):
    pairs = {**dict(line.pairs), "length": str(line.length - 4)}
    return make_line(line.urlkey, line.timestamp, **pairs)


# -------------------------------------------------------------------------- writing


def test_an_index_is_sorted_by_bytes_and_holds_a_line_once(tmp_path):
    target = tmp_path / "2026/11/a.cdxj"
    lines = [make_line(key) for key in ("b)/", "a)/b", "a)/", "a,b)/", "a)/")]
    write_index(lines, target)
    keys = [line.urlkey for line in IndexFile(target)]
    assert keys == ["a)/", "a)/b", "a,b)/", "b)/"]


def test_a_refused_write_leaves_the_old_index(tmp_path, monkeypatch):
    target = tmp_path / "a.cdxj"
    write_index([make_line("old)/")], target)

    def refuse(_fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError):
        write_index([make_line("new)/")], target)
    assert [line.urlkey for line in IndexFile(target)] == ["old)/"]
    assert list(tmp_path.iterdir()) == [target]


# -------------------------------------------------------------------- looking up: one

KEYS = st.sampled_from(["a)/", "a)/b", "a)/b/c", "a,b)/", "a,b)/b?c", "b)/", "b:80)/"])
TIMES = st.sampled_from(["20250101000000", "20260101000000", "20260101000000123"])
LINES = st.builds(make_line, KEYS, TIMES, url=st.text(max_size=300))


@given(st.lists(LINES, max_size=30), KEYS | st.just("c)/"))
def test_a_lookup_finds_what_a_look_at_every_line_finds(lines, key):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.cdxj"
        write_index(lines, path)
        texts = sorted_lines(lines)
        file = IndexFile(path)
        found = [format_line(line) for line in file.lookup(key)]
        assert found == [text for text in texts if text.startswith(f"{key} ".encode())]
        found = [format_line(line) for line in file.prefix(key)]
        assert found == [text for text in texts if text.startswith(key.encode())]
        assert [format_line(line) for line in file] == texts


def test_an_index_may_be_empty_or_lack_its_last_line_feed(tmp_path):
    path = tmp_path / "a.cdxj"
    path.write_bytes(b"")
    assert list(IndexFile(path)) == []
    assert list(IndexFile(path).lookup("a)/")) == []
    path.write_bytes(format_line(make_line("a)/")) + format_line(make_line("b)/"))[:-1])
    assert [line.urlkey for line in IndexFile(path)] == ["a)/", "b)/"]
    assert [line.urlkey for line in IndexFile(path).lookup("b)/")] == ["b)/"]


def test_the_head_line_of_other_tools_is_passed_over(tmp_path):
    path = tmp_path / "a.cdxj"
    path.write_bytes(b'!meta 0 {"format": "x"}\n' + format_line(make_line("a)/")))
    assert [line.urlkey for line in IndexFile(path)] == ["a)/"]


def test_a_damaged_line_is_named_with_its_place(tmp_path):
    path = tmp_path / "a.cdxj"
    good = format_line(make_line("a)/"))
    path.write_bytes(
        good + b"b)/ 20260101000000 {torn\n" + format_line(make_line("c)/"))
    )
    file = IndexFile(path)
    assert [line.urlkey for line in file.lookup("c)/")] == ["c)/"]
    with pytest.raises(DamagedIndex, match=rf"offset {len(good)} in .*a\.cdxj"):
        list(file.lookup("b)/"))


def test_a_map_outlives_its_file(tmp_path):
    path = tmp_path / "a.cdxj"
    write_index([make_line("a)/"), make_line("b)/")], path)
    lines = iter(IndexFile(path))
    assert next(lines).urlkey == "a)/"
    write_index([], path)
    path.unlink()
    assert [line.urlkey for line in lines] == ["b)/"]
    with pytest.raises(FileNotFoundError):
        IndexFile(path)


# -------------------------------------------------------------- looking up: all files


@pytest.fixture
def folder(tmp_path):
    for number in range(5):
        lines = [
            make_line("a)/", f"202{number}0101000000", filename=str(number)),
            make_line("b)/", f"203{9 - number}0101000000", filename=str(number)),
        ]
        write_index(lines, tmp_path / f"index/2026/{number}/a.cdxj")
    (tmp_path / "index/2026/0/b.cdxj.77.open").write_bytes(b"half a li")
    return tmp_path / "index"


def names(lines):
    return "".join(line.filename or "?" for line in lines)


@pytest.mark.parametrize("most_open", [1, 2, 128])
def test_the_lines_of_all_files_come_in_one_order(folder, monkeypatch, most_open):
    monkeypatch.setattr(lookups, "_MOST_OPEN", most_open)
    index = Index(folder)
    for _ in range(2):
        assert names(index.lookup("a)/")) == "01234"
        assert names(index.lookup("b)/")) == "43210"
        assert names(index.prefix("")) == "0123443210"
        assert names(index.lookup("c)/")) == ""
    assert len(index._open) <= most_open


def test_a_folder_may_be_missing(tmp_path):
    assert list(Index(tmp_path / "none").lookup("a)/")) == []
    assert Index(tmp_path / "none").closest("a)/", "2026") is None


def test_files_may_come_go_and_change_between_lookups(folder):
    index = Index(folder)
    assert names(index.lookup("a)/")) == "01234"
    (folder / "2026/1/a.cdxj").unlink()
    write_index([], folder / "2026/2/a.cdxj")
    write_index([make_line("a)/", filename="5")], folder / "2026/9/a.cdxj")
    assert names(index.lookup("a)/")) == "0345"
    assert folder / "2026/1/a.cdxj" not in index._open


def test_files_may_vanish_during_a_lookup(folder):
    index = Index(folder)
    lines = index.lookup("a)/")
    assert names([next(lines)]) == "0"
    for path in folder.rglob("*.cdxj"):
        path.unlink()
    assert names(index.lookup("a)/")) == ""
    assert names(lines) == "1234"


def test_a_file_may_vanish_after_it_was_listed(folder, monkeypatch):
    listed = list(os.walk(folder))
    (folder / "2026/3/a.cdxj").unlink()
    monkeypatch.setattr(os, "walk", lambda _folder: listed)
    assert names(Index(folder).lookup("a)/")) == "0124"


@pytest.mark.parametrize(
    ("timestamp", "name"),
    [
        ("20220101000000", "2"),
        ("20220601000000999", "2"),
        ("20220801000000", "3"),
        ("20210702120000", "1"),  # the middle of a year of 365 days
        ("2023", "3"),
        ("20231", None),
        ("202310", "4"),
        ("9999", "4"),
        ("20230230", None),
    ],
)
def test_the_closest_capture_is_found(folder, timestamp, name):
    if name is None:
        with pytest.raises(CdxError):
            Index(folder).closest("a)/", timestamp)
    else:
        assert names([Index(folder).closest("a)/", timestamp)]) == name
        assert Index(folder).closest("z)/", timestamp) is None
