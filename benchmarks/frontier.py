"""A frontier of five million addresses beside one of a hundred thousand.

    python -m benchmarks.frontier [--sizes 100000 5000000] [--folder DIR]

Fills one frontier of each size with settled addresses, 250 of each of up to 20,000
sites, the way time would: a few of each site, round after round. Then the same work
is done in each in turn, several times, so that a busy machine is busy for all of
them; the best round counts. Exit code 1 if the largest takes more than 1.5 times as
long as the smallest. Five million addresses take about 5 GB and a quarter of an hour
to fill; in --folder they stay for the next time.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from archive.clock import warc_date
from archive.identity import identity
from archive.model import Discovery, Role
from archive.watch.database import NAME, WatchDatabase
from archive.watch.frontier import Frontier, Waiting
from archive.watch.model import AddressState
from archive.watch.rows import FOUND, SETTLED, found_row

PLACES: Final = 250  # addresses of a site
A_ROUND: Final = 10  # addresses of a site in one round of the filling
NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
MUCH_LATER: Final = NOW + timedelta(days=60)  # when everything is due
ALLOWED: Final = 1.5
ROUNDS: Final = 5
SEED: Final = 20261122
_TLDS: Final = ("com", "org", "de", "co.uk", "fr", "net", "com.br", "it")
_SECTIONS: Final = ("politics", "sports", "business", "culture", "local/north")
_WORDS: Final = (
    *("harbour", "council", "ferry", "budget", "library", "teacher", "storm"),
    *("bridge", "market", "river", "school", "garden", "vote", "repair"),
    *("winter", "history", "station", "museum", "report", "engineer"),
)


@cache
def site(number: int) -> str:
    """Name a site; the numbers of neighbours in the key order lie far apart."""
    name = sha256(str(number).encode()).hexdigest()[: 5 + number % 9]
    return f"{name}.{_TLDS[number % len(_TLDS)]}"


def discovery(number: int, *, new: bool = False) -> Discovery:
    """Make the find of an address: PLACES numbers in a row are of one site."""
    of_site, place = divmod(number, PLACES)
    if new:  # of a site that is there: numbers go on behind it
        of_site, place = number // 10**12, number % 10**12
    # Words by arithmetic: a random number takes longer than the rest of the row.
    word, count = number * 7919, len(_WORDS)
    slug = "-".join([_WORDS[(word >> shift) % count] for shift in range(0, 21, 3)])
    title = " ".join([_WORDS[(word >> shift) % count] for shift in range(1, 28, 3)])
    host = site(of_site)
    section = _SECTIONS[place % len(_SECTIONS)]
    kind = "live" if new else "news"
    day = _DAYS[place // 3 % len(_DAYS)]
    return Discovery(
        url=f"https://www.{host}/{kind}/{section}/{day}/{slug}-{number}.html",
        role=Role.ARTICLE,
        source_id=f"source-{of_site}",
        run_id=f"00000000-0000-4000-8000-{place:012}",
        found_at=NOW,
        seed_url=f"https://www.{host}/feeds/all.xml",
        seed_record_id=f"<urn:uuid:00000000-0000-4000-9000-{place:012}>",
        claimed_title=title.capitalize(),
        claimed_date="Sun, 22 Nov 2026 12:00:00 GMT",
    )


def settled_row(number: int) -> dict[str, Any]:
    """Make the row of an address that was fetched, and is mostly due again."""
    find = discovery(number)
    is_due = number % 4 != 0
    key = identity(find.url)
    return {
        **_TEMPLATE,
        "key": key,
        "url": find.url,
        "source_id": find.source_id,
        "state": (AddressState.DUE if is_due else AddressState.FETCHED).value,
        "seed_url": find.seed_url,
        "seed_record_id": find.seed_record_id,
        "claimed_title": find.claimed_title,
        "due_at": _MOMENTS[number * 7919 % len(_MOMENTS)] if is_due else None,
        "run_id": find.run_id,
        "record_id": f"<urn:uuid:00000000-0000-4000-a000-{number:012}>",
        "payload_digest": f"sha256:{sha256(key.encode()).hexdigest()}",
        "etag": b'"%x-5f1e59a7b8c9d"' % number,
    }


_DAYS: Final = [
    f"{datetime(2024, 1, 1) + timedelta(days=n):%Y/%m/%d}"  # noqa: DTZ001 (a name)
    for n in range(1000)
]
_MOMENTS: Final = [warc_date(NOW + timedelta(minutes=60 + n)) for n in range(40_000)]
_TEMPLATE: Final[dict[str, Any]] = {
    **found_row(
        "",
        discovery(0),
        AddressState.DUE,
        "status 200; looked at again when it is 7 days old",
        NOW,
    ),
    "step": 4,
    "asked": 1,
    "last_at": warc_date(NOW),
    "status": 200,
    "last_modified": b"Sun, 22 Nov 2026 12:00:00 GMT",
}


def fill(folder: Path, size: int) -> None:
    """Fill a frontier round by round; what is there already is kept."""
    WatchDatabase(folder).close()
    connection = sqlite3.connect(folder / NAME, isolation_level=None)
    connection.execute("PRAGMA cache_size = -262144")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA wal_autocheckpoint = 100000")
    (count,) = connection.execute("SELECT count(*) FROM addresses").fetchone()
    columns = sorted({*FOUND, *SETTLED})
    names, places = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    done = 0
    for numbers in _rounds(size):
        done += len(numbers)
        if done > count:
            # In the order of the keys: anything else takes hours on a busy disk.
            rows = sorted(map(settled_row, numbers), key=lambda row: str(row["key"]))
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                f"INSERT INTO addresses ({names}) VALUES ({places})", rows
            )
            connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _warm(path: Path) -> None:
    """Read a file once: what is measured is not the disk, if there is room for it."""
    with path.open("rb") as file:
        while file.read(1 << 22):
            pass


def _rounds(size: int) -> Iterator[list[int]]:
    """Number the addresses: a few of every site, then the next of every site."""
    for start in range(0, PLACES, A_ROUND):
        yield [
            of_site * PLACES + place
            for of_site in range(size // PLACES)
            for place in range(start, start + A_ROUND)
        ]


@dataclass(slots=True)
class Bench:
    """A frontier of one size, and what is asked of it."""

    size: int
    database: WatchDatabase
    chosen: random.Random
    fresh: int = 0  # addresses made so far that nobody knew

    @property
    def sites(self) -> int:
        """The number of sites, each a source."""
        return self.size // PLACES

    @property
    def frontier(self) -> Frontier:
        """The frontier, as a process uses it."""
        return Frontier(self.database)

    def lookups(self, count: int, *, known: bool) -> tuple[list[str], int]:
        """Choose addresses of any site."""
        numbers = self.chosen.choices(range(self.size), k=count)
        changed = "" if known else "-not"
        return [f"{discovery(number).url}{changed}" for number in numbers], count

    def polls(self, count: int, *, new: int) -> tuple[list[list[Discovery]], int]:
        """Make seeds of 30 addresses each of one site, some of them new."""
        seeds = []
        for _ in range(count):
            of_site = self.chosen.randrange(self.sites)
            end = (of_site + 1) * PLACES
            known = [discovery(number) for number in range(end - 30 + new, end)]
            seeds.append([*self._fresh(of_site, new), *known])
        return seeds, 30 * count

    def sitemap(self, count: int) -> tuple[list[Discovery], int]:
        """Make a sitemap of one site of which nothing is known."""
        return list(self._fresh(self.chosen.randrange(self.sites), count)), count

    def work(self, count: int) -> tuple[list[str], int]:
        """Choose sources."""
        chosen = self.chosen.choices(range(self.sites), k=count)
        return [f"source-{of_site}" for of_site in chosen], 2 * count

    def _fresh(self, of_site: int, count: int) -> Iterator[Discovery]:
        for _ in range(count):
            self.fresh += 1
            yield discovery(of_site * 10**12 + self.fresh, new=True)


def _get(bench: Bench, urls: list[str]) -> None:
    for url in urls:
        bench.frontier.get(url)


def _enter(bench: Bench, seeds: list[list[Discovery]]) -> None:
    for seed in seeds:
        bench.frontier.enter(seed, now=MUCH_LATER)


def _enter_one(bench: Bench, seed: list[Discovery]) -> None:
    assert len(bench.frontier.enter(seed, now=MUCH_LATER)) == len(seed)


def _take_and_settle(bench: Bench, source_ids: list[str]) -> None:
    for number, source_id in enumerate(source_ids):
        for address in bench.frontier.take(
            source_id, f"r{number}", now=MUCH_LATER, limit=2
        ):
            due_at = MUCH_LATER + timedelta(days=23)
            bench.frontier.settle(
                replace(
                    address, state=AddressState.DUE, due_at=due_at, last_at=MUCH_LATER
                )
            )


def told_due(bench: Bench) -> str:
    """Ask what is due of all sources, after 20 minutes in which nothing was fetched."""
    took: list[float] = []
    due: tuple[Waiting, ...] = ()
    for _ in range(ROUNDS):
        began = time.process_time()
        due = bench.frontier.due(NOW + timedelta(minutes=80))
        took.append(time.process_time() - began)
    count = sum(one.count for one in due)
    return f"{count:,} due of {len(due):,} sources told in {min(took) * 1e3:.1f} ms"


# What is measured: its name, how its material is made, and what is done with it.
MEASURES: Final[
    tuple[tuple[str, Callable[[Bench], tuple[Any, int]], Callable[..., None]], ...]
] = (
    ("look up, known", lambda b: b.lookups(3000, known=True), _get),
    ("look up, unknown", lambda b: b.lookups(3000, known=False), _get),
    ("polls of 30, none new", lambda b: b.polls(300, new=0), _enter),
    ("polls of 30, 3 new", lambda b: b.polls(300, new=3), _enter),
    ("a sitemap of 20,000 new", lambda b: b.sitemap(20_000), _enter_one),
    ("take and settle, by 2", lambda b: b.work(300), _take_and_settle),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best round of one measure, in rows a second."""

    wall: float
    cpu: float


