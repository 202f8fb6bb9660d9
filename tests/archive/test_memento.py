"""The words of Memento (RFC 7089): dates, links, TimeMaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.memento import (
    LINK_FORMAT,
    DateError,
    Neighbours,
    TimeMap,
    http_date,
    is_memento,
    json_values,
    link_format,
    memento_headers,
    parse_http_date,
)
from tests.support.cdxlines import line

DATES = st.datetimes(timezones=st.just(UTC)).map(
    lambda date: date.replace(microsecond=0)
)


@given(DATES)
def test_a_date_that_was_written_is_read(date):
    assert parse_http_date(http_date(date)) == date


def test_a_date_is_written_in_gmt_whatever_its_zone():
    there = datetime(2026, 11, 22, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert http_date(there) == "Sat, 21 Nov 2026 23:00:00 GMT"


READ = {
    "Tue, 11 Sep 2001 20:35:00 GMT": datetime(2001, 9, 11, 20, 35, tzinfo=UTC),
    "Mon, 11 Sep 2001 20:35:00 GMT": datetime(2001, 9, 11, 20, 35, tzinfo=UTC),
    "  Tue, 11 Sep 2001 20:35:00 GMT\t": datetime(2001, 9, 11, 20, 35, tzinfo=UTC),
    "Sat, 31 Dec 2016 23:59:60 GMT": datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC),
}
UNREAD = (
    "",
    "2001-09-11T20:35:00Z",
    "Tue, 11 Sep 2001 20:35:00",
    "Tue, 11 Sep 2001 20:35:00 UTC",
    "Tue, 11 Sep 2001 20:35:00 +0000",
    "Tue, 11 Sep 01 20:35:00 GMT",
    "Tuesday, 11-Sep-01 20:35:00 GMT",
    "Tue Sep 11 20:35:00 2001",
    "Tue, 1 Sep 2001 20:35:00 GMT",
    "tue, 11 sep 2001 20:35:00 gmt",
    "Tue, 31 Feb 2001 20:35:00 GMT",
    "Tue, 11 Sep 2001 25:35:00 GMT",
    "Tue, 11 Sep 0000 20:35:00 GMT",
    "Tue, ١١ Sep 2001 20:35:00 GMT",
    "Tue, 11 Sep 2001 20:35:00 GMT, Tue, 11 Sep 2001 20:35:00 GMT",
    "\x00" * 1000,
)


@pytest.mark.parametrize("text", READ)
def test_a_date_of_http_is_read(text):
    assert parse_http_date(text) == READ[text]


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_no_date_of_http_is_refused(text):
    with pytest.raises(DateError, match="RFC 7089"):
        parse_http_date(text)


@pytest.mark.parametrize(
    ("url", "changes", "is_one"),
    [
        ("https://example.org/", {}, True),
        ("HTTP://example.org/", {"status": "404"}, True),
        ("https://example.org/", {"mime": "warc/revisit", "status": None}, True),
        ("https://example.org/", {"mime": "application/json", "status": None}, False),
        ("urn:uuid:1bd2607f-6821-559e-a02b-2b1dcf12caff", {}, False),
        ("dns:example.org", {"status": None}, False),
        ("ftp://example.org/a", {}, False),
    ],
)
def test_only_captures_of_the_web_are_mementos(url, changes, is_one):
    assert is_memento(line(url, "20261122081500", **changes)) is is_one


BASE = "http://127.0.0.1:8000"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = (
    'https://example.org/"><script>',
    "https://example.org/a b\r\nSet-Cookie: a=b",
    "https://example.org/>; rel=original, <x",
    "https://example.org/ü/\u202e?q=ı",
    "https://example.org/\udc80",
)


@pytest.mark.parametrize("url", HOSTILE)
def test_an_address_can_not_leave_its_brackets(url):
    headers = memento_headers(base=BASE, url=url, date=NOON)
    maps = TimeMap(base=BASE, url=url, mementos=(line(url, "20261122120000"),))
    for text in (headers["Link"], link_format(maps).replace("\n", " ")):
        assert text.isascii()
        assert text.isprintable()
        assert text.count("<") == text.count(">") == text.count("; rel=")
        assert text.count('rel="original"') == 1


def test_a_memento_names_what_stands_around_it():
    before, after = NOON - timedelta(days=1), NOON + timedelta(days=1)
    headers = memento_headers(
        base=BASE,
        url="https://example.org/a?b=c",
        date=NOON,
        neighbours=Neighbours(first=before, prev=before, next=after, last=after),
    )
    assert headers["Memento-Datetime"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    page = "https://example.org/a?b=c"
    assert headers["Link"].split(", <") == [
        f'<{page}>; rel="original"',
        f'{BASE}/timegate/{page}>; rel="timegate"',
        f'{BASE}/timemap/link/{page}>; rel="timemap"; type="{LINK_FORMAT}"',
        *(
            f'{BASE}/replay/{digits}/{page}>; rel="{relation}memento"; datetime="{day}"'
            for digits, relation, day in (
                ("20261121120000", "first prev ", "Sat, 21 Nov 2026 12:00:00 GMT"),
                ("20261122120000", "", "Sun, 22 Nov 2026 12:00:00 GMT"),
                ("20261123120000", "next last ", "Mon, 23 Nov 2026 12:00:00 GMT"),
            )
        ),
    ]


def test_a_page_of_a_timemap_names_the_others():
    lines = tuple(
        line("https://example.org/", f"2026112208150{second}") for second in range(3)
    )
    middle = TimeMap(
        base=BASE, url="https://example.org/", mementos=lines, page=2, is_last=False
    )
    text = link_format(middle)
    assert '/timemap/link/2/https://example.org/>; rel="self"' in text
    assert '/timemap/link/https://example.org/>; rel="timemap"' in text
    assert '/timemap/link/3/https://example.org/>; rel="timemap"' in text
    assert "first" not in text
    assert "last" not in text
    values = json_values(middle)
    assert values["pages"] == {
        "prev": {"uri": f"{BASE}/timemap/json/https://example.org/"},
        "next": {"uri": f"{BASE}/timemap/json/3/https://example.org/"},
    }
    assert set(values["mementos"]) == {"list"}
