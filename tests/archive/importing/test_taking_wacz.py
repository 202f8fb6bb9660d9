"""What is held of a WACZ, and what is told of one that is not what it says."""

from __future__ import annotations

import io
import zipfile

import pytest

from archive.importing.about import read_about
from archive.importing.taking import Fate
from archive.warc.reader import read_records
from tests.support.foreign import PAGE, SITE, answer, crawl, packed, response, wacz

pytestmark = pytest.mark.timeout(60)


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
