"""What happens in a crawl, as WARC records, and read back from them.

Four things happen, and each is an *event*: a capture (request, response or
revisit, metadata), a miss, the beginning of a run and its report (one metadata
record each). Every metadata record is `application/warc-fields` and says in
its first field which event it is. The metadata record comes last: an event
without it is not whole, and is cut off when a file is repaired.

Pure: nothing here reads or writes files.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from warcio.recordloader import ArcWarcRecord

from archive import message
from archive.clock import warc_date
from archive.digests import sha256_label
from archive.model import (
    Capture,
    Discovery,
    Exchange,
    Locator,
    Miss,
    Revisit,
    RevisitProfile,
    Run,
    Truncation,
)
from archive.warc.fields import serialise_warc_fields
from archive.warc.records import (
    HTTP_REQUEST,
    HTTP_RESPONSE,
    WARC_FIELDS,
    make_record,
    new_record_id,
)

EVENT = "dateline-event"  # first field of every metadata record of ours
CAPTURE, MISS, RUN, REPORT = "capture", "miss", "run", "run-report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the response of an exchange says, read once and handed on."""

    head: message.Head
    payload: bytes  # transfer coding removed, content coding kept
    payload_digest: str


def read_answer(block: bytes) -> Answer:
    """Read a response. Raises archive.message.MessageError if it is not HTTP."""
    payload = message.payload(block)
    return Answer(
        head=message.parse_response_head(block),
        payload=payload,
        payload_digest=sha256_label(payload),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOrder:
    """An exchange to be kept, and what has been decided about it."""

    exchange: Exchange
    answer: Answer
    discovery: Discovery
    revisit: Revisit | None = None
    redirect_from: str | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRecords:
    """The records of a capture, and what of it is known before it has a place."""

    request: ArcWarcRecord
    answer: ArcWarcRecord  # response or revisit
    metadata: ArcWarcRecord
    capture: Capture  # the locator is empty


NOWHERE = Locator(path="", offset=0, length=0)


def capture_records(order: CaptureOrder, warcinfo_id: str) -> CaptureRecords:
    """Make the three records of a capture."""
    exchange, revisit, head = order.exchange, order.revisit, order.answer.head
    record_id = new_record_id()
    block = _answer_block(exchange.response, head, revisit)
    capture = Capture(
        record_id=record_id,
        url=exchange.url,
        date=exchange.began_at,
        status=head.status,
        media_type=message.media_type(head),
        block_digest=sha256_label(block),
        payload_digest=order.answer.payload_digest,
        payload_length=len(order.answer.payload),
        transfer_coded=message.is_transfer_coded(head),
        locator=NOWHERE,
        discovery=order.discovery,
        revisit=revisit,
        truncated=exchange.truncated,
        redirect_from=order.redirect_from,
        attempt=order.attempt,
    )
    shared = _shared_fields(exchange, head.protocol, warcinfo_id)
    answer_fields = [("WARC-Record-ID", record_id), *shared]
    if revisit is not None:
        answer_fields += _revisit_fields(revisit)
    if has_payload_digest(head, revisit):
        answer_fields.append(("WARC-Payload-Digest", capture.payload_digest))
    if exchange.truncated is not None:
        answer_fields.append(("WARC-Truncated", exchange.truncated))
    elif revisit is not None and block:
        answer_fields.append(("WARC-Truncated", Truncation.LENGTH))
    linked = [*shared, ("WARC-Concurrent-To", record_id)]
    return CaptureRecords(
        request=make_record(
            "request",
            [("WARC-Record-ID", new_record_id()), *linked],
            exchange.request,
            HTTP_REQUEST,
        ),
        answer=make_record(
            "revisit" if revisit is not None else "response",
            answer_fields,
            block,
            HTTP_RESPONSE,
        ),
        metadata=make_record(
            "metadata",
            [("WARC-Record-ID", new_record_id()), *linked],
            serialise_warc_fields(_capture_details(order, capture)),
            WARC_FIELDS,
        ),
        capture=capture,
    )


def has_payload_digest(head: message.Head, revisit: Revisit | None) -> bool:
    """Whether `WARC-Payload-Digest` stands on a response or revisit.

    Under a transfer coding no value would pass every reader, so it is left out
    there (docs/decisions/0005); an identical-payload revisit must have it.
    """
    if revisit is not None:
        return revisit.profile is RevisitProfile.IDENTICAL_PAYLOAD
    return not message.is_transfer_coded(head)


def miss_record(miss: Miss, warcinfo_id: str) -> ArcWarcRecord:
    """Say in the archive that an address was asked for and not captured, and why."""
    details = [
        (EVENT, MISS),
        ("outcome", miss.outcome.value),
        ("detail", miss.detail),
        ("url", miss.url),
        ("evidence", miss.evidence),
        ("redirect-from", miss.redirect_from),
        ("attempt", str(miss.attempt)),
        *_discovery_details(miss.discovery),
    ]
    return _metadata(miss.record_id, miss.date, warcinfo_id, details)


def run_record(run: Run, warcinfo_id: str) -> ArcWarcRecord:
    """Say that a run begins, or, when it has ended, what came of it."""
    details: list[tuple[str, str | None]] = [
        (EVENT, REPORT if run.ended_at else RUN),
        ("run", run.id),
        ("source", run.source_id),
        ("command", run.command),
        ("began", warc_date(run.began_at)),
        ("ended", warc_date(run.ended_at) if run.ended_at else None),
        ("settings-digest", run.settings_digest),
        *((f"setting-{name}", value) for name, value in run.settings),
        *((f"count-{name}", str(value)) for name, value in run.counts),
    ]
    return _metadata(
        new_record_id(), run.ended_at or run.began_at, warcinfo_id, details
    )


def warcinfo_record(
    record_id: str, date: datetime, filename: str, details: Iterable[tuple[str, str]]
) -> ArcWarcRecord:
    """Open a file: software, collection, and the settings in force (WARC/1.1, 6.2)."""
    fields = [
        ("WARC-Record-ID", record_id),
        ("WARC-Date", warc_date(date)),
        ("WARC-Filename", filename),
    ]
    return make_record("warcinfo", fields, serialise_warc_fields(details), WARC_FIELDS)


def _answer_block(
    response: bytes, head: message.Head, revisit: Revisit | None
) -> bytes:
    if revisit is None:
        return response
    if revisit.profile is RevisitProfile.NOT_MODIFIED:
        # Replay shows the earlier capture only if this block is empty; the
        # 304's own head goes to the metadata (docs/decisions/0005).
        return b""
    return response[: head.length]


def _shared_fields(
    exchange: Exchange, protocol: str, warcinfo_id: str
) -> list[tuple[str, str]]:
    fields = [
        ("WARC-Date", warc_date(exchange.began_at)),
        ("WARC-Target-URI", exchange.url),
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Protocol", protocol),
    ]
    if exchange.peer_address is not None:
        fields.insert(2, ("WARC-IP-Address", exchange.peer_address))
    if exchange.tls is not None:
        fields.append(("WARC-Protocol", exchange.tls.version))
        fields.append(("WARC-Cipher-Suite", exchange.tls.cipher_suite))
    return fields


def _revisit_fields(revisit: Revisit) -> list[tuple[str, str]]:
    return [
        ("WARC-Profile", revisit.profile.value),
        ("WARC-Refers-To", revisit.record_id),
        ("WARC-Refers-To-Target-URI", revisit.url),
        ("WARC-Refers-To-Date", warc_date(revisit.date)),
    ]


def _capture_details(order: CaptureOrder, capture: Capture) -> list[tuple[str, str]]:
    exchange, tls = order.exchange, order.exchange.tls
    head = exchange.response[: order.answer.head.length]
    not_modified = (
        order.revisit is not None
        and order.revisit.profile is RevisitProfile.NOT_MODIFIED
    )
    details: list[tuple[str, str | None]] = [
        (EVENT, CAPTURE),
        ("payload-digest", capture.payload_digest),
        ("payload-length", str(capture.payload_length)),
        ("fetchTimeMs", str(round(exchange.duration_s * 1000))),  # Heritrix's name
        ("truncated", exchange.truncated),
        ("redirect-from", order.redirect_from),
        ("attempt", str(order.attempt)),
        ("tls-verified", ("yes" if tls.verified else "no") if tls else None),
        ("tls-certificate-sha256", tls.certificate_sha256 if tls else None),
        ("proxy", exchange.proxy),
        ("excess-length", str(exchange.excess_length or "") or None),
        ("interim", _base64(exchange.interim)),
        ("http-head", _base64(head if not_modified else b"")),
        *_discovery_details(order.discovery),
    ]
    return _said(details)


def _discovery_details(discovery: Discovery) -> list[tuple[str, str | None]]:
    return [
        ("run", discovery.run_id),
        ("source", discovery.source_id),
        ("role", discovery.role.value),
        ("found-url", discovery.url),
        ("found-at", warc_date(discovery.found_at)),
        ("via", discovery.seed_url),  # Heritrix's name
        ("via-record", discovery.seed_record_id),
        ("claimed-title", discovery.claimed_title),
        ("claimed-date", discovery.claimed_date),
    ]


def _metadata(
    record_id: str,
    date: datetime,
    warcinfo_id: str,
    details: Iterable[tuple[str, str | None]],
) -> ArcWarcRecord:
    fields = [
        ("WARC-Record-ID", record_id),
        ("WARC-Date", warc_date(date)),
        ("WARC-Warcinfo-ID", warcinfo_id),
    ]
    block = serialise_warc_fields(_said(details))
    return make_record("metadata", fields, block, WARC_FIELDS)


def _said(details: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in details if value is not None]


def _base64(data: bytes) -> str | None:
    return base64.b64encode(data).decode("ascii") if data else None
