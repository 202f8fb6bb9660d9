from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from dateutil.parser import parse

from pipelines.dayless_dates import with_days
from pipelines.extraction import Extraction
from pipelines.trafilatura_text import build
from tests.pipelines.test_extraction import NOON, a_page, dated


def told(extraction: Extraction) -> str | None:
    published = extraction.work.published
    return published.text if published else None


@pytest.fixture(scope="module")
def extractor():
    return build()


@pytest.mark.parametrize(
    ("at", "said", "is_believed"),
    [
        (NOON, "2024-05-06", True),
        (NOON, "2024-05-06T23:00:00", True),
        (NOON, "2024-05-07", True),  # it is, in the Pacific
        (NOON, "2024-05-08", False),
        (NOON - timedelta(hours=4), "2024-05-07", False),
        (datetime(2019, 1, 1, tzinfo=UTC), "2024-05-06", False),
        (datetime(2091, 1, 1, tzinfo=UTC), "2031-05-06", True),  # whenever it is read
    ],
)
def test_no_date_is_believed_that_lies_after_the_capture(
    extractor, at, said, is_believed
):
    page = a_page(dated(said), url="https://news.example/", at=at)
    published = told(extractor.extract(page))
    assert (published == said[:10]) is is_believed
    assert (published or "") <= said[:10]


@pytest.mark.parametrize(
    ("said", "published"),
    [
        ("2017-05", "2017-05"),
        ("2017/05", "2017-05"),
        ("2017 May", "2017-05"),
        ("2017 12:30", None),
        ("2017-05-01", "2017-05-01"),
        ("2017-05-14", "2017-05-14"),
    ],
)
def test_a_date_without_a_day_is_not_filled_up_with_today(extractor, said, published):
    page = a_page(dated(said), url="https://news.example/")
    assert told(extractor.extract(page)) == published


@pytest.mark.parametrize(
    ("markup", "edited", "days"),
    [
        ('<time datetime="2017-05">', '<time datetime="2017-05-01">', {"2017-05-01"}),
        ("<p>\n  1999 March\n</p>", "<p>\n  1999-03-01</p>", {"1999-03-01"}),
        ("<p>2017 May</p>", "<p>2017-05-01</p>", {"2017-05-01"}),
        ("<b title='2017 10:20'>", "<b title=''>", set()),
        ("<p>in 2017-05</p>", None, set()),
        ("<p>2017-05-06</p>", None, set()),
        ("<p>2017 was a good year</p>", None, set()),
        ("<p>2017</p>", None, set()),
        ("<p>20171</p>", None, set()),
        ("2017-05", None, set()),
    ],
)
def test_days_are_put_where_only_a_month_is_named(markup, edited, days):
    wanted = (edited or markup).encode(), days
    assert with_days(markup.encode()) == wanted


def test_what_dateutil_fills_up_is_still_what_we_undo():
    assert parse("2017 May", default=datetime(2001, 1, 3)).day == 3  # noqa: DTZ001
