"""Imported revisits, joined with what they are of once that is there [I/O].

WARC/1.1 names the record, its address and its date; before, a revisit named a payload
of its own address, or nothing at all. The original may come with another file, so
revisits that were left without one are looked at again after each import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from archive import schema
from archive.cdxj import REVISIT, CdxLine
from archive.collection import Collection
from archive.importing.captures import NO_STATUS, role_of
from archive.importing.model import COMMAND
from archive.lookups import Index
from archive.model import Capture, Revisit, RevisitProfile, Role, TextOutcome
from archive.rows import capture_of, capture_row
from archive.urlkey import urlkey

_captures, _runs = schema.captures.c, schema.runs.c

TextOutcomeOf = Callable[[Capture], TextOutcome | None]


def resolve(collection: Collection, text_outcome: TextOutcomeOf) -> int:
    """Join imported revisits with originals that are held now; gives how many.

    A revisit takes payload digest and length from its original and, where its own
    record does not say, status, media type and role too.
    """
    index = Index(collection.index)
    found = [
        (revisit, original)
        for revisit in _unresolved(collection)
        if (original := _original(collection, index, revisit)) is not None
    ]
    with collection.catalogue.writing() as connection:
        for revisit, original in found:
            joined = _joined(revisit, original)
            outcome = text_outcome(joined)
            row = {**capture_row(joined), "text_outcome": outcome and outcome.value}
            connection.execute(
                update(schema.captures)
                .where(_captures.record_id == revisit.record_id)
                .values(**row)
            )
    return len(found)


def _unresolved(collection: Collection) -> list[Capture]:
    original = schema.captures.alias()
    question = (
        select(schema.captures)
        .join(schema.runs, _runs.id == _captures.run_id)
        .outerjoin(original, original.c.record_id == _captures.refers_to)
        .where(
            _runs.command == COMMAND,
            _captures.profile.is_not(None),
            # Named by its record, its original is known; the payload is not, yet.
            (original.c.record_id.is_(None))
            | (original.c.payload_digest != _captures.payload_digest),
        )
        .order_by(_captures.date, _captures.record_id)
    )
    with collection.catalogue.reading() as connection:
        return [capture_of(row) for row in connection.execute(question).mappings()]


def _original(collection: Collection, index: Index, capture: Capture) -> Capture | None:
    assert capture.revisit is not None
    wanted = capture.revisit
    named = _where(collection, _captures.record_id == wanted.record_id)
    if named:
        return named[0]
    of_address = _where(collection, _captures.urlkey == urlkey(wanted.url))
    if wanted.date != capture.date:
        second = timedelta(seconds=1)
        dated = [c for c in of_address if abs(c.date - wanted.date) < second]
        if dated:
            return dated[0]
    if capture.payload_digest:
        places = set(_with_digest(index, wanted.url, capture.payload_digest))
        of_address = [
            c
            for c in of_address
            if (c.locator.path.removeprefix("warc/"), c.locator.offset) in places
        ]
    elif wanted.profile is RevisitProfile.NOT_MODIFIED:
        of_address = [c for c in of_address if c.status == 200]
    else:
        return None
    return _before(of_address, capture.date)


def _with_digest(index: Index, url: str, digest: str) -> Iterator[tuple[str, int]]:
    """Find the places of the captures of an address with a payload."""
    for line in index.lookup(urlkey(url)):
        if line.mime != REVISIT and _same(line, digest) and line.offset is not None:
            yield line.filename or "", line.offset


def _same(line: CdxLine, digest: str) -> bool:
    return (line.digest or "").rpartition(":")[2] == digest.rpartition(":")[2]


def _before(captures: Iterable[Capture], date: datetime) -> Capture | None:
    """Give the last capture that is not after a date; if all are, the first."""
    ordered = sorted(captures, key=lambda capture: (capture.date, capture.record_id))
    earlier = [capture for capture in ordered if capture.date <= date]
    return earlier[-1] if earlier else next(iter(ordered), None)


def _joined(capture: Capture, original: Capture) -> Capture:
    assert capture.revisit is not None
    status = original.status if capture.status == NO_STATUS else capture.status
    role, media_type = capture.discovery.role, capture.media_type
    if media_type is None:
        media_type = original.media_type
        shown = original.status if status == 304 else status
        role = role_of(capture.url, shown, media_type, b"")
        if original.discovery.role is Role.ARTICLE and shown == 200:
            role = Role.ARTICLE
    return replace(
        capture,
        status=status,
        media_type=media_type,
        payload_digest=original.payload_digest,
        payload_length=original.payload_length,
        discovery=replace(capture.discovery, role=role),
        revisit=Revisit(
            profile=capture.revisit.profile,
            record_id=original.record_id,
            url=original.url,
            date=original.date,
        ),
    )


def _where(collection: Collection, condition: object) -> list[Capture]:
    question = (
        select(schema.captures)
        .where(condition, _captures.profile.is_(None))  # type: ignore[arg-type]
        .order_by(_captures.date, _captures.record_id)
    )
    with collection.catalogue.reading() as connection:
        return [capture_of(row) for row in connection.execute(question).mappings()]
