"""An extraction becomes an article: which bytes, which software, which run. Pure."""

from __future__ import annotations

import uuid
from typing import Final

from archive.model import Article, Capture, Provenance
from pipelines.extraction import Extraction, ExtractorInfo

_SPACE: Final = uuid.UUID("0f0c1c9e-4d0e-5f6b-8a55-5f4e7d1b2c3a")  # ours, for ever


def article_id(record_id: str, info: ExtractorInfo) -> str:
    """Name the text that an extractor makes of a record: the same one each time.

    A name-based UUID (RFC 9562, 5.5), so that a rebuild gives the same ids.
    """
    name = f"{record_id} {info.name} {info.version} {info.options_digest}"
    return f"<{uuid.uuid5(_SPACE, name).urn}>"


def article_from(
    capture: Capture, extraction: Extraction, info: ExtractorInfo
) -> Article:
    """Join what the page says with where it came from."""
    return Article(
        id=article_id(capture.record_id, info),
        canonical_url=extraction.canonical_url or capture.url,
        title=extraction.title,
        authors=extraction.authors,
        published=extraction.published,
        site_name=extraction.site_name,
        description=extraction.description,
        language=extraction.language,
        text=extraction.text,
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
