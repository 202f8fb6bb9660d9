"""TimeGate, TimeMap and CDX over HTTP: RFC 7089 paragraph by paragraph, and pywb."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from archive.collection import Collection
from archive.indexmerge import merge_all
from archive.web import memento
from archive.web.app import create_app
from archive.web.shelf import Shelf
from tests.support.cdxlines import line, write_lines
from tests.support.peers import peer

BASE = "http://127.0.0.1"
URL = "https://example.org/news?a=1"
TIMES = ("20240101000000", "20250101000000", "20250301120000", "20260101000000")
LINES = [
    *(
        line(URL, time, mime=mime, status=status)
        for time, mime, status in (
            (TIMES[0], "text/html", "200"),
            (TIMES[1], "warc/revisit", "200"),
            (TIMES[2], "warc/revisit", None),
            (TIMES[3], "text/html", "404"),
        )
    ),
    # The text and the picture of a page are on its address in other people's files.
    line(URL, "20260201000000", mime="application/json", status=None),
    line("urn:uuid:0b1b7f1e-0d0c-4a7c-9d0e-111111111111", "20260101000000"),
    *(line(f"https://example.org/p{n}", TIMES[0]) for n in range(30)),
    line("https://www.example.org/p1", TIMES[1]),
    line("https://shop.example.org/", TIMES[2], mime="image/png"),
    line("https://example.com/", TIMES[0], status="301", mime=None),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    root: Path = tmp_path_factory.mktemp("memento") / "c"
    Collection.create(root).close()
    write_lines(root / "index", LINES)
    return root


@pytest.fixture(scope="module")
def client(folder) -> Iterator[TestClient]:
    app = create_app(Shelf.open(folder))
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


def links(text: str) -> list[tuple[str, dict[str, str]]]:
    """Read link-format, or the value of `Link` (RFC 6690, 2; RFC 8288, 3)."""
    found = re.findall(r'<([^>]*)>((?:; *[a-z]+="[^"]*")*)', text)
    return [(uri, dict(re.findall(r'([a-z]+)="([^"]*)"', rest))) for uri, rest in found]


def rel(text: str, relation: str) -> list[str]:
    return [uri for uri, about in links(text) if relation in about["rel"].split()]


def memento_of(when: str, url: str = URL) -> str:
    return f"{BASE}/replay/{when}/{url}"


# Paragraph of RFC 7089, Accept-Datetime, where the TimeGate leads to.
NEGOTIATED = {
    "4.5.1 without a date, the newest": (None, TIMES[3]),
    "4.1.2 a date that is held": ("Wed, 01 Jan 2025 00:00:00 GMT", TIMES[1]),
    "4.1.2 a date between": ("Thu, 09 Jan 2025 08:00:00 GMT", TIMES[1]),
    "4.1.2 nearer to the later": ("Fri, 28 Feb 2025 08:00:00 GMT", TIMES[2]),
    "4.5.2 before the first": ("Mon, 01 Jan 1990 00:00:00 GMT", TIMES[0]),
    "4.5.2 before there was a web": ("Fri, 31 Jan 0001 00:00:00 GMT", TIMES[0]),
    "4.5.2 after the last": ("Fri, 01 Jan 2100 00:00:00 GMT", TIMES[3]),
}


@pytest.mark.parametrize(("asked", "when"), NEGOTIATED.values(), ids=NEGOTIATED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_timegate_leads_to_the_memento(client, method, asked, when):
    headers = {} if asked is None else {"Accept-Datetime": asked}
    answer = client.request(method, f"/timegate/{URL}", headers=headers)
    assert answer.status_code == 302  # 4.1.2
    assert answer.headers["location"] == memento_of(when)
    assert answer.headers["vary"].lower() == "accept-datetime"  # 2.1.3
    assert "memento-datetime" not in answer.headers  # 4.1.2
    link = answer.headers["link"]
    assert rel(link, "original") == [URL]  # 2.2.1
    assert rel(link, "timemap") == [f"{BASE}/timemap/link/{URL}"]  # 2.2.3
    assert rel(link, "first") == [memento_of(TIMES[0])]
    assert rel(link, "last") == [memento_of(TIMES[3])]
    assert memento_of(when) in rel(link, "memento")
    assert all(
        "datetime" in about for _, about in links(link) if "memento" in about["rel"]
    )


@pytest.mark.parametrize(
    "asked", ["", "yesterday", "2025-01-01T00:00:00Z", "Wed, 01 Jan 2025 00:00:00"]
)
def test_a_date_that_is_none_is_a_bad_request(client, asked):
    answer = client.get(f"/timegate/{URL}", headers={"Accept-Datetime": asked})
    assert answer.status_code == 400  # 4.5.3
    assert answer.headers["vary"].lower() == "accept-datetime"
    assert rel(answer.headers["link"], "original") == [URL]
    assert "RFC 7089" in answer.json()["detail"]


@pytest.mark.parametrize(
    "url",
    ["https://example.net/", "urn:uuid:0b1b7f1e-0d0c-4a7c-9d0e-111111111111"],
)
def test_nothing_held_is_not_found(client, url):
    answer = client.get(f"/timegate/{url}")
    assert answer.status_code == 404  # 4.5.3
    assert answer.headers["vary"].lower() == "accept-datetime"
    for form in ("link", "json"):
        assert client.get(f"/timemap/{form}/{url}").status_code == 404


def test_a_timemap_lists_every_memento_and_nothing_else(client):
    answer = client.get(f"/timemap/link/{URL}")
    assert answer.headers["content-type"].startswith("application/link-format")  # 5
    found = links(answer.text)
    assert rel(answer.text, "original") == [URL]
    assert rel(answer.text, "timegate") == [f"{BASE}/timegate/{URL}"]
    ((own, about),) = [one for one in found if one[1]["rel"] == "self"]
    assert own == f"{BASE}/timemap/link/{URL}"
    assert about["type"] == "application/link-format"
    assert about["from"] == "Mon, 01 Jan 2024 00:00:00 GMT"
    assert about["until"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    assert rel(answer.text, "memento") == [memento_of(when) for when in TIMES]
    assert rel(answer.text, "first") == [memento_of(TIMES[0])]
    assert rel(answer.text, "last") == [memento_of(TIMES[3])]
    dates = [about["datetime"] for _, about in found if "memento" in about["rel"]]
    assert dates[2] == "Sat, 01 Mar 2025 12:00:00 GMT"


def test_a_timemap_in_json_says_the_same(client):
    values = client.get(f"/timemap/json/{URL}").json()
    assert values["original_uri"] == URL
    assert values["timegate_uri"] == f"{BASE}/timegate/{URL}"
    entries = values["mementos"]["list"]
    assert [one["uri"] for one in entries] == [memento_of(when) for when in TIMES]
    assert entries[0] == values["mementos"]["first"]
    assert entries[-1] == values["mementos"]["last"]
    assert entries[2]["datetime"] == "2025-03-01T12:00:00Z"
    assert "pages" not in values
    assert client.get(values["timemap_uri"]["link_format"]).status_code == 200


def test_a_long_timemap_has_pages(client, monkeypatch):
    monkeypatch.setattr(memento, "PAGE_LENGTH", 2)
    found: list[str] = []
    place: str | None = f"{BASE}/timemap/json/{URL}"
    while place is not None:
        values = client.get(place).json()
        found += [one["uri"] for one in values["mementos"]["list"]]
        assert ("first" in values["mementos"]) == (len(found) == 2)
        following = values.get("pages", {}).get("next")
        place = following["uri"] if following else None
    assert found == [memento_of(when) for when in TIMES]
    first = client.get(f"/timemap/link/{URL}").text
    assert rel(first, "timemap") == [f"{BASE}/timemap/link/2/{URL}"]
    assert rel(first, "last") == []
    second = client.get(f"/timemap/link/2/{URL}").text
    assert rel(second, "last") == [memento_of(TIMES[3])]
    assert rel(second, "timemap") == [f"{BASE}/timemap/link/{URL}"]
    assert client.get(f"/timemap/link/3/{URL}").status_code == 404


@pytest.mark.parametrize(
    "written",
    [
        "https:/example.org/news?a=1",  # slashes that a proxy has joined
        "example.org/news?a=1",
        "https%3A%2F%2Fexample.org%2Fnews%3Fa=1",
        "HTTPS://WWW.EXAMPLE.ORG/news/?a=1",
    ],
)
def test_an_address_is_understood_as_people_write_it(client, written):
    answer = client.get(f"/timegate/{written}")
    assert answer.headers["location"] == memento_of(TIMES[3])


@pytest.mark.parametrize("path", ["/timegate/", "/timemap/link/", "/timemap/json/"])
def test_an_address_that_is_missing_is_told_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 400
    assert "no address" in answer.json()["detail"]


# ------------------------------------------------------------------------ CDX


def test_cdx_is_answered_in_three_forms(client):
    query = {"url": URL, "limit": "1"}
    for output, kind in (
        ("cdxj", "text/x-cdxj"),
        ("json", "application/x-ndjson"),
        ("text", "text/plain"),
    ):
        answer = client.get("/cdx", params={**query, "output": output})
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert TIMES[0] in answer.text
        assert client.head("/cdx", params=query).status_code == 200


def test_a_parameter_that_can_not_be_is_a_bad_request(client):
    answer = client.get("/cdx", params={"url": URL, "limit": "many"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "limit='many' is no whole number"},
    )
    assert client.get("/cdx").status_code == 400


def test_a_long_answer_is_streamed_whole(client, monkeypatch):
    monkeypatch.setattr("archive.web.cdx._CHUNK", 100)
    answer = client.get("/cdx", params={"url": "*"})
    assert "content-length" not in answer.headers
    assert len(answer.text.splitlines()) == len(LINES)


def test_damage_is_told_as_an_error(folder, client):
    path = folder / "index/2026/11/20/broken.cdxj"
    path.write_bytes(b"zz,broken)/ 20260101000000 {torn\n")
    try:
        answer = client.get("/cdx", params={"url": "broken.zz", "output": "json"})
        assert answer.status_code == 500
        assert "broken.cdxj" in answer.json()["detail"]
    finally:
        path.unlink()


# ----------------------------------------------------------------------- pywb


@pytest.fixture(scope="module")
def pywb(tmp_path_factory, folder) -> Iterator[str]:
    wayback = peer("pywb", "wayback")
    place = tmp_path_factory.mktemp("pywb")
    merged = merge_all(folder / "index")
    assert merged is not None
    packed = tmp_path_factory.mktemp("packed") / "index"
    write_lines(packed, LINES)
    zipnum = merge_all(packed, zipnum=True)
    assert zipnum is not None
    (place / "config.yaml").write_text(
        f"collections:\n  all:\n    index_paths: {merged.index}\n"
        f"    archive_paths: {folder}/warc/\n"
        f"  zip:\n    index_paths: {zipnum.index}\n"
        f"    archive_paths: {folder}/warc/\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [wayback, "-b", "127.0.0.1", "-p", str(port)],
            cwd=place,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        limit = time.monotonic() + 40
        while True:
            with suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"{address}/all/cdx?url=a", timeout=5).close()
                break
            assert process.poll() is None, (place / "log").read_text()
            assert time.monotonic() < limit, "pywb takes too long"
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


SAME: tuple[dict[str, Any], ...] = (
    {"url": URL},
    {"url": "example.org/p1"},
    {"url": "example.org/p*"},
    {"url": "example.org/p", "matchType": "prefix"},
    {"url": "example.org", "matchType": "host"},
    {"url": "*.example.org"},
    {"url": "example.org", "matchType": "domain", "limit": "7"},
    {"url": "example.org/*", "from": "2025", "to": "202503"},
    {"url": URL, "to": "2025"},
    {"url": URL, "from": "20250301120000"},
    {"url": URL, "closest": "20250201000000"},
    {"url": URL, "closest": "20250201000000", "limit": "2"},
    {"url": URL, "sort": "reverse"},
    {"url": "example.org/*", "sort": "reverse", "limit": "3"},
    {"url": "example.org/*", "filter": "=status:200"},
    {"url": "example.org/*", "filter": "!=status:200"},
    {"url": "*.example.org", "filter": "~mime:image/.*"},
    {"url": "*.example.org", "filter": "mime:html"},
    {"url": "*.example.org", "filter": ["mime:html", "!status:404"]},
    {"url": "*.example.org", "fl": "urlkey,timestamp,url"},
    {"url": "*.example.org", "fl": "timestamp,mime,status", "output": "text"},
    {"url": "example.net/*"},
)


@pytest.mark.parametrize("collection", ["all", "zip"])
def test_pywb_gives_the_same_lines(client, pywb, collection):
    for query in SAME:
        asked = urlencode({"output": "json", **query}, doseq=True)
        with urllib.request.urlopen(f"{pywb}/{collection}/cdx?{asked}") as answer:
            theirs = answer.read().decode()
        ours = client.get(f"/cdx?{asked}").text
        if query.get("output") == "text":
            assert ours == theirs, query
        else:
            assert [*map(read, ours.splitlines())] == [
                *map(read, theirs.splitlines())
            ], query


def read(text: str) -> dict[str, str]:
    """Read a line of JSON, without what pywb adds, and without empty fields."""
    values = json.loads(text).items()
    return {
        name: value
        for name, value in values
        if value not in ("", None) and name not in ("source", "source-coll")
    }


def test_pywb_lists_the_same_mementos(client, pywb):
    for url in (URL, "https://example.org/p1", "https://example.com/"):
        with urllib.request.urlopen(f"{pywb}/all/timemap/link/{url}") as answer:
            theirs = answer.read().decode()
        ours = client.get(f"/timemap/link/{url}").text
        listed = [
            about["datetime"]
            for _, about in links(theirs)
            if "memento" in about["rel"]
            # It lists a record of metadata, too.
            and about["datetime"] != "Sun, 01 Feb 2026 00:00:00 GMT"
        ]
        assert listed
        assert listed == [
            about["datetime"] for _, about in links(ours) if "memento" in about["rel"]
        ]
