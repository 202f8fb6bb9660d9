"""The versions of an article: which there are, and how one is named."""

from __future__ import annotations

from datetime import timedelta
from itertools import starmap

import pytest

from archive.collection import Collection
from archive.errors import NotFound, UsageError
from archive.versions import History, choose, choose_two
from archive.versions_questions import history
from tests.support.builders import NOON
from tests.support.editions import BRIDGE, Edition, keep_editions

STORY = (
    Edition(text="One."),  # 12:00
    Edition(text="One."),  # 13:00, fetched anew, the same words
    Edition(of=1),  # 14:00, not modified
    Edition(text="Two."),  # 15:00
    Edition(text=None),  # 16:00, a page that asks to log in
    Edition(text="One.", hours=24),  # the next day, as at first
    Edition(text="Two.", title="The bridge is closed", hours=48),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> History:
    root = tmp_path_factory.mktemp("versions") / "c"
    keep_editions(root, STORY)
    with Collection.open(root) as collection:
        return history(collection.catalogue, BRIDGE)


def test_a_version_lasts_while_nothing_else_is_said(told):
    spans = [
        (one.number, one.captures, one.first_at - NOON, one.last_at - NOON)
        for one in told.versions
    ]
    hours = list(
        starmap(lambda n, c, *h: (n, c, *(x.total_seconds() / 3600 for x in h)), spans)
    )
    assert hours == [(1, 3, 0, 2), (2, 1, 3, 3), (3, 1, 24, 24), (4, 1, 48, 48)]
    assert [one.same_as for one in told.versions] == [None, None, 1, None]


def test_every_capture_is_in_the_story_also_those_without_a_text(told):
    assert [one.version for one in told.captures] == [1, 1, 1, 2, None, 3, 4]


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("1", 1),
        ("v2", 2),
        ("first", 1),
        ("previous", 3),
        ("latest", 4),
        ("2026", 4),
        ("2026-11", 4),
        ("2026-11-22", 2),  # as it stood when that day ended
        ("20261122", 2),
        ("2026112214", 1),
        ("2026-11-22T14", 1),
        ("2026-11-22T15:00", 2),
        ("2026-11-22T15:00:00.5Z", 2),
        ("2026-11-23", 3),
        ("2030", 4),
    ],
)
def test_a_version_is_named_by_number_word_or_time(told, word, number):
    assert choose(told, word).number == number


@pytest.mark.parametrize(
    "word",
    ["0", "5", "v9", "yesterday", "", "2026-13", "2026-11-22T25", "-1", "1 2", "٣"],
)
def test_what_names_no_version_is_told_with_what_would(told, word):
    with pytest.raises(UsageError, match=r"there are 4 versions; say a number, first"):
        choose(told, word)


def test_before_the_first_capture_nothing_is_held(told):
    with pytest.raises(
        NotFound, match=r"as of 2025: it was captured first at 2026-11-22"
    ):
        choose(told, "2025")


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ((None, None), (3, 4)),
        (("", ""), (3, 4)),
        (("first", None), (1, 4)),
        (("2", "1"), (2, 1)),  # as asked, though it is backwards
        ((None, "2"), (1, 2)),
        (("previous", "3"), (2, 3)),
        (("previous", "first"), (1, 1)),
    ],
)
def test_without_words_the_last_change_is_meant(told, asked, numbers):
    first, second = choose_two(told, *asked)
    assert (first.number, second.number) == numbers


def keep(tmp_path, *editions: Edition) -> Collection:
    keep_editions(tmp_path / "c", editions)
    return Collection.open(tmp_path / "c")


def test_pages_of_one_canonical_address_are_one_article(tmp_path):
    editions = (
        Edition(text="One.", canonical_url=BRIDGE),
        Edition(text="Two.", url="http://m.news.example/b", canonical_url=BRIDGE),
        Edition(text="Other.", url="http://news.example/other"),
    )
    with keep(tmp_path, *editions) as collection:
        for name in (BRIDGE, "http://m.news.example/b"):
            assert [
                v.article.text for v in history(collection.catalogue, name).versions
            ] == ["One.", "Two."]


@pytest.mark.parametrize(
    "home", ["http://news.example/", "http://news.example", "http://[", "x"]
)
def test_a_site_that_calls_all_pages_by_one_name_does_not_mix_them(tmp_path, home):
    editions = (
        Edition(text="One.", canonical_url=home),
        Edition(
            text="Another article.", url="http://news.example/2", canonical_url=home
        ),
    )
    with keep(tmp_path, *editions) as collection:
        versions = history(collection.catalogue, BRIDGE).versions
    assert [one.article.text for one in versions] == (
        ["One."] if home != "x" else ["One.", "Another article."]
    )


def test_an_extractor_that_reads_otherwise_makes_no_version(tmp_path):
    editions = (
        Edition(text="One.", older_text="One. Read also: this."),
        Edition(text="One."),
    )
    with keep(tmp_path, *editions) as collection:
        told = history(collection.catalogue, BRIDGE)
    assert [one.article.text for one in told.versions] == ["One."]
    assert told.versions[0].captures == 2


def test_any_name_leads_to_the_same_story(tmp_path):
    with keep(
        tmp_path, Edition(text="One."), Edition(of=0), Edition(text="Two.")
    ) as collection:
        told = history(collection.catalogue, BRIDGE)
        names = [one.kept.capture.record_id for one in told.captures]
        names += [one.article.id for one in told.versions]
        names += [
            names[0].strip("<>"),
            f"{BRIDGE}#part",
            "https://www.news.example/bridge",
        ]
        assert all(history(collection.catalogue, name) == told for name in names)
        assert told.version_of(names[1]) == told.versions[0]
        assert told.versions[0].last_at - NOON == timedelta(hours=1)


def test_a_name_without_a_text_is_told_why(tmp_path):
    with keep(tmp_path, Edition(text=None)) as collection:
        with pytest.raises(
            NotFound, match=r"no capture of .* has a text: other-class \(a form"
        ):
            history(collection.catalogue, BRIDGE)
        with pytest.raises(NotFound, match="nothing is held of http://elsewhere/"):
            history(collection.catalogue, "http://elsewhere/")
