"""Thousands of sources on one machine: whether polls are on time, and their cost.

    python -m benchmarks.schedule [--sources N] [--every SECONDS] [--minutes M]

`dateline run` watches a simulated web on loopback, one feed each on thousands of
hosts; nine polls in ten find nothing new and are answered 304, the tenth brings an
article. What the feeds name at the beginning is entered as fetched before, as after
weeks of watching. Everything counts: schedule, ledger, manners, requests, records,
fsync, extraction of the articles, their rechecks; but not the web, which is a
process of its own.

With `--every 900` the machine does what it would do on any day. With a smaller step
time is compressed: the same polls, only closer together (rechecks and feeds with
them), so that a simulated day of 480,000 polls fits into hours.

Printed are the CPU time of a poll, the share of a core at the rhythm of 15 minutes,
how late polls began, and the memory in steps. Exit code 1 if a poll began later
than its tolerance, cost more than 45 ms, or memory passed 1 GB.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil
from sqlalchemy import select

from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.model import Discovery, Every, Role
from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import AddressState
from crawler.planning import TOLERANCE_S
from tests.support.simweb.clock import SimClock
from tests.support.simweb.farm import make_feed_farm
from tests.support.simweb.server import WebProcess
from tests.support.simweb.webs import Web

DATELINE: Final = Path(sys.executable).with_name("dateline")
RHYTHM_S: Final = 900.0
MOST_CPU_MS: Final = 45.0
MOST_MB: Final = 1000.0
SAMPLE_S: Final = 5.0
LADDER_S: Final = (3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the processes of `dateline run` use at a moment."""

    seconds: float  # since the beginning
    cpu_s: float  # of all of them
    main_mb: float
    all_mb: float  # shared pages counted once


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A tick of the ledger that was run."""

    planned_for: datetime
    began_at: datetime
    outcome: str
    reason: str
    is_first: bool  # of its source

    @property
    def late_s(self) -> float:
        """From when it was planned to when it began."""
        return (self.began_at - self.planned_for).total_seconds()


def prepare(web: Web, root: Path, sources: Path, every_s: float) -> int:
    """Write the sources, and enter what the feeds name already as fetched."""
    scale = every_s / RHYTHM_S
    ladder = ", ".join(f'"{max(1, round(age * scale))}s"' for age in LADDER_S)
    extra = f'every = "{every_s:.0f}s"\nrechecks = [{ladder}]'
    sources.write_text(web.sources_toml(extra=extra, delay_s=1.0), "utf-8")
    Collection.create(root).close()
    database = WatchDatabase(root)
    frontier, now, known = Frontier(database), datetime.now(UTC), 0
    by_host: dict[str, list[str]] = {}
    for url in web.addresses(now):
        by_host.setdefault(url.split("/")[2].partition(":")[0], []).append(url)
    for host in web.hosts:
        urls = by_host.get(host.address, [])
        frontier.enter((_discovery(url, host.id, now) for url in urls), now=now)
        taken = frontier.take(host.id, "before", now=now, limit=len(urls))
        frontier.settle_many(
            replace(one, state=AddressState.FETCHED, reason="known before", step=1)
            for one in taken
        )
        known += len(taken)
    database.close()
    return known


def _discovery(url: str, source_id: str, now: datetime) -> Discovery:
    return Discovery(
        url=url, role=Role.ARTICLE, source_id=source_id, run_id="before", found_at=now
    )


def samples(process: psutil.Process, seconds: float) -> Iterator[Sample]:
    """Read what the processes use, every few seconds."""
    began = time.monotonic()
    spent: dict[int, float] = {}  # by process, for those that end meanwhile
    while (passed := time.monotonic() - began) < seconds and process.is_running():
        main_mb = all_mb = 0.0
        for one in (process, *process.children(recursive=True)):
            try:
                times, memory = one.cpu_times(), one.memory_full_info()
            except psutil.NoSuchProcess:
                continue
            spent[one.pid] = times.user + times.system
            all_mb += memory.pss / 1e6
            if one.pid == process.pid:
                main_mb = memory.rss / 1e6
        yield Sample(
            seconds=passed, cpu_s=sum(spent.values()), main_mb=main_mb, all_mb=all_mb
        )
        time.sleep(SAMPLE_S)


def polls(root: Path) -> list[Poll]:
    """Read the ledger: every poll that began."""
    database = WatchDatabase(root)
    question = select(schema.ticks).where(
        schema.ticks.c.kind == "poll", schema.ticks.c.began_at.is_not(None)
    )
    with database.reading() as connection:
        rows = connection.execute(question.order_by(schema.ticks.c.id)).mappings().all()
    database.close()
    seen: set[str] = set()
    found = []
    for row in rows:
        found.append(
            Poll(
                planned_for=parse_warc_date(row["planned_for"]),
                began_at=parse_warc_date(row["began_at"]),
                outcome=row["outcome"] or "going on",
                reason=row["reason"],
                is_first=row["source_id"] not in seen,
            )
        )
        seen.add(row["source_id"])
    return found


def watch(root: Path, sources: Path, seconds: float) -> list[Sample]:
    """Let `dateline run` watch for a while; gives what it used."""
    words = [DATELINE, "run", "--sources", sources, "-c", root, "--metrics", "off"]
    taken: list[Sample] = []
    with subprocess.Popen(
        [*map(str, words), "--json"], stdout=subprocess.DEVNULL
    ) as process:
        try:
            for sample in samples(psutil.Process(process.pid), seconds):
                taken.append(sample)
                if len(taken) % 12 == 1:
                    print(
                        f"{sample.seconds:7.0f} s  {sample.cpu_s:7.1f} s of CPU  "
                        f"main {sample.main_mb:5.0f} MB  all {sample.all_mb:5.0f} MB",
                        flush=True,
                    )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)
    return taken


def report(
    taken: list[Sample], run: list[Poll], began: datetime, every_s: float
) -> bool:
    """Print the figures; gives whether they are as good as asked."""
    later = [poll for poll in run if not poll.is_first]
    firsts = [poll for poll in run if poll.is_first]
    tolerance_s = max(TOLERANCE_S, every_s / 10)
    # Once every source was looked at, everything goes its way.
    steady_from = max((p.began_at for p in firsts), default=began)
    since_s = (steady_from - began).total_seconds() + SAMPLE_S
    steady = [one for one in taken if one.seconds >= since_s] or taken[-2:]
    first, last = steady[0], steady[-1]
    window = [
        poll
        for poll in later
        if first.seconds <= (poll.began_at - began).total_seconds() < last.seconds
    ]
    cpu_ms = 1000 * (last.cpu_s - first.cpu_s) / max(1, len(window))
    late = sorted(poll.late_s for poll in later) or [0.0]
    most_mb = max(one.all_mb for one in taken)
    sources = len(firsts)
    outcomes = dict.fromkeys(sorted({poll.outcome for poll in run}), 0)
    for poll in run:
        outcomes[poll.outcome] += 1
    print(json.dumps({"sources": sources, "polls": len(run), "outcomes": outcomes}))
    print(
        f"polls in the window     {len(window)} in {last.seconds - first.seconds:.0f} s"
    )
    print(f"CPU of a poll           {cpu_ms:.1f} ms (asked: {MOST_CPU_MS:.0f})")
    share = cpu_ms / 1000 * sources / RHYTHM_S
    print(f"share of a core         {share:.3f} for {sources} sources every 15 minutes")
    print(
        f"late, seconds           median {late[len(late) // 2]:.2f}, "
        f"99 % {late[int(len(late) * 0.99)]:.2f}, most {late[-1]:.2f} "
        f"(tolerance {tolerance_s:.0f})"
    )
    for poll in [poll for poll in run if poll.outcome == "failed"][:3]:
        print(
            f"failed                  {poll.planned_for:%H:%M:%S} {poll.reason[:100]}"
        )
    first_late = max((poll.late_s for poll in firsts), default=0.0)
    print(f"first looks             {sources}, at most {first_late:.1f} s late")
    print(f"memory, all processes   at most {most_mb:.0f} MB (asked: {MOST_MB:.0f})")
    print(
        f"                        {first.all_mb:.0f} MB at {first.seconds:.0f} s, "
        f"{last.all_mb:.0f} MB at {last.seconds:.0f} s"
    )
    return cpu_ms <= MOST_CPU_MS and late[-1] <= tolerance_s and most_mb <= MOST_MB


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sources", type=int, default=5000)
    parser.add_argument("--every", type=float, default=RHYTHM_S, help="seconds")
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    rhythm = Every(seconds=options.every)
    with tempfile.TemporaryDirectory(prefix="dateline-schedule-") as folder:
        root, sources = Path(folder) / "c", Path(folder) / "sources.toml"
        clock = SimClock.real(Path(folder) / "clock")
        farm = make_feed_farm(
            hosts=options.sources, rhythm_s=rhythm.seconds, start=datetime.now(UTC)
        )
        with WebProcess(farm, clock, Path(folder) / "log") as served:
            known = prepare(served.web, root, sources, rhythm.seconds)
            print(f"{options.sources} sources, {known} addresses known", flush=True)
            began = datetime.now(UTC)
            taken = watch(root, sources, 60 * options.minutes)
        return 0 if report(taken, polls(root), began, rhythm.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
