"""The index is level with the catalogue, whatever happens to either."""

from __future__ import annotations

import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from archive.collection import Collection
from archive.errors import StorageError
from archive.search import database, level
from archive.search.database import NAME, SearchFile
from archive.search.hooks import forget_search, make_searchable
from archive.search.model import Query
from archive.search.questions import search
from tests.support.builders import make_software
from tests.support.searching import Paper, counts, only, plain

OLD, NEW = make_software("1"), make_software("2")


@pytest.fixture
def paper(tmp_path):
    with Paper(tmp_path / "c") as paper:
        yield paper


def index_of(paper: Paper) -> Path:
    return paper.collection.root / NAME


def rows(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def test_what_comes_in_is_found_at_once(paper):
    assert paper.titles("bridge") == []
    for number in range(3):
        paper.print(f"Bridge {number}", "text")
        assert len(paper.titles("bridge")) == number + 1


def test_where_nothing_is_new_nothing_is_written(paper):
    paper.print("Bridge", "text")
    assert make_searchable(paper.collection) == 0
    before = index_of(paper).stat().st_mtime_ns
    assert make_searchable(paper.collection) == 0
    assert paper.titles("bridge") == ["Bridge"]
    assert index_of(paper).stat().st_mtime_ns == before


def test_the_text_of_the_extractor_that_is_shown_is_found(paper):
    capture = paper.print("Bridge", "an old text", software=OLD)
    assert paper.titles("old") == ["Bridge"]
    paper.print("Bridge", "a new text", capture=capture, software=NEW)
    assert paper.titles("old") == []
    assert paper.titles("new") == ["Bridge"]
    assert counts(paper.search(), "source") == {"example": 1}


def test_a_text_beside_the_one_that_is_shown_is_not_found(paper):
    capture = paper.print("Bridge", "a new text", software=NEW)
    paper.print(
        "Bridge", "an old text", capture=capture, software=OLD, is_current=False
    )
    assert paper.titles("old") == []
    assert paper.titles("new") == ["Bridge"]


def test_what_turns_out_to_be_no_article_is_found_no_more(paper):
    kept = paper.print("Bridge", "text", software=OLD)
    gone = paper.print("We value your privacy", "text", software=OLD)
    assert len(paper.titles("text")) == 2
    paper.withdraw(gone, NEW)
    assert paper.titles("text") == ["Bridge"]
    paper.print("Bridge", "text", capture=kept, software=OLD)  # said again
    assert paper.titles("text") == ["Bridge"]
    paper.print("The tunnel", "text", capture=gone, software=OLD)
    assert set(paper.titles("text")) == {"Bridge", "The tunnel"}


def test_the_file_may_be_deleted(paper):
    paper.print("Bridge", "text")
    assert paper.titles("bridge") == ["Bridge"]
    index_of(paper).unlink()
    assert paper.titles("bridge") == ["Bridge"]


def test_a_file_that_is_no_database_is_made_again(paper):
    paper.print("Bridge", "text")
    index_of(paper).write_bytes(b"nothing of the kind" * 1000)
    assert paper.titles("bridge") == ["Bridge"]


def test_a_file_of_another_version_is_made_again(paper):
    paper.print("Bridge", "text")
    paper.search()
    with closing(sqlite3.connect(index_of(paper))) as connection:
        connection.execute("UPDATE state SET value = '0' WHERE name = 'software'")
        connection.execute("DELETE FROM entries")
        connection.commit()
    assert paper.titles("bridge") == ["Bridge"]


def test_another_catalogue_is_noticed(tmp_path):
    """It was made again, or comes from a backup."""
    with Paper(tmp_path / "a") as first:
        for number in range(3):
            first.print(f"Bridge {number}", "text")
        first.search()
    with Paper(tmp_path / "b") as second:
        for number in range(5):
            second.print(f"Tunnel {number}", "text")
        shutil.copy(tmp_path / "a" / NAME, index_of(second))
        assert second.titles("bridge") == []
        assert len(second.titles("tunnel")) == 5


def test_a_rebuild_forgets(paper):
    paper.print("Bridge", "text")
    paper.search()
    paper.collection.catalogue.clear()
    forget_search(paper.collection.root)
    assert paper.titles("bridge") == []
    paper.print("Tunnel", "text")
    assert paper.titles("text") == ["Tunnel"]


def test_to_forget_what_is_not_there_makes_nothing(paper):
    forget_search(paper.collection.root)
    assert not index_of(paper).exists()


def test_a_search_may_enter_a_part_and_says_what_is_left(paper, monkeypatch):
    monkeypatch.setattr(level, "_BATCH", 2)
    for number in range(7):
        paper.print(f"Bridge {number}", "text")
    found = search(paper.collection, Query(words="bridge"), enter_at_most=3)
    assert found.total == 3
    assert found.notes == ("4 texts are not searchable yet",)
    told: list[tuple[int, int]] = []
    left = level.bring_level(
        paper.collection, on_progress=lambda done, all_: told.append((done, all_))
    )
    assert left == 0
    assert told == [(2, 4), (4, 4)]
    assert paper.search("bridge").total == 7
    assert paper.search("bridge").notes == ()


def test_a_kill_in_a_batch_loses_what_the_next_start_enters(paper, monkeypatch):
    monkeypatch.setattr(level, "_BATCH", 2)
    for number in range(5):
        paper.print(f"Bridge {number}", "text")
    add = database.Writer.add
    calls = iter(range(100))

    def killed(self, *values):
        if next(calls) == 3:
            raise KeyboardInterrupt
        add(self, *values)

    monkeypatch.setattr(database.Writer, "add", killed)
    with pytest.raises(KeyboardInterrupt):
        make_searchable(paper.collection)
    monkeypatch.setattr(database.Writer, "add", add)
    assert rows(index_of(paper), "SELECT count(*) FROM entries") == [(2,)]
    assert len(paper.titles("bridge")) == 5


def test_several_at_once_do_no_harm(paper, monkeypatch):
    monkeypatch.setattr(level, "_BATCH", 5)
    for number in range(60):
        paper.print(f"Bridge {number}", "text")
    root = paper.collection.root

    def work(_: int) -> int:
        with Collection.open(root) as collection:
            return search(collection, Query(words="bridge")).total

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(8))) == [60] * 8
    assert rows(index_of(paper), "SELECT count(*) FROM places") == [(60,)]
    assert paper.search("bridge").total == 60


