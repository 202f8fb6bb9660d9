"""How many of N kills `dateline run` survives, without a loss or a repeat.

Watches sources of the simulated web while the clock runs fast and stories appear, kills
the process (its group, or the main process alone) at random instants, starts it again,
and at the end checks it all against the ground truth and the servers' log.

    python -m benchmarks.watchkills [--kills 50] [--seed 1] [--keep DIR]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from typing_extensions import override

from archive.collection import Collection
from archive.model import Severity
from archive.questions import Limits, captures
from archive.verify import verify_collection
from archive.watch import overview
from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import AddressState
from archive.watch.overview import TickLimits
from benchmarks.watchpromises import (
    RECHECK,
    RHYTHM,
    asked_for_nothing,
    kept_twice,
    ledger_problems,
    lost,
    stuck,
)
from tests.support.simweb.clock import SimClock
from tests.support.simweb.farmsite import FarmHost
from tests.support.simweb.hosts import Host
from tests.support.simweb.server import Served, WebProcess
from tests.support.simweb.webs import START, Web, make_web
from tests.support.watching import Watch, pass_time

PHASES: Final = ("start", "work", "work", "late")
KILLS_PER_COLLECTION: Final = 10  # the checks read everything
STEP: Final = timedelta(minutes=1)  # of the clock, so often:
STEP_EVERY_S: Final = 0.1
_END_S: Final = 150.0  # machines are shared
_KINDS: Final = [
    "rss",
    "atom",
    "json",
    "sitemap",
    "list",
    "shared",
    "aliases",
    "etag",
    "weak",
    "fickle",
    "busy",
    "too-many",
]
_OLD: Final = timedelta(hours=6)  # stories of before the start
_WORK_S: Final = 2.5
_LOOK_EVERY_S: Final = 0.1
_CALM_S: Final = 0.5  # nothing due and nothing going for so long: all is done


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One kill: what was planned, and what had happened by then."""

    phase: str
    whole_group: bool
    at: float  # monotonic
    after_s: float
    reports: int  # runs that had ended

    @override
    def __str__(self) -> str:
        target = "group" if self.whole_group else "main "
        return (
            f"{self.phase:<5} {target}  after {self.after_s:5.2f} s, "
            f"{self.reports:3d} runs had ended"
        )


def make_ground_web(seed: int = 0) -> Web:
    """Make the web: twelve hosts of many kinds, about a story an hour each.

    Their feeds are so long that nothing is pushed out while nobody watches.
    """
    web = make_web(seed=seed, hosts=40, days=4, daily=24, network=23)
    return replace(web, hosts=tuple(_shortened(web.host(kind)) for kind in _KINDS))


def _shortened(host: Host | FarmHost) -> Host:
    assert isinstance(host, Host)
    stories = tuple(s for s in host.stories if s.published > START - _OLD)
    return replace(host, feed_length=100, stories=stories)


@dataclass(slots=True)
class WatchGround:
    """A collection that is watched into, and whose watcher is killed again."""

    folder: Path
    served: Served
    chosen: random.Random
    kills: list[Kill] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    starts: int = 0
    to_first_s: float = 4.0  # from the start to the first report
    until: datetime = START  # what was published by then must be held

    @property
    def root(self) -> Path:
        """The folder of the collection."""
        return self.folder / "collection"

    # ------------------------------------------------------------ watching

    def watch_and_kill(self, phase: str, *, whole_group: bool) -> Kill:
        """Watch while time passes, and kill the watcher at an instant of a phase."""
        with self._start() as watch:
            if phase == "start":
                instant = self.chosen.uniform(0, 1.1) * self.to_first_s
                self._pass(watch, lambda: watch.since() >= instant)
            else:
                self._pass(watch, lambda: watch.lines() > 0)
                self.to_first_s = watch.since()
                rest = self.chosen.uniform(0, 1) * _WORK_S
                rest += _WORK_S if phase == "late" else 0
                end = watch.since() + rest
                self._pass(watch, lambda: watch.since() >= end)
            if watch.has_ended:
                self.problems.append(f"it ended by itself: {watch.errors()}")
            kill = Kill(
                phase=phase,
                whole_group=whole_group,
                at=time.monotonic(),
                after_s=watch.since(),
                reports=watch.lines(),
            )
            watch.kill(whole_group=whole_group)  # its workers: tests/test_kill_crash.py
        self.kills.append(kill)
        return kill

    def watch_to_the_end(self) -> None:
        """Watch until all that was published is fetched and looked at again; stop."""
        sim = self.served.clock
        self.until = sim.now()
        end = self.until + RECHECK + 2 * RHYTHM
        view = _View(self.root)
        with self._start() as watch:
            self._pass(watch, lambda: sim.now() >= end and view.has_no_failure())
            # Little time passes, so that little more becomes due; but some does, since
            # a source may wait for its host by this clock.
            pass_time(
                sim,
                step=timedelta(seconds=1),
                every_s=0.5,
                until=lambda: watch.has_ended or view.is_calm(sim.now()),
                limit_s=_END_S,
            )
            code = 1 if watch.has_ended else watch.stop()
            if code:
                self.problems.append(f"exit code {code}: {watch.errors()}")

    def _start(self) -> Watch:
        self.starts += 1
        sources = self.folder / "sources.toml"
        if not sources.exists():
            extra = f'every = "{_minutes(RHYTHM)}"\nrechecks = ["{_minutes(RECHECK)}"]'
            sources.write_text(
                self.served.web.sources_toml(delay_s=0.0, extra=extra), "utf-8"
            )
        return Watch(
            *("run", "--sources", sources, "--collection", self.root),
            *("--metrics", "off", "--json"),
            output=self.folder / f"{self.starts}.jsonl",
            clock=self.served.clock,
        )

    def _pass(self, watch: Watch, condition: Callable[[], bool]) -> None:
        pass_time(
            self.served.clock,
            step=STEP,
            every_s=STEP_EVERY_S,
            until=lambda: watch.has_ended or condition(),
        )

    # ------------------------------------------------------------ the promises

    def check(self) -> list[str]:
        """Say everything that is not as it was promised; empty if all is well."""
        problems, self.problems = self.problems, []
        entries = self.served.entries()
        with Collection.open(self.root) as collection:
            held = [kept.capture for kept in captures(collection.catalogue, Limits())]
            for finding in verify_collection(collection):
                if finding.severity is not Severity.NOTE:
                    problems.append(f"verify: {finding}")
        watch = WatchDatabase(self.root)
        try:
            problems += lost(self.served.web, self.until, Frontier(watch), held)
            problems += stuck(Frontier(watch))
            problems += kept_twice(Frontier(watch), held)
            problems += asked_for_nothing(
                entries, held, [kill.at for kill in self.kills]
            )
            ticks = overview.ticks(watch, TickLimits())
        finally:
            watch.close()
        problems += ledger_problems(ticks, len(self.kills), self.served.clock.now())
        return problems


