"""CDXJ files: made from WARC files, and written whole [I/O].

Beside each WARC file of a collection lies one sorted CDXJ file of its captures,
`index/2026/11/22/STEM.cdxj`: a WARC file and its index come and go together. So that
a lookup need not ask them all, `indexmerge` sorts many into one. Everything here is
derived from the WARC files and can be built again from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final

from archive.cdxj import (
    CdxLine,
    capture_line,
    is_indexed,
    sorted_lines,
)
from archive.clock import parse_warc_date
from archive.digests import sha1_label
from archive.errors import DamagedRecord
from archive.message import MessageError, parse_response_head
from archive.model import Finding, Severity
from archive.warc.reader import Record, read_records
from archive.warc.writer import write_whole

CODES: Final[dict[str, tuple[Severity, str]]] = {
    "not-indexed": (
        Severity.WARNING,
        "A capture can't be looked up: it has no address, date or member of its own.",
    ),
}
_FIRST_BYTES: Final = 256 * 1024  # of a block: enough for any HTTP head
_HTTP: Final = ("http:", "https:")


def write_index(lines: Iterable[CdxLine], target: Path) -> None:
    """Write the index of one WARC file: sorted, and whole or not at all.

    Makes the folder where it is missing. Raises StorageError.
    """
    write_whole(target, b"".join(sorted_lines(lines)))


def build_index(
    warc: Path,
    filename: str,
    *,
    on_finding: Callable[[Finding], None] | None = None,
) -> list[CdxLine]:
    """Read a WARC file and make the lines of its index, in the file's order.

    `filename` is what the lines call the file. The lines are those that
    cdxj-indexer 1.5 makes. A torn record gets none; neither does one that could
    not be found or served by it (no address, no date, no gzip member of its own).
    Both are given to `on_finding`, as `read_records` gives what it finds; without
    that, DamagedRecord or UnsupportedFormat is raised.
    """
    lines = []
    for record in read_records(warc, on_finding=on_finding):
        if not is_indexed(record.type, record.fields.first("Content-Type")):
            continue
        url = _target(record)
        if url is None and record.type == "metadata":
            continue  # it may be about a file, or about another record
        mime, status, digest = _content(record)
        record.finish()
        problem = _problem(record, url)
        if problem is None:
            assert url is not None
            lines.append(
                capture_line(
                    url=url,
                    date=parse_warc_date(record.fields.first("WARC-Date") or ""),
                    record_type=record.type,
                    mime=mime,
                    status=status,
                    digest=digest,
                    offset=record.offset,
                    length=record.length,
                    filename=filename,
                )
            )
        elif record.whole:  # what is torn has been told of by the reader
            _tell(warc, record, problem, on_finding)
    return lines


def _target(record: Record) -> str | None:
    """Give the address as index lines have it: in one word."""
    uri = record.target_uri
    return uri.replace(" ", "%20") if uri else None


def _content(record: Record) -> tuple[str | None, int | None, str | None]:
    """Read Content-Type, status and payload digest of a record."""
    content_type = record.fields.first("Content-Type")
    status = None
    first = b""
    if record.type in ("response", "revisit"):
        content_type = None
        if (record.target_uri or "").startswith(_HTTP):
            first = record.read_block(_FIRST_BYTES)
            with suppress(MessageError):  # a block without a head is all payload
                head = parse_response_head(first)
                first = first[head.length :]
                status = head.status
                content_type = head.text(b"content-type")
    digest = record.fields.first("WARC-Payload-Digest") or None
    if digest is None and record.type != "revisit":
        # Transfer coding included: what other tools compute where none is given.
        digest = sha1_label(chain((first,), record.chunks()))
    return content_type, status, digest


def _problem(record: Record, url: str | None) -> str | None:
    """Say why a record that has been read can't have a line; None if it can."""
    if not record.whole:
        return "the record is torn"
    if url is None:
        return "the record names no address"
    if not record.own_member:
        return "the record has no gzip member of its own"
    try:
        parse_warc_date(record.fields.first("WARC-Date") or "")
    except ValueError:
        return "the record has no date"
    return None


def _tell(
    warc: Path,
    record: Record,
    problem: str,
    on_finding: Callable[[Finding], None] | None,
) -> None:
    sentence = f"{problem}, so it is not in the index"
    if on_finding is None:
        raise DamagedRecord(sentence, path=warc, offset=record.offset)
    on_finding(
        Finding(
            code="not-indexed",
            severity=CODES["not-indexed"][0],
            path=str(warc),
            offset=record.offset,
            sentence=sentence,
        )
    )
