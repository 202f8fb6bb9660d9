"""Search over many articles: how fast, how large, how long to build; beside tantivy.

    python -m benchmarks.reading_search [--articles 200000] [--folder DIR] [--peer]

Makes a collection of articles out of the sentences of the corpus (see
benchmarks/reading_articles.py), brings its index level, and asks it questions of
eight kinds, each of them answered whole: hits with passages and marks, their number,
seven facets. The clock is that of one thread. Exit code 1 if the median of all
questions is over 50 ms. --peer asks tantivy the same (`pip install tantivy`).

200,000 articles take about 2 GB and half an hour to make; in --folder they stay for
the next time.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.search.database import NAME
from archive.search.level import bring_level
from archive.search.model import Order, Query
from archive.search.questions import search
from benchmarks import corpus
from benchmarks.reading_articles import collection_of

ALLOWED_MS: Final = 50.0
ROUNDS: Final = 3
_OF_A_KIND: Final = 12
_WORD: Final = re.compile(r"[^\W\d_]{4,}")

Questions = dict[str, list[Query]]


def main() -> int:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, help="where the collection stays")
    parser.add_argument("--peer", action="store_true", help="ask tantivy, too")
    options = parser.parse_args()
    if not corpus.is_there():
        print(f"no corpus in {corpus.FOLDER} (set DATELINE_CORPUS)")
        return 0
    if options.folder is not None:
        return measure(options.folder, options.articles, with_peer=options.peer)
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        return measure(Path(folder), options.articles, with_peer=options.peer)


def measure(folder: Path, number: int, *, with_peer: bool) -> int:
    """Measure a collection of so many articles in a folder."""
    collection, length = collection_of(folder, number)
    with collection:
        print(f"{number:,} articles, {length / 1e6:,.0f} MB of text")
        began = time.perf_counter()
        cpu = time.process_time()
        bring_level(collection)
        _built("FTS5", began, cpu, number)
        size = sum(p.stat().st_size for p in collection.root.glob(f"{NAME}*"))
        print(f"FTS5 index: {size / 1e6:,.0f} MB, {size / length:.2f} of the texts")
        asked = questions(collection)
        median = _table("FTS5", asked, lambda query: search(collection, query).total)
        if with_peer:
            _peer(collection, folder / f"tantivy-{number}", number, asked)
    return 0 if median <= ALLOWED_MS else 1


def questions(collection: Collection) -> Questions:
    """Choose questions by the texts that are there: any words of headlines."""
    draw = random.Random(1)
    titles, texts = _samples(collection, draw)
    words = [draw.choice(found) for t in titles if (found := _WORD.findall(t))]
    pairs = [found for t in titles if len(found := _WORD.findall(t)) > 2]
    phrases = [found for t in texts if len(found := re.findall(r"\w+", t)) > 30]
    kinds: dict[str, Callable[[int], Query]] = {
        "a word": lambda n: Query(words=words[n]),
        "two words": lambda n: Query(words=" ".join(pairs[n][:2])),
        "phrase": lambda n: Query(words=f'"{" ".join(phrases[n][20:22])}"'),
        "begin*": lambda n: Query(words=f"{words[n][:5]}*"),
        "boolean": lambda n: Query(
            words=f"({words[n]} OR {words[-n - 1]}) -{words[n + 20]}"
        ),
        "field, filters": lambda n: Query(
            words=f"title:{words[n]}", languages=("en",), since="2024", until="2025-06"
        ),
        "by date": lambda n: Query(words=words[n + 20], order=Order.DATE),
        "everything": lambda n: Query(offset=20 * n),
    }
    return {kind: [make(n) for n in range(_OF_A_KIND)] for kind, make in kinds.items()}


def _samples(
    collection: Collection, draw: random.Random
) -> tuple[list[str], list[str]]:
    with collection.catalogue.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT title, text FROM articles ORDER BY id LIMIT 2000"
        ).all()
    chosen = draw.sample(rows, 200)
    return [row.title for row in chosen], [row.text for row in chosen]


def _built(name: str, began: float, cpu: float, number: int) -> None:
    took, worked = time.perf_counter() - began, time.process_time() - cpu
    if took > 1:
        print(
            f"{name} index built in {took:,.0f} s ({worked:,.0f} s of CPU), "
            f"{number / took:,.0f} articles a second"
        )


def _table(name: str, asked: Questions, ask: Callable[[Query], int]) -> float:
    """Ask every question, in rounds; print a line for each kind."""
    print(f"\n{name:<16}{'median ms':>10}{'slowest':>10}{'matches':>12}")
    every: list[float] = []
    for kind, queries in asked.items():
        times: list[float] = []
        totals: list[int] = []
        for query in queries:
            spent: list[float] = []
            total = ask(query)  # not counted: what a server has in memory after a while
            for _ in range(ROUNDS):
                began = time.thread_time()
                ask(query)
                spent.append((time.thread_time() - began) * 1000)
            times.append(statistics.median(spent))
            totals.append(total)
        every += times
        _line(kind, times, totals)
    _line("all", every, [])
    return statistics.median(every)


def _line(kind: str, times: Sequence[float], totals: Sequence[int]) -> None:
    matches = f"{statistics.median(totals):>12,.0f}" if totals else ""
    print(f"{kind:<16}{statistics.median(times):>10.1f}{max(times):>10.1f}{matches}")


def _peer(collection: Collection, folder: Path, number: int, asked: Questions) -> None:
    if importlib.util.find_spec("tantivy") is None:
        print("\ntantivy is not installed")
        return
    from benchmarks import reading_tantivy  # noqa: PLC0415 (not everywhere)

    is_new = not folder.exists()
    index = reading_tantivy.opened(folder)
    if is_new:
        began, cpu = time.perf_counter(), time.process_time()
        reading_tantivy.build(index, reading_tantivy.rows_of(collection))
        _built("\ntantivy", began, cpu, number)
    size = sum(p.stat().st_size for p in folder.iterdir())
    print(f"tantivy index: {size / 1e6:,.0f} MB")
    searcher = reading_tantivy.Searcher(index)
    _table("tantivy", asked, lambda query: searcher.search(query)[0])


if __name__ == "__main__":
    sys.exit(main())
