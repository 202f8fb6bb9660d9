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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from typing_extensions import override

from archive.collection import Collection
from archive.identity import identity
from archive.model import Capture, Role, Severity
from archive.questions import Limits, captures
from archive.verify import verify_collection
from archive.watch import overview
from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import AddressState, Tick, TickKind, TickOutcome
from archive.watch.overview import TickLimits
from tests.support.simweb.clock import SimClock
from tests.support.simweb.farmsite import FarmHost
from tests.support.simweb.hosts import Host
from tests.support.simweb.log import Entry
from tests.support.simweb.server import Served, WebProcess
from tests.support.simweb.webs import START, Web, make_web
from tests.support.watching import Watch, pass_time

PHASES: Final = ("start", "work", "work", "late")
KILLS_PER_COLLECTION: Final = 10  # the checks read everything
RHYTHM: Final = timedelta(minutes=10)
RECHECK: Final = timedelta(hours=1)
STEP: Final = timedelta(minutes=1)  # of the clock, so often:
STEP_EVERY_S: Final = 0.1
# From the answer's last byte to the fsync: a busy machine takes its time.
IN_FLIGHT_S: Final = 5.0
RESOLUTION: Final = timedelta.resolution
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
            problems += asked_for_nothing(entries, held, self.kills)
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


# ---------------------------------------------------------------- each promise


def lost(
    web: Web, until: datetime, frontier: Frontier, held: Iterable[Capture]
) -> Iterator[str]:
    """Name the addresses of the ground truth of which no page was kept."""
    kept = {identity(one.discovery.url) for one in held if _is_page(one)}
    for url in sorted(web.addresses(until)):
        address = frontier.get(url)
        if address is None:
            yield f"{url} was never found"
        elif not {identity(url), address.key} & kept:
            yield f"{url} was not fetched: {address.state}, {address.reason}"


def stuck(frontier: Frontier) -> Iterator[str]:
    """Name the addresses that a run seems to have in work, when none goes on."""
    for address in frontier.addresses(state=AddressState.FETCHING):
        yield f"{address.url} is in work for ever, by run {address.run_id}"


def kept_twice(frontier: Frontier, held: Iterable[Capture]) -> Iterator[str]:
    """Name the addresses with two pages before the recheck, or two after it."""
    pages: dict[str, list[Capture]] = defaultdict(list)
    for one in held:
        if _is_page(one):
            pages[one.discovery.url].append(one)
    for url, of_one in pages.items():
        address = frontier.get(url)
        assert address is not None
        due_at = min(one.discovery.found_at for one in of_one) + RECHECK
        early = sorted(one.date for one in of_one if one.date < due_at)
        if len(early) > 1 or len(of_one) - len(early) > 1:
            dates = ", ".join(f"{one.date:%d %H:%M:%S}" for one in reversed(of_one))
            yield f"{url} was kept at {dates}; its recheck was due {due_at:%d %H:%M:%S}"


def asked_for_nothing(
    entries: Iterable[Entry], held: Iterable[Capture], kills: Iterable[Kill]
) -> Iterator[str]:
    """Name the answers of which nothing was kept, though no kill came in between."""
    instants = [kill.at for kill in kills]
    asked: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.status:
            asked[f"{entry.host}{entry.target}"].append(entry)
    kept = Counter(
        one.url.partition("://")[2].replace(_port(one.url), "", 1) for one in held
    )
    for target, of_one in asked.items():
        missing = len(of_one) - kept[target]
        cut = sum(
            any(one.began <= at < one.ended + IN_FLIGHT_S for at in instants)
            for one in of_one
        )
        if missing > cut:
            ends = ", ".join(f"{one.ended:.2f}" for one in of_one)
            yield f"{target}: answers at {ends}, {kept[target]} kept, kills {instants}"
        elif missing < 0:
            yield f"{target}: {kept[target]} captures of {len(of_one)} answers"


def ledger_problems(ticks: Iterable[Tick], kills: int, now: datetime) -> Iterator[str]:
    """Name ticks without exactly one outcome: gaps, doubles, and open ones."""
    by_source: dict[str, list[Tick]] = defaultdict(list)
    for tick in ticks:
        if tick.outcome is None:
            yield f"{tick.source_id} {tick.planned_for}: no outcome"
        if tick.kind is TickKind.POLL:
            by_source[tick.source_id].append(tick)
    for source_id, rows in by_source.items():
        rows.sort(key=lambda tick: tick.planned_for)
        cut = sum(tick.outcome is TickOutcome.FAILED for tick in rows)
        again = sum(bool(tick.planned_for.microsecond) for tick in rows)
        if again > min(cut, kills):
            yield f"{source_id}: {again} tried again, {cut} failed, {kills} kills"
        # The first tick is at the start; from the next on they lie on a grid. One
        # with microseconds is that of a run that was cut off, once more.
        for before, after in pairwise(rows[1:]):
            first, is_again = after.planned_for, after.planned_for.microsecond != 0
            # A second try alone ends a microsecond late, too.
            last = before.planned_until.replace(microsecond=0)
            gap = first.replace(microsecond=0) - last
            if gap != (timedelta() if is_again else RHYTHM):
                yield f"{source_id} {first}: {gap} after the tick before"
            if after.count != 1 + (after.planned_until - first + RESOLUTION) // RHYTHM:
                yield f"{source_id} {first}: {after.count} to {after.planned_until}"
        if now - rows[-1].planned_until > RHYTHM:
            yield f"{source_id}: nothing after {rows[-1].planned_until}, it is {now}"


def _is_page(capture: Capture) -> bool:
    """Whether it is an article, as it was found or unchanged, and whole."""
    is_answer = capture.status in (200, 304) and capture.truncated is None
    return is_answer and capture.discovery.role is Role.ARTICLE


def _port(url: str) -> str:
    return ":" + url.partition("://")[2].partition("/")[0].partition(":")[2]


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
