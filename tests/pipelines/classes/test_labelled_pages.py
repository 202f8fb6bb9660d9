from __future__ import annotations

from collections import Counter

import pytest

from archive.model import CaptureClass
from pipelines.classes.classification import classify
from tests.pipelines.classes.labelled import (
    FOLDER,
    found_on,
    labelled_pages,
    parse,
)

# The first test waits for all pages: twelve seconds of CPU on an idle machine.
pytestmark = pytest.mark.timeout(300)

LEAST_PRECISION = 0.98
LEAST_RECALL = 0.97


@pytest.fixture(scope="module")
def pages():
    return tuple(labelled_pages())


@pytest.fixture(scope="module")
def verdicts(pages):
    return {
        page.name: classify(parse(page.body, page.url), found_on(page.body, page.url))
        for page in pages
    }


def test_what_is_called_an_article_is_one_and_articles_are_kept(pages, verdicts):
    called = Counter(
        (
            page.page_class is CaptureClass.ARTICLE,
            verdicts[page.name].page_class is CaptureClass.ARTICLE,
        )
        for page in pages
    )
    right, lost, false = called[True, True], called[True, False], called[False, True]
    assert right / (right + false) >= LEAST_PRECISION
    assert right / (right + lost) >= LEAST_RECALL


@pytest.mark.parametrize("page_class", CaptureClass)
def test_nine_in_ten_pages_of_each_class_are_told(pages, verdicts, page_class):
    told = [
        verdicts[page.name].page_class is page_class
        for page in pages
        if page.page_class is page_class
    ]
    assert len(told) >= 10
    assert sum(told) >= 0.9 * len(told)


def test_each_verdict_says_in_a_sentence_which_sign_decided(verdicts):
    for verdict in verdicts.values():
        assert verdict.reason[0].isupper()
        assert verdict.reason.endswith(".")
        assert "\n" not in verdict.reason


def test_the_pages_come_from_many_languages_in_splits_that_the_readme_names(pages):
    assert len({page.language for page in pages}) >= 20
    splits = Counter(page.split for page in pages)
    batches = {f"unseen-{number}" for number in range(1, 6)}
    assert splits.keys() == {"tuning", "check", "late"} | batches
    assert splits["tuning"] + splits["check"] >= 160
    assert all(splits[batch] >= 40 for batch in batches)


def test_pages_of_new_batches_are_of_all_classes_and_a_dozen_languages(pages):
    new = [page for page in pages if page.split.startswith("unseen-")]
    assert {page.page_class for page in new} == set(CaptureClass)
    assert len({page.language for page in new}) >= 12


def test_the_manifest_names_each_page_that_is_there(pages):
    files = {file.relative_to(FOLDER).as_posix() for file in FOLDER.glob("*/*.html")}
    assert files == {page.name for page in pages}
