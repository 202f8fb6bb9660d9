"""Bodies in the data of a page: JSON-LD, live updates, what scripts start from."""

from __future__ import annotations

import json

import pytest

from pipelines.body.body import read_body
from pipelines.body.stated import live_updates, stated_body
from pipelines.body.statedata import body_from_state
from pipelines.jsonld import read_structured_data
from pipelines.parsed import Script
from tests.pipelines.fields.pages import json_ld, parsed

PROSE = [
    f"Paragraph {n}: the council of harbour town number {n} has agreed to spend "
    f"{n} million on the quay, its chair said on the {n}th day of the talks."
    for n in range(1, 13)
]
HTML = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
TEXT = "\n".join(PROSE)


def data(**node):
    block = json.dumps({"@type": "NewsArticle", "headline": "H", **node})
    return read_structured_data([block], "https://news.example/1")


@pytest.mark.parametrize("body", [TEXT, HTML, PROSE, f"{TEXT}\n{TEXT}"])
def test_a_stated_body_is_read_as_lines_each_once(body):
    assert stated_body(data(articleBody=body)) == TEXT


def test_no_body_is_empty():
    assert stated_body(data()) == ""
    assert stated_body(read_structured_data([], "https://news.example/1")) == ""


def test_the_updates_of_a_live_blog_are_a_text():
    updates = [
        {"@type": "BlogPosting", "headline": f"Update {n}", "articleBody": paragraph}
        for n, paragraph in enumerate(PROSE)
    ]
    block = json.dumps({"@type": "LiveBlogPosting", "liveBlogUpdate": updates})
    found = live_updates(read_structured_data([block], "https://news.example/live"))
    assert found.split("\n")[:2] == ["Update 0", PROSE[0]]
    assert all(paragraph in found for paragraph in PROSE)
    assert live_updates(data()) == ""


def script(text, type_=""):
    return Script(type=type_, id="", text=text)


def as_stream(markup):
    row = f"1a:T{len(markup.encode()):x},{markup}2b:[]\n"
    half = len(row) // 2
    return [
        script(f"self.__next_f.push([1,{json.dumps(part)}])")
        for part in (row[:half], row[half:])
    ]


ELEMENTS = [
    {"type": "paragraph", "_id": str(n), "content": p} for n, p in enumerate(PROSE)
]
STATE = {"menu": ["a", "b"], "article": {"title": "H", "body": HTML}}


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param([script(json.dumps(STATE), "application/json")], id="json"),
        pytest.param(
            [script(f"window.__STATE__ = {json.dumps(STATE)};run()")], id="state"
        ),
        pytest.param(
            [script(f"var a=1;Fusion.globalContent={json.dumps({'e': ELEMENTS})};")],
            id="paragraphs",
        ),
        pytest.param(
            [script(f'window["__DATA__"]={json.dumps({"p": PROSE})}')], id="strings"
        ),
        pytest.param(as_stream(HTML), id="stream"),
    ],
)
def test_the_state_of_a_page_holds_its_body(scripts):
    assert body_from_state(scripts, "").startswith(TEXT[:200])
    assert PROSE[-1] in body_from_state(scripts, "\n".join(PROSE[:2]))


def test_the_state_of_another_article_is_not_taken():
    other = (
        "A visible beginning of this article, which the data do not have at all.\n" * 5
    )
    assert body_from_state([script(json.dumps(STATE), "application/json")], other) == ""


@pytest.mark.parametrize(
    "text",
    [
        "window.a={" * 50_000,
        "[" * 100_000,
        '{"a":' * 100_000,
        "self.__next_f.push([1," + '"\\' * 100_000,
        "a" * 1_000_000 + "=",
        'self.__next_f.push([1,"' + "1:T" + "f" * 1000 + ',"])',
    ],
)
def test_spoilt_scripts_are_passed_over(text):
    assert body_from_state([script(text), script(text, "application/json")], "") == ""


def test_a_page_that_scripts_would_fill_gives_its_text():
    state = f"<script>window.__STATE__={json.dumps(STATE)}</script>".replace(
        "</p>", "<\\/p>"
    )
    page = parsed(f"<html><body><div id=root></div>{state}</body></html>")
    assert read_body(page).text == TEXT


def test_a_live_blog_whose_updates_are_only_in_its_data_gives_them():
    updates = [{"@type": "BlogPosting", "articleBody": p} for p in PROSE]
    node = {"@type": "LiveBlogPosting", "headline": "Live"}
    page = parsed(
        f"<h1>Live</h1><p>{PROSE[0]}</p>{json_ld(**node, liveBlogUpdate=updates)}"
    )
    assert read_body(page).text == TEXT


def test_a_body_whose_beginning_alone_is_shown_is_the_text():
    body = json_ld(headline="Wall", articleBody=TEXT)
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE[:2])
    page = parsed(f"<h1>Wall</h1><article>{shown}</article>{body}")
    assert read_body(page).text == TEXT


def test_a_body_of_another_article_is_not_the_text():
    other = [p.replace("the", "every").replace("a ", "some ") for p in PROSE[1:]]
    body = json_ld(headline="Wall", articleBody="\n".join(other))
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE[:2])
    page = parsed(f"<h1>Wall</h1><article>{shown}</article>{body}")
    assert read_body(page).text == "\n".join(PROSE[:2])


def test_a_body_whose_middle_is_shown_is_not_the_text():
    body = json_ld(headline="Wall", articleBody=TEXT)
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE[6:8])
    page = parsed(f"<h1>Wall</h1><article>{shown}</article>{body}")
    assert read_body(page).text == "\n".join(PROSE[6:8])
