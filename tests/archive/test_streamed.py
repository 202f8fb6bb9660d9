"""A page that React streams is read with its parts in their places."""

from __future__ import annotations

import pytest
from lxml import etree

from archive.replay.html import Page
from archive.replay.links import Links
from archive.streamed import assembled, is_streamed, without_waiting
from pipelines.article_text import extract

URL = "https://news.example/2026/03/01/story"
FIRST = [
    f"Paragraph {number} of the story tells at some length what happened on the quay "
    "in the morning, and who was there to see it."
    for number in range(6)
]
LATER = [
    f"Part {number} came a little later, since the server had to ask somebody else for "
    "what the people on the quay had said of it."
    for number in range(6)
]


def _p(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


# As react-dom writes it; the second part holds the place of a third.
STREAMED = (
    "<!DOCTYPE html><html lang=en><head><title>The quay</title></head><body><main>"
    f"<article><h1>The quay</h1>{_p(FIRST)}"
    '<!--$?--><template id="B:0"></template><p>Loading paragraph...</p><!--/$-->'
    "</article></main>"
    f'<div hidden id="S:0">{_p(LATER[:3])}<template id="P:2"></template></div>'
    f'<div hidden id="S:2">{_p(LATER[3:])}</div>'
    '<script>$RS("S:2","P:2")</script><script>$RC("B:0","S:0")</script></body></html>'
)


def put_together(markup: str) -> str:
    root = etree.fromstring(without_waiting(markup.encode()), etree.HTMLParser())
    body = assembled(root).find("body")
    written: str = etree.tostring(body, encoding="unicode", with_tail=False)
    return written.removeprefix("<body>").removesuffix("</body>")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            '<p>a</p><template id="B:0"></template>b<div hidden id="S:0">x<i>y</i>z',
            "<p>a</p>x<i>y</i>zb",
        ),
        (  # what never came is still waited for
            '<template id="B:0"></template>wait<!--/$--><div hidden id="S:1">a</div>',
            '<template id="B:0"/>wait<!--/$--><div hidden="" id="S:1">a</div>',
        ),
        (  # another boundary within what is shown: where it ends is not known
            '<template id="B:0"></template>w<!--$-->x<!--/$--><div hidden id="S:0">a',
            "aw<!--$-->x<!--/$-->",
        ),
        (  # rows come in a table
            (
                "<table><tr><template id=B:1></template></table>c"
                "<table hidden><tr id=S:1><td>c</td></tr></table>"
            ),
            '<table><tr><td>c</td></tr></table>c<table hidden=""></table>',
        ),
        (  # a part can not go into itself
            '<div hidden id="S:1">a<template id="P:1"></template></div>',
            '<div hidden="" id="S:1">a<template id="P:1"/></div>',
        ),
        (
            (
                '<div hidden id="S:1">a<template id="P:2"></template></div>'
                '<div hidden id="S:2">b<template id="P:1"></template></div>'
            ),
            '<div hidden="" id="S:1">ab<template id="P:1"/></div>',
        ),
    ],
)
def test_parts_are_moved_as_the_scripts_do(markup, expected):
    assert put_together(markup) == expected


def test_the_text_is_whole_and_in_order():
    extraction = extract(STREAMED.encode(), URL)
    assert extraction.text.split("\n") == FIRST + LATER


def test_it_is_replayed_without_its_scripts():
    page = Page(STREAMED, url=URL, links=Links(time="20260301000000"))
    written = page.written().decode()
    places = [written.index(line) for line in FIRST + LATER]
    assert places == sorted(places)
    assert "Loading paragraph" not in written
    assert "hidden" not in written


def test_a_hundred_thousand_places_are_no_trap():
    # Looking through the page for each of them would run into the time limit.
    place = '<template id="B:0"></template>x<!--/$-->'
    markup = place * 100_000 + '<div hidden id="S:1">' + "y" * 5_000_000
    assert is_streamed(markup.encode())
    assert "y" * 5_000_000 in put_together(markup)
