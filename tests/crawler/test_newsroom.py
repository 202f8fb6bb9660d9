"""The example newsroom: what its pages, feeds and sitemaps hold."""

from __future__ import annotations

import gzip
import re
import urllib.robotparser
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

import feedparser
import pytest
import trafilatura
from defusedxml import ElementTree
from parsel import Selector

from crawler.newsroom.server import Newsroom
from tests.support.newsroom_client import (
    BARRIER,
    CAFE,
    CHESS,
    HALVORN,
    MOVED,
    Reply,
    ask,
    target_of,
)

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"

# Each ordinary article: its charset, its language, a sentence end of its body.
ARTICLES = [
    (BARRIER, "utf-8", "en", "bicycle included."),
    (HALVORN, "utf-8", "en", "tens of small unions."),
    (CHESS, "utf-8", "en", "has been made an honorary member."),
    (CAFE, "windows-1252", "en", "with a cup in his hand."),
    ("/2024/03/17/bakery-cooperative/", "utf-8", "en", "buns of both kinds."),
    ("/2024/03/14/council-benches.html", "utf-8", "en", "whether the town needs one."),
    ("/2024/03/12/market-hall.html", "utf-8", "en", "two kilos since Thursday."),
    ("/2024/03/11/tram-depot-becomes-workshop.html", "utf-8", "en", "a broken thing."),
    ("/story?id=4471", "utf-8", "en", "no fine will be asked for."),
    ("/live/storm-maren.html", "utf-8", "en", "thank you for staying up with us."),
    ("/ar/2024/harbour-evening-school.html", "utf-8", "ar", "كما يتأخّر البحر."),
    ("/tr/haber/feribot-seferleri.html", "utf-8", "tr", "çay orada da bulunacak."),
    ("/de/leuchtturm-grauholm.html", "utf-8", "de", "wenn gesungen wird."),
    ("/fa/news/14021228/ab-anbar.html", "utf-8", "fa", "به آب گوش بدهند."),
]

# What feed and sitemap name that does not simply answer 200.
ODD_STATUS = {
    MOVED: 301,
    "/2024/03/13/gull-census.html": 404,
    "/2024/03/10/school-bus-timetable.html": 410,
}


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as running:
        yield running


def feed_targets(newsroom: Newsroom, feed: str) -> list[str]:
    parsed = feedparser.parse(ask(newsroom, feed).body)
    return [target_of(newsroom, entry.link) for entry in parsed.entries]


def sitemap_targets(newsroom: Newsroom, target: str = "/sitemap.xml") -> list[str]:
    body = ask(newsroom, target).body
    root = ElementTree.fromstring(gzip.decompress(body) if ".gz" in target else body)
    named = [target_of(newsroom, loc.text or "") for loc in root.iter(SITEMAP + "loc")]
    if root.tag == SITEMAP + "urlset":
        return named
    return [found for name in named for found in sitemap_targets(newsroom, name)]


# ------------------------------------------------------------ what is named, answers


def test_every_address_of_feeds_and_sitemaps_answers_as_the_table_says(newsroom):
    named = [
        *feed_targets(newsroom, "/feed.xml"),
        *feed_targets(newsroom, "/atom.xml"),
        *sitemap_targets(newsroom),
    ]
    statuses = {target: ask(newsroom, target).status for target in named}
    odd = {target: status for target, status in statuses.items() if status != 200}
    assert odd == ODD_STATUS
    assert {target for target, *_ in ARTICLES} <= statuses.keys()


def test_every_link_and_requisite_of_every_page_answers(newsroom):
    seen = {"/"}
    waiting = ["/", *sitemap_targets(newsroom), *feed_targets(newsroom, "/feed.xml")]
    broken = []
    while waiting:
        target = waiting.pop()
        reply = ask(newsroom, target)
        if reply.status not in {200, ODD_STATUS.get(target)}:
            broken.append((target, reply.status))
        if not reply.headers["Content-Type"].startswith(("text/html", "text/css")):
            continue
        found = _references(newsroom, target, reply)
        waiting += found - seen
        seen |= found
    assert broken == []
    # Reached only through courier.css: an @import and a background.
    assert {"/assets/type.css", "/assets/waves.svg"} <= seen


def _references(newsroom: Newsroom, target: str, reply: Reply) -> set[str]:
    base = newsroom.base_url + target
    if reply.headers["Content-Type"].startswith("text/css"):
        names = re.findall(r'url\("([^"]+)"\)', reply.body.decode())
        return {f"/assets/{name}" for name in names}
    attributes = "::attr(href), ::attr(src), ::attr(data-src)"
    names = Selector(text=reply.content.decode(_charset(reply))).css(attributes)
    urls = {urldefrag(urljoin(base, name)).url for name in names.getall()}
    # The short link of the blog system is one that only a database could answer.
    here = {
        url for url in urls if url.startswith(newsroom.base_url) and "?p=" not in url
    }
    return {target_of(newsroom, url) for url in here}


