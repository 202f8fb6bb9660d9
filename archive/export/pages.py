"""The page lists of a WACZ file (WACZ 1.1.1, 5.2): what one can open in it [I/O].

pages/pages.jsonl         the texts: address, time, headline, text
pages/extraPages.jsonl    the other pages: front pages, listings, what gave no text
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from sqlalchemy import exists, select

from archive import schema
from archive.catalogue import Catalogue
from archive.clock import warc_date
from archive.export.closure import HTML
from archive.export.selection import Choice, chosen_captures
from archive.model import Role
from archive.recordids import bare_uuid

PAGES: Final = "pages/pages.jsonl"
EXTRA_PAGES: Final = "pages/extraPages.jsonl"
_captures, _articles = schema.captures.c, schema.articles.c
_TEXTS: Final = (
    select(
        _captures.record_id,
        _captures.url,
        _captures.date,
        _articles.title,
        _articles.text,
    )
    .join(schema.articles, _articles.record_id == _captures.record_id)
    .where(_articles.extractor == _captures.extractor)
    .order_by(_captures.date, _captures.record_id)
)


def page_lines(catalogue: Catalogue, choice: Choice) -> Iterator[bytes]:
    """Give the list of the articles, an entry for each of their texts."""
    yield _line(
        {
            "format": "json-pages-1.0",
            "id": "pages",
            "title": "Articles",
            "hasText": True,
        }
    )
    for clause in choice.clauses():
        with catalogue.reading() as connection:
            # Only what is listed: a whole article takes ten times as long to read.
            for row in connection.execute(_TEXTS.where(clause)):
                yield _line(
                    {
                        "id": bare_uuid(row.record_id),
                        "url": row.url,
                        "ts": row.date,
                        "title": row.title or row.url,
                        "text": row.text,
                    }
                )


def extra_page_lines(catalogue: Catalogue, choice: Choice) -> Iterator[bytes]:
    """Give the list of the other HTML pages that were answered with 200."""
    yield _line(
        {
            "format": "json-pages-1.0",
            "id": "extra-pages",
            "title": "Other pages",
            "hasText": False,
        }
    )
    has_text = exists(
        select(_articles.id).where(
            _articles.record_id == _captures.record_id,
            _articles.extractor == _captures.extractor,
        )
    )
    others = (
        _captures.status == 200,
        _captures.media_type.in_(HTML),
        _captures.profile.is_(None),
        _captures.role.not_in((Role.ROBOTS.value, Role.REQUISITE.value)),
        ~has_text,
    )
    for capture in chosen_captures(catalogue, choice, *others):
        yield _line(
            {
                "id": bare_uuid(capture.record_id),
                "url": capture.url,
                "ts": warc_date(capture.date),
                "title": capture.discovery.claimed_title or capture.url,
            }
        )


def _line(values: Mapping[str, object]) -> bytes:
    return msgspec.json.encode(values) + b"\n"
