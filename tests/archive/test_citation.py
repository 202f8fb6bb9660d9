"""Citations: complete, checkable, and inert whatever a page calls itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from archive.citation import Style, citation
from archive.model import Article, Byline, BylineKind, Moment, Precision, Work
from tests.support.builders import NOON, make_article, make_work
from tests.support.editions import Edition, keep_editions

HOSTILE = "}} \\input{/etc/passwd} %\n@misc{x, & $1_0 ~^# \x1b[2J\u202egnp"


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    root = tmp_path_factory.mktemp("citation") / "c"
    (kept,) = keep_editions(
        root, [Edition(text="x", url="http://www.news.example/a_b?c=%20{d}")]
    )
    return kept


def article(capture, work: Work | None = None) -> Article:
    return make_article(capture, work=work or make_work())


def test_a_sentence_names_article_capture_and_record(capture):
    said = citation(article(capture), Style.PLAIN)
    assert said == (
        "Ada Lovelace; dpa. “The bridge is open”. The Example, 6 May 2024. "
        "http://www.news.example/a_b?c=%20{d}. "
        "Captured 22 November 2026, 12:00:00 UTC. "
        f"Record {capture.record_id.strip('<>')}, {capture.payload_digest}."
    )


def test_bibtex_has_the_fields_of_an_online_entry(capture):
    said = citation(article(capture), Style.BIBTEX)
    assert said.startswith("@online{news-example-20261122-")
    for line in (
        "title = {{The bridge is open}},",
        "author = {Ada Lovelace and {dpa}},",
        "organization = {The Example},",
        "date = {2024-05-06},",
        "url = {http://www.news.example/a_b?c=%20%7Bd%7D},",
        "urldate = {2026-11-22},",
    ):
        assert f"  {line}\n" in said
    assert capture.payload_digest in said


def test_csl_is_an_item_that_reference_managers_take(capture):
    (item,) = json.loads(citation(article(capture), Style.CSL))
    assert item["type"] == "article-newspaper"
    assert item["author"] == [{"literal": "Ada Lovelace"}, {"literal": "dpa"}]
    assert item["issued"] == {"date-parts": [[2024, 5, 6]]}
    assert item["accessed"] == {"date-parts": [[2026, 11, 22]]}
    assert item["archive_location"] == capture.record_id.strip("<>")
    assert set(item) <= {
        *("id", "type", "title", "author", "container-title", "section", "abstract"),
        *(
            "language",
            "issued",
            "accessed",
            "URL",
            "archive",
            "archive_location",
            "note",
        ),
    }


@pytest.mark.parametrize(
    ("text", "precision", "plain", "parts"),
    [
        ("2024", Precision.YEAR, "The Example, 2024.", [2024]),
        ("2024-05", Precision.MONTH, "The Example, 2024-05.", [2024, 5]),
        (
            "2024-05-06T23:30-08:00",
            Precision.MINUTE,
            "The Example, 6 May 2024.",
            [2024, 5, 6],
        ),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(capture, text, precision, plain, parts):
    moment = Moment(text=text, precision=precision, earliest=NOON, latest=NOON)
    said = article(capture, replace(make_work(), published=moment))
    assert plain in citation(said, Style.PLAIN)
    assert json.loads(citation(said, Style.CSL))[0]["issued"] == {"date-parts": [parts]}


def test_what_nobody_states_is_left_out(capture):
    bare = article(capture, Work())
    assert citation(bare, Style.PLAIN).startswith("“Untitled”. www.news.example. http")
    assert "author" not in citation(bare, Style.BIBTEX)
    assert "issued" not in json.loads(citation(bare, Style.CSL))[0]


def test_nothing_in_a_title_is_obeyed(capture):
    work = Work(
        title=HOSTILE,
        site_name=HOSTILE,
        bylines=(Byline(name=HOSTILE, kind=BylineKind.PERSON),),
    )
    hostile = article(capture, work)
    for style in Style:
        said = citation(hostile, style)
        assert "\x1b" not in said
        assert "\u202e" not in said
    bibtex = citation(hostile, Style.BIBTEX)
    assert bibtex.count("\n@") == 0
    assert "\\input" not in bibtex
    # Every brace that is not escaped has its other.
    bare = re.sub(r"\\[\\{}$&#_%]", "", bibtex)
    depth = 0
    for sign in bare:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert citation(hostile, Style.PLAIN).count("\n") == 0
