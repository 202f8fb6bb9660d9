from __future__ import annotations

import pytest

from archive.model import Access
from pipelines.fields.access import read_access, wall_words
from pipelines.fields.access_words import PHRASES, WALLS
from tests.pipelines.fields.pages import json_ld, meta, parsed

FREE, PAID = Access.FREE, Access.PAYWALLED
TEXT = "<p>Paragraph of the text.</p>" * 4
WALL = "<div class='paywall'>Subscribe to continue reading</div>"
PART = {"@type": "WebPageElement", "isAccessibleForFree": "False"}


@pytest.mark.parametrize(
    ("body", "head", "wanted"),
    [
        ("", "", None),
        ("", json_ld(isAccessibleForFree=True), FREE),
        ("", json_ld(isAccessibleForFree="False"), PAID),
        ("", json_ld(isAccessibleForFree="https://schema.org/False"), PAID),
        ("", json_ld(isAccessibleForFree=""), None),
        ("", json_ld(isAccessibleForFree=True, hasPart=PART), PAID),
        ("", json_ld(hasPart=[{"isAccessibleForFree": True}]), None),
        ("", meta(article__content_tier="free"), FREE),
        ("", meta(article__content_tier="locked"), PAID),
        ("", meta(article__content_tier="metered"), PAID),
        ("", meta(article__content_tier="article"), None),
        (
            "",
            meta(article__content_tier="free") + json_ld(isAccessibleForFree=False),
            FREE,
        ),
        (
            "",
            meta(article__content_tier="metered") + json_ld(isAccessibleForFree=True),
            FREE,
        ),
        ("", meta(ispremium="0"), FREE),
        ("", meta(subscriber_only="true"), PAID),
        (TEXT + WALL, json_ld(isAccessibleForFree=True), PAID),
        (f"<article>{TEXT}</article><div>Already a subscriber? Log in</div>", "", PAID),
        (f"<div hidden>{WALL}</div>{TEXT}", "", None),
        (f"<div class='paywall'>{TEXT}</div>", "", None),
        (f"<div class='paywall'>{TEXT}<p>{'Long. ' * 900}</p></div>", "", None),
        ("<script>var paywall = 'subscribe to read'</script>" + TEXT, "", None),
    ],
)  # fmt: skip
def test_access_is_what_a_reader_would_meet(body, head, wanted):
    assert read_access(parsed(body, head)).value == wanted


@pytest.mark.parametrize("phrase", WALLS)
def test_every_wall_is_known_after_the_text(phrase):
    assert read_access(parsed(f"{TEXT}<div>{phrase}.</div>")).value is PAID


def test_walls_are_known_in_the_languages_of_the_news():
    assert len(PHRASES) >= 20
    assert all(PHRASES.values())


def test_a_story_that_tells_of_subscribers_is_no_wall():
    assert (
        wall_words("The paper has two million subscribers who read it daily.") is None
    )