def measured(benches: list[Bench]) -> dict[tuple[str, int], Best]:
    """Do the work of each measure in every frontier in turn; the best round counts."""
    best: dict[tuple[str, int], Best] = {}
    for name, make, do in MEASURES:
        for number in range(ROUNDS + 1):
            for bench in benches:
                material, rows = make(bench)
                wall, cpu = time.perf_counter(), time.process_time()
                do(bench, material)
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                before = best.get((name, bench.size), Best(wall=0, cpu=0))
                if number:  # the first round warms up
                    best[name, bench.size] = Best(
                        wall=max(before.wall, rows / wall),
                        cpu=max(before.cpu, rows / cpu),
                    )
    return best


def report(benches: list[Bench], best: dict[tuple[str, int], Best]) -> bool:
    """Print the table; gives whether the largest is fast enough."""
    sizes = [bench.size for bench in benches]
    print(f"{'rows a second, wall (CPU)':<28}", *(f"{size:>22,}" for size in sizes))
    is_good = True
    for name, _, _ in MEASURES:
        rates = [best[name, size] for size in sizes]
        cells = [f"{rate.wall:>12,.0f} ({rate.cpu:>7,.0f})" for rate in rates]
        by_wall = rates[0].wall / rates[-1].wall
        by_cpu = rates[0].cpu / rates[-1].cpu
        # A neighbour can take time from us, but never give us any.
        is_good = is_good and min(by_wall, by_cpu) <= ALLOWED
        ratio = f"{by_wall:.2f} ({by_cpu:.2f}) times"
        print(f"{name:<28}", *(f"{cell:>22}" for cell in cells), f"{ratio:>18}")
    for bench in benches:
        megabytes = bench.database.path.stat().st_size / 1e6
        count = sum(bench.frontier.counts().values())
        each = megabytes * 1e6 / count
        print(
            f"{count:,}: {megabytes:,.0f} MB, {each:.0f} bytes an address; "
            f"{told_due(bench)}"
        )
    return is_good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 5_000_000])
    parser.add_argument("--folder", type=Path, help="where they are, or will be, kept")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        benches = []
        for size in chosen.sizes:
            folder = (chosen.folder or Path(temporary)) / str(size)
            folder.mkdir(parents=True, exist_ok=True)
            began, cpu = time.perf_counter(), time.process_time()
            fill(folder, size)
            _warm(folder / NAME)
            filled, cpu = time.perf_counter() - began, time.process_time() - cpu
            print(f"{size:,} filled in {filled:,.0f} s ({cpu:,.0f} s of CPU)")
            # Each run makes addresses that no run before it has made.
            bench = Bench(
                size=size,
                database=WatchDatabase(folder),
                chosen=random.Random(SEED),
                fresh=int.from_bytes(os.urandom(4), "big"),
            )
            benches.append(bench)
        best = measured(benches)
        is_good = report(benches, best)
        for bench in benches:
            bench.database.close()
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
