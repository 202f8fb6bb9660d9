"""Between the model and the rows of the catalogue. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from archive.clock import parse_warc_date, warc_date
from archive.model import (
    Article,
    Capture,
    CaptureClass,
    Claim,
    Discovery,
    FetchOutcome,
    Locator,
    Miss,
    Provenance,
    Revisit,
    RevisitProfile,
    Role,
    Run,
    Truncation,
    Work,
)
from archive.texts import Software, Verdict
from archive.urlkey import urlkey

Row = Mapping[Any, Any]

_WORK: Final = msgspec.json.Decoder(Work)


def capture_row(capture: Capture) -> dict[str, Any]:
    """Make the row of a capture, without its text outcome."""
    revisit = capture.revisit
    return {
        "record_id": capture.record_id,
        "url": capture.url,
        "urlkey": urlkey(capture.url),
        "date": warc_date(capture.date),
        "status": capture.status,
        "media_type": capture.media_type,
        "block_digest": capture.block_digest,
        "payload_digest": capture.payload_digest,
        "payload_length": capture.payload_length,
        "transfer_coded": int(capture.transfer_coded),
        "path": capture.locator.path,
        "offset": capture.locator.offset,
        "length": capture.locator.length,
        "profile": revisit.profile.value if revisit else None,
        "refers_to": revisit.record_id if revisit else None,
        "refers_to_url": revisit.url if revisit else None,
        "refers_to_date": warc_date(revisit.date) if revisit else None,
        "truncated": capture.truncated.value if capture.truncated else None,
        "redirect_from": capture.redirect_from,
        "attempt": capture.attempt,
        **_discovery_row(capture.discovery),
    }


def capture_of(row: Row) -> Capture:
    """Read the row of a capture."""
    profile, truncated = row["profile"], row["truncated"]
    return Capture(
        record_id=row["record_id"],
        url=row["url"],
        date=parse_warc_date(row["date"]),
        status=row["status"],
        media_type=row["media_type"],
        block_digest=row["block_digest"],
        payload_digest=row["payload_digest"],
        payload_length=row["payload_length"],
        transfer_coded=bool(row["transfer_coded"]),
        locator=Locator(path=row["path"], offset=row["offset"], length=row["length"]),
        discovery=_discovery_of(row),
        revisit=Revisit(
            profile=RevisitProfile(profile),
            record_id=row["refers_to"],
            url=row["refers_to_url"],
            date=parse_warc_date(row["refers_to_date"]),
        )
        if profile
        else None,
        truncated=Truncation(truncated) if truncated else None,
        redirect_from=row["redirect_from"],
        attempt=row["attempt"],
    )


def miss_row(miss: Miss) -> dict[str, Any]:
    """Make the row of a miss."""
    return {
        "record_id": miss.record_id,
        "date": warc_date(miss.date),
        "url": miss.url,
        "outcome": miss.outcome.value,
        "detail": miss.detail,
        "evidence": miss.evidence,
        "redirect_from": miss.redirect_from,
        "attempt": miss.attempt,
        **_discovery_row(miss.discovery),
    }


def miss_of(row: Row) -> Miss:
    """Read the row of a miss."""
    return Miss(
        record_id=row["record_id"],
        date=parse_warc_date(row["date"]),
        url=row["url"],
        outcome=FetchOutcome(row["outcome"]),
        detail=row["detail"],
        evidence=row["evidence"],
        redirect_from=row["redirect_from"],
        attempt=row["attempt"],
        discovery=_discovery_of(row),
    )


def run_row(run: Run) -> dict[str, Any]:
    """Make the row of a run."""
    return {
        "id": run.id,
        "source_id": run.source_id,
        "command": run.command,
        "began_at": warc_date(run.began_at),
        "ended_at": _date_text(run.ended_at),
        "settings_digest": run.settings_digest,
        "settings": _json(run.settings),
        "counts": _json(run.counts),
    }


def run_of(row: Row) -> Run:
    """Read the row of a run."""
    ended = row["ended_at"]
    return Run(
        id=row["id"],
        source_id=row["source_id"],
        command=row["command"],
        began_at=parse_warc_date(row["began_at"]),
        ended_at=parse_warc_date(ended) if ended else None,
        settings_digest=row["settings_digest"],
        settings=tuple((n, v) for n, v in json.loads(row["settings"])),
        counts=tuple((n, v) for n, v in json.loads(row["counts"])),
    )


def software_row(software: Software) -> dict[str, Any]:
    """Make the row of an extractor."""
    return {
        "key": software.key,
        "name": software.name,
        "version": software.version,
        "options_digest": software.options_digest,
        "options": _json(software.options),
    }


def software_of(row: Row) -> Software:
    """Read the row of an extractor."""
    return Software(
        name=row["name"],
        version=row["version"],
        options_digest=row["options_digest"],
        options=tuple((name, value) for name, value in json.loads(row["options"])),
    )


def verdict_row(verdict: Verdict, key: str) -> dict[str, Any]:
    """Make the row of what the extractor `key` made of a capture, but the article."""
    return {
        "record_id": verdict.record_id,
        "extractor": key,
        "outcome": verdict.outcome.value,
        "detail": verdict.detail,
        "page_class": verdict.page_class and verdict.page_class.value,
        "confidence": verdict.confidence,
    }


def article_row(article: Article, key: str) -> dict[str, Any]:
    """Make the row of an article; what the rows it points to say is not repeated."""
    source, work, published = article.provenance, article.work, article.work.published
    return {
        "id": article.id,
        "record_id": source.record_id,
        "extractor": key,
        "canonical_url": article.canonical_url,
        "date": warc_date(source.captured_at),
        "source_id": source.source_id,
        "title": work.title,
        "section": work.section,
        "authors": _json(work.authors),
        "published": published and published.text,
        "published_from": published and warc_date(published.earliest),
        "published_until": published and warc_date(published.latest),
        "language": work.language,
        "site_name": work.site_name,
        "access": work.access and work.access.value,
        "page_class": article.page_class.value,
        "confidence": article.confidence,
        "work": msgspec.json.encode(work).decode("utf-8"),
        "text": article.text,
        "claims": _json(
            [[c.field, c.value, c.origin, c.is_chosen] for c in article.claims]
        ),
    }


def article_of(row: Row, capture: Capture, software: Software) -> Article:
    """Read the row of an article, given the capture and the extractor it is of."""
    return Article(
        id=row["id"],
        canonical_url=row["canonical_url"],
        work=_WORK.decode(row["work"]),
        text=row["text"],
        page_class=CaptureClass(row["page_class"]),
        confidence=row["confidence"],
        claims=tuple(
            Claim(field=field, value=value, origin=origin, is_chosen=is_chosen)
            for field, value, origin, is_chosen in json.loads(row["claims"])
        ),
        provenance=Provenance(
            record_id=capture.record_id,
            payload_digest=capture.payload_digest,
            locator=capture.locator,
            captured_at=capture.date,
            url=capture.url,
            found_url=capture.discovery.url,
            extractor=software.name,
            extractor_version=software.version,
            options_digest=software.options_digest,
            run_id=capture.discovery.run_id,
            source_id=capture.discovery.source_id,
        ),
    )


def _discovery_row(discovery: Discovery) -> dict[str, Any]:
    return {
        "found_url": discovery.url,
        "role": discovery.role.value,
        "source_id": discovery.source_id,
        "run_id": discovery.run_id,
        "found_at": warc_date(discovery.found_at),
        "seed_url": discovery.seed_url,
        "seed_record_id": discovery.seed_record_id,
        "claimed_title": discovery.claimed_title,
        "claimed_date": discovery.claimed_date,
    }


def _discovery_of(row: Row) -> Discovery:
    return Discovery(
        url=row["found_url"],
        role=Role(row["role"]),
        source_id=row["source_id"],
        run_id=row["run_id"],
        found_at=parse_warc_date(row["found_at"]),
        seed_url=row["seed_url"],
        seed_record_id=row["seed_record_id"],
        claimed_title=row["claimed_title"],
        claimed_date=row["claimed_date"],
    )


def _date_text(date: datetime | None) -> str | None:
    return warc_date(date) if date else None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
