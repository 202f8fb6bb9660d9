"""Downloads from the page: the same packages, streamed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from archive.web.app import create_app
from archive.web.exports import router
from archive.web.shelf import Shelf
from tests.archive.export.conftest import Held
from tests.archive.export.packed import accepted_by_others, pages

HOST = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def client(held: Held) -> Iterator[TestClient]:
    app = create_app(Shelf.open(held.folder))
    with TestClient(app, base_url=HOST) as client:
        yield client


def test_a_wacz_file_of_a_selection(client, held, tmp_path):
    got = client.get("/export/wacz", params={"article": held.url("bridge")})
    assert got.status_code == 200
    assert got.headers["content-type"] == "application/wacz"
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert got.headers["content-disposition"].endswith('.wacz"')
    path = tmp_path / "got.wacz"
    path.write_bytes(got.content)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    assert len(pages(path)) == 3


def test_a_warc_file_of_a_selection(client, tmp_path):
    got = client.get("/export/warc", params={"source": ["courier", "tagblatt"]})
    assert got.headers["content-type"] == "application/warc"
    path = tmp_path / "got.warc.gz"
    path.write_bytes(got.content)
    accepted_by_others(path)


def test_the_lines_of_articles(client):
    def titles(**params: object) -> list[str]:
        got = client.get("/export/jsonl", params=params)
        assert got.headers["content-type"].startswith("application/jsonl")
        return [json.loads(line)["title"] for line in got.text.splitlines()]

    assert len(titles()) == 4
    assert len(titles(versions="true")) == 5
    assert titles(until="2026-11-21", source="tagblatt") == ["Far away"]
    assert titles(since="", article="", source="tagblatt", search="")  # an empty form


def test_the_feed_leads_back_to_the_archive(client, held):
    got = client.get("/feed.atom", params={"source": "tagblatt"})
    assert got.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(io.BytesIO(got.content))
    assert not read.bozo
    assert read.feed.links[0].href == f"{HOST}/feed.atom?source=tagblatt"
    uuid = held.id("far")[10:-1]
    assert read.entries[1].link == f"{HOST}/article/{uuid}"


@pytest.mark.parametrize("path", ["/export/wacz", "/export/warc"])
def test_a_package_of_nothing_is_an_answer_and_not_half_a_file(client, path):
    got = client.get(path, params={"since": "2099"})
    assert got.status_code == 404
    assert "2099" in got.json()["detail"]


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/export/jsonl", {"since": "soon"}, 400),
        ("/export/jsonl", {"source": "nope"}, 404),
        ("/export/wacz", {"article": "http://news.example/nope"}, 404),
        ("/export/wacz", {"article": "a\x00b"}, 400),
        ("/feed.atom", {"source": "a\x1b[31m"}, 400),
        ("/feed.atom", {"limit": "0"}, 422),
        ("/feed.atom", {"limit": "many"}, 422),
    ],
)
def test_what_cannot_be_is_an_answer_too(client, path, params, status):
    got = client.get(path, params=params)
    assert got.status_code == status
    assert got.json()["detail"]


def test_a_download_that_is_broken_off_leaves_nothing_behind(
    client, held, tmp_path: Path
):
    before = sorted(held.folder.rglob("*"))
    with client.stream("GET", "/export/wacz") as got:
        next(got.iter_bytes(1024))
    assert sorted(held.folder.rglob("*")) == before


def test_the_openapi_tells_what_the_answers_are():
    app = FastAPI()
    app.include_router(router)
    paths = app.openapi()["paths"]
    for path, kind in (
        ("/export/wacz", "application/wacz"),
        ("/export/warc", "application/warc"),
        ("/export/jsonl", "application/jsonl"),
        ("/feed.atom", "application/atom+xml"),
    ):
        said = paths[path]["get"]
        assert kind in said["responses"]["200"]["content"]
        assert {"source", "since", "until", "search", "article"} <= {
            one["name"] for one in said["parameters"]
        }
