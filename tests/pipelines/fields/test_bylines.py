from __future__ import annotations

import json
from datetime import UTC, datetime
from time import process_time

import pytest

from archive.model import Byline, BylineKind
from pipelines.decoding import decode_page
from pipelines.extraction import Page
from pipelines.fields.bylines import read_bylines
from pipelines.parsed import MarkupParser, ParsedPage

PARSER = MarkupParser()
TITLE = "The bridge is open again"


def parsed(body: str = "", *, head: str = "", data: object = None) -> ParsedPage:
    if data is not None:
        head += f'<script type="application/ld+json">{json.dumps(data)}</script>'
    markup = (
        f"<html><head><title>{TITLE} | The Daily Loom</title>{head}</head>"
        f"<body><article>{body}</article></body></html>"
    )
    page = Page(
        url="https://www.loom.example/news/bridge",
        payload=markup.encode(),
        content_encoding=None,
        content_type="text/html; charset=utf-8",
        captured_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    read = PARSER.read(page, decode_page(page))
    assert read is not None
    return read


def names(page: ParsedPage) -> list[str]:
    return [byline.name for byline in read_bylines(page, "The Daily Loom").value]


def article(**fields: object) -> dict[str, object]:
    return {"@type": "NewsArticle", "headline": TITLE, **fields}


def person(name: object) -> dict[str, object]:
    return {"@type": "Person", "name": name}


@pytest.mark.parametrize(
    ("author", "wanted"),
    [
        (person("Ada Lovelace"), ["Ada Lovelace"]),
        (
            [person("Ada Lovelace"), person("Grace Hopper")],
            ["Ada Lovelace", "Grace Hopper"],
        ),
        ([[person("Ada Lovelace")], "Grace Hopper"], ["Ada Lovelace", "Grace Hopper"]),
        ("Ada Lovelace and Grace Hopper", ["Ada Lovelace", "Grace Hopper"]),
        (person(["Ada Lovelace", "Grace Hopper"]), ["Ada Lovelace", "Grace Hopper"]),
        (person("By Ada Lovelace, Senior Reporter"), ["Ada Lovelace"]),
        (person("Ada Lovelace, The Daily Loom"), ["Ada Lovelace"]),
        (person("Ada Lovelace (al)"), ["Ada Lovelace"]),
        (
            {"@type": "Person", "givenName": "Ada", "familyName": "Lovelace"},
            ["Ada Lovelace"],
        ),
        (person("https://loom.example/ada"), []),
        (person("admin"), []),
        (person(""), []),
        ({"@type": "Organization", "name": "The Daily Loom"}, ["The Daily Loom"]),
    ],
)
def test_json_ld_names_authors_in_many_forms(author, wanted):
    assert names(parsed(data=article(author=author))) == wanted


def test_an_author_may_be_a_reference_to_another_node():
    graph = [
        article(author={"@id": "#ada"}),
        {"@type": "Person", "@id": "#ada", "name": "Ada Lovelace"},
    ]
    assert names(parsed(data={"@graph": graph})) == ["Ada Lovelace"]


@pytest.mark.parametrize(
    "tag",
    [
        '<meta name="author" content="Ada Lovelace">',
        '<meta property="article:author" content="Ada Lovelace">',
        '<meta name="parsely-author" content="Ada Lovelace">',
        '<meta name="byl" content="By Ada Lovelace">',
        '<meta name="DC.creator" content="Lovelace, Ada">',
        '<meta name="sailthru.author" content="Ada Lovelace">',
        '<meta name="loom_authors" content="Ada Lovelace">',
        (
            '<meta name="twitter:label1" content="Written by">'
            '<meta name="twitter:data1" content="Ada Lovelace">'
        ),
    ],
)
def test_meta_tags_name_authors(tag):
    assert names(parsed(head=tag)) == ["Ada Lovelace"]


@pytest.mark.parametrize(
    "tag",
    [
        '<meta name="twitter:creator" content="@ada">',
        '<meta property="article:author" content="https://www.facebook.com/ada">',
        (
            '<meta name="twitter:label1" content="Reading time">'
            '<meta name="twitter:data1" content="Five minutes">'
        ),
        '<meta name="author" content="No Author">',
    ],
)
def test_accounts_addresses_and_labels_are_no_authors(tag):
    assert names(parsed(head=tag)) == []


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


def test_a_person_shown_goes_before_the_site_stated():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">By Ada Lovelace</p>',
        head='<meta name="author" content="The Daily Loom">',
        data=article(author={"@type": "Organization", "name": "The Daily Loom"}),
    )
    assert names(page) == ["Ada Lovelace"]


