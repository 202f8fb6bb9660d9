"""The files in `text/`: what one extractor made of one finished WARC file [I/O].

Three files share its stem: the texts as conversion records, the same articles as
JSON Lines with their evidence, and what became of every page. They are a function
of the WARC file and the extractor: made again, they are the same, byte for byte.
So a conversion's `WARC-Date` is that of the capture it was made of.
"""

from __future__ import annotations

import json
import sys
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

import msgspec
from zlib_ng import zlib_ng

from archive.clock import warc_date
from archive.collection import Collection
from archive.model import Article
from archive.texts import Software, Verdict
from archive.texts_lines import article_line
from archive.texts_places import text_paths
from archive.warc.fields import serialise_warc_fields
from archive.warc.records import (
    COMPRESSION_LEVEL,
    WARC_FIELDS,
    make_record,
    member,
)
from archive.warc.writer import WholeFile

_SPACE: Final = uuid.UUID("6c0b4a62-6f0f-5a2f-9a55-0d6a3f5f1d7e")  # for record ids
_GZIP: Final = 31  # window bits, with gzip's head and trailer


class TextFiles:
    """The files of one WARC file and one extractor, while they are written.

    As a context: left without an exception, all of them have their names, the one
    with the outcomes last, so that where it is, all is. Verdicts are given in the
    order of their records. Without an article there is no file but the last.
    """

    def __init__(self, collection: Collection, software: Software, name: str) -> None:
        """Begin the files of `software` for the WARC file `name`.

        Raises StorageError.
        """
        self._software = software
        self._name = name
        self._paths = text_paths(collection, software.key, name)
        self._stack = ExitStack()
        self._outcomes = self._stack.enter_context(Lines(self._paths.outcomes))
        self._lines: Lines | None = None
        self._texts: WholeFile | None = None
        self._outcomes.write(_about(software, name))

    def add(self, verdict: Verdict) -> None:
        """Write what was made of one capture. Raises StorageError."""
        self._outcomes.write(_outcome(verdict))
        article = verdict.article
        if article is None:
            return
        if self._lines is None or self._texts is None:
            self._lines = self._stack.enter_context(Lines(self._paths.lines))
            self._texts = self._stack.enter_context(WholeFile(self._paths.text))
            date = warc_date(article.provenance.captured_at)
            self._texts.write(
                _warcinfo(self._software, self._name, self._paths.text.name, date)
            )
        self._lines.write(article_line(article))
        self._texts.write(_conversion(article))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)


class Lines:
    """A file of lines in one gzip stream, there whole or not at all."""

    def __init__(self, path: Path) -> None:
        """Begin to write what will be `path`. Raises StorageError."""
        self._file = WholeFile(path)
        self._deflate = zlib_ng.compressobj(COMPRESSION_LEVEL, zlib_ng.DEFLATED, _GZIP)

    def write(self, line: bytes) -> None:
        """Write one line, its end included. Raises StorageError."""
        if packed := self._deflate.compress(line):
            self._file.write(packed)

    def __enter__(self) -> Self:
        self._file.__enter__()
        return self

    def __exit__(self, kind: Any, *rest: Any) -> None:
        try:
            if kind is None:
                self._file.write(self._deflate.flush())
        except BaseException:
            self._file.__exit__(*sys.exc_info())
            raise
        self._file.__exit__(kind, *rest)


def _about(software: Software, name: str) -> bytes:
    """Write the first line of a file of outcomes: whose they are, and of what."""
    values = {
        "extractor": software.name,
        "extractor_version": software.version,
        "options_digest": software.options_digest,
        "options": dict(software.options),
        "warc_file": name,
    }
    return json.dumps(values, ensure_ascii=False).encode("utf-8") + b"\n"


def _outcome(verdict: Verdict) -> bytes:
    values = {
        "record_id": verdict.record_id.strip("<>"),
        "url": verdict.url,
        "outcome": verdict.outcome,
        "detail": verdict.detail,
        "class": verdict.page_class,
        "confidence": verdict.confidence,
    }
    return msgspec.json.encode(values) + b"\n"


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
        ("class", article.page_class.value),
        ("confidence", f"{article.confidence:g}"),
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


def _warcinfo(software: Software, name: str, filename: str, date: str) -> bytes:
    fields = [
        ("WARC-Record-ID", _name_based(f"{software.key}/{filename}")),
        ("WARC-Date", date),
        ("WARC-Filename", filename),
    ]
    details = [
        ("format", "WARC File Format 1.1"),
        (
            "conformsTo",
            "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        ),
        ("description", f"texts extracted from {name}"),
        ("extractor", software.name),
        ("extractor-version", software.version),
        ("options-digest", software.options_digest),
        *((f"option-{option}", value) for option, value in software.options),
    ]
    return member(
        make_record("warcinfo", fields, serialise_warc_fields(details), WARC_FIELDS)
    )


def _name_based(name: str) -> str:
    return f"<{uuid.uuid5(_SPACE, name).urn}>"
