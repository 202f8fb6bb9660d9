"""What `dateline text` says of a page in JSON. Pure."""

from __future__ import annotations

from typing import Any, Final

from msgspec import to_builtins

from archive.clock import warc_date
from archive.model import Moment, Precision, TextOutcome
from pipelines.article_text import UNKNOWN_ADDRESS
from pipelines.extraction import Extraction, ExtractorInfo, Page

Values = dict[str, Any]

_TO_THE_DAY: Final = (Precision.DAY, Precision.MINUTE, Precision.SECOND)
_DAY_LENGTH: Final = len("2024-03-11")
# Outcomes that tell of an accident. A page without text is none.
_ACCIDENTS: Final = (
    TextOutcome.CRASHED,
    TextOutcome.FAILED,
    TextOutcome.MEMORY,
    TextOutcome.TIMEOUT,
    TextOutcome.UNDECODABLE,
)


def row(extraction: Extraction) -> Values:
    """Give the fields that most readers want; the text whatever the class is."""
    work = extraction.work
    return {
        "outcome": extraction.outcome,
        "class": extraction.page_class,
        "confidence": round(extraction.confidence, 4),
        "title": work.title,
        "authors": list(work.authors),
        "date": _day(work.published or work.modified),
        "published_at": work.published.text if work.published else None,
        "language": work.language,
        "text": extraction.text,
    }


def whole(page: Page, extraction: Extraction, info: ExtractorInfo) -> Values:
    """Give all fields, the claims they were chosen from, and by whom."""
    return {
        "url": None if page.url == UNKNOWN_ADDRESS else page.url,
        "captured_at": warc_date(page.captured_at),
        **row(extraction),
        "detail": extraction.detail,
        **to_builtins(extraction.work),
        "claims": to_builtins(extraction.claims),
        "extractor": {
            "name": info.name,
            "version": info.version,
            "options_digest": info.options_digest,
        },
    }


def accident(extraction: Extraction) -> str | None:
    """Say what went wrong with a page; None if nothing did."""
    if extraction.outcome not in _ACCIDENTS:
        return None
    return f"{extraction.outcome}: {extraction.detail}".removesuffix(": ")


def _day(moment: Moment | None) -> str | None:
    """Give the day by the publisher's own clock, if it is known."""
    if moment is None or moment.precision not in _TO_THE_DAY:
        return None
    return moment.text[:_DAY_LENGTH]
