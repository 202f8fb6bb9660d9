"""Pages of one article, for the tests of bylines."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pipelines.decoding import decode_page
from pipelines.extraction import Page
from pipelines.fields.bylines import read_bylines
from pipelines.parsed import MarkupParser, ParsedPage

_PARSER = MarkupParser()
TITLE = "The bridge is open again"


def parsed(body: str = "", *, head: str = "", data: object = None) -> ParsedPage:
    """Parse a page of a headline in its head, and a body within its article."""
    if data is not None:
        head += f'<script type="application/ld+json">{json.dumps(data)}</script>'
    markup = (
        f"<html><head><title>{TITLE} | The Daily Loom</title>{head}</head>"
        f"<body><article>{body}</article></body></html>"
    )
    page = Page(
        url="https://www.loom.example/news/bridge",
        payload=markup.encode(),
        content_encoding=None,
        content_type="text/html; charset=utf-8",
        captured_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    read = _PARSER.read(page, decode_page(page))
    assert read is not None
    return read


def names(page: ParsedPage) -> list[str]:
    """Give the names of the authors that are read."""
    return [byline.name for byline in read_bylines(page, "The Daily Loom").value]


def article(**fields: object) -> dict[str, object]:
    """Make the JSON-LD of an article."""
    return {"@type": "NewsArticle", "headline": TITLE, **fields}


def person(name: object) -> dict[str, object]:
    """Make the JSON-LD of a person."""
    return {"@type": "Person", "name": name}
