"""A line of JSON says all that is said of an article, and is read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.events import capture_records
from archive.model import (
    Access,
    Byline,
    BylineKind,
    Capture,
    CaptureClass,
    Claim,
    Image,
    Link,
    Moment,
    Precision,
    ReportDateline,
    Work,
)
from archive.texts_lines import article_from, article_line, article_values, whole_moment
from tests.support.builders import make_article, make_order, make_work


def make_capture() -> Capture:
    return capture_records(make_order(), "<urn:uuid:0>").capture


def test_every_field_has_its_name():
    values = json.loads(article_line(make_article(make_capture())))
    assert values["title"] == "The bridge is open"
    assert values["bylines"] == [
        {"name": "Ada Lovelace", "kind": "person"},
        {"name": "dpa", "kind": "agency"},
    ]
    assert values["authors"] == ["Ada Lovelace", "dpa"]
    assert values["published"] == "2024-05-06"
    assert values["published_precision"] == "day"
    assert values["published_between"] == [
        "2024-05-06T00:00:00.000000Z",
        "2024-05-06T23:59:59.999999Z",
    ]
    assert values["dateline"]["agency"] == "dpa"
    assert (values["class"], values["confidence"]) == ("article", 0.875)
    assert values["claims"][0] == {
        "field": "title",
        "value": "The bridge",
        "origin": "h1",
        "chosen": True,
    }


def test_a_line_of_an_older_form_is_read():
    article = make_article(make_capture())
    values = article_values(article)
    new = {"class", "confidence", "kicker", "section", "standfirst", "bylines"}
    new |= {"dateline", "stated_url", "licence", "access", "images", "links"}
    new |= {name for name in values if name.endswith(("_precision", "_between"))}
    new |= {"modified", "quoted_sources"}
    old = {name: value for name, value in values.items() if name not in new}
    old["published"] = "2024-05"
    old["claims"] = [{"field": "date", "value": "May 2024", "origin": "trafilatura"}]
    read = article_from(old)
    assert read.work.authors == article.work.authors
    assert read.work.published == Moment(
        text="2024-05",
        precision=Precision.MONTH,
        earliest=datetime(2024, 5, 1, tzinfo=UTC),
        latest=datetime(2024, 5, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    )
    assert read.page_class is CaptureClass.ARTICLE
    assert not read.claims[0].is_chosen


@pytest.mark.parametrize(
    ("text", "last"), [("2023", "2023-12-31"), ("2024-02", "2024-02-29")]
)
def test_a_date_without_a_day_spans_all_it_can_have_been(text, last):
    moment = whole_moment(text)
    assert moment.latest.isoformat().startswith(last)
    assert moment.earliest.isoformat().startswith(f"{text}-01")


LONG_AGO = datetime(1000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maybe = st.none() | words
moments = st.builds(
    lambda text, precision, at, span: Moment(
        text=text, precision=precision, earliest=at, latest=at + span
    ),
    words,
    st.sampled_from(Precision),
    st.datetimes(LONG_AGO, timezones=st.just(UTC)),
    st.timedeltas(timedelta(0), timedelta(0)),
)
works = st.builds(
    Work,
    title=maybe,
    kicker=maybe,
    section=maybe,
    standfirst=maybe,
    bylines=st.lists(
        st.builds(Byline, name=words, kind=st.sampled_from(BylineKind)), max_size=3
    ).map(tuple),
    published=st.none() | moments,
    modified=st.none() | moments,
    dateline=st.none()
    | st.builds(ReportDateline, text=words, place=maybe, day=maybe, agency=maybe),
    site_name=maybe,
    description=maybe,
    language=maybe,
    canonical_url=maybe,
    licence=maybe,
    access=st.none() | st.sampled_from(Access),
    images=st.lists(
        st.builds(Image, url=words, caption=maybe, alt=maybe, credit=maybe), max_size=2
    ).map(tuple),
    links=st.lists(st.builds(Link, url=words, text=words), max_size=2).map(tuple),
    quoted_sources=st.lists(words, max_size=2).map(tuple),
)
claims = st.lists(
    st.builds(Claim, field=words, value=words, origin=words, is_chosen=st.booleans()),
    max_size=3,
).map(tuple)


@given(works, words, claims, st.floats(0, 1))
def test_what_is_written_is_read_back(work, text, said, confidence):
    article = make_article(
        make_capture(), text=text, work=work, claims=said, confidence=confidence
    )
    line = article_line(article)
    assert line.count(b"\n") == 1
    assert article_from(json.loads(line)) == article


def test_the_builders_work_is_read_back_too():
    article = make_article(make_capture(), work=make_work("Ein Titel"))
    assert article_from(json.loads(article_line(article))) == article
