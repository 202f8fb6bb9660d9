"""Addresses that are one article by the word of their pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.identity import identity
from archive.watch.aliases import Alias
from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import AddressState
from tests.support.frontiers import NOON, found, take

RECORD = "<urn:uuid:00000000-0000-4000-8000-00000000000a>"
SITE = "https://news.example"
STORY, CANONICAL = f"{SITE}/2026/story?ref=7", f"{SITE}/2026/11/22/story"


def test_an_address_that_nobody_knew_leads_to_the_one_that_says_so(frontier):
    frontier.enter([found(STORY)], now=NOON)
    assert frontier.alias(STORY, CANONICAL, RECORD)
    assert not frontier.alias(STORY, CANONICAL, RECORD)  # nothing changes by it
    first = frontier.get(STORY)
    assert first is not None
    assert frontier.get(CANONICAL) == first
    assert frontier.aliases(first.key) == (
        Alias(key=identity(CANONICAL), url=CANONICAL, evidence=RECORD),
    )
    assert frontier.enter([found(CANONICAL)], now=NOON) == ()  # known by now
    assert frontier.counts() == {AddressState.DUE: 1}


@pytest.mark.parametrize("order", [(STORY, CANONICAL), (CANONICAL, STORY)])
def test_of_two_that_are_known_the_first_stays_the_one_that_is_fetched(frontier, order):
    for number, url in enumerate(order):
        later = NOON + timedelta(minutes=number)
        frontier.enter([found(url, at=later)], now=NOON)
    assert frontier.alias(STORY, CANONICAL, RECORD)
    assert [a.url for a in take(frontier)] == [order[0]]
    for url in order:
        known = frontier.get(url)
        assert known is not None
        assert known.url == order[0]
    second = next(frontier.addresses(state=AddressState.FOUND))
    assert second.url == order[1]
    assert second.reason == f"the same article as {order[0]}, says {RECORD}"


def test_one_that_is_left_out_stands_for_none_that_is_wanted(frontier):
    frontier.leave_out([found(CANONICAL)], "excluded", now=NOON)
    frontier.enter([found(STORY)], now=NOON)
    assert frontier.alias(STORY, CANONICAL, RECORD)
    assert [a.url for a in take(frontier)] == [STORY]


def test_what_has_become_another_is_neither_settled_nor_entered_again(frontier):
    frontier.enter([found(CANONICAL)], now=NOON)
    frontier.enter([found(STORY)], now=NOON)
    taken = {address.url: address for address in take(frontier)}
    assert frontier.alias(STORY, CANONICAL, RECORD)
    due = replace(taken[STORY], state=AddressState.DUE, due_at=NOON, last_at=NOON)
    assert not frontier.settle(due)
    assert frontier.enter([found(STORY)], now=NOON) == ()
    assert frontier.counts() == {AddressState.FETCHING: 1, AddressState.FOUND: 1}
    assert frontier.release("run-1", now=NOON) == 1


def test_asking_again_for_one_asks_for_the_one_that_stands_for_it(frontier):
    frontier.enter([found(CANONICAL)], now=NOON)
    frontier.settle(replace(take(frontier)[0], state=AddressState.FETCHED))
    frontier.alias(STORY, CANONICAL, RECORD)
    frontier.alias(CANONICAL, STORY, RECORD)
    assert frontier.enter([found(STORY)], now=NOON, again=True) == ()
    assert [address.url for address in take(frontier)] == [CANONICAL]


def test_aliases_of_an_alias_lead_to_the_same(frontier):
    urls = [f"{SITE}/2026/story-{letter}" for letter in "abcd"]
    for number, url in enumerate(reversed(urls)):
        frontier.enter([found(url, at=NOON + timedelta(seconds=number))], now=NOON)
    for url, canonical in pairwise(urls):
        assert frontier.alias(url, canonical, RECORD)
    assert not frontier.alias(urls[-1], urls[0], RECORD)  # round in a circle
    assert [address.url for address in take(frontier)] == [urls[-1]]
    assert {alias.url for alias in frontier.aliases(identity(urls[-1]))} == set(
        urls[:-1]
    )
    assert {a.url for a in map(frontier.get, urls) if a} == {urls[-1]}


@pytest.mark.parametrize(
    ("url", "canonical", "expected"),
    [
        (STORY, CANONICAL, True),
        (STORY, "https://m.news.example/story", True),
        (STORY, "https://politics.news.example/story", True),
        ("https://politics.news.example/story", CANONICAL, True),
        (STORY, f"{STORY}#part", False),  # it is the same already
        (STORY, "https://elsewhere.example/story", False),
        (STORY, "https://anews.example/story", False),
        (STORY, "https://news.example:8443/story", False),
        (STORY, f"{SITE}/", False),  # a template's mistake
        (f"{SITE}/", STORY, False),
        (STORY, "", False),
        (STORY, "javascript:void(0)", False),
    ],
)
def test_only_a_page_of_the_same_site_is_believed(frontier, url, canonical, expected):
    frontier.enter([found(url), found(canonical)], now=NOON)
    assert frontier.alias(url, canonical, RECORD) is expected


def test_of_addresses_that_nobody_knows_nothing_is_remembered(frontier):
    assert not frontier.alias(STORY, CANONICAL, RECORD)
    assert frontier.get(CANONICAL) is None


@given(
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12),
    entered=st.sets(st.integers(0, 5), min_size=1),
)
def test_whatever_pages_say_every_article_has_one_address_that_is_fetched(
    tmp_path_factory, pairs, entered
):
    root: Path = tmp_path_factory.mktemp("aliases")
    database = WatchDatabase(root)
    frontier = Frontier(database)
    urls = [f"{SITE}/2026/story-{number}" for number in range(6)]
    frontier.enter([found(urls[number]) for number in sorted(entered)], now=NOON)
    same = {url: {url} for url in urls}
    for left, right in pairs:
        if frontier.alias(urls[left], urls[right], RECORD):
            together = same[urls[left]] | same[urls[right]]
            same |= dict.fromkeys(together, together)
    due = {address.url for address in take(frontier)}
    for number in entered:
        one = frontier.get(urls[number])
        assert one is not None
        assert due & same[urls[number]] == {one.url}
    database.close()
