from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.claimeddates import span_of_date, span_of_name
from crawler.discovery import Found, NestedSitemap, within

MARCH = datetime(2024, 3, 1, tzinfo=UTC)
APRIL = datetime(2024, 4, 1, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "start", "seconds"),
    [
        ("2024-03-05T10:00Z", utc(2024, 3, 5, 10), 60),
        ("2024-03-05T10:00:30Z", utc(2024, 3, 5, 10, 0, 30), 1),
        ("2024-03-05T10:00:30.5+01:00", utc(2024, 3, 5, 9, 0, 30), 1),
        ("2024-03-05T10:00:30,123-0530", utc(2024, 3, 5, 15, 30, 30), 1),
        (" 2024-03-05 10:00:00 UTC ", utc(2024, 3, 5, 10), 1),
        ("2024-3-5T9:00Z", utc(2024, 3, 5, 9), 60),
        ("20240305T100000Z", utc(2024, 3, 5, 10), 1),
        ("2024-03-05T24:00:00Z", utc(2024, 3, 6), 1),
        ("2016-12-31T23:59:60Z", utc(2017, 1, 1), 1),
        ("Tue, 05 Mar 2024 10:00:00 GMT", utc(2024, 3, 5, 10), 1),
        ("Tue, 05 Mar 2024 10:00:00 +0100", utc(2024, 3, 5, 9), 1),
        ("5 Mar 2024 10:00:00 EST", utc(2024, 3, 5, 15), 1),
    ],
)
def test_a_date_with_a_zone_is_one_instant_as_exact_as_it_was_written(
    text, start, seconds
):
    span = span_of_date(text)
    assert span == (start, start + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", utc(2024, 1, 1), utc(2025, 1, 1)),
        ("2024-02", utc(2024, 2, 1), utc(2024, 3, 1)),
        ("2024-12", utc(2024, 12, 1), utc(2025, 1, 1)),
        ("2024-03-05", utc(2024, 3, 5), utc(2024, 3, 6)),
        ("20240305", utc(2024, 3, 5), utc(2024, 3, 6)),
        ("2024-03-05T10:00:00", utc(2024, 3, 5, 10), utc(2024, 3, 5, 10, 0, 1)),
        # A zone that nobody knows, and RFC 5322's "no zone is told".
        ("Tue, 05 Mar 2024 10:00:00 MSK", utc(2024, 3, 5, 10), None),
        ("Tue, 05 Mar 2024 10:00:00 -0000", utc(2024, 3, 5, 10), None),
    ],
)
def test_a_date_without_a_zone_may_lie_anywhere_on_earth(text, start, end):
    span = span_of_date(text)
    assert span is not None
    assert span.start == start - timedelta(hours=14)
    assert end is None or span.end == end + timedelta(hours=12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2024-02-31",
        "2024-13",
        "2024-03-05T25:00Z",
        "2024-03-05T10:00+99:00",
        "0000-01-01",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00+00:00",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "9999-12-31",
        "Tue, 99 Mar 2024 10:00:00 GMT",
    ],
)
def test_what_is_no_date_or_stands_for_none_is_unknown(text):
    assert span_of_date(text) is None


@given(st.text(max_size=40))
def test_no_text_makes_it_raise(text):
    span_of_date(text)
    span_of_name(text)
    span_of_name(f"https://a.example/{text}")


