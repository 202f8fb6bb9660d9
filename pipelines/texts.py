"""What becomes of the text of each capture, and where that is written down."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from archive import message
from archive.catalogue import Catalogue
from archive.events import Answer
from archive.model import Article, Capture, Discovery, RevisitProfile, Role, TextOutcome
from archive.texts import Verdict
from pipelines.extraction import NO_HINTS, Extraction, ExtractorInfo, Hints, Page
from pipelines.provenance import software, verdict_on

_HTML: Final = frozenset({"text/html", "application/xhtml+xml", None})
# How the addresses of seeds are called, whatever the language of their sites.
_KINDS: Final = (
    ("sitemap", re.compile(r"site-?_?map|/map[^/]*\.xml")),
    ("feed", re.compile(r"\b(?:rss|atom|feeds?|rdf)(?:\b|[\d_])|\.(?:rss|atom|rdf)\b")),
)


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
        hints=_hints(capture.discovery),
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
        self._waiting: list[Verdict] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="dateline-texts")
        self._failure: BaseException | None = None

    def add(self, capture: Capture, extraction: Extraction) -> Article | None:
        """Take the result of one extraction. Returns the article, if there is one.

        Raises what an earlier write raised: nothing goes missing silently.
        """
        if self._failure is not None:
            raise self._failure
        verdict = verdict_on(capture, extraction, self._info())
        with self._lock:
            self._waiting.append(verdict)
            if len(self._waiting) == 1:
                self._writer.submit(self._write).add_done_callback(self._check)
        return verdict.article

    def close(self) -> None:
        """Return when all is written. Raises what a write raised."""
        self._writer.shutdown()
        if self._failure is not None:
            raise self._failure

    def _write(self) -> None:
        with self._lock:
            verdicts, self._waiting = self._waiting, []
        self._catalogue.add_texts(software(self._info()), verdicts, is_current=True)
        self._on_written()

    def _check(self, done: Future[None]) -> None:
        self._failure = self._failure or done.exception()


def _hints(discovery: Discovery) -> Hints:
    """Give what the seed claimed, and of which kind it is as far as its address tells.

    The kind is not kept with a capture, and a text must follow from what is kept.
    """
    if not (discovery.claimed_title or discovery.claimed_date):
        return NO_HINTS
    address = (discovery.seed_url or "").lower()
    return Hints(
        title=discovery.claimed_title,
        date=discovery.claimed_date,
        origin=next((kind for kind, words in _KINDS if words.search(address)), "seed"),
    )


def _text(head: message.Head, name: bytes) -> str | None:
    value = head.first(name)
    return value.decode("latin-1") if value is not None else None
