"""A WACZ file of a large collection: how fast, in how much memory.

    python -m benchmarks.reading export [--size MB] [--rounds N] [--wacz VENV]
        [--folder DIR]

Two collections are made through the store, of pages that can't be compressed, each with
a text: one of a tenth of the size, and one of the size. `dateline export wacz` packs
both; `wacz create` packs the files of the large one, in the same rounds, each once
without being measured. Promised are three times its speed, and memory that does not
grow with the size. 2000 MB take as much on disk four times over.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from archive.collection import Collection
from archive.events import CaptureOrder, read_answer
from archive.model import (
    Article,
    Capture,
    CaptureClass,
    Discovery,
    Exchange,
    Provenance,
    Role,
    TextOutcome,
    Work,
)
from archive.store import Store
from archive.texts import Software, Verdict

ROOT: Final = Path(__file__).resolve().parents[1]
PROMISED: Final = 3.0  # times the speed of `wacz create`
GROWTH: Final = 1.25  # times the memory of a tenth: what counts as flat
_PAGE: Final = 100_000  # bytes
_IN_FLIGHT: Final = 64
_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_SOFTWARE: Final = Software(name="bench", version="1", options_digest="sha256:00")
# Linux counts what a process was before `exec` in its peak: so a small one starts it.
_WATCHER: Final = """
import os, sys, time
began = time.perf_counter()
pid = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(pid, 0)
print(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
_TEXT: Final = "The bridge over the northern strait is open again. " * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command took."""

    wall_s: float
    cpu_s: float
    peak: int  # bytes resident
    length: int  # bytes of what it wrote


def build(root: Path, size: int) -> int:
    """Keep about so many bytes in a new collection; gives the number of pages."""
    noise = random.Random(1)
    count = max(1, size // _PAGE)
    with Collection.create(root) as collection:
        store = Store(
            collection,
            settings=[("software", "benchmarks.reading_export")],
            text_outcome=lambda _: None,
        )
        waiting: list[Any] = []
        for number in range(count):
            waiting.append(store.keep(_order(number, noise.randbytes(_PAGE))))
            if len(waiting) == _IN_FLIGHT or number == count - 1:
                verdicts = [_verdict(future.result()) for future in waiting]
                collection.catalogue.add_texts(_SOFTWARE, verdicts, is_current=True)
                waiting.clear()
        store.close()
    return count


def _order(number: int, body: bytes) -> CaptureOrder:
    url = f"https://www.news-{number % 97}.example/2026/{number}-a-headline.html"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
    exchange = Exchange(
        url=url,
        request=b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n",
        response=head % len(body) + body,
        began_at=_BEGAN + timedelta(seconds=number),
        duration_s=0.1,
    )
    discovery = Discovery(
        url=url,
        role=Role.ARTICLE,
        source_id=f"source-{number % 7}",
        run_id=str(uuid.UUID(int=number % 7)),
        found_at=exchange.began_at,
    )
    return CaptureOrder(
        exchange=exchange, answer=read_answer(exchange.response), discovery=discovery
    )


def _verdict(capture: Capture) -> Verdict:
    article = Article(
        id=f"<{uuid.uuid4().urn}>",
        canonical_url=capture.url,
        work=Work(title=f"A headline of {capture.url}", language="en"),
        text=_TEXT,
        page_class=CaptureClass.ARTICLE,
        confidence=0.9,
        claims=(),
        provenance=Provenance(
            record_id=capture.record_id,
            payload_digest=capture.payload_digest,
            locator=capture.locator,
            captured_at=capture.date,
            url=capture.url,
            found_url=capture.url,
            extractor=_SOFTWARE.name,
            extractor_version=_SOFTWARE.version,
            options_digest=_SOFTWARE.options_digest,
            run_id=capture.discovery.run_id,
            source_id=capture.discovery.source_id,
        ),
    )
    return Verdict(
        record_id=capture.record_id,
        url=capture.url,
        outcome=TextOutcome.TEXT,
        page_class=CaptureClass.ARTICLE,
        confidence=0.9,
        article=article,
    )


# ---------------------------------------------------------------- measured


def export(root: Path, target: Path) -> Ran:
    """Pack a collection with Dateline."""
    words = ("export", "wacz", "-c", str(root), "--force", "-o", str(target))
    return _run([sys.executable, "-m", "dateline", *words], target)


def create(tool: Path, root: Path, target: Path) -> Ran:
    """Pack its files with py-wacz."""
    files = sorted(map(str, (root / "warc").rglob("*.warc.gz")))
    return _run([str(tool), "create", "-o", str(target), *files], target)


def _run(command: Sequence[str], target: Path) -> Ran:
    watched = [sys.executable, "-I", "-S", "-c", _WATCHER, *command]
    ran = subprocess.run(watched, cwd=ROOT, capture_output=True, check=False)
    if ran.returncode:
        sys.exit(f"{command[0]} failed:\n{ran.stderr.decode('utf-8', 'replace')}")
    wall, cpu, peak = ran.stdout.split()[-3:]
    return Ran(
        wall_s=float(wall),
        cpu_s=float(cpu),
        peak=int(peak) * 1024,
        length=target.stat().st_size,
    )


def _print(name: str, ran: Ran) -> None:
    print(
        f"{name:<22}{ran.length / 1e6:>9.0f} MB{ran.wall_s:>8.1f} s"
        f"{ran.cpu_s:>8.1f} s CPU{ran.length / ran.wall_s / 1e6:>8.0f} MB/s"
        f"{ran.peak / 1e6:>8.0f} MB at most",
        flush=True,
    )


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and give 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="benchmarks.reading export")
    parser.add_argument("--size", type=int, default=300, metavar="MB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wacz", type=Path, default=ROOT / ".peers" / "wacz")
    parser.add_argument("--folder", type=Path, help="where it is made; kept, and used")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dateline-export-") as temporary:
        folder = asked.folder or Path(temporary)
        small, large = folder / "small", folder / "large"
        for root, size in ((small, asked.size / 10), (large, asked.size)):
            if not root.exists():
                print(f"{root.name}: {build(root, int(size * 1e6))} pages", flush=True)
        return _measure(asked, small, large, folder)


def _measure(asked: Any, small: Path, large: Path, folder: Path) -> int:
    tool = asked.wacz / "bin" / "wacz"
    target = folder / "packed.wacz"
    little = export(small, target)
    _print("dateline, a tenth", little)
    ours: list[Ran] = []
    theirs: list[Ran] = []
    for number in range(asked.rounds + 1):  # the first one warms the cache
        ran = export(large, target)
        _print("dateline", ran)
        ours += [ran] if number else []
        target.unlink()
        if tool.exists():
            ran = create(tool, large, target)
            _print("wacz create", ran)
            theirs += [ran] if number else []
            target.unlink()
    growth = max(ran.peak for ran in ours) / little.peak
    print(f"memory: {growth:.2f} times that of a tenth (flat: under {GROWTH})")
    if not theirs:
        print(f"{tool} is missing: `make peers` installs it")
        return int(growth > GROWTH)
    ratio = statistics.median(r.wall_s for r in theirs) / statistics.median(
        r.wall_s for r in ours
    )
    print(f"speed: {ratio:.1f} times that of wacz create (promised: {PROMISED})")
    spared = statistics.median(r.cpu_s for r in theirs) / statistics.median(
        r.cpu_s for r in ours
    )
    print(f"CPU time: wacz create takes {spared:.1f} times as much")
    return int(growth > GROWTH or ratio < PROMISED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
