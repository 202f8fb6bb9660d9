"""The extractor as a function: the bytes of a page in, its text and fields out.

For a page or two, in the process of the caller. Many pages, or pages of people who
mean harm, go through `pipelines.pool.ExtractionPool`, which survives them.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Final

from archive import clock
from pipelines.extraction import Extraction, Extractor, Page, attempt, load_extractor
from pipelines.pool import DEFAULT_EXTRACTOR

UNKNOWN_ADDRESS: Final = "about:blank"  # no relative link leads anywhere from there
_GZIP_MAGIC: Final = b"\x1f\x8b"  # RFC 1952, 2.3.1


def extract(
    html: bytes,
    url: str = UNKNOWN_ADDRESS,
    *,
    content_type: str | None = None,
    content_encoding: str | None = None,
    captured_at: datetime | None = None,
) -> Extraction:
    """Extract the text of a page, and what the page says of its article.

    `content_type` and `content_encoding` are the server's field values, if they are
    known. The page was captured at `captured_at`, or now: no date after it is
    believed, and the same page with the same date always gives the same. Nothing is
    raised for a page: what goes wrong with one is the outcome. Raises
    ExtractorUnavailable if the extractor can't be built.
    """
    page = page_of(
        html,
        url,
        content_type=content_type,
        content_encoding=content_encoding,
        captured_at=captured_at or clock.now(),
    )
    return attempt(the_extractor(), page)


def page_of(
    payload: bytes,
    url: str,
    *,
    captured_at: datetime,
    content_type: str | None = None,
    content_encoding: str | None = None,
) -> Page:
    """Make a page of a payload; one that is gzip, and is not said to be, is gzip."""
    if content_encoding is None and payload.startswith(_GZIP_MAGIC):
        content_encoding = "gzip"
    return Page(
        url=url,
        payload=payload,
        content_encoding=content_encoding,
        content_type=content_type,
        captured_at=captured_at,
    )


@cache
def the_extractor() -> Extractor:
    """Build the extractor of the archive, once. Raises ExtractorUnavailable."""
    return load_extractor(DEFAULT_EXTRACTOR)
