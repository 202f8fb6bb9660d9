"""How hosts are treated, told from their logs, over restarts and processes.

The commands live by the clock of the simulated web. It stands still while a command
starts, so that a restart takes no time that a host could have asked for.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from typing_extensions import override

from archive.clock import parse_warc_date
from archive.watch.model import AddressState
from tests.support.scenes import Scene
from tests.support.simweb.analysis import (
    after_retry_after,
    by_host,
    concurrency,
    connections,
    intervals_shorter_than,
)
from tests.support.simweb.answers import Answer, Asked, Site
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import ROBOTS, Host, Ill, Robots, Story, Trouble
from tests.support.simweb.judge import disallowed, hasty
from tests.support.simweb.server import LOOPBACK, WebProcess
from tests.support.simweb.webs import START, Web

pytestmark = [pytest.mark.allow_hosts(LOOPBACK), pytest.mark.timeout(240)]

# A server notices a request a moment after it was sent, the longer the busier its
# machine is; the client's own dates are exact.
SLACK_S: Final = 0.25
EXACT_S: Final = 0.005
UNREAD_S: Final = 0.5  # an answer so short before a kill may not have been read
SIGNPOST: Final = "127.42.0.200"


def make_host(number: int, stories: int = 6, **more: Any) -> Host:
    """Make a host that has all its stories from the start."""
    begin = START - timedelta(hours=4)
    return Host(
        id=f"host-{number}",
        kind=f"host-{number}",
        address=f"127.42.0.{number}",
        stories=tuple(
            Story(
                path=f"/news/{number}{n:02}-story.html",
                published=begin + timedelta(minutes=n),
            )
            for n in range(stories)
        ),
        **more,
    )


def trouble(status: int, seconds: float, *, until: datetime, **more: Any) -> Trouble:
    """Let all stories of a host ask for patience."""
    return Trouble(
        ill=Ill.STATUS,
        status=status,
        path="/news/",
        until=until,
        retry_after_s=seconds,
        **more,
    )


@pytest.fixture
def open_scene(tmp_path: Path) -> Iterator[Callable[[Web], Scene]]:
    open_now: list[WebProcess] = []

    def make(web: Web) -> Scene:
        sim = SimClock(START, speed=1.0, path=tmp_path / "clock")
        served = WebProcess(web, sim, tmp_path / "log")
        open_now.append(served.__enter__())
        return Scene(folder=tmp_path, served=served)

    yield make
    for served in open_now:
        served.__exit__(None, None, None)


def own_distances(captures: list[dict[str, Any]], host: str) -> list[float]:
    """Give the spans between requests to a host, by the client's dates."""
    dates = sorted(
        parse_warc_date(row["date"]).timestamp()
        for row in captures
        if f"//{host}:" in row["url"] and row["role"] != "robots"
    )
    return [after - before for before, after in pairwise(dates)]


# ---------------------------------------------------------------- restarts

DELAY_S: Final = 1.0
PLAIN, ASKS_DELAY, SLOW, SHARED = "127.42.0.1", "127.42.0.2", "127.42.0.3", "127.42.0.4"
PATIENT: Final = tuple(f"127.42.0.{number}" for number in (5, 6, 7))


def make_restarted_web() -> Web:
    soon = START + timedelta(seconds=14)
    delay = Robots(text="User-agent: *\nCrawl-delay: 2\nDisallow: /tag/\n")
    return Web(
        hosts=(
            make_host(1),
            make_host(2, stories=4, robots=(delay,)),
            make_host(3, stories=4, latency_s=1.3),
            make_host(4, seeds=("feed", "sitemap"), is_shared=True),
            make_host(5, 3, troubles=(trouble(503, 4, until=soon),)),
            make_host(
                6, 3, troubles=(trouble(429, 4, until=soon, is_retry_a_date=True),)
            ),
            make_host(7, 3, troubles=(trouble(302, 4, until=soon, location="/about"),)),
        )
    )


