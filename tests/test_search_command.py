"""`dateline search`, as a user types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import read
from tests.support.searching import Paper, day

HOSTILE = (
    "\x1b[31mred\x07 [bold]bridge[/bold] \N{RIGHT-TO-LEFT OVERRIDE}gnp.exe <b>&amp;\n=1"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("command") / "c"
    with Paper(root) as paper:
        paper.print(
            "The bridge is open",
            "After nine years it can be crossed.",
            source="gazette",
            language="en",
            authors=("Ada Lovelace",),
            section="Town",
            published=day(2024, 5, 6),
            url="https://gazette.example/bridge",
        )
        paper.print("Die Brücke ist offen", "Nach neun Jahren.", source="bote")
        paper.print(HOSTILE, HOSTILE, source="hostile", section=HOSTILE)
        for title in ("Tunnel closed", "Tunnel open"):
            url = "https://gazette.example/tunnel"
            paper.print(title, "text", source="gazette", url=url)
        yield root


def test_it_prints_what_a_reader_wants_to_know(folder):
    ran = read("search", "crossed", "-c", folder)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "The bridge is open",
        "2024-05-06 · gazette · Ada Lovelace",
        "https://gazette.example/bridge",
        "  After nine years it can be crossed.",
        "",
    ]
    assert ran.err == "1 article found\n"


def test_it_says_where_there_are_more(folder):
    ran = read("search", "-c", folder, "--limit", 2, "--offset", 1)
    assert ran.err == "4 articles found, here 2 to 3\n"


def test_it_says_that_it_found_nothing(folder):
    ran = read("search", "nowhere", "-c", folder)
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing found\n")


def test_a_former_version_says_so(folder):
    ran = read("search", "closed", "-c", folder)
    assert "2 versions, this is not the latest" in ran.out
    ran = read("search", "tunnel", "-c", folder, "--versions", "--sort", "date")
    assert ran.err == "2 versions found\n"


@pytest.mark.parametrize(
    ("options", "number"),
    [
        (["--source", "gazette"], 2),
        (["--source", "gazette", "--source", "bote"], 3),
        (["--language", "en"], 1),
        (["--author", "lovelace"], 1),
        (["--section", "Town"], 1),
        (["--class", "article"], 4),
        (["--class", "live-blog"], 0),
        (["--site", "gazette.example"], 2),
        (["--since", "2024-05", "--until", "2024-06"], 1),
        (["--since", "2024-05", "--until", "2024-06", "--by", "captured"], 0),
        (["open", "OR", "offen", "--sort", "date"], 3),
        (['"is open"'], 1),
    ],
)
def test_options_narrow_the_search(folder, options, number):
    rows = read("search", *options, "-c", folder, "--json").rows()
    assert len(rows) == number


def test_json_has_marks_as_places(folder):
    (row,) = read("search", "bridge", "years", "-c", folder, "--json").rows()
    assert row["title"] == "The bridge is open"
    assert [row["title"][slice(*mark)] for mark in row["title_marks"]] == ["bridge"]
    assert [row["snippet"][slice(*m)] for m in row["snippet_marks"]] == ["years"]
    assert row["url"] == "https://gazette.example/bridge"
    assert row["authors"] == ["Ada Lovelace"]
    assert (row["versions"], row["is_latest"]) == (1, True)


def test_facets_are_counted(folder):
    ran = read("search", "--facets", "-c", folder)
    assert "source    gazette 2 · bote 1 · hostile 1" in ran.out.splitlines()
    *_, last = read("search", "--facets", "--json", "-c", folder).rows()
    assert last["total"] == 4
    assert last["facets"]["source"] == {"gazette": 2, "bote": 1, "hostile": 1}
    assert last["facets"]["year"] == {"2026": 3, "2024": 1}


def test_what_others_wrote_is_inert_in_a_terminal(folder):
    ran = read("search", "exe", "-c", folder, "--facets")
    assert "[bold]bridge[/bold]" in ran.out
    for letter in ("\x1b", "\x07", "\N{RIGHT-TO-LEFT OVERRIDE}"):
        assert letter not in ran.out
    assert "\\u001b[31mred\\u0007" in ran.out
    (line,) = read("search", "exe", "-c", folder, "--json").out.splitlines()
    assert json.loads(line)["title"] == HOSTILE
    assert line.isprintable()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (['"open'], "a quotation mark has no other (letter 1 of the question)"),
        (["a", "(b"], "a parenthesis is not closed (letter 3 of the question)"),
        (["colour:red"], "there is no field 'colour'; there are: title, text"),
        (["--since", "soon"], "since 'soon' is no date: write 2026"),
    ],
)
def test_what_can_not_be_understood_is_one_line_and_a_usage_error(
    folder, words, sentence
):
    ran = read("search", *words, "-c", folder)
    assert ran.code == 2
    assert sentence in ran.err


def test_where_no_collection_is_it_says_so(tmp_path):
    ran = read("search", "bridge", "-c", tmp_path)
    assert ran.code == 2
    assert "there is no collection" in ran.err
