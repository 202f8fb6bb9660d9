"""Keeping what was fetched: one WARC writer, one thread, group commit [I/O].

Orders queue up while the thread writes and fsyncs; everything that has queued
by then goes into the next group and shares one fsync. Only after that is an
order acknowledged, by its future, and entered in the catalogue. So a kill or a
full disk costs nothing that was acknowledged.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Final, TypeAlias

from archive import clock
from archive.cdxj import CdxLine
from archive.collection import Collection
from archive.errors import StorageError
from archive.events import (
    CaptureOrder,
    CaptureRecords,
    capture_records,
    miss_record,
    run_record,
    warcinfo_record,
)
from archive.index import write_index
from archive.indexing import capture_line
from archive.model import Capture, Locator, Miss, Run, TextOutcome
from archive.warc.records import member, new_record_id
from archive.warc.writer import WarcWriter

MAX_SIZE: Final = 1024**3  # bytes; WARC/1.1, annex C recommends 1 GB
MAX_AGE_S: Final = 3600.0  # a file is published at the latest after an hour
_GROUP_EVENTS: Final = 256
_GROUP_BYTES: Final = 64 * 1024 * 1024

Order: TypeAlias = CaptureOrder | Miss | Run


@dataclass(slots=True)
class _Asked:
    """An order, and the promise to its giver."""

    order: Order
    future: Future[Any]


@dataclass(slots=True)
class _Group:
    """What has been written since the last fsync."""

    captures: list[tuple[Capture, TextOutcome | None]] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    lines: list[CdxLine] = field(default_factory=list)
    done: list[tuple[Future[Any], Any]] = field(default_factory=list)

    def clear(self) -> None:
        """Begin the next group."""
        for part in (self.captures, self.misses, self.runs, self.lines, self.done):
            part.clear()


class Store:
    """Keeps captures, misses and runs in the WARC files of a collection."""

    def __init__(
        self,
        collection: Collection,
        *,
        settings: Iterable[tuple[str, str]],
        text_outcome: Callable[[Capture], TextOutcome | None],
        on_published: Callable[[str], None] = lambda _name: None,
        max_size: int = MAX_SIZE,
        max_age_s: float = MAX_AGE_S,
    ) -> None:
        """Begin to take orders.

        `settings` go into each file's warcinfo record. `text_outcome` says
        what can be said of a capture's text at once; None: it is to be
        extracted. `on_published` is called in the writing thread with the name
        of each file that was finished.
        """
        self._collection = collection
        self._settings = tuple(settings)
        self._text_outcome = text_outcome
        self._on_published = on_published
        self._max_size = max_size
        self._max_age_s = max_age_s
        self._orders: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._failure: StorageError | None = None
        self._writer: WarcWriter | None = None
        self._warcinfo_id = ""
        self._lines: list[CdxLine] = []  # of the file being written
        self._serial = 0
        self._began = 0.0
        self._thread = threading.Thread(
            target=self._work, name="dateline-store", daemon=True
        )
        self._thread.start()

    def keep(self, order: CaptureOrder) -> Future[Capture]:
        """Keep an exchange. The future gives the capture when it is on disk.

        It raises StorageError if the disk refuses; what was acknowledged
        before stays.
        """
        return self._ask(order)

    def note(self, miss: Miss) -> Future[Miss]:
        """Keep the fact that an address gave no capture."""
        return self._ask(miss)

    def log(self, run: Run) -> Future[Run]:
        """Keep the beginning of a run, or, once it has ended, its report."""
        return self._ask(run)

    def close(self) -> None:
        """Finish what was ordered and publish the file.

        Raises StorageError if something of it could not be written.
        """
        self._orders.put(None)
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _ask(self, order: Order) -> Future[Any]:
        future: Future[Any] = Future()
        if self._failure is not None:
            future.set_exception(self._failure)
        else:
            self._orders.put(_Asked(order, future))
        return future

    # ------------------------------------------------------------ in the thread

    def _work(self) -> None:
        running = True
        while running:
            group, running = self._take()
            try:
                self._go_on(group, last=not running)
            except StorageError as error:
                self._fail(error, group)
            except Exception as error:  # noqa: BLE001 (a dead writer would hang its askers)
                fault = StorageError(f"the store failed: {error!r}")
                fault.__cause__ = error
                self._fail(fault, group)

    def _go_on(self, group: list[_Asked], *, last: bool) -> None:
        if self._failure is not None:
            raise self._failure
        if group:
            self._commit(group)
        if self._writer and (last or self._is_old()):
            self._publish()

    def _take(self) -> tuple[list[_Asked], bool]:
        """Wait for orders; give all that are there, and whether more may come."""
        group: list[_Asked] = []
        size = 0
        wait = None
        if self._writer is not None:
            wait = max(0.0, self._began + self._max_age_s - monotonic())
        while len(group) < _GROUP_EVENTS and size < _GROUP_BYTES:
            try:
                asked = (
                    self._orders.get(timeout=wait)
                    if not group
                    else (self._orders.get_nowait())
                )
            except queue.Empty:
                break
            if asked is None:
                return group, False
            group.append(asked)
            if isinstance(asked.order, CaptureOrder):
                size += len(asked.order.exchange.response)
        return group, True

    def _commit(self, asked: list[_Asked]) -> None:
        group = _Group()
        try:
            for one in asked:
                writer = self._ready_writer(group)
                self._write(writer, one, group)
        finally:
            # After a full disk too: what is whole in the file is made durable
            # and acknowledged, the rest is refused by the caller.
            self._settle(group)

    def _write(self, writer: WarcWriter, one: _Asked, group: _Group) -> None:
        order = one.order
        try:
            records = self._records(order)
        except ValueError as error:
            one.future.set_exception(error)
            return
        if isinstance(records, CaptureRecords):
            assert isinstance(order, CaptureOrder)
            parts = [
                member(r) for r in (records.request, records.answer, records.metadata)
            ]
            offsets = writer.append(parts)
            place = Locator(
                path=self._collection.relative(writer.path),
                offset=offsets[1],
                length=len(parts[1]),
            )
            capture = replace(records.capture, locator=place)
            group.captures.append((capture, self._text_outcome(capture)))
            group.lines.append(capture_line(capture, order))
            group.done.append((one.future, capture))
            return
        writer.append([records])
        if isinstance(order, Miss):
            group.misses.append(order)
        elif isinstance(order, Run):
            group.runs.append(order)
        group.done.append((one.future, order))

    def _records(self, order: Order) -> CaptureRecords | bytes:
        if isinstance(order, CaptureOrder):
            return capture_records(order, self._warcinfo_id)
        if isinstance(order, Miss):
            return member(miss_record(order, self._warcinfo_id))
        return member(run_record(order, self._warcinfo_id))

    def _settle(self, group: _Group) -> None:
        """Make a group durable, enter it in the catalogue, acknowledge it."""
        writer = self._writer
        if writer is None or not group.done:
            return
        try:
            writer.sync()
            self._lines += group.lines
            self._collection.catalogue.add_events(
                self._collection.relative(writer.path),
                writer.durable,
                captures=group.captures,
                misses=group.misses,
                runs=group.runs,
            )
        except StorageError as error:
            for future, _ in group.done:
                future.set_exception(error)
            # Its records may be cut off again: nobody may enter them later.
            group.clear()
            raise
        for future, result in group.done:
            future.set_result(result)
        group.clear()

    def _ready_writer(self, group: _Group) -> WarcWriter:
        if self._writer is not None and self._writer.size >= self._max_size:
            self._settle(group)
            self._publish()
        if self._writer is None:
            self._begin_file()
        assert self._writer is not None
        return self._writer

    def _begin_file(self) -> None:
        self._serial += 1
        now = clock.now()
        with self._collection.lock():
            writer = WarcWriter.create(self._collection.warc, now, self._serial)
        self._writer, self._began, self._lines = writer, monotonic(), []
        self._warcinfo_id = new_record_id()
        writer.append(
            [
                member(
                    warcinfo_record(
                        self._warcinfo_id, now, writer.path.name, self._settings
                    )
                )
            ]
        )

    def _is_old(self) -> bool:
        return monotonic() - self._began >= self._max_age_s

    def _publish(self) -> None:
        writer, self._writer = self._writer, None
        assert writer is not None
        name = self._collection.relative(writer.path)
        writer.publish()
        write_index(self._lines, self._collection.index_of(name))
        self._collection.catalogue.mark_published(name)
        self._on_published(name)

    def _fail(self, error: StorageError, asked: list[_Asked]) -> None:
        self._failure = error
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(OSError):
                writer.abandon()
        for one in asked:
            if not one.future.done():
                one.future.set_exception(error)
