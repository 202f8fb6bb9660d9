"""`dateline sources`: what its verbs print, and how they treat a host."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archive.model import Seed, SeedKind
from crawler.newsroom.server import Newsroom
from crawler.opml import read_opml
from crawler.source_schema import source_schema
from crawler.sources import load_sources, parse_sources
from tests.support.command import Ran, dateline, read
from tests.support.oddities import Oddity, sized
from tests.support.oddserver import OddServer

FILE = """\
[[source]]
id = "harbour-times"
name = "The Harbour Times"
tags = ["local", "daily"]
every = "1h30m"
seeds = [
  { kind = "feed", url = "https://harbour.example/feed.xml" },
  { kind = "sitemap", url = "https://harbour.example/sitemap.xml" },
]

[[source]]
id = "tram-post"
name = "Tram\\tPost"
tags = ["local"]
cron = "0 6 * * *"
zone = "Europe/Berlin"
seeds = [{ kind = "front", url = "https://tram.example/" }]
"""
TWIN = """
[[source]]
id = "harbour-twin"
name = "Harbour"
seeds = [{ kind = "feed", url = "https://harbour.example/feed.xml" }]

[source.manners]
verify_tls = false
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(FILE, "utf-8")
    return path


# ---------------------------------------------------------------- check


def test_a_file_in_order_is_said_to_be_with_what_is_in_it(file):
    ran = read("sources", "check", file)
    assert (ran.code, ran.out) == (0, "")
    assert "2 sources: 1 feed, 1 sitemap, 1 front page, on 2 hosts" in ran.err


def test_what_is_worth_a_look_is_told_with_its_line(file):
    file.write_text(FILE + TWIN, "utf-8")
    ran = read("sources", "check", file)
    assert ran.code == 1
    first = FILE.count("\n") + 2  # the line of the [[source]]
    lines = ran.out.splitlines()
    assert len(lines) == 3
    assert any(
        line.startswith("warning ") and f"line {first + 3}: " in line for line in lines
    )
    assert f"line {first + 6}: source 'harbour-twin': an exception" in ran.out
    rows = read("sources", "check", file, "--json").rows()
    assert sorted(row["severity"] for row in rows) == ["note", "note", "warning"]
    assert {row["source"] for row in rows} == {"harbour-twin"}


