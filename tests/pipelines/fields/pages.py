"""Small pages for tests of fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pipelines.decoding import decode_page
from pipelines.extraction import NO_HINTS, Hints, Page
from pipelines.parsed import MarkupParser, ParsedPage

URL = "https://www.example-herald.com/world/2024/05/06/bridge-reopens-after-storm"
_PARSER = MarkupParser()


def parsed(
    body: str = "", head: str = "", *, url: str = URL, hints: Hints = NO_HINTS
) -> ParsedPage:
    """Parse a page of a head and a body; both are laid out as HTML."""
    markup = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    page = Page(
        url=url,
        payload=markup.encode(),
        content_encoding=None,
        content_type="text/html; charset=utf-8",
        captured_at=datetime(2024, 6, 1, tzinfo=UTC),
        hints=hints,
    )
    read = _PARSER.read(page, decode_page(page))
    assert read is not None
    return read


def json_ld(**article: object) -> str:
    """Write an article as a block of JSON-LD."""
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **article}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def meta(**contents: str) -> str:
    """Write <meta> tags; in names "__" stands for a colon and "_" for itself."""
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{content}">'
        for name, content in contents.items()
    )
