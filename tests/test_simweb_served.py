"""The simulated web on the wire: HTTP, what goes wrong, processes, many hosts."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from archive.digests import sha256_label
from tests.support.simweb.clock import SimClock
from tests.support.simweb.farm import RHYTHM_S, make_feed_farm
from tests.support.simweb.hosts import (
    Ill,
    Removal,
    Story,
    Trouble,
)
from tests.support.simweb.server import LOOPBACK, WebProcess, WebThread
from tests.support.simweb.street import NotServed, lack_of_files
from tests.support.simweb.trying import HOUR, STORY, ask, asked, make_host
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


# ------------------------------------------------------------------ on the wire


def test_a_story_appears_changes_and_goes_by_the_clock(
    serve: Callable[..., WebThread], clock: SimClock
):
    story = Story(
        path="/news/two.html",
        published=START + HOUR,
        edits=(START + 2 * HOUR,),
        removed=START + 3 * HOUR,
        removal=Removal.GONE,
    )
    served = serve(make_host(stories=(STORY, story)))
    seen = []
    for hours in range(4):
        clock.set(START + hours * HOUR)
        page = ask(served.url("one", story.path))
        feed = ask(served.url("one", "/rss.xml"))
        seen.append((page.status, story.path.encode() in feed.body, page.body))
        assert parsedate_to_datetime(feed.fields["Date"]) == clock.now()
    assert [(status, listed) for status, listed, _ in seen] == [
        *((404, False), (200, True), (200, True), (410, False))
    ]
    assert seen[1][2] != seen[2][2]
    (truth,) = [
        t for t in served.web.articles(clock.now()) if t.url.endswith("two.html")
    ]
    assert [version.number for version in truth.versions] == [1, 2]
    assert [sha256_label(body) for _, _, body in seen[1:3]] == [
        version.payload_digest for version in truth.versions
    ]


def test_a_host_speaks_http_well(serve: Callable[..., WebThread]):
    packed = make_host(
        address="127.30.0.2", id="packed", is_chunked=True, is_gzipped=True
    )
    curt = make_host(address="127.30.0.3", id="curt", keeps_alive=False)
    served = serve(make_host(), packed, curt)
    plain = ask(served.url("one", STORY.path))
    coded = ask(served.url("packed", STORY.path), Accept_Encoding="gzip")
    assert coded.fields["Transfer-Encoding"] == "chunked"
    assert gzip.decompress(coded.body).count(b"<p>") == plain.body.count(b"<p>") > 3
    head = ask(served.url("one", STORY.path), method="HEAD")
    assert (head.body, int(head.fields["Content-Length"])) == (b"", len(plain.body))
    assert ask(served.url("curt")).fields["Connection"] == "close"
    with socket.create_connection(("127.30.0.1", served.web.port)) as line:
        line.sendall(b"GET /about HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        answers = b""
        while answers.count(b"</html>") < 3:
            answers += line.recv(65536)
    assert {entry.in_flight for entry in served.entries()} == {1}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.30.0.4", served.web.port))


@pytest.mark.parametrize(
    ("ill", "error"),
    [
        (Ill.RESET, ConnectionResetError),
        (Ill.CLOSE, http.client.RemoteDisconnected),
        (Ill.CUT, http.client.IncompleteRead),
        (Ill.BROKEN_CHUNKS, http.client.IncompleteRead),
        (Ill.HANG, TimeoutError),
    ],
)
def test_what_goes_wrong_goes_wrong_on_the_wire_and_in_the_log(
    serve: Callable[..., WebThread], ill: Ill, error: type[Exception]
):
    served = serve(make_host(troubles=(Trouble(ill=ill, path="/news/"),)))
    with pytest.raises(error):
        ask(served.url("one", STORY.path), timeout=0.3)
    assert ask(served.url("one", "/about")).status == 200
    entry = next(e for e in served.entries() if e.path == STORY.path)
    assert (entry.ill, entry.is_complete) == (ill, False)


@pytest.mark.parametrize("ill", [Ill.LATE, Ill.DRIP])
def test_slow_answers_are_whole_and_take_their_time(
    serve: Callable[..., WebThread], ill: Ill
):
    slow = make_host(troubles=(Trouble(ill=ill, seconds=0.2),))
    served = serve(slow)
    begin = time.monotonic()
    assert ask(served.url("one", STORY.path)).body.endswith(b"</html>\n")
    assert time.monotonic() - begin > 0.15
    (entry,) = served.entries()
    assert entry.is_complete
    assert entry.ended - entry.began > 0.15


def test_retry_after_is_told_in_seconds_or_as_a_date_by_the_clock(
    serve: Callable[..., WebThread], clock: SimClock
):
    busy = Trouble(ill=Ill.STATUS, status=503, until=START + HOUR, retry_after_s=600)
    served = serve(
        make_host(troubles=(busy,)),
        make_host(
            id="two",
            address="127.30.0.2",
            troubles=(replace(busy, status=429, is_retry_a_date=True),),
        ),
    )
    seconds, date = ask(served.url("one")), ask(served.url("two"))
    assert (seconds.status, seconds.fields["Retry-After"]) == (503, "600")
    assert date.status == 429
    assert parsedate_to_datetime(date.fields["Retry-After"]) == START + HOUR / 6
    clock.advance(HOUR)
    assert ask(served.url("one")).status == ask(served.url("two")).status == 200


def test_an_outage_refuses_connections_and_ends(
    serve: Callable[..., WebThread], clock: SimClock
):
    outage = Trouble(ill=Ill.REFUSED, since=START + HOUR, until=START + 2 * HOUR)
    served = serve(make_host(troubles=(outage,)))
    line = http.client.HTTPConnection("127.30.0.1", served.web.port, timeout=5)
    line.request("GET", "/about")
    assert line.getresponse().read()
    clock.advance(HOUR)
    with pytest.raises(ConnectionError):  # reset, if the socket was open still
        ask(served.url("one"))
    served.settle()
    line.sock.settimeout(5)
    with pytest.raises(ConnectionResetError):
        line.sock.recv(1)
    line.close()
    with pytest.raises(ConnectionRefusedError):
        ask(served.url("one"))
    clock.advance(HOUR)
    served.settle()
    assert ask(served.url("one")).status == 200


# ------------------------------------------------------------------ a process


def test_a_process_serves_by_the_clock_of_the_test_and_counts_its_cpu(
    clock: SimClock, tmp_path: Path
):
    outage = Trouble(ill=Ill.REFUSED, since=START + HOUR)
    with WebProcess(
        Web(hosts=(make_host(troubles=(outage,)),)), clock, tmp_path / "log"
    ) as served:
        assert psutil.Process(served.pid).is_running()
        assert ask(served.url("one", STORY.path)).status == 200
        clock.advance(HOUR)
        served.settle()
        with pytest.raises(ConnectionRefusedError):
            ask(served.url("one"))
        assert served.cpu_s() > 0
        pid = served.pid
    assert not psutil.pid_exists(pid)
    assert [entry.path for entry in served.entries()] == [STORY.path]
    with pytest.raises(NotServed, match="without a path"):
        WebProcess(Web(hosts=()), SimClock(START), tmp_path / "log").__enter__()


_ORPHAN = """
import sys, time
from pathlib import Path
from tests.support.simweb.clock import SimClock
from tests.support.simweb.server import WebProcess
from tests.support.simweb.webs import START, make_web

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    clock = SimClock(START, path=folder / "clock")
    with WebProcess(make_web(hosts=2, days=1), clock, folder / "log") as served:
        print(served.pid, flush=True)
        time.sleep(60)
