"""Texts for captures that have none yet, and the files in `text/` [I/O].

The same for a crawl that ends, a start after a kill, and a rebuild: what is
missing is a question to the catalogue.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Final

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.model import Capture, TextOutcome
from archive.questions import is_pending
from archive.reading import load_answer
from archive.texts_publishing import publish
from pipelines.extraction import Extraction
from pipelines.pool import ExtractionPool
from pipelines.texts import TextLedger, page_from

_AHEAD: Final = 4  # pages handed to each worker before the first result is taken


class Deriver:
    """Extracts what is pending, and publishes the texts of finished WARC files."""

    def __init__(self, collection: Collection, pool: ExtractionPool) -> None:
        """Work on `collection` with the extractors of `pool`."""
        self._collection = collection
        self._pool = pool
        self._lock = threading.Lock()
        self._finished: set[str] = set()  # WARC files whose texts may be complete

    def published(self, name: str) -> None:
        """Take note that a WARC file is finished."""
        with self._lock:
            self._finished.add(name)

    def publish_ready(self) -> None:
        """Write the texts of the finished files whose every text is known."""
        with self._lock:
            names = sorted(self._finished)
        for name in names:
            if not is_pending(self._collection.catalogue, name):
                publish(self._collection, name)
                with self._lock:
                    self._finished.discard(name)

    def bring_level(
        self, on_progress: Callable[[int], None] = lambda _done: None
    ) -> int:
        """Extract all that is pending in finished files, publish what is not yet.

        Gives the number of extractions. Raises StorageError.
        """
        files = self._collection.catalogue.files()
        done = 0
        for name, (_, published, derived) in sorted(files.items()):
            if not published:
                continue
            pending = self._collection.catalogue.pending(name)
            if pending:
                done += self._extract(pending, on_progress)
            if pending or not derived:
                publish(self._collection, name)
        return done

    def _extract(
        self, captures: Iterable[Capture], on_progress: Callable[[int], None]
    ) -> int:
        ledger = TextLedger(self._collection.catalogue, lambda: self._pool.info)
        waiting: deque[tuple[Capture, Future[Extraction]]] = deque()
        done = 0
        most = _AHEAD * self._pool.workers
        try:
            for capture in captures:
                waiting.append((capture, self._submit(capture)))
                while len(waiting) >= most:
                    done += self._take(ledger, waiting, on_progress)
            while waiting:
                done += self._take(ledger, waiting, on_progress)
        finally:
            ledger.close()
        return done

    def _take(
        self,
        ledger: TextLedger,
        waiting: deque[tuple[Capture, Future[Extraction]]],
        on_progress: Callable[[int], None],
    ) -> int:
        capture, future = waiting.popleft()
        ledger.add(capture, future.result())
        on_progress(1)
        return 1

    def _submit(self, capture: Capture) -> Future[Extraction]:
        try:
            page = page_from(capture, load_answer(self._collection, capture))
        except (ArchiveError, OSError) as error:
            failed: Future[Extraction] = Future()
            failed.set_result(
                Extraction(outcome=TextOutcome.FAILED, detail=f"cannot read: {error}")
            )
            return failed
        return self._pool.submit(page)
