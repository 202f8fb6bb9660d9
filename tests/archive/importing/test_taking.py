"""What is held of a file of others, and what is told of it."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.collection import Collection
from archive.errors import StorageError
from archive.importing.about import read_about
from archive.importing.model import Form
from archive.importing.taking import Fate
from archive.model import Role, Severity, TextOutcome
from archive.questions import Limits, captures
from archive.reading import decoded_payload, load_answer, raw_record
from archive.recovery import recover
from archive.warc.reader import read_records
from pipelines.texts import outcome_at_once
from tests.support.command import environment
from tests.support.foreign import (
    PAGE,
    SITE,
    STYLE,
    answer,
    crawl,
    packed,
    response,
    urn,
    wacz,
    warcinfo,
)
from tests.support.importing import Taking

pytestmark = pytest.mark.timeout(60)


def blocks(content: bytes, length: int) -> bytes:
    """Compress a file in blocks, as bgzip does."""
    starts = range(0, len(content), length)
    return b"".join(gzip.compress(content[i : i + length], mtime=0) for i in starts)


FORMS = {
    "members": (packed, Form.AS_IT_WAS),
    "plain": (b"".join, Form.RECORDS),
    "one-member": (lambda records: gzip.compress(b"".join(records)), Form.RECORDS),
    "two-members": (
        lambda r: gzip.compress(b"".join(r[:3])) + packed(r[3:]),
        Form.RECORDS,
    ),
    "cut-anywhere": (lambda r: blocks(b"".join(r), 700), Form.RECORDS),
    "cut-in-starts": (lambda r: blocks(b"".join(r), 40), Form.RECORDS),
}


@pytest.mark.parametrize(("write", "form"), FORMS.values(), ids=FORMS)
def test_a_crawl_is_held_in_whatever_form_it_comes(taking, tmp_path, write, form):
    content = write(crawl())
    taken = taking.bytes(tmp_path / "crawl.warc.gz", content)
    assert taken.fate is Fate.TAKEN
    assert [f for f in taken.findings if f.code != "record-end"] == []
    (stored,) = taken.stored
    assert stored.form is form
    assert stored.original_digest == "sha256:" + hashlib.sha256(content).hexdigest()
    (kept,) = taking.stored()
    assert gzip.decompress(kept.read_bytes()) == b"".join(crawl())
    by_url = {(c.url, c.revisit is not None): c for c in taking.captures()}
    assert len(by_url) == 5
    page = by_url[f"{SITE}/bridge", False]
    assert page.record_id == urn(3).lower()
    assert page.discovery.role is Role.ARTICLE
    assert page.discovery.source_id == "theirs"
    assert page.discovery.seed_url is None
    assert by_url[f"{SITE}/a.css", False].discovery.role is Role.REQUISITE
    assert by_url[f"{SITE}/gone", False].status == 404
    revisit = by_url[f"{SITE}/bridge", True]
    assert revisit.revisit.record_id == page.record_id
    assert revisit.payload_digest == page.payload_digest
    for capture, body in (
        (page, PAGE),
        (revisit, PAGE),
        (by_url[f"{SITE}/packed", False], PAGE),
        (by_url[f"{SITE}/a.css", False], STYLE),
    ):
        assert decoded_payload(load_answer(taking.collection, capture)) == body
    outcomes = {
        kept.capture.url: kept.text_outcome
        for kept in captures(taking.collection.catalogue, Limits())
        if kept.capture.revisit is None
    }
    assert outcomes[f"{SITE}/bridge"] is None  # to be extracted
    assert outcomes[f"{SITE}/a.css"] is TextOutcome.NOT_ARTICLE
    assert taking.findings() == []


def test_where_a_file_came_from_is_kept_beside_it(taking, tmp_path):
    content = packed(crawl())
    taking.bytes(tmp_path / "crawl.warc.gz", content)
    (kept,) = taking.stored()
    about = read_about(kept)
    assert about is not None
    assert about.stored[0].original_name == "crawl.warc.gz"
    assert about.stored[0].digest == "sha256:" + hashlib.sha256(content).hexdigest()
    assert about.run.command == "import"
    assert dict(about.run.counts)["captures"] == 5
    assert about.run.settings == (("file", str(tmp_path / "crawl.warc.gz")),)


def test_a_plain_file_can_be_had_back(taking, tmp_path):
    content = b"".join(crawl())
    taken = taking.bytes(tmp_path / "crawl.warc", content)
    assert taken.stored[0].content_digest == taken.stored[0].original_digest


def test_the_same_file_is_not_taken_twice(taking, tmp_path):
    first = taking.bytes(tmp_path / "a.warc.gz", packed(crawl()))
    again = taking.bytes(tmp_path / "b.warc.gz", packed(crawl()))
    assert again.fate is Fate.HELD
    assert again.is_whole
    assert first.names[0] in again.sentence
    inside = taking.bytes(tmp_path / "c.wacz", wacz({"x.warc.gz": packed(crawl())}))
    assert inside.fate is Fate.HELD
    assert len(taking.stored()) == 1
    with Collection.open(taking.collection.root) as reopened:
        late = Taking(reopened).bytes(tmp_path / "d.warc.gz", packed(crawl()))
    assert late.fate is Fate.HELD


def test_records_that_are_held_already_count_once(taking, tmp_path):
    taking.bytes(tmp_path / "a.warc", b"".join(crawl()))
    again = taking.bytes(tmp_path / "a.warc.gz", packed(crawl()))
    assert again.new == 0
    assert len(taking.captures()) == 5
    assert taking.findings() == []


def test_answers_without_an_id_of_their_own_are_named_by_their_places(taking, tmp_path):
    one = answer(3, f"{SITE}/1", response(PAGE))
    two = answer(3, f"{SITE}/2", response(PAGE), date="2024-03-12T08:00:01Z")
    odd = two.replace(urn(3).encode(), b"<urn:crawl:7>").replace(b"/2", b"/3")
    none = b"".join(
        line for line in odd.splitlines(keepends=True) if b"Record-ID" not in line
    ).replace(b"/3", b"/4")
    taking.bytes(tmp_path / "a.warc.gz", packed([one, two, odd, none]))
    found = {capture.url: capture.record_id for capture in taking.captures()}
    assert len(set(found.values())) == 4
    assert found[f"{SITE}/1"] == urn(3).lower()
    assert taking.findings() == []
    before = rows(taking)
    taking.collection.catalogue.clear()
    recover(taking.collection, outcome_at_once)
    assert rows(taking) == before


def test_what_a_rebuild_enters_is_what_the_import_entered(taking, tmp_path):
    pages = ({"url": f"{SITE}/bridge", "ts": "2024-03-12T08:00:00Z", "title": "Open!"},)
    taking.bytes(tmp_path / "a.wacz", wacz({"a.warc": b"".join(crawl())}, pages=pages))
    taking.bytes(tmp_path / "b.warc.gz", packed([warcinfo(), *crawl()[4:6]]))
    before = rows(taking)
    index = {p: p.read_bytes() for p in taking.collection.index.rglob("imp*.cdxj")}
    taking.collection.catalogue.clear()
    shutil.rmtree(taking.collection.index)
    assert recover(taking.collection, outcome_at_once) == []
    assert rows(taking) == before
    assert {p: p.read_bytes() for p in index} == index


def rows(taking: Taking) -> list[object]:
    kept = captures(taking.collection.catalogue, Limits())
    return [*kept, taking.runs()]


# ------------------------------------------------------------------------- WACZ


TITLED = {
    "url": f"{SITE}/bridge",
    "ts": "2024-03-12T08:00:00Z",
    "title": "Open at last",
}


def test_a_wacz_gives_its_warc_files_and_the_titles_of_its_pages(taking, tmp_path):
    two = packed([answer(9, f"{SITE}/2", response(PAGE))])
    content = wacz({"a.warc.gz": packed(crawl()), "b.warc.gz": two}, pages=(TITLED,))
    taken = taking.bytes(tmp_path / "crawl.wacz", content)
    assert taken.is_whole
    assert taken.findings == ()
    assert [stored.original_name for stored in taken.stored] == [
        "a.warc.gz",
        "b.warc.gz",
    ]
    assert [path.read_bytes() for path in taking.stored()] == [packed(crawl()), two]
    titles = {c.url: c.discovery.claimed_title for c in taking.captures()}
    assert titles[f"{SITE}/bridge"] == "Open at last"
    assert titles[f"{SITE}/2"] is None
    about = read_about(taking.stored()[0])
    assert about is not None
    assert about.container is not None
    assert about.container.original_name == "crawl.wacz"
    assert len(taking.runs()) == 1
    assert taking.findings() == []


def test_what_a_wacz_says_of_itself_is_kept_as_it_stood(taking, tmp_path):
    content = wacz({"a.warc.gz": packed(crawl())}, pages=(TITLED,))
    taking.bytes(tmp_path / "crawl.wacz", content)
    (about,) = taking.collection.warc.rglob("*-about.warc.gz")
    parts = {
        record.fields.first("Dateline-Part") or "": record.read_block()
        for record in read_records(about)
        if "Dateline-Part" in record.fields
    }
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(parts) == {
            "pages/pages.jsonl",
            "datapackage.json",
            "datapackage-digest.json",
        }
        for name, block in parts.items():
            assert archive.read(name) == block
    assert (
        taking.collection.index_of(taking.collection.relative(about)).stat().st_size
        == 0
    )


LIES = {"archive/a.warc.gz": "sha256:" + "0" * 64}


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ({"digests": LIES}, "wacz-digest"),
        ({"digests": {"pages/pages.jsonl": "sha256:" + "0" * 64}}, "wacz-digest"),
        ({"leave_out": ("indexes/index.cdxj",)}, "wacz-missing"),
        ({"leave_out": ("datapackage.json",)}, "wacz-list"),
    ],
)
def test_a_wacz_that_is_not_what_it_says_is_taken_and_told_of(
    taking, tmp_path, made, code
):
    content = wacz({"a.warc.gz": packed(crawl())}, **made)
    taken = taking.bytes(tmp_path / "crawl.wacz", content)
    assert taken.fate is Fate.TAKEN
    assert [finding.code for finding in taken.findings] == [code]
    assert taken.is_whole == (code == "wacz-list")
    assert len(taking.captures()) == 5


def test_names_in_a_wacz_become_no_paths(taking, tmp_path):
    names = ("../../../../evil.warc.gz", "/etc/evil.warc.gz", "a\n\x1b[2J.warc.gz")
    files = {
        name: packed([answer(n, f"{SITE}/{n}", response(PAGE))])
        for n, name in enumerate(names, 10)
    }
    taken = taking.bytes(tmp_path / "crawl.wacz", wacz(files))
    assert taken.is_whole
    assert len(taking.stored()) == 3
    outside = {p for p in tmp_path.rglob("*") if "evil" in p.name}
    assert not outside
    assert "\x1b" not in "".join(stored.original_name for stored in taken.stored)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "holds no record"),
        (b"<html><body>Not found</body></html>", "does not begin with a WARC record"),
        (b"\x28\xb5\x2f\xfd" + bytes(50), "Zstandard: unpack it"),
        (b"filedesc://a.arc 0.0.0.0 20240312080000 text/plain 9\n1 0 X\n", "is ARC"),
        (
            gzip.compress(b"no news at all", mtime=0),
            "does not begin with a WARC record",
        ),
        (b"PK\x03\x04 and then nothing", "no WACZ that can be read"),
        (wacz({}), "without WARC files"),
        (wacz({"a.warc": b"no"}), "no WARC file that can be read"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "no WARC file that can be read"),
    ],
)
def test_what_is_no_crawl_is_refused_whole(taking, tmp_path, content, sentence):
    taken = taking.bytes(tmp_path / "odd.warc", content)
    assert taken.fate is Fate.REFUSED
    assert not taken.is_whole
    assert sentence in taken.sentence
    assert str(tmp_path / "odd.warc") in taken.sentence
    assert not [p for p in taking.collection.warc.rglob("*") if p.is_file()]
    assert taking.runs() == {}


def test_a_file_that_can_not_be_read_is_refused(taking, tmp_path):
    assert taking.take(tmp_path / "nowhere.warc")[0].fate is Fate.REFUSED
    assert taking.take(tmp_path)[0].fate is Fate.REFUSED


# ------------------------------------------------------------------------ revisits


def revisit(number: int, url: str, *more: tuple[str, str], block: bytes = b"") -> bytes:
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    fields = (("WARC-Profile", profile), *more)
    date = "2024-03-14T08:00:00Z"
    return answer(number, url, block, kind="revisit", date=date, more=fields)


STATED = {
    "record": (("WARC-Refers-To", urn(3)),),
    "address-and-date": (
        ("WARC-Refers-To-Target-URI", f"{SITE}/bridge"),
        ("WARC-Refers-To-Date", "2024-03-12T08:00:00Z"),
    ),
    "digest": (
        ("WARC-Payload-Digest", "sha1:" + "A" * 32),
        ("WARC-Refers-To-Target-URI", f"{SITE}/bridge"),
    ),
}


@pytest.mark.parametrize("stated", STATED.values(), ids=STATED)
@pytest.mark.parametrize("first", [True, False])
def test_a_revisit_finds_its_original_whichever_comes_first(
    taking, tmp_path, stated, first
):
    digest = (("WARC-Payload-Digest", "sha1:" + "A" * 32),)
    original = packed([answer(3, f"{SITE}/bridge", response(PAGE), more=digest)])
    again = packed([revisit(8, f"{SITE}/again", *stated)])
    files = {"original.warc.gz": original, "revisit.warc.gz": again}
    for name in sorted(files, reverse=not first):
        taking.bytes(tmp_path / name, files[name])
    held, found = taking.captures()
    assert found.revisit.record_id == held.record_id
    assert found.revisit.url == f"{SITE}/bridge"
    assert found.revisit.date == held.date
    assert found.payload_digest == held.payload_digest
    assert found.status == 200
    assert found.media_type == "text/html"
    assert found.discovery.role is Role.ARTICLE
    assert load_answer(taking.collection, found).payload == PAGE
    assert taking.findings() == []


def test_a_revisit_without_an_original_is_held_and_told_of(taking, tmp_path):
    digest = ("WARC-Payload-Digest", "sha1:" + "A" * 32)
    taking.bytes(tmp_path / "a.warc.gz", packed([revisit(8, f"{SITE}/again", digest)]))
    (capture,) = taking.captures()
    assert capture.payload_digest == "sha1:" + "A" * 32
    assert capture.status == 0
    (finding,) = taking.findings()
    assert finding.code == "original-elsewhere"
    assert finding.severity is Severity.WARNING


def test_a_304_is_of_the_last_page_before_it(taking, tmp_path):
    profile = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    records = [
        answer(n, f"{SITE}/bridge", response(PAGE), date=f"2024-03-{n:02}T08:00:00Z")
        for n in (10, 12, 20)
    ]
    records.append(
        answer(
            30,
            f"{SITE}/bridge",
            b"HTTP/1.1 304 Not Modified\r\n\r\n",
            kind="revisit",
            date="2024-03-14T08:00:00Z",
            more=(("WARC-Profile", profile),),
        )
    )
    taking.bytes(tmp_path / "a.warc.gz", packed(records))
    (found,) = [capture for capture in taking.captures() if capture.revisit]
    assert found.revisit.record_id == urn(12).lower()
    assert found.status == 304


# -------------------------------------------------------------- damage and accidents


WHOLE = {"members": packed(crawl()), "plain": b"".join(crawl())}


@pytest.mark.parametrize("form", WHOLE)
@settings(max_examples=12)
@given(data=st.data())
def test_of_a_file_that_is_cut_the_records_before_the_cut_are_held(form, data):
    content = WHOLE[form]
    cut = data.draw(st.integers(1, len(content) - 1))
    parts = [gzip.compress(r, mtime=0) if form == "members" else r for r in crawl()]
    ends = [sum(map(len, parts[:i])) for i in range(len(parts) + 1)]
    # Of a plain file the last record is whole before its line ends are.
    spare = 0 if form == "members" else 4
    whole = sum(1 for end in ends[1:] if end - spare <= cut)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.warc.gz"
        with Collection.create(Path(folder) / "collection") as collection:
            taking = Taking(collection)
            taken = taking.bytes(path, content[:cut])
            assert taken.fate is (Fate.TAKEN if whole else Fate.REFUSED)
            assert taken.is_whole == (cut in ends)
            kept = b"".join(gzip.decompress(p.read_bytes()) for p in taking.stored())
            assert kept == b"".join(crawl()[:whole])
            assert taking.findings() == []
            runs = taking.runs().values()
    place = ends[whole - 1] if cut < ends[whole] else ends[whole]
    if not whole:
        assert f"(offset {place})" in taken.sentence
    elif not taken.is_whole:
        (counts,) = runs
        assert counts["records"] == whole
        damage = [f for f in taken.findings if f.severity is Severity.ERROR]
        assert [(f.path, f.offset) for f in damage] == [(str(path), place)]


def test_what_is_whole_behind_damage_is_held_too(taking, tmp_path):
    records = crawl()
    content = bytearray(packed(records))
    start = len(packed(records[:3]))
    content[start + 200 : start + 230] = bytes(30)
    taken = taking.bytes(tmp_path / "a.warc.gz", bytes(content))
    assert taken.fate is Fate.TAKEN
    assert not taken.is_whole
    assert [(f.code, f.offset) for f in taken.findings] == [("gzip-damaged", start)]
    (kept,) = taking.stored()
    assert kept.read_bytes() == packed(records[:3] + records[4:])
    assert taken.stored[0].left_out[0].endswith(f"(offset {start})")
    assert len(taking.captures()) == 4
    assert taking.findings() == []


KILLED = """
    import os, sys
    from pathlib import Path
    from archive.collection import Collection
    from archive.importing import folder, taking
    from pipelines.texts import outcome_at_once

    def die(*_args, **_more):
        os._exit(9)

    {patch} = die
    with Collection.create(Path(sys.argv[1])) as collection:
        importer = taking.Importer(collection, text_outcome=outcome_at_once)
        importer.take(Path(sys.argv[2]), source_id="theirs")