class _View:
    """A look from outside at what goes on, not too often."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._calm_since: float | None = None
        self._looked_at = 0.0

    def has_no_failure(self) -> bool:
        """Whether no address waits that was never answered."""
        with self._frontier() as frontier:
            failed = frontier.addresses(state=AddressState.FAILED) if frontier else ()
            return frontier is not None and all(one.step for one in failed)

    def is_calm(self, now: datetime) -> bool:
        """Whether nothing is due, and nothing goes on, for a while."""
        with self._frontier() as frontier:
            if frontier is None:
                return False
            moment = time.monotonic()
            if frontier.due(now) or frontier.in_work():
                self._calm_since = None
            else:
                self._calm_since = self._calm_since or moment
        return moment - (self._calm_since or moment) >= _CALM_S

    @contextmanager
    def _frontier(self) -> Iterator[Frontier | None]:
        """Open it; None if that was done a moment ago."""
        moment = time.monotonic()
        if moment - self._looked_at < _LOOK_EVERY_S:
            yield None
            return
        self._looked_at = moment
        watch = WatchDatabase(self._root)
        try:
            yield Frontier(watch)
        finally:
            watch.close()


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)}m"


# ---------------------------------------------------------------- the command


def main() -> int:
    """Print a line per kill, and a summary. Exit code 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep the collections here")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        failures, counts = run(
            options.kills, options.seed, options.keep or Path(folder)
        )
    print(
        f"\n{options.kills} kills (seed {options.seed}): {len(failures)} failures, "
        f"{counts['requests']} requests, {counts['captures']} captures of "
        f"{counts['addresses']} addresses, {counts['days']} simulated hours, "
        f"{time.monotonic() - began:.0f} s"
    )
    for failure in failures:
        print(failure)
    return 1 if failures else 0


def run(kills: int, seed: int, folder: Path) -> tuple[list[str], Counter[str]]:
    """Kill so often; gives what failed, and counts."""
    failures: list[str] = []
    counts: Counter[str] = Counter()
    for first in range(0, kills, KILLS_PER_COLLECTION):
        place = folder / f"watchkills-{first:04d}"
        place.mkdir(parents=True)
        # One generator per collection: it can be repeated without those before.
        chosen = random.Random(f"{seed} {first}")
        sim = SimClock(START, speed=1.0, path=place / "clock")
        with WebProcess(make_ground_web(seed), sim, place / "log") as served:
            ground = WatchGround(folder=place, served=served, chosen=chosen)
            for number in range(first, min(kills, first + KILLS_PER_COLLECTION)):
                phase = PHASES[number % len(PHASES)]
                kill = ground.watch_and_kill(phase, whole_group=chosen.random() < 0.5)
                print(f"{number + 1:4d}  {kill}", flush=True)
            ground.watch_to_the_end()
            problems = ground.check()
            print(f"      {len(problems)} PROBLEMS" if problems else "      well")
            failures += [f"{place.name}: {problem}" for problem in problems]
            counts["requests"] += len(served.entries())
            counts["addresses"] += len(served.web.addresses(ground.until))
            counts["days"] += (sim.now() - START) // timedelta(hours=1)
            with Collection.open(ground.root) as collection:
                counts["captures"] += sum(
                    1 for _ in captures(collection.catalogue, Limits())
                )
    return failures, counts


if __name__ == "__main__":
    sys.exit(main())
