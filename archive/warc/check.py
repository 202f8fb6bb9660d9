"""Everything that can be said of one WARC file by reading it. Does I/O.

What the codes mean stands in `CODES`. Nothing here raises for what a file holds:
a fault is a value, and the verdict is computed from the list. References to other
files are the business of whoever knows the collection.
"""

from __future__ import annotations

import mmap
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from archive import message
from archive.digests import matches
from archive.message import ExpansionError, Head, MessageError, RequestHead
from archive.model import Finding
from archive.warc.reader import Record, read_records
from archive.warc.rules import CODES, REQUEST, RESPONSE, REVISIT, WARCINFO, violations

__all__ = ["CODES", "check_file"]

# Blocks beyond this are read from a temporary file, and not dechunked or decoded.
_MOST_IN_MEMORY: Final = 64 * 1024 * 1024
_MOST_DECODED: Final = 64 * 1024 * 1024
_MOST_RATIO: Final = 1000.0

# No coded stream begins with so many bytes of which none is a control character.
_SAMPLE: Final = 64
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")

Bytes: TypeAlias = bytes | memoryview
Fault: TypeAlias = tuple[str, str]  # code and sentence


def check_file(path: Path, *, name: str | None = None) -> Iterator[Finding]:
    """Give all findings of a file, in the order of reading; none if it is good.

    Findings name the file as `name`, if that is given. Raises OSError if the
    file can not be read.
    """
    name = str(path) if name is None else name
    reported: list[Finding] = []
    ledger = _Ledger()
    for record in read_records(path, on_finding=reported.append):
        faults = list(violations(record.type, record.fields, record.version))
        faults += _content_faults(record)
        faults += ledger.enter(record)
        for finding in reported:
            yield replace(finding, path=name)
        reported.clear()
        for code, sentence in faults:
            yield _finding(code, name, record.offset, sentence)
    for finding in reported:
        yield replace(finding, path=name)
    for offset, (code, sentence) in ledger.close():
        yield _finding(code, name, offset, sentence)


def _finding(code: str, path: str, offset: int, sentence: str) -> Finding:
    return Finding(
        code=code,
        severity=CODES[code][0],
        path=path,
        offset=offset,
        sentence=sentence,
    )


@dataclass(slots=True)
class _Ledger:
    """What the records of a file say of each other."""

    offsets: dict[str, int] = field(default_factory=dict)  # by record id
    revisits: set[str] = field(default_factory=set)
    concurrent: list[tuple[int, str]] = field(default_factory=list)
    referred: list[tuple[int, str]] = field(default_factory=list)  # by revisits
    records: int = 0
    shared: list[int] = field(default_factory=list)  # offsets

    def enter(self, record: Record) -> Iterator[Fault]:
        """Take down a record that was read; tell what is already wrong with it."""
        self.records += 1
        if self.records == 1 and record.type != WARCINFO:
            yield "warcinfo-first", f"the first record is a {record.type or 'nothing'}"
        if record.whole and not record.own_member:
            self.shared.append(record.offset)
        record_id = record.record_id
        if record_id is not None:
            if record_id in self.offsets:
                sentence = f"{record_id} is at offset {self.offsets[record_id]} too"
                yield "duplicate-id", sentence
            self.offsets.setdefault(record_id, record.offset)
            if record.type == REVISIT:
                self.revisits.add(record_id)
        for target in record.fields.all("WARC-Concurrent-To"):
            self.concurrent.append((record.offset, target))
        original = record.fields.first("WARC-Refers-To")
        if original is not None and record.type == REVISIT:
            self.referred.append((record.offset, original))

    def close(self) -> Iterator[tuple[int, Fault]]:
        """Tell what can be told once all records are known."""
        if self.shared:
            sentence = f"{len(self.shared)} records have no gzip member of their own"
            yield self.shared[0], ("shared-member", sentence)
        for offset, target in self.concurrent:
            if target not in self.offsets:
                sentence = f"the concurrent record {target} is not in the file"
                yield offset, ("dangling-concurrent", sentence)
        for offset, original in self.referred:
            if original in self.revisits:
                yield offset, ("revisit-of-revisit", f"{original} is a revisit itself")
            elif original not in self.offsets:
                sentence = f"the original {original} is not in the file"
                yield offset, ("refers-outside", sentence)


def _content_faults(record: Record) -> list[Fault]:
    """Read the block, and hold it against the fields and against its HTTP head."""
    with _read_block(record) as block:
        if not record.whole:
            return []
        faults = list(_digest_faults(record, block))
        if _is_http(record) and block:
            faults += _http_faults(record, block)
        elif record.type != REVISIT:
            faults += _payload_digest_faults(record, [("", "", block)])
    return faults


@contextmanager
def _read_block(record: Record) -> Iterator[memoryview]:
    """Read the block: into memory, or into a temporary file where it is too long."""
    start = record.read_block(_MOST_IN_MEMORY)
    if len(start) < _MOST_IN_MEMORY:
        yield memoryview(start)
        return
    with tempfile.TemporaryFile() as file:
        file.write(start)
        for chunk in record.chunks():
            file.write(chunk)
        file.flush()
        with (
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
            memoryview(mapped) as view,
        ):
            yield view


