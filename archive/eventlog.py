"""The events of one WARC file, in order, up to where it is torn [I/O]."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.errors import DamagedRecord, UnsupportedFormat
from archive.events import CAPTURE, EVENT, MISS, REPORT, RUN
from archive.message import MessageError
from archive.model import Capture, Finding, Locator, Miss, Run, Severity
from archive.readback import capture_from, details_of, miss_from, run_from
from archive.warc.fields import Fields
from archive.warc.reader import OnFinding, Record, read_records

_HEAD_LIMIT = 1024 * 1024  # bytes of a response read to find its head
_DETAILS_LIMIT = 16 * 1024 * 1024  # bytes of a metadata block


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One whole event, and the offset behind its last record."""

    what: Capture | Miss | Run | None  # None: warcinfo, or somebody else's record
    end: int


@dataclass(slots=True)
class _Answer:
    """The response or revisit that waits for its metadata."""

    record: Record
    fields: Fields
    head: bytes


def read_events(
    path: Path, name: str, start: int = 0, *, on_finding: OnFinding | None = None
) -> Iterator[Event]:
    """Give the whole events from `start` on, under the catalogued name of the file.

    Raises DamagedRecord or UnsupportedFormat where the file goes on otherwise;
    every event that is whole before that place has been given then. With
    `on_finding` the damage is given to it instead, and reading goes on behind
    it. Records that are no part of an event of ours are passed over, so a file
    of another maker has none.
    """
    if path.stat().st_size <= start:
        return
    answer: _Answer | None = None
    for record in read_records(path, start=start, on_finding=on_finding):
        if record.type in ("response", "revisit"):
            head = record.read_block(_HEAD_LIMIT)
            record.finish()
            answer = _Answer(record, record.fields, head) if _is_ours(record) else None
        elif record.type in ("metadata", "warcinfo"):
            block = record.read_block(_DETAILS_LIMIT)
            # Given before the next record is looked for: what follows a whole
            # event may be the zeros of a power cut.
            record.finish()
            if _is_ours(record):
                yield Event(
                    what=_what(name, record, block, answer, on_finding),
                    end=record.offset + record.length,
                )
            answer = None


def whole_until(path: Path, name: str, start: int = 0) -> tuple[list[Event], str]:
    """Read events up to the first damage; gives them, and what the damage is.

    The sentence is empty if the file ends behind the last event.
    """
    events: list[Event] = []
    try:
        events.extend(read_events(path, name, start))
    except (DamagedRecord, UnsupportedFormat) as error:
        return events, str(error)
    end = events[-1].end if events else start
    rest = path.stat().st_size - end
    return events, f"{rest} bytes belong to no whole event" if rest else ""


def _what(
    name: str,
    record: Record,
    block: bytes,
    answer: _Answer | None,
    on_finding: OnFinding | None,
) -> Capture | Miss | Run | None:
    pairs = details_of(block) if record.type == "metadata" else ()
    details = dict(pairs)
    kind = details.get(EVENT)
    try:
        if kind == CAPTURE and answer is not None and _belong(record, answer):
            place = Locator(
                path=name, offset=answer.record.offset, length=answer.record.length
            )
            return capture_from(answer.fields, answer.head, details, place)
        if kind == MISS:
            return miss_from(record.fields, details)
        if kind in (RUN, REPORT):
            return run_from(pairs)
    except (KeyError, ValueError, MessageError) as error:
        sentence = f"a metadata record of ours that can't be read: {error!r}"
        if on_finding is None:
            raise DamagedRecord(sentence, path=name, offset=record.offset) from error
        on_finding(
            Finding(
                code="damaged-place",
                severity=Severity.ERROR,
                path=name,
                offset=record.offset,
                sentence=sentence,
            )
        )
    return None


def _is_ours(record: Record) -> bool:
    """Whether a record that was read is whole, and all there is in its gzip member.

    Only then has the member's checksum been seen; we write no others.
    """
    return record.whole and record.own_member


def _belong(record: Record, answer: _Answer) -> bool:
    """Whether a metadata record is of that answer: damage may lie between them."""
    return answer.record.record_id in record.fields.all("WARC-Concurrent-To")
