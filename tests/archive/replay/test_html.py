"""A page, rewritten: what acts is gone, what is needed comes from the archive."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.replay.html import Lacks, Page, media_page
from archive.replay.links import Links, Modifier
from benchmarks import corpus

URL = "http://news.example/2026/page.html"
LINKS = Links(time="20260301120000")
TO = "/replay/20260301120000"
UTF_8 = etree.HTMLParser(encoding="utf-8", huge_tree=True)
ATTRIBUTES = re.compile(r"""(<\w+)((?: [\w:]+=(?:"[^"]*"|'[^']*'))*)""")


class Everything:
    """All there is to hold."""

    def __contains__(self, _: object) -> bool:
        return True


def shown(text: str, held=Everything(), **options) -> str:  # noqa: B008 (has no state)
    page = Page(text, url=URL, links=LINKS, **options)
    page.fill(held)
    return page.written().decode("utf-8")


def body_of(text: str, held=Everything(), **options) -> str:  # noqa: B008 (has no state)
    """Give what stands in the body, on one line."""
    html = shown(f"<!DOCTYPE html><body>{text}</body>", held, **options)
    return html.partition("<body>")[2].partition("</body>")[0]


def lacks_of(text: str, held: set[str]) -> Lacks:
    page = Page(text, url=URL, links=LINKS)
    page.fill(held)
    return page.lacks


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


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "<a href=next.html>a</a>",
            f'<a href="{TO}/http://news.example/2026/next.html">a</a>',
        ),
        ("<a href=//b.example#c>a</a>", f'<a href="{TO}/http://b.example#c">a</a>'),
        ("<a href=#c>a</a>", '<a href="#c">a</a>'),
        (
            "<img src=/a.png alt=b>",
            f'<img src="{TO}im_/http://news.example/a.png" alt="b">',
        ),
        (
            '<img srcset="/a.png 1x, /b,c.png 2x">',
            (
                f'<img srcset="{TO}im_/http://news.example/a.png 1x, '
                f'{TO}im_/http://news.example/b%2Cc.png 2x">'
            ),
        ),
        ("<img src=data:image/gif;base64,R0>", '<img src="data:image/gif;base64,R0">'),
        (
            "<video poster=/p.jpg src=/v.mp4></video>",
            (
                f'<video src="{TO}im_/http://news.example/v.mp4" '
                f'poster="{TO}im_/http://news.example/p.jpg"></video>'
            ),
        ),
        (
            '<p style="background:url(/a.png)">a</p>',
            f"<p style='background:url(\"{TO}im_/http://news.example/a.png\")'>a</p>",
        ),
        (
            "<td background=/a.png>",
            f'<td background="{TO}im_/http://news.example/a.png"></td>',
        ),
        (
            '<svg><use xlink:href="/s.svg#i"/></svg>',
            f'<svg><use xlink:href="{TO}im_/http://news.example/s.svg#i"></use></svg>',
        ),
        ('<svg><use href="#i"/></svg>', '<svg><use href="#i"></use></svg>'),
        ('<rect fill="url(#a)"/>', "<rect fill='url(\"#a\")'></rect>"),
        (
            '<rect fill="url(/a.svg#b)"/>',
            f"<rect fill='url(\"{TO}im_/http://news.example/a.svg#b\")'></rect>",
        ),
    ],
)
def test_what_is_needed_comes_from_the_archive(text, left):
    assert ATTRIBUTES.sub(by_name, body_of(text)) == ATTRIBUTES.sub(by_name, left)


def by_name(match: re.Match[str]) -> str:
    """Sort attributes, in whose order nobody is interested."""
    found = re.findall(r'[\w:]+=(?:"[^"]*"|\'[^\']*\')', match[2])
    return match[1] + "".join(f" {one}" for one in sorted(found))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("<img data-src=/a.png>", "im_/http://news.example/a.png"),
        (
            "<img data-lazy-src=/a.png src=data:image/gif;base64,R0>",
            "im_/http://news.example/a.png",
        ),
        ('<img data-srcset="/a.png 2x">', "im_/http://news.example/a.png 2x"),
        ("<div data-bg=/a.png>", "im_/http://news.example/a.png"),
        ("<div data-bg='url(/a.png)'>", "im_/http://news.example/a.png"),
        ("<noscript><img src=/a.png></noscript>", "im_/http://news.example/a.png"),
        (
            "<link rel=preload as=style href=/a.css onload=\"this.rel='stylesheet'\">",
            "cs_/http://news.example/a.css",
        ),
        (
            "<picture><source data-srcset=/a.webp><img></picture>",
            "im_/http://news.example/a.webp",
        ),
    ],
)
def test_what_a_script_would_have_loaded_is_shown(text, address):
    assert f"{TO}{address}" in shown(text)


def test_a_sheet_for_print_that_a_script_would_have_set_for_all_is_for_all():
    text = "<link rel=stylesheet media=print onload=\"this.media='all'\" href=/a.css>"
    assert "print" not in shown(text)
    assert "print" in shown(text.replace("onload", "data-x"))


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("<base href=/deep/>", "http://news.example/deep/a"),
        ("<base href=//other.example/>", "http://other.example/a"),
        ("<base target=_blank><base href=/deep/>", "http://news.example/deep/a"),
        ("<base href=javascript:x()>", "http://news.example/2026/a"),
        ("<base href=/one/><base href=/two/>", "http://news.example/one/a"),
    ],
)
def test_references_are_relative_to_the_base(base, link):
    html = shown(f"<head>{base}</head><a href=a>x</a><img src=a>")
    assert f'href="{TO}/{link}"' in html
    assert f'src="{TO}im_/{link}"' in html


