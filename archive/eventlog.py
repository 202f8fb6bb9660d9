"""The events of one WARC file, in order, up to where it is torn [I/O]."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.errors import DamagedRecord, UnsupportedFormat
from archive.events import (
    CAPTURE,
    EVENT,
    MISS,
    REPORT,
    RUN,
    capture_from,
    details_of,
    miss_from,
    run_from,
)
from archive.message import MessageError
from archive.model import Capture, Locator, Miss, Run
from archive.warc.fields import Fields
from archive.warc.reader import Record, read_records

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


def read_events(path: Path, name: str, start: int = 0) -> Iterator[Event]:
    """Give the whole events from `start` on, under the catalogued name of the file.

    Raises DamagedRecord or UnsupportedFormat where the file goes on otherwise;
    an event that is not whole has not been given then. Records that are no
    part of an event of ours are passed over, so a file of another maker has
    none.
    """
    if path.stat().st_size <= start:
        return
    answer: _Answer | None = None
    ready: tuple[Record, Capture | Miss | Run | None] | None = None
    for record in read_records(path, start=start):
        if ready is not None:
            yield _event(*ready)
            ready = None
        if record.type in ("response", "revisit"):
            answer = _Answer(record, record.fields, record.read_block(_HEAD_LIMIT))
        elif record.type == "metadata":
            details = details_of(record.read_block(_DETAILS_LIMIT))
            ready = record, _what(name, record, dict(details), details, answer)
            answer = None
        elif record.type == "warcinfo":
            ready = record, None
    if ready is not None:
        yield _event(*ready)


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


def _event(record: Record, what: Capture | Miss | Run | None) -> Event:
    return Event(what=what, end=record.offset + record.length)


def _what(
    name: str,
    record: Record,
    details: dict[str, str],
    pairs: tuple[tuple[str, str], ...],
    answer: _Answer | None,
) -> Capture | Miss | Run | None:
    kind = details.get(EVENT)
    try:
        if kind == CAPTURE and answer is not None:
            place = Locator(
                path=name, offset=answer.record.offset, length=answer.record.length
            )
            return capture_from(answer.fields, answer.head, details, place)
        if kind == MISS:
            return miss_from(record.fields, details)
        if kind in (RUN, REPORT):
            return run_from(pairs)
    except (KeyError, ValueError, MessageError) as error:
        raise DamagedRecord(
            f"a metadata record of ours that can't be read: {error!r}",
            path=name,
            offset=record.offset,
        ) from error
    return None
