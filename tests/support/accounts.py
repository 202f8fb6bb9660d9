"""What sources owe of their rhythms, compared with what the ledger holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from archive.model import Adaptive, Rhythm
from archive.watch.database import WatchDatabase
from archive.watch.model import Tick, TickKind
from archive.watch.overview import TickLimits, ticks
from tests.support.tickcounts import oracle

SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Stretch:
    """A time in which a source owes the ticks of one rhythm; the clock goes on."""

    rhythm: Rhythm
    since: datetime
    has_first: bool
    until: datetime | None = None  # None: still
    reached: datetime | None = None  # the latest that the clock showed, if set back

    def reach(self, now: datetime) -> datetime:
        """Tell the latest moment that the clock has shown, up to now."""
        self.reached = max(now, self.reached or now)
        return self.reached

    def end(self, now: datetime) -> None:
        """Owe nothing more. What the clock has shown before counts, once."""
        self.until = self.reach(now)


def check(
    database: WatchDatabase,
    stretches_of: dict[str, list[Stretch]],
    *,
    cuts: Counter[str],
    backs: int,
    now: datetime,
) -> Counter[str]:
    """Compare the ledger with the ticks counted by hand; gives the outcomes."""
    rows: dict[str, list[Tick]] = {}
    outcomes: Counter[str] = Counter()
    for tick in reversed(ticks(database, TickLimits())):
        assert tick.outcome is not None, tick
        outcomes[tick.outcome] += tick.count
        if tick.kind is TickKind.POLL:
            rows.setdefault(tick.source_id, []).append(tick)
    assert rows.keys() <= stretches_of.keys()
    for name, stretches in stretches_of.items():
        own = rows.get(name, [])
        if any(isinstance(s.rhythm, Adaptive) for s in stretches):
            _check_adaptive(own, stretches, backs)
        else:
            _check_exact(name, own, stretches, cuts[name], now)
    return outcomes


def _check_exact(
    name: str, rows: list[Tick], stretches: list[Stretch], cuts: int, now: datetime
) -> None:
    wanted = Counter(
        moment.replace(microsecond=0)
        for stretch in stretches
        for moment in owed(stretch, name, stretch.until or now)
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
    assert sum(more.values()) == cuts, (name, "too many", more)
    assert again >= sum(more.values())


def owed(stretch: Stretch, name: str, until: datetime) -> Iterator[datetime]:
    """Give the ticks that a stretch owes up to a moment."""
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
