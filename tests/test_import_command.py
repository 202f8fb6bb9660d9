"""`dateline import`: other people's crawls become articles, and stay what they are."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import brotli
import pytest
from backports import zstd

from archive.collection import Collection
from archive.errors import UsageError
from archive.importing.taking import Importer
from pipelines.importing import files_in, source_of
from pipelines.texts import outcome_at_once
from tests.support.command import Ran, read
from tests.support.foreign import (
    HTML,
    PAGE,
    SITE,
    answer,
    crawl,
    packed,
    response,
    wacz,
)
from tests.test_rebuild import assert_same, files_of, lists_of, rebuild

pytestmark = [pytest.mark.timeout(120), pytest.mark.slow]

TITLED = {
    "url": f"{SITE}/news/zstd",
    "ts": "2024-03-12T08:00:00Z",
    "title": "Bridge: open",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of three makers: good, in codings of browsers, and cut off."""
    folder = tmp_path_factory.mktemp("crawls")
    coded = [
        answer(
            number,
            f"{SITE}/news/{coding}",
            response(body, HTML + b"Content-Encoding: " + coding.encode() + b"\r\n"),
        )
        for number, coding, body in (
            (20, "br", brotli.compress(PAGE)),
            (21, "zstd", zstd.compress(PAGE)),
        )
    ]
    (folder / "Town Hall.warc.gz").write_bytes(packed(crawl()))
    browser = wacz({"rec.warc.gz": packed(coded)}, pages=(TITLED,))
    (folder / "browser.wacz").write_bytes(browser)
    return folder


@pytest.fixture(scope="module")
def imported(folder: Path) -> tuple[Path, Ran]:
    root = folder / "collection"
    return root, read("import", folder, "-c", root, "--json")


def test_what_was_taken_is_told_of_each_file(imported):
    _, ran = imported
    assert ran.code == 0, ran.err
    hall, browser = sorted(ran.rows(), key=lambda row: row["file"])
    assert hall["outcome"] == browser["outcome"] == "taken"
    assert hall["source"] == "town-hall"
    assert hall["counts"]["captures"] == hall["new_captures"] == 5
    assert hall["stored"][0]["original_name"] == "Town Hall.warc.gz"
    assert browser["source"] == "browser"


def test_pages_have_texts_whatever_their_coding(imported):
    root, _ = imported
    articles = read("list", "articles", "-c", root, "--json").rows()
    assert {row["url"] for row in articles} == {
        f"{SITE}/{name}" for name in ("bridge", "packed", "news/br", "news/zstd")
    }
    for row in articles:
        assert row["title"] == "The bridge is open"
        assert "nine years of work" in row["text"]
    (titled,) = [row for row in articles if row["url"].endswith("zstd")]
    claims = [claim for claim in titled["claims"] if claim["value"] == "Bridge: open"]
    assert claims


def test_what_was_imported_is_found_by_its_words(imported):
    root, _ = imported
    found = read("search", '"nine years of work"', "-c", root, "--json")
    assert found.code == 0
    assert f"{SITE}/news/br" in found.out


def test_what_was_imported_is_listed_and_shown_as_that(imported):
    root, _ = imported
    runs = read("list", "runs", "-c", root, "--json").rows()
    assert {(run["command"], run["source"]) for run in runs} == {
        ("import", "town-hall"),
        ("import", "browser"),
    }
    shown = read("show", f"{SITE}/bridge", "-c", root, "--json", "--all").rows()
    assert [row["revisit_of"] is not None for row in shown] == [True, False]
    assert {row["article"]["title"] for row in shown} == {"The bridge is open"}
    html = read("show", f"{SITE}/news/br", "-c", root, "--html")
    assert html.out.encode() == PAGE


def test_a_collection_with_imports_is_in_order_and_is_made_again(imported, tmp_path):
    root = Path(shutil.copytree(imported[0], tmp_path / "collection"))
    lists, files = lists_of(root), files_of(root)
    kept = {"warc", "collection.toml"}
    for path in root.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    rebuild(root)
    assert_same(root, lists, files)
    assert "nothing to do" in read("reextract", "-c", root).out


def test_a_file_that_is_cut_is_taken_as_far_as_it_goes(tmp_path):
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(packed(crawl())[:-20])
    ran = read("import", path, "-c", tmp_path / "c", "--source", "theirs")
    assert ran.code == 1
    assert "4 captures in 6 records, source theirs" in ran.out
    place = len(packed(crawl()[:-1]))
    assert f"error {path} at offset {place}: the file ends in a gzip member" in ran.out
    again = read("import", path, "-c", tmp_path / "c")
    assert again.code == 0
    assert "is held already" in again.out


def test_an_import_that_was_cut_off_before_its_texts_is_finished_by_the_next(tmp_path):
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(packed(crawl()))
    with Collection.create(tmp_path / "c") as collection:
        importer = Importer(collection, text_outcome=outcome_at_once)
        importer.take(path, source_id="theirs")
    assert read("list", "-c", tmp_path / "c").out == ""
    ran = read("import", path, "-c", tmp_path / "c")
    assert "is held already" in ran.out
    assert "2 pages extracted" in ran.err
    assert len(read("list", "-c", tmp_path / "c").out.splitlines()) == 2
    assert read("verify", "-c", tmp_path / "c").code == 0


def test_what_is_no_warc_is_refused_and_the_rest_taken(tmp_path):
    bad, good = tmp_path / "bad\x1b[2J.warc.gz", tmp_path / "good.warc.gz"
    bad.write_bytes(gzip.compress(b"no WARC"))
    good.write_bytes(packed(crawl()[4:6]))
    ran = read("import", bad, good, "-c", tmp_path / "c")
    assert ran.code == 1
    assert "is no WARC file that can be read" in ran.out
    assert "2 captures in 2 records" in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere.warc"], "there is no file"),
        (["empty"], "holds no file called"),
        (["a.warc.gz", "--source", "Not This"], "can't be the id of a source"),
    ],
)
def test_a_wrong_word_is_told_of_and_nothing_is_made(
    tmp_path, monkeypatch, words, sentence
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.warc.gz").write_bytes(packed(crawl()))
    ran = read("import", *words, "-c", "c")
    assert ran.code == 2
    assert sentence in ran.err
    assert not (tmp_path / "c" / "warc" / "2026").exists()


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("crawl.warc.gz", "crawl"),
        ("CC-MAIN-2024.WARC", "cc-main-2024"),
        ("Town Hall (2).wacz", "town-hall-2"),
        ("新聞.warc.gz", "imported"),
        (".warc", "imported"),
        ("a" * 100 + ".warc", "a" * 63),
    ],
)
def test_a_source_is_named_after_its_file(name, source):
    assert source_of(Path(name)) == source


def test_a_file_that_is_named_twice_is_read_once(folder):
    path = folder / "browser.wacz"
    assert files_in([path, path]) == [path]
    with pytest.raises(UsageError, match="there is no file"):
        files_in([folder / "nothing"])


def test_json_is_one_line_a_file(imported):
    _, ran = imported
    assert [json.loads(line)["findings"] for line in ran.out.splitlines()] == [[], []]