@pytest.mark.crash
@pytest.mark.slow
def test_no_restart_is_a_way_around_what_a_host_asks_for(open_scene):
    chosen = random.Random(20261123)
    scene = open_scene(make_restarted_web())
    web = scene.served.web
    sources = scene.write("sources", web.sources_toml(delay_s=DELAY_S))
    kills = []
    for _ in range(3):
        before = len(scene.entries())
        with scene.begin(sources) as crawl:
            crawl.wait_until(lambda: len(scene.entries()) > before + 5)  # noqa: B023
            time.sleep(chosen.uniform(0.0, 1.5))
            assert not crawl.has_ended
            scene.clock.run(0)
            kills.append(time.monotonic())
            crawl.kill(whole_group=True)
    scene.crawl(sources)
    # What was turned away is due later, and only then.
    scene.clock.advance(timedelta(minutes=20))
    scene.crawl(sources)

    entries = scene.entries()
    captures = scene.captures()
    assert all(any(e.began > kill for e in entries) for kill in kills)
    pages = [entry for entry in entries if entry.path != ROBOTS]
    assert intervals_shorter_than(pages, DELAY_S - SLACK_S, sim=True) == []
    for host in by_host(entries):
        assert concurrency(entries, host) == 1, host
        spans = own_distances(captures, host)
        assert min(spans) >= DELAY_S - EXACT_S, host
    assert min(own_distances(captures, ASKS_DELAY)) >= 2 - EXACT_S
    assert hasty(entries, web, sim=True, slack_s=SLACK_S) == []
    # Nobody heeds an answer that he did not live to read.
    read_by = [
        e for e in entries if not any(0 <= k - e.ended < UNREAD_S for k in kills)
    ]
    for host in PATIENT:
        assert any(entry.retry_after for entry in read_by if entry.host == host)
    assert [
        (asking, entry)
        for asking, entry in after_retry_after(entries, sim=True, slack_s=SLACK_S)
        if asking in read_by
    ] == []
    assert disallowed(entries, web) == []
    # And nothing was lost by it.
    held = {row["found_url"] for row in captures if row["status"] == 200}
    assert web.addresses(START) <= held
    assert {one.state for one in scene.addresses()} <= {
        AddressState.DUE,
        AddressState.FETCHED,
    }


# ---------------------------------------------------------------- processes


class Signpost:
    """A host all of whose addresses lead to the stories of another."""

    address = SIGNPOST
    is_ever_refusing = False

    def __init__(self, host: Host, port: int) -> None:
        self._base = f"http://{host.address}:{port}"
        self._own = f"http://{SIGNPOST}:{port}"
        self._paths = [story.path for story in host.stories]

    def trouble(self, path: str, now: datetime) -> None:
        return None

    def answer(self, asked: Asked, now: datetime) -> Answer:
        if asked.path == "/list.txt":
            lines = "\n".join(f"{self._own}{path}" for path in self._paths)
            return Answer(
                status=200,
                fields=(("Content-Type", "text/plain"),),
                body=lines.encode(),
            )
        if asked.path in self._paths:
            return Answer(status=302, fields=(("Location", self._base + asked.path),))
        return Answer(status=404)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignpostWeb(Web):
    """A web with a signpost, whose last host is led to."""

    @override
    def sites(self) -> dict[str, Site]:
        host = self.hosts[-1]
        assert isinstance(host, Host)
        return {**Web.sites(self), SIGNPOST: Signpost(host, self.port)}


def test_two_processes_never_ask_a_host_at_the_same_time(open_scene):
    both: dict[str, Any] = {"seeds": ("feed", "sitemap"), "is_shared": True}
    sign = Host(id="signpost", kind="signpost", address=SIGNPOST, seeds=("list",))
    scene = open_scene(
        SignpostWeb(
            hosts=(
                make_host(1, 12, feed_length=6, latency_s=0.2, **both),
                make_host(2, 6, feed_length=3, latency_s=0.4, **both),
                make_host(3, 8, feed_length=4, latency_s=0.1, **both),
                sign,
                make_host(9, 8, latency_s=0.4),  # the signpost leads to it
            )
        )
    )
    web = scene.served.web
    text = web.sources_toml(delay_s=0.0, extra="rechecks = []")
    head, *tables = text.split("[[source]]")
    assert head == ""
    # The process of feeds, and that of sitemaps; both are led to the last host.
    feeds = "[[source]]".join(["", *(t for t in tables if "-sitemap" not in t)])
    maps = [t for t in tables if "-sitemap" in t]
    maps += [t for t in tables if '"host-9"' in t]
    crawls = [
        scene.start(scene.write("feeds", feeds)),
        scene.start(scene.write("maps", "[[source]]".join(["", *maps]))),
    ]
    for crawl in crawls:
        with crawl:
            assert crawl.finish() == 0, crawl.errors()

    entries = scene.entries()
    captures = scene.captures()
    spans = {}
    for name in ("-feed", "-sitemap"):
        dates = [row["date"] for row in captures if row["source"].endswith(name)]
        spans[name] = (min(dates), max(dates))
    (a, b), (c, d) = spans.values()
    assert a < d, "the two did not run at the same time"
    assert c < b, "the two did not run at the same time"
    for host in by_host(entries):
        assert concurrency(entries, host) == 1, host
        assert connections(entries, host) <= 4, host  # one, or one more after a pause
    # What one of them has fetched the other does not fetch again.
    asked = Counter(row["found_url"] for row in captures if row["role"] == "article")
    led = Counter(row["url"] for row in captures if row["redirect_from"])
    assert len(led) == 8
    assert all(count == 1 + (SIGNPOST in url) for url, count in asked.items())
    assert web.addresses(START) <= {row["found_url"] for row in captures}


