"""Files that other people made to try readers, imported: counts, index, damage."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cdxj import CdxLine
from archive.collection import Collection
from archive.importing.about import all_stored
from archive.importing.model import Form, Stored
from archive.importing.taking import Fate
from archive.model import Capture, Severity
from archive.reading import load_answer, raw_record
from archive.replay.reading import load
from archive.urlkey import urlkey
from tests.support.importing import Taking

FOLDER = Path(__file__).resolve().parents[3] / "../shared/warc"
EXPECTED = FOLDER / "EXPECTED.tsv"
PYWB = FOLDER / "webrecorder+pywb/sample_archive"
COLLECTION = FOLDER / "webrecorder+py-wacz/tests/fixtures/example-collection.warc"
MISSING = "the folder of third-party WARC files is not beside the repository"

pytestmark = [
    pytest.mark.timeout(20),
    pytest.mark.skipif(not EXPECTED.exists(), reason=MISSING),
]


def files(*classes: str) -> list[object]:
    """List the files of these classes, as parameters of a test."""
    if not EXPECTED.exists():
        return []
    with EXPECTED.open(newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    return [
        pytest.param(row, id=row["file"].replace("/", "-"))
        for row in rows
        if row["class"] in classes
    ]


def number(row: dict[str, str], tool: str) -> int:
    return int(row[f"{tool}_records"].partition(" ")[0])


@pytest.mark.parametrize("row", files("A-strict", "B-readable", "C-tools-disagree"))
def test_what_others_read_is_held_with_as_many_records_and_lines(taking, row):
    path = FOLDER / row["file"]
    taken = taking.take(path)[0]
    assert taken.fate is Fate.TAKEN
    (counts,) = taking.runs().values()
    if row["class"] != "C-tools-disagree":
        read = "warcio" if row["warcio_records"].endswith("ok") else "fastwarc"
        assert counts["records"] == number(row, read)
        assert len(taking.lines()) == int(row["cdxj_lines"])
    assert counts.get("captures", 0) == len(taking.captures())
    if row["class"] == "A-strict":
        assert taken.is_whole
    assert_kept(taking, path, taken.stored[0])
    assert_served(taking)
    assert {f.code for f in taking.findings()} <= {"original-elsewhere", "not-indexed"}


def assert_kept(taking: Taking, path: Path, stored: Stored) -> None:
    """See that the file is kept byte for byte, or every record with all its bytes."""
    (kept,) = taking.stored()
    given = path.read_bytes()
    if stored.form is Form.AS_IT_WAS:
        assert kept.read_bytes() == given
    elif not given.startswith(b"\x1f\x8b") and not stored.left_out:
        # Line ends around records are brought into form, and nothing else.
        assert gzip.decompress(kept.read_bytes()).split() == given.split()
    assert stored.original_name == path.name


@pytest.mark.parametrize("row", files("D-invalid"))
def test_broken_files_are_told_of_with_file_and_offset_and_leave_no_damage(taking, row):
    path = FOLDER / row["file"]
    taken = taking.take(FOLDER / row["file"])[0]
    if taken.fate is Fate.REFUSED:
        assert str(path) in taken.sentence
        assert "offset" in taken.sentence or "no whole WARC record" in taken.sentence
        assert taking.stored() == []
    damaged = [f for f in taken.findings if f.severity is Severity.ERROR]
    for finding in damaged:
        assert finding.path == str(path)
        assert finding.offset is not None
        assert 0 <= finding.offset <= path.stat().st_size
    assert taken.is_whole == (taken.fate is Fate.TAKEN and not damaged)
    assert {f.code for f in taking.findings()} <= {"original-elsewhere", "not-indexed"}
    assert_served(taking)


@pytest.mark.parametrize("row", files("ARC"))
def test_arc_is_refused_with_a_way_out(taking, row):
    taken = taking.take(FOLDER / row["file"])[0]
    assert taken.fate is Fate.REFUSED
    assert "is ARC" in taken.sentence
    assert "warcio recompress" in taken.sentence
    assert not [p for p in taking.collection.warc.rglob("*") if p.is_file()]


def assert_served(taking: Taking) -> None:
    """Read every capture back; those of originals elsewhere are revisits."""
    held = {capture.record_id for capture in taking.captures()}
    for capture in taking.captures():
        record = gzip.decompress(raw_record(taking.collection, capture))
        assert record[:5].upper() == b"WARC/"
        if capture.revisit is None or capture.revisit.record_id in held:
            answer = load_answer(taking.collection, capture)
            assert answer.payload_digest == capture.payload_digest
            assert len(answer.payload) == capture.payload_length
            assert load(taking.collection, capture).payload == answer.payload


# ------------------------------------------------------------- the shipped indexes


@pytest.fixture(scope="module")
def pywb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taking]:
    """All WARC files of pywb's sample archive, in one collection."""
    root = tmp_path_factory.mktemp("pywb") / "collection"
    with Collection.create(root) as collection:
        taking = Taking(collection)
        taking.take(*sorted((PYWB / "warcs").iterdir()), COLLECTION)
        yield taking


