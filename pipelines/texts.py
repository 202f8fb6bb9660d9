"""What becomes of the text of each capture, and where that is written down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from archive import message
from archive.catalogue import Catalogue
from archive.events import Answer
from archive.model import Article, Capture, RevisitProfile, Role, TextOutcome
from pipelines.extraction import Extraction, ExtractorInfo, Page
from pipelines.provenance import article_from

_HTML: Final = frozenset({"text/html", "application/xhtml+xml", None})


def outcome_at_once(capture: Capture) -> TextOutcome | None:
    """Say what can be said of a text without extracting it; None: extract it.

    Pure, so that a rebuild decides as the crawl did.
    """
    revisit = capture.revisit
    if capture.discovery.role is not Role.ARTICLE:
        return TextOutcome.NOT_ARTICLE
    if revisit is not None and revisit.profile is RevisitProfile.NOT_MODIFIED:
        return TextOutcome.UNCHANGED
    if capture.status != 200 or capture.media_type not in _HTML:
        return TextOutcome.NOT_ARTICLE
    if revisit is not None and revisit.url == capture.url:
        return TextOutcome.UNCHANGED
    if capture.payload_length == 0:
        return TextOutcome.EMPTY
    return None


def page_from(capture: Capture, answer: Answer) -> Page:
    """Make what an extractor is given: bytes, and the address and date of them."""
    head = answer.head
    encodings = b", ".join(head.all(b"Content-Encoding"))
    return Page(
        url=capture.url,
        payload=answer.payload,
        content_encoding=encodings.decode("latin-1") or None,
        content_type=_text(head, b"Content-Type"),
        captured_at=capture.date,
    )


class TextLedger:
    """Writes outcomes and articles to the catalogue, many in one transaction."""

    def __init__(
        self,
        catalogue: Catalogue,
        info: Callable[[], ExtractorInfo],
        on_written: Callable[[], None] = lambda: None,
    ) -> None:
        """Write to `catalogue`, as the work of the extractor that `info` names.

        `on_written` is called in the writing thread after each transaction.
        """
        self._catalogue = catalogue
        self._info = info
        self._on_written = on_written
        self._lock = threading.Lock()
        self._waiting: list[tuple[str, TextOutcome, str, Article | None]] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="dateline-texts")
        self._failure: BaseException | None = None

    def add(self, capture: Capture, extraction: Extraction) -> Article | None:
        """Take the result of one extraction. Returns the article, if there is one.

        Raises what an earlier write raised: nothing goes missing silently.
        """
        if self._failure is not None:
            raise self._failure
        article = None
        if extraction.outcome is TextOutcome.TEXT:
            article = article_from(capture, extraction, self._info())
        row = (capture.record_id, extraction.outcome, extraction.detail, article)
        with self._lock:
            self._waiting.append(row)
            if len(self._waiting) == 1:
                self._writer.submit(self._write).add_done_callback(self._check)
        return article

    def close(self) -> None:
        """Return when all is written. Raises what a write raised."""
        self._writer.shutdown()
        if self._failure is not None:
            raise self._failure

    def _write(self) -> None:
        with self._lock:
            rows, self._waiting = self._waiting, []
        self._catalogue.add_texts(rows)
        self._on_written()

    def _check(self, done: Future[None]) -> None:
        self._failure = self._failure or done.exception()


def _text(head: message.Head, name: bytes) -> str | None:
    value = head.first(name)
    return value.decode("latin-1") if value is not None else None
