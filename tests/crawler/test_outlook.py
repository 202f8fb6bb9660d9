"""What becomes of an address once it was asked for: tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.identity import identity
from archive.message import Head, parse_response_head
from archive.model import Capture, FetchOutcome, Locator, Truncation
from archive.watch.model import Address, AddressState
from crawler.outlook import (
    MOST_ATTEMPTS,
    MOST_EDITED,
    MOST_LIVE,
    MOST_REFUSALS,
    after_capture,
    after_miss,
    is_hop,
    leads_to_front,
)
from tests.support.builders import make_discovery

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LADDER = (3600.0, 6 * 3600.0, 86_400.0, 7 * 86_400.0, 30 * 86_400.0)
URL = "https://news.example/politics/2026/a-headline"
MISS = "<urn:uuid:00000000-0000-4000-8000-00000000000f>"


def address(**values) -> Address:
    dull = {
        "key": identity(URL),
        "url": URL,
        "source_id": "example",
        "state": AddressState.FETCHING,
        "reason": "",
        "found_at": NOON,
        "run_id": "run-1",
    }
    return Address(**{**dull, **values})


def capture(at: datetime, status: int = 200, **values) -> Capture:
    dull = {
        "record_id": f"<urn:uuid:{at:%Y%m%d%H%M%S}>",
        "url": URL,
        "date": at,
        "status": status,
        "media_type": "text/html",
        "block_digest": "sha256:00",
        "payload_digest": f"sha256:{at:%H%M%S}",
        "payload_length": 1000,
        "transfer_coded": False,
        "locator": Locator(path="warc/a.warc.gz", offset=0, length=1),
        "discovery": make_discovery(URL),
    }
    return Capture(**{**dull, **values})


def head(status: int = 200, **fields: str) -> Head:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return parse_response_head(
        "\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode("latin-1")
    )


def look(known: Address, age: timedelta, status: int = 200, **values) -> Address:
    """Answer an address at an age, and give it to a run again."""
    at = known.found_at + age
    fields = values.pop("fields", {})
    options = {k: values.pop(k) for k in ("text_changed", "is_live") if k in values}
    return after_capture(
        replace(known, state=AddressState.FETCHING, due_at=None),
        capture(at, status, **values),
        head(status, **fields),
        LADDER,
        at,
        **options,
    )


def due(known: Address) -> datetime:
    assert known.due_at is not None
    return known.due_at


def held(**values) -> Address:
    """An article that was captured five minutes after it was found."""
    fields = {"ETag": '"v1"', "Last_Modified": "Sun, 22 Nov 2026 11:00:00 GMT"}
    return replace(look(address(), 5 * MINUTE, fields=fields), **values)


def miss(
    known: Address, outcome: FetchOutcome, at: datetime, detail: str = "no route"
) -> Address:
    return after_miss(known, outcome, detail, MISS, LADDER, at)


# ---------------------------------------------------------------- the ladder


@pytest.mark.parametrize(
    ("asked_at", "due_at"),
    [
        (timedelta(seconds=3), HOUR),
        (59 * MINUTE, HOUR),
        (HOUR, 6 * HOUR),  # the rung that brought it here is behind it
        (HOUR + 2 * MINUTE, 6 * HOUR),
        (DAY - MINUTE, DAY),
        (3 * DAY, 7 * DAY),  # what was missed while nobody was there stays missed
        (29 * DAY, 30 * DAY),
        (30 * DAY, None),
        (400 * DAY, None),
    ],
)
def test_the_next_look_is_the_first_rung_that_is_not_reached(asked_at, due_at):
    known = look(address(), asked_at)
    assert known.due_at == (due_at and NOON + due_at)
    assert known.state == (AddressState.DUE if due_at else AddressState.FETCHED)


def test_an_unchanged_article_is_looked_at_once_for_each_rung():
    known, ages = look(address(), MINUTE), list[timedelta]()
    while known.due_at is not None:
        ages.append(due(known) - NOON)
        known = look(known, ages[-1], text_changed=False)
    assert ages == [timedelta(seconds=age) for age in LADDER]
    assert known.step == 1 + len(LADDER)
    assert known.reason == "status 200; done after 6 looks"


def test_the_order_of_a_ladder_does_not_matter_and_an_empty_one_asks_once():
    at = NOON + MINUTE
    shuffled = after_capture(address(), capture(at), None, (9e4, 60.5, 7200.0), at)
    assert shuffled.due_at == NOON + timedelta(seconds=60.5)
    once = after_capture(address(), capture(at), None, (), at, is_live=True)
    assert (once.state, once.due_at) == (AddressState.FETCHED, None)


@pytest.mark.parametrize(
    ("age", "before", "options", "after"),
    [
        (2 * HOUR, HOUR, {"is_live": True}, 15 * MINUTE),
        (HOUR, 5 * MINUTE, {"text_changed": True}, 30 * MINUTE),
        (6 * HOUR, HOUR, {"text_changed": True}, 150 * MINUTE),  # half of 5 hours
        (7 * DAY, DAY, {"text_changed": True}, 3 * DAY),
        (7 * DAY, DAY, {"text_changed": True, "is_live": True}, 15 * MINUTE),
        (DAY - MINUTE, DAY - HOUR, {"text_changed": True}, MINUTE),  # a rung is nearer
        (30 * DAY, 7 * DAY, {"text_changed": True, "is_live": True}, None),
        (6 * HOUR, HOUR, {"text_changed": None}, 18 * HOUR),
    ],
)
def test_a_live_page_and_an_edited_one_are_looked_at_sooner(
    age, before, options, after
):
    known = look(held(step=1 + sum(r <= before.total_seconds() for r in LADDER),
                      last_at=NOON + before), age, **options)  # fmt: skip
    assert known.due_at == (after and NOON + age + after)


@pytest.mark.parametrize(
    ("option", "most"), [("text_changed", MOST_EDITED), ("is_live", MOST_LIVE)]
)
def test_looks_beyond_the_ladder_are_bounded(option, most):
    known = look(address(), MINUTE, **{option: True})
    while known.due_at is not None:
        known = look(known, due(known) - NOON, **{option: True})
        assert known.step < 1000
    assert most < known.step <= 1 + len(LADDER) + most


# ---------------------------------------------------------------- what is known


def test_an_answer_is_remembered_with_its_validators():
    known = held()
    assert known.step == 1
    assert known.status == 200
    assert known.payload_digest == "sha256:120500"
    assert known.etag == b'"v1"'
    assert known.last_modified == b"Sun, 22 Nov 2026 11:00:00 GMT"
    assert known.last_at == NOON + 5 * MINUTE


@pytest.mark.parametrize(
    ("status", "fields", "values", "etag", "last_modified"),
    [
        (200, {"ETag": '"v2"'}, {}, b'"v2"', None),  # never one of another answer
        (200, {}, {}, None, None),
        # half a page would be "not modified" for ever
        (200, {"ETag": '"v2"'}, {"truncated": Truncation.LENGTH}, None, None),
        (304, {}, {}, b'"v1"', b"Sun, 22 Nov 2026 11:00:00 GMT"),
        (304, {"ETag": 'W/"v1"'}, {}, b'W/"v1"', b"Sun, 22 Nov 2026 11:00:00 GMT"),
        (203, {"ETag": '"v2"'}, {}, b'"v1"', b"Sun, 22 Nov 2026 11:00:00 GMT"),
    ],
)
def test_validators_come_from_whole_answers_with_status_200_or_304(
    status, fields, values, etag, last_modified
):
    known = look(held(), HOUR, status, fields=fields, **values)
    assert (known.etag, known.last_modified) == (etag, last_modified)
    assert known.state is AddressState.DUE
    assert known.payload_digest == (
        "sha256:130000" if status == 200 else "sha256:120500"
    )


FAILING = [
    *(
        {"status": status}
        for status in (301, 400, 401, 402, 403, 429, 500, 502, 503, 504, 599)
    ),
    {"truncated": Truncation.DISCONNECT},
    {"truncated": Truncation.TIME},
]


@pytest.mark.parametrize("values", FAILING)
def test_a_failed_recheck_changes_nothing_of_the_last_good_answer(values):
    before = held()
    after = look(before, HOUR, **values, fields={"ETag": '"error page"'})
    assert after.state is AddressState.FAILED
    assert after.attempts == 1
    assert after == replace(
        before,
        state=after.state,
        reason=after.reason,
        due_at=after.due_at,
        attempts=1,
        last_at=NOON + HOUR,
    )


@pytest.mark.parametrize("values", [*FAILING, {"status": 304}])
def test_an_address_that_never_answered_names_what_came_instead(values):
    after = look(address(), HOUR, **values)
    assert after.state is AddressState.FAILED
    assert after.record_id == "<urn:uuid:20261122130000>"
    assert (after.step, after.status, after.payload_digest) == (0, None, None)


@pytest.mark.parametrize("outcome", FetchOutcome)
def test_a_miss_changes_nothing_of_the_last_good_answer(outcome):
    before = held()
    after = miss(before, outcome, NOON + HOUR)
    assert after == replace(
        before,
        state=after.state,
        reason=after.reason,
        due_at=after.due_at,
        attempts=after.attempts,
        last_at=NOON + HOUR,
    )
    assert miss(address(), outcome, NOON + HOUR).record_id == MISS


# ---------------------------------------------------------------- no longer there


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


# ---------------------------------------------------------------- failures


def test_failures_back_off_and_end():
    known, at, waits = address(), NOON, list[timedelta]()
    for _ in range(MOST_ATTEMPTS - 1):
        known = miss(known, FetchOutcome.TIMEOUT, at)
        assert known.state is AddressState.FAILED
        waits.append(due(known) - at)
        at = due(known)
    for number, wait in enumerate(waits):
        least = 15 * MINUTE * 2**number
        assert least <= wait <= least * 1.1
    known = miss(known, FetchOutcome.TIMEOUT, at)
    assert (known.state, known.due_at) == (AddressState.GIVEN_UP, None)
    assert known.reason == "timeout: no route; given up after 6 attempts in a row"


def test_an_answer_ends_the_count_of_failures():
    failed = replace(held(), attempts=5)
    assert look(failed, HOUR).attempts == 0
    assert look(failed, HOUR, 404).attempts == 0
    assert look(failed, HOUR, 304).attempts == 0


def test_an_article_that_is_held_waits_for_its_next_rung_before_it_is_given_up():
    outage = miss(
        replace(held(), attempts=5), FetchOutcome.UNREACHABLE, NOON + 9 * HOUR
    )
    assert (outage.state, outage.due_at) == (AddressState.FAILED, NOON + DAY)
    after_last = miss(outage, FetchOutcome.UNREACHABLE, NOON + 31 * DAY)
    assert (after_last.state, after_last.due_at) == (AddressState.GIVEN_UP, None)


def test_not_all_come_back_in_one_moment_and_each_at_its_own():
    def wait(key: str) -> timedelta:
        known = miss(address(key=key), FetchOutcome.TIMEOUT, NOON)
        return due(known) - NOON

    waits = {wait(f"example,news)/{number}") for number in range(100)}
    assert len(waits) > 90
    assert wait("example,news)/1") == wait("example,news)/1")


@pytest.mark.parametrize(
    ("status", "field", "due_at"),
    [
        (429, "7200", 2 * HOUR),
        (503, "Sun, 22 Nov 2026 18:00:00 GMT", 6 * HOUR),
        (503, "999999999999", 366 * DAY),
        (503, "60", None),  # our own back-off is longer
        (503, "soon", None),
        (500, "7200", None),  # RFC 9110, 10.2.3: with 503, and 429 (RFC 6585)
    ],
)
def test_retry_after_is_respected(status, field, due_at):
    known = look(address(), timedelta(), status, fields={"Retry_After": field})
    if due_at is None:
        assert 15 * MINUTE <= due(known) - NOON <= 17 * MINUTE
    else:
        assert known.due_at == NOON + due_at
        assert known.reason.endswith("its host asked to wait")


def test_a_miss_waits_as_long_as_its_host_asked():
    known = after_miss(
        address(),
        FetchOutcome.POSTPONED,
        "Retry-After: 9000",
        MISS,
        LADDER,
        NOON,
        retry_after=NOON + 9 * HOUR,
    )
    assert (known.due_at, known.attempts) == (NOON + 9 * HOUR, 0)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "outcome", [FetchOutcome.REFUSED_ROBOTS, FetchOutcome.REFUSED_ADDRESS]
)
def test_a_refused_address_is_asked_for_again_by_growing_steps(outcome):
    known, at = address(), NOON
    for number in range(MOST_REFUSALS):
        known = miss(known, outcome, at, "Disallow: /politics")
        least = DAY * 2**number
        assert known.state is AddressState.REFUSED
        assert least <= due(known) - at <= least * 1.1
        at = due(known)
    known = miss(known, outcome, at, "Disallow: /politics")
    assert (known.state, known.due_at) == (AddressState.REFUSED, None)
    assert known.reason == f"{outcome}: Disallow: /politics; not asked for any more"


@pytest.mark.parametrize(
    ("outcome", "first", "recheck"),
    [
        (FetchOutcome.EXCLUDED, AddressState.FOUND, AddressState.FETCHED),
        (FetchOutcome.OVER_LIMIT, AddressState.FOUND, AddressState.FETCHED),
        (FetchOutcome.SEED_UNREADABLE, AddressState.FOUND, AddressState.FETCHED),
        (FetchOutcome.REFUSED_SCHEME, AddressState.REFUSED, AddressState.REFUSED),
    ],
)
def test_what_is_left_out_is_never_due(outcome, first, recheck):
    for known, state in ((address(), first), (held(), recheck)):
        after = miss(known, outcome, NOON + HOUR, "why")
        assert (after.state, after.due_at) == (state, None)
        assert after.reason == f"{outcome}: why"


def test_a_spent_budget_puts_off_to_the_next_day_and_counts_for_nothing():
    known = miss(address(attempts=2), FetchOutcome.OVER_BUDGET, NOON)
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    assert midnight <= due(known) < midnight + HOUR
    assert (known.state, known.attempts) == (AddressState.DUE, 2)


def test_a_host_that_wants_to_be_left_alone_counts_for_nothing():
    known = miss(address(attempts=2), FetchOutcome.POSTPONED, NOON)
    assert HOUR <= due(known) - NOON <= 1.1 * HOUR
    assert (known.state, known.attempts) == (AddressState.DUE, 2)
