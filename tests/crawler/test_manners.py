"""One pace for each host, whoever asks, over restarts and processes."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archive import clock
from archive.model import Exchange, FetchOutcome, Manners
from crawler.errors import WireFailure
from crawler.manners import PATIENCE_S
from crawler.processlocks import ProcessLocks
from tests.support.builders import make_exchange, make_response
from tests.support.hostmemory import NOW, Clock, Process

URL = "http://news.example/a"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake = Clock()
    monkeypatch.setattr(clock, "now", lambda: fake.now)
    monkeypatch.setattr("crawler.manners.asyncio.sleep", fake.sleep)
    return fake


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path)
    yield process
    process.close()


def exchange_at(moment: datetime, status: int, field: bytes = b"") -> Exchange:
    head = b"%d Whatever" % status
    return make_exchange(
        response=make_response(b"", status=head, fields=field), began_at=moment
    )


async def ask(
    process: Process,
    url: str = URL,
    *,
    status: int | None = 200,
    field: bytes = b"",
    manners: Manners | None = None,
    crawl_delay_s: float = 0.0,
    for_robots: bool = False,
) -> datetime:
    """Ask a host for something; gives the moment it was its turn."""
    async with process.manners.turn(
        url,
        manners or Manners(delay_s=0),
        crawl_delay_s,
        for_robots=for_robots,
    ) as turn:
        moment = clock.now()
        if status is None:
            turn.failed()
        else:
            turn.answered(exchange_at(moment, status, field))
    return moment


# ------------------------------------------------------------ distance


@pytest.mark.parametrize(
    ("delay_s", "crawl_delay_s", "apart"),
    [(1.0, 0.0, 1.0), (1.0, 3.0, 3.0), (5, 2, 5), (0, 0, 0), (1, 700, 700)],
)
@pytest.mark.parametrize("restarted", [False, True])
def test_requests_to_a_host_keep_their_distance_over_a_restart(
    delay_s, crawl_delay_s, apart, restarted, time, process
):
    turns = []
    for _ in range(3):
        turns.append(
            asyncio.run(
                ask(
                    process,
                    manners=Manners(delay_s=delay_s),
                    crawl_delay_s=crawl_delay_s,
                )
            )
        )
        if restarted:
            process.restart()
    assert [(b - a).total_seconds() for a, b in pairwise(turns)] == [apart, apart]


def test_the_distance_counts_from_when_the_request_was_really_sent(time, process):
    async def run() -> datetime:
        async with process.manners.turn(URL, Manners(delay_s=2), 0) as turn:
            turn.answered(exchange_at(NOW + timedelta(seconds=1), 200))
        return await ask(process, manners=Manners(delay_s=2))

    assert asyncio.run(run()) == NOW + timedelta(seconds=3)


def test_http_and_https_of_a_name_are_one_host_and_other_names_another(time, process):
    manners = Manners(delay_s=10)
    asyncio.run(ask(process, "http://news.example/", manners=manners))
    other = asyncio.run(ask(process, "http://other.example/", manners=manners))
    assert other == NOW
    same = asyncio.run(ask(process, "https://news.example/", manners=manners))
    assert same == NOW + timedelta(seconds=10)


def test_robots_txt_keeps_a_crawl_delay_and_not_our_own(time, process):
    manners = Manners(delay_s=10)
    asyncio.run(ask(process, manners=manners, for_robots=True))
    page = asyncio.run(ask(process, manners=manners, crawl_delay_s=3))
    assert page == NOW + timedelta(seconds=3)
    process.restart()
    robots = asyncio.run(
        ask(process, manners=manners, crawl_delay_s=3, for_robots=True)
    )
    assert robots == page + timedelta(seconds=3)


def test_with_a_crawl_delay_one_thing_is_asked_at_a_time(process):
    at_once, most = 0, 0

    async def one() -> None:
        nonlocal at_once, most
        async with process.manners.turn(URL, Manners(delay_s=0), 0.01):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.03)
            at_once -= 1

    async def several() -> None:
        await asyncio.gather(*(one() for _ in range(4)))

    asyncio.run(several())
    assert most == 1


# ------------------------------------------------------------ what hosts ask for


@pytest.mark.parametrize(
    ("status", "field", "until_s"),
    [
        (503, b"Retry-After: 120\r\n", 120),
        (429, b"Retry-After: 60\r\n", 60),
        (301, b"Retry-After: 60\r\n", 60),
        (503, b"Retry-After: Sun, 22 Nov 2026 12:05:00 GMT\r\n", 300),
        (200, b"Retry-After: 60\r\n", 0),
        (301, b"Retry-After: soon\r\n", 0),
        (301, b"Retry-After: -5\r\n", 0),
        (301, b"Retry-After: Sun, 22 Nov 2026 11:00:00 GMT\r\n", 0),
    ],
)
def test_retry_after_keeps_us_away_over_a_restart(
    status, field, until_s, time, process
):
    asyncio.run(ask(process, status=status, field=field))
    process.restart()
    assert asyncio.run(ask(process)) == NOW + timedelta(seconds=until_s)


def test_a_run_does_not_wait_for_hours_and_says_until_when(time, process):
    asyncio.run(ask(process, status=503, field=b"Retry-After: 7200\r\n"))
    process.restart()
    with pytest.raises(WireFailure, match=r"14:00:00 UTC \(Retry-After: 7200\)") as got:
        asyncio.run(ask(process))
    assert got.value.outcome is FetchOutcome.POSTPONED
    assert time.now == NOW
    time.now += timedelta(seconds=7200 - PATIENCE_S)
    assert asyncio.run(ask(process)) == NOW + timedelta(seconds=7200)


def test_a_host_that_fails_is_left_alone_for_longer_and_longer(time, process):
    waits = []
    for _ in range(4):
        before = asyncio.run(ask(process, status=None))
        waits.append((asyncio.run(ask(process, status=500)) - before).total_seconds())
    assert waits == sorted(waits)
    assert 1 <= waits[0] <= 2
    assert 64 <= waits[-1] <= 128
    asyncio.run(ask(process, status=200))
    moment = time.now
    assert asyncio.run(ask(process)) == moment  # it is well again


def test_a_slow_host_is_asked_less_often_up_to_the_most(time, process):
    def gap(duration_s: float) -> float:
        async def slow() -> datetime:
            async with process.manners.turn(URL, Manners(max_delay_s=20), 0) as turn:
                began = clock.now()
                response = make_response(b"")
                exchange = make_exchange(response=response, began_at=began)
                turn.answered(
                    Exchange(
                        url=URL,
                        request=exchange.request,
                        response=response,
                        began_at=began,
                        duration_s=duration_s,
                    )
                )
            return began

        async def both() -> float:
            first = await slow()
            return (await slow() - first).total_seconds()

        return asyncio.run(both())

    assert gap(0.05) == 1.0
    assert 6 < [gap(4.0) for _ in range(10)][-1] <= 8
    assert [gap(30.0) for _ in range(10)][-1] == 20
    assert [gap(0.01) for _ in range(20)][-1] == 1.0


def test_a_days_requests_are_counted_over_restarts_and_used_up(time, process):
    manners = Manners(delay_s=0, daily_budget=3)
    for _ in range(3):
        asyncio.run(ask(process, manners=manners))
        process.restart()
    with pytest.raises(WireFailure, match="asked 3 times today") as got:
        asyncio.run(ask(process, manners=manners))
    assert got.value.outcome is FetchOutcome.OVER_BUDGET
    time.now += timedelta(hours=12)
    asyncio.run(ask(process, manners=manners))


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_host_is_asked_for_no_more_at_a_time_than_the_source_says(
    concurrency, process
):
    at_once, most = 0, 0
    manners = Manners(delay_s=0, concurrency=concurrency)

    async def one() -> None:
        nonlocal at_once, most
        async with process.manners.turn(URL, manners, 0):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.02)
            at_once -= 1

    async def several() -> None:
        await asyncio.gather(*(one() for _ in range(9)))

    asyncio.run(several())
    assert most == concurrency


# ------------------------------------------------------------ other processes


def hold(root: Path, taken, release) -> None:
    locks = ProcessLocks(root)
    assert locks.take("host news.example")
    taken.set()
    release.wait(30)


@pytest.mark.parametrize("ends_by", ["giving back", "a kill"])
def test_a_host_belongs_to_one_process_at_a_time(ends_by, process, tmp_path):
    context = multiprocessing.get_context("spawn")
    taken, release = context.Event(), context.Event()
    other = context.Process(target=hold, args=(tmp_path, taken, release))
    other.start()
    try:
        assert taken.wait(30)
        assert not process.locks.take("host news.example")
        assert process.locks.take("host other.example")

        async def wait_for_it() -> None:
            asking = asyncio.ensure_future(ask(process))
            await asyncio.sleep(0.1)
            assert not asking.done()
            release.set() if ends_by == "giving back" else other.kill()
            await asyncio.wait_for(asking, 30)

        asyncio.run(wait_for_it())
    finally:
        other.kill()
        other.join()
