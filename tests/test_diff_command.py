"""`dateline diff URL`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import Ran, read
from tests.support.editions import BRIDGE, Edition, keep_editions

HOSTILE = "The bridge\x1b[2J \N{RIGHT-TO-LEFT OVERRIDE}nepo [red]"


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("diff") / "c"
    keep_editions(
        root,
        [
            Edition(text="The bridge opened.\nTen came.\nAll went home."),
            Edition(of=0),
            Edition(text="The bridge opened.\nTwelve came.\nAll went home.", hours=30),
            Edition(text=HOSTILE, title=HOSTILE, hours=60),
            Edition(text="One.", url="http://news.example/once"),
        ],
    )
    return root


def diff(collection: Path, *words: str) -> Ran:
    return read("diff", *words, "-c", collection)


def test_the_last_change_is_shown_paragraphs_and_words(collection):
    ran = diff(collection, BRIDGE, "1", "2")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        BRIDGE,
        "- version 1: seen 2 times, 2026-11-22T12:00:00Z to 2026-11-22T13:00:00Z",
        "+ version 2: seen once, 2026-11-23T18:00:00Z",
        "1 word removed, 1 added",
        "",
        "  … 1 paragraph unchanged",
        "",
        "[-Ten-]{+Twelve+} came.",
        "",
        "  … 1 paragraph unchanged",
    ]


@pytest.mark.parametrize(
    "words", [("first", "2026-11-23"), ("v1", "v2"), ("20261122", "previous")]
)
def test_versions_are_named_in_many_ways(collection, words):
    assert (
        diff(collection, BRIDGE, *words).out == diff(collection, BRIDGE, "1", "2").out
    )


def test_json_is_one_value_with_all_of_it(collection):
    (row,) = diff(collection, BRIDGE, "1", "2", "--json").rows()
    assert (row["before"], row["after"]) == (1, 2)
    assert [one["captures"] for one in row["versions"]] == [2, 1, 1]
    assert [one["kind"] for one in row["paragraphs"]] == ["same", "changed", "same"]
    assert row["paragraphs"][1]["pieces"] == [
        {"kind": "removed", "text": "Ten"},
        {"kind": "added", "text": "Twelve"},
        {"kind": "same", "text": " came."},
    ]


def test_nothing_in_a_text_is_obeyed(collection):
    out = diff(collection, BRIDGE).out
    assert "headline: The bridge" in out
    assert "\x1b" not in out
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in out
    assert r"\u001b" in out
    assert "[red]" in out  # no style of ours
    line = diff(collection, BRIDGE, "--json").out
    assert "\x1b" not in line
    assert HOSTILE in json.dumps(json.loads(line), ensure_ascii=False).replace(
        r"\u001b", "\x1b"
    )


def test_one_version_is_no_change(collection):
    ran = diff(collection, "http://news.example/once")
    assert ran.code == 0
    assert "there is one version: nothing has changed" in ran.out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ((), 2, "say what is to be compared"),
        ((BRIDGE, "9"), 2, "'9' names no version"),
        ((BRIDGE, "2001"), 1, "nothing is held of"),
        (("http://elsewhere.example/",), 1, "nothing is held of"),
        (("--extractors", "a", "b", "c"), 2, "leave out 'c'"),
    ],
)
def test_what_can_not_be_compared_is_told(collection, words, code, sentence):
    ran = diff(collection, *words)
    assert ran.code == code
    assert sentence in ran.err
