"""A page, rewritten: what acts is gone, in whatever order it comes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.replay.html import Page
from benchmarks import corpus
from tests.support.rewriting import LINKS, TO, URL, body_of, shown

UTF_8 = etree.HTMLParser(encoding="utf-8", huge_tree=True)

# Each of these, alone in a page, must lose whatever acts; the second part is what may
# be left of it.
INERT = [
    ("<script>x()</script>a", "a"),
    ("<script src=//live.example/x.js></script>a", "a"),
    ('<p onclick="x()" ONMOUSEOVER=x()>a</p>', "<p>a</p>"),
    ("<p/onclick=x()>a</p>", "<p>a</p>"),
    ('<a href="javascript:x()">a</a>', "<a>a</a>"),
    ('<a href=" &#1;JaVa&#9;script&#10;:x()">a</a>', "<a>a</a>"),
    ('<a href="vbscript:x()">a</a>', "<a>a</a>"),
    ('<a href="data:text/html,<b>">a</a>', "<a>a</a>"),
    ('<a href="blob:http://news.example/1">a</a>', "<a>a</a>"),
    ('<a href="mailto:a@live.example">a</a>', "<a>a</a>"),
    ('<a ping="//live.example" target="_top" download="x">a</a>', "<a>a</a>"),
    ('<a attributionsrc="//live.example/">a</a>', "<a>a</a>"),
    ("<iframe src=//live.example></iframe>a", "a"),
    ('<iframe srcdoc="<script>x()</script>"></iframe>a', "a"),
    ("<embed src=//live.example>a", "a"),
    ("<object data=//live.example>a</object>", "a"),
    ("<applet code=x codebase=//live.example>a</applet>", "a"),
    ("<portal src=//live.example></portal>a", "a"),
    ("<base href=//live.example><base target=_blank>a", "a"),
    ("<form action=//live.example method=post>a</form>", "<form>a</form>"),
    ("<button formaction=//live.example autofocus>a</button>", "<button>a</button>"),
    ("<link rel=prefetch href=//live.example>a", "a"),
    ("<link rel=preconnect href=//live.example>a", "a"),
    ("<link rel=dns-prefetch href=//live.example>a", "a"),
    ("<link rel=manifest href=//live.example>a", "a"),
    ("<link rel=modulepreload href=//live.example>a", "a"),
    ("<link rel=import href=//live.example>a", "a"),
    ("<link rel='alternate stylesheet' href=//live.example>a", "a"),
    ('<meta http-equiv="refresh" content="0;url=//live.example">a', "a"),
    ('<meta http-equiv="Set-Cookie" content="a=b">a', "a"),
    ('<meta http-equiv="x-dns-prefetch-control" content="on">a', "a"),
    ('<meta name="referrer" content="unsafe-url">a', "a"),
    (
        '<p style="background:url(javascript:x)">a</p>',
        "<p style='background:url(\"about:invalid\")'>a</p>",
    ),
    ("<svg><script>x()</script></svg>a", "<svg></svg>a"),
    ("<svg onload=x()></svg>a", "<svg></svg>a"),
    ('<svg><a xlink:href="javascript:x()">a</a></svg>', "<svg><a>a</a></svg>"),
    ('<svg><animate attributeName="href" to="javascript:x()"/></svg>', "<svg></svg>"),
    ('<svg><set attributeName=xlink:href to="//live.example"/></svg>', "<svg></svg>"),
    ("<svg><use href='data:image/svg+xml,<svg/>'/></svg>", "<svg><use></use></svg>"),
    ('<math href="javascript:x()">a</math>', "<math>a</math>"),
    ("<video autoplay>a</video>", "<video>a</video>"),
    ("<noembed><img src=//live.example></noembed>a", "a"),
    ("<!--[if IE]><script>x()</script><![endif]-->a", "a"),
    ("<?php x() ?>a", None),
    ('<template shadowrootmode="open">a</template>', "<template>a</template>"),
]


@pytest.mark.parametrize(("text", "left"), INERT)
def test_what_acts_is_gone(text, left):
    written = body_of(text)
    if left is not None:
        assert re.sub(r"\s+", " ", written).strip() == left
    assert_inert(written)


@pytest.mark.parametrize(("text", "left"), INERT)
def test_it_is_gone_in_broken_markup_too(text, left):
    for broken in (
        f"<table><tr><p>{text}",
        f"<svg><style>{text}</style></svg>",
        f"<title>{text}</title>",
        f"<noscript>{text}",
        f"<textarea>{text}</textarea>",
        f"<xmp>{text}</xmp>",
        f"<p title='{text}",
        f"<math><mtext><table><mglyph><style>{text}",
        text[: len(text) * 3 // 4],
        f"<frameset><frame src=//live.example>{text}",
        text.upper(),
    ):
        assert_inert(shown(broken))


def assert_inert(html: str) -> None:
    """See that nothing in it acts or leads elsewhere, as another parser reads it."""
    root = etree.fromstring(f"<html>{html}</html>".encode(), etree.HTMLParser())
    for element in root.iter("*"):
        assert element.tag not in ("script", "iframe", "embed", "object", "base")
        if element.tag == "meta":  # lxml's own
            assert element.get("content", "text/html; charset=utf-8") in (
                "text/html; charset=utf-8",
                "text/html; charset=UTF-8",
            )
        for name, value in element.items():
            assert not name.startswith("on")
            if name in ("href", "src", "xlink:href", "action", "poster", "background"):
                assert value.startswith((TO, "#", "data:image/")), (name, value)


@given(
    st.lists(
        st.sampled_from(
            (
                *("<svg>", "</svg>", "<math>", "<style>", "</style>", "<p>", "<table>"),
                *(
                    "<noscript>",
                    "<title>",
                    "<textarea>",
                    "<template>",
                    "<select>",
                    "<a ",
                ),
                *("<img src=//live.example onerror=x()>", "<xmp>", "</xmp>", "<mtext>"),
                *(
                    "<script>x()</script>",
                    "<![CDATA[",
                    "]]>",
                    "<!--",
                    "-->",
                    "'",
                    '"',
                    ">",
                ),
                *(
                    "<iframe src=//live.example>",
                    "<base href=//live.example>",
                    "<annotation-xml>",
                ),
            )
        ),
        max_size=12,
    )
)
def test_no_order_of_tags_smuggles_anything_through(parts):
    html = shown("".join(parts))
    assert_inert(html)
    # Read and written again, as a browser would if it read otherwise than we do.
    assert_inert(Page(html, url=URL, links=LINKS).written().decode("utf-8"))


@pytest.mark.corpus
@pytest.mark.skipif(
    not corpus.is_there(),
    reason="the shared corpus of real pages is not beside the repository",
)
def test_real_pages_are_inert_and_keep_their_words():
    for number, page in enumerate(corpus.pages()):
        if number % 12:
            continue
        text = page.body.decode("utf-8", "replace")
        html = shown(text)
        assert_inert(html.replace("<meta", "<x-meta"))
        before = etree.fromstring(text.replace("\0", "").encode(), UTF_8)
        after = etree.fromstring(html.encode(), UTF_8)
        etree.strip_elements(
            before, "script", "style", "iframe", etree.Comment, with_tail=False
        )
        etree.strip_elements(before, "noframes", "noembed", etree.PI, with_tail=False)
        etree.strip_elements(after, "style", with_tail=False)
        assert words(after) == words(before), page.id


def words(root: etree._Element) -> list[str]:
    return re.findall(r"\w+", "".join(root.itertext()))
