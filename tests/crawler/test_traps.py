from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.shapes import ShapeBudget, shape_of, taken_apart
from crawler.traps import MOST_PAGES, MOST_SEGMENTS, trap

CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus/index.jsonl"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SESSION = "0123456789abcdef0123456789abcdef"

TRAPS = {
    # paths that grow
    "/a/b/a/b/a/b": "repeats 'a/b' three times",
    "/news/x/img/x/img/x/img/": "repeats 'x/img' three times",
    "/de/de/de/story": "repeats 'de' three times",
    "/News/a/news/b/NEWS/c/news/d": "'news' 4 times",
    "/" + "/".join(f"s{n}" for n in range(MOST_SEGMENTS + 1)): "has 17 segments",
    "/2024/03/14/a/b/a/b/a/b": "repeats 'a/b' three times",
    "/story-1/print/print": "'print' more than once",
    "/story-1/amp/print/amp/": "'amp' more than once",
    "/a%252525252Fb": "escaped over and over",
    # paging
    "/tag/politics/page/501/": f"pages beyond {MOST_PAGES}",
    "/2024/03/page/9999": f"pages beyond {MOST_PAGES}",
    "/news?page=501": f"'page' counts beyond {MOST_PAGES}",
    "/news?offset=10001": "'offset' counts beyond 10000",
    "/news?page=" + "9" * 5000: "'page' counts beyond",
    # calendars
    "/calendar/2031/05": "page of a calendar, by its path",
    "/events/2024-05-12/": "page of a calendar, by its path",
    "/stadt/termine/2024/5": "page of a calendar, by its path",
    "/cal.php?month=5&year=2031": "name a year and a month",
    "/kalender?jahr=1931&monat=5&tag=1": "name a year and a month",
    "/events?tribe-bar-date=2024-05-01": "by its parameters",
    "/events/party/?ical=1": "by its parameters",
    # sessions where no article is
    f"/?PHPSESSID={SESSION}": "'phpsessid' is a session id",
    f"/news?utm_source=x&sid={SESSION}": "'sid' is a session id",
    f"/news/;jsessionid={SESSION}": "session id, of no article",
    "/(S(4hqa0555fwsecu455xqckv45))/news": "session id, of no article",
    # shelves, baskets, searches
    "/shop?sort=price&order=desc": "sort and filter: sort, order",
    "/list?f[0]=a&f[1]=b&f[2]=c": "sort and filter: f[0], f[1], f[2]",
    "/list?filter_a=1&filter_b=2&per_page=50": "sort and filter",
    "/list?colour=red&size=9": "sort and filter",
    "/2024/03/14/a-story/?replytocom=5": "'replytocom' does something",
    "/mug/?add-to-cart=17": "'add-to-cart' does something",
    "/?s=term": "search results, by its parameter 's'",
    "/search?q=term&page=2": "search results, by its parameter 'q'",
    "/de/suche/?query=term": "search results",
    "/search/results?keyword=x": "search results",
    "/x?" + "&".join(f"k{n}={n}" for n in range(13)): "13 parameters, more than 12",
}

NO_TRAPS = [
    "",
    "/",
    "/2024/03/14/slug",
    "/2024/03/14/slug/",
    "/news/2024/mar/14/so-it-goes",
    "/2024/03/14/a/a/a-story",
    "/2024-03-14/slug",
    "/20240314/slug-2031-05",
    "/a/202405/20/WS664af0b2a31082fc043c814d.html",
    "/blog/2024/calendar/2024/05/our-new-calendar",
    "/events/2024/05/12/board-meeting",
    "/2024/03",
    "/archive/2024/03/14",
    "/news/news/news-of-the-day",
    "/1/1/1/1/story",
    "/000/123/000/123/000/123/x.html",
    "/site/data/html_dir/2020/08/27/2020082704301.html",
    "/uttar-pradesh/allahabad-city-21109565.html",
    "/agenda-2030-explained",
    "/search/how-engines-work?source=rss",
    "/search-and-rescue?q=1",
    "/research?q=1",
    "/?p=99999",
    "/?page=99999",
    "/index.php?page=99999",
    "/article.php?year=2024&month=5&newsid=7",
    "/index.php?option=com_content&view=article&id=5&layout=default",
    "/news?page=500",
    "/news?sort=date",
    "/a-long-story?page=3&sort=asc",
    "/tag/x/page/500",
    "/print/story-1",
    f"/zukunft.html;jsessionid={SESSION}.live1",
    f"/so-it-goes?PHPSESSID={SESSION}",
    f"/article.php?id=5&sid={SESSION}",
    "/article.php?sid=4711",
    "/x?id=5&" + "&".join(f"utm_{n}={n}" for n in range(20)),
    "/x?date=2024-03-14",
    "/été/記事",
]


@pytest.mark.parametrize(("path", "said"), TRAPS.items())
def test_a_trap_is_known_by_its_shape(path, said):
    sentence = trap("https://www.a.example" + path)
    assert sentence is not None
    assert said in sentence


@pytest.mark.parametrize("path", NO_TRAPS)
def test_an_article_or_a_section_is_no_trap(path):
    assert trap("https://www.a.example" + path, NOW) is None