def _is_http(record: Record) -> bool:
    content_type = record.fields.first("Content-Type")
    if content_type is not None:
        return content_type.lower().startswith("application/http")
    uri = (record.target_uri or "").lower()
    return record.type in (REQUEST, RESPONSE) and uri.startswith(("http:", "https:"))


def _digest_faults(record: Record, block: memoryview) -> Iterator[Fault]:
    label = record.fields.first("WARC-Block-Digest")
    if label is None:
        if "WARC-Payload-Digest" not in record.fields:
            yield "digest-missing", "the record has no digest"
        return
    verdict = matches(label, block)
    if verdict is None:
        yield "digest-unknown", f"the block digest {label} can not be checked"
    elif not verdict:
        yield "block-digest", f"the block does not have the digest {label}"


def _payload_digest_faults(
    record: Record, bodies: list[tuple[str, str, Bytes]]
) -> Iterator[Fault]:
    """Find the body that the payload digest is of: no fault if it is the first.

    Of a segment, or of a body that was cut, the digest may be of the whole.
    """
    label = record.fields.first("WARC-Payload-Digest")
    partial = ("WARC-Truncated", "WARC-Segment-Number")
    if label is None or any(name in record.fields for name in partial):
        return
    for code, sentence, body in bodies:
        verdict = matches(label, body)
        if verdict is None:
            yield "digest-unknown", f"the payload digest {label} can not be checked"
            return
        if verdict:
            if code:
                yield code, sentence
            return
    yield "payload-digest", f"the payload does not have the digest {label}"


def _http_faults(record: Record, block: memoryview) -> Iterator[Fault]:
    """Check a message: whether the body has the form that the head declares."""
    head: Head | RequestHead
    try:
        if record.type == REQUEST:
            head = message.parse_request_head(block)
        else:
            head = message.parse_response_head(block)
    except MessageError as error:
        yield "http-head", f"the block is said to be HTTP: {error}"
        return
    body = block[head.length :]
    if record.type == REVISIT:  # its body was left out, and the digest is of that
        return
    if len(body) > _MOST_IN_MEMORY and message.is_chunked(head):
        yield "payload-digest-unread", f"{len(body)} bytes are not read as chunks"
        return
    framing, payload = _unframe(head, body)
    decoding, content = _decode(head, payload)
    if "WARC-Truncated" not in record.fields:
        yield from framing
        yield from decoding
    bodies: list[tuple[str, str, Bytes]] = [("", "", payload)]
    if len(body) != len(payload):
        sentence = "the payload digest is of all that follows the head"
        bodies.append(("payload-digest-framed", sentence, body))
    if content is not None:
        sentence = "the payload digest is of the body without its content coding"
        bodies.append(("payload-digest", sentence, content))
    yield from _payload_digest_faults(record, bodies)


def _unframe(head: Head | RequestHead, body: memoryview) -> tuple[list[Fault], Bytes]:
    """Take the body out of its framing, and say where the framing is not right."""
    if message.is_chunked(head):
        dechunked = message.dechunk(body)
        if body and not dechunked.length:
            sentence = "the head says chunked, the body has no chunks"
            return [("decoded-framing", sentence)], body
        if dechunked.complete and dechunked.length == len(body):
            return [], dechunked.payload
        sentence = f"the chunks end after {dechunked.length} of {len(body)} bytes"
        return [("http-chunks", sentence)], dechunked.payload
    declared = message.content_length(head)
    if declared is None or message.is_transfer_coded(head):
        return [], body
    if declared == len(body) or (isinstance(head, Head) and head.status in (204, 304)):
        return [], body[:declared]
    sentence = f"the body has {len(body)} bytes, its Content-Length is {declared}"
    return [("http-length", sentence)], body[:declared]


def _decode(
    head: Head | RequestHead, payload: Bytes
) -> tuple[list[Fault], Bytes | None]:
    """Try the content coding: faults, and the content if it could be decoded."""
    codings = tuple(c for c in message.content_encodings(head) if c != "identity")
    if not codings or not payload or len(payload) > _MOST_IN_MEMORY:
        return [], None
    if _looks_plain(payload):
        sentence = f"the head says {', '.join(codings)}, the body is plain"
        return [("decoded-content", sentence)], None
    try:
        decoded = message.decode(
            payload, codings, max_length=_MOST_DECODED, max_ratio=_MOST_RATIO
        )
    except ExpansionError:
        return [], None
    except MessageError as error:
        return [("content-coding", str(error))], None
    if decoded.complete:
        return [], decoded.content
    return [("content-coding", "the coded body is cut, or broken on the way")], None


def _looks_plain(payload: Bytes) -> bool:
    """Whether a body begins like text: without control characters."""
    return _CONTROL.search(bytes(payload[:_SAMPLE])) is None