def test_notes_alone_are_no_failure(file):
    file.write_text(FILE.replace('tags = ["local"]\n', "") + TWIN.replace(".xml", ""))
    assert read("sources", "check", file).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "nothing.toml"), "nothing.toml: can not be read"),
        (("check", "{wrong}"), "line 4: unknown key 'tagz'"),
        (("list", "{wrong}"), "did you mean 'tags'?"),
        (("export-opml", "{wrong}"), "line 4"),
        (("import-opml", "nothing.opml"), "can not be read"),
        (("import-opml", "{wrong}"), "no list of feeds"),
        (("import-opml", "{empty}"), "names no feed"),
        (("discover", "harbour.example"), "begin it with http"),
    ],
)
def test_a_mistake_is_one_line(words, said, file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file.write_text(FILE.replace("tags", "tagz", 1), "utf-8")
    empty = tmp_path / "empty.opml"
    empty.write_text('<opml version="2.0"><body/></opml>', "utf-8")
    places = {"{wrong}": file, "{empty}": empty}
    ran = read("sources", *(places.get(word, word) for word in words))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") <= 1


# ---------------------------------------------------------------- list, schema


@pytest.mark.parametrize(
    ("tags", "ids"),
    [
        ((), ["harbour-times", "tram-post"]),
        (("local",), ["harbour-times", "tram-post"]),
        (("local", "daily"), ["harbour-times"]),
        (("none",), []),
    ],
)
def test_sources_are_listed_by_tag(tags, ids, file):
    options = [word for tag in tags for word in ("--tag", tag)]
    plain = read("sources", "list", file, *options).out.splitlines()
    assert [line.split("\t")[0] for line in plain] == ids
    assert all(line.count("\t") == 4 for line in plain)
    rows = read("sources", "list", file, "--json", *options).rows()
    assert [row["id"] for row in rows] == ids


def test_a_listed_source_says_its_rhythm_in_words_and_as_keys(file):
    first, second = read("sources", "list", file, "--json").rows()
    assert (first["rhythm"], first["every"]) == ("every 1 hour 30 minutes", "1h30m")
    assert second["rhythm"] == "cron 0 6 * * * in Europe/Berlin"
    assert (second["cron"], second["zone"]) == ("0 6 * * *", "Europe/Berlin")
    assert second["seeds"] == [{"kind": "front", "url": "https://tram.example/"}]
    assert second["manners"]["daily_budget"] == 10_000


def test_the_schema_is_printed_as_it_is():
    assert json.loads(read("sources", "schema").out) == source_schema()


# ---------------------------------------------------------------- OPML


def test_feeds_go_out_as_opml_and_what_does_not_is_told(file):
    ran = read("sources", "export-opml", file)
    (source,) = read_opml(ran.out.encode()).sources
    assert (source.id, source.tags) == ("harbour-times", ("local", "daily"))
    assert "'harbour-times': left out" in ran.err
    assert "https://tram.example/" in ran.err


def test_opml_comes_in_as_a_file_of_sources(tmp_path):
    path = tmp_path / "feeds.opml"
    one = '<outline text="{}" xmlUrl="{}"/>'
    feeds = [one.format("A", "http://a.example/f"), one.format("B", "ftp://b.example")]
    again = one.format("A", "http://a.example/f")
    outlines = "".join([f'<outline text="x">{"".join(feeds)}</outline>', again])
    path.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', "utf-8")
    ran = read("sources", "import-opml", path)
    assert ran.code == 0
    (source,) = parse_sources(ran.out, "imported")
    assert (source.name, source.tags) == ("A", ("x",))
    assert "B: left out" in ran.err
    assert "there twice" in ran.err
    assert "1 source: 1 feed" in ran.err


def test_what_went_out_comes_in_again(file, tmp_path):
    path = tmp_path / "feeds.opml"
    path.write_text(read("sources", "export-opml", file).out, "utf-8")
    (back,) = parse_sources(read("sources", "import-opml", path).out, "back")
    first, _ = load_sources(file)
    assert (back.id, back.name, back.tags) == (first.id, first.name, first.tags)
    assert back.seeds == first.seeds[:1]


# ---------------------------------------------------------------- discover


def discover(url: str, folder: Path, *options: str) -> Ran:
    return dateline("sources", "discover", url, "-c", folder, *options)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as opened:
        yield opened


@pytest.fixture(scope="module")
def searched(newsroom, tmp_path_factory) -> tuple[Ran, Path, list[str]]:
    folder = tmp_path_factory.mktemp("discover") / "c"
    before = len(newsroom.requests)
    ran = discover(f"{newsroom.base_url}/", folder, "--allow-private")
    return ran, folder, [request.target for request in newsroom.requests[before:]]


def test_a_source_that_is_ready_is_printed(newsroom, searched):
    ran, _, _ = searched
    assert ran.code == 0, ran.err
    (source,) = parse_sources(ran.out, "discovered")
    base = newsroom.base_url
    assert (source.id, source.name) == ("port-verity-courier", "Port Verity Courier")
    assert (source.homepage, source.language) == (f"{base}/", "en")
    assert source.seeds == (
        Seed(url=f"{base}/feed.xml", kind=SeedKind.FEED),
        Seed(url=f"{base}/atom.xml", kind=SeedKind.FEED),
        Seed(url=f"{base}/sitemap.xml", kind=SeedKind.SITEMAP),
    )
    assert source.manners.allow_private
    assert "# feed of 15 addresses, linked in the head of the page" in ran.out
    assert "# sitemap index of 2 sitemaps, named by robots.txt" in ran.out


def test_a_host_is_asked_for_few_things_and_not_in_a_hurry(searched):
    _, folder, asked = searched
    assert asked == ["/robots.txt", "/", "/feed.xml", "/atom.xml", "/sitemap.xml"]
    rows = read("list", "captures", "--json", "-c", folder).rows()
    pages = [row for row in rows if row["role"] != "robots"]
    dates = sorted(datetime.fromisoformat(row["date"]) for row in pages)
    waits = [later - before for before, later in pairwise(dates)]
    assert min(waits) > timedelta(seconds=0.95)  # of one second, as by default


def test_every_answer_of_a_search_is_kept_as_a_seed(searched):
    _, folder, _ = searched
    rows = read("list", "captures", "--json", "-c", folder).rows()
    assert sorted(row["role"] for row in rows) == ["robots", *["seed"] * 4]
    (run,) = read("list", "runs", "--json", "-c", folder).rows()
    assert run["command"] == "sources discover"
    assert read("verify", "-c", folder).out == ""


RSS = b"<rss><channel><item><link>/1</link></item></channel></rss>"


def oddity(status: str = "200 OK", *fields: str, body: bytes = b"") -> Oddity:
    return Oddity(answer=sized(status, *fields, body=body))


def test_where_nothing_is_declared_common_places_are_asked_as_robots_allow(tmp_path):
    robots = b"User-agent: *\nDisallow: /sitemap.xml\nAllow: /\n"
    html = "Content-Type: text/html"
    answers = {
        "": oddity("200 OK", html, body=b"<title>Odd News | Home</title>"),
        "robots.txt": oddity(body=robots),
        "feed": oddity("301 Moved Permanently", "Location: /rss/"),
        "rss/": oddity(body=RSS),
        "sitemap_index.xml": oddity("200 OK", html, body=b"<html>Not found"),
    }
    with OddServer(answers) as server:
        ran = discover(server.url(""), tmp_path / "c", "--allow-private", "--json")
        asked = [conversation.name for conversation in server.conversations]
    assert ran.code == 0, ran.err
    assert asked[:4] == ["robots.txt", "", "feed", "rss/"]
    assert "sitemap.xml" not in asked
    rows = ran.rows()
    source = rows.pop()
    # Moved for good: it is asked there from now on.
    assert source["seeds"] == [{"url": server.url("rss/"), "kind": "feed"}]
    assert tomllib.loads(source["toml"])["source"][0]["name"] == "Odd News"
    by_path = {row["asked"].removeprefix(server.url("")): row for row in rows}
    assert (by_path["feed"]["kind"], by_path["feed"]["addresses"]) == ("feed", 1)
    assert "refused-robots" in by_path["sitemap.xml"]["problem"]
    assert "no feed and no sitemap" in by_path["sitemap_index.xml"]["problem"]
    assert by_path["news-sitemap.xml"]["problem"] == "it answers with status 404"


def test_the_address_of_a_feed_is_a_source_at_once(newsroom, tmp_path):
    before = len(newsroom.requests)
    url = f"{newsroom.base_url}/atom.xml"
    ran = discover(url, tmp_path / "c", "--allow-private")
    (source,) = parse_sources(ran.out, "discovered")
    assert source.seeds == (Seed(url=url, kind=SeedKind.FEED),)
    assert source.homepage == f"{newsroom.base_url}/"
    asked = [request.target for request in newsroom.requests[before:]]
    assert asked == ["/robots.txt", "/atom.xml"]


def test_a_private_address_is_refused_and_nothing_is_printed(newsroom, tmp_path):
    before = len(newsroom.requests)
    ran = discover(f"{newsroom.base_url}/", tmp_path / "c")
    assert (ran.code, ran.out) == (1, "")
    assert "refused-address" in ran.err
    assert len(newsroom.requests) == before