@pytest.mark.parametrize("url", ["", "mailto:a@b", "ftp://a/b/a/b/a/b", "/a/b/a/b/a/b"])
def test_what_is_no_web_address_is_no_trap(url):
    assert trap(url, NOW) is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/events/2031/05/12/board-meeting", "a month far ahead, in 2031"),
        ("/story/2031/05", "a month far ahead, in 2031"),
        ("/diary/2028-1/", "a month far ahead, in 2028"),
        ("/diary?date=2031-05-01", "'date' names a day far ahead, 2031-05-01"),
    ],
)
def test_days_far_ahead_are_a_trap_where_the_time_is_known(path, said):
    url = "https://a.example" + path
    assert trap(url) is None
    sentence = trap(url, NOW)
    assert sentence is not None
    assert said in sentence
    assert trap(url, datetime(2031, 1, 1, tzinfo=UTC)) is None


@given(st.text(max_size=60), st.text("/?&=;-0129aсtpage(S)%", max_size=60))
def test_no_address_makes_it_fail(tail, shape):
    for url in (tail, "http://" + tail, f"http://a.example/{shape}{tail}"):
        for now in (None, NOW):
            sentence = trap(url, now)
            assert sentence is None or sentence


@pytest.mark.parametrize(
    "tail",
    [
        "/20" * 100_000,
        "/a" * 100_000,
        "/" + "a" * 500_000,
        "/" + "-_" * 200_000,
        "/?" + "a=1&" * 100_000,
        "/?sid=" + "ab12" * 100_000,
        "/?f[" * 100_000,
    ],
    ids=lambda tail: tail[:8],
)
@pytest.mark.timeout(10)
def test_no_address_takes_long(tail):
    url = "https://a.example" + tail
    trap(url, NOW)
    ShapeBudget().admit(url)


def test_no_article_of_the_corpus_is_a_trap():
    if not CORPUS.exists():
        pytest.skip(f"no corpus at {CORPUS}")
    urls = [json.loads(line)["url"] for line in CORPUS.read_text("utf-8").splitlines()]
    assert urls
    assert [url for url in urls if trap(url, NOW)] == []


# ----------------------------------------------------------------------------- budget


@pytest.mark.parametrize(
    ("url", "shape", "is_article"),
    [
        ("https://A.example/", "a.example/", False),
        ("https://a.example/news", "a.example/news", False),
        ("https://a.example/tag/Paris/?page=3", "a.example/tag/paris?page", False),
        ("https://a.example/news/some-words", "a.example/news/*", False),
        ("https://a.example/news/so-it-goes.html", "a.example/news/*.html", True),
        ("https://a.example/2024/03/14/slug", "a.example/0/0/0/*", True),
        ("https://a.example/n/so-it-goes/index.html", "a.example/n/*/*.html", True),
        ("https://a.example/n/so-it-goes/amp/", "a.example/n/*/*", True),
        ("https://a.example/a.php?id=5&utm_id=1", "a.example/*.php?id", True),
        ("https://a.example/a.php?id=5&k12=1", "a.example/*.php?id&k0", False),
        ("https://a.example/%EC%9D%B4%EA%B0%95/", "a.example/*", True),
        ("https://a.example/x/y/z/w", "a.example/x/y/*/*", False),
    ],
)
def test_a_shape_leaves_numbers_names_and_values_out(url, shape, is_article):
    parts = taken_apart(url)
    assert parts is not None
    assert shape_of(parts) == shape
    assert parts.is_article is is_article


def test_listings_of_one_shape_are_bounded():
    budget = ShapeBudget(limit=3)
    answers = [budget.admit(f"https://a.example/tag/t-{n}?page=1") for n in range(5)]
    assert answers[:3] == [None] * 3
    assert answers[3] == answers[4]
    assert "more than 3 addresses of the shape a.example/tag/*?page" in str(answers[4])
    assert budget.admit("https://a.example/tag/t-1") is None
    assert budget.admit("https://b.example/tag/t-1?page=1") is None
    assert budget.exceeded == (("a.example/tag/*?page", 2),)


def test_articles_of_one_shape_are_many():
    budget = ShapeBudget(limit=3, article_limit=40)
    urls = [f"https://a.example/2024/03/14/slug-{n}" for n in range(41)]
    assert [budget.admit(url) is None for url in urls] == [True] * 40 + [False]


def test_a_shape_of_articles_takes_those_with_short_names_too():
    budget = ShapeBudget(limit=3, article_limit=40)
    for n in range(20):
        assert budget.admit(f"https://a.example/news/so-it-goes-{n}") is None
        assert budget.admit(f"https://a.example/news/short-{n}") is None
    assert budget.admit("https://a.example/news/so-it-goes-21") is not None


def test_a_calendar_without_end_is_cut_though_nothing_gives_it_away():
    budget = ShapeBudget()
    refused = [
        budget.admit(f"https://a.example/view/{year}/{month}")
        for year in range(1900, 2100)
        for month in range(1, 13)
    ]
    assert sum(reason is None for reason in refused) == 500


def test_memory_is_bounded_however_many_shapes_there_are():
    budget = ShapeBudget(limit=10, most_shapes=50)
    word = "abcdefghij"
    urls = [
        f"https://a.example/{one}{two}{three}/?{three}"
        for one in word
        for two in word
        for three in word
    ]
    refused = [budget.admit(url) for url in urls]
    assert sum(reason is None for reason in refused) == 60
    assert budget.exceeded == (("any other", 940),)
    for n in range(1_000):
        budget.admit(f"https://a.example/{'x' * (n % 20)}?{'q' * n}")
    assert sys.getsizeof(budget._counts) < 10_000
    assert max(map(len, budget._counts)) <= 200


def test_what_is_no_web_address_takes_no_budget():
    budget = ShapeBudget(limit=0, article_limit=0)
    assert budget.admit("mailto:a@b") is None
    assert budget.admit("https://a.example/") is not None
