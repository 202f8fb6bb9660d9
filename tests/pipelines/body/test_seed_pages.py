"""A wire story republished by small sites: its paragraphs, and nothing of the site."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from pipelines.extraction import Extraction, Page
from pipelines.extractor import ArticleExtractor, build
from tests.support.seedpages import (
    LANGUAGES,
    SEED_FOLDER,
    TEMPLATES,
    Story,
    render,
    seed_story,
    story,
)

# Names its section and its site in no mark-up that would tell what they are.
UNMARKED = frozenset({"tables"})


@cache
def extractor() -> ArticleExtractor:
    return build()


def extracted(template: str, told: Story) -> Extraction:
    return extractor().extract(
        Page(
            url=f"{told.words['site_url']}/{told.words['slug']}/",
            payload=render(template, told),
            content_encoding=None,
            content_type="text/html; charset=utf-8",
            captured_at=datetime(2017, 3, 2, tzinfo=UTC),
        )
    )


def check(template: str, told: Story) -> None:
    found = extracted(template, told)
    lines = tuple(line for line in found.text.split("\n") if line)
    assert lines == told.paragraphs
    assert found.work.title == told.title
    if template not in UNMARKED:
        assert found.work.section == told.section
        assert found.work.site_name == told.site_name


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_is_its_paragraphs_whatever_page_it_is_in(
    template: str, language: str
) -> None:
    check(template, story(language))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_story_has_the_language_it_is_told_in(template: str) -> None:
    # Sites in other languages often keep the attribute of their English theme.
    told = story("fa")
    page = Story(
        title=told.title,
        section=told.section,
        site_name=told.site_name,
        paragraphs=told.paragraphs,
        caption=told.caption,
        words={**told.words, "language": "en-US"},
    )
    assert extracted(template, page).work.language == "fa"


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_seed_article_is_its_paragraphs_whatever_page_it_is_in(
    template: str,
) -> None:
    told = seed_story()
    if told is None:
        pytest.skip(f"the seed article is not part of the project: no {SEED_FOLDER}")
    check(template, told)


def test_there_are_eight_templates_at_least() -> None:
    assert len(TEMPLATES) >= 8
