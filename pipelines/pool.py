"""Extraction that can't take the program down: pages go in, futures come out [I/O].

Each page is extracted in a process that can be killed; whatever it does there, it
costs its own text and nothing else.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Final, Self

from archive.errors import UsageError
from archive.model import TextOutcome
from pipelines.errors import PoolClosed
from pipelines.extraction import Extraction, ExtractorInfo, Page
from pipelines.worker import WorkerLimits
from pipelines.workforce import Worker, WorkerDied, Workforce

DEFAULT_EXTRACTOR: Final = "pipelines.extractor:build"
_MIB: Final = 1024 * 1024
_WANTING: Final = (TextOutcome.MEMORY, TextOutcome.CRASHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What a pool was given and has not finished."""

    pages: int
    length: int  # bytes of their payloads


class ExtractionPool:
    """Extracts pages in killable processes, which are started when they are needed.

    Threads drive the processes, one each; nothing in the caller's thread or event
    loop waits. It takes all pages it is given: who has many looks at `pending`.
    POSIX only.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        time_limit_s: float = 20.0,
        memory_limit: int = 1024 * _MIB,
        recycle_after: int = 500,
        growth_limit: int = 256 * _MIB,
        extractor: str = DEFAULT_EXTRACTOR,
        warm: bool = True,
    ) -> None:
        """Set the limits; `workers` None means one for each core.

        `time_limit_s` is of one page, by the clock on the wall. `memory_limit` is
        what a worker may take above what the loaded extractor takes; it is replaced
        after `recycle_after` pages, or when it keeps `growth_limit` bytes more than
        at its start. `warm` loads at the beginning, once for all workers, what most
        pages need; without it a page or two are there seconds sooner. Raises
        UsageError for limits that can't be.
        """
        self._workers = _cores() if workers is None else workers
        if min(self._workers, recycle_after, memory_limit, time_limit_s) <= 0:
            raise UsageError("workers and limits of the extraction must be above 0")
        self._time_limit_s = time_limit_s
        limits = WorkerLimits(
            memory=memory_limit, growth=growth_limit, pages=recycle_after
        )
        self._workforce = Workforce(extractor, limits, warm=warm)
        self._threads = ThreadPoolExecutor(self._workers, "dateline-extraction")
        self._idle: deque[Worker] = deque()
        self._busy: set[Worker] = set()
        self._lock = threading.Lock()
        self._pages = 0
        self._length = 0
        self._is_closed = False  # takes no more pages
        self._is_cancelled = False  # finishes none either

    def prepare(self) -> None:
        """Begin to load the extractor; returns at once."""
        self._threads.submit(lambda: self._workforce.info)

    @property
    def workers(self) -> int:
        """Tell how many pages are extracted at a time."""
        return self._workers

    @property
    def info(self) -> ExtractorInfo:
        """Say which extractor it is. Waits for it to be loaded, the first time.

        Raises ExtractorUnavailable.
        """
        return self._workforce.info

    @property
    def pending(self) -> Pending:
        """Tell how much was submitted and is not finished."""
        with self._lock:
            return Pending(pages=self._pages, length=self._length)

    def submit(self, page: Page) -> Future[Extraction]:
        """Have a page extracted; never waits. Raises PoolClosed.

        The future has an exception only if nothing was found out about the page:
        ExtractorUnavailable, or PoolClosed.
        """
        length = len(page.payload)
        with self._lock:
            if self._is_closed:
                raise PoolClosed("the extraction was closed")
            future = self._threads.submit(self._extract, page)
            self._pages += 1
            self._length += length
        future.add_done_callback(partial(self._done, length))
        return future

    def close(self, *, cancel: bool = False) -> None:
        """Finish what was submitted, or `cancel` it, and end all processes.

        Pages that are cancelled while they are being extracted end with PoolClosed.
        May be called again.
        """
        with self._lock:
            self._is_closed = True
            self._is_cancelled = self._is_cancelled or cancel
            busy = tuple(self._busy) if cancel else ()
        for worker in busy:
            worker.interrupt()
        self._threads.shutdown(cancel_futures=cancel)
        while self._idle:
            self._idle.pop().dismiss()
        self._workforce.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(cancel=kind is not None)

    def _extract(self, page: Page) -> Extraction:
        """Run in a thread of the pool."""
        worker = self._worker()
        was_fresh = worker.is_fresh
        extraction = self._extract_with(worker, page)
        if extraction.outcome in _WANTING and not was_fresh:
            # Pages before may have left the worker like that. No page pays for
            # another, and the same page always has the same outcome.
            extraction = self._extract_with(self._workforce.hire(), page)
        return extraction

    def _worker(self) -> Worker:
        try:
            return self._idle.pop()  # the last one used: its memory is in the caches
        except IndexError:
            return self._workforce.hire()

    def _extract_with(self, worker: Worker, page: Page) -> Extraction:
        with self._lock:
            self._busy.add(worker)
        try:
            self._check()
            extraction = worker.extract(page, self._time_limit_s)
        except WorkerDied as death:
            self._check()
            extraction = death.extraction
        except BaseException:
            worker.dismiss()
            raise
        finally:
            with self._lock:
                self._busy.discard(worker)
        if worker.is_spent:
            worker.dismiss()
        else:
            self._idle.append(worker)
        return extraction

    def _check(self) -> None:
        if self._is_cancelled:
            raise PoolClosed("the extraction was cancelled")

    def _done(self, length: int, _: Future[Extraction]) -> None:
        with self._lock:
            self._pages -= 1
            self._length -= length


def _cores() -> int:
    """Count the cores that may be used (Linux) or are there."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
