"""Merged index files: made, killed, outlived, never a line lost or doubled."""

from __future__ import annotations

import json
import os
import shutil
import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import indexmerge, lookups
from archive.cdxj import format_line
from archive.errors import DatelineError
from archive.index import write_index
from archive.indexmerge import (
    FEW,
    choose,
    held,
    merge_all,
    merge_waiting,
    waiting,
    wrong_merged,
)
from archive.lookups import Index
from archive.sortedlines import DamagedIndex
from tests.support.cdxlines import line


def add(folder, number, *, lines=3):
    """Write the index of one more WARC file."""
    made = [
        line(f"https://example.org/{n}", f"2026112208{number % 60:02d}{n:02d}")
        for n in range(lines)
    ]
    write_index(made, folder / f"2026/11/{number:02d}/f{number}.cdxj")
    return list(map(format_line, made))


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def given_lines(folder):
    return [entry.raw for entry in Index(folder).between(b"", None)]


def merged_files(folder):
    return sorted(p.name for p in (folder / "merged").glob("[!.]*"))


def test_few_files_are_left_alone(index):
    for number in range(FEW - 1):
        add(index, number)
    assert merge_waiting(index) == []
    assert not (index / "merged").exists()


def test_no_line_is_lost_or_doubled_however_files_come(index):
    wanted: list[bytes] = []
    looking = Index(index)
    for number in range(5 * FEW + 3):
        wanted += add(index, number)
        merge_waiting(index)
        assert [e.raw for e in looking.between(b"", None)] == sorted(wanted), number
        assert given_lines(index) == sorted(wanted)
    _, merged = held(index)
    assert 1 <= len(merged) <= 4
    assert sum(len(one.sources) for one in merged) == 5 * FEW
    assert len(merged_files(index)) == 2 * len(merged)
    assert list(wrong_merged(index)) == []


@pytest.mark.parametrize("zipnum", [False, True])
def test_all_can_be_merged_into_one(index, zipnum, monkeypatch):
    monkeypatch.setattr(indexmerge, "_MOST_AT_ONCE", 4)
    wanted = sorted(raw for number in range(11) for raw in add(index, number))
    merge_waiting(index)
    one = merge_all(index, zipnum=zipnum)
    assert one is not None
    assert (one.lines, len(one.sources)) == (33, 11)
    assert one.is_zipnum is zipnum
    assert given_lines(index) == wanted
    assert waiting(index) == []
    assert {name.partition(".")[0] for name in merged_files(index)} == {
        one.manifest.stem
    }
    assert list(wrong_merged(index)) == []
    monkeypatch.undo()
    later = [raw for number in range(20, 20 + FEW) for raw in add(index, number)]
    (grown,) = merge_waiting(index)
    assert grown.is_zipnum is zipnum  # as it was asked for
    assert given_lines(index) == sorted(wanted + later)


def test_an_empty_index_has_nothing_to_merge(index):
    assert merge_all(index) is None
    assert merge_waiting(index) == []
    add(index, 1, lines=0)
    one = merge_all(index)
    assert one is not None
    assert one.lines == 0
    assert given_lines(index) == []


@given(st.lists(st.integers(1, 10**6), max_size=200))
def test_there_are_only_as_many_merged_files_as_doublings(sizes):
    small: list[int] = []
    merged: list[int] = []
    written = 0
    for size in sizes:
        small.append(size)
        few, taken = choose(small, sorted(merged))
        merged.sort()
        if few:
            made = sum(small[:few]) + sum(merged[:taken])
            written += made
            small, merged = small[few:], [*merged[taken:], made]
        merged.sort()
        assert len(small) < FEW
        for shorter, longer in pairwise(merged):
            assert longer > 2 * shorter
    total = sum(sizes)
    assert written <= total * (total.bit_length() + 1)


# ---------------------------------------------------------------- what may happen


def test_who_moves_a_small_file_away_moves_its_lines_away(index):
    for number in range(FEW):
        add(index, number)
    merge_waiting(index)
    looking = Index(index)
    assert len(list(looking.between(b"", None))) == 3 * FEW
    (index / "2026/11/03/f3.cdxj").unlink()
    assert len(list(looking.between(b"", None))) == 3 * FEW - 3
    add(index, 3)
    assert len(list(looking.between(b"", None))) == 3 * FEW


def test_a_small_file_that_is_another_now_counts(index):
    for number in range(FEW):
        add(index, number)
    merge_waiting(index)
    changed = [line("https://example.org/new", "20261122081500")]
    write_index(changed, index / "2026/11/03/f3.cdxj")
    assert given_lines(index).count(format_line(changed[0])) == 1
    assert len(given_lines(index)) == 3 * FEW - 3 + 1


