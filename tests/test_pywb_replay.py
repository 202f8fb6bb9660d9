"""pywb, in an environment of its own, over a collection where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime

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
from tests.support.command import dateline
from tests.support.peers import peer
from tests.support.wayback import Wayback, mementos, serving_wayback

BENCHES = "/2024/03/14/council-benches.html"


@dataclass(frozen=True)
class Watched:
    """A collection, and pywb that serves it."""

    wayback: Wayback
    collection: Collection

    def get(self, path: str) -> tuple[int, Message, bytes]:
        return self.wayback.get(path)

    def pages(self) -> list[Kept]:
        """List the captures of articles that show a page, by a revisit too."""
        found = captures(self.collection.catalogue, Limits())
        return [
            kept
            for kept in found
            if kept.capture.discovery.role is Role.ARTICLE
            and (kept.capture.status == 200 or kept.capture.revisit is not None)
        ]


@pytest.fixture(scope="module")
def wayback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Crawl the newsroom twice, with an edit in between, and start pywb over it."""
    peer("pywb", "wayback")  # before anything is crawled
    folder = tmp_path_factory.mktemp("pywb")
    held, sources = folder / "courier", folder / "sources.toml"
    with Newsroom() as newsroom:
        sources.write_text(newsroom.sources_toml(), "utf-8")
        words = ("crawl", "--sources", sources, "-c", held)
        dateline(*words)
        newsroom.edit(BENCHES, "for the third time", "for the fourth time")
        dateline(*words, "--again")
    with serving_wayback(held, folder) as started, Collection.open(held) as collection:
        yield Watched(started, collection)


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
            theirs = mementos(body.decode("utf-8"))
            assert [stamp for stamp, _ in theirs] == held
            assert mementos(ours.get(f"/timemap/link/{url}").text) == theirs


@pytest.mark.timeout(180)
def test_what_is_not_held_is_not_found(wayback):
    assert wayback.get("2026mp_/http://127.0.0.1:9/never")[0] == 404
