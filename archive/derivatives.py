"""The files in `text/`: the articles of one finished WARC file [I/O].

Two files share its stem: conversion records, and the same articles as JSON
Lines with their provenance. Both are a function of the catalogue's rows, which
are a function of the WARC file: made again, they are the same, byte for byte.
So a conversion's `WARC-Date` is that of the capture it was made of.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Final

from zlib_ng import zlib_ng

from archive.clock import warc_date
from archive.collection import Collection
from archive.digests import sha256_label
from archive.model import Article
from archive.questions import articles_of_file
from archive.warc.fields import serialise_warc_fields
from archive.warc.records import WARC_FIELDS, make_record, member
from archive.warc.writer import WholeFile

TEXT_SUFFIX: Final = ".text.warc.gz"
JSONL_SUFFIX: Final = ".jsonl.gz"
_SPACE: Final = uuid.UUID("6c0b4a62-6f0f-5a2f-9a55-0d6a3f5f1d7e")  # for record ids


def publish(collection: Collection, name: str) -> int:
    """Write both files for a WARC file, whole or not at all; gives the articles.

    A file without an article gets none. Raises StorageError.
    """
    articles = articles_of_file(collection.catalogue, name)
    first = next(articles, None)
    count = 0
    if first is not None:
        text = collection.derived(name, "text", TEXT_SUFFIX)
        lines = collection.derived(name, "text", JSONL_SUFFIX)
        with WholeFile(text) as text_file, WholeFile(lines) as lines_file:
            deflate = zlib_ng.compressobj(6, zlib_ng.DEFLATED, 31)
            text_file.write(_warcinfo(name, text.name, first))
            for article in _chain(first, articles):
                text_file.write(_conversion(article))
                lines_file.write(deflate.compress(article_line(article)))
                count += 1
            lines_file.write(deflate.flush())
    collection.catalogue.mark_derived(name)
    return count


def article_values(article: Article) -> dict[str, Any]:
    """Make what one line of JSON says of an article."""
    source = article.provenance
    return {
        "id": article.id.strip("<>"),
        "url": source.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published,
        "site_name": article.site_name,
        "description": article.description,
        "language": article.language,
        "text": article.text,
        "claims": [
            {"field": claim.field, "value": claim.value, "origin": claim.origin}
            for claim in article.claims
        ],
        "provenance": {
            "record_id": source.record_id.strip("<>"),
            "payload_digest": source.payload_digest,
            "warc_file": source.locator.path,
            "warc_offset": source.locator.offset,
            "warc_length": source.locator.length,
            "captured_at": warc_date(source.captured_at),
            "found_url": source.found_url,
            "source": source.source_id,
            "run": source.run_id,
            "extractor": source.extractor,
            "extractor_version": source.extractor_version,
            "options_digest": source.options_digest,
            "text_digest": sha256_label(article.text.encode("utf-8")),
        },
    }


def article_line(article: Article) -> bytes:
    """Write one line of JSON Lines."""
    line = json.dumps(article_values(article), ensure_ascii=False)
    return line.encode("utf-8") + b"\n"


def _conversion(article: Article) -> bytes:
    source = article.provenance
    date = warc_date(source.captured_at)
    # A URN of its own, never the page's address: replay tools would otherwise
    # offer the text as another capture of the page (docs/decisions/0005).
    fields = [
        ("WARC-Record-ID", article.id),
        ("WARC-Date", date),
        ("WARC-Target-URI", article.id.strip("<>")),
        ("WARC-Refers-To", source.record_id),
    ]
    details = [
        ("url", source.url),
        ("payload-digest", source.payload_digest),
        ("warc-file", source.locator.path),
        ("warc-offset", str(source.locator.offset)),
        ("extractor", source.extractor),
        ("extractor-version", source.extractor_version),
        ("options-digest", source.options_digest),
        ("run", source.run_id),
        ("source", source.source_id),
    ]
    described = [
        ("WARC-Record-ID", _name_based(article.id)),
        ("WARC-Date", date),
        ("WARC-Refers-To", article.id),
    ]
    text = article.text.encode("utf-8")
    return member(
        make_record("conversion", fields, text, "text/plain; charset=utf-8")
    ) + member(
        make_record("metadata", described, serialise_warc_fields(details), WARC_FIELDS)
    )


def _warcinfo(name: str, filename: str, first: Article) -> bytes:
    fields = [
        ("WARC-Record-ID", _name_based(filename)),
        ("WARC-Date", warc_date(first.provenance.captured_at)),
        ("WARC-Filename", filename),
    ]
    details = [
        ("format", "WARC File Format 1.1"),
        (
            "conformsTo",
            "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        ),
        ("description", f"texts extracted from {name}"),
        ("extractor", first.provenance.extractor),
        ("extractor-version", first.provenance.extractor_version),
        ("options-digest", first.provenance.options_digest),
    ]
    return member(
        make_record("warcinfo", fields, serialise_warc_fields(details), WARC_FIELDS)
    )


def _name_based(name: str) -> str:
    return f"<{uuid.uuid5(_SPACE, name).urn}>"


def _chain(first: Article, rest: Iterable[Article]) -> Iterator[Article]:
    yield first
    yield from rest
