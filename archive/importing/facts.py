"""What the record of an answer says and holds, read once and in pieces [I/O]."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Final

from archive.cdxj import CdxLine, capture_line, is_indexed
from archive.clock import parse_warc_date
from archive.digests import Sha256, sha1_label
from archive.importing.payload import PayloadStream
from archive.message import Head, MessageError, parse_response_head
from archive.warc.reader import Record

_FIRST: Final = 256 * 1024  # bytes of a block in which an HTTP head is looked for
_HTTP: Final = ("http:", "https:")
ANSWERS: Final = ("response", "revisit")

OnBlock = Callable[[bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a record is, once it has been read to its end."""

    head: Head | None  # None: no HTTP, or none that can be read
    begins: bytes  # of what is behind the head
    block_digest: str
    block_length: int
    payload_digest: str
    payload_length: int
    body_digest: str | None  # sha1 of all behind the head, where no digest is stated


def read_facts(record: Record, on_block: OnBlock = lambda _piece: None) -> Facts:
    """Read the block of a record; each piece of it is given to `on_block` too.

    A damaged block ends early: then the record is not `whole` afterwards.
    """
    first = record.read_block(_FIRST)
    head = _head(record, first)
    block, payload = Sha256(), Sha256()
    lengths = [0, 0]  # of block and payload
    stream = PayloadStream(head) if head is not None else None

    def take(parts: Iterable[bytes]) -> None:
        for part in parts:
            payload.update(part)
            lengths[1] += len(part)

    def body() -> Iterator[bytes]:
        behind = head.length if head is not None else 0
        for piece in chain((first,), record.chunks()):
            on_block(piece)
            block.update(piece)
            lengths[0] += len(piece)
            rest = piece[behind:]
            behind = 0
            take(stream.feed(rest) if stream is not None else (rest,))
            yield rest
        take(stream.close() if stream is not None else ())

    digest = None
    if record.type != "revisit" and not record.fields.first("WARC-Payload-Digest"):
        digest = sha1_label(body())
    else:
        for _ in body():
            pass
    record.finish()
    start = head.length if head is not None else 0
    return Facts(
        head=head,
        begins=first[start : start + 1024],
        block_digest=block.label,
        block_length=lengths[0],
        payload_digest=payload.label,
        payload_length=lengths[1],
        body_digest=digest,
    )


def index_line(
    record: Record, facts: Facts, offset: int, length: int, filename: str
) -> CdxLine | None:
    """Make the line that `archive.index.build_index` makes of the stored record.

    None if it has none: it is no answer, or has no address or date.
    """
    content_type = record.fields.first("Content-Type")
    url = record.target_uri
    if not is_indexed(record.type, content_type) or not url:
        return None
    try:
        date = parse_warc_date(record.fields.first("WARC-Date") or "")
    except ValueError:
        return None
    if record.type in ANSWERS:
        content_type = facts.head.text(b"content-type") if facts.head else None
    return capture_line(
        url=url.replace(" ", "%20"),
        date=date,
        record_type=record.type,
        mime=content_type,
        status=facts.head.status if facts.head is not None else None,
        digest=record.fields.first("WARC-Payload-Digest") or facts.body_digest,
        offset=offset,
        length=length,
        filename=filename,
    )


def is_web(record: Record) -> bool:
    """Whether a record is of an address of the web."""
    return (record.target_uri or "").startswith(_HTTP)


def _head(record: Record, first: bytes) -> Head | None:
    if record.type in ANSWERS and is_web(record):
        with suppress(MessageError):
            return parse_response_head(first)
    return None
