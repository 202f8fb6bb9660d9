"""A world whose clock the test turns: it sleeps, jumps, dies and starts again.

The schedule and its ledger are the real ones; only the alarms, the clock and the
work of a run are played.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import count, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from typing_extensions import override

from archive.errors import StorageError
from archive.model import Adaptive, Cron, Every, Rhythm, Seed, SeedKind, Source
from archive.watch.database import WatchDatabase
from archive.watch.ledger import Ledger
from archive.watch.ledgerrows import SourceState
from archive.watch.model import Tick, TickKind
from archive.watch.overview import TickLimits, going, ticks
from crawler.endings import Report
from crawler.schedule import Schedule
from crawler.ticks import fraction

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HEARTBEAT_S = 120.0


def make_source(name: str, rhythm: Rhythm) -> Source:
    """Make a source that is looked at in a rhythm."""
    seed = Seed(url=f"http://{name}.example/feed", kind=SeedKind.FEED)
    return Source(id=name, name=name, seeds=(seed,), rhythm=rhythm)


# ---------------------------------------------------------------- counted by hand


def oracle(
    rhythm: Every | Cron, name: str, after: datetime, until: datetime
) -> Iterator[datetime]:
    """Give all ticks later than `after`, up to `until`, in order, the slow way."""
    if isinstance(rhythm, Every):
        step = int(rhythm.seconds)
        second = int(fraction(name) * step)
        moment = EPOCH + timedelta(seconds=second)
        moment += ((after - moment) // timedelta(seconds=step)) * timedelta(
            seconds=step
        )
        while moment <= until:
            if moment > after:
                yield moment
            moment += timedelta(seconds=step)
        return
    day = (after - timedelta(days=2)).date()
    found: set[datetime] = set()
    while day <= (until + timedelta(days=2)).date():
        found.update(_cron_ticks_on(rhythm, day))
        day += timedelta(days=1)
    yield from sorted(moment for moment in found if after < moment <= until)


@lru_cache(maxsize=4096)
def _cron_ticks_on(rhythm: Cron, day: date) -> tuple[datetime, ...]:
    return tuple(_counted_on(rhythm, day))


def _counted_on(rhythm: Cron, day: date) -> Iterator[datetime]:
    """Give the ticks of a day in its zone, as the manual page of Debian's cron says."""
    zone = ZoneInfo(rhythm.zone)
    minutes, hours, _, _, weekdays = rhythm.expression.split()
    if (day.isoweekday() % 7) not in _field(weekdays, 7):
        return
    if hours.startswith("*") or minutes.startswith("*"):
        # By elapsed time: each real minute whose face on the wall fits.
        moment = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        moment -= timedelta(hours=3)
        fits = _field(hours, 24), _field(minutes, 60)
        for _ in range(32 * 60):
            wall = moment.astimezone(zone)
            if wall.hour in fits[0] and wall.minute in fits[1] and wall.date() == day:
                yield moment
            moment += timedelta(minutes=1)
        return
    for hour in _field(hours, 24):
        for minute in _field(minutes, 60):
            wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            while wall.astimezone(UTC).astimezone(zone) != wall:
                wall += timedelta(minutes=1)  # in the gap: right after it
            yield wall.replace(fold=0).astimezone(UTC)


@lru_cache(maxsize=1024)
def _field(text: str, size: int) -> set[int]:
    if text.startswith("*/"):
        return set(range(0, size, int(text[2:])))
    if text == "*":
        return set(range(size))
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


# ---------------------------------------------------------------- parts that are played


class HandAlarms:
    """Alarms that ring when the world says so."""

    def __init__(self) -> None:
        """Make silent alarms."""
        self._set: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, int, str]] = []
        self._numbers = count()
        self._ring: Callable[[str], None] = lambda _name: None
        self._after: Callable[[str, datetime], datetime] = lambda _name, at: at

    def start(
        self, ring: Callable[[str], None], after: Callable[[str, datetime], datetime]
    ) -> None:
        self._ring, self._after = ring, after

    def set(self, source_id: str, at: datetime) -> None:
        self._set[source_id] = at
        heapq.heappush(self._heap, (at, next(self._numbers), source_id))

    def drop(self, source_id: str) -> None:
        self._set.pop(source_id, None)

    def stop(self) -> None:
        self._set.clear()

    def next_at(self) -> datetime | None:
        while self._heap:
            at, _, name = self._heap[0]
            if self._set.get(name) == at:
                return at
            heapq.heappop(self._heap)
        return None

    def ring(self, now: datetime) -> bool:
        """Ring all that is set for now or before."""
        rang = False
        while (at := self.next_at()) is not None and at <= now:
            _, _, name = heapq.heappop(self._heap)
            del self._set[name]
            self._ring(name)
            self.set(name, self._after(name, now))
            rang = True
        return rang


