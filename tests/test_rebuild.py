"""Rebuild: from the WARC files alone comes what the crawls made, byte for byte."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from archive.collection import CATALOGUE, Collection
from archive.errors import CollectionError, UsageError
from archive.model import TextOutcome
from archive.store import Store
from archive.warc.reader import read_records
from crawler.newsroom.server import Newsroom
from dateline import app
from tests.support.builders import make_order
from tests.support.killing import Process

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

EDITED = ("/live/storm-maren.html", "No one was hurt", "One was hurt")
LISTS = ("articles", "captures", "misses", "runs")


def run(*arguments: str | Path) -> Result:
    """Run a verb in this process, where an error of ours stays an exception."""
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


def rebuild(root: Path) -> Result:
    done = run("rebuild", "--collection", root, "--json")
    assert done.exit_code == 0, done.output
    return done


def lists_of(root: Path) -> dict[str, list[str]]:
    """List everything, as a reader is shown it."""
    return {
        what: run("list", what, "--collection", root, "--json").stdout.splitlines()
        for what in LISTS
    }


def files_of(root: Path) -> dict[str, bytes]:
    """Read all derived files."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("index", "text")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def assert_same(root: Path, lists: dict[str, list[str]], files: dict[str, bytes]):
    for what, rows in lists_of(root).items():
        assert rows == lists[what], what
    made = files_of(root)
    assert made.keys() == files.keys()
    for name, content in made.items():
        assert content == files[name], name
    verified = run("verify", "--collection", root, "--json")
    found = [json.loads(line) for line in verified.stdout.splitlines()]
    assert [f for f in found if f["severity"] != "note"] == []


def crawl(newsroom: Newsroom, folder: Path) -> None:
    sources = folder / "sources.toml"
    sources.write_text(newsroom.sources_toml(), "utf-8")
    arguments = ["crawl", "--again", "--sources", str(sources), "--json"]
    arguments += ["--collection", str(folder / "collection")]
    with Process(arguments, folder / "out.jsonl") as process:
        # Some pages of the newsroom fail, on purpose.
        assert process.finish() in (0, 1), process.errors()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newsroom crawled twice, with an edit in between, into many small files."""
    folder = tmp_path_factory.mktemp("crawled")
    with Newsroom() as newsroom:
        crawl(newsroom, folder)
        newsroom.edit(*EDITED)
        crawl(newsroom, folder)
    return folder / "collection"


@pytest.fixture
def root(crawled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "collection"))


def test_everything_derived_is_made_again_from_the_warc_files_alone(root):
    lists, files = lists_of(root), files_of(root)
    captures = [json.loads(row) for row in lists["captures"]]
    # What is compared is worth comparing: revisits, misses, errors, many files.
    assert any(row["revisit_of"] for row in captures)
    assert {200, 301, 404, 410} & {row["status"] for row in captures} > {200}
    assert lists["misses"]
    assert len(lists["runs"]) == 2
    assert len([name for name in files if name.endswith(".cdxj")]) > 2
    edited = [row for row in lists["articles"] if EDITED[0] in row]
    assert {EDITED[2] in row for row in edited} == {True, False}
    kept = {"warc", "collection.toml"}
    for path in root.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = rebuild(root)
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts == {what: len(lists[what]) for what in counts}
    assert_same(root, lists, files)


def test_a_rebuild_of_what_is_whole_changes_nothing(root):
    lists, files = lists_of(root), files_of(root)
    evidence = {path: path.read_bytes() for path in (root / "warc").rglob("*.gz")}
    rebuild(root)
    assert_same(root, lists, files)
    for path, content in evidence.items():
        assert path.read_bytes() == content


def overwrite(path: Path, start: float, end: float) -> None:
    """Fill a part of a file with something else."""
    content = bytearray(path.read_bytes())
    first, last = int(len(content) * start), int(len(content) * end)
    content[first:last] = b"\xa5" * (last - first)
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no-database": lambda path: overwrite(path, 0, 1),
    "head": lambda path: overwrite(path, 0, 0.01),
    "inside": lambda path: overwrite(path, 0.6, 0.9),
    "pages": lambda path: overwrite(path, 0.1, 0.3),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:10_000]),
    "empty": lambda path: path.write_bytes(b""),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_catalogue_is_made_again(root, damage):
    lists, files = lists_of(root), files_of(root)
    catalogue = root / CATALOGUE
    with sqlite3.connect(catalogue) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    damage(catalogue)
    rebuild(root)
    assert_same(root, lists, files)


def test_a_catalogue_of_an_older_schema_is_made_again(root):
    lists, files = lists_of(root), files_of(root)
    with sqlite3.connect(root / CATALOGUE) as connection:
        connection.execute("UPDATE about SET value = '0' WHERE name = 'schema'")
        connection.execute("DROP TABLE captures")
        connection.execute("CREATE TABLE captures (record_id TEXT PRIMARY KEY)")
    connection.close()
    with pytest.raises(CollectionError, match="dateline rebuild"):
        run("list", "--collection", root)
    rebuild(root)
    assert_same(root, lists, files)


def test_a_rebuild_takes_what_a_kill_left_with_it(root):
    (newest, *_) = sorted(root.rglob("*.warc.gz"), reverse=True)
    before = len(lists_of(root)["captures"])
    in_it = sum(1 for r in read_records(newest) if r.type in ("response", "revisit"))
    assert in_it
    newest.rename(newest.with_name(newest.name + ".open"))
    rebuild(root)
    assert newest.is_file()
    assert len(lists_of(root)["captures"]) == before


def test_a_rebuild_is_refused_while_another_process_writes(root):
    lists, files = lists_of(root), files_of(root)
    with Collection.open(root) as collection:
        store = Store(
            collection,
            settings=[("software", "test")],
            text_outcome=lambda _capture: TextOutcome.NOT_ARTICLE,
        )
        capture = store.keep(make_order()).result(10)
        with pytest.raises(UsageError, match="another process is writing"):
            run("rebuild", "--collection", root)
        assert files_of(root) == files
        rows = lists_of(root)["captures"]
        assert set(lists["captures"]) < set(rows)
        assert len(rows) == len(lists["captures"]) + 1
        store.close()
    rebuild(root)
    assert any(capture.record_id.strip("<>") in r for r in lists_of(root)["captures"])
