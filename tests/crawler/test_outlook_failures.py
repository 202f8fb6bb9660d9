"""What becomes of an address that gave no answer, or must not be asked for: tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.model import FetchOutcome
from archive.watch.model import AddressState
from crawler.outlook import MOST_ATTEMPTS, MOST_REFUSALS, after_miss
from tests.support.outlooks import (
    DAY,
    HOUR,
    LADDER,
    MINUTE,
    MISS,
    NOON,
    address,
    due,
    held,
    look,
    miss,
)

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
