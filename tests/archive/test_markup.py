"""What stands behind an early end of a page is read as browsers read it."""

from __future__ import annotations

import pytest
from lxml import etree

from archive.export.requisites import named_in_html
from archive.markup import rejoined
from archive.replay.html import Page
from archive.replay.links import Links
from crawler.frontpages import found_in_front
from crawler.requisites import requisites_of_html
from crawler.seedclues import page_clues
from pipelines.article_text import extract

HEAD = "<html><head><title>t</title></head>"
URL = "https://news.example/2026/03/01/story"
EARLY = (
    f"<!DOCTYPE html>{HEAD}<body><header>News</header></body></html>\n"
    "<div><h1>The lost half of the page</h1><ul><li>"
    '<a href="/2026/03/01/the-harbour-wall">The harbour wall</a></li>'
    '<li><a href="/feed.xml">RSS</a></li></ul><img src="/lost.png">'
    + "".join(
        f"<p>Paragraph {number} of the story tells at some length what happened on "
        "the quay in the morning, and who was there to see it.</p>"
        for number in range(8)
    )
    + "</div></body></html>"
)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<body><p>a</p></body></html><p>b</p>", "<p>a</p><p>b</p>"),
        ("<body><p>a</p></body>w<p>b</p>x</html>y", "<p>a</p>w<p>b</p>xy"),
        ("<body>a</body></html>b<html><body>c", "abc"),
        ("<body></body></html><head><link></head><p>b</p>c", "<link/><p>b</p>c"),
        ("<body>a</body></html><body>b<p>c</p>d</body><p>e", "ab<p>c</p>d<p>e</p>"),
        ("<body><p>a</p></body></html>\n", "<p>a</p>"),
        ("<body><p>a</p>\n</body>\n</html>", "<p>a</p>\n"),
        ("<body><p>a</p></body>b</html>", "<p>a</p>b"),
        ("<body>" + "</body></html><p>x" * 3, "<p>x</p>" * 3),
        ("</html><body><p>a</p></body></html>", "<p>a</p>"),
        ("<body>&#1;a</body></html>&#1;b", "ab"),
        ("<body><p>a</p>&#1;</body></html>&#1;b", "<p>a</p>b"),
        ("<body>a</body></html><frameset><frame></frameset><p>b</p>", "a<p>b</p>"),
    ],
)
def test_the_body_holds_all_that_follows_it(markup, expected):
    root = rejoined(etree.fromstring(HEAD + markup, etree.HTMLParser()))
    body = etree.tostring(root.find("body"), encoding="unicode", with_tail=False)
    assert body == f"<body>{expected}</body>"
    assert root.findtext("head/title") == "t"


def test_frames_stay_what_they_are():
    markup = HEAD + "<frameset><frame src=a></frameset><noframes>x</noframes></html>"
    root = etree.fromstring(markup, etree.HTMLParser())
    before = etree.tostring(root)
    assert etree.tostring(rejoined(root)) == before


def test_a_hundred_thousand_ends_are_no_trap():
    # Repeated joining of strings would take minutes, and run into the time limit.
    many = HEAD + "<body>" + "</body></html>x" * 100_000 + "<b></b>y" * 100_000
    root = etree.fromstring(many, etree.HTMLParser(huge_tree=True))
    body = rejoined(root).find("body")
    assert (len(body.text), len(body)) == (100_000, 100_000)


def test_the_text_is_found():
    text = extract(EARLY.encode(), URL).text
    assert text.count("\n") == 7
    assert "Paragraph 7 of the story" in text


def test_links_feeds_and_requisites_are_found():
    body = EARLY.encode()
    found = found_in_front(body, url="https://news.example/")
    assert "https://news.example/2026/03/01/the-harbour-wall" in str(found)
    assert "feed.xml" in str(page_clues(body, url=URL))
    assert "https://news.example/lost.png" in requisites_of_html(body, url=URL)
    assert "https://news.example/lost.png" in named_in_html(body, url=URL)


def test_it_is_replayed():
    page = Page(EARLY, url=URL, links=Links(time="20260301000000"))
    assert "Paragraph 7" in page.written().decode()
