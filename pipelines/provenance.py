"""An extraction becomes an article: which bytes, which software, which run. Pure."""

from __future__ import annotations

import uuid
from typing import Final

from archive.model import Article, Capture, CaptureClass, Provenance, TextOutcome
from archive.texts import Software, Verdict
from pipelines.extraction import Extraction, ExtractorInfo

_SPACE: Final = uuid.UUID("0f0c1c9e-4d0e-5f6b-8a55-5f4e7d1b2c3a")  # ours, for ever


def article_id(record_id: str, info: ExtractorInfo) -> str:
    """Name the text that an extractor makes of a record: the same one each time.

    A name-based UUID (RFC 9562, 5.5), so that a rebuild gives the same ids.
    """
    name = f"{record_id} {info.name} {info.version} {info.options_digest}"
    return f"<{uuid.uuid5(_SPACE, name).urn}>"


def software(info: ExtractorInfo) -> Software:
    """Say of an extractor what the archive keeps of it."""
    return Software(
        name=info.name,
        version=info.version,
        options_digest=info.options_digest,
        options=info.options,
    )


def verdict_on(
    capture: Capture, extraction: Extraction, info: ExtractorInfo
) -> Verdict:
    """Say what an extractor made of a capture; an article only if it is a text."""
    is_text = extraction.outcome is TextOutcome.TEXT
    return Verdict(
        record_id=capture.record_id,
        url=capture.url,
        outcome=extraction.outcome,
        detail=extraction.detail,
        page_class=extraction.page_class,
        confidence=extraction.confidence,
        article=article_from(capture, extraction, info) if is_text else None,
    )


def article_from(
    capture: Capture, extraction: Extraction, info: ExtractorInfo
) -> Article:
    """Join what the page says with where it came from."""
    return Article(
        id=article_id(capture.record_id, info),
        canonical_url=extraction.work.canonical_url or capture.url,
        work=extraction.work,
        text=extraction.text,
        page_class=extraction.page_class or CaptureClass.ARTICLE,
        confidence=extraction.confidence,
        claims=extraction.claims,
        provenance=Provenance(
            record_id=capture.record_id,
            payload_digest=capture.payload_digest,
            locator=capture.locator,
            captured_at=capture.date,
            url=capture.url,
            found_url=capture.discovery.url,
            extractor=info.name,
            extractor_version=info.version,
            options_digest=info.options_digest,
            run_id=capture.discovery.run_id,
            source_id=capture.discovery.source_id,
        ),
    )
