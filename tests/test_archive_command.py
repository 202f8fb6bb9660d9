"""`dateline archive`: one address, now; and the errors a user can make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.newsroom.server import Newsroom
from tests.support.command import dateline, read
from tests.support.webserver import serving

OLD = "/2024/03/11/old-tram-depot.html"
NEW = "/2024/03/11/tram-depot-becomes-workshop.html"
PRIVATE = "/private/draft-budget.html"


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as opened:
        yield opened


def test_a_page_is_archived_with_all_it_needs_and_each_hop(newsroom, tmp_path):
    folder = tmp_path / "c"
    ran = dateline(
        "archive",
        newsroom.base_url + OLD,
        "--requisites",
        "--allow-private",
        *("--delay", 0, "-c", folder),
    )
    assert ran.code == 0, ran.err
    rows = read("list", "captures", "--json", "-c", folder).rows()
    by_path = {row["url"].removeprefix(newsroom.base_url): row for row in rows}
    assert by_path[OLD]["status"] == 301
    assert by_path[NEW]["redirect_from"] == by_path[OLD]["record_id"]
    assert by_path[NEW]["found_url"] == newsroom.base_url + OLD
    requisites = {path for path, row in by_path.items() if row["role"] == "requisite"}
    assert "/assets/courier.css" in requisites
    assert "/assets/type.css" in requisites  # named by an @import in the other
    assert any(path.endswith(".svg") for path in requisites)
    assert read("verify", "-c", folder).out == ""
    (run,) = read("list", "runs", "--json", "-c", folder).rows()
    assert run["settings"]["allow-private"] == "True"  # the exception is recorded
    assert run["counts"]["captures"] == len(rows)


def test_a_private_address_is_refused_and_never_connected_to(newsroom, tmp_path):
    folder = tmp_path / "c"
    port = newsroom.base_url.rpartition(":")[2]
    before = len(newsroom.requests)
    hosts = ("127.0.0.1", "2130706433", "0177.0.0.1", "[::ffff:127.0.0.1]", "localhost")
    urls = [f"http://{host}:{port}/" for host in hosts]
    ran = dateline("archive", *urls, "--delay", 0, "-c", folder)
    assert ran.code == 1
    misses = read("list", "misses", "--json", "-c", folder).rows()
    assert {row["outcome"] for row in misses} == {"refused-address"}
    assert len(misses) == len(urls)
    assert len(newsroom.requests) == before


def test_a_redirect_that_leads_to_no_address_is_told_in_words(tmp_path):
    async def app(scope, _receive, send):
        leads = {"type": "http.response.start", "status": 302, "headers": []}
        if scope["path"] == "/page":
            leads["headers"] = [(b"location", b"javascript:alert(1)")]
        await send(leads)
        await send({"type": "http.response.body"})

    folder = tmp_path / "c"
    with serving(app) as base:
        url = f"{base}/page"
        ran = dateline("archive", url, "--allow-private", "--delay", 0, "-c", folder)
    assert ran.code == 1
    (miss,) = read("list", "misses", "--json", "-c", folder).rows()
    assert (miss["outcome"], miss["url"]) == ("failed", url)
    said = "ValueError: Missing scheme in request url: javascript:alert(1)"
    assert miss["detail"] == said
    rows = read("list", "captures", "--json", "-c", folder).rows()
    assert 302 in {row["status"] for row in rows if row["url"] == url}


def test_robots_are_obeyed_unless_a_reason_is_given_and_recorded(newsroom, tmp_path):
    folder = tmp_path / "c"
    url = newsroom.base_url + PRIVATE
    words = ("archive", url, "--allow-private", "--delay", 0, "-c", folder)
    assert dateline(*words).code == 1
    assert PRIVATE not in {request.target for request in newsroom.requests}
    (miss,) = read("list", "misses", "--json", "-c", folder).rows()
    assert miss["outcome"] == "refused-robots"
    assert miss["evidence"]
    shown = read("show", url, "-c", folder)
    assert shown.code == 1
    assert "refused-robots" in shown.err
    assert dateline(*words, "--ignore-robots", "court order 12/26").code == 0
    runs = read("list", "runs", "--json", "-c", folder).rows()
    assert runs[0]["settings"]["ignore-robots"] == "court order 12/26"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("archive", "example.org/1"), 2, "begin it with http"),
        (("list", "-c", "nowhere"), 2, "dateline init nowhere"),
        (("show", "http://x.example/", "-c", "{empty}"), 1, "nothing is held"),
        (("crawl", "--sources", "nothing.toml"), 2, "nothing.toml"),
        (("crawl", "other", "--sources", "{sources}"), 2, "port-verity"),
        (("verify", "-c", "nowhere"), 2, "no collection"),
        (("init", "{full}"), 2, "not empty"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_try(
    words, code, said, newsroom, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").touch()
    sources = tmp_path / "s.toml"
    sources.write_text(newsroom.sources_toml(), "utf-8")
    empty = tmp_path / "empty"
    assert read("init", empty).code == 0
    places = {"{full}": full, "{empty}": empty, "{sources}": sources}
    ran = read(*(places.get(word, word) for word in words))
    assert ran.code == code
    assert said in ran.err
    assert ran.err.count("\n") <= 1


def test_a_collection_can_be_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DATELINE_COLLECTION", str(tmp_path / "c"))
    assert read("init", tmp_path / "c").code == 0
    assert read("list", "--json").out == ""
    assert Path(tmp_path / "c" / "collection.toml").is_file()
