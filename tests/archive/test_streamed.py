"""A page that React streams is read with its parts in their places."""

from __future__ import annotations

import pytest
from lxml import etree

from archive.replay.html import Page
from archive.replay.links import Links
from archive.streamed import assembled, parts_of, without_waiting
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


WAITS = "<!--$?-->"


def place(number: int) -> str:
    return f'<template id="P:{number:x}"></template>'


def part(number: int, markup: str) -> str:
    return f'<div hidden id="S:{number:x}">{markup}</div>'


def deep(markup: str) -> str:
    return "<div>" * 200 + markup + "<i></i>" + "</div>" * 200


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
    octets = f"<html><head></head><body>{markup}".encode()
    pairs = parts_of(octets)
    assert pairs is not None
    parser = etree.HTMLParser(huge_tree=True)
    root = etree.fromstring(without_waiting(octets, pairs), parser)
    body = assembled(root, pairs).find("body")
    written: str = etree.tostring(
        body, encoding="unicode", with_tail=False, method="html"
    )
    return written.removeprefix("<body>").removesuffix("</body>")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            (
                f'<p>a</p>{WAITS}<template id="B:0"></template>w<!--/$-->b'
                '<div hidden id="S:0">x<i>y</i>z'
            ),
            f"<p>a</p>{WAITS}x<i>y</i>z<!--/$-->b",
        ),
        (  # characters that no tree is given back
            (
                f'{WAITS}<template id="B:0"></template>w<!--/$-->b'
                '<div hidden id="S:0">&#1;x<i>y</i>'
            ),
            f"{WAITS}x<i>y</i><!--/$-->b",
        ),
        (  # what never came is still waited for
            f'{WAITS}<template id="B:0"></template>w<!--/$--><div hidden id="S:1">a',
            (
                f'{WAITS}<template id="B:0"></template>w<!--/$--><div hidden id="S:1">a'
                "</div>"
            ),
        ),
        (  # another boundary within what is shown: where it ends is not known
            (
                f'{WAITS}<template id="B:0"></template>w<!--$-->x<!--/$-->'
                '<div hidden id="S:0">a'
            ),
            f"{WAITS}aw<!--$-->x<!--/$-->",
        ),
        (  # React 18 numbers places and parts apart; its scripts say which belong
            (
                '<template id="P:1"></template>,<template id="B:1"></template>'
                '<div hidden id="S:1">for P</div><script>$RS("S:1","P:1")</script>'
                '<div hidden id="S:2">for B</div><script>$RC("B:1","S:2")</script>'
            ),
            (
                'for P,for B<script>$RS("S:1","P:1")</script>'
                '<script>$RC("B:1","S:2")</script>'
            ),
        ),
        (  # rows come in a table
            (
                "<table><tr><template id=B:1></template></table>c"
                '<table hidden><tr id="S:1"><td>c</td></tr></table>'
            ),
            "<table><tr><td>c</td></tr></table>c<table hidden></table>",
        ),
        (  # a part can not go into itself
            '<div hidden id="S:1">a<template id="P:1"></template></div>',
            '<div hidden id="S:1">a<template id="P:1"></template></div>',
        ),
        (
            (
                '<div hidden id="S:1">a<template id="P:2"></template></div>'
                '<div hidden id="S:2">b<template id="P:1"></template></div>'
            ),
            '<div hidden id="S:1">ab<template id="P:1"></template></div>',
        ),
        (  # of two parts of one id the first is meant, and used once
            (
                '<template id="P:1"></template>1<template id="P:1"></template>2'
                '<div hidden id="S:1">a</div><div hidden id="S:1">b</div>'
            ),
            'a1<template id="P:1"></template>2<div hidden id="S:1">b</div>',
        ),
        (  # a place that holds something is none
            '<template id="P:1">x</template><div hidden id="S:1">a</div>',
            '<template id="P:1">x</template><div hidden id="S:1">a</div>',
        ),
        (  # a page can not name what is put together here
            (
                '<template id="P:1"></template><div hidden id="S:1">'
                "<FILLED>a</FILLED></div><EMPTIED>b</EMPTIED>"
            ),
            "<filled>a</filled><emptied>b</emptied>",
        ),
        (  # what only looks like a place, in a script
            (
                "<script>var a='<template id=\"B:0\"></template>';</script>b<!--/$-->"
                '<div hidden id="S:0">a</div>'
            ),
            (
                "<script>var a='<template id=\"B:0\"></template>';</script>b<!--/$-->"
                '<div hidden id="S:0">a</div>'
            ),
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


@pytest.mark.parametrize(
    "markup",
    [
        # Many places for one part, behind much text; much text in it.
        "y" * 5_000_000 + '<template id="P:1"></template>' * 20_000 + part(1, "x"),
        '<template id="P:1"></template><b></b>' * 2000 + part(1, "x" * 200_000),
        # Many that wait, and much to look through.
        WAITS + '<template id="B:0"></template>x<!--/$-->' * 20_000 + "y" * 5_000_000,
        # Parts in parts, and each of them deep: outer ones first, and last.
        place(0) + "".join(part(n, deep(place(n + 1))) for n in range(400)),
        "".join(part(n, deep(place(n + 1))) for n in reversed(range(400))) + place(0),
        # Many parts that nobody waits for.
        "".join(part(n, "x") for n in range(100_000)),
    ],
    ids=["places", "copies", "waiting", "outer-first", "inner-first", "parts"],
)
def test_hostile_pages_grow_neither_long_nor_deep(markup):
    # Each of them would run into the time limit, or take gigabytes.
    markup += part(0xFFFF, "")
    together = put_together(markup)
    assert len(together) <= len(markup) + 1000
    root = etree.fromstring(together, etree.HTMLParser(huge_tree=True))
    depths = (sum(1 for _ in one.iterancestors()) for one in root.iter("i"))
    assert max(depths, default=0) <= 260
