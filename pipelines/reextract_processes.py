"""Re-extraction in many processes: each takes WARC files and feeds a few workers [I/O].

One process reads pages, joins results and writes files for some four workers; more
workers than that would wait for it. The same function on one WARC file would do for
a cluster: it needs the collection and the name, and leaves files.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.errors import PipelineError
from archive.texts_questions import ALL, Chosen, Undone
from pipelines.pool import ExtractionPool
from pipelines.reextract_files import FileDone, FileExtractor

WORKERS_EACH: Final = 4  # extracting processes that one feeding process keeps busy
_BATCH_LENGTH: Final = 32 * 1024 * 1024  # bytes of records handed out at a time
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeding:
    """What a feeding process has to know."""

    root: Path
    extractor: str
    workers: int  # of each process
    chosen: Chosen = ALL


def processes_for(workers: int) -> int:
    """Tell how many processes it takes to feed so many workers."""
    return -(-workers // WORKERS_EACH)


def extract_files(
    collection: Collection,
    pool: ExtractionPool,
    files: Sequence[Undone],
    *,
    extractor: str,
    chosen: Chosen = ALL,
    on_pages: Callable[[int], None] = lambda _number: None,
) -> Generator[FileDone, None, None]:
    """Write the texts of WARC files in as many processes as the pool's size asks for.

    For a few workers the calling process feeds the pool itself. `on_pages` is told
    of pages as they are done. Raises StorageError, ExtractorUnavailable, and
    PipelineError if a process was ended by something else.
    """
    processes = processes_for(pool.workers)
    if processes == 1 or len(files) == 1:
        feeder = FileExtractor(
            collection, pool, chosen=chosen, on_page=lambda: on_pages(1)
        )
        yield from feeder.extract(file.path for file in files)
        return
    feeding = Feeding(
        root=collection.root,
        extractor=extractor,
        workers=-(-pool.workers // processes),
        chosen=chosen,
    )
    for done in in_processes(feeding, files, processes):
        on_pages(done.asked)
        yield done


def in_processes(
    feeding: Feeding, files: Sequence[Undone], processes: int
) -> Iterator[FileDone]:
    """Hand batches of files out to processes, and give what they have finished."""
    with ProcessPoolExecutor(
        processes,
        # Not forked: there are threads, and a connection to the catalogue.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(feeding, os.getpid()),
    ) as executor:
        tasks = [executor.submit(_work, batch) for batch in _batches(files)]
        try:
            for task in as_completed(tasks):
                yield from task.result()
        except BrokenProcessPool as error:
            raise PipelineError(
                "a process of the re-extraction was ended from outside: start it "
                "again, and it goes on where it was"
            ) from error
        finally:
            executor.shutdown(cancel_futures=True)


class _Feeder:
    """What a feeding process holds while it lives."""

    current: FileExtractor | None = None


def _begin(feeding: Feeding, parent: int) -> None:
    """Make the calling process, just started, one that feeds a pool of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    if sys.platform == "linux":
        # No orphans, even if the parent is killed.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
    pool = ExtractionPool(feeding.workers, extractor=feeding.extractor)
    _Feeder.current = FileExtractor(
        Collection.open(feeding.root), pool, chosen=feeding.chosen
    )


def _work(names: Sequence[str]) -> list[FileDone]:
    assert _Feeder.current is not None
    return list(_Feeder.current.extract(names))


def _batches(files: Sequence[Undone]) -> Iterator[list[str]]:
    """Put small files together, so that a process has something to go on with."""
    batch: list[str] = []
    length = 0
    for file in files:
        batch.append(file.path)
        length += file.length
        if length >= _BATCH_LENGTH:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch
