"""The search for the seeds of a site: what is asked, and what is suggested."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Manners, SeedKind
from crawler.seedclues import Clue, Origin, page_clues, robots_clues
from crawler.seedsearch import (
    ASK_LIMIT,
    MANY_SITEMAPS,
    Look,
    SeedSearch,
    kind_of_answer,
    look_at,
)
from crawler.seedsuggestion import Suggestion, suggestion
from crawler.sources import parse_sources
from tests.support.packing import gzipped

HOME = "https://harbour.example/"
FEED, SITEMAP = SeedKind.FEED, SeedKind.SITEMAP


def page(head: str = "", body: str = "", html: str = "<html>") -> bytes:
    return f"{html}<head>{head}</head><body>{body}</body></html>".encode()


def link(href: str, media_type: str = "application/rss+xml", more: str = "") -> str:
    return f'<link rel="alternate" type="{media_type}" href="{href}" {more}>'


# ---------------------------------------------------------------- answers


def feed(*names: str) -> bytes:
    items = "".join(f"<item><link>{HOME}{name}</link></item>" for name in names)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def sitemap(*names: str, more: str = "") -> bytes:
    entries = "".join(f"<url><loc>{HOME}{name}</loc>{more}</url>" for name in names)
    return f"<urlset>{entries}</urlset>".encode()


def index(*names: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{HOME}{n}</loc></sitemap>" for n in names)
    return f"<sitemapindex>{entries}</sitemapindex>".encode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (feed("1"), FEED),
        (b"\xef\xbb\xbf <?xml version='1.0'?><!-- x --><feed></feed>", FEED),
        ('<?xml version="1.0" encoding="utf-16"?><feed/>'.encode("utf-16"), FEED),
        (b"<rdf:RDF xmlns:rdf='x'/>", FEED),
        (json.dumps({"version": "1", "items": []}).encode(), FEED),
        (b"<br /><b>Warning</b>: x.php\n<rss><channel/></rss>", FEED),
        (sitemap("1"), SITEMAP),
        (index("1"), SITEMAP),
        (gzipped(sitemap("1")), SITEMAP),
        (f"{HOME}1\n{HOME}2\n".encode(), SITEMAP),
        (page(), None),
        (b"<!DOCTYPE html><html>", None),
        (b'{"error": 404}', None),
        (b"Not found", None),
        (b"", None),
        (b"\x00\xff\xfe\x00", None),
    ],
)
def test_an_answer_is_told_by_its_bytes(body, kind):
    assert kind_of_answer(body) is kind


NEWS = "<news:news xmlns:news='n'><news:title>T</news:title></news:news>"


@pytest.mark.parametrize(
    ("body", "is_good", "words"),
    [
        (feed("1", "2"), True, "feed of 2 addresses"),
        (feed("1"), True, "feed of 1 address"),
        (feed(), False, "feed of 0 addresses"),
        (sitemap("1"), True, "sitemap of 1 address"),
        (sitemap("1", more=NEWS), True, "news sitemap of 1 address"),
        (index("a.xml", "b.xml"), True, "sitemap index of 2 sitemaps"),
        (page(), False, "no feed and no sitemap"),
    ],
)
def test_a_look_says_what_an_address_holds(body, is_good, words):
    look = look_at(Clue(url=HOME, kind=FEED, origin=Origin.COMMON), body, url=HOME)
    assert look.is_good is is_good
    assert look.words().startswith(words)


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss>", b"{", b"\x1f\x8b"]))
def test_any_bytes_are_looked_at_without_an_error(body, beginning):
    look_at(Clue(url=HOME, kind=FEED, origin=Origin.LINK), beginning + body, url=HOME)


# ---------------------------------------------------------------- the search


class Site:
    """Answers by path, and a log of what was asked."""

    def __init__(
        self, answers: dict[str, bytes], *, robots: str = "", front: bytes | None = None
    ) -> None:
        self.answers = {HOME + path: body for path, body in answers.items()}
        self.robots = robots
        self.front = front
        self.asked: list[str] = []

    def search(self) -> SeedSearch:
        search = SeedSearch(HOME)
        if self.front is not None:
            search.take_page(page_clues(self.front, url=HOME), url=HOME, articles=7)
        search.take(robots_clues(self.robots.encode(), url=f"{HOME}robots.txt"))
        while (clue := search.next_clue()) is not None:
            self.asked.append(clue.url.removeprefix(HOME))
            body = self.answers.get(clue.url)
            if body is None:
                search.took(Look(clue=clue, url=clue.url, problem="status 404"))
            else:
                search.took(look_at(clue, body, url=clue.url))
        return search

    def suggest(self) -> Suggestion:
        suggested = suggestion(self.search())
        assert suggested is not None
        assert parse_sources(suggested.toml(), "toml") == (suggested.source,)
        return suggested


def seeds(suggested: Suggestion) -> list[tuple[str, str]]:
    found = suggested.source.seeds
    return [(seed.kind, seed.url.removeprefix(HOME)) for seed in found]


def test_what_is_declared_is_asked_and_nothing_is_guessed():
    site = Site(
        {"f": feed("1", "2"), "s.xml": sitemap("1")},
        robots=f"Sitemap: {HOME}s.xml",
        front=page(link("/f") + "<title>The Times</title>", html='<html lang="en">'),
    )
    suggested = site.suggest()
    assert site.asked == ["f", "s.xml"]
    assert seeds(suggested) == [("feed", "f"), ("sitemap", "s.xml")]
    source = suggested.source
    assert (source.id, source.name) == ("the-times", "The Times")
    assert (source.language, source.homepage) == ("en", HOME)
    toml = suggested.toml()
    assert "# feed of 2 addresses, linked in the head of the page" in toml
    assert "# sitemap of 1 address, named by robots.txt" in toml


def test_common_places_are_asked_until_one_holds_something():
    site = Site(
        {
            "rss": page(),
            "rss.xml": feed(),
            "feed.xml": feed("1"),
            "atom.xml": feed("2"),
        },
        front=page(),
    )
    assert seeds(site.suggest()) == [("feed", "feed.xml")]
    feeds = [place for place in site.asked if "sitemap" not in place]
    assert feeds == ["feed", "rss", "rss.xml", "feed.xml"]
    assert "sitemap.xml" in site.asked


def test_links_for_people_are_asked_before_common_places():
    site = Site(
        {"rss/all.xml": feed("1")}, front=page(body="<a href=rss/all.xml>x</a>")
    )
    assert seeds(site.suggest()) == [("feed", "rss/all.xml")]
    assert site.asked[0] == "rss/all.xml"
    assert "feed" not in site.asked


def test_links_for_people_are_not_asked_where_a_feed_is_declared():
    front = page(link("/f"), "<a href=/rss>x</a>")
    site = Site({"f": feed("1"), "rss": feed("2")}, front=front)
    search = site.search()
    assert "rss" not in site.asked
    assert [(c.url, why) for c, why in search.left_out] == [
        (f"{HOME}rss", "enough is known without it")
    ]


def test_a_feed_that_names_nothing_is_said_to_and_is_no_seed():
    site = Site({"f": feed(), "s.xml": sitemap("1")}, front=page(link("/f")))
    site.robots = f"Sitemap: {HOME}s.xml"
    search = site.search()
    suggested = suggestion(search)
    assert suggested is not None
    assert seeds(suggested) == [("sitemap", "s.xml")]
    (empty,) = [look for look in search.looks if look.url == f"{HOME}f"]
    assert empty.words() == "feed of 0 addresses"


def test_feeds_of_the_same_addresses_are_one_seed():
    front = page(link("/small") + link("/big") + link("/same") + link("/other"))
    site = Site(
        {
            "small": feed("1"),
            "big": feed("1", "2"),
            "same": feed("2", "1"),
            "other": feed("9"),
        },
        front=front,
    )
    suggested = site.suggest()
    assert seeds(suggested) == [("feed", "big"), ("feed", "other")]
    spare = {look.url.removeprefix(HOME): why for look, why in suggested.spare}
    assert "names the same addresses and more" in spare["small"]
    assert f"{HOME}big names the same addresses" in spare["same"]
    assert f'# {{ kind = "feed", url = "{HOME}same" }},' in suggested.toml()


@pytest.mark.parametrize(
    ("href", "title"),
    [
        ("/comments/feed/", ""),
        ("/?feed=comments-rss2", "Harbour » Comments Feed"),
        ("/x/feed", "Kommentar-Feed"),
    ],
)
def test_a_feed_of_comments_is_left_alone(href, title):
    site = Site({}, front=page(link(href, more=f'title="{title}"')))
    search = site.search()
    assert href.lstrip("/") not in site.asked
    assert search.left_out[0][1] == "a feed of comments"


def test_of_an_archive_the_news_sitemap_is_taken():
    parts = [f"sitemap-{year}.xml" for year in range(MANY_SITEMAPS + 5)]
    site = Site(
        {
            "index.xml": index(*parts, "news-sitemap.xml"),
            "news-sitemap.xml": sitemap("1", more=NEWS),
            "f": feed("1"),
        },
        robots=f"Sitemap: {HOME}index.xml",
        front=page(link("/f")),
    )
    suggested = site.suggest()
    assert seeds(suggested) == [("feed", "f"), ("sitemap", "news-sitemap.xml")]
    ((look, why),) = suggested.spare
    assert (look.url, len(look.nested)) == (f"{HOME}index.xml", len(parts) + 1)
    assert "archive" in why


def test_an_archive_is_taken_where_there_is_nothing_else():
    parts = [f"sitemap-{year}.xml" for year in range(MANY_SITEMAPS + 5)]
    site = Site({"sitemap.xml": index(*parts)}, front=page())
    assert seeds(site.suggest()) == [("sitemap", "sitemap.xml")]


def test_a_sitemap_that_a_taken_index_names_is_no_second_seed():
    site = Site(
        {"index.xml": index("a.xml"), "a.xml": sitemap("1")},
        robots=f"Sitemap: {HOME}index.xml\nSitemap: {HOME}a.xml",
        front=page(),
    )
    suggested = site.suggest()
    assert seeds(suggested) == [("sitemap", "index.xml")]
    assert suggested.spare[0][1] == f"{HOME}index.xml names it"


def test_a_site_with_nothing_is_watched_by_its_front_page():
    suggested = Site({}, front=page("<title>Новости</title>")).suggest()
    assert seeds(suggested) == [("front", "")]
    assert suggested.source.id == "harbour-example"
    assert "7 of its links look like articles" in suggested.toml()


def test_a_page_that_could_not_be_read_may_still_have_a_sitemap():
    site = Site({"s.xml": sitemap("1")}, robots=f"Sitemap: {HOME}s.xml")
    suggested = site.suggest()
    assert seeds(suggested) == [("sitemap", "s.xml")]
    assert suggested.source.name == "harbour.example"


def test_of_nothing_nothing_is_suggested():
    assert suggestion(Site({}).search()) is None


def test_a_site_is_never_asked_more_than_the_limit():
    links = "".join(link(f"/f{number}") for number in range(50))
    anchors = "".join(f"<a href=/{number}/rss>x</a>" for number in range(50))
    site = Site({}, robots="".join(f"Sitemap: {HOME}{n}.xml\n" for n in range(50)))
    site.front = page(links, anchors)
    search = site.search()
    assert len(site.asked) == len(set(site.asked)) <= ASK_LIMIT
    # Every address that somebody named was asked, or it is said why not.
    told = {clue.url.removeprefix(HOME) for clue, _ in search.left_out}
    named = {f"f{n}" for n in range(50)} | {f"{n}/rss" for n in range(50)}
    assert named | {f"{n}.xml" for n in range(50)} <= told | set(site.asked)


def test_an_exception_of_the_search_is_one_of_the_source():
    suggested = suggestion(
        Site({"feed": feed("1")}, front=page()).search(), Manners(allow_private=True)
    )
    assert suggested is not None
    assert "[source.manners]\nallow_private = true" in suggested.toml()


def test_what_a_page_calls_itself_can_not_break_out_of_a_comment():
    title = "x&#10;]&#10;[source.manners]&#10;ignore_robots = 'because'"
    front = page(link("/f", more=f'title="{title}"') + f"<title>{title}</title>")
    source = Site({"f": feed("1")}, front=front).suggest().source
    assert source.manners == Manners()
