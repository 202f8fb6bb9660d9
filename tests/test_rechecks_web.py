"""Articles are looked at again as they age: what changed, what went, what stayed.

A simulated host over a month of its own clock; each crawl is a process.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.pool import DEFAULT_EXTRACTOR
from tests.support.command import ROOT, environment, read
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import Ill, Named, Removal, Story, Trouble
from tests.support.simweb.log import Entry
from tests.support.simweb.server import LOOPBACK, WebThread
from tests.support.simweb.trying import HOUR, make_host
from tests.support.simweb.webs import START, Web

pytestmark = [
    pytest.mark.allow_hosts(LOOPBACK),
    pytest.mark.slow,
    pytest.mark.timeout(240),  # six crawls, each a process
]

BEFORE = START - HOUR
STORIES = {
    "same": Story(path="/news/it-stays-as-it-is.html", published=BEFORE),
    "edited": Story(
        path="/news/it-is-edited-later.html",
        published=BEFORE,
        edits=(START + HOUR / 2,),
    ),
    "gone": Story(
        path="/news/it-is-taken-down.html",
        published=BEFORE,
        removed=START + HOUR / 2,
        removal=Removal.GONE,
    ),
    "front": Story(
        path="/news/it-leads-to-the-front.html",
        published=BEFORE,
        removed=START + HOUR / 2,
        removal=Removal.FRONT,
    ),
    "twin": Story(
        path="/news/it-comes-with-tracking.html", published=BEFORE, named=Named.TRACKED
    ),
}
DOWN = Trouble(
    ill=Ill.STATUS,
    status=500,
    since=START + 6 * HOUR,
    until=START + 7 * HOUR,
    path="/news/it-stays",
)
# When a crawl begins, counted from the first: by the ladder, and between its rungs.
VISITS = {
    "first": timedelta(),
    "early": timedelta(minutes=50),
    "hour": timedelta(hours=1, minutes=2),
    "down": timedelta(hours=6, minutes=5),
    "up": timedelta(hours=8),
    "day": timedelta(days=1, minutes=5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The archive of a host that was crawled again and again."""

    root: Path
    web: Web
    entries: dict[str, list[Entry]]  # what was asked for in each visit

    def url(self, name: str) -> str:
        return self.web.url("one", STORIES[name].path)

    def captures(self, name: str) -> list[dict[str, Any]]:
        """Give the captures of a story, oldest first."""
        rows = read("list", "captures", "--json", "-c", self.root).rows()
        url = self.url(name)
        return [row for row in reversed(rows) if row["found_url"].startswith(url)]

    def asked(self, visit: str, name: str) -> list[Entry]:
        path = STORIES[name].path
        return [one for one in self.entries[visit] if one.target.startswith(path)]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("rechecks")
    clock = SimClock(START, path=folder / "clock")
    host = make_host(stories=tuple(STORIES.values()), troubles=(DOWN,))
    root, sources = folder / "c", folder / "sources.toml"
    entries: dict[str, list[Entry]] = {}
    with WebThread(Web(hosts=(host,)), clock, folder / "log") as served:
        sources.write_text(served.web.sources_toml(delay_s=0.0), "utf-8")
        words = ["crawl", "--sources", sources, "-c", root, "--json"]
        for name, passed in VISITS.items():
            clock.set(START + passed)
            clock.run(1.0)  # a second of its own is as long as one of ours
            seen = len(served.entries())
            ran = subprocess.run(
                [
                    sys.executable,
                    *("-m", "tests.support.watching", str(clock.path)),
                    DEFAULT_EXTRACTOR,
                    *map(str, words),
                ],
                cwd=ROOT,
                env=environment(),
                capture_output=True,
                timeout=90,
                check=False,
            )
            assert ran.returncode in {0, 1}, ran.stderr  # 1: a page was not there
            entries[name] = served.entries()[seen:]
        yield Watched(root=root, web=served.web, entries=entries)


def test_an_article_is_asked_for_again_at_its_ages_and_not_between(watched):
    counts = {visit: len(watched.asked(visit, "same")) for visit in VISITS}
    assert counts == {
        "first": 1,
        "early": 0,
        "hour": 1,
        "down": 1,
        "up": 1,
        "day": 1,
    }


def test_an_unchanged_article_costs_a_revisit_that_leads_to_its_bytes(watched):
    first, again, *_ = watched.captures("same")
    assert (first["status"], again["status"]) == (200, 304)
    assert again["revisit_of"] == first["record_id"]
    assert again["text_outcome"] == "unchanged"
    (entry,) = watched.asked("hour", "same")
    assert entry.is_conditional
    shown = read("show", watched.url("same"), "--json", "-c", watched.root).rows()[0]
    assert len(shown["article"]["text"]) > 200


def test_a_changed_text_is_a_new_version(watched):
    url = watched.url("edited")
    statuses = [row["status"] for row in watched.captures("edited")]
    assert statuses[:2] == [200, 200]
    versions = read("show", url, "--all", "--json", "-c", watched.root).rows()
    texts = {row["article"]["text"] for row in versions if row.get("article")}
    assert len(texts) == 2


def test_a_removal_is_a_capture_and_is_looked_at_once_more(watched):
    statuses = [row["status"] for row in watched.captures("gone")]
    assert statuses[0] == 200
    assert set(statuses[1:]) == {410}
    assert len(statuses) == 3
    told = read("explain", watched.url("gone"), "-c", watched.root)
    assert "gone (410)" in told.out


def test_a_redirect_to_the_front_page_is_an_end_too(watched):
    told = read("explain", watched.url("front"), "-c", watched.root)
    assert "front page" in told.out
    assert not watched.asked("day", "front")


def test_a_look_that_failed_changes_nothing_of_what_is_held_and_is_made_up_for(watched):
    statuses = [row["status"] for row in watched.captures("same")]
    assert statuses == [200, 304, 500, 304, 304]
    (entry,) = watched.asked("up", "same")
    assert entry.is_conditional


def test_the_address_is_fetched_as_it_was_received_and_known_by_its_identity(watched):
    assert [one.target for one in watched.asked("first", "twin")] == [
        STORIES["twin"].feed_target
    ]
    told = read("explain", watched.url("twin"), "-c", watched.root)
    assert told.code == 0
    assert "utm_source" in told.out


def test_the_seed_is_asked_for_conditionally_and_is_a_revisit(watched):
    def feeds(visit: str) -> list[tuple[int, bool]]:
        found = [one for one in watched.entries[visit] if one.path.endswith(".xml")]
        return [(one.status, one.is_conditional) for one in found]

    assert feeds("first") == [(200, False)]
    assert feeds("early") == [(200, True)]  # a story has gone from it
    assert feeds("down") == feeds("day") == [(304, True)]


def test_nothing_is_wrong_with_the_archive(watched):
    assert read("verify", "-c", watched.root).code == 0
