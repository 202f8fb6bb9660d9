"""The bytes that a capture stands for [I/O]."""

from __future__ import annotations

from dataclasses import dataclass

from archive.collection import Collection
from archive.errors import ArchiveError, NotFound
from archive.events import Answer, read_answer
from archive.message import Head, MessageError
from archive.model import Capture
from archive.questions import captures_of
from archive.replay.choice import nearest
from archive.warc.reader import WholeRecord, read_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a capture answered, and from which address."""

    status: int  # what is shown; of a 304 that of the earlier capture
    head: Head
    payload: bytes  # transfer coding removed, content coding kept
    peer_address: str | None


def load(collection: Collection, capture: Capture) -> Loaded:
    """Read what a capture stands for; of a revisit the payload is the original's.

    Raises PlacedError if a record can't be read, NotFound if its file, or the
    original, is not in this collection.
    """
    record = _record(collection, capture)
    if capture.revisit is None:
        own = answer = _answer(record)
    else:
        original = _original(collection, capture)
        answer = _answer(_record(collection, original))
        own = _answer(record) if record.block else answer
    head = own.head if own.head.status != 304 else answer.head
    return Loaded(
        status=head.status,
        head=head,
        payload=answer.payload,
        peer_address=record.fields.first("WARC-IP-Address"),
    )


def _original(collection: Collection, capture: Capture) -> Capture:
    revisit = capture.revisit
    assert revisit is not None
    named = captures_of(collection.catalogue, revisit.record_id)
    if named:
        return named[0].capture
    # Other people's revisits may name address and date alone (WARC/1.1, 6.7.2).
    moment = revisit.date.replace(microsecond=0)
    for kept in nearest(collection.catalogue, revisit.url, moment):
        if kept.capture.revisit is None and kept.capture.date == revisit.date:
            return kept.capture
    raise NotFound(
        f"{capture.url} was unchanged when it was captured, and what it had not "
        f"changed from ({revisit.url}, {revisit.date:%Y-%m-%d %H:%M:%S}) is not in "
        "this collection"
    )


def _record(collection: Collection, capture: Capture) -> WholeRecord:
    place = capture.locator
    path = collection.find(place.path)
    try:
        return read_record(path, place.offset, place.length)
    except FileNotFoundError:
        raise NotFound(
            f"{place.path}, in which {capture.url} was captured, is not in this "
            "collection: bring the file back, or see `dateline verify`"
        ) from None
    except OSError as error:
        raise NotFound(f"cannot read {path}: {error.strerror}") from error


def _answer(record: WholeRecord) -> Answer:
    """Read an answer; what is no response has no head, and is all payload."""
    try:
        return read_answer(record.block)
    except MessageError as error:
        if record.type in ("response", "revisit"):
            raise ArchiveError(
                f"{record.target_uri} was captured, but not as HTTP: {error}"
            ) from error
    kind = record.fields.first("Content-Type") or "application/octet-stream"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n"
    return read_answer(head.encode("latin-1", "replace") + record.block)
