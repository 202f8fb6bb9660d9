"""Spoilt pages by the hundred thousand: each has an outcome, no worker dies unseen.

    python -m benchmarks.fuzz [--pages N] [--seed S] [--first N] [--workers N]
                              [--largest BYTES]
    python -m benchmarks.fuzz --seed S --show N > page.html

Pages of the corpus (or, without it, of the example newsroom) are spoilt in one way
to four (tests/support/mutations.py) and go through the pool. Counts the outcomes,
and lists the pages at which a worker died or the extractor raised, by their numbers:
those, and the seed, are all that is needed to see them again with --show. Nothing
is saved. The exit code is 1 if a page had no outcome.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import crawler.newsroom
from archive.errors import DatelineError
from archive.model import TextOutcome
from benchmarks import corpus
from pipelines.article_text import page_of
from pipelines.extraction import Extraction, Page
from pipelines.pool import ExtractionPool
from tests.support.mutations import mutated

_CAPTURED_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_AHEAD: Final = 32  # pages handed to each worker before the first result is taken
_EVERY_S: Final = 30.0  # between two words on progress
_MOST_LISTED: Final = 20  # numbers of pages that ended alike
_DEATHS: Final = (TextOutcome.TIMEOUT, TextOutcome.MEMORY, TextOutcome.CRASHED)
_WRONG: Final = (*_DEATHS, TextOutcome.FAILED)


@dataclass(slots=True)
class Tally:
    """What became of the pages."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, Extraction]] = field(default_factory=list)
    lost: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, future: Future[Extraction]) -> None:
        """Count one page."""
        try:
            extraction = future.result()
        except DatelineError as error:
            self.lost.append((number, str(error)))
            return
        self.outcomes[extraction.outcome] += 1
        if extraction.outcome in _WRONG:
            self.wrong.append((number, extraction))


def bodies(largest: int) -> list[bytes]:
    """Give the pages that are spoilt, always in the same order."""
    if corpus.is_there():
        return [page.body for page in corpus.pages() if len(page.body) <= largest]
    site = Path(crawler.newsroom.__file__).parent / "site"
    return [path.read_bytes() for path in sorted(site.rglob("*.html"))]


def spoilt(seed: int, number: int, pages: list[bytes]) -> Page:
    """Make the page of a number."""
    url = f"https://fuzz.example/{seed}/{number}.html"
    body = mutated(f"{seed}:{number}", pages)
    return page_of(body, url, captured_at=_CAPTURED_AT)


def run(pool: ExtractionPool, seed: int, numbers: range, pages: list[bytes]) -> Tally:
    """Have all pages extracted."""
    tally = Tally()
    waiting: deque[tuple[int, Future[Extraction]]] = deque()
    began = told = time.monotonic()
    for number in numbers:
        waiting.append((number, pool.submit(spoilt(seed, number, pages))))
        while waiting and (
            waiting[0][1].done() or len(waiting) >= _AHEAD * pool.workers
        ):
            tally.take(*waiting.popleft())
        if time.monotonic() - told > _EVERY_S:
            told = time.monotonic()
            done = number - numbers.start + 1
            speed = done / (told - began)
            said = f"{done} of {len(numbers)} pages, {speed:.0f} pages/s"
            print(said, file=sys.stderr, flush=True)
    for rest in waiting:
        tally.take(*rest)
    return tally


def report(tally: Tally, seconds: float) -> Iterator[str]:
    """Write what was counted."""
    done = tally.outcomes.total()
    yield f"{done} pages in {seconds:.0f} s, {done / seconds:.1f} pages/s"
    for outcome, number in tally.outcomes.most_common():
        yield f"{number:>8} {outcome}"
    yield f"{len(tally.lost):>8} without an outcome"
    told: dict[str, list[int]] = {}
    for number, extraction in tally.wrong:
        detail = extraction.detail.partition("'")[0]  # behind it, a piece of the page
        said = f"{extraction.outcome}, {detail}"
        told.setdefault(said, []).append(number)
    for number, error in tally.lost:
        told.setdefault(f"no outcome, {error}", []).append(number)
    for said, numbers in sorted(told.items(), key=lambda one: -len(one[1])):
        listed = ", ".join(map(str, numbers[:_MOST_LISTED]))
        more = " …" if len(numbers) > _MOST_LISTED else ""
        yield f"{len(numbers):>8} {said}: page {listed}{more}"


def main() -> int:
    """Spoil pages, extract them, count."""
    parser = argparse.ArgumentParser(description="Feed spoilt pages to the extractor.")
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first page")
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument(
        "--largest", type=int, default=sys.maxsize, help="bytes; of the page to spoil"
    )
    parser.add_argument("--limit", type=float, default=20.0, help="seconds of a page")
    parser.add_argument("--show", type=int, default=None, help="write page N, no more")
    options = parser.parse_args()
    pages = bodies(options.largest)
    if options.show is not None:
        sys.stdout.buffer.write(spoilt(options.seed, options.show, pages).payload)
        return 0
    numbers = range(options.first, options.first + options.pages)
    with ExtractionPool(options.workers, time_limit_s=options.limit) as pool:
        print(f"{pool.info.name} {pool.info.version}, seed {options.seed}")
        began = time.monotonic()
        tally = run(pool, options.seed, numbers, pages)
        seconds = time.monotonic() - began
    for text in report(tally, seconds):
        print(text)
    return 1 if tally.lost or tally.outcomes.total() != len(numbers) else 0


if __name__ == "__main__":
    sys.exit(main())
