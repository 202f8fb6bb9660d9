"""The feed: what is new and what has changed, for any feed reader."""

from __future__ import annotations

from xml.etree import ElementTree

import feedparser
import pytest

from archive.clock import now
from archive.export.atom import feed, news
from archive.export.selection import EVERYTHING, Selection, choose
from tests.archive.export.conftest import HOSTILE

_ATOM = "{http://www.w3.org/2005/Atom}"


def write(held, selection=EVERYTHING, limit=100, **more):
    choice = choose(held.collection, selection)
    items = news(held.collection.catalogue, choice, limit)
    return feed(held.collection, choice, items, now=now(), **more)


@pytest.fixture(scope="module")
def parsed(held):
    read = feedparser.parse(write(held))
    assert not read.bozo
    assert read.version == "atom10"
    return read


def test_new_and_changed_articles_newest_first(parsed, held):
    assert [entry.id for entry in parsed.entries] == [
        held.id(name).strip("<>")
        for name in ("hostile", "edited", "far", "other", "bridge")
    ]
    what = [entry.tags[0].term for entry in parsed.entries]
    assert what == ["new", "changed", "new", "new", "new"]
    assert parsed.entries[1].title == "Changed: The bridge is open"
    assert parsed.entries[4].title == "The bridge is open"


def test_an_entry_says_what_a_reader_needs(parsed, held):
    entry = parsed.entries[2]
    assert entry.title == "Far away"
    assert entry.link == held.url("far")
    assert entry.summary == "A text from far away."
    assert entry.updated.startswith("2026-11-20T")
    assert entry.author


def test_every_element_that_atom_requires_is_there(held):
    root = ElementTree.fromstring(write(held))
    for parent in (root, *root.findall(f"{_ATOM}entry")):
        for name in ("id", "title", "updated", "author"):
            assert parent.find(f"{_ATOM}{name}") is not None, name


def test_ids_stay_the_same_and_differ_by_selection(held):
    first, second = write(held), write(held)
    assert first == second
    ids = {
        feedparser.parse(write(held, selection)).feed.id
        for selection in (EVERYTHING, Selection(source_ids=("tagblatt",)))
    }
    assert len(ids) == 2
    assert all(one.startswith("urn:uuid:") for one in ids)


@pytest.mark.parametrize(
    ("selection", "limit", "expected"),
    [
        (Selection(source_ids=("tagblatt",)), 100, ["hostile", "far"]),
        (Selection(since="2026-11-21"), 100, ["hostile", "edited"]),
        (Selection(article="http://news.example/bridge"), 100, ["edited", "bridge"]),
        (EVERYTHING, 2, ["hostile", "edited"]),
        (Selection(since="2027"), 100, []),
    ],
    ids=str,
)
def test_the_feed_of_a_selection(held, selection, limit, expected):
    read = feedparser.parse(write(held, selection, limit))
    assert not read.bozo
    wanted = [held.id(name).strip("<>") for name in expected]
    assert [entry.id for entry in read.entries] == wanted


def test_markup_and_controls_are_text(held):
    content = write(held)
    assert b"<script>" not in content
    root = ElementTree.fromstring(content)
    title = root.find(f"{_ATOM}entry/{_ATOM}title")
    assert title is not None
    # What XML has no way to write is left out; the rest is as the publisher wrote it.
    assert title.text == HOSTILE.replace("\x1b", "").replace("\x07", "").replace(
        "\x7f", ""
    )


def test_entries_lead_to_the_archive_where_it_is_served(held):
    content = write(
        held,
        self_url="http://127.0.0.1:8000/feed.atom?source=a&since=2026",
        article_url="http://127.0.0.1:8000/article/",
    )
    read = feedparser.parse(content)
    assert (
        read.feed.links[0].href == "http://127.0.0.1:8000/feed.atom?source=a&since=2026"
    )
    entry = read.entries[2]
    uuid = held.id("far")[10:-1]
    assert entry.link == f"http://127.0.0.1:8000/article/{uuid}"
    assert {link.rel: link.href for link in entry.links}["via"] == held.url("far")