def _charset(reply: Reply) -> str:
    return reply.headers["Content-Type"].partition("charset=")[2]


@pytest.mark.parametrize("target", ["/feed.xml", "/atom.xml"])
def test_the_feeds_are_well_formed_and_every_entry_has_title_date_and_id(
    newsroom, target
):
    parsed = feedparser.parse(ask(newsroom, target).body)
    assert not parsed.bozo
    assert len(parsed.entries) >= 5
    for entry in parsed.entries:
        assert entry.title
        assert entry.id
        assert entry.published_parsed is not None


def test_the_feed_names_what_robots_must_not_fetch(newsroom):
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(ask(newsroom, "/robots.txt").body.decode().splitlines())
    refused = [
        target
        for target in feed_targets(newsroom, "/feed.xml")
        if not rules.can_fetch("dateline", newsroom.base_url + target)
    ]
    assert refused == ["/private/draft-budget.html"]
    assert rules.site_maps() == [newsroom.base_url + "/sitemap.xml"]
    assert rules.crawl_delay("dateline") is None


def test_the_news_sitemap_is_a_gzip_file_with_the_three_news_fields(newsroom):
    reply = ask(newsroom, "/sitemap-news.xml.gz")
    assert reply.headers["Content-Type"] == "application/gzip"
    assert "Content-Encoding" not in reply.headers
    root = ElementTree.fromstring(gzip.decompress(reply.body))
    items = root.findall(f"{SITEMAP}url/{NEWS}news")
    assert len(items) >= 5
    for item in items:
        assert item.findtext(f"{NEWS}publication/{NEWS}name") == "Port Verity Courier"
        assert item.findtext(f"{NEWS}publication_date")
        assert item.findtext(f"{NEWS}title")


# ------------------------------------------------------------ the articles


@pytest.mark.parametrize(("target", "charset", "language", "end"), ARTICLES)
def test_an_article_parses_and_its_text_is_found(
    newsroom, target, charset, language, end
):
    reply = ask(newsroom, target)
    assert reply.headers["Content-Type"] == f"text/html; charset={charset}"
    page = reply.content.decode(charset)
    tree = Selector(text=page)
    assert tree.css("title::text").get()
    assert tree.xpath("string(/html/@lang)").get("").partition("-")[0] in {language, ""}
    text = trafilatura.extract(page)
    assert text is not None
    assert len(text) > 800
    assert end in text


def test_the_paywalled_article_gives_little_and_says_so(newsroom):
    page = ask(newsroom, "/premium/ferry-contract.html").body.decode()
    assert '"isAccessibleForFree": false' in page
    assert len(trafilatura.extract(page) or "") < 800


def test_the_persian_article_has_a_solar_hijri_date_beside_the_gregorian(newsroom):
    page = ask(newsroom, "/fa/news/14021228/ab-anbar.html").body.decode()
    assert "۲۸ اسفند ۱۴۰۲" in page
    assert "18 March 2024" in page
    assert 'dir="rtl"' in page


@pytest.mark.parametrize(
    "trap",
    [
        "Past 72 Hours - Port Verity Courier</title>",  # the site's name in the title
        "<title>12 Piers in Calderia's North Halvorn",  # another apostrophe than in h1
        ">12 Piers in Calderia’s North Halvorn Reopened in Past 72 Hours</h1>",
        '<a class="post-cat" href="/#calderia">Calderia</a></span>\n<h1',  # label
        '<figcaption class="wp-caption-text">14021225000412_photoi</figcaption>',
        "<p>&nbsp;</p>",
        "<p>&nbsp;&nbsp;</p>",
        "told the Lodestone agency",  # other people's sources
        "newspaper The Strand Lantern reported",
        "had told Calder Daily that",
        "As a result of the the crews",  # a slip that must stay
        "has been broken. More than 9 thousand passengers",  # it was "9,000" before
        "cut off by the strike,” Vasht said.</p>",  # a quotation that never opens
        ">Back to top button</span>",
    ],
)
def test_the_republished_wire_story_holds_each_trap_of_its_kind(newsroom, trap):
    assert trap in ask(newsroom, HALVORN).body.decode()


# ------------------------------------------------------------ the odd routes


def test_a_moved_article_names_its_new_address_and_that_answers(newsroom):
    reply = ask(newsroom, MOVED)
    assert reply.status == 301
    assert ask(newsroom, target_of(newsroom, reply.headers["Location"])).status == 200


def test_one_article_has_two_addresses_and_one_canonical(newsroom):
    plain = "/2024/03/12/market-hall.html"
    tracked = f"{plain}?utm_source=rss&utm_medium=feed"
    assert tracked in feed_targets(newsroom, "/feed.xml")
    assert plain in sitemap_targets(newsroom)
    page = ask(newsroom, tracked).body
    assert page == ask(newsroom, plain).body
    canonical = f'<link rel="canonical" href="{newsroom.base_url}{plain}">'
    assert canonical.encode() in page
