from __future__ import annotations

import pytest

from pipelines.extraction import Hints
from pipelines.fields.titles import read_titles
from tests.pipelines.fields.pages import URL, json_ld, meta, parsed

HEADLINE = "Bridge reopens after the storm of the century"


def title_of(body: str = "", head: str = "", **page) -> str | None:
    return read_titles(parsed(body, head, **page)).value.title


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f"<h1>{HEADLINE}</h1>", f"<title>{HEADLINE} | Example Herald</title>"),
        ("", f"<title>{HEADLINE} - The Example Herald</title>"),
        ("", f"<title>{HEADLINE} | Blog</title>"),
        ("", f"<title>Example Blog: {HEADLINE}</title>"),
        (
            "",
            meta(og__title=f"{HEADLINE} | WHA", og__site_name="World Harbour Awards"),
        ),
        ("", f"<title>Example Herald: | {HEADLINE}</title>"),
        ("", meta(og__title=f"{HEADLINE} – World", article__section="World")),
        (f"<h1>{HEADLINE} | Opinion</h1>", ""),
        (f"<h1>World | {HEADLINE}</h1>", meta(article__section="World")),
        (
            "<ul class=Breadcrumb><a href=/>Home</a><a href=/x>District</a></ul>",
            meta(og__title=f"{HEADLINE} | District"),
        ),
        (f"<h1>Example Herald</h1><h1>{HEADLINE}</h1>", meta(og__title=HEADLINE)),
        (f"<h1>{HEADLINE}</h1>", "<title>Storm bridge open again</title>"),
        (f"<h2>{HEADLINE}</h2><h2>Another</h2>", json_ld(headline=HEADLINE)),
        (f"<div class=article-title>{HEADLINE}</div>", "<title>Herald</title>"),
        (f"<h1>{HEADLINE}</h1>", json_ld(headline="Bridge reopens after the storm…")),
        (f"<h1><span>{HEADLINE[:20]}</span>{HEADLINE[20:]}</h1>", ""),
        (
            f"<h1>{HEADLINE}<span class='visually-hidden'>read aloud</span></h1>",
            "",
        ),
        (
            f"<h1 class='sr-only'>Bridge, storm, pictures</h1><h2>{HEADLINE}</h2>",
            json_ld(headline=HEADLINE) + meta(og__title="Bridge, storm, pictures"),
        ),
        (
            f"<h1><span class=kicker>Weather</span><span>{HEADLINE}</span></h1>",
            meta(og__title=HEADLINE),
        ),
    ],
)
def test_the_headline_stands_without_names_around_it(body, head):
    assert title_of(body, head) == HEADLINE


def test_a_breadcrumb_of_the_page_itself_is_no_section_of_it():
    crumbs = (
        f"<p class=breadcrumb><a href=/>Home</a><a href={URL}>Charity Ratings</a></p>"
    )
    head = "<title>Charity Ratings - Our View</title>"
    assert title_of(f"<h1>Charity Ratings</h1>{crumbs}", head) == "Charity Ratings"


def test_an_h2_that_says_what_title_says_goes_before_an_h1_that_does_not():
    body = f"<h1>Weather Centre</h1><h2>{HEADLINE}</h2><h2>Today in the Herald</h2>"
    assert title_of(body, f"<title>{HEADLINE}</title>") == HEADLINE
    assert title_of(body, "<title>Weather Centre</title>") == "Weather Centre"


@pytest.mark.parametrize(
    ("raw", "site", "wanted"),
    [
        ("桥梁在暴风雨后重新开放_新华网", "新华网", "桥梁在暴风雨后重新开放"),
        ("橋が再開　気象庁：朝日新聞", "朝日新聞", "橋が再開 気象庁"),
        ("Мост открыли после бури — Вестник", "Вестник", "Мост открыли после бури"),
        (
            "إعادة فتح الجسر بعد العاصفة | الجريدة",
            "الجريدة",
            "إعادة فتح الجسر بعد العاصفة",
        ),
        ("बाँध फिर खुला - समाचार पत्र", "समाचार पत्र", "बाँध फिर खुला"),
        ("다리가 다시 열렸다 : 한국신문", "한국신문", "다리가 다시 열렸다"),
        ("Köprü yeniden açıldı » Gazete", "Gazete", "Köprü yeniden açıldı"),
    ],
)
def test_names_are_cut_in_many_scripts(raw, site, wanted):
    head = f"<title>{raw}</title>" + meta(og__site_name=site)
    assert title_of("", head) == wanted


@pytest.mark.parametrize(
    "headline",
    [
        "Wine guide: three bottles for a sunny day",
        "Spider-Man – no way home again",
        "Who won? The answer, in 12 charts",
        "A1 - B2",
        "How rustc_codegen_gcc came about",
    ],
)
def test_marks_within_a_headline_stay(headline):
    assert title_of(f"<h1>{headline}</h1>", json_ld(headline=headline)) == headline


def test_furigana_is_not_part_of_a_headline():
    body = "<h1><ruby>橋<rp>(</rp><rt>はし</rt><rp>)</rp></ruby>が再開</h1>"
    assert title_of(body) == "橋が再開"


def test_the_seed_helps_where_the_page_says_nothing():
    hints = Hints(title=HEADLINE, origin="feed")
    assert title_of("<p>Text.</p>", hints=hints) == HEADLINE


def test_a_page_without_any_title_has_none():
    reading = read_titles(parsed("<p>Text.</p>"))
    assert reading.value.title is None
    assert reading.claims == ()


def test_every_statement_is_a_claim_and_one_is_chosen():
    head = json_ld(headline=HEADLINE) + meta(og__title=f"{HEADLINE} | Herald")
    reading = read_titles(parsed(f"<h1>{HEADLINE}</h1><h2>Read also</h2>", head))
    claims = [claim for claim in reading.claims if claim.field == "title"]
    assert {claim.origin for claim in claims} >= {
        "json-ld:NewsArticle.headline",
        "meta:og:title",
        "h1",
    }
    assert [claim.origin for claim in claims if claim.is_chosen] == [
        "json-ld:NewsArticle.headline"
    ]


def test_the_surroundings_are_given_apart():
    body = (
        "<header><p class=kicker>Infrastructure</p>"
        f"<h1>{HEADLINE}</h1><p class=standfirst>Thousands had to go a long way "
        "round for three weeks.</p></header><article><p>Text.</p></article>"
    )
    head = meta(
        og__site_name="Example Herald",
        og__description="What the closing of the bridge meant.",
        article__section="World",
    )
    value = read_titles(parsed(body, head)).value
    assert value.title == HEADLINE
    assert value.kicker == "Infrastructure"
    assert value.section == "World"
    assert value.site_name == "Example Herald"
    assert value.standfirst == ("Thousands had to go a long way round for three weeks.")
    assert value.description == "What the closing of the bridge meant."
