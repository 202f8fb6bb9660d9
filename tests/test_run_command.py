"""`dateline run` as people use it: it starts, is told things, and ends."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

from crawler.newsroom.server import Newsroom
from tests.support.command import dateline, read
from tests.support.watching import Watch

pytestmark = pytest.mark.timeout(180)  # each is a process that has to start

PATIENCE_S = 60.0


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


class Desk:
    """The example newsroom, a file of sources, and a collection."""

    def __init__(self, newsroom: Newsroom, folder: Path) -> None:
        self.newsroom, self.folder = newsroom, folder
        self.root = folder / "collection"
        self.sources = folder / "sources.toml"
        self.describe("one")

    def describe(self, *names: str, seed: str = "/feed.xml") -> None:
        """Write sources with these ids, all of the newsroom."""
        tables = [
            f'[[source]]\nid = "{name}"\nname = "{name}"\nevery = "1m"\n'
            f'seeds = [{{ kind = "feed", url = "{self.newsroom.base_url}{seed}" }}]\n'
            "[source.manners]\nallow_private = true\ndelay_s = 0.0\n"
            for name in names
        ]
        self.sources.write_text("\n".join(tables), "utf-8")

    def watch(self, *words: object) -> Watch:
        return Watch(
            *("run", "--sources", self.sources, "-c", self.root, "--json"),
            *words,
            output=self.folder / "out.jsonl",
        )

    def ticks(self) -> list[dict[str, object]]:
        return read("runs", "--json", "-c", self.root).rows()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Newsroom() as newsroom:
        yield Desk(newsroom, tmp_path)


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_it_runs_what_is_due_answers_and_ends_when_told(desk, unused_port):
    with desk.watch("--metrics", f"127.0.0.1:{unused_port}") as watch:
        watch.wait_for(lambda: bool(watch.rows("run")), "no run")
        status, health = get(unused_port, "/health")
        assert (status, json.loads(health)["well"]) == (200, True)
        # A run is reported before the ledger has its outcome.
        counted = 'dateline_runs_total{outcome="done"}'
        wait_until(lambda: counted in get(unused_port, "/metrics")[1])
        assert "running" in read("status", "-c", desk.root).out
        assert watch.stop() == 0, watch.errors()
    tick = desk.ticks()[-1]
    assert (tick["outcome"], tick["source"]) == ("done", "one")
    assert read("verify", "-c", desk.root).code == 0


def test_where_nothing_was_planned_it_is_said(tmp_path):
    assert read("init", tmp_path / "c").code == 0
    ran = read("runs", "-c", tmp_path / "c")
    assert (ran.code, ran.out) == (0, "")
    assert "no such run was planned" in ran.err
    assert read("runs", "--json", "-c", tmp_path / "c").err == ""


def test_a_second_one_is_refused_and_names_the_first(desk):
    with desk.watch("--metrics", "off") as watch:
        watch.wait_for(lambda: bool(watch.rows("run")), "no run")
        words = ("run", "--sources", desk.sources, "-c", desk.root, "--metrics", "off")
        second = dateline(*words)
        assert second.code == 2
        assert str(watch.pid) in second.err
        assert watch.stop() == 0


def test_a_changed_file_is_taken_in_and_a_broken_one_changes_nothing(desk):
    with desk.watch("--metrics", "off") as watch:
        watch.wait_for(lambda: bool(watch.rows("run")), "no run")
        good = desk.sources.read_text("utf-8")
        desk.sources.write_text("[[source]]\nid = ", "utf-8")
        watch.wait_for(lambda: "not reloaded" in watch.errors(), "no complaint")
        desk.sources.write_text(good, "utf-8")
        desk.describe("one", "two")
        watch.tell(signal.SIGHUP)
        ran = {"one", "two"}
        watch.wait_for(
            lambda: {row["source"] for row in watch.rows("run")} == ran, "no second"
        )
        assert watch.stop() == 0, watch.errors()


class Hook(BaseHTTPRequestHandler):
    """Takes what is posted."""

    posted: list[dict[str, object]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["webhook-signature"].startswith("v1,")
        self.posted.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    @override
    def log_message(self, *_: object) -> None:
        pass


def test_a_failed_run_is_told_to_the_webhook(desk, monkeypatch):
    monkeypatch.setenv("DATELINE_WEBHOOK_SECRET", "a secret")
    desk.describe("one", seed="/nothing-is-here.xml")
    Hook.posted = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as hook:
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{hook.server_port}/hook"
        with desk.watch("--metrics", "off", "--webhook", url) as watch:
            wait_until(lambda: bool(Hook.posted))
            assert watch.stop() == 0
        hook.shutdown()
    (notice,) = Hook.posted
    assert (notice["type"], notice["source"]) == ("run.failed", "one")
    assert "404" in str(notice["sentence"])
    assert desk.ticks()[-1]["outcome"] == "failed"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--webhook", "https://a.example/"), "DATELINE_WEBHOOK_SECRET"),
        (("--metrics", "nonsense"), "--metrics"),
        (("--sources", "nothing.toml"), "nothing.toml"),
    ],
)
def test_what_can_not_be_is_said_before_anything_begins(desk, words, said):
    ran = dateline("run", "--sources", desk.sources, "-c", desk.root, *words)
    assert ran.code == 2
    assert said in ran.err
