"""Authors that a page shows: near its headline, in no box beside the article."""

from __future__ import annotations

import pytest
from lxml import html

from pipelines.fields.byline_elements import text_of
from pipelines.fields.bylines import read_bylines
from tests.pipelines.fields.bylinepages import TITLE, names, parsed


@pytest.mark.parametrize(
    ("byline", "wanted"),
    [
        ('<p class="byline">By Ada Lovelace</p>', ["Ada Lovelace"]),
        ('<a rel="author" href="/ada">Ada Lovelace</a>', ["Ada Lovelace"]),
        ('<span itemprop="author">Ada Lovelace</span>', ["Ada Lovelace"]),
        ('<div data-testid="byline">By Ada Lovelace</div>', ["Ada Lovelace"]),
        (
            (
                '<div class="byline">By <a class="author-name">Ada Lovelace</a> and '
                '<a class="author-name">Grace Hopper</a><time>3 March 2025</time></div>'
            ),
            ["Ada Lovelace", "Grace Hopper"],
        ),
        (
            (
                '<div class="author"><span>Ada Lovelace</span><b class="author-role">'
                "Science Reporter</b><span>@ada</span></div>"
            ),
            ["Ada Lovelace"],
        ),
        (
            '<p class="byline">Ada Lovelace<br>Published 3 March 2025</p>',
            ["Ada Lovelace"],
        ),
        (
            (
                '<p class="byline">Written by <span class="author">Ada Lovelace</span>'
                ' | Edited by <span class="author">Alan Turing</span></p>'
            ),
            ["Ada Lovelace"],
        ),
        (
            (
                '<address class="authors"><a rel="author"><b class="firstname">Ada King'
                '</b> <b class="lastname">Lovelace</b></a></address>'
            ),
            ["Ada King Lovelace"],
        ),
        ("<p>By Ada Lovelace</p>", ["Ada Lovelace"]),
        ("<div>Von <b>Ada Lovelace</b></div>", ["Ada Lovelace"]),
        ("<p>Автор: Ада Лавлейс</p>", ["Ада Лавлейс"]),
        ("<p>来源：新华网</p><p>作者：王小明</p>", ["王小明"]),
        ("<div><span>By</span><div><a>Ada Lovelace</a></div></div>", ["Ada Lovelace"]),
        ("<div><span>Von:</span> <i>Ada Lovelace</i></div>", ["Ada Lovelace"]),
        ("<div><span>From</span> <i>mills</i></div>", []),
        (
            (
                '<div class="author"><span class="author">Ada Lovelace</span>'
                '<a class="author">See full bio</a></div>'
            ),
            ["Ada Lovelace"],
        ),
        (
            (
                '<div class="byline"><a class="byline-type">News</a>'
                '<a class="byline-name">Ada Lovelace</a></div>'
            ),
            ["Ada Lovelace"],
        ),
        (
            (
                '<div class="byline"><em class="author">Ada Lovelace</em>'
                '<em class="author">Expertise</em><em class="author">dpa</em></div>'
            ),
            ["Ada Lovelace", "dpa"],
        ),
        (
            (
                "<p><span itemprop='author'>By <b>Ada Lovelace</b>, </span>"
                "<span itemprop='author'>Grace Hopper</span>"
                "<span itemprop='publisher'>Joan Clarke</span></p>"
            ),
            ["Ada Lovelace", "Grace Hopper"],
        ),
        ("<p class='byline'>Sat, 20 Dec, 2025 - 06:36</p>", []),
        ("<p>The bridge by the mill is open.</p>", []),
        ("<p class='byline'>by dan brown</p>", ["dan brown"]),
        ("<p>The weaver <a href='/profile/ada'>Ada Lovelace</a> spoke.</p>", []),
        ("<p><a href='/author/ada'>Ada Lovelace</a> opened it on Monday.</p>", []),
        ("<p>The novel <a href='/by/ada'>Ada Lovelace</a> wrote sold well.</p>", []),
        (
            "<p>11 May 2024 <b><a href='/by/ada'>Ada Lovelace</a></b>, The Loom</p>",
            ["Ada Lovelace"],
        ),
        (
            "<p>Story by <a href='/by/ada'>Ada Lovelace</a> for The Loom</p>",
            ["Ada Lovelace"],
        ),
        ("<p>Said <a>author and weaver Ada Lovelace</a>.</p>", []),
        ("<p class='byline'>The Author</p>", []),
        (
            "<div class='date-author'>Dec. 19, 2025 · Ada Lovelace</div>",
            ["Ada Lovelace"],
        ),
        (
            "<div class='DateAndAuthor'><b>5 May 2025</b><b>Ada Lovelace</b></div>",
            ["Ada Lovelace"],
        ),
        ("<p class='author'>19.12.2025 | CSP, International, Top Solar, Mills</p>", []),
        (
            "<p><time>3 March 2025</time> by Ada Lovelace, Weaver</p>",
            ["Ada Lovelace"],
        ),
        (
            "<aside><h4>Author</h4><p class='author'>Ada Lovelace</p></aside>",
            [],
        ),
        (
            "<aside class='author'><p class='author'>Ada Lovelace</p></aside>",
            ["Ada Lovelace"],
        ),
    ],
)
def test_a_byline_near_the_headline_is_read(byline, wanted):
    page = parsed(f"<h1>{TITLE}</h1>{byline}<p>It was closed for a year.</p>")
    assert names(page) == wanted


