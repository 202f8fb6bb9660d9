from __future__ import annotations

import gzip
import json
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.srcset import srcset_addresses
from archive.stylesheets import css_references
from crawler.requisites import requisites_of_css, requisites_of_html

CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus"
URL = "https://a.example/news/page.html"
BASE = "https://a.example/news/"


def needs(markup: str, url: str = URL) -> list[str]:
    """List what a body needs, shortened where it lies beside the page."""
    found = requisites_of_html(markup.encode(), url=url, charset="utf-8")
    return [address.removeprefix(BASE) for address in found]


PICTURE = """<picture>
<source srcset="1.webp, 2.webp 2x"><source data-srcset="3.png"><img src="4.png">
</picture>"""
DRAWING = """<svg>
<image href="1.png"/><image xlink:href="2.png"/>
<use href="3.svg#a"/><use xlink:href="#b"/>
</svg>"""


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        # images
        ('<img src="1.png">', ["1.png"]),
        ('<IMG SRC=" 1.png ">', ["1.png"]),
        ('<img src="1.png" srcset="2.png 2x, 3.png 3x">', ["1.png", "2.png", "3.png"]),
        ('<img src="data:image/gif;base64,R0" data-src="1.png">', ["1.png"]),
        ('<img data-lazy-src="1.png" data-srcset="2.png 640w">', ["1.png", "2.png"]),
        ('<img data-original="1.png" data-lazy-srcset="2.png">', ["1.png", "2.png"]),
        ('<div data-bg="1.png">', ["1.png"]),
        ("<div data-bg=\"url('1.png')\">", ["1.png"]),
        ('<noscript><img src="1.png"></noscript>', ["1.png"]),
        (
            PICTURE,
            ["1.webp", "2.webp", "3.png", "4.png"],
        ),
        ('<input type="IMAGE" src="1.png"><input src="2.png">', ["1.png"]),
        ('<video poster="1.png" src="v.mp4"><source src="v.webm"></video>', ["1.png"]),
        ('<table background="1.png">', ["1.png"]),
        (
            DRAWING,
            ["1.png", "2.png", "3.svg"],
        ),
        # styles and fonts
        ('<link rel="stylesheet" href="1.css">', ["1.css"]),
        ('<link rel="Alternate StyleSheet" href="1.css">', ["1.css"]),
        ('<link rel="shortcut icon" href="1.ico">', ["1.ico"]),
        ('<link rel="apple-touch-icon" href="1.png">', ["1.png"]),
        ('<link rel="preload" as="font" href="1.woff2">', ["1.woff2"]),
        (
            '<link rel="preload" as="image" href="1.png" imagesrcset="2.png 2x">',
            ["1.png", "2.png"],
        ),
        (
            '<style>@import "1.css"; p{background:url(1.png)}</style>',
            ["1.css", "1.png"],
        ),
        ("<p style=\"background: url('1.png')\">", ["1.png"]),
        ("<p style='background: url(&quot;1.png&quot;)'>", ["1.png"]),
        # scripts
        ('<script src="1.js"></script><script>url(2.png)</script>', ["1.js"]),
        ('<link rel="modulepreload" href="1.mjs">', ["1.mjs"]),
        # no requisites
        ('<iframe src="f.html"></iframe><frame src="f.html">', []),
        ('<audio src="a.mp3"><source src="a.ogg"></audio>', []),
        ('<embed src="e.swf"><object data="o.pdf"></object><a href="a">a</a>', []),
        ('<link rel="canonical" href="c"><link rel="alternate" href="feed.xml">', []),
        (
            '<link rel="preload" as="video" href="v.mp4"><link rel="prefetch">',
            [],
        ),
        ('<meta property="og:image" content="og.png">', []),
        ('<!-- <img src="1.png"> -->', []),
        # addresses
        (
            '<img src=""><img src="#x"><img src="javascript:1"><img src="about:x">',
            [],
        ),
        ('<img src="blob:https://a.example/1"><img src="ftp://a.example/1.png">', []),
        ('<img src="http://[::1/1.png"><img src="2.png">', ["2.png"]),
        ('<img src="1.png#a"><img src="1.png#b"><img src="./1.png">', ["1.png"]),
        ('<img src="1.png?a=1&amp;b=2">', ["1.png?a=1&b=2"]),
        ('<img src="../1.png">', ["https://a.example/1.png"]),
        ('<img src="/1.png">', ["https://a.example/1.png"]),
        ('<img src="/a/../1.png">', ["https://a.example/1.png"]),
        ('<img src="/a/.b.png">', ["https://a.example/a/.b.png"]),
        ('<img src="//b.example/1.png">', ["https://b.example/1.png"]),
        ('<img src="HTTP://b.example/1.png">', ["HTTP://b.example/1.png"]),
        ('<img src="?1">', ["page.html?1"]),
        ('<img src="ü.png">', ["ü.png"]),
        ('<img src="a\nb.png">', ["ab.png"]),
    ],
)
def test_a_page_needs(markup, expected):
    assert needs(markup) == expected


