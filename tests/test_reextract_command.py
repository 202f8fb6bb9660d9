"""reextract, diff, show --evidence and list, as a person at a terminal has them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from archive.collection import Collection
from archive.store import Store
from pipelines import reextract_cli
from pipelines.reextract import reextract
from pipelines.texts import outcome_at_once
from tests.pipelines.test_reextract import ONE, TWO, keep
from tests.support.builders import make_discovery, make_exchange, make_order
from tests.support.builders import make_response as answer
from tests.support.command import read

EVIL = "http://news.example/evil"
TITLE = "\x1b[2J\u202eevil [/bold]\nnews"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("texts") / "c"
    with Collection.create(root) as collection:
        store = Store(collection, settings=(), text_outcome=outcome_at_once)
        keep(store, collection, "/1", "article\nBridges are open", "example")
        keep(store, collection, "/2", "listing\nAll the news", "example")
        exchange = make_exchange(EVIL, answer("article\nBad \x9b31m words".encode()))
        discovery = make_discovery(EVIL, claimed_title=TITLE)
        store.keep(make_order(exchange=exchange, discovery=discovery)).result(20)
        store.close()
        for extractor in (ONE, TWO):
            reextract(collection, workers=1, extractor=extractor)
    return root


def test_the_report_of_what_changed(folder):
    rows = read("diff", "--extractors", "-c", folder, "--json").rows()
    *changes, totals = rows
    assert totals["before"].startswith("toy-1-")
    assert totals["after"].startswith("toy-2-")
    assert (totals["both"], totals["same"], totals["text_changed"]) == (3, 1, 2)
    bridges = next(row for row in changes if row["url"].endswith("/1"))
    assert bridges["diff"] == ["-Bridges are open", "+BRIDGES ARE OPEN"]
    said = read("diff", "toy-2", "toy-1", "--extractors", "--limit", 1, "-c", folder)
    assert "3 captures by both, 1 the same" in said.out
    assert read("diff", "-c", folder).code == 2
    assert "there are: toy-2" in read("diff", "x", "--extractors", "-c", folder).err


def test_the_evidence_of_a_page(folder):
    shown = read("show", "http://news.example/1", "--evidence", "-c", folder).out
    assert "title         BRIDGES" in shown
    assert "chosen  'BRIDGES' in text" in shown
    for word in (
        "toy 2",
        "sha256:",
        "urn:uuid:",
        "confidence 0.75",
        "beside",
        "toy-1-",
    ):
        assert word in shown
    (row,) = read(
        *("show", "http://news.example/1", "--evidence", "--json", "-c", folder),
        *("--extractor", "toy-1"),
    ).rows()
    assert row["article"]["text"] == "Bridges are open"
    assert row["evidence"][0]["chosen"] == [{"value": "Bridges", "origin": "text"}]
    assert [beside["outcome"] for beside in row["texts_beside"]] == ["text"]


def test_a_list_shows_class_and_reason_and_who_made_what(folder):
    lines = read("list", "captures", "-c", folder).out.splitlines()
    (listing,) = [line.split("\t") for line in lines if line.endswith("/2")]
    assert listing[3:6] == ["other-class", "listing", "it says so"]
    made = read("list", "extractors", "--json", "-c", folder).rows()
    assert [(row["version"], row["articles"], row["shown"]) for row in made] == [
        ("2", 2, 3),
        ("1", 2, 0),
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("list", "--json"),
        ("show", EVIL),
        ("show", EVIL, "--json"),
        ("show", EVIL, "--evidence"),
        ("diff", "--extractors"),
        ("diff", "--extractors", "--json"),
    ],
)
def test_nothing_that_a_page_says_is_obeyed(words, folder):
    out = read(*words, "-c", folder).out
    assert "[/bold]" in out or words[0] == "diff"
    assert not {"\x1b", "\u202e", "\x9b"} & set(out)


def test_the_summary_of_a_reextraction(folder, tmp_path, monkeypatch):
    root = Path(shutil.copytree(folder, tmp_path / "c"))

    def with_toy(*args, **kwargs):
        return reextract(*args, **kwargs, extractor=ONE)

    monkeypatch.setattr(reextract_cli, "reextract_collection", with_toy)
    ran = read("reextract", "--json", "--source", "example", "-c", root)
    assert ran.code == 0
    assert json.loads(ran.out)["captures"] == 0  # that one has done it all
