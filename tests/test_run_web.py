"""`dateline run` over the simulated web: how it ends, overlaps, says what is wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from typing_extensions import override

from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import AddressState
from crawler.leader import read_leader
from pipelines.pool import DEFAULT_EXTRACTOR
from tests.support.command import read
from tests.support.simweb.analysis import concurrency, fetches
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import Host, Ill, Story, Trouble
from tests.support.simweb.server import LOOPBACK, WebThread
from tests.support.simweb.webs import START, Web
from tests.support.watching import SLOW_EXTRACTOR, Watch, pass_time

pytestmark = [pytest.mark.allow_hosts(LOOPBACK), pytest.mark.timeout(180)]

HOST: Final = "127.43.0.1"
MINUTE: Final = timedelta(minutes=1)
STORIES: Final = 8


def make_host(number: int = 1, **more: Any) -> Host:
    """Make a host that has all its stories from the start."""
    stories = tuple(
        Story(path=f"/news/{n}-story.html", published=START - timedelta(hours=9 - n))
        for n in range(STORIES)
    )
    address = f"127.43.0.{number}"
    kind = f"host-{number}"
    return Host(id=kind, kind=kind, address=address, stories=stories, **more)


@dataclass(slots=True, kw_only=True)
class Scene:
    """A served web, and the watcher of it."""

    folder: Path
    served: WebThread
    starts: int = 0

    @property
    def root(self) -> Path:
        return self.folder / "collection"

    @property
    def sources(self) -> Path:
        return self.folder / "sources.toml"

    def describe(self, *names: str, every: str = "1h") -> None:
        """Write the sources of all hosts, or of some."""
        extra = f'every = "{every}"\nrechecks = []'
        text = self.served.web.sources_toml(
            delay_s=0.0, extra=extra, names=names or None
        )
        self.sources.write_text(text, "utf-8")

    def watch(self, *words: object, extractor: str = DEFAULT_EXTRACTOR) -> Watch:
        """Start a watcher that lives by the clock of the web."""
        self.starts += 1
        return Watch(
            *("run", "--sources", self.sources, "-c", self.root, "--json"),
            *("--metrics", "off", *words),
            output=self.folder / f"{self.starts}.jsonl",
            clock=self.served.clock,
            extractor=extractor,
        )

    def asked(self, host: str = HOST) -> int:
        """Count the stories that a host was asked for, and answered."""
        return sum(
            entry.path.startswith("/news/") and bool(entry.status)
            for entry in self.served.entries()
            if entry.host == host
        )

    def ticks(self) -> list[dict[str, Any]]:
        return read("runs", "--json", "-c", self.root, "--limit", 1000).rows()

    def kept(self) -> Counter[str]:
        rows = read("list", "captures", "--json", "-c", self.root).rows()
        return Counter(row["url"] for row in rows if row["role"] == "article")

    def states(self) -> dict[AddressState, int]:
        with closing(WatchDatabase(self.root)) as watch:
            return Frontier(watch).counts()


@pytest.fixture
def open_scene(tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    open_now: list[WebThread] = []

    def make(*hosts: Host) -> Scene:
        sim = SimClock(START, speed=1.0, path=tmp_path / "clock")
        served = WebThread(Web(hosts=hosts), sim, tmp_path / "log")
        open_now.append(served.__enter__())
        scene = Scene(folder=tmp_path, served=served)
        scene.describe()
        return scene

    yield make
    for served in open_now:
        served.__exit__(None, None, None)


# ---------------------------------------------------------------- how it ends


def test_told_to_end_it_finishes_the_runs_that_go_on(open_scene):
    scene = open_scene(make_host(latency_s=0.3))
    with scene.watch() as watch:
        watch.wait_for(lambda: scene.asked() > 0, "no story was asked for")
        assert scene.asked() < STORIES
        assert watch.stop() == 0, watch.errors()
    (tick,) = scene.ticks()
    assert (tick["outcome"], tick["new"]) == ("done", STORIES)
    assert scene.kept() == dict.fromkeys(scene.served.web.addresses(START), 1)
    assert scene.states() == {AddressState.FETCHED: STORIES}
    assert not read_leader(scene.root).is_held


@pytest.mark.parametrize("by", ["a second signal", "its bound"])
def test_ended_in_the_middle_it_loses_nothing_and_fetches_nothing_twice(open_scene, by):
    scene = open_scene(make_host(latency_s=0.5))
    bound_s = 60.0 if by == "a second signal" else 0.2
    words = ("--stop-bound", bound_s)
    with scene.watch(*words, extractor=SLOW_EXTRACTOR) as watch:
        # By now some pages are on disk and wait for their text, and one is on its way.
        watch.wait_for(lambda: scene.asked() > 3, "too few stories were asked for")
        watch.tell(signal.SIGTERM)
        if by == "a second signal":
            time.sleep(0.2)
            assert not watch.has_ended
            watch.tell(signal.SIGTERM)
        assert watch.finish() == 0, watch.errors()
    (tick,) = scene.ticks()
    assert (tick["outcome"], tick["reason"]) == ("failed", "stopped before its end")
    states = scene.states()
    assert set(states) == {AddressState.DUE, AddressState.FETCHED}
    assert sum(states.values()) == STORIES
    assert len(scene.kept()) == states[AddressState.FETCHED] > 2

    with scene.watch() as watch:
        done = {AddressState.FETCHED: STORIES}
        watch.wait_for(lambda: scene.states() == done, "not all was fetched")
        watch.wait_for(lambda: bool(watch.rows("run")), "no run")
        assert watch.stop() == 0, watch.errors()
    assert scene.kept() == dict.fromkeys(scene.served.web.addresses(START), 1)
    # What was in flight when it ended is asked for again, and nothing else.
    assert scene.asked() <= STORIES + 1
    again, first = scene.ticks()  # the planned run is made up for
    assert (again["kind"], again["planned_for"]) > ("poll", first["planned_for"])
    assert again["outcome"] in ("done", "late")
    assert read("verify", "-c", scene.root).out == ""


def test_told_to_end_while_nothing_goes_on_it_ends_at_once(open_scene):
    scene = open_scene(make_host())
    with scene.watch() as watch:
        watch.wait_for(lambda: bool(watch.rows("run")), "no run")
        began = time.monotonic()
        assert watch.stop() == 0, watch.errors()
        assert time.monotonic() - began < 10


# ---------------------------------------------------------------- sources


def test_a_source_that_was_removed_is_looked_at_no_more(open_scene):
    scene = open_scene(make_host(1), make_host(2))
    scene.describe(every="5m")
    clock = scene.served.clock

    def ran(watch: Watch) -> Counter[str]:
        return Counter(row["source"] for row in watch.rows("run"))

    with scene.watch() as watch:
        watch.wait_for(lambda: len(ran(watch)) == 2, "not both ran")
        scene.sources.write_text("[[source]]\nid = ", "utf-8")
        watch.wait_for(lambda: "not reloaded" in watch.errors(), "no complaint")
        before = ran(watch)
        pass_time(
            clock,
            step=MINUTE,
            every_s=0.1,
            until=lambda: all(n > before[s] + 1 for s, n in ran(watch).items()),
        )  # both are still looked at
        scene.describe("host-1", every="5m")
        watch.wait_for(lambda: "1 removed" in watch.errors(), "not reloaded")
        before = ran(watch)
        pass_time(
            clock,
            step=MINUTE,
            every_s=0.1,
            until=lambda: ran(watch)["host-1"] > before["host-1"] + 3,
        )
        assert watch.stop() == 0, watch.errors()
        # The run that went on when it was removed is finished.
        assert ran(watch)["host-2"] <= before["host-2"] + 1
    due = read("due", "--json", "-c", scene.root).rows()
    assert [row["source"] for row in due] == ["host-1"]
    assert all(tick["outcome"] != "going on" for tick in scene.ticks())


def test_a_slow_source_never_overlaps_itself(open_scene):
    slow = Trouble(ill=Ill.LATE, path="/rss.xml", seconds=1.0)
    scene = open_scene(make_host(troubles=(slow,)))
    scene.describe(every="5m")
    with scene.watch() as watch:
        pass_time(
            scene.served.clock,
            step=MINUTE,
            every_s=0.08,  # a tick each 0.4 s, and a run takes a second
            until=lambda: len(watch.rows("run")) >= 4,
        )
        assert watch.stop() == 0, watch.errors()
    ticks = sorted(scene.ticks(), key=lambda tick: tick["planned_for"])
    outcomes = Counter(tick["outcome"] for tick in ticks)
    assert outcomes["overlapped"] >= 3
    assert set(outcomes) <= {"done", "late", "overlapped", "missed"}
    for tick in ticks:
        if tick["outcome"] == "overlapped":
            assert "was still going" in tick["reason"]
    began = [(one["began_at"], one["ended_at"]) for one in ticks if one["began_at"]]
    assert all(before[1] <= after[0] for before, after in pairwise(began))
    entries = scene.served.entries()
    assert concurrency(entries, HOST) == 1
    looks = len(fetches(entries, HOST, "/rss.xml"))
    assert looks == len(began)


# ---------------------------------------------------------------- notices


@contextmanager
def hook(refusals: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Take what is posted; the first few are refused. Gives the address and all."""
    posted: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(503 if len(posted) <= refusals else 204)
            self.end_headers()

        @override
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", posted
        server.shutdown()
        thread.join()