@pytest.mark.parametrize(
    ("links", "wanted"),
    [
        ('<a href="/author/ada">Ada Lovelace</a>', ["Ada Lovelace"]),
        ('<a href="https://loom.example/staff/ada">Ada Lovelace</a>', ["Ada Lovelace"]),
        (
            (
                '<p><span><a href="/autoren/ada">Ada Lovelace</a></span> | '
                '<span><a href="/autoren/grace">Grace Hopper</a></span></p>'
            ),
            ["Ada Lovelace", "Grace Hopper"],
        ),
        (
            (
                '<p><a href="/by/ada"><img></a><a href="/by/ada">Ada Lovelace</a>'
                '<a href="/by/ada">Profile</a></p>'
            ),
            ["Ada Lovelace"],
        ),
        ('<a href="/author/">Ada Lovelace</a>', []),
        ('<a href="/news?from=/author/ada">Ada Lovelace</a>', []),
        ('<a href="/person/ada-lovelace">Ada Lovelace</a>', []),
        ('<a href="/author/sports">Sports Desk</a>', []),
        ('<aside><a href="/author/alan">Alan Turing</a></aside>', []),
        (f'{"<p></p>" * 200}<a href="/author/alan">Alan Turing</a>', []),
    ],
)
def test_a_link_to_an_authors_page_near_the_headline_says_who_wrote_it(links, wanted):
    assert names(parsed(f"<h1>{TITLE}</h1>{links}")) == wanted


def test_a_line_below_the_headline_goes_before_a_byline_far_behind_it():
    line, byline = "<p>By Ada Lovelace</p>", "<p class='byline'>Alan Turing</p>"
    far = parsed(f"<h1>{TITLE}</h1>{line}{'<p>Open.</p>' * 70}{byline}")
    assert names(far) == ["Ada Lovelace"]
    assert names(parsed(f"<h1>{TITLE}</h1>{line}{byline}")) == ["Alan Turing"]


def test_a_line_goes_before_an_element_that_names_some_of_it():
    page = parsed(
        f"<h1>{TITLE}</h1><p>By <b>Ada Lovelace</b>, <b>Alan Turing</b> and "
        "<b class='last-byline'>Grace Hopper</b></p>"
    )
    assert names(page) == ["Ada Lovelace", "Alan Turing", "Grace Hopper"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        '<div class="related-posts"><span class="author">Alan Turing</span></div>',
        '<aside><p class="byline">By Alan Turing</p></aside>',
        '<ul class="comments"><li class="comment-author">Alan Turing</li></ul>',
        '<figure><span class="author">Alan Turing</span></figure>',
        '<ul class="author__story-list"><li>Alan Turing on Mills</li></ul>',
        '<p class="author-bio">Alan Turing has written of bridges for years.</p>',
    ],
)
def test_authors_of_other_things_are_left_out(elsewhere):
    page = parsed(f"<h1>{TITLE}</h1>{elsewhere}<p class='byline'>Ada Lovelace</p>")
    assert names(page) == ["Ada Lovelace"]


