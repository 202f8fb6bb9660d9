"""What a line of JSON says of a capture, a miss, a run, an extractor. Pure."""

from __future__ import annotations

from typing import Any

from archive.clock import warc_date
from archive.model import Miss, Run
from archive.questions import Kept
from archive.texts_questions import Held


def capture_values(kept: Kept) -> dict[str, Any]:
    """Make what one line of JSON says of a capture."""
    capture, discovery = kept.capture, kept.capture.discovery
    return {
        "record_id": capture.record_id.strip("<>"),
        "url": capture.url,
        "date": warc_date(capture.date),
        "status": capture.status,
        "media_type": capture.media_type,
        "payload_digest": capture.payload_digest,
        "payload_length": capture.payload_length,
        "warc_file": capture.locator.path,
        "warc_offset": capture.locator.offset,
        "warc_length": capture.locator.length,
        "revisit_of": capture.revisit.record_id.strip("<>")
        if capture.revisit
        else None,
        "truncated": capture.truncated,
        "role": discovery.role,
        "source": discovery.source_id,
        "run": discovery.run_id,
        "found_url": discovery.url,
        "seed_url": discovery.seed_url,
        "redirect_from": capture.redirect_from.strip("<>")
        if capture.redirect_from
        else None,
        "attempt": capture.attempt,
        "text_outcome": kept.text_outcome,
        "text_detail": kept.text_detail,
        "class": kept.page_class,
        "extractor": kept.extractor,
    }


def miss_values(miss: Miss) -> dict[str, Any]:
    """Make what one line of JSON says of a miss."""
    return {
        "record_id": miss.record_id.strip("<>"),
        "url": miss.url,
        "date": warc_date(miss.date),
        "outcome": miss.outcome,
        "detail": miss.detail,
        "evidence": miss.evidence.strip("<>") if miss.evidence else None,
        "attempt": miss.attempt,
        "role": miss.discovery.role,
        "source": miss.discovery.source_id,
        "run": miss.discovery.run_id,
        "found_url": miss.discovery.url,
        "seed_url": miss.discovery.seed_url,
    }


def run_values(run: Run) -> dict[str, Any]:
    """Make what one line of JSON says of a run."""
    return {
        "id": run.id,
        "source": run.source_id,
        "command": run.command,
        "began_at": warc_date(run.began_at),
        "ended_at": warc_date(run.ended_at) if run.ended_at else None,
        "counts": dict(run.counts),
        "settings": dict(run.settings),
    }


def extractor_values(held: Held) -> dict[str, Any]:
    """Make what one line of JSON says of an extractor."""
    software = held.software
    return {
        "key": software.key,
        "name": software.name,
        "version": software.version,
        "options_digest": software.options_digest,
        "options": dict(software.options),
        "captures": held.captures,
        "articles": held.articles,
        "shown": held.shown,
    }
