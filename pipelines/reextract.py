"""Today's extractor over what is kept, without fetching anything [I/O].

Safe to be killed at any instant: a WARC file is done when the file with its outcomes
has its name, and what is done is entered from there the next time, not made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from archive.collection import Collection
from archive.model import CaptureClass, Finding, TextOutcome
from archive.recovery import recover
from archive.search.hooks import AT_AN_END, make_searchable
from archive.texts import Software
from archive.texts_entering import enter, enter_finished
from archive.texts_questions import ALL, Chosen, Undone, entered, undone
from pipelines.pool import DEFAULT_EXTRACTOR, ExtractionPool
from pipelines.provenance import software
from pipelines.reextract_files import FileDone
from pipelines.reextract_processes import extract_files
from pipelines.texts import outcome_at_once

Counts = Counter[tuple[TextOutcome, CaptureClass | None]]
OnProgress = Callable[[int, int], None]  # pages done, pages in all

FAILURES = (
    TextOutcome.TIMEOUT,
    TextOutcome.MEMORY,
    TextOutcome.CRASHED,
    TextOutcome.FAILED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reextracted:
    """What a re-extraction did."""

    software: Software
    files: int  # WARC files that were done now
    resumed: int  # that had been done, and not yet entered
    captures: int  # that were asked of the extractor now
    reused: int  # of them, those whose page stood in the same file before
    counts: Counts  # outcomes and classes, of all captures in those files
    unindexed: int  # captures that the search index has still to be told of
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> int:
        """Count the captures that the extractor could not cope with."""
        return sum(n for (outcome, _), n in self.counts.items() if outcome in FAILURES)


def reextract(
    collection: Collection,
    *,
    chosen: Chosen = ALL,
    workers: int | None = None,
    extractor: str = DEFAULT_EXTRACTOR,
    on_progress: OnProgress = lambda _done, _all: None,
) -> Reextracted:
    """Extract what the extractor was not asked of yet, in published WARC files.

    Its word is what is shown from then on; the texts of others stay beside. Raises
    StorageError, ExtractorUnavailable.
    """
    findings = recover(collection, outcome_at_once)
    with ExtractionPool(workers, extractor=extractor) as pool:
        key = software(pool.info).key
        resumed = enter_finished(collection, key)
        files = undone(collection.catalogue, key, chosen)
        done = extract_and_enter(
            collection,
            pool,
            files,
            chosen=chosen,
            extractor=extractor,
            on_progress=on_progress,
        )
        unindexed = make_searchable(collection, at_most=AT_AN_END)
        return Reextracted(
            software=software(pool.info),
            files=len(done.files),
            resumed=resumed,
            captures=sum(file.asked for file in done.files),
            reused=sum(file.reused for file in done.files),
            counts=done.counts,
            unindexed=unindexed,
            findings=(
                *findings,
                *(finding for file in done.files for finding in file.findings),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The files that were done and entered, and what was made of them."""

    files: tuple[FileDone, ...]
    counts: Counts


def extract_and_enter(
    collection: Collection,
    pool: ExtractionPool,
    files: Iterable[Undone],
    *,
    chosen: Chosen = ALL,
    extractor: str = DEFAULT_EXTRACTOR,
    on_progress: OnProgress = lambda _done, _all: None,
) -> Done:
    """Extract WARC files, and enter each in the catalogue when it is written."""
    files = tuple(files)
    key = software(pool.info).key
    # What there is of them is about to be replaced by more: were that cut off between
    # the name of the file and its rows, it has to be entered again.
    for name in sorted({f.path for f in files} & entered(collection.catalogue, key)):
        collection.catalogue.unmark_entered(name, key)
    total, pages = sum(file.captures for file in files), 0

    def count(number: int) -> None:
        nonlocal pages
        pages += number
        on_progress(pages, total)

    done: list[FileDone] = []
    counts: Counts = Counter()
    entering: list[Future[Counts]] = []
    # In a thread of its own: the pool is fed meanwhile.
    with (
        ThreadPoolExecutor(1, "dateline-entering") as writer,
        closing(
            extract_files(
                collection,
                pool,
                files,
                extractor=extractor,
                chosen=chosen,
                on_pages=count,
            )
        ) as extracted,
    ):
        for file in extracted:
            done.append(file)
            entering.append(
                writer.submit(enter, collection, key, file.name, is_current=True)
            )
            while entering and entering[0].done():
                counts += entering.pop(0).result()
        for future in entering:
            counts += future.result()
    return Done(files=tuple(done), counts=counts)
