"""Captures out of other people's records: what they say, and nothing more. Pure.

What a record leaves open stays open, as far as a capture can: docs/import.md lists
what stands where.
"""

from __future__ import annotations

import re
import uuid
from typing import Final

from archive import message
from archive.clock import parse_warc_date
from archive.importing.facts import Facts, is_web
from archive.importing.model import About
from archive.model import (
    Capture,
    Discovery,
    Locator,
    Revisit,
    RevisitProfile,
    Role,
    Truncation,
)
from archive.warc.reader import Record

_SPACE: Final = uuid.UUID("d9a2a6f7-6f0e-5c39-9b55-2f4f6f1c1b6b")  # for ids of ours
_UUID: Final = re.compile(
    r"<?urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>?", re.IGNORECASE
)
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_FEEDS: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json"}
)
_LOOKS_HTML: Final = re.compile(
    rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_ROBOTS: Final = re.compile(r"https?://[^/?#]*/robots\.txt(?:[?#]|$)")
NO_STATUS: Final = 0  # a revisit without a head, until its original is known


class Names:
    """Names the answers of one file, each with another id.

    An answer is named by its own record id, if that is a UUID which no answer before
    it has; else by a UUID made of the digest of the file as it was given and the place
    of the record (RFC 9562, 5.5). UUIDs are the same in either case (RFC 9562, 4), and
    written here in lower case.
    """

    def __init__(self, file_digest: str) -> None:
        """Begin a file."""
        self._file_digest = file_digest
        self._given: set[str] = set()

    def name(self, record: Record, offset: int) -> str:
        """Name the next answer, which is kept at `offset`."""
        own = normal_id(record.record_id)
        if own is None or not _UUID.fullmatch(own) or own in self._given:
            own = f"<{uuid.uuid5(_SPACE, f'{self._file_digest} {offset}').urn}>"
        self._given.add(own)
        return own


def normal_id(stated: str | None) -> str | None:
    """Write a record id that is a UUID as the catalogue does; others stay."""
    match = _UUID.fullmatch(stated.strip()) if stated else None
    return f"<urn:uuid:{match[1].lower()}>" if match else stated


def is_answer(record: Record) -> bool:
    """Whether a record is one that can be a capture: an answer of the web."""
    return record.type in ("response", "revisit", "resource") and is_web(record)


def capture_from(
    record: Record, facts: Facts, names: Names, place: Locator, about: About
) -> Capture | None:
    """Make the capture that a record is; None if it is none, or can't be found.

    A capture is a response or revisit of the web with an HTTP head, or a resource of
    the web, which answers 200 by being there.
    """
    if not is_answer(record):
        return None
    record_id = names.name(record, place.offset)
    url = record.target_uri or ""
    try:
        date = parse_warc_date(record.fields.first("WARC-Date") or "")
    except ValueError:
        return None
    revisit = revisit_of(record, url) if record.type == "revisit" else None
    if record.type == "response" and facts.head is None:
        return None
    status = _status(record, facts, revisit)
    media_type = _media_type(record, facts)
    page = about.page(url, date)
    stated = record.fields.first("WARC-Payload-Digest")
    return Capture(
        record_id=record_id,
        url=url,
        date=date,
        status=status,
        media_type=media_type,
        block_digest=facts.block_digest,
        # The payload of a revisit is elsewhere: until it is found, its own word counts.
        payload_digest=facts.payload_digest if revisit is None else stated or "",
        payload_length=facts.payload_length if revisit is None else 0,
        transfer_coded=facts.head is not None and message.is_transfer_coded(facts.head),
        locator=place,
        discovery=Discovery(
            url=url,
            role=role_of(url, status, media_type, facts.begins),
            source_id=about.run.source_id,
            run_id=about.run.id,
            found_at=about.run.began_at,
            seed_url=page.list_url if page else None,
            claimed_title=page.title if page else None,
        ),
        revisit=revisit,
        truncated=_truncated(record, revisit),
    )


def role_of(url: str, status: int, media_type: str | None, begins: bytes) -> Role:
    """Say what an answer can have been asked for as; only a page can be an article."""
    if _ROBOTS.match(url):
        return Role.ROBOTS
    if media_type in _FEEDS:
        return Role.SEED
    is_html = media_type in _HTML or (
        media_type is None and _LOOKS_HTML.match(begins) is not None
    )
    return Role.ARTICLE if is_html and status == 200 else Role.REQUISITE


def revisit_of(record: Record, url: str) -> Revisit:
    """Read what a record says it is the same as.

    Before WARC/1.1 a revisit was of its own address, and named no record: then the
    payload it names stands for one, and its own date for the original's.
    """
    fields = record.fields
    profile = RevisitProfile.IDENTICAL_PAYLOAD
    if "server-not-modified" in (fields.first("WARC-Profile") or ""):
        profile = RevisitProfile.NOT_MODIFIED
    digest = fields.first("WARC-Payload-Digest")
    original = normal_id(fields.first("WARC-Refers-To"))
    target = (fields.first("WARC-Refers-To-Target-URI") or "").strip("<>")
    date = fields.first("WARC-Refers-To-Date") or fields.first("WARC-Date") or ""
    try:
        referred = parse_warc_date(date)
    except ValueError:
        referred = parse_warc_date(fields.first("WARC-Date") or "")
    return Revisit(
        profile=profile,
        record_id=original or f"<urn:{digest or 'unknown'}>",
        url=target or url,
        date=referred,
    )


def _status(record: Record, facts: Facts, revisit: Revisit | None) -> int:
    if facts.head is not None:
        return facts.head.status
    if revisit is None:
        return 200
    return 304 if revisit.profile is RevisitProfile.NOT_MODIFIED else NO_STATUS


def _media_type(record: Record, facts: Facts) -> str | None:
    if facts.head is not None:
        return message.media_type(facts.head)
    if record.type != "resource":
        return None
    stated = (record.fields.first("Content-Type") or "").partition(";")[0]
    return stated.strip().lower() or None


def _truncated(record: Record, revisit: Revisit | None) -> Truncation | None:
    if revisit is not None:
        return None  # there it says that the payload is left out
    stated = record.fields.first("WARC-Truncated")
    if stated is None and "WARC-Segment-Number" not in record.fields:
        return None
    try:
        return Truncation((stated or "").strip().lower())
    except ValueError:
        return Truncation.UNSPECIFIED