def test_within_a_frame_links_stay_in_frames():
    links = Links(time="20260301120000", page=Modifier.FRAME)
    page = Page("<a href=/a>x</a>", url=URL, links=links)
    assert b'"/replay/20260301120000if_/http://news.example/a"' in page.written()


# ------------------------------------------------------------ what is not held


def test_of_an_image_that_is_not_held_the_text_stays():
    html = body_of('<img src=/a.png srcset="/b.png 2x" alt="A bridge">', set())
    assert html == '<img alt="A bridge">'


def test_of_a_srcset_what_is_held_stays():
    held = {"http://news.example/b.png"}
    html = body_of('<img src=/a.png srcset="/a.png 1x, /b.png 2x">', held)
    assert html == f'<img srcset="{TO}im_/http://news.example/b.png 2x">'


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("<p>a", Lacks()),
        ("<img src=/a.png><img src=/b.png>", Lacks(images=2)),
        ("<img src=/held.png><img src=/b.png>", Lacks(images=1)),
        ("<img src=/held.png srcset='/b.png 2x'>", Lacks()),
        ("<img src=/count.gif width=1 height=1>", Lacks()),
        ("<picture><source srcset=/held.png><img src=/b.png></picture>", Lacks()),
        ("<picture><source srcset=/a.webp><img src=/b.png></picture>", Lacks(images=1)),
        ("<link rel=stylesheet href=/a.css>", Lacks(styles=1)),
        ("<link rel=icon href=/a.ico>", Lacks()),
        ("<iframe src=/a></iframe><object data=/b></object>", Lacks(frames=2)),
    ],
)
def test_what_is_missing_is_counted(text, lacks):
    assert lacks_of(text, {"http://news.example/held.png"}) == lacks


def test_requisites_are_named_once_and_absolutely():
    page = Page(
        "<link rel=stylesheet href=a.css><img src=/b.png><img src=/b.png#x>"
        "<img src=data:image/gif;base64,R0><video poster=c.jpg></video>",
        url=URL,
        links=LINKS,
    )
    assert page.requisites == (
        "http://news.example/2026/a.css",
        "http://news.example/b.png",
        "http://news.example/2026/c.jpg",
    )


# ------------------------------------------------------------ what stays as it was


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("<!DOCTYPE html><p>a", "<!DOCTYPE html>"),
        (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/x"><p>a',
            "<!DOCTYPE html PUBLIC",
        ),
        ("<p>a", "<html>"),
    ],
)
def test_quirks_stay_quirks(text, start):
    assert shown(text).startswith(start)


@pytest.mark.parametrize(
    "text",
    [
        "Gr\u00fc\u00dfe",
        "\u0627\u0644\u062e\u0628\u0631",
        "\u5317\u4eac",
        "\U0001f5de",
        "a &lt;b&gt; &amp;amp; c",
    ],
)
def test_text_stays(text):
    assert text in shown(f"<body><p lang=x dir=rtl>{text}</p>").replace("&#", "")
    assert 'dir="rtl"' in shown(f"<body><p dir=rtl>{text}</p>")


def test_pages_of_frames_have_a_body():
    html = shown(
        "<html><frameset><frame src=/a><noframes>b</noframes></frameset></html>"
    )
    assert "<body>" in html


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "<!-- -->", "<", "plain text", "<html>", "]]>"]
)
def test_what_is_hardly_a_page_is_shown(text):
    assert "<html" in shown(text)


def test_deep_nesting_and_long_pages_do_no_harm():
    assert shown("<div>" * 50_000 + "end").startswith("<html>")
    assert len(shown("<p>a</p>" * 50_000)) > 400_000
    assert shown("<b onclick=x() " + "a=1 " * 20_000 + ">end").count("onclick") == 0


def test_what_is_taken_out_leaves_the_text_around_it_in_its_order():
    text = "<p>a<meta http-equiv=x>b<link rel=x>c<link rel=stylesheet href=y>d</p>"
    assert body_of(text, set()) == "<p>abcd</p>"
    assert body_of("a<meta http-equiv=x>b" * 20_000) == "ab" * 20_000


def test_nobody_looks_through_attributes_without_end():
    many = " ".join(f"a{n}=1" for n in range(3000))
    assert body_of(f"<p onclick=x() {many}>a</p>") == "<p>a</p>"


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_no_text_makes_it_fail(text):
    shown(text)
    shown(f"<p style='{text}' background='{text}' href='{text}'><img srcset='{text}'>")
    shown(f"<style>{text}</style><svg><style>{text}")


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


def test_an_image_that_is_opened_by_itself_is_an_image():
    html = media_page('http://n.example/a"b.svg', "image/svg+xml", LINKS).written()
    assert b'src="/replay/20260301120000im_/http://n.example/a%22b.svg"' in html


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