def test_all_is_given_in_document_order_and_once():
    markup = (
        '<link rel="icon" href="1"><script src="2"></script><p style="x:url(3)">'
        '<style>a{x:url(4)}</style><img src="5"><b data-bg="6"></b><img src="1">'
    )
    assert needs(markup) == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("/b/", "https://a.example/b/1.png"),
        ("https://b.example/x/y", "https://b.example/x/1.png"),
        ("//b.example", "https://b.example/1.png"),
        ("data:x", "https://a.example/news/1.png"),
        ("javascript:x", "https://a.example/news/1.png"),
        ("http://[x", "https://a.example/news/1.png"),
        ("", "https://a.example/news/1.png"),
    ],
)
def test_the_base_counts_for_the_whole_page_if_it_can_be_one(base, expected):
    markup = (
        f'<img src="1.png"><base target="_top"><base href="{base}"><base href="/z/">'
    )
    assert requisites_of_html(markup.encode(), url=URL) == (expected,)


@pytest.mark.parametrize(
    ("body", "charset", "expected"),
    [
        ("<img src='ü.png'>".encode("latin-1"), "iso-8859-1", "ü.png"),
        ("<meta charset=utf-8><img src='ü.png'>".encode(), None, "ü.png"),
        ("<img src='ü.png'>".encode("utf-16"), None, "ü.png"),
        (b"<img src='u.png'>", "x-no-such-charset", "u.png"),
    ],
)
def test_addresses_are_read_in_the_charset_of_the_page(body, charset, expected):
    assert requisites_of_html(body, url=URL, charset=charset) == (BASE + expected,)


@pytest.mark.parametrize("body", [b"", b" ", b"<!-- x -->", b"words", b"\0\xff", b"<"])
def test_what_is_hardly_a_page_needs_nothing(body):
    assert requisites_of_html(body, url=URL) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        (" , ,", []),
        ("1", ["1"]),
        ("1 1x,2 2x", ["1", "2"]),
        ("1, 2", ["1", "2"]),
        ("1,2 2x", ["1,2"]),
        ("w=1,h=2/1.png 1x, w=2,h=4/1.png 2x", ["w=1,h=2/1.png", "w=2,h=4/1.png"]),
        ("1 calc(1px, 2px) 1x, 2", ["1", "2"]),
        ("1 (, 2", ["1"]),
        ("1,, 2", ["1", "2"]),
        ("data:image/png;base64,AA== 1x, 2 2x", ["data:image/png;base64,AA==", "2"]),
        ("\n  1 320w,\n  2 640w\n", ["1", "2"]),
    ],
)
def test_a_srcset_is_read_as_browsers_do(value, expected):
    assert list(srcset_addresses(value)) == expected


def test_a_hostile_srcset_takes_no_time():
    began = time.monotonic()
    list(srcset_addresses("," * 200_000 + "1 " + "(" * 200_000))
    assert time.monotonic() - began < 2


# ---------------------------------------------------------------- style sheets

SHEETS = [
    ("a{b:url(1.png)}", ["1.png"]),
    ("a{b:URL( 1.png\n)}", ["1.png"]),
    ("a{b:url('1 (2).png') , url(\"3.png\")}", ["1 (2).png", "3.png"]),
    ("@import '1.css';@import url(2.css) screen;", ["1.css", "2.css"]),
    ('@IMPORT url("1.css") layer(x) supports(a:url(no));', ["1.css"]),
    ("@import/**/'1.css'", ["1.css"]),
    ("@namespace svg url(http://www.w3.org/2000/svg);a{b:url(1)}", ["1"]),
    ("@namespace 'http://www.w3.org/1999/xhtml';", []),
    ("@importx '1.css';", []),
    (
        "@font-face{src:url(1.woff2) format('woff2'),url('1.woff') format('woff')}",
        ["1.woff2", "1.woff"],
    ),
    ("a{b:image-set('1.png' 1x, url(2.png) 2x type('image/png'))}", ["1.png", "2.png"]),
    ('a{b:-webkit-image-set(url("1.png") 1x)}', ["1.png"]),
    ("a{b:image-set(linear-gradient(red, blue) 1x, '1.png' 2x)}", ["1.png"]),
    ("a{b:src('1.png')}", ["1.png"]),
    ("/* url(no) */a{b:url(1)}/* url(no)", ["1"]),
    ("a{b:'url(no)';c:\"@import 'no'\"}", []),
    ("a{b:'\\'url(no)';c:url(1)}", ["1"]),
    ("a{b:'torn\n;c:url(1)}", ["1"]),
    ("a{b:url(1\\)2.png)}", ["1)2.png"]),
    ("a{b:url('\\31 .png')}", ["1.png"]),
    (".\\'a{b:url(1)}", ["1"]),
    ("a{b:\\31 url(no) \\31 x(url(1))}", ["1"]),
    ("a{b:my-url(no) xurl(no) url-prefix(no) x-image-set('no') #url(no)}", []),
    ("a{b:url(bad(1).png);c:url(2)}", ["2"]),
    ("a{b:url('1.png'", ["1.png"]),
    ("a{b:var(--x, url(1))}", ["1"]),
    ("@media print{a{b:url(1)}}", ["1"]),
    ("a{b:url()}", [""]),
]


