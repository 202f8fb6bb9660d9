"""When a payload is not stored again, and of which capture the revisit is."""

from __future__ import annotations

import dataclasses

import pytest

from archive.events import NOWHERE, capture_records, read_answer
from archive.model import Capture, RevisitProfile, Truncation
from pipelines.revisits import (
    MIN_PAYLOAD,
    identical_payload,
    may_be_revisit,
    not_modified,
)
from tests.support.builders import make_exchange, make_order, make_response

BODY = b"<p>news</p>" * 100


def original_of(response: bytes) -> Capture:
    return capture_records(make_order(response=response), "<urn:uuid:0>").capture


def chunked(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    )


def test_the_same_payload_is_a_revisit_of_the_capture_that_holds_it():
    original = original_of(make_response(BODY))
    revisit = identical_payload(read_answer(make_response(BODY)), original)
    assert revisit is not None
    assert revisit.profile is RevisitProfile.IDENTICAL_PAYLOAD
    assert (revisit.record_id, revisit.url) == (original.record_id, original.url)
    assert revisit.date == original.date


@pytest.mark.parametrize(
    "change",
    [
        {"payload_digest": "sha256:00"},
        {"status": 404},
        {"truncated": Truncation.LENGTH},
        {"transfer_coded": True},
        {"revisit": "itself"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_no_revisit_of_what_replay_could_not_serve(change):
    original = original_of(make_response(BODY))
    answer = read_answer(make_response(BODY))
    if "revisit" in change:
        change = {"revisit": identical_payload(answer, original)}
    assert identical_payload(answer, dataclasses.replace(original, **change)) is None


def test_payloads_are_compared_without_their_chunks_but_framed_alike():
    answer = read_answer(chunked(BODY))
    assert answer.payload == BODY
    assert identical_payload(answer, original_of(chunked(BODY))) is not None
    assert identical_payload(answer, original_of(make_response(BODY))) is None


@pytest.mark.parametrize(
    ("response", "truncated", "worth"),
    [
        (make_response(b"x" * MIN_PAYLOAD), None, True),
        (make_response(b"x" * (MIN_PAYLOAD - 1)), None, False),
        (make_response(b"x" * 9000, status=b"404 Not Found"), None, False),
        (make_response(b"x" * 9000), Truncation.TIME, False),
    ],
)
def test_only_whole_answers_worth_it_are_looked_up(response, truncated, worth):
    exchange = make_exchange(response=response, truncated=truncated)
    assert may_be_revisit(exchange, read_answer(response)) is worth


@pytest.mark.parametrize(
    ("request_", "known", "is_revisit"),
    [
        (b"GET / HTTP/1.1\r\nIf-None-Match: x\r\n\r\n", True, True),
        (b"GET / HTTP/1.1\r\nif-modified-since: x\r\n\r\n", True, True),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True, False),
        (b"GET / HTTP/1.1\r\n\r\nIf-None-Match: x", True, False),
        (b"GET / HTTP/1.1\r\nIf-None-Match: x\r\n\r\n", False, False),
    ],
)
def test_a_304_is_a_revisit_only_if_we_asked(request_, known, is_revisit):
    response = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    original = original_of(make_response(BODY)) if known else None
    exchange = make_exchange(response=response, request=request_)
    revisit = not_modified(exchange, read_answer(response), original)
    assert (revisit is not None) is is_revisit


def test_a_capture_has_no_place_before_it_is_written():
    assert original_of(make_response(BODY)).locator == NOWHERE


def test_a_304_to_a_page_that_went_back_refers_to_what_holds_the_bytes():
    first = original_of(make_response(BODY))
    back = identical_payload(read_answer(make_response(BODY)), first)
    latest = dataclasses.replace(original_of(make_response(BODY)), revisit=back)
    request = b'GET /1 HTTP/1.1\r\nHost: news.example\r\nIf-None-Match: "1"\r\n\r\n'
    response = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    exchange = make_exchange(response=response, request=request)
    revisit = not_modified(exchange, read_answer(response), latest)
    assert revisit is not None
    assert revisit.record_id == first.record_id
    assert revisit.date == first.date
