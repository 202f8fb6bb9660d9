"""What becomes of an address whose article is no longer there: tables."""

from __future__ import annotations

from typing import Any

import pytest

from archive.watch.model import AddressState
from crawler.outlook import is_hop, leads_to_front
from tests.support.outlooks import DAY, HOUR, NOON, URL, capture, held, look


@pytest.mark.parametrize("status", [404, 410, 451])
def test_what_is_gone_twice_in_a_row_is_not_asked_for_again(status):
    once = look(held(), HOUR, status)
    assert (once.state, once.due_at) == (AddressState.DUE, NOON + 6 * HOUR)
    assert once.reason == (
        f"gone ({status}); looked at once more when it is 6 hours old"
    )
    assert (once.status, once.record_id) == (status, "<urn:uuid:20261122130000>")
    assert (once.payload_digest, once.etag) == ("sha256:120500", b'"v1"')
    failed = look(once, 6 * HOUR, 503)  # says nothing of whether it is there
    assert failed.gone == 1
    twice = look(failed, 7 * HOUR, status)
    assert (twice.state, twice.due_at) == (AddressState.FETCHED, None)
    assert twice.reason == f"gone ({status})"


def test_what_comes_back_is_looked_at_as_before():
    back = look(look(held(), HOUR, 404), 6 * HOUR)
    assert (back.gone, back.due_at) == (0, NOON + DAY)


def test_a_redirect_to_the_front_page_is_a_removal():
    moved: dict[str, Any] = {
        "url": "https://news.example/",
        "redirect_from": "<urn:uuid:hop>",
    }
    once = look(held(), HOUR, **moved)
    assert once.payload_digest == "sha256:120500"  # not the front page's
    assert once.etag == b'"v1"'
    assert once.due_at == NOON + 6 * HOUR
    twice = look(once, 6 * HOUR, **moved)
    assert twice.reason == "gone (redirected to the front page https://news.example/)"
    assert twice.state is AddressState.FETCHED


def test_a_redirect_to_another_page_is_an_answer():
    moved: dict[str, Any] = {
        "url": "https://news.example/b/2",
        "redirect_from": "<urn:uuid:hop>",
    }
    assert look(held(), HOUR, **moved).payload_digest == "sha256:130000"


def test_what_is_gone_behind_the_last_rung_is_gone():
    known = look(held(), 31 * DAY, 410)
    assert (known.state, known.reason) == (AddressState.FETCHED, "gone (410)")


@pytest.mark.parametrize(
    ("url", "final_url", "expected"),
    [
        (URL, "https://news.example/", True),
        (URL, "https://news.example", True),
        (URL, "https://www.news.example/index.html?utm_source=gone", True),
        (URL, "https://news.example/de/", True),
        (URL, "https://news.example/en-gb", True),
        (URL, "https://news.example/home", True),
        (URL, "https://elsewhere.example/", True),
        (URL, URL + "/", False),
        (URL, "https://news.example/politics", False),
        (URL, "https://news.example/?p=12", False),
        ("https://news.example/", "https://www.news.example/", False),
        ("https://news.example/", "https://news.example/de", False),
        (URL, "", False),
        (URL, "about:blank", False),
    ],
)
def test_front_pages_are_told_from_others(url, final_url, expected):
    assert leads_to_front(url, final_url) is expected


@pytest.mark.parametrize(
    ("status", "expected"), [(200, False), (301, True), (304, False), (308, True)]
)
def test_hops_are_told_from_answers(status, expected):
    assert is_hop(capture(NOON, status)) is expected
