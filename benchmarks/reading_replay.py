"""Replay of captured pages and the page of their article, beside pywb's replay.

    python -m benchmarks.reading replay [--pages N] [--rounds N] [--pywb VENV]

Real pages of the corpus are kept in a collection, gzipped as servers send them, and
each is asked for over HTTP from `dateline serve` and from pywb, in turn, a request at a
time: the page itself, with links rewritten, by its exact time. Both must answer with
200 and the title of the page. The page of the article (text, versions, evidence) is
asked for by its address; pywb has none, its replay stands in. pywb runs in an
environment of its own (`.ci/peers`) over the folders of the collection, by the
configuration that is exported for it.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from lxml.etree import HTMLParser, fromstring

from archive.clock import timestamp14
from archive.collection import Collection
from archive.events import CaptureOrder, read_answer
from archive.export.pywb import index_folders, pywb_config
from archive.model import Discovery, Exchange, Role
from archive.replay.links import replay_path
from archive.store import Store
from benchmarks import corpus
from benchmarks.reading_lookups import free_port, running
from pipelines.derive import Deriver
from pipelines.pool import ExtractionPool
from pipelines.texts import outcome_at_once

ROOT: Final = Path(__file__).resolve().parents[1]
_BEGIN: Final = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
_WANTED: Final = 3.0  # times as fast as pywb
_FIRST: Final = 10  # pages that do not count
_WORD: Final = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A page that was kept, and by what it is known again."""

    url: str
    time: str  # 14 digits
    length: int  # bytes of HTML
    sign: bytes  # the first word of its title
    record: str  # UUID of its record


def keep(root: Path, most: int) -> list[Kept]:
    """Keep every so manieth page of the corpus."""
    # pywb fails on addresses that are not ASCII.
    pages = [page for page in corpus.pages() if page.url.isascii()]
    pages = pages[:: max(1, len(pages) // most)][:most]
    kept = []
    with Collection.create(root) as collection:
        store = Store(
            collection,
            settings=[("software", "benchmark")],
            text_outcome=outcome_at_once,
        )
        for number, page in enumerate(pages):
            at = _BEGIN + timedelta(seconds=number)
            order = _order(page.url.strip(), page.body, at)
            capture = store.keep(order).result(60)
            kept.append(
                Kept(
                    url=page.url.strip(),
                    time=timestamp14(at),
                    length=len(page.body),
                    sign=_sign(page.body),
                    record=capture.record_id.strip("<>").rpartition(":")[2],
                )
            )
        store.close()
        with ExtractionPool() as pool:
            Deriver(collection, pool).bring_level()
    return kept


def _sign(body: bytes) -> bytes:
    title = fromstring(body, HTMLParser(encoding="utf-8")).findtext("head/title")
    word = _WORD.search(title or "")
    return word[0].encode("ascii") if word else b"<"


def _order(url: str, body: bytes, at: datetime) -> CaptureOrder:
    packed = gzip.compress(body, 6, mtime=0)
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    )
    exchange = Exchange(
        url=url,
        request=b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
        response=head.encode("ascii") + packed,
        began_at=at,
        duration_s=0.1,
        peer_address="192.0.2.1",
    )
    discovery = Discovery(
        url=url, role=Role.ARTICLE, source_id="corpus", run_id="1", found_at=at
    )
    return CaptureOrder(
        exchange=exchange,
        answer=read_answer(exchange.response),
        discovery=discovery,
    )


def asking(
    port: int,
    path_of: Callable[[Kept], str],
    sign_of: Callable[[Kept], bytes] = lambda page: page.sign,
) -> Callable[[Kept], float]:
    """Ask a server for a page by a bare socket; gives the seconds it took."""

    def ask(page: Kept) -> float:
        request = (
            f"GET {path_of(page)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Accept: text/html\r\nConnection: close\r\n\r\n"
        )
        start = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), 120) as connection:
            connection.sendall(request.encode("ascii"))
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        spent = time.perf_counter() - start
        assert b" 200 " in answer[:20], (page.url, answer[:300])
        assert sign_of(page) in answer, page.url
        return spent

    return ask


def main(arguments: Sequence[str]) -> int:
    """Measure; gives 1 if pywb is less than three times slower."""
    parser = argparse.ArgumentParser(prog="benchmarks.reading replay")
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    default = os.environ.get("DATELINE_PYWB", str(ROOT / ".peers" / "pywb"))
    parser.add_argument("--pywb", type=Path, default=Path(default))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        return _measured(Path(name), options)


def _measured(folder: Path, options: argparse.Namespace) -> int:
    root = folder / "kept"
    pages = keep(root, options.pages)
    configuration = folder / "pywb" / "config.yaml"
    configuration.parent.mkdir()
    configuration.write_text(pywb_config(root, index_folders(root)), "utf-8")
    ours, theirs = free_port(), free_port()
    serve = [sys.executable, "-m", "dateline", "serve", "-c", str(root)]
    wayback = [str(options.pywb / "bin" / "wayback"), "-b", "127.0.0.1"]
    with (
        running([*serve, "--port", str(ours)], ours, cwd=ROOT),
        running([*wayback, "-p", str(theirs)], theirs, cwd=configuration.parent),
    ):
        spans = timed(
            [
                asking(ours, lambda page: replay_path(page.url, page.time)),
                asking(
                    ours,
                    lambda page: f"/article/{page.record}",
                    lambda _: b"<h1",
                ),
                asking(
                    theirs,
                    lambda page: replay_path(
                        page.url, f"{page.time}mp_", prefix=f"/{root.name}/"
                    ),
                ),
            ],
            pages,
            options.rounds,
        )
    length = statistics.median(page.length for page in pages)
    print(f"{len(pages)} pages, median {length / 1000:.0f} kB, {options.rounds} rounds")
    for who, times in zip(("replay", "article", "pywb"), spans, strict=True):
        ranked = sorted(times)
        print(
            f"{who:<10} median {statistics.median(ranked) * 1000:7.1f} ms   "
            f"p99 {ranked[int(len(ranked) * 0.99)] * 1000:7.1f} ms"
        )
    theirs_s = statistics.median(spans[2])
    ratios = [theirs_s / statistics.median(times) for times in spans[:2]]
    print(
        f"pywb takes {ratios[0]:.1f} times as long as replay, {ratios[1]:.1f} times as "
        f"long as the article (wanted: {_WANTED:.0f})"
    )
    return 0 if min(ratios) >= _WANTED else 1


def timed(
    asks: Sequence[Callable[[Kept], float]], pages: Sequence[Kept], rounds: int
) -> list[list[float]]:
    """Ask each for every page, in turn, so that a busy moment is shared."""
    for page in pages[:_FIRST]:  # not the first ones: imports, caches
        for ask in asks:
            ask(page)
    spans: list[list[float]] = [[] for _ in asks]
    for _ in range(rounds):
        for page in pages:
            for times, ask in zip(spans, asks, strict=True):
                times.append(ask(page))
    return spans


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
