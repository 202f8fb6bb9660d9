"""The addresses in pages and style sheets, however they are written."""

from __future__ import annotations

import pytest

from archive.export.requisites import named_in_css, named_in_html

URL = "https://news.example/a/page"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img src="b.png">', "https://news.example/a/b.png"),
        ('<img src=" /b.png#x ">', "https://news.example/b.png"),
        ('<img srcset="1.png 1x, 2.png 2x">', "https://news.example/a/2.png"),
        ('<img data-src="//cdn.example/b.png">', "https://cdn.example/b.png"),
        ('<source data-srcset="/l.webp 800w">', "https://news.example/l.webp"),
        ('<link rel="stylesheet" href="s.css">', "https://news.example/a/s.css"),
        ('<base href="/z/"><img src="b.png">', "https://news.example/z/b.png"),
        ("<p style=\"background:url('b.png')\">", "https://news.example/a/b.png"),
        ("<style>p { background: url(b.png) }</style>", "https://news.example/a/b.png"),
        ('<video poster="b.jpg">', "https://news.example/a/b.jpg"),
        ('<body background="b.gif">', "https://news.example/a/b.gif"),
    ],
)
def test_a_page_names_what_it_needs(markup, expected):
    assert expected in named_in_html(markup.encode(), url=URL)


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<!-- <img src=b.png> -->",
        '<a href="/other">',
        '<img src="data:image/png;base64,AAAA">',
        '<img src="javascript:alert(1)">',
        '<img src="http://[">',
        '<img src="ftp://news.example/b.png">',
        f'<img src="{"a" * 5000}">',
    ],
)
def test_what_leads_nowhere_is_left_out(markup):
    assert not named_in_html(markup.encode(), url=URL)


def test_a_page_of_too_many_addresses_has_an_end():
    markup = "".join(f"<img src={number}.png>" for number in range(20_000))
    assert len(named_in_html(markup.encode(), url=URL)) == 5000


@pytest.mark.parametrize("charset", [None, "utf-8", "no-such-charset"])
def test_a_charset_that_nobody_knows_does_no_harm(charset):
    found = named_in_html(b'<img src="b.png">', url=URL, charset=charset)
    assert found == {"https://news.example/a/b.png"}


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("@import 'm.css';", "m.css"),
        ('@import "m.css" screen;', "m.css"),
        ("@import url(m.css);", "m.css"),
        ("a { background: URL( 'b.png' ) }", "b.png"),
        ('@font-face { src: url("f.woff2") format("woff2") }', "f.woff2"),
    ],
)
def test_a_style_sheet_names_what_it_needs(sheet, expected):
    found = named_in_css(sheet, url="https://news.example/css/s.css")
    assert f"https://news.example/css/{expected}" in found
