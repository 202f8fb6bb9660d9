"""How many of N kills does a collection survive? All of them, or the archive is none.

Crawls a generated site, kills the crawl (its process group, or the main process
alone) at random instants of each phase, starts again, and checks every promise. A
fifth of the starts is left out, so that the next kill may fall into a recovery.

    python -m benchmarks.kills [--kills 200] [--seed 1] [--articles 80] [--keep DIR]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from typing_extensions import override

from tests.support.killing import Acknowledged, Gazette, Process, broken_promises

PHASES: Final = ("start", "middle", "rotation", "finishing")
KILLS_PER_COLLECTION: Final = 12  # the checks read everything: not too much of it
LEFT_OUT: Final = 0.2  # of the starts in between
_ROTATIONS: Final = 4  # so many at most are waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One kill: what was planned, and what had happened by then."""

    phase: str
    whole_group: bool
    after_s: float
    acknowledged: int
    too_late: bool  # the crawl had ended before

    @override
    def __str__(self) -> str:
        target = "group" if self.whole_group else "main "
        late = "  (had ended)" if self.too_late else ""
        return (
            f"{self.phase:<9} {target}  after {self.after_s:5.2f} s, "
            f"{self.acknowledged:4d} acknowledged{late}"
        )


@dataclass(slots=True)
class KillGround:
    """A collection that is crawled and killed again and again."""

    folder: Path
    gazette: Gazette
    chosen: random.Random
    acknowledged: list[Acknowledged] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    starts: int = 0
    to_first_s: float = 2.5  # from the start to the first acknowledgement

    @property
    def root(self) -> Path:
        """The folder of the collection."""
        return self.folder / "collection"

    def crawl_and_kill(self, phase: str, *, whole_group: bool) -> Kill:
        """Crawl a new edition, and kill the crawl at an instant of the phase."""
        self.gazette.edition += 1
        sources = self.folder / "sources.toml"
        sources.write_text(self.gazette.sources_toml(), "utf-8")
        with self._start("crawl", "--again", "--sources", str(sources)) as process:
            self._wait_for(process, phase)
            after_s, too_late = process.since(), process.has_ended
            if not process.kill(whole_group=whole_group):
                self.problems.append(f"{phase}: workers live on after their crawl")
            if too_late and process.finish():
                self.problems.append(f"the crawl failed: {process.errors()}")
        return Kill(
            phase=phase,
            whole_group=whole_group,
            after_s=after_s,
            acknowledged=self._note(process),
            too_late=too_late,
        )

    def start_again(self) -> None:
        """Do the next start, with as little to do as can be."""
        page = f"{self.gazette.base_url}/{self.starts % self.gazette.articles}.html"
        arguments = ("archive", page, "--allow-private", "--delay", "0")
        with self._start(*arguments) as process:
            if process.finish():
                self.problems.append(f"no start: {process.errors()}")
        self._note(process)

    def check(self) -> list[str]:
        """Say everything that is not as it was promised; empty if all is well."""
        problems, self.problems = self.problems, []
        return [*problems, *broken_promises(self.root, self.acknowledged)]

    def _start(self, *arguments: str) -> Process:
        self.starts += 1
        into = ("--collection", str(self.root), "--json")
        return Process([*arguments, *into], self.folder / f"{self.starts}.jsonl")

    def _note(self, process: Process) -> int:
        acknowledged = process.acknowledged()
        self.acknowledged += acknowledged
        return len(acknowledged)

    def _wait_for(self, process: Process, phase: str) -> None:
        chosen = self.chosen
        if phase == "start":
            instant = chosen.uniform(0, 1.2) * self.to_first_s
            process.wait_until(lambda: process.since() >= instant)
            return
        published = self._published()
        process.wait_until(lambda: process.lines() > 0)
        self.to_first_s = process.since()
        if phase == "middle":
            wanted = chosen.randint(1, self.gazette.articles - 1)
            process.wait_until(lambda: process.lines() >= wanted)
            time.sleep(chosen.uniform(0, 0.02))
        elif phase == "rotation":
            wanted = published + chosen.randint(1, _ROTATIONS)
            process.wait_until(lambda: self._published() >= wanted)
            time.sleep(chosen.uniform(0, 0.01))
        else:
            process.wait_until(lambda: process.lines() > self.gazette.articles)
            instant = process.since() + chosen.uniform(0, 1.0)
            process.wait_until(lambda: process.since() >= instant)

    def _published(self) -> int:
        return sum(1 for _ in (self.root / "warc").rglob("*.warc.gz"))


def main() -> int:
    """Print a line per kill, and a summary. Exit code 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=80)
    parser.add_argument("--keep", type=Path, help="keep the collections here")
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Gazette(chosen.articles) as gazette:
        failures, counts = run(
            chosen.kills, chosen.seed, gazette, chosen.keep or Path(folder)
        )
    print(
        f"\n{chosen.kills} kills (seed {chosen.seed}): {len(failures)} failures, "
        f"{counts['acknowledged']} captures acknowledged, {counts['torn']} torn tails "
        f"cut, {counts['too late']} after the end, {time.monotonic() - began:.0f} s"
    )
    for failure in failures:
        print(failure)
    return 1 if failures else 0


def run(
    kills: int, seed: int, gazette: Gazette, folder: Path
) -> tuple[list[str], Counter[str]]:
    """Kill so often; gives what failed, and counts."""
    failures: list[str] = []
    counts: Counter[str] = Counter()
    for first in range(0, kills, KILLS_PER_COLLECTION):
        place = folder / f"kills-{first:04d}"
        place.mkdir(parents=True)
        # One generator per collection: it can be repeated without those before.
        chosen = random.Random(f"{seed} {first}")
        ground = KillGround(folder=place, gazette=gazette, chosen=chosen)
        end = min(kills, first + KILLS_PER_COLLECTION)
        for number in range(first, end):
            whole_group = chosen.random() < 0.5
            phase = PHASES[number % len(PHASES)]
            kill = ground.crawl_and_kill(phase, whole_group=whole_group)
            counts["acknowledged"] += kill.acknowledged
            counts["too late"] += kill.too_late
            verdict = "no start"
            if number == end - 1 or chosen.random() >= LEFT_OUT:
                ground.start_again()
                problems = ground.check()
                failures += [f"kill {number + 1}: {problem}" for problem in problems]
                verdict = f"{len(problems)} PROBLEMS" if problems else "well"
            print(f"{number + 1:4d}  {kill}  {verdict}", flush=True)
        counts["torn"] += sum(1 for _ in ground.root.glob("damaged/*"))
    return failures, counts


if __name__ == "__main__":
    sys.exit(main())
