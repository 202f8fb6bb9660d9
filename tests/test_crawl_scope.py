"""How far a crawl goes: what is new or due, a span of dates, or all once more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.newsroom.server import Newsroom
from tests.support.command import Ran, dateline, read

pytestmark = pytest.mark.timeout(180)  # each crawl is a process


class Desk:
    """The example newsroom, and an archive of it."""

    def __init__(self, newsroom: Newsroom, folder: Path) -> None:
        self.newsroom = newsroom
        self.root = folder / "collection"
        self.sources = folder / "sources.toml"
        self.sources.write_text(newsroom.sources_toml(), "utf-8")

    def crawl(self, *words: object) -> list[str]:
        """Crawl; gives the paths that were asked for."""
        seen = len(self.newsroom.requests)
        ran = dateline("crawl", "--sources", self.sources, "-c", self.root, *words)
        assert ran.code in (0, 1), ran.err
        return [one.target for one in self.newsroom.requests[seen:]]

    def list(self, what: str) -> list[dict[str, Any]]:
        return read("list", what, "--json", "-c", self.root).rows()

    def explain(self, path: str) -> Ran:
        return read("explain", self.newsroom.base_url + path, "-c", self.root)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Newsroom() as newsroom:
        yield Desk(newsroom, tmp_path)


def articles(targets: list[str]) -> list[str]:
    seeds = ("/robots", "/feed", "/sitemap")
    return [target for target in targets if not target.startswith(seeds)]


def test_a_second_crawl_asks_for_nothing_that_is_neither_new_nor_due(desk):
    assert len(articles(desk.crawl())) > 15
    again = desk.crawl()
    assert again
    assert articles(again) == []
    runs = desk.list("runs")
    assert runs[0]["counts"]["new"] == 0
    assert articles(desk.crawl("--again"))


def test_a_limit_leaves_the_rest_for_the_next_crawl(desk):
    first = articles(desk.crawl("--limit", 2))
    assert 2 <= len(first) <= 6  # of each seed
    told = [row for row in desk.list("misses") if row["outcome"] == "over-limit"]
    assert told
    rest = articles(desk.crawl())
    assert not set(first) & set(rest)
    assert len(rest) > 10


def test_between_two_dates_only_what_the_seeds_date_so_is_fetched(desk):
    span = ("--since", "2024-03-14", "--until", "2024-03-15")
    inside = articles(desk.crawl(*span))
    assert "/2024/03/14/council-benches.html" in inside
    assert not [path for path in inside if path.startswith("/2024/03/16/")]
    assert not [path for path in inside if path.startswith("/2024/03/18/")]
    rest = articles(desk.crawl())
    assert "/2024/03/16/chess-in-the-park.html" in rest
    assert "/2024/03/14/council-benches.html" not in rest


def test_dates_the_wrong_way_round_are_an_error(desk):
    words = ("--since", "2024-03-15", "--until", "2024-03-14")
    ran = dateline("crawl", "--sources", desk.sources, "-c", desk.root, *words)
    assert ran.code == 2
    assert "2024-03-15 is not before" in ran.err


def test_what_the_rules_leave_out_is_said_once_and_fetched_when_they_change(desk):
    text = desk.newsroom.sources_toml()
    mark = "seeds = ["
    assert mark in text
    desk.sources.write_text(text.replace(mark, f'exclude = ["chess"]\n{mark}'), "utf-8")
    desk.crawl()
    desk.crawl()
    left_out = [row for row in desk.list("misses") if row["outcome"] == "excluded"]
    assert len(left_out) == 1
    assert "'chess'" in desk.explain("/2024/03/16/chess-in-the-park.html").out
    desk.sources.write_text(text, "utf-8")
    assert articles(desk.crawl("--again")).count("/2024/03/16/chess-in-the-park.html")


def test_an_address_nobody_knows_is_said_to_be_unknown(desk):
    desk.crawl("--limit", 1)
    told = desk.explain("/2031/nothing.html")
    assert told.code == 1
