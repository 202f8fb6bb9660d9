"""Collections that are made once, and applications over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from archive import clock
from archive.web.access import Access
from archive.web.app import create_app
from archive.web.shelf import Shelf
from crawler.serving import ScheduleOf
from tests.support.builders import make_miss
from tests.support.newsdays import build
from tests.support.replayed import keep
from tests.support.replayroom import ANSWERS, SITE, Room

NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
ADDRESS = "http://127.0.0.1"


@pytest.fixture(scope="session")
def newsdays(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a collection whose last capture is of NOW."""
    root = tmp_path_factory.mktemp("newsdays") / "c"
    build(root, NOW, days=6)
    return root


@pytest.fixture
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be NOW."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def client_of(newsdays: Path, at_now: None) -> Iterator[Callable[..., TestClient]]:
    """Make clients of applications over the collection."""
    opened: list[TestClient] = []

    def make(*, access: Access | None = None, **values: Any) -> TestClient:
        schedule = ScheduleOf(newsdays)
        app = create_app(Shelf.open(newsdays), schedule=schedule, access=access)
        client = TestClient(app, base_url=ADDRESS, follow_redirects=False, **values)
        client.__enter__()
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(client_of: Callable[..., TestClient]) -> TestClient:
    """Give a client of an application that everybody on this machine may read."""
    return client_of(headers={"Accept": "text/html"})


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Give an application over captures of all kinds."""
    root: Path = tmp_path_factory.mktemp("replayed") / "c"
    misses = [make_miss(f"{SITE}/missed", detail="<b>no route</b>")]
    captures = keep(root, ANSWERS, misses)
    app = create_app(Shelf.open(root))
    with TestClient(
        app,
        base_url="http://127.0.0.1:8017",
        follow_redirects=False,
        headers={"Accept": "text/html"},
    ) as client:
        yield Room(client=client, captures=captures)
