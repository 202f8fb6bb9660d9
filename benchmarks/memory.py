"""Does the memory of a crawl grow? 20,000 pages through one process.

    python -m benchmarks.memory [--pages N] [--longest BYTES]

The smaller pages of the corpus are crawled again and again, each copy made
unique by a comment, so that every one is captured in full and extracted. The
resident memory of the main process is read at the 5,000th page and at every
1,000th after it; to the end it must stay within a tenth of the first reading.
Exit code 1 if it does not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import psutil

from benchmarks.serving import CorpusServer, chosen, sources_toml

ROOT: Final = Path(__file__).resolve().parents[1]
DATELINE: Final = Path(sys.executable).with_name("dateline")
FIRST: Final = 5_000  # page at which everything that is loaded once is loaded
STEP: Final = 1_000
ALLOWED: Final = 0.10  # of the first reading, by which the memory may grow
# Small enough that the extraction of all copies takes minutes, not half an hour.
LONGEST: Final = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How much memory there was, and when."""

    page: int
    seconds: float
    main: int  # bytes resident
    workers: int  # of all children together


def readings(process: subprocess.Popen[str], step: int) -> Iterator[Reading]:
    """Follow the lines of `--json`, and read the memory at every `step`th page."""
    began = time.perf_counter()
    watched = psutil.Process(process.pid)
    assert process.stdout is not None
    for pages, _ in enumerate(_articles(process.stdout), start=1):
        if pages % step == 0:
            yield Reading(
                page=pages,
                seconds=time.perf_counter() - began,
                main=watched.memory_info().rss,
                workers=_resident(watched.children(recursive=True)),
            )


def _articles(lines: IO[str]) -> Iterator[str]:
    for line in lines:
        if '"role": "article"' in line and json.loads(line)["event"] == "capture":
            yield line


def _resident(processes: list[psutil.Process]) -> int:
    total = 0
    for process in processes:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:  # workers come and go
            continue
    return total


def crawl(pages: int, longest: int, folder: Path) -> list[Reading]:
    """Crawl that many pages and give the readings, printed as they come."""
    originals = len(chosen(longest))
    copies = -(-pages // originals)
    taken: list[Reading] = []
    with CorpusServer(copies=copies, longest=longest) as server:
        print(f"{server.pages} pages: {copies} copies of {originals}")
        print(f"{'page':>7} {'s':>7} {'main MB':>9} {'workers MB':>11}", flush=True)
        sources = folder / "sources.toml"
        sources.write_text(sources_toml(server.port, 8), "utf-8")
        process = subprocess.Popen(
            [
                str(DATELINE),
                "crawl",
                "--json",
                "--sources",
                str(sources),
                "--collection",
                str(folder / "collection"),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for one in readings(process, STEP):
            taken.append(one)
            print(
                f"{one.page:>7} {one.seconds:>7.0f} {one.main / 1e6:>9.1f} "
                f"{one.workers / 1e6:>11.1f}",
                flush=True,
            )
        if process.wait() > 1:
            raise subprocess.CalledProcessError(process.returncode, "dateline crawl")
    return taken


def main() -> int:
    """Print the readings and the verdict."""
    parser = argparse.ArgumentParser(description="Watch the memory of a long crawl.")
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--longest", type=int, default=LONGEST, metavar="BYTES")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-memory-") as folder:
        taken = crawl(arguments.pages, arguments.longest, Path(folder))
    counted = [one for one in taken if one.page >= FIRST]
    if not counted:
        print(f"fewer than {FIRST} pages: no verdict")
        return 0
    most = max(one.main for one in counted)
    growth = most / counted[0].main - 1
    print(
        f"{counted[0].main / 1e6:.1f} MB at page {counted[0].page}, at most "
        f"{most / 1e6:.1f} MB after it: {growth:+.1%} (allowed: {ALLOWED:+.0%})"
    )
    return 0 if growth <= ALLOWED else 1


if __name__ == "__main__":
    raise SystemExit(main())
