from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Access, CaptureClass
from pipelines.classes import marks
from pipelines.classes.classification import classify
from pipelines.classes.view import Found
from tests.pipelines.classes.labelled import parse

URL = "https://news.example/2025/03/harbour-wall-repairs-to-cost-twice/"
PROSE = (
    "The bill for rebuilding the harbour wall has risen to four million pounds, "
    "papers published on Thursday show. Divers found that the foundations had been "
    "washed out along almost eighty metres."
)


def found(text="", title=None, access=None):
    return Found(text=text, title=title, has_date=True, has_byline=False, access=access)


def a_page(body, head="", title="Harbour wall"):
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def told(body, text="", head="", url=URL, title="Harbour wall", access=None):
    page = parse(a_page(body, head, title), url)
    return classify(page, found(text, access=access)).page_class


def json_ld(members):
    return f'<script type="application/ld+json">{{{members}}}</script>'


@pytest.mark.parametrize(
    ("supplier", "mark"),
    [
        (supplier, mark)
        for supplier, group in marks.CHALLENGES.items()
        for mark in group
    ],
)
def test_the_marks_of_checks_decide_on_small_pages(supplier, mark):
    page = parse(a_page(f"<div data-x='{mark}'></div><p>Wait.</p>"), URL)
    verdict = classify(page, found("Wait."))
    assert verdict.page_class is CaptureClass.CHALLENGE
    assert supplier in verdict.reason


@pytest.mark.parametrize(
    "mark", [mark for group in marks.CHALLENGES.values() for mark in group]
)
def test_an_article_may_have_the_marks_of_checks_in_its_markup(mark):
    text = "\n".join([PROSE] * 8)
    body = f"<div data-x='{mark}'></div>" + f"<p>{PROSE}</p>" * 8
    assert told(body, text) is CaptureClass.ARTICLE


@pytest.mark.parametrize("mark", marks.WIDGETS)
def test_a_captcha_in_a_form_of_comments_does_not_make_a_check(mark):
    text = "\n".join([PROSE] * 3)
    body = f"<p>{PROSE}</p>" * 3 + f"<form><div class='{mark}'></div></form>"
    assert told(body, text) is CaptureClass.ARTICLE


@pytest.mark.parametrize(
    "mark", [mark for group in marks.CONSENTS.values() for mark in group]
)
def test_the_supplier_of_a_dialogue_alone_makes_no_wall(mark):
    text = "\n".join([PROSE] * 3)
    body = f"<p>{PROSE}</p>" * 3 + f"<div id='{mark}'>We use cookies.</div>"
    assert told(body, text) is CaptureClass.ARTICLE


def test_a_page_for_subscribers_with_few_of_its_words_is_a_stub():
    stated = '"@type":"NewsArticle","headline":"Wall","isAccessibleForFree":false'
    body = f"<p>{PROSE}</p>"
    assert told(body, PROSE, json_ld(f'{stated},"wordCount":900')) is CaptureClass.STUB


@pytest.mark.parametrize("said", ["", "<p>Subscribe to continue reading.</p>"])
def test_a_page_for_subscribers_with_all_of_its_words_is_an_article(said):
    stated = '"@type":"NewsArticle","headline":"Wall","isAccessibleForFree":false'
    head = json_ld(f'{stated},"wordCount":35')
    told_class = told(f"<p>{PROSE}</p>{said}", PROSE, head, access=Access.PAYWALLED)
    assert told_class is CaptureClass.ARTICLE


def test_a_long_text_for_subscribers_is_an_article():
    text = "\n".join([PROSE] * 12)
    told_class = told(f"<p>{PROSE}</p>" * 12, text, access=Access.PAYWALLED)
    assert told_class is CaptureClass.ARTICLE


def test_updates_in_json_ld_make_a_live_blog():
    head = json_ld('"@type":"LiveBlogPosting","headline":"Storm","liveBlogUpdate":[{}]')
    assert told(f"<p>{PROSE}</p>", PROSE, head) is CaptureClass.LIVE_BLOG


def test_a_timetable_is_no_live_blog():
    times = [f"{hour}:30 Ferry to the island" for hour in range(6, 20)]
    text = "\n".join([PROSE, *times, PROSE])
    body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    assert told(body, text) is CaptureClass.ARTICLE


def test_wrappers_around_each_paragraph_make_no_listing():
    text = "\n".join([PROSE] * 8)
    body = f"<div><div><p>{PROSE}</p></div></div>" * 8
    teasers = "<h3><a href='/x'>Ferry service to resume after repairs</a></h3>" * 20
    assert told(body + teasers, text) is CaptureClass.ARTICLE


def test_nothing_at_all_is_empty():
    assert told("", "") is CaptureClass.EMPTY


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 2000 + PROSE,
        "<a>" * 4000 + "x" * 100_000,
        "<p>12:30 " * 20_000,
        "<h1>" + "- | " * 100_000 + "</h1>",
        "<p>" + "cookies partners consent " * 20_000,
        "<span>" * 3000 + "word " * 40_000,
        "<h3><a href=x>y</a></h3>" * 20_000,
    ],
)
def test_hostile_pages_take_no_longer_than_long_ones(body):
    page = parse(a_page(body), URL)
    began = time.process_time()
    classify(page, found(page.tree.text_content()))
    assert time.process_time() - began < 1


@given(st.text(max_size=300), st.text(max_size=300), st.booleans())
def test_any_page_has_a_class_and_always_the_same(title, text, has_date):
    page = parse(a_page(f"<p>{text}</p>", title=title), "https://news.example/a")
    what = Found(
        text=text, title=title, has_date=has_date, has_byline=False, access=None
    )
    assert classify(page, what) == classify(page, what)