def test_failed_runs_and_flags_go_to_a_webhook_signed(open_scene, monkeypatch):
    secret = b"a secret of the receiver"
    text = "whsec_" + base64.b64encode(secret).decode()
    monkeypatch.setenv("DATELINE_WEBHOOK_SECRET", text)
    down = Trouble(ill=Ill.STATUS, path="/rss.xml", status=500)
    scene = open_scene(make_host(1, troubles=(down,)), make_host(2))
    scene.describe(every="30m")
    with hook(refusals=1) as (url, posted), scene.watch("--webhook", url) as watch:

        def kinds() -> list[str]:
            return [json.loads(body)["type"] for _, body in posted[1:]]

        pass_time(
            scene.served.clock,
            step=MINUTE,
            every_s=0.02,
            until=lambda: "flag.raised" in kinds() and "run.failed" in kinds(),
        )
        assert watch.stop() == 0, watch.errors()
    for fields, body in posted:
        signed = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode()
        mac = hmac.new(secret, signed + body, hashlib.sha256).digest()
        assert fields["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
        assert json.loads(body)["source"] == "host-1"
    (failed,) = (json.loads(b) for _, b in posted[1:] if b"run.failed" in b)
    assert "status 500" in failed["sentence"]
    flag = next(json.loads(b) for _, b in posted if b"flag.raised" in b)
    assert flag["code"] == "errors"
    # What was refused comes again, under the same name.
    names = Counter(fields["webhook-id"] for fields, _ in posted)
    assert names[posted[0][0]["webhook-id"]] == 2
    status = read("status", "--json", "-c", scene.root).rows()[0]
    assert [one["source"] for one in status["flags"]] == ["host-1"]
    assert read("runs", "--failed", "--json", "-c", scene.root).rows()
