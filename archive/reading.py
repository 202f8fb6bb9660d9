"""Out of the archive again: a record as stored, an answer, a page [I/O]."""

from __future__ import annotations

from typing import Final

from archive import message
from archive.collection import Collection
from archive.digests import sha256_label
from archive.errors import NotFound
from archive.events import Answer, read_answer
from archive.model import Capture
from archive.questions import captures_of
from archive.warc.reader import WholeRecord, read_record

DECODED_LIMIT: Final = 64 * 1024 * 1024  # bytes; the largest news pages have 5 MB
EXPANSION_LIMIT: Final = 200.0  # times; HTML shrinks to a tenth, rarely a fiftieth


def raw_record(collection: Collection, capture: Capture) -> bytes:
    """Give the gzip member of a capture's record, as it lies in the file."""
    place = capture.locator
    with collection.find(place.path).open("rb") as file:
        file.seek(place.offset)
        return file.read(place.length)


def load_answer(collection: Collection, capture: Capture) -> Answer:
    """Read what a capture answered: its own head, and the payload it stands for.

    A revisit has its head itself and its payload in the original. Raises
    PlacedError or OSError if a record can't be read, NotFound if the original
    is not in this collection.
    """
    own = _record(collection, capture)
    if capture.revisit is None:
        return answer_in(own.type, own.fields.first("Content-Type"), own.block)
    originals = captures_of(collection.catalogue, capture.revisit.record_id)
    if not originals:
        raise NotFound(
            f"the original {capture.revisit.record_id} of the revisit "
            f"{capture.record_id} is not in {collection.root}"
        )
    held = _record(collection, originals[0].capture)
    original = answer_in(held.type, held.fields.first("Content-Type"), held.block)
    if not own.block:
        return original
    return Answer(
        head=read_answer(own.block).head,
        payload=original.payload,
        payload_digest=original.payload_digest,
    )


def decoded_payload(answer: Answer) -> bytes:
    """Remove the content coding of a payload. Raises archive.message.MessageError."""
    return message.decode_content(
        answer.payload,
        message.content_encodings(answer.head),
        max_length=DECODED_LIMIT,
        max_ratio=EXPANSION_LIMIT,
    )


def answer_in(record_type: str, content_type: str | None, block: bytes) -> Answer:
    """Read the answer in a record; a resource has no head, and is all payload.

    Other people's crawls hold resources: it is as if they had been answered with 200
    and the media type of the record. Raises archive.message.MessageError.
    """
    if record_type != "resource":
        return read_answer(block)
    kind = (content_type or "application/octet-stream").encode("utf-8", "replace")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n"
    return Answer(
        head=message.parse_response_head(head),
        payload=block,
        payload_digest=sha256_label(block),
    )


def _record(collection: Collection, capture: Capture) -> WholeRecord:
    place = capture.locator
    return read_record(collection.find(place.path), place.offset, place.length)
