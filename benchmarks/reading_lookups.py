"""Look-ups in an index of millions of lines, and pywb's CDX server on the same lines.

    python -m benchmarks.reading lookups [--lines N] [--asked N] [--pywb VENV]
        [--folder DIR]

The lines are made on the fly: N captures of a third as many addresses on 5000 hosts,
dealt out to as many index files as so many WARC files would have, and merged by
`archive.indexmerge`. Both servers answer one client, in turn, a request at a time; pywb
reads the merged file, which is what serves it best. The answers must have equally many
lines. Rates are compared by the processor's time of an answer, which is what bounds a
server; by the clock, a machine that is shared says as much about others. 10 million
lines take 4 GB twice over, and a quarter of an hour.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlencode

import psutil
import uvicorn
from typing_extensions import override

from archive.collection import Collection
from archive.indexmerge import merge_all
from archive.lookups import Index
from archive.urlkey import urlkey
from archive.web.app import create_app
from archive.web.shelf import Shelf

_HOSTS: Final = 5000
_CAPTURES: Final = 3  # of each address
_FOR_EACH_FILE: Final = 50_000  # lines
_PREFIX_LIMIT: Final = 100
_WANTED: Final = 3.0  # times the rate of pywb


def url_of(number: int, addresses: int) -> str:
    """Name an address: those of one host follow each other."""
    host, path = divmod(number, -(-addresses // _HOSTS))
    return f"https://www.news-{host:05d}.example/2026/11/{path:06d}-a-headline-of-words.html"


def lines_of(number: int, addresses: int) -> Iterator[bytes]:
    """Make the lines of an address, the oldest first."""
    url = url_of(number, addresses)
    key = urlkey(url)
    for capture in range(_CAPTURES):
        stamp = f"202{capture + 4}{number % 12 + 1:02d}{number % 28 + 1:02d}081500"
        fields = {
            "url": url,
            "mime": "text/html",
            "status": "200",
            "digest": f"sha256:{number:064x}",
            "length": str(7000 + number % 9999),
            "offset": str(number * 9),
            "filename": f"2026/11/22/dateline-20261122081500000-{number % 99999:05d}-"
            "news.warc.gz",
        }
        yield f"{key} {stamp} {json.dumps(fields)}\n".encode()


def make(folder: Path, lines: int) -> None:
    """Write index files; a round of addresses goes to all of them, so all overlap."""
    addresses = max(1, lines // _CAPTURES)
    files = max(1, lines // _FOR_EACH_FILE)
    day = folder / "index/2026/11/22"
    day.mkdir(parents=True)
    for first in range(0, files, 100):  # not all open at once
        numbers = range(first, min(first + 100, files))
        with contextlib.ExitStack() as opened:
            out: dict[int, IO[bytes]] = {
                n: opened.enter_context((day / f"f{n:05d}.cdxj").open("wb"))
                for n in numbers
            }
            for number in range(addresses):
                if number % files in out:
                    for line in lines_of(number, addresses):
                        out[number % files].write(line)


# ----------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long answers took, seconds, and how many lines they had."""

    spans: tuple[float, ...]
    lines: int
    cpu_s: float = 0.0  # of the process that answered; of all that it started, too

    @property
    def median(self) -> float:
        """How long the usual answer took."""
        return statistics.median(self.spans)

    @override
    def __str__(self) -> str:
        ranked = sorted(self.spans)
        return (
            f"median {self.median * 1000:8.3f} ms   "
            f"p99 {ranked[int(len(ranked) * 0.99)] * 1000:8.3f} ms   "
            f"{1 / self.median:6.0f}/s   "
            f"CPU {self.cpu_s / len(ranked) * 1000:6.3f} ms   {self.lines} lines"
        )


def timed(
    asks: Sequence[tuple[psutil.Process, Callable[[str], int]]], urls: Sequence[str]
) -> list[Times]:
    """Ask each of several the same, in turn; an answer is a number of lines."""
    for url in urls[:20]:  # not the first ones: imports, caches
        for _, ask in asks:
            ask(url)
    spans: list[list[float]] = [[] for _ in asks]
    lines = [0 for _ in asks]
    before = [cpu_of(process) for process, _ in asks]
    for url in urls:
        for number, (_, ask) in enumerate(asks):
            start = time.perf_counter()
            lines[number] += ask(url)
            spans[number].append(time.perf_counter() - start)
    return [
        Times(spans=tuple(spans[n]), lines=lines[n], cpu_s=cpu_of(process) - before[n])
        for n, (process, _) in enumerate(asks)
    ]


def cpu_of(process: psutil.Process) -> float:
    """Tell how long a process has had a processor, seconds."""
    times = process.cpu_times()
    spent: float = times.user + times.system
    return spent


def over_http(port: int, path: str, **more: str) -> Callable[[str], int]:
    """Ask a server at a port of this machine, on a connection for each question.

    The client is a bare socket, and HTTP/1.0 has no chunks: what it costs itself would
    be counted for both. On a kept connection pywb's answers wait 40 ms for an
    acknowledgement (Nagle).
    """

    def ask(url: str) -> int:
        asked = urlencode({"url": url, **more})
        with socket.create_connection(("127.0.0.1", port), 120) as connection:
            connection.sendall(
                f"GET {path}?{asked} HTTP/1.0\r\n"
                f"Host: 127.0.0.1:{port}\r\n\r\n".encode()
            )
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b" 200 " in head[:20], answer[:300]
        return body.count(b"\n")

    return ask