# ---------------------------------------------------------------- patience

WAYS: Final = (429, 503, 302)
HOUR_S: Final = 3600.0


def test_a_host_that_asks_for_an_hour_gets_it_and_its_addresses_stay_due(open_scene):
    soon = START + timedelta(minutes=10)
    hosts = tuple(
        make_host(
            10 + 2 * number + is_a_date,
            3,
            troubles=(
                trouble(
                    status,
                    HOUR_S,
                    until=soon,
                    is_retry_a_date=bool(is_a_date),
                    location="/about" if status == 302 else None,
                ),
            ),
        )
        for number, status in enumerate(WAYS)
        for is_a_date in (0, 1)
    )
    scene = open_scene(Web(hosts=hosts))
    web = scene.served.web
    sources = scene.write("sources", web.sources_toml(delay_s=0.0))
    scene.crawl(sources)
    first = scene.entries()
    for host in by_host(first):
        asking = [entry for entry in scene.of(host) if entry.retry_after]
        assert len(asking) == 1, host
        assert scene.of(host)[-1] == asking[0]
    asked_at = datetime.fromtimestamp(max(entry.sim_ended for entry in first), UTC)
    waiting = scene.addresses()
    assert {one.url for one in waiting} == web.addresses(START + timedelta(hours=1))
    for one in waiting:
        assert one.state in (AddressState.DUE, AddressState.FAILED), one
        assert one.due_at is not None
        assert one.due_at > asked_at + timedelta(minutes=59), one

    scene.clock.set(START + timedelta(minutes=30))
    scene.crawl(sources)
    assert scene.entries() == first

    scene.clock.set(START + timedelta(hours=1, minutes=8))
    scene.crawl(sources)
    assert after_retry_after(scene.entries(), sim=True, slack_s=1.0) == []
    held = {row["found_url"] for row in scene.captures() if row["status"] == 200}
    assert held >= web.addresses(START + timedelta(hours=1)), [
        (one.url, one.reason, one.due_at) for one in scene.addresses()
    ]


# ---------------------------------------------------------------- budget

BUDGET: Final = 6


def test_the_budget_of_a_day_is_that_of_all_processes_of_the_day(open_scene):
    scene = open_scene(Web(hosts=(make_host(30, 6),)))
    web = scene.served.web
    toml = web.sources_toml(delay_s=0.5, extra="rechecks = []")
    toml += f"daily_budget = {BUDGET}\n"
    sources = scene.write("sources", toml)
    with scene.begin(sources) as crawl:
        crawl.wait_until(lambda: len(scene.entries()) > 3)
        crawl.kill(whole_group=True)
    scene.crawl(sources)
    assert len(scene.entries()) == BUDGET
    put_off = [one for one in scene.addresses() if one.last_at and not one.step]
    assert put_off
    for one in put_off:
        assert one.reason.startswith("over-budget")
        assert one.due_at is not None
        assert one.due_at.date() == START.date() + timedelta(days=1)

    scene.clock.set(START.replace(hour=1, minute=30) + timedelta(days=1))
    scene.crawl(sources)
    days = Counter(
        datetime.fromtimestamp(entry.sim_began, UTC).date() for entry in scene.entries()
    )
    assert len(days) == 2
    assert max(days.values()) == BUDGET
    held = {row["found_url"] for row in scene.captures() if row["status"] == 200}
    assert held >= web.addresses(START)