@pytest.mark.parametrize(("text", "expected"), SHEETS)
def test_a_sheet_refers_to(text, expected):
    assert list(css_references(text)) == expected


def test_a_sheet_needs_absolute_addresses_of_the_web():
    text = "@import 'b.css';a{b:url(#x) url(data:x) url(/1.png#y) url(/1.png) url('')}"
    assert requisites_of_css(text, url="https://a.example/css/a.css") == (
        "https://a.example/css/b.css",
        "https://a.example/1.png",
    )


def in_tokens(tokens: list[Any]) -> Iterator[str]:
    """Walk all that tinycss2 makes of a sheet: slow, and another way than ours."""
    rule = ""
    for token in tokens:
        if token.type == "at-keyword":
            rule = token.lower_value
        elif rule in {"namespace", "imported"}:
            if token == ";" or token.type == "{} block":
                rule = ""
        elif rule == "import" and token.type in {"whitespace", "comment"}:
            continue
        else:
            is_import = rule == "import"
            rule = "imported" if is_import else rule
            yield from in_token(token, with_string=is_import)


def in_token(token: Any, *, with_string: bool) -> Iterator[str]:
    if token.type == "url" or (with_string and token.type == "string"):
        yield token.value
    elif token.type == "function":
        name = token.lower_name
        if name in {"url", "src"}:
            yield from [a.value for a in token.arguments if a.type == "string"][:1]
        elif name in {"image-set", "-webkit-image-set"}:
            for argument in token.arguments:
                if argument.type != "function" or argument.lower_name == "url":
                    yield from in_token(argument, with_string=True)
        else:
            yield from in_tokens(token.arguments)
    elif token.type.endswith("block"):
        yield from in_tokens(token.content)


def second_opinion(text: str) -> list[str]:
    return list(in_tokens(tinycss2.parse_component_value_list(text)))


_pieces = st.sampled_from(
    [
        *"abc019;:,.#{} \n/*\"'-_",
        "\\'",
        *("url(1.png)", "url('2')", 'url("3")', "url( 4 )", "/*", "*/", "url(5"),
        *("image-set('6' 1x)", "@import '7';", "@import url(8) print;", "a{b:c}"),
        *("@namespace x '9';", "'10'", '"11"', "\\31 ", "p{q:url(12)}", ".x{", "}"),
    ]
)


@given(st.lists(_pieces, max_size=12).map("".join))
def test_tinycss2_finds_the_same_in_sheets_that_are_not_torn(text):
    opinion = tinycss2.parse_component_value_list(text)
    if "error" in json.dumps([_types(token) for token in opinion]):
        list(css_references(text))  # torn: it must only not raise
        return
    assert list(css_references(text)) == second_opinion(text)


def _types(token: Any) -> Any:
    inner = getattr(token, "content", None) or getattr(token, "arguments", None) or []
    return [token.type, *[_types(one) for one in inner if not isinstance(one, str)]]


@given(st.text(alphabet="url(@import mage-set'\"\\/*);{} \n", max_size=60))
def test_no_sheet_makes_it_raise(text):
    requisites_of_css(text, url=URL)


@pytest.mark.parametrize(
    "text",
    [
        "url(" * 50_000,
        "url('" * 50_000,
        "@import " * 50_000,
        "image-set(" * 20_000,
        "@import " + "(" * 100_000,
        "url(" + "\\" * 100_000,
        "/*" * 100_000 + "url(",
    ],
    ids=lambda text: text[:9],
)
def test_a_hostile_sheet_takes_no_time(text):
    began = time.monotonic()
    list(css_references(text))
    assert time.monotonic() - began < 5


@pytest.mark.corpus
@pytest.mark.slow
def test_tinycss2_finds_the_same_in_the_styles_of_real_pages():
    archive = CORPUS / "fundus.tar.gz"
    if not archive.exists():
        pytest.skip("the shared corpus of real pages is not there")
    sheets = 0
    with tarfile.open(archive) as pages:
        for member in pages:
            if not member.name.endswith("page.html.gz"):
                continue
            stream = pages.extractfile(member)
            assert stream is not None
            root = etree.fromstring(gzip.decompress(stream.read()), etree.HTMLParser())
            for style in root.iter("style"):
                text = style.text or ""
                if "url(" in text or "@import" in text:
                    sheets += 1
                    assert list(css_references(text)) == second_opinion(text)
    assert sheets > 50
