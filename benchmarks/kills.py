"""How many of N kills does a collection survive? All of them, or the archive is none.

Crawls a generated site, kills the crawl (its process group, or the main process
alone) at random instants of each phase, starts again, and checks every promise. A
fifth of the starts is left out, so that the next kill may fall into a recovery.

    python -m benchmarks.kills [--kills 200] [--seed 1] [--articles 150] [--keep DIR]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.killing import PHASES, Gazette, KillGround

KILLS_PER_COLLECTION = 12  # the checks read everything: not too much of it
LEFT_OUT = 0.2  # of the starts in between


def main() -> int:
    """Print a line per kill, and a summary. Exit code 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=150)
    parser.add_argument("--keep", type=Path, help="keep the collections here")
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        failures, counts = run(
            chosen.kills, chosen.seed, chosen.articles, chosen.keep or Path(folder)
        )
    print(
        f"\n{chosen.kills} kills (seed {chosen.seed}): {len(failures)} failed, "
        f"{counts['acknowledged']} captures acknowledged, {counts['torn']} torn tails "
        f"cut, {counts['too late']} after the end, {time.monotonic() - began:.0f} s"
    )
    for failure in failures:
        print(failure)
    return 1 if failures else 0


def run(
    kills: int, seed: int, articles: int, folder: Path
) -> tuple[list[str], Counter[str]]:
    """Kill so often; gives what failed, and counts."""
    random_ = random.Random(seed)
    failures: list[str] = []
    counts: Counter[str] = Counter()
    with Gazette(articles) as gazette:
        for number in range(kills):
            if number % KILLS_PER_COLLECTION == 0:
                place = folder / f"kills-{number:04d}"
                place.mkdir(parents=True)
                ground = KillGround(folder=place, gazette=gazette, chosen=random_)
            phase = PHASES[number % len(PHASES)]
            kill = ground.crawl_and_kill(phase, whole_group=random_.random() < 0.5)
            counts["acknowledged"] += kill.acknowledged
            counts["too late"] += kill.too_late
            last = number == kills - 1 or (number + 1) % KILLS_PER_COLLECTION == 0
            problems = list(ground.problems)
            if last or random_.random() >= LEFT_OUT:
                ground.start_again()
                problems = ground.check()
                ground.problems.clear()
            verdict = "well" if not problems else f"{len(problems)} PROBLEMS"
            print(f"{number + 1:4d}  {kill}  {verdict}", flush=True)
            failures += [f"kill {number + 1}: {problem}" for problem in problems]
            if last:
                counts["torn"] += sum(1 for _ in ground.root.glob("damaged/*"))
    return failures, counts


if __name__ == "__main__":
    sys.exit(main())
