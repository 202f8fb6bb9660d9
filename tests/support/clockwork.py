"""A world whose clock the test turns: it sleeps, jumps, dies and starts again.

The schedule and its ledger are the real ones; only the alarms, the clock and the
work of a run are played.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from archive.model import Adaptive, Every, Rhythm, Seed, SeedKind, Source
from archive.watch.database import WatchDatabase
from archive.watch.ledger import Ledger
from archive.watch.ledgerrows import SourceState
from archive.watch.model import Tick, TickKind
from archive.watch.overview import TickLimits, going, ticks
from crawler.endings import Report
from crawler.schedule import Schedule
from tests.support.accounts import Stretch, check, owed
from tests.support.played import HandAlarms, MortalLedger

HEARTBEAT_S = 120.0


def make_source(name: str, rhythm: Rhythm) -> Source:
    """Make a source that is looked at in a rhythm."""
    seed = Seed(url=f"http://{name}.example/feed", kind=SeedKind.FEED)
    return Source(id=name, name=name, seeds=(seed,), rhythm=rhythm)


@dataclass
class World:
    """Keeps time, runs the schedule, and remembers what it was told."""

    root: Path
    now: datetime
    sources: dict[str, Source]
    rng: random.Random
    max_runs: int = 10
    stretches: dict[str, list[Stretch]] = field(default_factory=dict)
    cuts: Counter[str] = field(default_factory=Counter)  # to be tried again
    runs: int = 0
    backs: int = 0  # times that the clock was set back

    def __post_init__(self) -> None:
        """Open the ledger."""
        self.database = WatchDatabase(self.root)
        self.mono = 0.0  # seconds that the process has lived through
        self._beat_at = 0.0
        self._numbers = count()
        self._ends: list[tuple[float, int, asyncio.Future[None]]] = []
        self._active: set[str] = set()
        self._began: Counter[str] = Counter()  # catch-ups since the last start
        self._started_at = self.now
        self.schedule: Schedule | None = None

    # ------------------------------------------------------------ runs

    async def _run(self, source: Source, tick: Tick) -> Report:
        assert source.id not in self._active, "two runs of a source at a time"
        self._active.add(source.id)
        self.runs += 1
        if tick.kind is TickKind.POLL and tick.planned_for <= self._started_at:
            self._began[source.id] += 1
            assert self._began[source.id] <= 1, "a catch-up is one run"
        chance = self.rng.random()
        seconds = self.rng.uniform(1, 200)
        if chance < 0.03:
            seconds = self.rng.uniform(1, 3) * 3600  # longer than many rhythms
        end = asyncio.get_running_loop().create_future()
        heapq.heappush(self._ends, (self.mono + seconds, next(self._numbers), end))
        try:
            await end
        finally:
            self._active.discard(source.id)
        if 0.03 < chance < 0.06:
            raise RuntimeError("the wires were cut")
        return Report(
            found=20,
            new=self.rng.choice((0, 0, 0, 1, 2, 8)),
            failure="no seed could be read" if chance > 0.97 else None,
            skipped="there is nothing to do" if 0.95 < chance < 0.96 else None,
        )

    def _due_addresses(self, now: datetime) -> Iterable[tuple[str, int, datetime]]:
        if self.rng.random() < 0.002:
            yield self.rng.choice(sorted(self.sources)), 3, now

    # ------------------------------------------------------------ processes

    async def start(self) -> None:
        """Start a process."""
        assert self.schedule is None
        for tick in going(self.database).values():
            self._count_cut(tick)
        self.ledger = MortalLedger(self.database)
        self.alarms = HandAlarms()
        self._active.clear()
        self._began.clear()
        self._ends.clear()
        self._started_at = self.now
        self._beat_at = self.mono + HEARTBEAT_S
        self.schedule = Schedule(
            self.ledger,
            self._run,
            now=lambda: self.now,
            max_runs=self.max_runs,
            alarms=self.alarms,
            due_addresses=self._due_addresses,
        )
        self.schedule.start(self.sources.values())
        await _turn()
        self._note_stretches()

    def _count_cut(self, tick: Tick) -> None:
        state = Ledger(self.database).state(tick.source_id)
        assert state is not None
        is_watched = state.rhythm and state.planned_until is not None
        if (
            tick.kind is TickKind.POLL
            and tick.planned_for.microsecond == 0
            and is_watched
        ):
            self.cuts[tick.source_id] += 1

    async def stop(self) -> None:
        """Stop the process as SIGTERM does, without a bound for its runs."""
        assert self.schedule is not None
        for tick in going(self.database).values():
            self._count_cut(tick)
        await self.schedule.stop(0)
        assert not going(self.database)
        self.schedule = None

    async def kill(self) -> None:
        """Kill the process: nothing it does afterwards reaches the ledger."""
        assert self.schedule is not None
        self.ledger.is_dead = True
        self.alarms.stop()
        dying, self.schedule = self.schedule, None
        await dying.stop(0)

    async def live_to_death(self, seconds: float, write: int, *, before: bool) -> None:
        """Live until one of the next writes kills the process, or so long."""
        self.ledger.writes_left, self.ledger.dies_before = write, before
        await self.live(seconds)
        if self.schedule is not None:
            await self.kill()

    # ------------------------------------------------------------ time

    async def live(self, seconds: float) -> None:
        """Let the process live so long, or until it is killed."""
        assert self.schedule is not None
        target = self.mono + seconds
        while self.mono < target and not self.ledger.is_dead:
            moments = [target, self._beat_at]
            if self._ends:
                moments.append(self._ends[0][0])
            at = self.alarms.next_at()
            if at is not None:
                moments.append(self.mono + max(0.0, (at - self.now).total_seconds()))
            self._pass(max(min(moments) - self.mono, 0.0))
            happened = self.alarms.ring(self.now)
            while self._ends and self._ends[0][0] <= self.mono + 1e-6:
                end = heapq.heappop(self._ends)[2]
                if not end.done():
                    end.set_result(None)
                happened = True
            if self._beat_at <= self.mono + 1e-6:
                self._beat_at = self.mono + HEARTBEAT_S
                self.schedule.look_again()
                happened = True
            if happened:
                await _turn()
        if self.ledger.is_dead:
            await self.kill()

    def _pass(self, seconds: float) -> None:
        # A little more than asked for: timers are late, never early.
        self.mono += seconds
        self.now += timedelta(microseconds=round(seconds * 1e6) + 1)

    def sleep(self, seconds: float) -> None:
        """Suspend the machine, or let time pass without a process."""
        self.now += timedelta(seconds=seconds)

    async def settle_down(self) -> None:
        """Live until nothing waits and nothing is owed."""
        assert self.schedule is not None
        while any(at <= self.now for _, at in self.schedule.due()):
            await self.live(30)

    async def set_back(self, seconds: float) -> None:
        """Set the clock back, after all that was owed is in the ledger."""
        await self.settle_down()
        assert self.schedule is not None
        self.backs += 1
        then = self.now
        self.now -= timedelta(seconds=seconds)
        self.schedule.look_again()
        await _turn()
        for name, stretches in self.stretches.items():
            last = stretches[-1]
            if last.until is not None or isinstance(last.rhythm, Adaptive):
                continue
            ticked = [*owed(last, name, last.reach(then))]
            step = 3600.0
            if isinstance(last.rhythm, Every):
                step = min(step, last.rhythm.seconds)
            # Before its first tick a stretch begins where its rhythm does.
            ahead = (max(ticked, default=last.since) - self.now).total_seconds()
            if ahead > step:
                last.end(then)
                stretches.append(Stretch(last.rhythm, self.now, has_first=False))

    async def reload(self, sources: dict[str, Source]) -> None:
        """Watch other sources from now on."""
        self.sources = sources
        if self.schedule is not None:
            self.schedule.reload(sources.values())
            await _turn()
            if not self.ledger.is_dead:
                self._note_stretches()

    def _note_stretches(self) -> None:
        """Note where a rhythm of a source began, and where the one before ended."""
        states = Ledger(self.database).states()
        for name in states.keys() | self.stretches.keys():
            stretches = self.stretches.setdefault(name, [])
            last = stretches[-1] if stretches and stretches[-1].until is None else None
            source = self.sources.get(name)
            if source is None:
                if last is not None:
                    last.end(self.now)
                continue
            if last is not None and last.rhythm == source.rhythm:
                continue
            if last is not None:
                last.end(self.now)
            stretches.append(self._stretch(source, states[name]))

    def _stretch(self, source: Source, state: SourceState) -> Stretch:
        since = state.rhythm_since
        # In the same turn its first tick can have been begun.
        rows = ticks(self.database, TickLimits(source_id=source.id))
        has_first = state.planned_until is None or any(
            row.planned_until == since for row in rows
        )
        assert abs(since - self.now) <= timedelta(seconds=61)
        return Stretch(source.rhythm, since, has_first)

    async def finish(self) -> None:
        """Let all runs end, and stop."""
        await self.settle_down()
        while self._ends:
            await self.live(600)
            await self.settle_down()
        for stretches in self.stretches.values():
            if stretches[-1].until is None:
                stretches[-1].end(self.now)
        await self.stop()

    def check(self) -> Counter[str]:
        """Compare the ledger with the ticks counted by hand; gives the outcomes."""
        return check(
            self.database,
            self.stretches,
            cuts=self.cuts,
            backs=self.backs,
            now=self.now,
        )


async def _turn() -> None:
    """Let the tasks of the loop do what they can do now."""
    for _ in range(5):
        await asyncio.sleep(0)
