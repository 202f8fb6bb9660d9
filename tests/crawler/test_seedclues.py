"""What pages and robots.txt say of feeds and sitemaps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import SeedKind
from crawler.seedclues import (
    Origin,
    PageClues,
    common_places,
    page_clues,
    robots_clues,
)

HOME = "https://harbour.example/"
FEED, SITEMAP = SeedKind.FEED, SeedKind.SITEMAP


def page(head: str = "", body: str = "", html: str = "<html>") -> bytes:
    return f"{html}<head>{head}</head><body>{body}</body></html>".encode()


def link(href: str, media_type: str = "application/rss+xml", more: str = "") -> str:
    return f'<link rel="alternate" type="{media_type}" href="{href}" {more}>'


def urls(clues: PageClues) -> list[str]:
    return [clue.url for clue in clues.clues]


# ---------------------------------------------------------------- clues of a page


@pytest.mark.parametrize(
    "tag",
    [
        link("/f"),
        link("/f", "application/atom+xml"),
        link("/f", "application/rdf+xml"),
        link("/f", "application/x-rss+xml"),
        link("/f", "text/rss+xml"),
        link("/f", "application/feed+json"),
        link("/f", "Application/RSS+XML; charset=utf-8"),
        '<LINK REL="home ALTERNATE" TYPE="application/rss+xml" HREF=" /f#x ">',
        '<link rel="feed" href="f">',
        f'<base href="{HOME}b/">{link("../f")}',
    ],
)
def test_a_link_to_a_feed_is_a_clue(tag):
    (clue,) = page_clues(page(tag), url=HOME).clues
    assert (clue.url, clue.kind, clue.origin) == (f"{HOME}f", FEED, Origin.LINK)


@pytest.mark.parametrize(
    ("tag", "url"),
    [
        (link("/rss.xml", "text/xml"), "rss.xml"),
        (link("/feed.json", "application/json"), "feed.json"),
        (link("/news.rss", ""), "news.rss"),
    ],
)
def test_a_vague_type_needs_an_address_that_says_more(tag, url):
    assert urls(page_clues(page(tag), url=HOME)) == [HOME + url]


@pytest.mark.parametrize(
    "tag",
    [
        link("/de/", "text/html", 'hreflang="de"'),
        link("/wp-json/wp/v2/pages/7", "application/json"),
        link("/wp-json/feed", "application/json"),
        link("/oembed?url=x", "application/json+oembed"),
        link("/print", ""),
        '<link rel="stylesheet" href="/feed.css">',
        link("javascript:feed()"),
        link("https://me:pw@harbour.example/feed"),
        link("http://[::1/feed"),
        link(""),
        "<!-- " + link("/f") + " -->",
    ],
)
def test_what_is_no_feed_is_no_clue(tag):
    assert urls(page_clues(page(tag), url=HOME)) == []


@pytest.mark.parametrize(
    ("href", "is_clue"),
    [
        ("/rss", True),
        ("/feeds/", True),
        ("/rss/politics.xml", True),
        ("/blog/atom.xml", True),
        ("/index.php/feed", True),
        ("/news.rdf", True),
        ("/2026/feeding-the-gulls", False),
        ("/atomic-clock", False),
        ("/rss-explained.html", False),
        ("mailto:feed@harbour.example", False),
    ],
)
def test_a_link_for_people_is_a_clue_if_it_reads_like_a_feed(href, is_clue):
    clues = page_clues(page(body=f'<a href="{href}">x</a>'), url=HOME).clues
    assert [clue.origin for clue in clues] == [Origin.ANCHOR] * is_clue


def test_links_of_the_head_come_first_and_an_address_once():
    body = page(link("/feed", more='title="The  News"'), '<a href="/feed">x</a>')
    (clue,) = page_clues(body, url=HOME).clues
    assert (clue.origin, clue.title) == (Origin.LINK, "The News")


def test_a_link_to_a_sitemap_is_a_clue():
    tag = '<link rel="sitemap" type="application/xml" href="/s.xml">'
    (clue,) = page_clues(page(tag), url=HOME).clues
    assert (clue.url, clue.kind) == (f"{HOME}s.xml", SITEMAP)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta property="og:site_name" content=" The  Times ">', "The Times"),
        ('<meta name="application-name" content="Times">', "Times"),
        ("<title>The Times | News of the bay</title>", "The Times"),
        ("<title>Home - The Times</title>", "The Times"),
        ("<title>The Times: the news of the bay</title>", "The Times"),
        ("<title>Port-Verity Courier</title>", "Port-Verity Courier"),
        ("<title>Start</title>", None),
        (f"<title>{'x' * 200}</title>", None),
        ("", None),
    ],
)
def test_the_name_of_a_site_is_what_its_page_calls_it(head, name):
    assert page_clues(page(head), url=HOME).name == name


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ('<html lang="en-GB">', "", "en-GB"),
        ('<html xml:lang="de">', "", "de"),
        ("<html>", '<meta property="og:locale" content="pt_BR">', "pt-BR"),
        ("<html>", '<meta http-equiv="Content-Language" content="fr">', "fr"),
        ('<html lang="">', '<meta property="og:locale" content="fa_IR">', "fa-IR"),
        ('<html lang="english">', "", None),
        ("<html>", "", None),
    ],
)
def test_the_language_of_a_site_is_what_its_page_says(html, head, language):
    assert page_clues(page(head, html=html), url=HOME).language == language


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(body):
    page_clues(b"<html><head><link rel=feed href=" + body, url=HOME)
    page_clues(body, url=HOME, content_type="text/html; charset=x-unknown")
    robots_clues(body, url=f"{HOME}robots.txt")


# ---------------------------------------------------------------- robots, places


def test_robots_names_sitemaps_each_once():
    lines = (
        "Sitemap: https://harbour.example/s.xml",
        "User-agent: *",
        "Disallow: /",
        "sitemap: /news.xml",
        "Sitemap: https://cdn.example/s.xml.gz",
        "Sitemap: https://harbour.example/s.xml",
        "Sitemap: ftp://harbour.example/s.xml",
    )
    found = robots_clues("\n".join(lines).encode(), url=f"{HOME}robots.txt")
    assert [clue.url for clue in found] == [
        "https://harbour.example/s.xml",
        "https://harbour.example/news.xml",
        "https://cdn.example/s.xml.gz",
    ]
    assert {(clue.kind, clue.origin) for clue in found} == {(SITEMAP, Origin.ROBOTS)}


def test_common_places_are_few_and_of_the_folder_first():
    places = [clue.url for clue in common_places(f"{HOME}council/", FEED)]
    assert places[:3] == [
        f"{HOME}council/feed",
        f"{HOME}council/index.xml",
        f"{HOME}feed",
    ]
    assert len(places) == len(set(places)) < 10
    assert len(common_places(HOME, SITEMAP)) < 6
