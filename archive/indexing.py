"""The CDXJ line of a capture, while its bytes are still at hand. Pure."""

from __future__ import annotations

from archive import cdxj
from archive.cdxj import CdxLine
from archive.digests import sha1_label
from archive.events import CaptureOrder, has_payload_digest
from archive.model import Capture, RevisitProfile


def capture_line(capture: Capture, order: CaptureOrder) -> CdxLine:
    """Make the line that reading the record back would make."""
    head, revisit = order.answer.head, capture.revisit
    is_empty = revisit is not None and revisit.profile is RevisitProfile.NOT_MODIFIED
    content_type = head.first(b"Content-Type")
    digest: str | None = None
    if has_payload_digest(head, revisit):
        digest = capture.payload_digest
    elif not is_empty:
        # What CDX tools compute where the record says nothing: over the body
        # as stored, framing included.
        body = memoryview(order.exchange.response)[head.length :]
        digest = sha1_label([body])
    return cdxj.capture_line(
        url=capture.url.strip(),  # as a field's value is read
        date=capture.date,
        record_type="revisit" if revisit is not None else "response",
        mime=content_type.decode("latin-1") if content_type is not None else None,
        status=None if is_empty else capture.status,
        digest=digest,
        offset=capture.locator.offset,
        length=capture.locator.length,
        filename=capture.locator.path.removeprefix("warc/"),
    )
