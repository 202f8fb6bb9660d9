"""What becomes of an address once it was asked for: tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.model import FetchOutcome, Truncation
from archive.watch.model import AddressState
from crawler.outlook import MOST_EDITED, MOST_LIVE, after_capture
from tests.support.outlooks import (
    DAY,
    HOUR,
    LADDER,
    MINUTE,
    MISS,
    NOON,
    address,
    capture,
    due,
    held,
    look,
    miss,
)

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