@pytest.mark.parametrize(
    "around", ["with-sidebar", "widget-area", "elementor-widget", "content-cards"]
)
def test_what_holds_the_headline_too_is_no_box_beside_the_article(around):
    page = parsed(
        f'<div class="{around}"><div><h1>{TITLE}</h1></div>'
        "<p class='byline'>Ada Lovelace</p></div>"
    )
    assert names(page) == ["Ada Lovelace"]


@pytest.mark.parametrize(
    ("footer", "wanted"),
    [
        ("<footer><p class='byline'>Ada Lovelace</p></footer>", ["Ada Lovelace"]),
        (
            "<div class='entry-footer'><a class='author'>Ada Lovelace</a></div>",
            ["Ada Lovelace"],
        ),
        ("<article><footer><a class='author'>Alan Turing</a></footer></article>", []),
        ("</article><footer><a class='author'>Alan Turing</a></footer>", []),
    ],
)
def test_the_footer_of_the_article_says_who_wrote_it(footer, wanted):
    assert names(parsed(f"<h1>{TITLE}</h1><p>It is open.</p>{footer}")) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"), [("headline__footer", ["Ada Lovelace"]), ("site-footer", [])]
)
def test_a_footer_named_after_the_article_is_its_own(name, wanted):
    footer = f'<div class="{name}"><p class="byline">Ada Lovelace</p></div>'
    assert names(parsed(f"</article><h1>{TITLE}</h1>{footer}")) == wanted


def test_the_line_that_says_who_wrote_it_is_found_far_below():
    text = "<p>It was closed for a year.</p>" * 300
    signed = "<div><p>Written by Ada Lovelace</p><p>Published by The Loom</p></div>"
    assert names(parsed(f"<h1>{TITLE}</h1>{text}{signed}")) == ["Ada Lovelace"]
    two = "<p>Written by Ada Lovelace and Grace Hopper</p>"
    turned = "<p>Written by Grace Hopper and Ada Lovelace</p>"
    both = names(parsed(f"<h1>{TITLE}</h1>{text}{two}{turned}"))
    assert sorted(both) == ["Ada Lovelace", "Grace Hopper"]
    other = "<p>Written by <a>Alan Turing</a></p>"
    assert names(parsed(f"<h1>{TITLE}</h1>{text}{signed}{other}")) == []


def test_the_headline_may_be_an_h2_below_the_name_of_the_site():
    page = parsed(
        "<h1>The Loom</h1><p class='author'>Alan Turing</p><p>Mills</p>"
        f"<h2>{TITLE}</h2><p class='author'>Ada Lovelace</p>"
    )
    assert names(page) == ["Ada Lovelace"]


def test_hostile_pages_take_no_longer_than_others():
    deep = "<div class='author'>" * 2000 + "By , , , and and" + "</div>" * 2000
    wide = "<span class='byline'>By " + "a and " * 50_000 + "</span>"
    many = "<p class='byline'>(((((</p>" * 20_000
    alone = "<div>" * 2000 + "<span>By</span>" * 200 + "</div>" * 2000
    links = "<div>" * 2000 + '<a href="/by/x"></a>' * 20_000 + "</div>" * 2000
    footers = f"<p class='{'footer-' * 50_000}'><a class='author'>Ada K</a></p>"
    blank = f"<div>{'<p>By</p>' * 100}{'<i> </i>' * 50_000}</div>"
    plain = f"<div>{'<p>By</p>' * 100}{'and so on ' * 200_000}</div>"
    authors = "<div class=author>" * 100 + "x " * 500_000 + "</div>" * 100
    for hostile in (deep, wide, many, alone, links, footers, blank, plain, authors):
        read_bylines(parsed(f"<h1>{TITLE}</h1>{hostile}"), None)


@pytest.mark.parametrize(
    "markup",
    [
        f"<div>{'<i> </i>' * 300}Ada Lovelace</div>",  # blanks are pieces, too
        f"<div>{' ' * 2000}Ada Lovelace</div>",
    ],
)
def test_of_an_element_only_the_beginning_is_read(markup):
    assert text_of(html.fromstring(markup)) == ""
    assert len(text_of(html.fromstring(f"<p>{'and so on ' * 200_000}"))) < 2000
