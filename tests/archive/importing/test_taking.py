"""What is held of a file of others, and what is told of it."""

from __future__ import annotations

import gzip
import hashlib
import shutil

import pytest

from archive.collection import Collection
from archive.importing.about import read_about
from archive.importing.model import Form
from archive.importing.taking import Fate
from archive.model import Role, TextOutcome
from archive.questions import Limits, captures
from archive.reading import decoded_payload, load_answer, raw_record
from archive.recovery import recover
from pipelines.texts import outcome_at_once
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


def test_records_are_served_as_they_were_written(taking, tmp_path):
    taking.bytes(tmp_path / "a.warc.gz", packed(crawl()))
    records = [raw_record(taking.collection, capture) for capture in taking.captures()]
    assert set(map(gzip.decompress, records)) == set(crawl()[2:])


# ------------------------------------------------------------------------ refusals


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
