"""`dateline cdx`, `dateline index`, and what a start and `verify` do with the index."""

from __future__ import annotations

import json

import pytest

from archive.collection import Collection
from archive.indexmerge import FEW, held
from archive.recovery import recover
from archive.verify import verify
from tests.support.cdxlines import line, write_lines
from tests.support.command import read

URL = "https://example.org/a"
LINES = [
    *(line(f"https://example.org/{n:02d}", "20260101000000") for n in range(20)),
    *(line(URL, f"202{year}0101000000") for year in range(4, 7)),
    line("https://evil.example/", "20260101000000", mime="\x1b[2J\u202e"),
]


@pytest.fixture
def folder(tmp_path):
    Collection.create(tmp_path / "c").close()
    write_lines(tmp_path / "c/index", LINES, files=FEW)
    return tmp_path / "c"


def test_captures_are_looked_up(folder):
    found = read("cdx", URL, "-c", folder)
    assert found.code == 0
    assert [row.split()[1][:4] for row in found.out.splitlines()] == [
        "2024",
        "2025",
        "2026",
    ]
    words = ("--from", "2025", "--output", "text", "--fl", "timestamp,url")
    found = read("cdx", "example.org/*", "-c", folder, *words, "--limit", "-2")
    assert found.out == f"20250101000000 {URL}\n20260101000000 {URL}\n"
    found = read("cdx", URL, "-c", folder, "--closest", "2025", "--limit", "1")
    assert " 20250101000000 " in found.out
    found = read("cdx", "*", "-c", folder, "--show-num-pages")
    assert json.loads(found.out)["pages"] == 1


def test_who_finds_nothing_is_told(folder):
    found = read("cdx", "https://example.net/", "-c", folder)
    assert (found.code, found.out) == (1, "")
    assert "example.net" in found.err
    found = read("cdx", URL, "-c", folder, "--filter", "~mime:(")
    assert found.code == 2
    assert "RE2" in found.err


def test_nothing_that_is_shown_is_obeyed(folder):
    for more in ((), ("--output", "json"), ("--output", "text")):
        found = read("cdx", "*.evil.example", "-c", folder, *more)
        assert found.code == 0
        assert found.out.rstrip("\n").isprintable()
        assert "\x1b" not in found.out
        assert "\u202e" not in found.out


@pytest.mark.parametrize("words", [(), ("--zipnum",)])
def test_the_index_is_merged_when_it_is_asked_for(folder, words):
    before = read("cdx", "*", "-c", folder).out
    assert (
        read("index", "status", "-c", folder).out == "8 files, 8 of them not merged\n"
    )
    merged = read("index", "merge", "-c", folder, *words)
    assert merged.code == 0
    assert f"{len(LINES)} lines of 8 files" in merged.out
    (status,) = read("index", "status", "--json", "-c", folder).rows()
    assert (status["files"], status["not_merged"]) == (8, 0)
    assert status["merged"][0]["lines"] == len(LINES)
    assert read("cdx", "*", "-c", folder).out == before


def test_an_empty_index_is_told_of(tmp_path):
    Collection.create(tmp_path / "c").close()
    merged = read("index", "merge", "-c", tmp_path / "c")
    assert merged.code == 2
    assert "empty" in merged.err


def test_a_start_merges_what_waits_and_verify_holds_it(folder):
    with Collection.open(folder) as collection:
        assert recover(collection, lambda _capture: None) == []
    (merged,) = held(folder / "index")[1]
    assert len(merged.sources) == 8
    assert list(verify(folder, [])) == []
    merged.index.write_bytes(merged.index.read_bytes().replace(b"2024", b"2023"))
    (finding,) = verify(folder, [])
    assert finding.code == "merged-index-differs"
    assert finding.path == folder.joinpath(merged.index).relative_to(folder).as_posix()
    assert read("index", "merge", "-c", folder).code == 0
    assert list(verify(folder, [])) == []


def test_a_file_that_can_not_be_merged_stops_no_start(folder):
    path = folder / "index/2026/11/23/f3.cdxj"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(reversed(lines)))
    with Collection.open(folder) as collection:
        (finding,) = recover(collection, lambda _capture: None)
    assert finding.code == "index-not-merged"
    assert finding.path == "index/2026/11/23/f3.cdxj"
    assert finding.offset
