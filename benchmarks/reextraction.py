"""The share of the extractor's own speed that `dateline reextract` has, on all cores.

    python -m benchmarks.reextraction [--records 20000] [--kill N] [--seed 1]
                                      [--file-size MIB] [--folder DIR]

Builds a collection out of the corpus pages, each made unique by a comment, through the
store. Measures the extractor alone over the same pages, in one process, before and
after; then `dateline reextract`; then the same again with nothing to do, which is the
time of its start. Prints

    rate / (cores × rate of the extractor alone)        promised: 0.9

with the start and without, and the memory of all processes in each quarter of the time.
With `--kill` a copy is killed by process id at N random instants and started again: no
finished file may be made again, and the result must be that of the undisturbed run,
byte for byte. `--folder` keeps the collection, and takes it if it is there.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psutil
from zlib_ng import zlib_ng

from archive.collection import Collection
from archive.events import CaptureOrder, read_answer
from archive.model import Discovery, Exchange, Role
from archive.questions import Limits, captures
from archive.store import Store
from archive.texts_questions import extractors, verdicts_by
from benchmarks import corpus
from pipelines.extraction import load_extractor
from pipelines.pool import DEFAULT_EXTRACTOR
from pipelines.reextract_reading import AnswerReader
from pipelines.texts import outcome_at_once, page_from

ROOT: Final = Path(__file__).resolve().parents[1]
# The command, with another extractor than its own.
_DATELINE: Final = """
import sys
import pipelines.pool
pipelines.pool.DEFAULT_EXTRACTOR = sys.argv.pop(1)
import dateline
dateline.main()
"""
PROMISED: Final = 0.9
_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_IN_FLIGHT: Final = 64  # orders given to the store before the first is waited for
_SAMPLED_EVERY_S: Final = 0.5
_LEAST_SPAN_S: Final = 8.0  # in which a kill falls: a start takes half of it
_ALONE: Final = 602  # pages that the extractor is measured with
_RUN: Final = "00000000-0000-4000-8000-000000000000"


# ---------------------------------------------------------------- the collection


def build(root: Path, records: int, file_size: int) -> None:
    """Keep so many pages in a new collection."""
    pages = [(page.url, _gzip(page.body)) for page in corpus.pages()]
    with Collection.create(root) as collection:
        store = Store(
            collection,
            settings=[("software", "benchmarks.reextraction")],
            text_outcome=outcome_at_once,
            max_size=file_size,
        )
        orders = itertools.islice(itertools.cycle(pages), records)
        waiting: list[Any] = []
        for number, (url, packed) in enumerate(orders):
            waiting.append(store.keep(_order(number, url, packed)))
            if len(waiting) == _IN_FLIGHT:
                for future in waiting:
                    future.result()
                waiting.clear()
        store.close()


def _order(number: int, url: str, packed: bytes) -> CaptureOrder:
    # A second gzip member (RFC 1952, 2.2): no page is packed twenty times over.
    body = packed + _gzip(b"<!-- record %d -->" % number)
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: %d\r\n\r\n"
    )
    response = head % len(body) + body
    address = url.partition("#")[0]
    exchange = Exchange(
        url=address,
        request=b"GET / HTTP/1.1\r\n\r\n",
        response=response,
        began_at=_BEGAN + timedelta(seconds=number),
        duration_s=0.1,
    )
    discovery = Discovery(
        url=address,
        role=Role.ARTICLE,
        source_id="corpus",
        run_id=_RUN,
        found_at=exchange.began_at,
    )
    return CaptureOrder(
        exchange=exchange, answer=read_answer(response), discovery=discovery
    )


def _gzip(content: bytes) -> bytes:
    deflate = zlib_ng.compressobj(6, zlib_ng.DEFLATED, 31)
    return bytes(deflate.compress(content) + deflate.flush())


def copy(root: Path, target: Path) -> Path:
    """Copy a collection; the WARC files, which nobody changes, by links."""

    def take(source: str, destination: str) -> str:
        if source.endswith(".warc.gz") and "/warc/" in source:
            os.link(source, destination)
            return destination
        return shutil.copy2(source, destination)

    return Path(shutil.copytree(root, target, copy_function=take))


# ---------------------------------------------------------------- the extractor alone


def alone(root: Path, extractor: str) -> tuple[float, float]:
    """Measure the extractor in one process of its own: pages a second, CPU s a page."""
    command = [sys.executable, "-m", "benchmarks.reextraction", "--alone", str(root)]
    command += ["--extractor", extractor]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    rate, cpu_s = map(float, done.stdout.split()[-2:])
    return rate, cpu_s


def measure_alone(root: Path, spec: str) -> tuple[float, float]:
    """Read pages first; then extract them, and take the time of that."""
    extractor = load_extractor(spec)
    extractor.warm_up()
    with Collection.open(root) as collection:
        reader = AnswerReader(collection, lambda _finding: None)
        kept = [k.capture for k in captures(collection.catalogue, Limits(limit=_ALONE))]
        pages = [page_from(capture, reader.read(capture)) for capture in kept]
        reader.close()
    began, cpu_s = time.perf_counter(), time.process_time()
    for page in pages:
        extractor.extract(page)
    seconds = time.perf_counter() - began
    return len(pages) / seconds, (time.process_time() - cpu_s) / len(pages)


# ---------------------------------------------------------------- the command


@dataclass(slots=True)
class Ran:
    """A re-extraction that was run to its end, or killed."""

    seconds: float = 0.0
    cpu_s: float = 0.0  # of all its processes
    code: int | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    memory: list[int] = field(default_factory=list)  # bytes, at each look


def run(root: Path, extractor: str, kill_after_s: float | None = None) -> Ran:
    """Run `dateline reextract`; kill it by its process id after a time."""
    ran = Ran()
    began, before = time.perf_counter(), os.times()
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", _DATELINE, extractor),
            *("reextract", "--json", "--collection", str(root)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    looker = threading.Thread(target=_look, args=(process.pid, ran.memory))
    looker.start()
    try:
        stdout, _ = process.communicate(timeout=kill_after_s)
        said = stdout.splitlines() or ["{}"]  # without a word: it failed
        ran.summary = json.loads(said[-1])
    except subprocess.TimeoutExpired:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        psutil.wait_procs(children, timeout=30)  # they end of themselves
    ran.seconds, after = time.perf_counter() - began, os.times()
    ran.cpu_s = after.children_user - before.children_user
    ran.cpu_s += after.children_system - before.children_system
    ran.code = process.returncode
    looker.join()
    return ran


def _look(pid: int, memory: list[int]) -> None:
    """Add up what all processes have in memory; what they share counts once."""
    with suppress(psutil.NoSuchProcess):
        main = psutil.Process(pid)
        while main.status() != psutil.STATUS_ZOMBIE:
            total = 0
            for process in (main, *main.children(recursive=True)):
                with suppress(psutil.Error):
                    total += process.memory_full_info().pss
            memory.append(total)
            time.sleep(_SAMPLED_EVERY_S)


def quarters(memory: list[int]) -> list[int]:
    """Give the most memory in each quarter of the time, in MiB."""
    size = max(1, len(memory) // 4)
    return [max(memory[i * size :][:size] or [0]) >> 20 for i in range(4)]


# ---------------------------------------------------------------- kills


def finished(root: Path) -> dict[str, tuple[int, int]]:
    """Tell the files of texts apart: inode and time of each that has its name."""
    return {
        path.relative_to(root).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in (root / "text").rglob("*.gz")
    }


def killed(
    root: Path, extractor: str, kills: int, chosen: random.Random, span_s: float
) -> list[str]:
    """Kill and start again, then let it end; gives what was wrong."""
    problems: list[str] = []
    for number in range(kills + 1):
        before = {n: v for n, v in finished(root).items() if _is_done(root, n)}
        last = number == kills
        ran = run(root, extractor, None if last else chosen.uniform(0, span_s))
        after = finished(root)
        again = [name for name in before if after.get(name) != before[name]]
        problems += [f"made again after kill {number}: {name}" for name in again]
        print(
            f"{'to its end' if last else f'kill {number + 1}':<10} after "
            f"{ran.seconds:6.1f} s, {len(before)} files were finished before"
        )
        if last and ran.code not in (0, 1):
            problems.append(f"it ended with {ran.code}")
    return problems


def _is_done(root: Path, name: str) -> bool:
    """Whether the file with the outcomes is there: only then is any of them done."""
    stem = name.rsplit("/", 1)[1].partition(".")[0]
    return (root / name).with_name(f"{stem}.outcomes.gz").exists()


def differences(root: Path, other: Path) -> Iterator[str]:
    """Name the files of texts that differ, and whether the catalogues do."""
    names = sorted({*finished(root), *finished(other)})
    for name in names:
        first, second = root / name, other / name
        if not (first.exists() and second.exists()):
            yield f"only in one: {name}"
        elif first.read_bytes() != second.read_bytes():
            yield f"not the same: {name}"
    with Collection.open(root) as one, Collection.open(other) as two:
        keys = [held.software.key for held in extractors(one.catalogue)]
        for key in keys:
            pairs = itertools.zip_longest(
                verdicts_by(one.catalogue, key), verdicts_by(two.catalogue, key)
            )
            if any(first != second for first, second in pairs):
                yield f"the catalogues differ in what {key} made"


# ---------------------------------------------------------------- all of it


def measure(root: Path, extractor: str, records: int) -> tuple[bool, float]:
    """Print rates and memory; gives whether the promise is kept, and the seconds."""
    cores = len(os.sched_getaffinity(0))
    rates = [alone(root, extractor)]
    whole = run(root, extractor)
    idle = run(root, extractor)
    rates.append(alone(root, extractor))
    single = statistics.mean(rate for rate, _ in rates)
    done = int(whole.summary["captures"])
    print(f"{done} of {records} records, {whole.summary['files']} WARC files, "
          f"{cores} cores, outcomes {whole.summary['outcomes']}")  # fmt: skip
    print(f"alone       {rates[0][0]:7.1f} and {rates[1][0]:.1f} pages a second")
    shares: list[float] = []
    for name, seconds in (
        ("with start", whole.seconds),
        ("without", whole.seconds - idle.seconds),
    ):
        shares.append(done / seconds / (cores * single))
        print(
            f"{name:<11} {done / seconds:7.1f} pages a second, "
            f"{shares[-1]:.2f} of {cores} × alone (promised: {PROMISED})"
        )
    single_ms = 1000 * statistics.mean(cpu_s for _, cpu_s in rates)
    whole_ms = 1000 * (whole.cpu_s - idle.cpu_s) / done
    print(
        f"CPU         {single_ms:7.1f} ms a page alone, {whole_ms:.1f} in all, "
        f"{single_ms / whole_ms:.2f}: the share on a machine with nothing else to do"
    )
    in_mib = ", ".join(map(str, quarters(whole.memory)))
    print(f"memory      {in_mib} MiB at most in each quarter, all processes")
    return max(shares) >= PROMISED, whole.seconds


def main() -> None:
    """Build, measure, kill."""
    parser = argparse.ArgumentParser(description="Measure the re-extraction.")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--kill", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file-size", type=int, default=32, metavar="MIB")
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--extractor", default=DEFAULT_EXTRACTOR)
    parser.add_argument("--alone", type=Path, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone is not None:
        print(*measure_alone(given.alone, given.extractor))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        built = folder / "built"
        if not built.exists():
            _timed("built", lambda: build(built, given.records, given.file_size << 20))
        scratch = Path(tempfile.mkdtemp(dir=folder))
        try:
            undisturbed = copy(built, scratch / "undisturbed")
            kept, seconds = measure(undisturbed, given.extractor, given.records)
            problems: list[str] = []
            if given.kill:
                chosen, disturbed = random.Random(given.seed), scratch / "disturbed"
                span_s = 2 * seconds / given.kill
                problems = killed(
                    copy(built, disturbed),
                    given.extractor,
                    given.kill,
                    chosen,
                    max(_LEAST_SPAN_S, span_s),
                )
                problems += differences(undisturbed, disturbed)
                for problem in problems:
                    print(problem)
                print(f"{given.kill} kills: {len(problems)} problems")
        finally:
            shutil.rmtree(scratch)
    sys.exit(0 if kept and not problems else 1)


def _timed(what: str, work: Callable[[], None]) -> None:
    began = time.perf_counter()
    work()
    print(f"{what} in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