def shipped(path: Path) -> list[dict[str, str]]:
    """Read an index of others: CDX with eleven fields, or CDXJ."""
    content = path.read_bytes()
    content = gzip.decompress(content) if path.suffix == ".gz" else content
    lines = []
    for text in content.decode().splitlines():
        if text.startswith((" CDX", "!meta")):
            continue
        if "{" in text:
            key, stamp, block = text.split(" ", 2)
            lines.append({"urlkey": key, "timestamp": stamp, **json.loads(block)})
        else:
            words = text.split()
            if len(words) == len(CDX_FIELDS):
                values = dict(zip(CDX_FIELDS, words, strict=True))
                lines.append({n: v for n, v in values.items() if v != "-"})
    return lines


CDX_FIELDS = (
    *("urlkey", "timestamp", "url", "mime", "status", "digest"),
    *("redirect", "meta", "length", "offset", "filename"),
)
INDEXES = (
    "cdx/dupes.cdx",
    "cdx/example.cdx",
    "cdx/iana.cdx",
    "cdx/url-agnost-example.cdx",
    "cdx/httpbin-resource.cdxj",
    "cdxj/dupes.cdxj",
    "cdxj/example-no-digest.cdxj",
    "cdxj/example.cdx.gz",
    "cdxj/example.cdxj",
    "cdxj/example2.cdxj",
    "cdxj/iana.cdxj",
    "cdxj/url-agnost-example.cdxj",
)


@pytest.mark.parametrize("name", INDEXES)
def test_the_answers_of_shipped_indexes_are_ours(pywb, name):
    held = names_of(pywb)
    ours = {
        (held[line.filename], line.offset, line.length): line for line in pywb.lines()
    }
    compared = 0
    for theirs in shipped(PYWB / name):
        place = theirs["filename"], int(theirs["offset"]), int(theirs["length"])
        if theirs["filename"] in held.values():  # not post-test.warc.gz
            assert_same(ours[place], theirs)
            compared += 1
    assert compared


def names_of(taking: Taking) -> dict[str | None, str]:
    """Tell what the files in the index were called before."""
    folder = taking.collection.warc
    return {
        f"{place.relative_to(folder).as_posix()}/{one.name}": one.original_name
        for place, one in all_stored(folder)
    }


def assert_same(ours: CdxLine, theirs: dict[str, str]) -> None:
    assert ours.timestamp == theirs["timestamp"]
    assert ours.url == theirs["url"]
    if "digest" in theirs:
        assert (ours.digest or "").rpartition(":")[2] == theirs["digest"]
    if "status" in theirs:
        assert ours.status == int(theirs["status"])
    if "mime" in theirs:
        assert (ours.mime or "unk") == theirs["mime"]
    if "__wb_method" not in theirs["urlkey"]:  # a key made of the body of a POST
        assert ours.urlkey == theirs["urlkey"]


def test_revisits_find_their_originals_in_another_file(pywb):
    by_url: dict[str, list[Capture]] = {}
    for capture in pywb.captures():
        by_url.setdefault(urlkey(capture.url), []).append(capture)
    revisits = [c for c in pywb.captures() if c.revisit is not None]
    held = {capture.record_id: capture for capture in pywb.captures()}
    assert len(revisits) > 100
    for capture in revisits:
        assert capture.revisit is not None
        original = held[capture.revisit.record_id]
        assert original.revisit is None
        assert original.payload_digest == capture.payload_digest
        assert capture.status in (200, 304)
    (agnostic,) = [c for c in revisits if "test@example.com" in c.url]
    assert held[agnostic.revisit.record_id].url == "http://example.iana.org/"
    assert pywb.findings() == []


def test_the_index_is_the_one_that_cdxj_indexer_makes(pywb, tmp_path):
    tool = Path(sys.executable).with_name("cdxj-indexer")
    if not tool.exists():
        pytest.skip("cdxj-indexer is missing")
    paths = [
        path
        for path in pywb.collection.published()
        # What begins with HTTPX is no answer of HTTP, but for cdxj-indexer.
        if b"HTTPX/1.1" not in gzip.decompress(path.read_bytes())
    ]
    assert len(paths) > 20
    theirs = tmp_path / "theirs.cdxj"
    where = ["--dir-root", pywb.collection.warc, "-o", theirs]
    subprocess.run([tool, "-s", *where, *paths], check=True, capture_output=True)
    names = [pywb.collection.relative(path) for path in paths]
    ours = [pywb.collection.index_of(name).read_bytes() for name in names]
    lines = [line for part in ours for line in part.splitlines()]
    assert sorted(lines) == theirs.read_bytes().splitlines()
