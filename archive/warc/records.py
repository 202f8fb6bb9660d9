"""Records ready for a file, through warcio's record classes on the one exact path.

warcio writes a block as it was given only if the record is built directly:
no parsed HTTP head, the whole block as the stream, every digest set before
(docs/decisions/0002). Nothing else in Dateline makes WARC records.
"""

from __future__ import annotations

import io
import uuid
import zlib
from collections.abc import Iterable

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
from zlib_ng import zlib_ng

from archive.digests import sha256_label

HTTP_REQUEST = "application/http; msgtype=request"
HTTP_RESPONSE = "application/http; msgtype=response"
WARC_FIELDS = "application/warc-fields"

# zlib-ng 5 writes files within 2.5 % of the size of zlib 9 in less than a
# third of its time (docs/decisions/0003, benchmarks/deflate.py).
COMPRESSION_LEVEL = 5
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def new_record_id() -> str:
    """Make a `WARC-Record-ID`: a random UUID as a URN in angle brackets."""
    return f"<{uuid.uuid4().urn}>"


def make_record(
    record_type: str,
    fields: Iterable[tuple[str, str]],
    block: bytes,
    content_type: str | None,
) -> ArcWarcRecord:
    """Build a record; `fields` stand between `WARC-Type` and the block's own.

    The block digest is added here. `WARC-Payload-Digest` is the caller's to
    give, since only the caller knows what the payload is. Raises ValueError
    for a value with a line break: it would begin a field of its own.
    """
    fields = tuple(fields)
    for name, value in fields:
        if "\r" in value or "\n" in value:
            raise ValueError(f"a line break in the value of {name}: {value!r}")
    headers = StatusAndHeaders(
        "",
        [
            ("WARC-Type", record_type),
            *fields,
            ("WARC-Block-Digest", sha256_label(block)),
        ],
        protocol="WARC/1.1",
    )
    # Of a revisit, warcio's writer takes nothing but the parsed head.
    head = _ExactHead(block) if record_type == "revisit" and block else None
    stream = io.BytesIO(b"" if head else block)
    return ArcWarcRecord(
        "warc", record_type, headers, stream, head, content_type, len(block)
    )


def member(record: ArcWarcRecord, level: int = COMPRESSION_LEVEL) -> bytes:
    """Write a record as one gzip member (WARC/1.1, annex D)."""
    plain = io.BytesIO()
    _ExactWriter(plain, gzip=False, warc_version="1.1").write_record(record)
    deflate = zlib_ng.compressobj(level, zlib_ng.DEFLATED, _GZIP_WINDOW)
    return deflate.compress(plain.getbuffer()) + deflate.flush()


class _ExactHead(StatusAndHeaders):  # type: ignore[misc]
    """An HTTP head that is written as it was received, not as it was parsed."""

    def __init__(self, block: bytes) -> None:
        super().__init__("as received", [])
        self.headers_buff = block

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Leave the bytes as they are."""


class _ExactWriter(WARCWriter):  # type: ignore[misc]
    """warcio's writer, but for the digests it would add by itself.

    It would put a payload digest on metadata records, where WARC/1.1 forbids
    it, and one over the chunk framing on responses (webrecorder/warcio#74).
    """

    def ensure_digest(
        self, record: ArcWarcRecord, block: bool = True, payload: bool = True
    ) -> None:
        """Leave the record as it is: `make_record` has set what belongs there."""
