"""The log of the simulated web tells on rude clients, and on no others."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.simweb import analysis
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import (
    Ill,
    Robots,
    Trouble,
)
from tests.support.simweb.judge import disallowed, hasty
from tests.support.simweb.log import Entry
from tests.support.simweb.server import LOOPBACK, WebThread
from tests.support.simweb.trying import AGENT, HOUR, STORY, ask, make_host
from tests.support.simweb.webs import START, Web

pytestmark = pytest.mark.allow_hosts(LOOPBACK)


@pytest.fixture
def clock(tmp_path: Path) -> SimClock:
    return SimClock(START, path=tmp_path / "clock")


@pytest.fixture
def serve(clock: SimClock, tmp_path: Path) -> Iterator[Callable[..., WebThread]]:
    with contextlib.ExitStack() as stack:
        yield lambda *hosts: stack.enter_context(
            WebThread(Web(hosts=hosts), clock, tmp_path / "log")
        )


# ------------------------------------------------------------------ the log judges


def test_a_rude_client_is_caught_and_a_polite_one_is_not(
    serve: Callable[..., WebThread], clock: SimClock
):
    robots = Robots(text="User-agent: *\nDisallow: /premium/\nCrawl-delay: 10\n")
    wait = Trouble(
        ill=Ill.STATUS, status=503, path="/busy", retry_after_s=60, until=START + HOUR
    )
    slow = Trouble(ill=Ill.LATE, path="/about", seconds=0.5)
    polite = make_host(id="polite", robots=(robots,), troubles=(wait,))
    rude = replace(polite, id="rude", address="127.30.0.2", troubles=(wait, slow))
    served = serve(polite, rude)
    for path, pause in (
        *(("/robots.txt", 10), ("/news/one.html", 10), ("/busy", 61), ("/about", 10)),
    ):
        ask(served.url("polite", path))
        clock.advance(pause)
    ask(served.url("rude", "/robots.txt"))
    for path in ("/premium/x", "/busy", "/news/one.html", "/news/one.html"):
        ask(served.url("rude", path))
        clock.advance(1)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(ask, [served.url("rude", "/about")] * 3))
    entries = served.entries()
    one, two = "127.30.0.1", "127.30.0.2"

    def of(host: str, found: list[tuple[Entry, Entry]]) -> list[str]:
        return [later.path for _, later in found if later.host == host]

    assert [e.path for e in disallowed(entries, served.web)] == ["/premium/x"]
    assert analysis.shortest_interval(entries, one, sim=True) == 10
    assert analysis.shortest_interval(entries, two, sim=True) == 0
    close = analysis.intervals_shorter_than(entries, 10, sim=True)
    assert (of(one, close), len(of(two, close))) == ([], 7)
    assert len(analysis.intervals_shorter_than(entries, 10, host=one)) == 3
    found = hasty(entries, served.web, sim=True)
    assert (of(one, found), len(of(two, found))) == ([], 7)
    assert analysis.concurrency(entries, one) == 1
    assert analysis.concurrency(entries, two) == 3
    assert max(entry.in_flight for entry in entries) == 3
    assert analysis.connections(entries, two) == 8
    early = analysis.after_retry_after(entries, sim=True)
    assert of(one, early) == []
    assert of(two, early) == ["/news/one.html"] * 2 + ["/about"] * 3
    assert analysis.after_retry_after(entries, one, sim=False)  # by the other clock
    twice = analysis.fetched_twice(entries, 30, sim=True)
    assert (of(one, twice), set(of(two, twice))) == ([], {"/news/one.html", "/about"})
    assert len(analysis.fetches(entries, two, "/news/one.html")) == 2
    assert {entry.user_agent for entry in entries} == {AGENT}


def test_a_client_is_judged_by_the_robots_that_it_was_told(
    serve: Callable[..., WebThread], clock: SimClock
):
    changing = (
        Robots(),
        Robots(text="User-agent: *\nDisallow: /news/\n", since=START + HOUR),
    )
    served = serve(make_host(robots=changing))

    def caught() -> list[float]:
        return [(e.sim_began - START.timestamp()) / 3600 for e in found()]

    def found() -> list[Entry]:
        return disallowed(served.entries(), served.web)

    ask(served.url("one", "/robots.txt"))
    for hours in (2, 23):  # within a day of that, and after it
        clock.advance(hours * HOUR)
        ask(served.url("one", STORY.path))
    assert caught() == [25]
    ask(served.url("one", "/robots.txt"))
    ask(served.url("one", "/about"))
    assert caught() == [25]


def test_what_a_killed_client_had_asked_for_is_in_the_log(
    serve: Callable[..., WebThread],
):
    served = serve(make_host(troubles=(Trouble(ill=Ill.HANG, path="/news/"),)))
    script = (
        "import http.client, sys\n"
        "line = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]))\n"
        "line.request('GET', '/about'); line.getresponse().read()\n"
        "line.request('GET', '/news/one.html'); print('asked', flush=True)\n"
        "line.getresponse()\n"
    )
    command = [sys.executable, "-c", script, "127.30.0.1", str(served.web.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == b"asked\n"
        time.sleep(0.05)
        client.send_signal(signal.SIGKILL)
    end = time.monotonic() + 5
    while len(served.entries()) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    whole, cut = served.entries()
    assert (whole.path, whole.is_complete, whole.status) == ("/about", True, 200)
    assert (cut.path, cut.is_complete, cut.status) == (STORY.path, False, 0)
    assert whole.connection == cut.connection
