from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.model import SeedKind
from crawler import lists
from crawler.discovery import Found, Harvest, NestedSitemap, harvest
from crawler.lists import found_in_list

URL = "https://a.example/seed"


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (
            SeedKind.FEED,
            b"<rss><channel><item><link>/1</link></item></channel></rss>",
            Harvest(found=(Found(url="https://a.example/1"),)),
        ),
        (
            SeedKind.SITEMAP,
            b"<sitemapindex><sitemap><loc>/s</loc></sitemap></sitemapindex>",
            Harvest(nested=(NestedSitemap(url="https://a.example/s"),)),
        ),
        (
            SeedKind.LIST,
            b"https://a.example/1\n",
            Harvest(found=(Found(url="https://a.example/1"),)),
        ),
        (
            SeedKind.FRONT,
            b"<a href=/2026/11/22/bridge>The bridge is closed at last</a>",
            Harvest(
                found=(
                    Found(
                        url="https://a.example/2026/11/22/bridge",
                        title="The bridge is closed at last",
                    ),
                )
            ),
        ),
    ],
)
def test_a_seed_is_read_by_its_kind(kind, body, expected):
    assert harvest(kind, body, url=URL) == expected


@pytest.mark.parametrize("kind", list(SeedKind))
def test_the_content_type_tells_the_charset_where_there_is_one(kind):
    body = {
        SeedKind.FEED: "<rss><item><title>ü</title><link>/1</link></item></rss>",
        SeedKind.SITEMAP: "<urlset><url><loc>/ü</loc></url></urlset>",
        SeedKind.LIST: "https://a.example/1",
        SeedKind.FRONT: "<a href='/2026/11/22/1'>Die Brücke über den Fluss</a>",
    }[kind].encode("latin-1")
    result = harvest(kind, body, url=URL, content_type="text/xml; charset=latin-1")
    assert "\ufffd" not in repr(result)
    assert len(result.found) == 1


ODD_LIST = (
    b"\xef\xbb\xbfhttps://a.example/1\r\n  http://b.example/2 \r# no\r"
    b"https://a.example/1#top\nHTTPS://a.example/%C3%BC?a=b&c\n"
    b"https://a.example/1"
)


@pytest.mark.parametrize(
    ("body", "urls", "problem"),
    [
        (b"", [], None),
        (b"# nothing\n\n", [], None),
        (
            ODD_LIST,
            [
                "https://a.example/1",
                "http://b.example/2",
                "https://a.example/1#top",
                "HTTPS://a.example/%C3%BC?a=b&c",
            ],
            None,
        ),
        ("https://a.example/\u2028ü".encode(), ["https://a.example/\u2028ü"], None),
        (
            b"https://a.example/1\nwww.a.example\n/2\nhttps://a b/\nftp://a/\nhttps://",
            ["https://a.example/1"],
            "; ".join(
                f"line {number}: not an address: {line!r}"
                for number, line in [
                    (2, "www.a.example"),
                    (3, "/2"),
                    (4, "https://a b/"),
                    (5, "ftp://a/"),
                    (6, "https://"),
                ]
            ),
        ),
        (b"https://[::1/", [], "line 1: not an address: 'https://[::1/'"),
        (b"https://a/\xff", [], "line 1: not an address: 'https://a/\ufffd'"),
    ],
)
def test_a_list_gives_an_address_a_line_and_tells_bad_lines(body, urls, problem):
    result = found_in_list(body)
    assert [found.url for found in result.found] == urls
    assert result.problem == problem


def test_of_many_bad_lines_the_first_are_told_and_the_rest_counted():
    result = found_in_list(b"x\n" * 100)
    assert result.problem is not None
    assert result.problem.count("not an address") == 20
    assert "line 15: not an address: 'x'; 80 more problems; line 96" in result.problem


@pytest.mark.parametrize(
    ("name", "limit", "said"),
    [
        ("SIZE_LIMIT", 40, "the last 20 bytes of the list were not read"),
        ("LINE_LIMIT", 2, "only the first 2 lines were read"),
    ],
)
def test_of_a_list_that_is_too_long_the_beginning_is_read(
    monkeypatch, name, limit, said
):
    monkeypatch.setattr(lists, name, limit)
    result = found_in_list(b"".join(b"https://a.example/%d\n" % n for n in range(3)))
    assert len(result.found) == 2
    assert result.problem == said


SEEDS = Path(__file__).resolve().parents[1] / "data"


@pytest.mark.parametrize(
    "label",
    [
        pytest.param(path, id=f"{path.parent.name}/{path.stem}")
        for folder in ("feeds", "fronts")
        for path in sorted((SEEDS / folder).glob("*.json"))
    ],
)
def test_the_articles_of_a_labelled_seed_are_found_and_nothing_else(label):
    told = json.loads(label.read_text("utf-8"))
    seed = next(p for p in label.parent.glob(f"{label.stem}.*") if p != label)
    result = harvest(
        SeedKind(told["kind"]),
        seed.read_bytes(),
        url=told["url"],
        content_type=told["content_type"],
    )
    urls = [*(one.url for one in result.found), *(one.url for one in result.nested)]
    assert sorted(urls) == sorted(told["articles"])
    assert all(one.title for one in result.found) or told["kind"] != "front"
