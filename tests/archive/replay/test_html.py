"""A page, rewritten: what is needed comes from the archive, what is said stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.replay.html import Lacks, Page, media_page
from archive.replay.links import Links, Modifier
from tests.support.rewriting import LINKS, TO, URL, body_of, lacks_of, shown

ATTRIBUTES = re.compile(r"""(<\w+)((?: [\w:]+=(?:"[^"]*"|'[^']*'))*)""")


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


def test_an_image_that_is_opened_by_itself_is_an_image():
    html = media_page('http://n.example/a"b.svg', "image/svg+xml", LINKS).written()
    assert b'src="/replay/20260301120000im_/http://n.example/a%22b.svg"' in html


def test_a_page_that_begins_with_a_character_of_no_tree_has_its_banner():
    page = Page("<body>&#1;It rains.<p>a", url=URL, links=LINKS)
    page.fill(set())
    written = page.written(etree.Element("aside")).decode()
    assert "<aside></aside>It rains.<p>a</p>" in written
