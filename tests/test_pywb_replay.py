"""pywb, in an environment of its own, over a collection where it lies."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import pytest
from fastapi.testclient import TestClient

from archive.clock import timestamp14
from archive.collection import Collection
from archive.lookups import Index
from archive.model import Role
from archive.questions import Kept, Limits, captures
from archive.reading import decoded_payload, load_answer
from archive.urlkey import urlkey
from archive.web.app import create_app
from archive.web.shelf import Shelf
from crawler.newsroom.server import Newsroom
from tests.support.command import dateline, environment, read
from tests.support.peers import peer

BENCHES = "/2024/03/14/council-benches.html"
_PATIENCE_S = 45.0


@dataclass(frozen=True)
class Wayback:
    """pywb, serving a collection."""

    address: str  # of the collection in it
    collection: Collection

    def get(self, path: str) -> tuple[int, Message, bytes]:
        return _get(f"{self.address}/{path}")

    def pages(self) -> list[Kept]:
        """List the captures of articles that show a page, by a revisit too."""
        found = captures(self.collection.catalogue, Limits())
        return [
            kept
            for kept in found
            if kept.capture.discovery.role is Role.ARTICLE
            and (kept.capture.status == 200 or kept.capture.revisit is not None)
        ]


def _get(url: str) -> tuple[int, Message, bytes]:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + _PATIENCE_S
    while time.monotonic() < limit:
        assert process.poll() is None, log.read_text("utf-8", "replace")
        try:
            _get(url)
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"pywb did not answer:\n{log.read_text('utf-8', 'replace')}")


@pytest.fixture(scope="module")
def wayback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wayback]:
    """Crawl the newsroom twice, with an edit in between, and start pywb over it."""
    tool = peer("pywb", "wayback")
    folder = tmp_path_factory.mktemp("pywb")
    held, sources = folder / "courier", folder / "sources.toml"
    with Newsroom() as newsroom:
        sources.write_text(newsroom.sources_toml(), "utf-8")
        words = ("crawl", "--sources", sources, "-c", held)
        dateline(*words)
        newsroom.edit(BENCHES, "for the third time", "for the fourth time")
        dateline(*words, "--again")
    port, log = _free_port(), folder / "wayback.log"
    config = folder / "pywb" / "config.yaml"
    assert read("export", "pywb-config", "-c", held, "-o", config).code == 0
    with log.open("wb") as output, Collection.open(held) as collection:
        process = subprocess.Popen(
            [str(tool), "-b", "127.0.0.1", "-p", str(port)],
            cwd=config.parent,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/courier/", process, log)
            yield Wayback(f"http://127.0.0.1:{port}/courier", collection)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


@pytest.mark.timeout(180)  # the fixture crawls twice, and gevent takes its time
def test_each_version_and_each_revisit_is_replayed(wayback):
    pages = wayback.pages()
    assert len({kept.capture.url for kept in pages}) >= 10
    assert sum(kept.capture.revisit is not None for kept in pages) >= 10
    for kept in pages:
        capture = kept.capture
        answer = load_answer(wayback.collection, capture)
        stamp = timestamp14(capture.date)
        status, headers, body = wayback.get(f"{stamp}id_/{capture.url}")
        assert status == 200, capture.url
        is_coded = headers["Content-Encoding"] is not None
        assert body == (answer.payload if is_coded else decoded_payload(answer))
        said = parsedate_to_datetime(headers["Memento-Datetime"])
        assert timestamp14(said) == stamp
        status, _, body = wayback.get(f"{stamp}mp_/{capture.url}")
        assert status == 200, capture.url
        assert b"<title" in body.lower()


@pytest.mark.timeout(180)
def test_an_edit_shows_in_the_version_of_its_time(wayback):
    versions = [
        kept.capture for kept in wayback.pages() if kept.capture.url.endswith(BENCHES)
    ]
    bodies = [
        wayback.get(f"{timestamp14(one.date)}mp_/{one.url}")[2] for one in versions
    ]
    assert b"for the fourth time" in bodies[0]
    assert b"for the third time" in bodies[1]


@pytest.mark.timeout(180)
def test_its_time_map_lists_what_we_hold_as_ours_does(wayback):
    index = Index(wayback.collection.index)
    app = create_app(Shelf.open(wayback.collection.root))
    with TestClient(app, base_url="http://127.0.0.1:8000") as ours:
        for url in {kept.capture.url for kept in wayback.pages()}:
            status, _, body = wayback.get(f"timemap/link/{url}")
            assert status == 200
            held = [line.timestamp for line in index.lookup(urlkey(url))]
            assert _mementos(body.decode("utf-8")) == held
            assert _mementos(ours.get(f"/timemap/link/{url}").text) == held


def _mementos(time_map: str) -> list[str]:
    """Read the times of the mementos in a TimeMap, as 14 digits."""
    links = (link for link in re.split(r",\s*(?=<)", time_map) if "memento" in link)
    dates = (re.search(r'datetime="([^"]+)"', link) for link in links)
    return [timestamp14(parsedate_to_datetime(date[1])) for date in dates if date]


@pytest.mark.timeout(180)
def test_what_is_not_held_is_not_found(wayback):
    assert wayback.get("2026mp_/http://127.0.0.1:9/never")[0] == 404
