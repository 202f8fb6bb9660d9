"""Pages a second: the whole of Dateline against the same work done otherwise.

    python -m benchmarks.pipeline [--rounds N] [--concurrency N] [--only NAME…]

Four contenders over the 602 pages of the corpus, in turn within each round, so
that what else the machine does falls on all of them alike:

    dateline   `dateline crawl`: fetch, WARC, fsync, text, catalogue, index
    bare       trafilatura alone, in as many processes as there are cores
    spider     a plain Scrapy spider with trafilatura and warcio, one process
    wget       `wget --warc-file`: capture without text

Prints the median of each and the ratios that are promised. Run it on a machine
that has nothing else to do: with others at work, who has more processes gets
more of the machine, and only the CPU seconds can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from archive import clock
from archive.clock import parse_warc_date
from benchmarks import corpus
from benchmarks.peers import wget
from benchmarks.serving import HOSTS, CorpusServer, placed, sources_toml

ROOT: Final = Path(__file__).resolve().parents[1]
DATELINE: Final = Path(sys.executable).with_name("dateline")
_SAMPLED_EVERY_S: Final = 0.2
_NO_PAGES: Final = 3  # captures of each host: robots.txt, feed, sitemap
# name, numerator, denominator, least ratio
PROMISES: Final = (
    ("dateline / bare", "dateline", "bare", 0.8),
    ("dateline / spider", "dateline", "spider", 1.8),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run of one contender took."""

    pages: int
    texts: int | None  # None: makes none
    seconds: float  # as the user waits
    running_s: float  # without the start of the program
    main_cpu_s: float
    worker_cpu_s: float
    server_cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a process took from its start to its end."""

    seconds: float
    main_cpu_s: float
    worker_cpu_s: float  # of its children, all of them
    ended_at: float  # seconds of the epoch
    stdout: str


class Watched:
    """A process that is run to its end, and its CPU time, apart from its children's.

    The kernel adds up a whole family when it is waited for, but only while it
    lives does it tell who took what: so the main process is looked at until then.
    """

    def __init__(self, command: list[str]) -> None:
        """Say what is to be run."""
        self._command = command
        self._main_cpu_s = 0.0

    def run(self) -> Spent:
        """Run it. Raises CalledProcessError for an exit code above 1 (some failed)."""
        began = time.perf_counter()
        before = os.times()
        process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        looker = threading.Thread(target=self._look, args=(process.pid,))
        looker.start()
        stdout, _ = process.communicate()
        seconds = time.perf_counter() - began
        ended_at = clock.now().timestamp()
        looker.join()
        if process.returncode not in (0, 1):
            raise subprocess.CalledProcessError(process.returncode, self._command)
        after = os.times()
        total = (after.children_user - before.children_user) + (
            after.children_system - before.children_system
        )
        main_cpu_s = min(self._main_cpu_s, total)
        return Spent(
            seconds=seconds,
            main_cpu_s=main_cpu_s,
            worker_cpu_s=total - main_cpu_s,
            ended_at=ended_at,
            stdout=stdout,
        )

    def _look(self, pid: int) -> None:
        try:
            process = psutil.Process(pid)
            while process.status() != psutil.STATUS_ZOMBIE:
                times = process.cpu_times()
                self._main_cpu_s = times.user + times.system
                time.sleep(_SAMPLED_EVERY_S)
        except psutil.NoSuchProcess:
            return


# ---------------------------------------------------------------- contenders


def dateline(server: CorpusServer, folder: Path, concurrency: int) -> Result:
    """Crawl everything with the command, into a new collection."""
    sources, collection = folder / "sources.toml", folder / "collection"
    sources.write_text(sources_toml(server.port, concurrency), "utf-8")
    where = ["--collection", str(collection)]
    served = server.cpu_s()
    command = [str(DATELINE), "crawl", "--sources", str(sources), *where]
    spent = Watched(command).run()
    listed = subprocess.run(
        [str(DATELINE), "list", "runs", "--json", *where],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    runs: list[dict[str, Any]] = [json.loads(x) for x in listed.stdout.splitlines()]
    first = min(parse_warc_date(run["began_at"]) for run in runs)
    return Result(
        pages=sum(run["counts"]["captures"] for run in runs) - _NO_PAGES * len(HOSTS),
        texts=sum(run["counts"]["texts"] for run in runs),
        seconds=spent.seconds,
        running_s=spent.ended_at - first.timestamp(),
        main_cpu_s=spent.main_cpu_s,
        worker_cpu_s=spent.worker_cpu_s,
        server_cpu_s=server.cpu_s() - served,
    )


def bare(_server: CorpusServer, _folder: Path, _concurrency: int) -> Result:
    """Extract everything with trafilatura alone; start and loading do not count."""
    command = [sys.executable, "-m", "benchmarks.peers.bare_trafilatura"]
    report = json.loads(Watched(command).run().stdout)
    return Result(
        pages=report["pages"],
        texts=report["texts"],
        seconds=report["seconds"],
        running_s=report["seconds"],
        main_cpu_s=0.0,
        worker_cpu_s=report["cpu_s"],
        server_cpu_s=0.0,
    )


def spider(server: CorpusServer, folder: Path, concurrency: int) -> Result:
    """Crawl everything with the plain spider."""
    urls = _list(server, folder)
    served = server.cpu_s()
    spent = Watched(
        [
            sys.executable,
            "-m",
            "benchmarks.peers.plain_scrapy",
            str(urls),
            str(folder),
            "--concurrency",
            str(concurrency),
        ]
    ).run()
    report = json.loads(spent.stdout)
    return Result(
        pages=report["pages"],
        texts=report["texts"],
        seconds=spent.seconds,
        running_s=report["seconds"],
        main_cpu_s=spent.main_cpu_s + spent.worker_cpu_s,  # it has no children
        worker_cpu_s=0.0,
        server_cpu_s=server.cpu_s() - served,
    )


def wget_alone(server: CorpusServer, folder: Path, _concurrency: int) -> Result:
    """Capture everything with wget."""
    urls = _list(server, folder)
    served = server.cpu_s()
    spent = Watched(wget.command(urls, folder)).run()
    return Result(
        pages=server.pages,
        texts=None,
        seconds=spent.seconds,
        running_s=spent.seconds,
        main_cpu_s=spent.main_cpu_s + spent.worker_cpu_s,
        worker_cpu_s=0.0,
        server_cpu_s=server.cpu_s() - served,
    )


CONTENDERS: Final[dict[str, Callable[[CorpusServer, Path, int], Result]]] = {
    "dateline": dateline,
    "bare": bare,
    "spider": spider,
    "wget": wget_alone,
}


def _list(server: CorpusServer, folder: Path) -> Path:
    urls = folder / "urls.txt"
    places = placed(corpus.pages())
    urls.write_text("\n".join(place.url(server.port) for place in places), "ascii")
    return urls


# ---------------------------------------------------------------- the table


def table(results: dict[str, list[Result]]) -> Iterator[str]:
    """Write the medians, a line each, and the ratios."""
    yield (
        f"{'':<10} {'pages':>6} {'texts':>6} {'pages/s':>8} {'running':>8} "
        f"{'main':>7} {'workers':>8} {'server':>7}   CPU ms a page"
    )
    for name, runs in results.items():
        pages = runs[0].pages
        texts = "-" if runs[0].texts is None else str(runs[0].texts)
        main, workers, server = (
            1000 * statistics.median(values) / pages
            for values in zip(
                *((r.main_cpu_s, r.worker_cpu_s, r.server_cpu_s) for r in runs),
                strict=True,
            )
        )
        yield (
            f"{name:<10} {pages:>6} {texts:>6} {_speed(runs):>8.1f} "
            f"{_running_speed(runs):>8.1f} {main:>7.1f} {workers:>8.1f} {server:>7.1f}"
        )
    yield ""
    for label, above, below, least in PROMISES:
        if above in results and below in results:
            pairs = list(zip(results[above], results[below], strict=True))
            yield (
                f"{label:<18} {_ratio(pairs, started=False):.2f} with the start of the "
                f"program, {_ratio(pairs, started=True):.2f} without "
                f"(promised: {least}); CPU {_cpu_ratio(pairs):.2f}"
            )


def _speed(runs: list[Result]) -> float:
    return statistics.median(run.pages / run.seconds for run in runs)


def _running_speed(runs: list[Result]) -> float:
    return statistics.median(run.pages / run.running_s for run in runs)


def _ratio(pairs: list[tuple[Result, Result]], *, started: bool) -> float:
    """Give the median of the ratios within each round."""
    return statistics.median(
        below.running_s / above.running_s if started else below.seconds / above.seconds
        for above, below in pairs
    )


def _cpu_ratio(pairs: list[tuple[Result, Result]]) -> float:
    """Compare pages for each second of CPU, the server's left out."""
    return statistics.median(
        (below.main_cpu_s + below.worker_cpu_s)
        / (above.main_cpu_s + above.worker_cpu_s)
        for above, below in pairs
    )


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description="Measure the whole pipeline.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=8, help="for each address")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=None)
    arguments = parser.parse_args()
    names = list(arguments.only or CONTENDERS)
    if "wget" in names and (reason := wget.why_not()):
        print(f"without wget: {reason}")
        names.remove("wget")
    results: dict[str, list[Result]] = {name: [] for name in names}
    with CorpusServer() as server:
        for number in range(1, arguments.rounds + 1):
            for name in names:
                with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
                    run = CONTENDERS[name](server, Path(folder), arguments.concurrency)
                results[name].append(run)
                load, _, _ = os.getloadavg()
                cpu_s = run.main_cpu_s + run.worker_cpu_s
                print(
                    f"round {number}, {name}: {run.seconds:.1f} s, of them "
                    f"{run.running_s:.1f} running, CPU {cpu_s:.1f} s; load {load:.1f}",
                    file=sys.stderr,
                    flush=True,
                )
    print(f"{os.cpu_count()} cores, {arguments.rounds} rounds, medians\n")
    for line in table(results):
        print(line)


if __name__ == "__main__":
    main()
