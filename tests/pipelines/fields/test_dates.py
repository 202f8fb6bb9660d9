from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from archive.model import Precision
from pipelines.decoding import decode_page
from pipelines.extraction import NO_HINTS, Hints, Page
from pipelines.fields.dates import read_dates
from pipelines.parsed import MarkupParser, ParsedPage

SINCE = "article:published_time"
LATER = "2024-05-05T08:00+02:00"
NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
PARSER = MarkupParser()
PROSE = "<p>" + "The bridge was opened on Sunday, nine years after it was begun. " * 4


def parsed(
    head: str = "",
    body: str = "",
    *,
    lang: str = "en",
    url: str = "https://news.example/bridge",
    at: datetime = NOON,
    hints: Hints = NO_HINTS,
) -> ParsedPage:
    markup = (
        f'<!doctype html><html lang="{lang}"><head><title>Bridge</title>{head}</head>'
        f"<body><h1>The bridge is open</h1>{body}{PROSE}</body></html>"
    )
    page = Page(
        url=url,
        payload=markup.encode(),
        content_encoding=None,
        content_type="text/html; charset=utf-8",
        captured_at=at,
        hints=hints,
    )
    result = PARSER.read(page, decode_page(page))
    assert result is not None
    return result


def ld(**fields: str) -> str:
    inner = ",".join(f'"{name}":"{value}"' for name, value in fields.items())
    return (
        '<script type="application/ld+json">'
        f'{{"@type":"NewsArticle","headline":"x",{inner}}}</script>'
    )


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def texts(page: ParsedPage) -> tuple[str | None, str | None]:
    dates = read_dates(page).value
    return (
        dates.published.text if dates.published else None,
        dates.modified.text if dates.modified else None,
    )


@pytest.mark.parametrize(
    ("head", "body", "published", "modified"),
    [
        (
            ld(datePublished="2024-05-05T21:30:00+02:00", dateModified="2024-05-06"),
            "",
            "2024-05-05T21:30:00+02:00",
            "2024-05-06",
        ),
        (meta(SINCE, "2024-05-05T08:00"), "", "2024-05-05T08:00", None),
        (meta("og:updated_time", LATER), "", None, LATER),
        (meta("DC.date.issued", "2024-05-05"), "", "2024-05-05", None),
        (meta("parsely-pub-date", "2024-05-05"), "", "2024-05-05", None),
        ("", '<time datetime="2024-05-05T08:00">5</time>', "2024-05-05T08:00", None),
        ("", '<b itemprop="datePublished" content="2024-05-05">', "2024-05-05", None),
        ("", "<p>Posted: 5 May 2024<p>Updated: 6 May 2024", "2024-05-05", "2024-05-06"),
        ("", "<p>Updated <time datetime='2024-05-06'>6 May</time>", None, "2024-05-06"),
        ("", "<p><b>5</b> <b>May</b> <b>2024</b>", "2024-05-05", None),
        ("", f"{PROSE}{PROSE}{PROSE}{PROSE}<div>5 May 2024</div>", "2024-05-05", None),
        ("", "<p>3 hours ago", "2024-05-06", None),
        ("", "", None, None),
    ],
)  # fmt: skip
def test_dates_are_found_wherever_pages_state_them(head, body, published, modified):
    assert texts(parsed(head, body)) == (published, modified)


@pytest.mark.parametrize(
    ("stated", "seen", "url", "published"),
    [
        # readers see the day of the publisher's zone
        ("2024-05-04T23:30:00Z", "5 May 2024", "/x", "2024-05-05"),
        ("2024-05-04T23:30Z", "5 May 2024, 01:30", "/x", "2024-05-05T01:30+02:00"),
        ("2024-05-05T02:30Z", "4 May 2024, 10:30 pm", "/x", "2024-05-04T22:30-04:00"),
        ("2024-05-04T23:30:00Z", "", "/2024/05/05/x", "2024-05-05"),
        # another event: no zone is as far away
        ("2024-05-05T18:00:00Z", "4 May 2024", "/x", "2024-05-05T18:00:00+00:00"),
        ("2024-05-04T23:30Z", "5 May 2024, 17:17", "/x", "2024-05-04T23:30+00:00"),
        # the publisher has said the zone
        ("2024-05-04T23:30:00+01:00", "5 May 2024", "/x", "2024-05-04T23:30:00+01:00"),
        # the address has the day, the mark-up the time of day
        ("2024-05-05T10:00:00+02:00", "", "/2024/05/05/x", "2024-05-05T10:00:00+02:00"),
        ("2024-05-06T10:00:00+02:00", "", "/2024/05/01/x", "2024-05-01"),
        # midnight is what programs write that know the day
        ("2024-05-05T00:00:00Z", "4 May 2024", "/x", "2024-05-05"),
    ],
)  # fmt: skip
def test_the_day_is_the_one_that_people_cite(stated, seen, url, published):
    page = parsed(
        ld(datePublished=stated), f"<p>{seen}", url=f"https://news.example{url}"
    )
    assert texts(page)[0] == published


def test_the_day_people_see_keeps_the_instant_of_the_markup():
    page = parsed(ld(datePublished="2024-05-04T23:30:00Z"), "<p>5 May 2024")
    published = read_dates(page).value.published
    assert published is not None
    assert published.precision is Precision.DAY
    assert published.earliest == published.latest
    assert published.earliest == datetime(2024, 5, 4, 23, 30, tzinfo=UTC)