def test_when_more_is_dead_than_alive_all_is_made_again(paper, monkeypatch):
    monkeypatch.setattr(database, "_FEW_DEAD", 4)
    captures = [
        paper.print(f"Bridge {n}", "old", software=make_software("0")) for n in range(6)
    ]
    paper.search()
    for version in ("1", "2", "3"):
        for n, capture in enumerate(captures):
            software = make_software(version)
            paper.print(f"Bridge {n}", "new", capture=capture, software=software)
            assert paper.search("bridge").total == 6
    assert paper.search("old").total == 0
    # Twenty-four texts were entered, and at most as many dead ones kept as living.
    [(words,)] = rows(index_of(paper), "SELECT count(*) FROM words_docsize")
    assert words in range(6, 13)


# ---------------------------------------------------------------- read-only


@pytest.fixture
def unwritable(monkeypatch):
    """Take away the right to write; tests may run as somebody who has every right."""

    def take_away() -> None:
        access = os.access
        monkeypatch.setattr(
            os, "access", lambda path, mode: mode != os.W_OK and access(path, mode)
        )

    return take_away


def test_what_can_not_be_written_is_searched_as_far_as_it_is_indexed(paper, unwritable):
    paper.print("Bridge", "text")
    paper.search()
    paper.print("Tunnel", "text")
    unwritable()
    before = sorted(p.name for p in paper.collection.root.iterdir())
    found = paper.search("text")
    assert plain(only(found).title) == "Bridge"
    assert found.notes == ("1 text is not searchable: nothing can be written here",)
    assert sorted(p.name for p in paper.collection.root.iterdir()) == before


def test_what_can_not_be_written_and_has_no_index_says_what_to_do(paper, unwritable):
    paper.print("Bridge", "text")
    unwritable()
    with pytest.raises(StorageError, match="search once where it can be written"):
        paper.search("bridge")


def test_what_can_not_be_written_and_is_of_another_version_says_so(paper, unwritable):
    SearchFile(paper.collection.root).close()
    with closing(sqlite3.connect(index_of(paper))) as connection:
        connection.execute("UPDATE state SET value = '0' WHERE name = 'software'")
        connection.commit()
    unwritable()
    with pytest.raises(StorageError, match="made by another version"):
        paper.search("bridge")
