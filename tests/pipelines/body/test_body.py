"""Pages that hold the article in another place than their tags say."""

from __future__ import annotations

import pytest

from pipelines.article_text import extract
from tests.pipelines.fields.pages import parsed

PARAGRAPHS = [
    f"Part {n} of the guide: the keeper of lighthouse {n} said that the lamp had been "
    f"lit {n} times in the night, and that {n + 3} boats had come in by the morning."
    for n in range(60)
]
HEADLINE = "Sixty keepers and their lamps"


def page(body: str) -> bytes:
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{HEADLINE}</title></head><body>"
        f'<div class="menu"><a href="/">Home</a> <a href="/sea">Sea</a></div>'
        f"{body}<footer>Harbour Press</footer></body></html>"
    ).encode()


def paragraphs(start: int, end: int) -> str:
    return "".join(f"<p>{one}</p>" for one in PARAGRAPHS[start:end])


def lines(html: bytes) -> list[str]:
    return extract(html, "https://press.example/guides/lamps").text.split("\n")


def test_an_article_whose_parts_are_each_marked_as_one():
    parts = "".join(
        f'<article class="part" id="tab{start}"><h2>Watch {start} to {end}</h2>'
        f'<div class="text">{paragraphs(start, end)}</div></article>'
        for start, end in ((2, 14), (14, 34), (34, 48), (48, 60))
    )
    body = f"<h1>{HEADLINE}</h1><div class=intro>{paragraphs(0, 2)}</div>{parts}"
    found = lines(page(f"<div class=body>{body}</div>"))
    assert [line for line in found if line in PARAGRAPHS] == PARAGRAPHS
    assert "Watch 34 to 48" in found


SOME = PARAGRAPHS[:14]


def _joined(between: str) -> str:
    return between.join(SOME)


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{_joined('<br><br>')}</div>",
        f"<div>{_joined('<br>')}</div>",
        f"<div><div>{_joined('<br><br>')}</div></div>",
        f"<article><div class=body>{_joined('<br><br>')}</div></article>",
        f"<div>{_joined('<br>').replace('the guide', '<em>the guide</em>')}</div>",
        f"<div>{SOME[0]}<br>{SOME[1]}{paragraphs(2, 14)}</div>",
        f"<div>&#1;{_joined('&#1;<br>&#11;')}&#1;</div>",
        f"<section><span>{_joined('</span><br><span>')}</span></section>",
        f"<ol><li>{_joined('</li><li>')}</li></ol>",
        f"<table><tr><td>{_joined('</td></tr><tr><td>')}</td></tr></table>",
    ],
)
def test_text_that_is_not_in_paragraphs_keeps_its_lines(body):
    found = lines(page(body))
    assert [line.strip("-| ") for line in found] == SOME


def test_lists_and_headings_of_a_page_without_any_article():
    tools = [
        f"- A lamp of make number {n}, with its wick and its oil" for n in range(8)
    ]
    listed = "".join(f"<li>{tool[2:]}</li>" for tool in tools)
    body = (
        f"<div class=page><h1>{HEADLINE}</h1>{paragraphs(0, 9)}<h2>What they need</h2>"
        f"<p>Every one of them has the same things in the cupboard under the stairs:"
        f"</p><ul>{listed}</ul>{paragraphs(9, 15)}</div>"
    )
    found = lines(page(body))
    assert found[9:11] == [
        "What they need",
        "Every one of them has the same things in the cupboard under the stairs:",
    ]
    assert found[11:19] == tools
    assert found[19:] == PARAGRAPHS[9:15]


def test_a_card_marked_as_an_article_does_not_outweigh_the_text():
    card = (
        '<section class="carousel"><div class="slide"><article><h4>Why lamps go out'
        "</h4><p>Lamps go out for many reasons. The oldest of them is the wind that "
        "comes in over the bar in the small hours, when the keeper is at his soup and "
        "thinks of nothing at all, least of all the glass that he left open. The next "
        "is the oil, of which the harbour master buys what is cheapest, and of that "
        "the least that will do; whoever has carried it up knows why nobody complains."
        "</p></article></div></section>"
    )
    # The names are those that Resiliparse takes for what stands around a text.
    body = (
        '<div class="layout crumbs subnav"><main>'
        f"<h1>{HEADLINE}</h1><section><div>{paragraphs(0, 60)}</div></section>{card}"
        "</main></div>"
    )
    found = lines(page(body))
    assert [line for line in found if line in PARAGRAPHS] == PARAGRAPHS


@pytest.mark.parametrize("inner", ["main", "div"])
def test_an_article_in_a_navigation_that_is_closed_too_late(inner):
    body = (
        '<div class="site"><nav id="main-nav" class="navbar navbar-expand" '
        'role="navigation"><ul class="navbar-nav"><li><a href="/sea">Sea</a></li></ul>'
        f'<div id="single-wrapper"><{inner} class="content"><article>'
        f"<h1>{HEADLINE}</h1>{paragraphs(0, 30)}</article></{inner}></div></nav></div>"
        "<div><p>The lamps are lit by the keepers of the coast and bar.</p></div>"
    )
    found = lines(page(body))
    assert [line for line in found if line in PARAGRAPHS] == PARAGRAPHS[:30]


def test_a_second_half_that_readability_alone_does_not_have_stays():
    # The names are those that Resiliparse and Readability take for other things.
    body = (
        f'<div class="layout crumbs subnav"><main><h1>{HEADLINE}</h1><article>'
        f"<section><div>{paragraphs(0, 12)}</div></section>"
        f'<div class="extra remark">{paragraphs(12, 24)}</div></article></main></div>'
    )
    found = lines(page(body))
    assert [line for line in found if line in PARAGRAPHS] == PARAGRAPHS[:24]


def test_a_section_is_not_judged_by_a_heading_in_its_id():
    parts = "".join(
        f'<div class="part" id="{"-".join(heading.lower().split())}">'
        f"<h2>{heading}</h2>{paragraphs(n * 10, n * 10 + 10)}</div>"
        for n, heading in enumerate(
            ["The first watch", "Menu ideas for two", "Oil and wicks", "To the boats"]
        )
    )
    found = lines(page(f"<article><h1>{HEADLINE}</h1>{parts}</article>"))
    assert "Menu ideas for two" in found
    assert [line for line in found if line in PARAGRAPHS] == PARAGRAPHS[:40]


def test_a_lone_box_is_judged_by_its_id():
    box = (
        '<div id="related-stories-for-you"><h2>Related stories for you</h2>'
        f"{paragraphs(40, 42)}</div>"
    )
    body = f"<article><h1>{HEADLINE}</h1>{paragraphs(0, 12)}{box}</article>"
    found = lines(page(body))
    assert [line for line in found if line in PARAGRAPHS] == PARAGRAPHS[:12]


def test_the_main_part_of_another_box_stays_outside():
    aside = f"<aside><main><h2>Other</h2>{paragraphs(40, 48)}</main></aside>"
    body = f"<div><article><h1>{HEADLINE}</h1>{paragraphs(0, 14)}</article>{aside}"
    found = lines(page(f"{body}</div>"))
    assert [line for line in found if line in PARAGRAPHS] == PARAGRAPHS[:14]


def test_no_navigation_stays_around_the_main_part():
    tree = parsed("<nav class=n><main><h1>A</h1></main></nav><nav>b</nav>").tree
    assert [(one.tag, one.get("class")) for one in tree.find("body")] == [
        ("div", None),
        ("nav", None),
    ]
