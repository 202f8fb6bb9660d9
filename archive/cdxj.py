"""One line of a CDXJ index (CDXJ 0.1.0): key, time, and JSON about a capture.

    org,example)/a 20261122081500 {"url": "https://example.org/a", "mime": …}

Pure. Lines are written as cdxj-indexer 1.5 writes them, byte for byte, so that
an index of ours and one made from the WARC files by others can be compared
with `cmp`. Reading is more tolerant: other fields, and numbers, are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from archive.clock import timestamp14
from archive.urlkey import urlkey

REVISIT: Final = "warc/revisit"

# What can be replayed; a metadata record may hold a page's screenshot or text.
_INDEXED: Final = frozenset({"response", "revisit", "resource", "metadata"})
_WARC_FIELDS: Final = "application/warc-fields"
_AFTER_TOKEN: Final = re.compile(r"[;\s]")
_TIMESTAMP: Final = re.compile(r"[0-9]{14}(?:[0-9]{3})?")
_FULL_TIMESTAMP: Final = "00000101000000"  # fills up "2026" or "202611"
_NUMBER: Final = re.compile(r"[0-9]{1,19}")


class CdxError(ValueError):
    """The bytes are no CDXJ line; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxLine:
    """What the index says of one capture.

    `pairs` is the JSON object in its order. The properties give the fields that
    have a meaning here, None where a line of others leaves them out.
    """

    urlkey: str
    timestamp: str  # 14 digits, or 17 with milliseconds
    pairs: tuple[tuple[str, str], ...]

    def first(self, name: str) -> str | None:
        """Give the value of a field of the JSON object, or None."""
        for key, value in self.pairs:
            if key == name:
                return value
        return None

    @property
    def url(self) -> str | None:
        """The address, as it stands in the record."""
        return self.first("url")

    @property
    def mime(self) -> str | None:
        """The media type, in the server's spelling; `warc/revisit` for revisits."""
        return self.first("mime")

    @property
    def status(self) -> int | None:
        """The HTTP status."""
        return self._number("status")

    @property
    def digest(self) -> str | None:
        """The label of the payload's digest."""
        return self.first("digest")

    @property
    def length(self) -> int | None:
        """The length of the record's gzip member, bytes."""
        return self._number("length")

    @property
    def offset(self) -> int | None:
        """Where the record begins in its file, bytes."""
        return self._number("offset")

    @property
    def filename(self) -> str | None:
        """The WARC file, as the index names it."""
        return self.first("filename")

    @property
    def date(self) -> datetime:
        """The time of the capture, to the precision of the timestamp."""
        return moment(self.timestamp)

    def _number(self, name: str) -> int | None:
        value = self.first(name)
        return int(value) if value and _NUMBER.fullmatch(value) else None


def moment(timestamp: str) -> datetime:
    """Read a timestamp of 14 or 17 digits; CdxError if it is none."""
    if not _TIMESTAMP.fullmatch(timestamp):
        raise CdxError(f"not a timestamp of 14 or 17 digits: {timestamp[:40]!r}")
    try:
        return datetime(
            int(timestamp[:4]),
            int(timestamp[4:6]),
            int(timestamp[6:8]),
            int(timestamp[8:10]),
            int(timestamp[10:12]),
            int(timestamp[12:14]),
            int(timestamp[14:] or 0) * 1000,
            tzinfo=UTC,
        )
    except ValueError as error:
        raise CdxError(f"not a date: {timestamp!r} ({error})") from error


def full_moment(timestamp: str) -> datetime:
    """Read a timestamp that may end after the year, month, day… as its beginning.

    Raises CdxError.
    """
    if len(timestamp) < 14 and len(timestamp) % 2:
        raise CdxError(f"not a timestamp: {timestamp!r} ends inside of a number")
    return moment(timestamp + _FULL_TIMESTAMP[len(timestamp) :])


def format_line(line: CdxLine) -> bytes:
    """Write a line, the line feed included."""
    text = f"{line.urlkey} {line.timestamp} {json.dumps(dict(line.pairs))}\n"
    return text.encode("utf-8", "surrogateescape")


def parse_line(text: bytes | str) -> CdxLine:
    """Read a line, with or without its line feed.

    JSON values that are no strings become the text of themselves, null goes.
    Raises CdxError.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    key, _, rest = text.partition(" ")
    timestamp, _, block = rest.partition(" ")
    try:
        fields = json.loads(block)
    except (ValueError, RecursionError) as error:
        raise CdxError(f"no JSON object behind the time: {error}") from error
    if not key or not isinstance(fields, dict):
        raise CdxError("no key, or no JSON object behind the time")
    moment(timestamp)
    pairs = tuple(
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, value in fields.items()
        if value is not None
    )
    return CdxLine(urlkey=key, timestamp=timestamp, pairs=pairs)


def sorted_lines(lines: Iterable[CdxLine]) -> list[bytes]:
    """Write lines in the order of an index: by their bytes, equal ones once."""
    return sorted({format_line(line) for line in lines})


def is_indexed(record_type: str, content_type: str | None) -> bool:
    """Whether a record gets a line; `content_type` is the record's own.

    Blocks of `application/warc-fields` say something about captures and are none.
    """
    if record_type in ("resource", "metadata") and content_type == _WARC_FIELDS:
        return False
    return record_type in _INDEXED


def mime_of(record_type: str, content_type: str | None) -> str | None:
    """Tell what `mime` a line has; None: it has none.

    `content_type` is the server's for responses, for others the record's own.
    """
    if record_type == "revisit":
        return REVISIT
    if content_type is None:
        return None
    return _AFTER_TOKEN.split(content_type, maxsplit=1)[0]


def capture_line(
    *,
    url: str,
    date: datetime,
    record_type: str,
    mime: str | None,
    status: int | None,
    digest: str | None,
    offset: int,
    length: int,
    filename: str,
) -> CdxLine:
    """Make the line of a record out of plain values.

    `mime` is a Content-Type with or without parameters; of a revisit it is not
    asked. What is None is left out.
    """
    values = (
        ("url", url),
        ("mime", mime_of(record_type, mime)),
        ("status", None if status is None else f"{status:03d}"),
        ("digest", digest),
        ("length", str(length)),
        ("offset", str(offset)),
        ("filename", filename),
    )
    return CdxLine(
        urlkey=urlkey(url),
        timestamp=timestamp14(date),
        pairs=tuple((name, value) for name, value in values if value is not None),
    )