"""


@pytest.mark.parametrize(
    ("patch", "is_held"),
    [
        ("taking.write_about", False),
        ("folder.ImportFolder.publish", False),
        ("taking.level_file", True),
        ("taking.Importer._enter", True),
        ("collection.catalogue.mark_published", True),
    ],
)
def test_of_an_import_that_is_killed_all_is_held_or_nothing(tmp_path, patch, is_held):
    root, path = tmp_path / "collection", tmp_path / "a.warc.gz"
    path.write_bytes(packed(crawl()))
    code = textwrap.dedent(KILLED).replace("{patch}", patch)
    if patch.startswith("collection."):
        code = code.replace(f"{patch} = die\n", "").replace(
            "    importer.take", f"    {patch} = die\n    importer.take"
        )
    ran = subprocess.run(
        [sys.executable, "-c", code, root, path], env=environment(), check=False
    )
    assert ran.returncode == 9
    with Collection.create(root) as collection:
        findings = recover(collection, outcome_at_once)
        taking = Taking(collection)
        assert [f.code for f in findings] == ([] if is_held else ["import-dropped"])
        assert len(taking.captures()) == (5 if is_held else 0)
        assert not list(collection.warc.rglob("*.open"))
        (again,) = taking.take(path)
        assert again.fate is (Fate.HELD if is_held else Fate.TAKEN)
        assert len(taking.captures()) == 5
        assert taking.findings() == []


@pytest.mark.parametrize("form", WHOLE)
def test_a_full_disk_is_told_of_and_leaves_nothing(tmp_path, monkeypatch, form):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(WHOLE[form])
    real, left = os.write, [10**6]

    def write(fd: int, data: bytes) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr(os, "write", write)
    with Collection.create(tmp_path / "all") as collection:
        left[0] = 10**6
        assert Taking(collection).take(path)[0].is_whole
        needed = 10**6 - left[0]
    for writes in range(needed):
        left[0] = 10**6
        with Collection.create(tmp_path / f"after-{writes}") as collection:
            taking = Taking(collection)
            left[0] = writes
            with pytest.raises(StorageError, match="the disk is full"):
                taking.take(path)
            left[0] = 10**6
            files = [p for p in collection.warc.rglob("*") if p.is_file()]
            recover(collection, outcome_at_once)
            # With its folder in place a file is held: the start has entered it.
            assert len(taking.captures()) == (5 if files else 0)
            taking.take(path)
            assert len(taking.captures()) == 5
            assert taking.findings() == []
    assert needed >= 3


def test_a_changed_file_is_found_by_verify(taking, tmp_path):
    taking.bytes(tmp_path / "a.warc.gz", packed(crawl()))
    (kept,) = taking.stored()
    kept.write_bytes(
        packed([*crawl()[:2], answer(3, f"{SITE}/bridge", response(b"x"))])
    )
    assert "import-changed" in {finding.code for finding in taking.findings()}


def test_records_are_served_as_they_were_written(taking, tmp_path):
    taking.bytes(tmp_path / "a.warc.gz", packed(crawl()))
    records = [raw_record(taking.collection, capture) for capture in taking.captures()]
    assert set(map(gzip.decompress, records)) == set(crawl()[2:])