BROKEN = {
    "no manifest": lambda path: path.unlink(),
    "half a manifest": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "a manifest of another kind": lambda path: path.write_text('{"format": 2}'),
    "a manifest that is a list": lambda path: path.write_text("[]"),
    "no lines": lambda path: path.with_suffix(".cdxj").unlink(),
}


@pytest.mark.parametrize("harm", BROKEN.values(), ids=BROKEN)
def test_a_merged_file_that_is_not_whole_is_not_missed(index, harm):
    wanted = sorted(raw for number in range(FEW) for raw in add(index, number))
    merge_waiting(index)
    looking = Index(index)
    (manifest,) = (index / "merged").glob("*.json")
    harm(manifest)
    assert given_lines(index) == wanted
    assert [entry.raw for entry in looking.between(b"", None)] == wanted
    merge_all(index)
    assert given_lines(index) == wanted
    assert len(merged_files(index)) == 2


@pytest.mark.parametrize("zipnum", [False, True])
def test_a_kill_at_any_write_leaves_every_line_to_be_found(index, monkeypatch, zipnum):
    wanted = sorted(raw for number in range(2 * FEW) for raw in add(index, number))
    merge_waiting(index)
    rename, unlink = os.rename, os.unlink

    class Killed(BaseException):
        """Like a signal: nothing is put in order."""

    def until(last):
        left = last

        def step(call):
            def stepped(*arguments, **words):
                nonlocal left
                if left == 0:
                    raise Killed
                left -= 1
                return call(*arguments, **words)

            return stepped

        monkeypatch.setattr(os, "rename", step(rename))
        monkeypatch.setattr(os, "unlink", step(unlink))

    before = shutil.copytree(index, index.with_name("before"))
    last, killed = -1, True
    while killed:
        last += 1
        shutil.rmtree(index)
        shutil.copytree(before, index)
        until(last)
        try:
            merge_all(index, zipnum=zipnum)
            killed = False
        except Killed:
            killed = True
        monkeypatch.setattr(os, "rename", rename)
        monkeypatch.setattr(os, "unlink", unlink)
        assert given_lines(index) == wanted, last
        merge_all(index)
        assert given_lines(index) == wanted, last
        assert len(merged_files(index)) == 2
    assert last >= 3  # it was killed between steps


def test_one_process_merges_at_a_time(index):
    for number in range(FEW):
        add(index, number)
    with indexmerge._alone(index / "merged") as alone:
        assert alone
        assert merge_waiting(index) == []
        assert merge_all(index) is None
    assert len(merge_waiting(index)) == 1


def test_look_ups_hold_while_files_are_merged(index):
    wanted = sorted(raw for number in range(FEW) for raw in add(index, number))
    looking = Index(index)
    wrong: list[object] = []
    done = threading.Event()

    def look():
        while not done.is_set():
            try:
                found = [entry.raw for entry in looking.between(b"", None)]
            except (OSError, ValueError, DatelineError) as error:
                wrong.append(error)
                return
            if found != wanted:
                wrong.append(found)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for turn in range(12):
            merge_all(index, zipnum=turn % 2 == 0)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert wrong == []


def test_a_file_that_is_not_sorted_is_told_of(index):
    for number in range(FEW):
        add(index, number)
    path = index / "2026/11/03/f3.cdxj"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(DamagedIndex, match=r"not sorted.*f3\.cdxj"):
        merge_waiting(index)
    assert len(given_lines(index)) == 3 * FEW


def test_a_merged_file_that_lies_is_found(index):
    for number in range(FEW):
        add(index, number)
    one = merge_all(index)
    assert one is not None
    content = one.index.read_bytes()
    for wrong in (content[: len(content) // 2], content.replace(b'"200"', b'"201"', 1)):
        one.index.write_bytes(wrong)
        ((path, _),) = wrong_merged(index)
        assert path == one.index
    merge_all(index)
    assert list(wrong_merged(index)) == []


def test_a_manifest_says_which_files_it_holds(index):
    for number in range(FEW):
        add(index, number)
    (one,) = merge_waiting(index)
    values = json.loads(one.manifest.read_bytes())
    assert values["format"] == 1
    assert values["lines"] == 3 * FEW
    assert set(values["sources"]) == {f"2026/11/{n:02d}/f{n}.cdxj" for n in range(FEW)}


def test_many_files_that_are_not_merged_are_asked_too(index, monkeypatch):
    monkeypatch.setattr(lookups, "_MOST_OPEN", 3)
    wanted = sorted(raw for number in range(20) for raw in add(index, number))
    assert given_lines(index) == wanted