"""


def test_a_serving_process_ends_with_the_process_that_started_it(tmp_path: Path):
    script = tmp_path / "orphan.py"
    script.write_text(_ORPHAN)
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while psutil.pid_exists(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not psutil.pid_exists(pid)


# ------------------------------------------------------------------ the farm


def test_nine_polls_in_ten_of_the_farm_find_nothing_new():
    farm = make_feed_farm(hosts=100)
    fresh: list[int] = []
    for site in farm.sites().values():
        etag = ""
        for poll in range(21):
            now = START + timedelta(seconds=poll * RHYTHM_S)
            answer = site.answer(asked("/rss.xml", If_None_Match=etag), now)
            if answer.status == 200:
                etag = dict(answer.fields)["ETag"]
                assert 10_000 < len(answer.body) < 20_000
                assert answer.body.count(b"<item>") == 30
                fresh += [poll] if poll else []
    counts = Counter(fresh)
    assert len(fresh) == 200  # of 2,000
    assert max(counts.values()) < 2 * min(counts.values())  # and evenly spread
    until = START + timedelta(seconds=20 * RHYTHM_S)
    truths = farm.articles(until)
    assert farm.addresses(until) == {truth.url for truth in truths}
    assert len(truths) == 100 * 30 + 200
    site = farm.sites()["127.60.0.1"]
    page = site.answer(asked(urlsplit(truths[0].url).path), START)
    assert truths[0].version
    assert sha256_label(page.body) == truths[0].version.payload_digest
    assert 2_000 < len(page.body) < 8_000


@pytest.mark.slow
def test_five_thousand_hosts_are_served_within_seconds(clock: SimClock, tmp_path: Path):
    lack = lack_of_files(5000)
    if lack:
        pytest.skip(lack)
    farm = make_feed_farm(hosts=5000)
    begin = time.monotonic()
    with WebProcess(farm, clock, tmp_path / "log") as served:
        assert time.monotonic() - begin < 20  # a second or two on an idle machine
        for number in (0, 249, 250, 2499, 4999):
            one = farm.hosts[number]
            assert ask(served.url(one.address, "/rss.xml")).status == 200
        before = served.cpu_s()
        line = http.client.HTTPConnection(farm.hosts[7].address, served.web.port)
        etag = ""
        for _ in range(1000):
            line.request("GET", "/rss.xml", headers={"If-None-Match": etag})
            response = line.getresponse()
            response.read()
            etag = response.headers["ETag"]
        line.close()
        assert (served.cpu_s() - before) / 1000 < 0.001  # 0.2 ms on an idle machine


def test_too_few_open_files_are_a_reason_and_not_a_crash():
    assert lack_of_files(1) is None
    assert "open files" in (lack_of_files(10**9) or "")


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_open(
    serve: Callable[..., WebThread], clock: SimClock, tmp_path: Path
):
    served = serve(make_host())
    again = Web(hosts=(make_host(),), port=served.web.port)
    with pytest.raises(OSError, match="in use"):
        WebThread(again, clock, tmp_path / "log2").__enter__()
