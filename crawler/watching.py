"""What `dateline run` does: watch sources until it is told to stop [I/O].

The schedule decides when, visits do the work; here they are joined with all that
goes on beside them: the file of sources that may change, flags and notices,
numbers for others to look at, and the signals that end it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from archive import clock
from archive.clock import warc_date
from archive.errors import DatelineError
from archive.model import Source
from archive.watch.flags import Flags, Outbox
from archive.watch.frontier import Frontier
from archive.watch.ledger import Ledger
from archive.watch.ledgerrows import Ending, SourceState
from archive.watch.model import Notice, Tick, TickKind, TickOutcome
from crawler import endings
from crawler.fetching import Fetcher
from crawler.flagging import History, after_look, flags_of
from crawler.leader import Leadership
from crawler.metrics import Metrics, health_of
from crawler.notices import Messenger
from crawler.schedule import Schedule
from crawler.seedlook import Scope
from crawler.session import Session
from crawler.sources import load_sources
from crawler.visit import Report, Visit

_log = logging.getLogger(__name__)

STOP_BOUND_S: Final = 60.0  # for what is in flight when it is told to stop
_LOOK_AT_FILE_S: Final = 2.0

Way = Callable[[Notice], None]  # raises OSError if it was not accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to watch."""

    sources: Path
    max_runs: int = 200
    stop_bound_s: float = STOP_BOUND_S
    ways: tuple[Way, ...] = ()  # by which notices go out


class Watching:
    """Watches the sources of a file; an iterator over the reports of their runs."""

    def __init__(
        self,
        plan: Plan,
        *,
        session: Session,
        fetcher: Fetcher,
        metrics: Metrics,
        leadership: Leadership,
    ) -> None:
        """Watch as `plan` says, with the parts of this process."""
        self._plan = plan
        self._session = session
        self._fetcher = fetcher
        self._metrics = metrics
        self._leadership = leadership
        self._flags = Flags(session.watch)
        self._outbox = Outbox(session.watch)
        self._frontier = Frontier(session.watch)
        self._histories: dict[str, History] = {}
        self._reports: asyncio.Queue[Report | None] = asyncio.Queue()
        self._stopping = asyncio.Event()
        self._at_once = asyncio.Event()  # told to stop a second time
        self._reloading = asyncio.Event()
        self._beat_at: datetime | None = None
        self._schedule = Schedule(
            Ledger(session.watch),
            self._run,
            max_runs=plan.max_runs,
            due_addresses=self._due,
            history=self._history,
            settled=self._settled,
            beat=self._beat,
        )

    async def reports(self) -> AsyncIterator[Report]:
        """Watch until told to stop; gives each report. Raises DatelineError."""
        self._listen()
        work = asyncio.create_task(self._work())
        try:
            while (report := await self._reports.get()) is not None:
                yield report
            await work
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError, DatelineError):
                await work

    def stop(self) -> None:
        """Finish what is in flight, within the bound; at once the second time."""
        (self._at_once if self._stopping.is_set() else self._stopping).set()

    def reload(self) -> None:
        """Read the file of sources again."""
        self._reloading.set()

    def health(self) -> dict[str, object]:
        """Say whether all is well, for whoever watches the watcher."""
        failure = self._session.failure or self._schedule.failure
        return health_of(self._beat_at, str(failure) if failure else None)

    # ------------------------------------------------------------ the whole of it

    async def _work(self) -> None:
        beside = [
            asyncio.create_task(self._follow_file()),
            asyncio.create_task(
                Messenger(self._outbox, list(self._plan.ways)).work()
                if self._plan.ways
                else asyncio.sleep(0)
            ),
        ]
        try:
            sources = load_sources(self._plan.sources)
            self._session.settle_leftovers(sources)
            self._schedule.start(sources)
            await _first(self._stopping.wait(), self._schedule.ended())
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._end()
            self._reports.put_nowait(None)

    async def _end(self) -> None:
        ending = asyncio.create_task(self._schedule.stop(self._plan.stop_bound_s))
        hurry = asyncio.create_task(self._at_once.wait())
        await asyncio.wait({ending, hurry}, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not ending.done():
            await self._schedule.stop(0.0)
        await ending

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)

    async def _follow_file(self) -> None:
        """Take in the file of sources when it changes, or when told to."""
        stamp = _stamp(self._plan.sources)
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._reloading.wait(), _LOOK_AT_FILE_S)
            now = _stamp(self._plan.sources)
            if not self._reloading.is_set() and now == stamp:
                continue
            self._reloading.clear()
            stamp = now
            try:
                changes = self._schedule.reload(load_sources(self._plan.sources))
            except DatelineError as error:
                # What is watched stays as it is until the file is in order.
                _log.error("the sources are not reloaded: %s", error)
            else:
                _log.warning(
                    "sources reloaded: %d added, %d removed, %d edited",
                    len(changes.added),
                    len(changes.removed),
                    len(changes.edited),
                )

    # ------------------------------------------------------------ what a run is

    async def _run(self, source: Source, tick: Tick) -> endings.Report:
        visit = Visit(
            source,
            Scope(command="run"),
            session=self._session,
            fetcher=self._fetcher,
        )
        try:
            report = await visit(seeds=tick.kind is TickKind.POLL, run_id=tick.run_id)
        except DatelineError as error:
            self._session.fail(error)
            self.stop()
            raise
        self._reports.put_nowait(report)
        return endings.Report(
            run_id=report.run.id,
            counts=report.run.counts,
            found=report.found,
            new=report.new,
            failure=report.failure,
        )

    def _due(self, now: datetime) -> list[tuple[str, int, datetime]]:
        return [
            (one.source_id, one.count, one.earliest) for one in self._frontier.due(now)
        ]

    # ------------------------------------------------------------ what is told

    def _history(self, state: SourceState, tick: Tick, ending: Ending) -> str:
        history = History.from_json(state.history)
        if tick.kind is TickKind.POLL:
            counts = dict(ending.counts)
            odd = counts.get("no-text", 0) + counts.get("same-text", 0)
            history = after_look(
                history,
                clock.now(),
                new=ending.new or 0,
                failure=ending.reason if ending.outcome is TickOutcome.FAILED else None,
                pages=counts.get("texts", 0) + counts.get("no-text", 0),
                odd_pages=odd,
            )
        self._histories[state.source_id] = history
        return history.as_json()

    def _settled(self, source: Source, tick: Tick, ending: Ending) -> None:
        now = clock.now()
        history = self._histories.pop(source.id, None)
        if history is None:
            return
        self._flags.settle(source.id, flags_of(history, now), now)
        if ending.outcome is TickOutcome.FAILED and history.failures <= 1:
            # Of a row of failures the first is told; the flag tells of the rest.
            self._outbox.enter(
                {
                    "type": "run.failed",
                    "source": source.id,
                    "run": tick.run_id,
                    "planned_for": warc_date(tick.planned_for),
                    "sentence": ending.reason,
                },
                now,
            )
        self._metrics.ended(tick, ending)

    def _beat(self, now: datetime, numbers: dict[str, int]) -> None:
        self._beat_at = now
        self._leadership.beat(now, numbers)
        self._metrics.last_tick.set(now.timestamp())
        self._metrics.sources.set(numbers["sources"])
        self._metrics.running.set(numbers["going"])
        self._metrics.flags.set(len(self._flags.standing()))


async def _first(*awaitables: object) -> None:
    """Wait for the first; raises what it raised."""
    tasks = [asyncio.ensure_future(one) for one in awaitables]  # type: ignore[call-overload]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None  # being replaced, or gone; what is watched stays
    return about.st_mtime_ns, about.st_size
