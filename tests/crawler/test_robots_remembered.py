"""robots.txt is asked for once a day, and remembered over restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import clock
from archive.watch.model import RobotsState
from tests.support.hostmemory import Clock, Process

URL = "http://news.example/a"
RULES = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 3\n"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake = Clock()
    monkeypatch.setattr(clock, "now", lambda: fake.now)
    return fake


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path)
    yield process
    process.close()


class Host:
    """A host that answers with the same robots.txt, and counts."""

    def __init__(self, status: int | None = 200, body: bytes = RULES) -> None:
        self.status, self.body = status, body
        self.asked = 0

    async def ask(self) -> RobotsState:
        self.asked += 1
        return RobotsState(
            record_id="<urn:uuid:r>",
            fetched_at=clock.now(),
            status=self.status,
            body=self.body,
        )


def decide(process: Process, host: Host, url: str = URL):
    return asyncio.run(process.robots.decide(url, host.ask))


def test_robots_are_asked_for_once_and_cited(time, process):
    host = Host()
    assert process.robots.crawl_delay_s(URL) == 0
    allowed, evidence = decide(process, host)
    refused, _ = decide(process, host, "http://news.example/private/x")
    assert (allowed.allowed, refused.allowed) == (True, False)
    assert evidence == "<urn:uuid:r>"
    assert process.robots.crawl_delay_s(URL) == 3
    assert host.asked == 1


def test_robots_are_remembered_over_a_restart_for_a_day(time, process):
    host = Host()
    decide(process, host)
    time.now += timedelta(hours=23)
    process.restart()
    assert process.robots.crawl_delay_s(URL) == 3
    refused, evidence = decide(process, host, "http://news.example/private/x")
    assert not refused.allowed
    assert evidence == "<urn:uuid:r>"
    assert host.asked == 1
    time.now += timedelta(hours=2)
    decide(process, host)
    assert host.asked == 2


@pytest.mark.parametrize(
    ("status", "seconds"), [(None, 60), (500, 3600), (503, 3600), (429, 3600)]
)
def test_unreachable_means_disallow_for_a_while_over_a_restart(
    status, seconds, time, process
):
    host = Host(status, b"")
    decision, _ = decide(process, host)
    assert not decision.allowed
    process.restart()
    decision, _ = decide(process, host)
    assert not decision.allowed
    assert host.asked == 1
    time.now += timedelta(seconds=seconds + 1)
    decide(process, host)
    assert host.asked == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_unavailable_means_allow(status, time, process):
    decision, _ = decide(process, Host(status, b"Disallow: /"))
    assert decision.allowed


def test_an_error_of_ours_is_not_taken_for_an_answer(time, process):
    async def broken() -> RobotsState:
        raise ConnectionError("refused by us")

    with pytest.raises(ConnectionError):
        asyncio.run(process.robots.decide(URL, broken))
    assert decide(process, Host())[0].allowed


def test_a_robots_txt_beyond_the_limit_means_the_same_after_a_restart(time, process):
    head = b"User-agent: *\n"
    filler = b"# " + b"x" * (500 * 1024 - len(head) - 3 - len(b"Disallow: /")) + b"\n"
    host = Host(200, head + filler + b"Disallow: /old\n")  # cut behind the slash
    for _ in range(2):
        decision, _ = decide(process, host, "http://news.example/new")
        assert decision.allowed
        process.restart()
    assert host.asked == 1
