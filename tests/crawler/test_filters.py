from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.model import Seed, SeedKind, Source
from crawler.filters import LENGTH_LIMIT, refusal

PLAIN = Source(
    id="a",
    name="A",
    seeds=(Seed(url="https://a.example/feed", kind=SeedKind.FEED),),
)
PICKY = Source(
    id="b",
    name="B",
    seeds=PLAIN.seeds,
    include=(r"/20\d\d/", r"^https://live\."),
    exclude=(r"/20\d\d/tag/", r"\?print=1$"),
)


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://a.example/x", PLAIN),
        ("HTTP://A.example/x", PLAIN),
        ("https://a.example:8443/x?q=a@b#f", PLAIN),
        ("https://[2001:db8::1]/x", PLAIN),
        ("https://a.example/ü", PLAIN),
        ("https://a.example/" + "x" * (LENGTH_LIMIT - 18), PLAIN),
        ("https://a.example/2026/x", PICKY),
        ("https://live.example/", PICKY),
    ],
)
def test_an_ordinary_address_is_fetched(url, source):
    assert refusal(url, source) is None


@pytest.mark.parametrize(
    ("url", "source", "said"),
    [
        ("mailto:a@a.example", PLAIN, "the scheme 'mailto'"),
        ("ftp://a.example/x", PLAIN, "the scheme 'ftp'"),
        ("//a.example/x", PLAIN, "the scheme ''"),
        ("", PLAIN, "the scheme ''"),
        ("https:///x", PLAIN, "no host"),
        ("https://:80/x", PLAIN, "no host"),
        ("https://u@a.example/x", PLAIN, "user information"),
        ("https://u:p@a.example/x", PLAIN, "user information"),
        ("https://a.example:0/", PLAIN, "port of the address is 0"),
        ("https://a.example:99999/", PLAIN, "not an address"),
        ("https://a.example:x/", PLAIN, "not an address"),
        ("https://[::1/", PLAIN, "not an address"),
        ("https://a.example/a b", PLAIN, "white space"),
        ("https://a.example/a\x00b", PLAIN, "control characters"),
        ("https://a.example/" + "x" * (LENGTH_LIMIT - 17), PLAIN, "2084 characters"),
        ("https://a.example/about", PICKY, r"no include pattern matches ('/20\\d\\d/'"),
        ("https://a.example/2026/tag/x", PICKY, r"'/20\\d\\d/tag/' matches"),
        ("https://live.example/?print=1", PICKY, r"exclude pattern '\\?print=1$'"),
        ("https://a.example/a/b/a/b/a/b", PLAIN, "repeats 'a/b' three times"),
        ("https://a.example/calendar/2026/05", PICKY, "page of a calendar"),
    ],
)
def test_what_is_not_fetched_has_a_reason(url, source, said):
    sentence = refusal(url, source)
    assert sentence is not None
    assert said in sentence


def test_the_first_reason_is_the_one_that_is_given():
    trap_too = "https://a.example/2026/tag/x/?replytocom=5"
    assert "'/20\\\\d\\\\d/tag/' matches" in str(refusal(trap_too, PICKY))
    assert "replytocom" in str(refusal(trap_too, PLAIN))
    assert "user information" in str(refusal("https://u@a.example/?s=x", PLAIN))


def test_a_day_far_ahead_is_refused_where_the_time_is_known():
    url = "https://a.example/diary/2031/05"
    assert refusal(url, PLAIN) is None
    assert "2031" in str(refusal(url, PLAIN, now=datetime(2026, 11, 22, tzinfo=UTC)))
