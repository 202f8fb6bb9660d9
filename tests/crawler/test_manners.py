"""One pace, one robots.txt and one memory for each host."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archive import clock
from archive.catalogue import Catalogue
from archive.model import Manners
from crawler.manners import HostManners, RobotsAnswer, authority_of, retry_after_s

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
URL = "http://news.example/a"
RULES = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 3\n"


class Clock:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.now = NOW

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake = Clock()
    monkeypatch.setattr(clock, "now", lambda: fake.now)
    monkeypatch.setattr("crawler.manners.asyncio.sleep", fake.sleep)
    return fake


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path / "c.sqlite3")
    yield opened
    opened.close()


class Host:
    """A host that answers with the same robots.txt, and counts."""

    def __init__(self, status: int | None = 200, body: bytes = RULES) -> None:
        self.answer = RobotsAnswer(status=status, body=body, record_id="<urn:uuid:r>")
        self.asked = 0

    async def ask(self) -> RobotsAnswer:
        self.asked += 1
        return self.answer


def ask(manners: HostManners, host: Host, url: str = URL):
    return asyncio.run(manners.robots(url, host.ask))


def test_robots_are_asked_for_once_and_cited(time, catalogue):
    manners, host = HostManners(catalogue, "dateline"), Host()
    allowed, evidence = ask(manners, host)
    refused, _ = ask(manners, host, "http://news.example/private/x")
    assert (allowed.allowed, refused.allowed) == (True, False)
    assert evidence == "<urn:uuid:r>"
    assert allowed.crawl_delay_s == 3
    assert host.asked == 1


def test_robots_are_remembered_over_a_restart_for_a_day(time, catalogue):
    host = Host()
    ask(HostManners(catalogue, "dateline"), host)
    time.now += timedelta(hours=23)
    refused, evidence = ask(
        HostManners(catalogue, "dateline"), host, "http://news.example/private/x"
    )
    assert not refused.allowed
    assert evidence == "<urn:uuid:r>"
    assert host.asked == 1
    time.now += timedelta(hours=2)
    ask(HostManners(catalogue, "dateline"), host)
    assert host.asked == 2


@pytest.mark.parametrize("status", [None, 500, 503, 429])
def test_unreachable_means_disallow_and_the_next_run_asks_again(
    status, time, catalogue
):
    host = Host(status, b"")
    decision, _ = ask(HostManners(catalogue, "dateline"), host)
    assert not decision.allowed
    ask(HostManners(catalogue, "dateline"), host)
    assert host.asked == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_unavailable_means_allow(status, time, catalogue):
    decision, _ = ask(HostManners(catalogue, "dateline"), Host(status, b"Disallow: /"))
    assert decision.allowed


def test_an_error_of_ours_is_not_taken_for_an_answer(time, catalogue):
    manners = HostManners(catalogue, "dateline")

    async def broken() -> RobotsAnswer:
        raise ConnectionError("refused by us")

    with pytest.raises(ConnectionError):
        asyncio.run(manners.robots(URL, broken))
    assert ask(manners, Host())[0].allowed


@pytest.mark.parametrize(
    ("delay_s", "crawl_delay_s", "apart"), [(1.0, 0.0, 1.0), (1.0, 3.0, 3.0), (5, 2, 5)]
)
def test_requests_to_a_host_keep_their_distance(
    delay_s, crawl_delay_s, apart, time, catalogue
):
    manners = HostManners(catalogue, "dateline")
    turns = []

    async def run() -> None:
        for _ in range(3):
            await manners.turn(URL, Manners(delay_s=delay_s), crawl_delay_s)
            turns.append(time.now)

    asyncio.run(run())
    gaps = [(b - a).total_seconds() for a, b in pairwise(turns)]
    assert gaps == [apart, apart]


def test_retry_after_keeps_us_away_over_a_restart(time, catalogue):
    HostManners(catalogue, "dateline").answered(URL, 503, b"120")
    manners = HostManners(catalogue, "dateline")
    asyncio.run(manners.turn(URL, Manners(delay_s=0), 0))
    assert (time.now - NOW).total_seconds() == 120


@pytest.mark.parametrize(("status", "waits"), [(429, True), (301, True), (200, False)])
def test_retry_after_counts_where_the_standard_gives_it_a_meaning(
    status, waits, time, catalogue
):
    manners = HostManners(catalogue, "dateline")
    manners.answered(URL, status, b"60")
    asyncio.run(manners.turn(URL, Manners(delay_s=0), 0))
    assert (time.now > NOW) is waits


def test_another_host_is_not_kept_waiting(time, catalogue):
    manners = HostManners(catalogue, "dateline")
    manners.answered(URL, 503, b"120")
    asyncio.run(manners.turn("http://other.example/", Manners(delay_s=0), 0))
    assert time.now == NOW


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (b"Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        (b"Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        (b"soon", None),
        (b"-5", None),
        (b"", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after_s(value, NOW) == seconds


def test_an_authority_is_scheme_host_and_port():
    assert authority_of("http://News.example/a") == "http://news.example:80"
    assert authority_of("https://news.example:8443/") == "https://news.example:8443"
