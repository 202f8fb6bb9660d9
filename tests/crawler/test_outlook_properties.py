"""No history of answers and misses loses an address, or asks for it too soon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from archive.identity import identity
from archive.message import parse_response_head
from archive.model import Capture, FetchOutcome, Locator, Truncation
from archive.watch.model import Address, AddressState
from crawler.outlook import (
    MOST_ATTEMPTS,
    MOST_LIVE,
    after_capture,
    after_miss,
)
from tests.support.builders import make_discovery

FOUND = datetime(2026, 11, 22, 12, tzinfo=UTC)
FINAL = {
    AddressState.FOUND,
    AddressState.FETCHED,
    AddressState.REFUSED,
    AddressState.GIVEN_UP,
}

urls = st.sampled_from(
    ["https://news.example/a-1", "https://news.example/", "http://\ud800", "x:y"]
)
ladders = st.lists(
    st.floats(min_value=1, max_value=1e9, allow_nan=False), max_size=6
).map(tuple)
waits = st.floats(min_value=0, max_value=1e7).map(lambda s: timedelta(seconds=s))
heads = st.one_of(
    st.none(),
    st.sampled_from(
        [
            b'HTTP/1.1 200 OK\r\nETag: W/"1"\r\n\r\n',
            b"HTTP/1.1 503 X\r\nRetry-After: 99999999999999\r\n\r\n",
            b"HTTP/1.1 503 X\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n\r\n",
            b"HTTP/1.1 429 X\r\nRetry-After: -1\r\nLast-Modified: \xff\r\n\r\n",
        ]
    ).map(parse_response_head),
)
captures = st.builds(
    Capture,
    record_id=st.uuids().map(lambda u: f"<urn:uuid:{u}>"),
    url=urls,
    date=st.just(FOUND),
    status=st.one_of(
        st.sampled_from([200, 304, 404, 410, 451, 301, 429, 503]),
        st.integers(min_value=100, max_value=999),
    ),
    media_type=st.none(),
    block_digest=st.just("sha256:0"),
    payload_digest=st.just("sha256:1"),
    payload_length=st.just(1),
    transfer_coded=st.just(False),
    locator=st.just(Locator(path="", offset=0, length=0)),
    discovery=st.just(make_discovery()),
    truncated=st.one_of(st.none(), st.sampled_from(Truncation)),
    redirect_from=st.one_of(st.none(), st.just("<urn:uuid:0>")),
)
answers = st.tuples(
    captures, heads, st.sampled_from([None, True, False]), st.booleans()
)
misses = st.tuples(st.sampled_from(FetchOutcome), st.text(max_size=5))
histories = st.lists(st.tuples(waits, st.one_of(answers, misses)), max_size=12)


def settled(
    known: Address, event: tuple[Any, ...], ladder: tuple[float, ...], now: datetime
) -> Address:
    if len(event) == 4:
        capture, head, changed, live = event
        return after_capture(
            known, capture, head, ladder, now, text_changed=changed, is_live=live
        )
    outcome, detail = event
    return after_miss(known, outcome, detail, "<urn:uuid:f>", ladder, now)


@given(url=urls, ladder=ladders, history=histories)
def test_no_address_is_lost_and_none_is_due_in_the_past(url, ladder, history):
    known = Address(
        key=identity(url),
        url=url,
        source_id="example",
        state=AddressState.FETCHING,
        reason="",
        found_at=FOUND,
    )
    now = FOUND
    for wait, event in history:
        now += wait
        before = known
        known = settled(known, event, ladder, now)
        assert known.reason
        assert known.last_at is not None
        if known.due_at is None:
            assert known.state in FINAL
        else:
            assert known.due_at > now
            assert known.state not in FINAL - {AddressState.REFUSED}
        assert known.attempts in (0, before.attempts, before.attempts + 1)
        assert known.step in (before.step, before.step + 1)
        if known.step == before.step > 0:  # not answered: nothing is overwritten
            for name in ("record_id", "status", "payload_digest", "etag"):
                assert getattr(known, name) == getattr(before, name)


@given(ladder=ladders, event=st.one_of(answers, misses), url=urls)
def test_whatever_it_is_answered_an_address_comes_to_rest(ladder, event, url):
    known = Address(
        key=identity(url),
        url=url,
        source_id="example",
        state=AddressState.FETCHING,
        reason="",
        found_at=FOUND,
    )
    if len(event) == 2 and event[0] in (
        FetchOutcome.OVER_BUDGET,
        FetchOutcome.POSTPONED,
    ):
        return  # as often as its host has no room; nothing is asked of it then
    now, looks = FOUND, 0
    while known.due_at is not None or not looks:
        now = known.due_at or now
        known = settled(known, event, ladder, now)
        looks += 1
        assert looks <= MOST_LIVE + MOST_ATTEMPTS + len(ladder) + 2
