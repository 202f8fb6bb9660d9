"""The labelled pages of tests/data/classes, and what is found on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from archive.model import CaptureClass
from pipelines.classes.view import Found
from pipelines.decoding import decode_page
from pipelines.extraction import Page
from pipelines.parsed import MarkupParser, ParsedPage

FOLDER = Path(__file__).parents[2] / "data" / "classes"
AT = datetime(2026, 1, 1, tzinfo=UTC)
_PARSER = MarkupParser()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPage:
    """A page whose class is known."""

    name: str
    page_class: CaptureClass
    split: str  # "tuning", "check", "late", "unseen-1"…; see the README beside them
    language: str
    url: str
    body: bytes


def labelled_pages() -> Iterator[LabelledPage]:
    """Go through all pages, in the order of the manifest."""
    for line in (FOLDER / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        yield LabelledPage(
            name=row["file"],
            page_class=CaptureClass(row["file"].partition("/")[0]),
            split=row["split"],
            language=row["language"],
            url=row["url"],
            body=(FOLDER / row["file"]).read_bytes(),
        )


def parse(body: bytes | str, url: str) -> ParsedPage:
    """Parse a page as the pipeline does."""
    page = Page(
        url=url,
        payload=body if isinstance(body, bytes) else body.encode(),
        content_encoding=None,
        content_type="text/html; charset=utf-8",
        captured_at=AT,
    )
    parsed = _PARSER.read(page, decode_page(page))
    assert parsed is not None
    return parsed


def found_on(body: bytes, url: str) -> Found:
    """Say what trafilatura finds: the classes must not hang on one extractor."""
    document = trafilatura.bare_extraction(
        body, url=url, include_comments=False, with_metadata=True
    )
    if document is None:
        return Found(text="", title=None, has_date=False, has_byline=False, access=None)
    assert not isinstance(document, dict)
    return Found(
        text=document.text or "",
        title=document.title,
        has_date=bool(document.date),
        has_byline=bool(document.author),
        access=None,
    )
