from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.classes import wording

KINDS = {
    "challenged": wording.CHALLENGED,
    "consent": wording.CONSENT,
    "consent-terms": wording.CONSENT_TERMS,
    "failed": wording.FAILED,
    "live": wording.LIVE,
    "log-in": wording.LOG_IN,
    "needs-script": wording.NEEDS_SCRIPT,
    "not-found": wording.NOT_FOUND,
    "subscribe": wording.SUBSCRIBE,
}
NEWS_LANGUAGES = (
    "en es fr de pt it nl ru uk pl tr ar fa ur hi zh ja ko id el".split()  # noqa: SIM905 - reads better than a list of twenty strings
)


@pytest.mark.parametrize("kind", [*KINDS, "notice-absence", "notice-check"])
def test_every_kind_has_phrases_in_the_languages_of_the_news(kind):
    by_language = wording.read_wording(kind).by_language
    assert [name for name in NEWS_LANGUAGES if not by_language.get(name)] == []


NOTICES = (
    *("notice-absence", "notice-check", "notice-consent", "notice-failure"),
    *("notice-offer", "notice-reader", "newsletters"),
)


@pytest.mark.parametrize("kind", [*KINDS, "offers", *NOTICES])
def test_every_phrase_is_found_where_it_is_written(kind):
    words = wording.read_wording(kind)
    for group in words.by_language.values():
        for phrase in group:
            assert words.said(wording.fold(f"({phrase.upper()}!)")), phrase
            assert words.named([wording.fold(phrase)]), phrase


@pytest.mark.parametrize(
    ("written", "phrase"),
    [
        ("Página no encontrada", "pagina no encontrada"),
        ("SAYFA BULUNAMADI", "sayfa bulunamadı"),
        ("İsteğiniz", "isteginiz"),
        ("صفحه‌ي مورد نظر", "صفحهی مورد نظر"),
        ("الصَّفْحَةُ", "الصفحة"),
        ("you’re", "you re"),
        ("ＥＲＲＯＲ　４０４", "error 404"),
    ],
)
def test_writing_habits_make_no_difference(written, phrase):
    assert wording.fold(written) == wording.fold(phrase)


def test_a_phrase_begins_where_a_word_does_and_ends_anywhere():
    words = wording.Wording({"ru": ("не найден",), "en": ("not found",)})
    assert words.said(wording.fold("Страница не найдена"))
    assert not words.said(wording.fold("knot foundry"))


def test_a_name_is_what_the_phrase_makes_up_half_of():
    words = wording.Wording({"en": ("access denied",)})
    assert words.named([wording.fold("Access Denied"), wording.fold("x")])
    assert not words.named(
        [wording.fold("Access denied: how the city keeps people from the river")]
    )


@given(st.text())
def test_folding_twice_is_folding_once(text):
    folded = wording.fold(text)
    assert wording.fold(folded) == folded


@given(st.text())
def test_a_text_weighs_at_least_its_letters(text):
    assert len(text) <= wording.weight(text) <= 3 * len(text)