@pytest.mark.parametrize(
    ("date", "modified", "is_within"),
    [
        (None, None, True),
        ("soon", None, True),
        ("2024-03-15", None, True),
        ("2024-03", None, True),
        ("2024", None, True),
        ("2024-02-29", None, True),  # in the west of the Pacific it is March
        ("2024-02-28", None, False),
        ("2024-02-29T23:59:59Z", None, False),
        ("2024-03-01T00:00:00Z", None, True),
        ("2024-03-31T23:59:59Z", None, True),
        ("2024-04-01T00:00:00Z", None, False),
        ("Mon, 15 Apr 2024 10:00:00 GMT", None, False),
        # Changed in May, published in March: the publication counts.
        ("2024-03-15", "2024-05-01", True),
        # Nothing but a change is known: after it there is no publication.
        ("2024-05-01", "2024-05-01", True),
        ("2024-02-01", "2024-02-01", False),
    ],
)
def test_an_article_is_within_if_it_may_have_been_published_then(
    date, modified, is_within
):
    found = Found(url="https://a.example/1", date=date, modified=modified)
    assert within(found, MARCH, APRIL) is is_within
    assert within(found, None, None)


@pytest.mark.parametrize(
    ("path", "date", "modified", "is_within"),
    [
        ("/2024/03/14/title", "2024-05-01", "2024-05-01", True),
        ("/2024/5/1/title", "2024-05-02", "2024-05-02", False),
        ("/news/2023/12/title", None, None, False),
        ("/news/2024/03/title", None, None, True),
        ("/2024/02/30/title", None, None, True),  # no such day: February, and its end
        ("/2024/05/01/title", "2024-03-14", None, True),  # what is claimed counts
        ("/best-of-2023/title", None, None, True),
        ("/page?day=/2023/12/01/", None, None, True),
    ],
)
def test_the_day_an_article_is_filed_under_counts_where_none_is_claimed(
    path, date, modified, is_within
):
    found = Found(url=f"https://a.example{path}", date=date, modified=modified)
    assert within(found, MARCH, APRIL) is is_within


@pytest.mark.parametrize(
    ("name", "is_within"),
    [
        ("sitemap-2024-03.xml", True),
        ("sitemap-2024-02.xml", True),  # its last day, west of here
        ("sitemap-2024-01.xml", False),
        ("sitemap-2024-05.xml.gz", False),
        ("sitemap_2024_01.xml", False),
        ("post.202401.xml", False),
        ("news-20240115.xml", False),
        ("2024/01/sitemap.xml", False),
        ("2024/01/15.xml", False),
        ("sitemap-2023.xml", False),
        ("sitemap-2024.xml", True),
        ("sitemap-2020-2024.xml", True),
        ("sitemap-2020-2022.xml", False),
        ("sitemap-03-2023.xml", False),
        ("sitemap.xml?yyyy=2024&mm=01", False),
        ("sitemap.xml?yyyy=2024&mm=3", True),
        ("sitemap.xml?year=2024&month=01&day=15", False),
        ("sitemap.xml?date=2024-01-15", False),
        ("sitemap.xml?date=2023-01", False),
        # Not surely a date: read nevertheless.
        ("sitemap-2024-1.xml", True),
        ("post-sitemap2023.xml", True),
        ("sitemap-12023.xml", True),
        ("sitemap-2023a.xml", True),
        ("sitemap.xml?page=2023", True),
        ("sitemap.xml?from=20230115&to=20230399", True),  # numbers of articles
        ("sitemap-2024-31.xml", True),
        ("sitemap.xml", True),
    ],
)
def test_a_sitemap_named_after_another_time_is_left_out(name, is_within):
    nested = NestedSitemap(url=f"https://a.example/{name}")
    assert within(nested, MARCH, APRIL) is is_within
    assert within(nested, None, None)


@pytest.mark.parametrize(
    ("lastmod", "is_within"),
    [
        (None, True),
        ("?", True),
        ("2024-03-15", True),
        ("2024-06-01", True),  # what was published in March may still be in it
        ("2024-02-01", False),
        ("2024-02-29T23:59:58Z", False),
    ],
)
def test_a_sitemap_last_changed_before_names_nothing_newer(lastmod, is_within):
    nested = NestedSitemap(url="https://a.example/s.xml", lastmod=lastmod)
    assert within(nested, MARCH, APRIL) is is_within
    assert within(nested, None, APRIL)
