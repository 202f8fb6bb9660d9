"""Other people's words in a page: language, direction, dates, links."""

from __future__ import annotations

import pytest

from archive.model import Moment, Precision
from archive.web.writing import direction, host_of, language_tag, moment_words, web_link
from tests.support.builders import NOON


@pytest.mark.parametrize(
    ("texts", "reads"),
    [
        (("The bridge",), "ltr"),
        (("مجلس المدينة",), "rtl"),
        (("BBC: مجلس المدينة يناقش",), "rtl"),  # its first letter is Latin
        (("גשר",), "rtl"),
        (("港口",), "ltr"),
        (("2024: 12",), "ltr"),
        ((None, ""), "ltr"),
        (("OK", "مجلس المدينة"), "rtl"),
    ],
)
def test_most_letters_tell_the_direction(texts, reads):
    assert direction(*texts) == reads


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http://",
        "http://[",
        "ftp://a.example/",
        "/a",
        "",
        None,
        " javascript:x",
    ],
)
def test_only_addresses_of_the_web_are_links(url):
    assert web_link(url) is None


def test_an_address_of_the_web_stays_as_it_is():
    assert web_link("https://news.example/a?b#c") == "https://news.example/a?b#c"
    assert host_of("https://www.news.example/a") == "news.example"
    assert host_of("http://[") == ""


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("en", "en"),
        ("zh-Hant", "zh-Hant"),
        ('en" onload="x', ""),
        (None, ""),
        ("x", ""),
    ],
)
def test_a_language_is_one_or_nothing(language, tag):
    assert language_tag(language) == tag


@pytest.mark.parametrize(
    ("text", "precision", "words"),
    [
        ("2024", Precision.YEAR, "2024"),
        ("2024-05", Precision.MONTH, "May 2024"),
        ("2024-05-06", Precision.DAY, "6 May 2024"),
        ("2024-05-06T10:25+03:30", Precision.MINUTE, "6 May 2024, 10:25 +03:30"),
        ("2024-05-06T10:25:09Z", Precision.SECOND, "6 May 2024, 10:25:09 UTC"),
        ("2024-05-06T10:25:09", Precision.SECOND, "6 May 2024, 10:25:09"),
    ],
)
def test_a_date_is_written_as_exactly_as_it_is_known(text, precision, words):
    moment = Moment(text=text, precision=precision, earliest=NOON, latest=NOON)
    assert moment_words(moment) == words