def test_every_claim_is_kept_and_the_chosen_ones_are_marked():
    page = parsed(
        ld(datePublished="2024-05-05T10:00:00Z")
        + meta("article:published_time", "2031-01-01")
        + meta("date", "no date at all"),
        "<p>Updated 6 May 2024",
        hints=Hints(date="Sun, 05 May 2024 09:00:00 GMT", origin="feed"),
    )
    claims = [
        (c.field, c.value, c.origin, c.is_chosen) for c in read_dates(page).claims
    ]
    assert claims == [
        (
            "published",
            "2024-05-05T10:00:00Z",
            "json-ld:NewsArticle.datePublished",
            True,
        ),
        ("published", "2031-01-01", "meta:article:published_time", False),
        ("published", "no date at all", "meta:date", False),
        ("published", "Sun, 05 May 2024 09:00:00 GMT", "hint:feed", False),
        ("modified", "6 May 2024", "text:after-headline", True),
    ]


@pytest.mark.parametrize(
    ("number", "published"),
    [
        ("1714896000", "2024-05-05T08:00:00+00:00"),
        ("1714896000000", "2024-05-05T08:00:00+00:00"),
        ("1" + "0" * 6000, None),
        ("-5", None),
        ("true", None),
    ],
)
def test_a_number_in_json_ld_counts_from_1970(number, published):
    head = (
        '<script type="application/ld+json">'
        f'{{"@type":"NewsArticle","datePublished":{number}}}</script>'
    )
    reading = read_dates(parsed(head))
    moment = reading.value.published
    assert (moment.text if moment else None) == published
    assert "True" not in {claim.value for claim in reading.claims}


def test_the_feed_is_believed_where_the_page_says_nothing():
    page = parsed(hints=Hints(date="Sun, 05 May 2024 09:00:00 GMT", origin="feed"))
    assert texts(page)[0] == "2024-05-05T09:00:00+00:00"


@pytest.mark.parametrize(
    ("said", "at", "published"),
    [
        ("2024-05-07", NOON, "2024-05-07"),  # it is, in the Pacific
        ("2024-05-08", NOON, None),
        ("2024-05-07T01:00:00Z", NOON, None),
        ("2024-05-06T12:00:01Z", NOON, None),
        ("2031-01-01", NOON, None),
        ("06/05/2024", NOON, "2024-05-06"),  # June is yet to come
        ("2024-02-30", NOON, None),
    ],
)
def test_nothing_is_published_after_the_capture(said, at, published):
    page = parsed(meta("article:published_time", said), at=at)
    moment = read_dates(page).value.published
    assert (moment.text if moment else None) == published
    assert moment is None or moment.earliest <= moment.latest <= at


def test_a_day_without_a_zone_may_be_anywhere_on_earth():
    published = read_dates(parsed(meta("pubdate", "2024-05-04"))).value.published
    assert published is not None
    assert published.earliest == datetime(2024, 5, 3, 10, tzinfo=UTC)
    assert published.latest == datetime(2024, 5, 5, 11, 59, 59, tzinfo=UTC)


def test_a_day_of_the_lunar_calendar_may_be_a_day_off():
    page = parsed(body="<p>1 رمضان 1445", lang="ar")
    published = read_dates(page).value.published
    assert published is not None
    assert published.text == "2024-03-11"
    assert published.latest - published.earliest > timedelta(days=3)


@pytest.mark.parametrize(
    ("said", "url", "text"),
    [("2024-03", "/x", "2024-03"), ("", "/2024/03/x", "2024-03"), ("2024", "/x", None)],
)
def test_a_date_without_a_day_is_not_filled_up(said, url, text):
    page = parsed(meta("pubdate", said), url=f"https://news.example{url}")
    assert texts(page)[0] == text


def test_no_change_is_made_before_the_publication():
    page = parsed(ld(datePublished="2024-05-05", dateModified="2024-05-01"))
    assert texts(page) == ("2024-05-05", None)


@pytest.mark.parametrize(
    ("lang", "url", "published"),
    [
        ("en-US", "https://news.example/x", "2024-03-04"),
        ("en-GB", "https://news.example/x", "2024-04-03"),
        ("en", "https://news.co.uk/x", "2024-04-03"),
        ("en", "https://news.com/x", "2024-03-04"),
        ("de", "https://news.com/x", "2024-04-03"),
        ("", "https://news.example/x", "2024-03-04"),
    ],
)
def test_digits_are_read_as_the_place_writes_them(lang, url, published):
    assert texts(parsed(body="<p>3/4/2024", lang=lang, url=url))[0] == published


def test_day_and_month_are_swapped_if_everything_else_says_so():
    page = parsed(meta("pubdate", "04/03/2024"), "<p>4 March 2024", lang="en-US")
    assert texts(page)[0] == "2024-03-04"


def test_ten_thousand_blocks_of_json_ld_take_no_time():
    page = parsed(ld(datePublished="2024-05-05") * 10_000)
    began = time.process_time()
    assert texts(page)[0] == "2024-05-05"
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "body",
    [
        "<time>" * 5000,
        "<p>1 March </p>" * 20_000,
        '<i itemprop="datePublished">' * 3000,
        '<i itemprop="datePublished">' * 200 + "x" * 1_000_000,
        "<h1>x</h1>" * 10_000,
        "<b>2024-05-05</b>" * 20_000,
        "<div>" * 200 + "x" * 1_000_000,
    ],
)
def test_hostile_pages_take_no_time(body):
    page = parsed(body=body)
    began = time.process_time()
    read_dates(page)
    assert time.process_time() - began < 1
