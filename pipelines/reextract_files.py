"""Stored pages through an extractor, one WARC file after the other [I/O].

The unit of work is a WARC file: what is made of it is written beside what other
extractors made, and has its names when it is whole. Nothing is entered in the
catalogue here, so that many processes can do it at once.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Final

from archive.collection import Collection
from archive.derivatives import TextFiles
from archive.model import Capture, Finding, TextOutcome
from archive.questions import captures_of_file
from archive.texts import Verdict
from archive.texts_questions import ALL, Chosen, undone_of_file, verdicts_of_file
from pipelines.extraction import Extraction, Page
from pipelines.pool import ExtractionPool
from pipelines.provenance import software, verdict_on
from pipelines.reextract_reading import AnswerReader, UnreadableError
from pipelines.texts import page_from

_AHEAD: Final = 4  # pages handed to each worker before the first result is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDone:
    """A WARC file whose texts are written."""

    name: str
    asked: int  # captures that were extracted now
    reused: int  # of them, those whose page stood in the file before
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A capture in its turn, with what is known of it, or will be."""

    name: str
    capture: Capture
    result: Verdict | Future[Extraction]
    is_reused: bool = False


class FileExtractor:
    """Makes the texts of WARC files with the extractors of a pool."""

    def __init__(
        self,
        collection: Collection,
        pool: ExtractionPool,
        *,
        chosen: Chosen = ALL,
        on_page: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask of the `chosen` captures only; `on_page` is called behind each page."""
        self._collection = collection
        self._pool = pool
        self._software = software(pool.info)
        self._chosen = chosen
        self._on_page = on_page
        self._findings: list[Finding] = []
        self._reader = AnswerReader(collection, self._findings.append)

    def extract(self, names: Iterable[str]) -> Iterator[FileDone]:
        """Write the texts of WARC files, and name each that is finished.

        What the extractor was asked of before is not asked again, and stays in the
        files. Pages of the next file are extracted before the last of this one has
        come, so that no worker waits. Raises StorageError and ExtractorUnavailable.
        """
        ahead = _ahead(self._asked(names), _AHEAD * self._pool.workers)
        try:
            for name, results in groupby(ahead, key=attrgetter("name")):
                yield self._written(name, results)
        finally:
            self._reader.close()

    def _written(self, name: str, results: Iterable[_Asked]) -> FileDone:
        counts: Counter[str] = Counter()
        with TextFiles(self._collection, self._software, name) as files:
            for asked in results:
                files.add(self._verdict(asked, counts))
        return FileDone(
            name=name,
            asked=counts["asked"],
            reused=counts["reused"],
            findings=self._told(name),
        )

    def _verdict(self, asked: _Asked, counts: Counter[str]) -> Verdict:
        if isinstance(asked.result, Verdict):
            return asked.result
        verdict = verdict_on(asked.capture, asked.result.result(), self._pool.info)
        counts["asked"] += 1
        counts["reused"] += asked.is_reused
        self._on_page()
        return verdict

    def _told(self, name: str) -> tuple[Finding, ...]:
        """Take what was found in a file; that of the next one stays."""
        told = tuple(f for f in self._findings if f.path == name)
        self._findings[:] = [f for f in self._findings if f.path != name]
        return told

    def _asked(self, names: Iterable[str]) -> Iterator[_Asked]:
        for name in names:
            yield from self._asked_of(name)

    def _asked_of(self, name: str) -> Iterator[_Asked]:
        """Go through a file in its order; submit what was not asked yet."""
        catalogue, key = self._collection.catalogue, self._software.key
        undone = undone_of_file(catalogue, name, key, self._chosen)
        twins = _Twins(undone)
        wanted = {capture.record_id for capture in undone}
        known = verdicts_of_file(catalogue, name, key)
        verdict = next(known, None)
        everything = undone
        if verdict is not None:
            everything = [kept.capture for kept in captures_of_file(catalogue, name)]
        for capture in everything:
            if capture.record_id in wanted:
                yield self._submitted(name, capture, twins)
            elif verdict is not None and verdict.record_id == capture.record_id:
                yield _Asked(name=name, capture=capture, result=verdict)
                verdict = next(known, None)

    def _submitted(self, name: str, capture: Capture, twins: _Twins) -> _Asked:
        try:
            page = page_from(capture, self._reader.read(capture))
        except UnreadableError as error:
            failed: Future[Extraction] = Future()
            failed.set_result(Extraction(outcome=TextOutcome.FAILED, detail=str(error)))
            return _Asked(name=name, capture=capture, result=failed)
        earlier = twins.earlier(capture, page)
        result = earlier if earlier is not None else self._pool.submit(page)
        twins.keep(capture, page, result)
        return _Asked(
            name=name,
            capture=capture,
            result=result,
            is_reused=earlier is not None,
        )


class _Twins:
    """Pages that stand in a file several times: the same bytes, of one address.

    They are extracted once. Within a file only, where their order is always the
    same: so the result is too, in however many processes it is made.
    """

    def __init__(self, captures: Iterable[Capture]) -> None:
        numbers = Counter(map(_twin_key, captures))
        self._several = {key for key, number in numbers.items() if number > 1}
        self._kept: dict[tuple[str, str], tuple[Page, Future[Extraction]]] = {}

    def keep(self, capture: Capture, page: Page, result: Future[Extraction]) -> None:
        """Remember the result of a page if it will be needed again."""
        key = _twin_key(capture)
        if key in self._several:
            self._kept.setdefault(key, (replace(page, payload=b""), result))

    def earlier(self, capture: Capture, page: Page) -> Future[Extraction] | None:
        """Give the result of the same page, if all that it depends on is the same.

        But for the date of the capture: of an earlier one, no later date is believed.
        """
        kept = self._kept.get(_twin_key(capture))
        if kept is None:
            return None
        same = replace(page, payload=b"", captured_at=kept[0].captured_at) == kept[0]
        return kept[1] if same and page.captured_at >= kept[0].captured_at else None


def _twin_key(capture: Capture) -> tuple[str, str]:
    return capture.url, capture.payload_digest


def _ahead(asked: Iterator[_Asked], most: int) -> Iterator[_Asked]:
    """Give one thing behind the other, while so many more are begun."""
    waiting: deque[_Asked] = deque()
    for one in asked:
        waiting.append(one)
        if len(waiting) >= most:
            yield waiting.popleft()
    yield from waiting
