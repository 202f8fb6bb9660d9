"""The schedule: looks after the ticks of all sources, and runs them [I/O].

It decides nothing: what is owed, late, or to be tried again stands in
`crawler.planning`, and goes to the ledger before anything happens. A source
that waits (for a free place, for its own recheck) is only remembered by its id: what
is owed of it is found when its turn comes.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from archive import clock
from archive.errors import DatelineError, told
from archive.model import Source
from archive.watch.ledger import Ledger
from archive.watch.ledgerrows import Ending, SourceState
from archive.watch.model import Tick, TickKind, TickOutcome
from crawler import planning
from crawler.alarms import Alarms, ApschedulerAlarms
from crawler.endings import Report, ending, state_after
from crawler.planning import Beginning
from crawler.watchlist import Changes, Watched, Watchlist

HEARTBEAT_S: Final = 30.0
RECHECK_APART_S: Final = 300.0  # from the next poll, and from the recheck before
_CANCEL_S: Final = 10.0  # for a run to end that was told to
_RECHECKED: Final = "a recheck of the source went on"

Run = Callable[[Source, Tick], Awaitable[Report]]
DueAddresses = Callable[[datetime], Iterable[tuple[str, int, datetime]]]

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Going:
    """A run that goes on."""

    source: Source
    tick: Tick
    is_catch_up: bool
    task: asyncio.Task[None] | None = None
    is_cut: bool = False


class Schedule:
    """Begins a run of each source at its ticks, and accounts for every tick.

    Attributes:
        failure: what ended it, if anything did.
    """

    def __init__(
        self,
        ledger: Ledger,
        run: Run,
        *,
        now: Callable[[], datetime] = clock.now,
        max_runs: int = 200,
        alarms: Alarms | None = None,
        due_addresses: DueAddresses = lambda _now: (),
        paused: Callable[[Source], str | None] = lambda _source: None,
        history: Callable[[SourceState, Tick, Ending], str] | None = None,
        settled: Callable[[Source, Tick, Ending], None] = lambda _s, _t, _e: None,
        beat: Callable[[datetime, dict[str, int]], None] = lambda _now, _numbers: None,
    ) -> None:
        """Run sources with `run`, at most `max_runs` at a time.

        `run` may raise anything, which its tick fails with; when it is cancelled
        it is to end soon. `due_addresses` names sources with addresses that
        are due, how many and since when; `paused` says why a source is not to be
        run now; `history` gives the new history of a source after a run, and
        `settled` is told of it; `beat` is called with `numbers()` every half
        minute.
        """
        self.failure: DatelineError | None = None
        self._ledger = ledger
        self._run = run
        self._now = now
        self._max_runs = max_runs
        self._alarms: Alarms = alarms or ApschedulerAlarms()
        self._due_addresses = due_addresses
        self._paused = paused
        self._history = history
        self._settled = settled
        self._beat = beat
        self._list = Watchlist(ledger)
        self._queue: dict[str, TickKind] = {}  # in order
        self._going: dict[str, _Going] = {}
        self._heart: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._seen_at = now()
        self._ended = asyncio.Event()

    # ------------------------------------------------------------ from outside

    def start(self, sources: Iterable[Source]) -> Changes:
        """Settle what the last process left, and begin. Needs a running event loop.

        Raises StorageError; CollectionError for a ledger nobody can read.
        """
        self._seen_at = self._now()
        self._list.open(self._seen_at)
        self._alarms.start(self._ring, self._after)
        changes = self.reload(sources)
        self._heart = asyncio.create_task(self._live())
        return changes

    def reload(self, sources: Iterable[Source]) -> Changes:
        """Watch these sources from now on; those that stay as they are notice nothing.

        A rhythm that was changed counts from now on, and a source that was removed
        owes nothing from now on; its run is not disturbed. Raises StorageError.
        """
        now = self._now()
        before = {watched.source.id: watched for watched in self._list}
        changes = self._list.reload(sources, now)
        for source_id in changes.removed:
            self._queue.pop(source_id, None)
            self._alarms.drop(source_id)
        for watched in self._list:
            if before.get(watched.source.id) is not watched:
                self._look(watched, now)
                self._set(watched, now)
        self._pump()
        return changes

    def look_again(self) -> None:
        """Look at all sources: after sleep, a clock that was set, and for rechecks.

        Called every half minute by the time that has passed, not by the clock.
        """
        if self._is_stopping:
            return
        with self._guarded():
            now = self._now()
            is_back = now < self._seen_at - timedelta(seconds=1)
            self._seen_at = now
            for watched in self._list:
                if is_back:
                    self._list.set_back(watched, now)
                    self._set(watched, now)
                if watched.next_at <= now and not self._is_queued(watched):
                    self._look(watched, now)
                    self._set(watched, now)
            self._look_for_rechecks(now)
            self._pump()
            self._beat(now, self.numbers())

    def numbers(self) -> dict[str, int]:
        """Count sources, runs that go on, and those that wait for a place."""
        return {
            "sources": len(self._list),
            "going": len(self._going),
            "waiting": len(self._queue),
        }

    def due(self) -> Iterator[tuple[Source, datetime]]:
        """Give each source with its next tick; one in the past waits for a place."""
        for watched in self._list:
            yield watched.source, watched.next_at

    async def ended(self) -> None:
        """Wait until the schedule can not go on, or was stopped.

        Raises the error that ended it.
        """
        await self._ended.wait()
        if self.failure is not None:
            raise self.failure

    async def stop(self, bound_s: float) -> None:
        """Begin no more runs, and wait for those that go on; cancel them after a bound.

        What waited for a place is still owed, and so is what was cancelled.
        """
        self._is_stopping = True
        self._alarms.stop()
        if self._heart is not None:
            self._heart.cancel()
            with suppress(asyncio.CancelledError):
                await self._heart
        self._queue.clear()
        await self._wait(bound_s)
        for going in self._going.values():
            going.is_cut = True
            if going.task is not None:
                going.task.cancel()
        await self._wait(_CANCEL_S)
        for going in tuple(self._going.values()):
            if going.task is not None and going.task.done():  # cancelled unbegun
                with self._guarded():
                    self._end(going, Report())
            else:
                _log.error("the run of %s does not end", going.source.id)
        self._ended.set()

    # ------------------------------------------------------------ ticks

    def _ring(self, source_id: str) -> None:
        watched = self._list.get(source_id)
        if watched is not None and not self._is_stopping:
            with self._guarded():
                self._look(watched, self._now())
                self._pump()

    def _after(self, source_id: str, moment: datetime) -> datetime:
        watched = self._list.get(source_id)
        if watched is None:  # removed in this moment: its alarm goes next
            return moment + timedelta(seconds=HEARTBEAT_S)
        if watched.next_at > moment:
            return watched.next_at
        return planning.following(watched.source.rhythm, watched.state, moment)

    def _set(self, watched: Watched, now: datetime) -> None:
        source_id = watched.source.id
        self._alarms.set(source_id, self._after(source_id, now))

    def _look(self, watched: Watched, now: datetime) -> None:
        """Do what is owed of a source: queue its run, or say that it overlaps."""
        if watched.next_at > now:
            return
        going = self._going.get(watched.source.id)
        if going is None:
            self._queue[watched.source.id] = TickKind.POLL
            if len(self._going) >= self._max_runs:
                watched.waited = f"all {self._max_runs} places for runs were taken"
        elif going.tick.kind is TickKind.RECHECK:
            watched.waited = _RECHECKED
        else:
            began = going.tick.planned_for.strftime("%Y-%m-%d %H:%M:%S")
            reason = f"the run of {began} was still going"
            self._list.give(watched, now, TickOutcome.OVERLAPPED, reason)

    def _is_queued(self, watched: Watched) -> bool:
        return self._queue.get(watched.source.id) is TickKind.POLL

    def _look_for_rechecks(self, now: datetime) -> None:
        soon = now + timedelta(seconds=RECHECK_APART_S)
        for source_id, _count, _earliest in self._due_addresses(now):
            watched = self._list.get(source_id)
            if (
                watched is not None
                and source_id not in self._going
                and source_id not in self._queue
                and watched.next_at > soon
                and (watched.recheck_after is None or now >= watched.recheck_after)
            ):
                watched.recheck_at = now
                self._queue[source_id] = TickKind.RECHECK

    # ------------------------------------------------------------ runs

    def _pump(self) -> None:
        while self._queue and len(self._going) < self._max_runs:
            source_id = next(iter(self._queue))
            kind = self._queue.pop(source_id)
            watched = self._list.get(source_id)
            if watched is not None and source_id not in self._going:
                self._begin(watched, kind, self._now())

    def _begin(self, watched: Watched, kind: TickKind, now: datetime) -> None:
        waited, watched.waited = watched.waited, ""
        pause = self._paused(watched.source)
        if pause is not None:
            self._list.give(watched, now, TickOutcome.SKIPPED, pause)
            return
        beginning: Beginning | None
        if kind is TickKind.POLL:
            beginning = planning.poll(
                watched.source.rhythm,
                watched.state,
                now,
                running_since=self._list.running_since,
                waited=waited,
            )
        else:
            beginning = planning.recheck(watched.recheck_at or now, now, waited)
        if beginning is None:
            return
        tick = self._ledger.begin(
            watched.state,
            planning.tick(
                watched.source.id, kind, beginning, run_id=str(uuid.uuid4()), now=now
            ),
            missed=beginning.missed,
            moves=kind is TickKind.POLL,
        )
        if tick is None:
            self._list.refresh(watched)
            return
        if kind is TickKind.POLL:
            until = beginning.planned_for
            watched.know(replace(watched.state, planned_until=until))
        going = _Going(
            source=watched.source,
            tick=tick,
            is_catch_up=beginning.missed is not None,
        )
        self._going[watched.source.id] = going
        going.task = asyncio.create_task(self._go(going), name=f"run {tick.source_id}")

    async def _go(self, going: _Going) -> None:
        report = Report()
        try:
            report = await self._run(going.source, going.tick)
        except asyncio.CancelledError:
            going.is_cut = True
            raise
        except Exception as error:  # noqa: BLE001 (a run that fails must not end the schedule)
            _log.warning("the run of %s failed", going.source.id, exc_info=True)
            report = Report(failure=told(error))
        finally:
            with self._guarded():
                self._end(going, report)

    def _end(self, going: _Going, report: Report) -> None:
        now = self._now()
        self._going.pop(going.source.id)
        ended = ending(
            report,
            run_id=going.tick.run_id,
            began_with=going.tick.reason,
            is_cut=going.is_cut,
            ended_at=now,
        )
        watched = self._list.get(going.source.id)
        if watched is None:
            self._ledger.settle(going.tick, ended, None)
        else:
            before = watched.next_at
            state = self._state_after(watched, going, ended)
            self._ledger.settle(going.tick, ended, state)
            watched.know(state)
            if going.tick.kind is TickKind.RECHECK:
                watched.recheck_after = now + timedelta(seconds=RECHECK_APART_S)
            if not self._is_stopping:
                self._look(watched, now)
                if watched.next_at != before:
                    self._set(watched, now)
        if not self._is_stopping:
            self._pump()
        self._settled(going.source, going.tick, ended)

    def _state_after(
        self, watched: Watched, going: _Going, ended: Ending
    ) -> SourceState:
        state = watched.state
        if going.is_cut:
            if going.tick.kind is TickKind.RECHECK:
                return state
            return planning.again(state, going.tick.planned_for)
        if going.source.rhythm == watched.source.rhythm:
            state = state_after(
                going.source.rhythm,
                state,
                ended,
                kind=going.tick.kind,
                is_catch_up=going.is_catch_up,
            )
        if self._history is not None:
            history = self._history(state, going.tick, ended)
            state = replace(state, history=history)
        return state

    # ------------------------------------------------------------ life

    async def _live(self) -> None:
        # Not a job of APScheduler: it waits for its time, and a clock that is set
        # back keeps it waiting.
        while True:
            self.look_again()
            await asyncio.sleep(HEARTBEAT_S)

    async def _wait(self, bound_s: float) -> None:
        tasks = [going.task for going in self._going.values() if going.task]
        if tasks:
            await asyncio.wait(tasks, timeout=bound_s)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """End the schedule where the ledger can not be written: it must not go on."""
        try:
            yield
        except DatelineError as error:
            _log.error("the schedule ends: %s", error)
            self.failure = self.failure or error
            self._is_stopping = True
            self._ended.set()
