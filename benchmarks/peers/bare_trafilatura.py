"""Bare trafilatura over the corpus: no network, no archive, only the extraction.

    python -m benchmarks.peers.bare_trafilatura [--processes N]

As many processes as cores, which inherit the pages and are warm when the clock
starts: the most that trafilatura called as it stands can do on this machine.
Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import sys
import time

import psutil
import trafilatura
from trafilatura.settings import Document

from benchmarks import corpus

_WARMING = 8  # pages each process extracts before the clock starts
_bodies: list[bytes] = []  # inherited by the processes, never sent


def extract(number: int) -> bool:
    """Extract one page; whether there was a text."""
    document = trafilatura.bare_extraction(_bodies[number], with_metadata=True)
    return isinstance(document, Document) and bool(document.text)


def _warm(barrier: object) -> None:
    for number in range(_WARMING):
        extract(number)
    barrier.wait()  # type: ignore[attr-defined]


def main() -> None:
    """Extract everything once, and say how long it took."""
    parser = argparse.ArgumentParser(description="Time bare trafilatura.")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    processes = parser.parse_args().processes
    _bodies.extend(page.body for page in corpus.pages())
    gc.freeze()  # the processes share the pages
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(processes + 1)
    with context.Pool(processes, _warm, (barrier,)) as pool:
        barrier.wait()
        children = psutil.Process().children()
        before = _cpu_s(children)
        began = time.perf_counter()
        texts = sum(pool.imap_unordered(extract, range(len(_bodies))))
        seconds = time.perf_counter() - began
        cpu_s = _cpu_s(children) - before
    report = {
        "pages": len(_bodies),
        "texts": texts,
        "seconds": seconds,
        "cpu_s": cpu_s,
    }
    sys.stdout.write(json.dumps(report) + "\n")


def _cpu_s(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(one.user + one.system for one in times))


if __name__ == "__main__":
    main()