def test_an_agency_shown_goes_before_the_site_stated():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">By Associated Press</p>',
        data=article(author={"@type": "Organization", "name": "The Daily Loom"}),
    )
    assert names(page) == ["Associated Press"]


def test_names_that_are_shown_and_not_stated_are_added():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">By Grace Hopper and Ada Lovelace</p>',
        data=article(author=person("Ada Lovelace")),
    )
    assert names(page) == ["Grace Hopper", "Ada Lovelace"]


@pytest.mark.parametrize(
    ("name", "wanted"), [("headline__footer", ["Ada Lovelace"]), ("site-footer", [])]
)
def test_a_footer_named_after_the_article_is_its_own(name, wanted):
    footer = f'<div class="{name}"><p class="byline">Ada Lovelace</p></div>'
    assert names(parsed(f"</article><h1>{TITLE}</h1>{footer}")) == wanted


def test_two_places_that_agree_go_before_a_publisher_stated_first():
    head = (
        '<meta name="author" content="Wool Mill">'
        '<meta property="article:author" content="Ada Lovelace">'
    )
    byline = f'<h1>{TITLE}</h1><p class="byline">By Ada Lovelace</p>'
    assert names(parsed(byline, head=head)) == ["Ada Lovelace"]
    assert names(parsed(head=head)) == ["Wool Mill"]
    agrees = '<meta name="byl" content="Wool Mill">'
    assert names(parsed(byline, head=head + agrees)) == ["Wool Mill"]


def test_capitals_are_written_as_another_claim_has_them():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">Ada Lovelace</p>',
        data=article(author=person("ADA LOVELACE")),
    )
    assert names(page) == ["Ada Lovelace"]
    assert names(parsed(data=article(author=person("ADA LOVELACE")))) == [
        "ADA LOVELACE"
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ada Lovelace", BylineKind.PERSON),
        ("王小明", BylineKind.PERSON),
        ("Reuters", BylineKind.AGENCY),
        ("dpa", BylineKind.AGENCY),
        ("新华社", BylineKind.AGENCY),
        ("ТАСС", BylineKind.AGENCY),
        ("The Daily Loom", BylineKind.ORGANISATION),
        ("loom.example", BylineKind.ORGANISATION),
        ("Sports Desk", BylineKind.ORGANISATION),
        ("Online-Redaktion", BylineKind.ORGANISATION),
        ("Редакция", BylineKind.ORGANISATION),
    ],
)
def test_persons_agencies_and_organisations_are_told_apart(name, kind):
    reading = read_bylines(parsed(data=article(author=person(name))), "The Daily Loom")
    assert reading.value == (Byline(name=name, kind=kind),)


def test_all_claims_are_kept_and_the_chosen_ones_marked():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">By Ada Lovelace</p>',
        head='<meta name="author" content="Loom Online">',
    )
    claims = read_bylines(page, None).claims
    assert [(c.field, c.value, c.origin, c.is_chosen) for c in claims] == [
        ("author", "Loom Online", "meta:author", False),
        ("author", "By Ada Lovelace", "p.byline", True),
    ]


def test_a_page_that_names_nobody_has_no_bylines():
    reading = read_bylines(parsed(f"<h1>{TITLE}</h1><p>It is open.</p>"), None)
    assert (reading.value, reading.claims) == ((), ())


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
        page = parsed(f"<h1>{TITLE}</h1>{hostile}")
        began = process_time()
        read_bylines(page, None)
        assert process_time() - began < 3