class MortalLedger(Ledger):
    """A ledger whose process is killed before, or after, one of its next writes."""

    def __init__(self, database: WatchDatabase) -> None:
        """Begin alive."""
        super().__init__(database)
        self.is_dead = False
        self.writes_left: int | None = None
        self.dies_before = True

    def _write(self, method: Callable[..., Any], *args: Any, **more: Any) -> Any:
        if self.is_dead:
            raise StorageError("killed")
        if self.writes_left is not None:
            self.writes_left -= 1
            if self.writes_left <= 0:
                self.is_dead = True
                if self.dies_before:
                    raise StorageError("killed before a write")
                method(*args, **more)
                raise StorageError("killed after a write")
        return method(*args, **more)

    @override
    def begin(self, *args: Any, **more: Any) -> Any:
        return self._write(super().begin, *args, **more)

    @override
    def enter(self, *args: Any, **more: Any) -> Any:
        return self._write(super().enter, *args, **more)

    @override
    def settle(self, *args: Any, **more: Any) -> Any:
        return self._write(super().settle, *args, **more)

    @override
    def save(self, *args: Any, **more: Any) -> Any:
        return self._write(super().save, *args, **more)


# ---------------------------------------------------------------- the world


@dataclass(slots=True)
class Stretch:
    """A time in which a source owes the ticks of one rhythm; the clock goes on."""

    rhythm: Rhythm
    since: datetime
    has_first: bool
    until: datetime | None = None  # None: still
    reached: datetime | None = None  # the latest that the clock showed, if set back

    def reach(self, now: datetime) -> datetime:
        """Tell the latest moment that the clock has shown; it is set back now."""
        self.reached = max(now, self.reached or now)
        return self.reached

    def end(self, now: datetime) -> None:
        """Owe nothing more. What the clock has shown before counts, once."""
        self.until = self.reach(now)


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
            ticked = [*_of(last, name, last.reach(then))]
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

    # ------------------------------------------------------------ the account

    def check(self) -> Counter[str]:
        """Compare the ledger with the ticks counted by hand; gives the outcomes."""
        rows: dict[str, list[Tick]] = {}
        outcomes: Counter[str] = Counter()
        for tick in reversed(ticks(self.database, TickLimits())):
            assert tick.outcome is not None, tick
            outcomes[tick.outcome] += tick.count
            if tick.kind is TickKind.POLL:
                rows.setdefault(tick.source_id, []).append(tick)
        assert rows.keys() <= self.stretches.keys()
        for name, stretches in self.stretches.items():
            own = rows.get(name, [])
            if any(isinstance(s.rhythm, Adaptive) for s in stretches):
                _check_adaptive(own, stretches, self.backs)
            else:
                self._check_exact(name, own, stretches)
        return outcomes

    def _check_exact(
        self, name: str, rows: list[Tick], stretches: list[Stretch]
    ) -> None:
        wanted = Counter(
            moment.replace(microsecond=0)
            for stretch in stretches
            for moment in _of(stretch, name, stretch.until or self.now)
        )
        entered: Counter[datetime] = Counter()
        again = 0
        for row in rows:
            moments = [row.planned_for, *_within(row, name, stretches)]
            assert len(moments) == row.count, (name, row)
            assert moments[-1] == row.planned_until, (name, row)
            entered.update(moment.replace(microsecond=0) for moment in moments)
            again += row.planned_for.microsecond != 0
        missing = wanted - entered
        assert not missing, (name, "without an outcome", sorted(missing)[:3])
        more = entered - wanted
        assert sum(more.values()) == self.cuts[name], (name, "too many", more)
        assert again >= sum(more.values())


def _of(stretch: Stretch, name: str, until: datetime) -> Iterator[datetime]:
    assert not isinstance(stretch.rhythm, Adaptive)
    if stretch.has_first and stretch.since <= until:
        yield stretch.since
    yield from oracle(stretch.rhythm, name, stretch.since, until)


def _within(row: Tick, name: str, stretches: list[Stretch]) -> list[datetime]:
    """Give the ticks of a row after its first."""
    if row.planned_for == row.planned_until:
        return []
    for stretch in stretches:
        begun = stretch.since - SECOND <= row.planned_for
        if begun and row.planned_until <= (stretch.until or row.planned_until):
            assert not isinstance(stretch.rhythm, Adaptive)
            moments = oracle(stretch.rhythm, name, row.planned_for, row.planned_until)
            found = list(moments)
            if len(found) == row.count - 1:
                return found
    raise AssertionError((name, "a row of no stretch", row))


def _check_adaptive(rows: list[Tick], stretches: list[Stretch], backs: int) -> None:
    """Check that no step is shorter than the floor, nor longer than the ceiling."""
    rhythm = stretches[-1].rhythm
    assert isinstance(rhythm, Adaptive)
    slack = timedelta(hours=4)  # of a run, whose end can be the next tick
    for before, row in pairwise(sorted(rows, key=lambda row: row.id)):
        gap = row.planned_for - before.planned_until
        # A source that came back was away for as long as it was.
        is_first = any(s.has_first and s.since == row.planned_for for s in stretches)
        limit = timedelta(seconds=rhythm.ceiling_s) + slack
        assert is_first or gap <= limit, (gap, before, row)
        # a second try, or a first tick when a source came back, or the clock did
        is_short = gap.total_seconds() < rhythm.floor_s - 1
        if is_short and not (row.planned_for.microsecond or is_first):
            backs -= 1
            assert backs >= 0, (before, row)
        if row.count > 1:
            span = (row.planned_until - row.planned_for).total_seconds()
            assert span >= (row.count - 2) * rhythm.floor_s


async def _turn() -> None:
    """Let the tasks of the loop do what they can do now."""
    for _ in range(5):
        await asyncio.sleep(0)
