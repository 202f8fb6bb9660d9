"""A WACZ file: other people's tools accept it, and everything in it can be found."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from archive.clock import now, timestamp14
from archive.collection import Collection
from archive.errors import DamagedRecord, NotFound, UsageError
from archive.export.closure import completed
from archive.export.output import Pieces, opened
from archive.export.selection import EVERYTHING, Selection, choose
from archive.export.wacz import write_wacz
from archive.model import TextOutcome
from archive.reading import raw_record
from archive.store import Store
from archive.warc.reader import read_record
from tests.archive.export.conftest import HOSTILE, Held
from tests.archive.export.packed import (
    accepted_by_others,
    entries,
    index_lines,
    indexed_by_others,
    pack,
    pages,
)
from tests.support.builders import make_order
from tests.support.peers import peer

SELECTIONS = {
    "everything": EVERYTHING,
    "source": Selection(source_ids=("tagblatt",)),
    "day": Selection(since="2026-11-21"),
    "article": Selection(article="http://news.example/bridge"),
    "both": Selection(source_ids=("courier",), until="2026-11-21"),
}


@pytest.fixture(scope="module")
def packed(held: Held, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wacz")
    return {
        name: pack(held.collection, folder / f"{name}.wacz", selection)
        for name, selection in SELECTIONS.items()
    }


def held_in(path: Path, held: Held) -> set[str]:
    """Name the captures of the collection that a package has."""
    ids = {}
    for name, content in entries(path).items():
        if name.startswith("archive/"):
            file = path.with_suffix("." + name.rpartition("/")[2])
            file.write_bytes(content)
            for line in index_lines(path):
                said = json.loads(line.split(b" ", 2)[2])
                if said["filename"] == name.rpartition("/")[2]:
                    record = read_record(file, int(said["offset"]), int(said["length"]))
                    ids[record.record_id] = said
    return {name for name, capture in held.captures.items() if capture.record_id in ids}


@pytest.mark.parametrize("name", SELECTIONS)
def test_wacz_validate_accepts_it(packed, name):
    tool = peer("wacz", "wacz")
    ran = subprocess.run(
        [tool, "validate", "-f", packed[name]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "valid" in ran.stdout


@pytest.mark.parametrize("name", SELECTIONS)
def test_its_warc_files_are_stored_and_its_index_is_that_of_cdxj_indexer(
    packed, name, tmp_path
):
    files = []
    with zipfile.ZipFile(packed[name]) as archive:
        for info in archive.infolist():
            if info.filename.startswith("archive/"):
                assert info.compress_type == zipfile.ZIP_STORED
                assert not info.flag_bits & 0x08  # its length stands before it
                files.append(Path(archive.extract(info, tmp_path)))
    assert files
    for file in files:
        accepted_by_others(file)
    assert index_lines(packed[name]) == indexed_by_others(tmp_path / "archive", files)


@pytest.mark.parametrize("name", SELECTIONS)
def test_every_entry_is_listed_with_its_length_and_digest(packed, name):
    found = entries(packed[name])
    package = json.loads(found["datapackage.json"])
    assert package["wacz_version"] == "1.1.1"
    assert package["profile"] == "data-package"
    listed = {one["path"]: (one["bytes"], one["hash"]) for one in package["resources"]}
    last = ("datapackage.json", "datapackage-digest.json")
    assert listed == {
        path: (len(content), "sha256:" + hashlib.sha256(content).hexdigest())
        for path, content in found.items()
        if path not in last
    }
    digest = hashlib.sha256(found["datapackage.json"]).hexdigest()
    assert json.loads(found["datapackage-digest.json"]) == {
        "path": "datapackage.json",
        "hash": f"sha256:{digest}",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("everything", None),
        ("source", {"far", "hostile"}),
        # the original of a revisit comes along, and lies in the file of the day before
        ("day", {"again", "hop", "edited", "front", "hostile", "bridge"}),
        # every version, the redirect that led there, and what the page needs
        (
            "article",
            {"bridge", "again", "edited", "hop", "sheet", "more"}
            | {"bg.png", "css/deep.png", "small.png", "big.png"},
        ),
        (
            "both",
            {"bridge", "other", "sheet", "more"}
            | {"bg.png", "css/deep.png", "small.png", "big.png", "stray.png"},
        ),
    ],
)
def test_what_is_meant_and_what_it_needs_is_in_it(packed, held, name, expected):
    assert held_in(packed[name], held) == (expected or set(held.captures))


def test_whole_files_are_the_same_byte_for_byte(packed, held):
    found = entries(packed["everything"])
    for path in held.collection.published():
        assert found[f"archive/{path.name}"] == path.read_bytes()


def test_a_file_of_which_nothing_is_left_out_is_taken_whole(packed, held):
    second = list(held.collection.published())[1]
    assert f"archive/{second.name}" in entries(packed["day"])


def test_records_of_a_subset_are_the_members_as_they_lie(packed, held):
    found = entries(packed["article"])
    (content,) = (found[name] for name in found if name.startswith("archive/"))
    for name in ("bridge", "again", "small.png"):
        capture = held.captures[name]
        assert raw_record(held.collection, capture) in content
    assert raw_record(held.collection, held.captures["other"]) not in content


def test_the_page_list_has_an_entry_for_each_text(packed, held):
    header, *listed = pages(packed["article"])
    assert header["format"] == "json-pages-1.0"
    assert [page["url"] for page in listed] == [held.url("bridge")] * 2
    assert [page["title"] for page in listed] == ["The bridge is open"] * 2
    assert "Nobody was hurt" in listed[0]["text"]
    assert "One was hurt" in listed[1]["text"]
    assert [page["id"] for page in listed] == [
        held.id(name)[10:-1] for name in ("bridge", "edited")
    ]
    lines = index_lines(packed["article"])
    for page, name in zip(listed, ("bridge", "edited"), strict=True):
        stamp = timestamp14(held.captures[name].date)
        assert page["ts"].startswith(
            held.captures[name].date.strftime("%Y-%m-%dT%H:%M:%S")
        )
        assert any(stamp.encode() in line and b"/bridge" in line for line in lines)


def test_other_pages_are_listed_apart(packed, held):
    _, *listed = pages(packed["everything"], "extraPages.jsonl")
    assert [page["url"] for page in listed] == [held.url("front")]


def test_a_hostile_headline_is_data(packed):
    _, *listed = pages(packed["everything"])
    assert HOSTILE in [page["title"] for page in listed]
    for name in entries(packed["everything"]):
        assert name.replace(".", "").replace("-", "").replace("/", "").isalnum()


def test_a_stream_holds_the_same_as_a_file(packed, held, tmp_path):
    choice = completed(held.collection, choose(held.collection, EVERYTHING))
    pieces, path = Pieces(), tmp_path / "streamed.wacz"
    with path.open("wb") as file:
        for _ in write_wacz(held.collection, choice, pieces, now=now()):
            file.write(pieces.take())
        file.write(pieces.take())
    streamed, written = entries(path), entries(packed["everything"])
    assert streamed.keys() == written.keys()
    for name in streamed:
        if not name.startswith("datapackage"):
            assert streamed[name] == written[name]


def test_an_entry_that_is_too_long_for_32_bits_can_be_read(held, tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    path = pack(held.collection, tmp_path / "large.wacz", EVERYTHING)
    monkeypatch.undo()
    ran = subprocess.run(["unzip", "-tq", path], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert any(name.startswith("archive/") for name in entries(path))


def test_what_is_written_at_this_moment_is_exported_up_to_what_is_safe(tmp_path):
    with Collection.create(tmp_path / "c") as collection:
        store = Store(
            collection, settings=[], text_outcome=lambda _: TextOutcome.NOT_ARTICLE
        )
        capture = store.keep(make_order("http://news.example/now")).result(10)
        path = pack(collection, tmp_path / "now.wacz", EVERYTHING)
        store.close()
        (line,) = index_lines(path)
        assert b"http://news.example/now" in line
        found = entries(path)
        (content,) = (found[name] for name in found if name.startswith("archive/"))
        assert raw_record(collection, capture) in content


def test_two_files_of_one_name_get_two_names(held, tmp_path):
    with Collection.create(tmp_path / "c") as collection:
        store = Store(
            collection, settings=[], text_outcome=lambda _: TextOutcome.NOT_ARTICLE
        )
        store.keep(make_order("http://news.example/1")).result(10)
        store.close()
        (first,) = collection.published()
        for folder, name in (
            ("2001/01/01", first.name),
            ("2002/01/01", "..odd na;me.warc.gz"),
        ):
            other = collection.warc / folder / name
            other.parent.mkdir(parents=True)
            other.write_bytes(next(held.collection.published()).read_bytes())
        path = pack(collection, tmp_path / "twice.wacz", EVERYTHING)
    names = [name for name in entries(path) if name.startswith("archive/")]
    assert len(names) == len(set(names)) == 3
    assert "archive/odd-na-me.warc.gz" in names
    assert f"archive/2-{first.name}" in names
    assert len(index_lines(path)) > 3


def test_a_file_that_is_there_is_kept_unless_it_may_go(held, tmp_path):
    path = tmp_path / "there.wacz"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="--force"):
        pack(held.collection, path, EVERYTHING)
    assert path.read_bytes() == b"mine"


def test_what_fails_leaves_nothing_behind(held, tmp_path):
    choice = choose(held.collection, Selection(since="2030"))
    with (
        pytest.raises(NotFound, match="2030"),
        opened(tmp_path / "none.wacz", force=False, is_binary=True) as file,
    ):
        list(write_wacz(held.collection, choice, file, now=now()))
    assert list(tmp_path.iterdir()) == []


def test_damage_is_told_with_its_place(tmp_path):
    with Collection.create(tmp_path / "c") as collection:
        store = Store(
            collection, settings=[], text_outcome=lambda _: TextOutcome.NOT_ARTICLE
        )
        store.keep(make_order("http://news.example/1")).result(10)
        capture = store.keep(make_order("http://news.example/2")).result(10)
        store.close()
        (path,) = collection.published()
        path.write_bytes(path.read_bytes()[: capture.locator.offset + 40])
        choice = choose(collection, Selection(source_ids=("example",)))
        with (
            pytest.raises(DamagedRecord, match=path.name),
            opened(tmp_path / "none.wacz", force=False, is_binary=True) as file,
        ):
            list(write_wacz(collection, choice, file, now=now()))
        assert not list(tmp_path.glob("none*"))
