from __future__ import annotations

import time

import pytest

from archive.model import Link
from pipelines.fields.links import read_links
from tests.pipelines.fields.pages import parsed

SENTENCE = "The bridge was closed, the report says, for three weeks after the storm."
HOST = "https://www.example-herald.com"


def links_of(body: str, text: str = SENTENCE) -> list[tuple[str, str]]:
    return [(link.url, link.text) for link in read_links(parsed(body), text)]


def sentence(href: str) -> str:
    linked = f"<a href='{href}'>the <b>report</b></a>"
    return f"<p>{SENTENCE.replace('the report', linked)}</p>"


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("https://example.org/report", "https://example.org/report"),
        ("/report?id=1", f"{HOST}/report?id=1"),
        ("//example.org/report", "https://example.org/report"),
    ],
)
def test_links_in_the_text_are_absolute(href, wanted):
    assert links_of(sentence(href)) == [(wanted, "the report")]


@pytest.mark.parametrize(
    "href",
    ["#top", "javascript:share()", "mailto:a@example.org", "ftp://a.example/", ""],
)
def test_what_leads_to_no_page_is_no_link(href):
    assert links_of(sentence(href)) == []


@pytest.mark.parametrize(
    "body",
    [
        "<nav><p>Home <a href=/a>World</a></p></nav>",
        "<ul><li><a href=/a>Another story of the day</a></li></ul>",
        "<p>Read also: <a href=/a>Another story of the day</a></p>",
        "<footer><p>Imprint <a href=/a>here</a></p></footer>",
        f"<p><a href=/a>{SENTENCE}</a></p>",  # a teaser, not a link in a sentence
    ],
)
def test_navigation_is_left_out(body):
    assert links_of(body) == []


def test_each_address_is_given_once_in_the_order_of_the_text():
    body = sentence("/b") + sentence("/a") + sentence("/b")
    assert [url for url, _ in links_of(body)] == [f"{HOST}/b", f"{HOST}/a"]


def test_white_space_of_text_and_page_may_differ():
    body = sentence("/a").replace("for three", "for\n\n   three")
    assert read_links(parsed(body), SENTENCE.replace(" ", "\u00a0")) == (
        Link(url=f"{HOST}/a", text="the report"),
    )


def test_no_text_has_no_links():
    assert links_of(sentence("/a"), "") == []


def test_pages_of_links_cost_no_more_than_others():
    body = "<div>" * 200 + "<p>x <a href=/a>y</a> z" * 20_000
    page = parsed(body)
    began = time.process_time()
    read_links(page, SENTENCE * 200)
    assert time.process_time() - began < 2