def free_port() -> int:
    """Find a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    words: Sequence[str], port: int, *, cwd: Path | None = None
) -> Iterator[psutil.Process]:
    """Run a server until the end of the block, which begins when it answers."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, cwd=cwd, stdout=said, stderr=said)
        try:
            for _ in range(600):
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                if process.poll() is not None:
                    said.seek(0)
                    raise SystemExit(f"{words[0]} ended: {said.read()[-2000:]!r}")
                time.sleep(0.1)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


def serve(folder: str, port: str) -> None:
    """Serve a collection, as `dateline serve` does, without anything around it."""
    app = create_app(Shelf.open(Path(folder)))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


# ---------------------------------------------------------------------- main


def main(arguments: Sequence[str]) -> int:
    """Measure, and say whether ours is three times as fast."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading lookups")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=1000)
    parser.add_argument("--pywb", type=Path, help="a virtual environment with pywb")
    parser.add_argument("--folder", type=Path, help="where to put the lines")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="lookups-") as folder:
        pywb = given.pywb and given.pywb.resolve()
        return _measure(Path(folder), given.lines, given.asked, pywb)


def _measure(folder: Path, lines: int, asked: int, pywb: Path | None) -> int:
    started = time.perf_counter()
    Collection.create(folder / "c").close()
    make(folder / "c", lines)
    print(f"{lines} lines made in {time.perf_counter() - started:.0f} s")
    started = time.perf_counter()
    merged = merge_all(folder / "c/index")
    assert merged is not None
    span = time.perf_counter() - started
    print(
        f"{len(merged.sources)} index files merged in {span:.1f} s "
        f"({merged.lines / span:.0f} lines/s, {merged.length / 1e6:.0f} MB)"
    )
    addresses = max(1, lines // _CAPTURES)
    chosen = random.Random(5)
    urls = [url_of(chosen.randrange(addresses), addresses) for _ in range(asked)]
    _in_process(Index(folder / "c/index"), urls)
    with contextlib.ExitStack() as opened:
        servers = {"dateline": (*opened.enter_context(_ours(folder / "c")), "/cdx")}
        if pywb is not None:
            place = folder / "pywb"
            place.mkdir()
            theirs = opened.enter_context(_theirs(pywb, place, merged.index))
            servers["pywb"] = (*theirs, "/all/cdx")
        return _compared(servers, urls)


def _compared(
    servers: dict[str, tuple[psutil.Process, int, str]], urls: Sequence[str]
) -> int:
    """Ask the servers in turn: both have the same machine. 0 if ours is fast enough."""
    places = [f"{url.rpartition('/')[0]}/*" for url in urls]
    closest = {"closest": "20250601000000", "limit": "1"}
    worst = math.inf
    for kind, asked, more in (
        ("exact", urls, {}),
        ("closest", urls, closest),
        ("prefix", places, {"limit": str(_PREFIX_LIMIT)}),
    ):
        asks = [
            (process, over_http(port, path, **more))
            for process, port, path in servers.values()
        ]
        found = dict(zip(servers, timed(asks, asked), strict=True))
        for name, times in found.items():
            print(f"{name:10} {kind:9} {times}")
        if "pywb" in found:
            assert found["dateline"].lines == found["pywb"].lines, kind
            by_clock = found["pywb"].median / found["dateline"].median
            ratio = found["pywb"].cpu_s / found["dateline"].cpu_s
            print(
                f"{kind}: {ratio:.1f} times the rate of pywb ({by_clock:.1f} by clock)"
            )
            worst = min(worst, ratio)
    return 0 if worst >= _WANTED else 1


def _in_process(index: Index, urls: Sequence[str]) -> None:
    keys = {url: urlkey(url) for url in urls}
    us = psutil.Process()

    def exact(url: str) -> int:
        return sum(1 for _ in index.lookup(keys[url]))

    def closest(url: str) -> int:
        return int(index.closest(keys[url], "20250601") is not None)

    def prefix(url: str) -> int:
        beginning = keys[url].rpartition("/")[0] + "/"
        return sum(1 for _ in islice(index.prefix(beginning), _PREFIX_LIMIT))

    for ask in (exact, closest, prefix):
        print(f"in process {ask.__name__:9} {timed([(us, ask)], urls)[0]}")


@contextlib.contextmanager
def _ours(folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    port = free_port()
    words = (sys.executable, "-m", "benchmarks.reading_lookups", str(folder), str(port))
    with running(words, port) as process:
        yield process, port


@contextlib.contextmanager
def _theirs(
    venv: Path, place: Path, index: Path
) -> Iterator[tuple[psutil.Process, int]]:
    (place / "config.yaml").write_text(
        f"collections:\n  all:\n    index_paths: {index}\n"
        f"    archive_paths: {place}/\n",
        "utf-8",
    )
    port = free_port()
    with running(
        (str(venv / "bin/wayback"), "-p", str(port)), port, cwd=place
    ) as process:
        yield process, port


if __name__ == "__main__":
    serve(*sys.argv[1:])
