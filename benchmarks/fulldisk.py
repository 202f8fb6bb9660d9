"""Fill small disks: a crawl is stopped clearly, and goes on when there is room.

Crawls a generated site into small file systems, or under a limit on the length of
files where none can be mounted, at many sizes; then gives room, crawls again, and
checks every promise.

    python -m benchmarks.fulldisk [--levels 20] [--kind disk|limit]
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typing_extensions import override

from archive.model import Severity
from archive.warc.check import check_file
from tests.support.killing import MAX_SIZE, Gazette, Process, broken_promises
from tests.support.smalldisk import SmallDisk, why_no_mount

ARTICLES: Final = 30
_PADDING: Final = 150_000  # bytes: with it the WARC files fill the disk, not SQLite
_ROOM: Final = 256 * 1024 * 1024
# What, which file, why, what to do.
_CLEAR: Final = re.compile(r"dateline: cannot (write|use) (\S+): (.+)")
_WHY: Final = re.compile(r"full|disk I/O error|allows no larger file")
# The sizes between which the disk is full at some time of the crawl.
_SIZES: Final = {
    ("disk", 0): (16 * 1024, 700 * 1024),
    ("disk", _PADDING): (200 * 1024, 3000 * 1024),
    ("limit", 0): (20 * 1024, 500 * 1024),
    ("limit", _PADDING): (200 * 1024, 1200 * 1024),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A size that is too small, and how the crawl meets it."""

    kind: str  # "disk": a small file system; "limit": on the length of each file
    size: int  # bytes
    padding: int  # bytes of an article

    @property
    def max_size(self) -> int:
        """Give the length of WARC files: one long one, or many."""
        return MAX_SIZE if self.kind == "disk" else _ROOM

    @override
    def __str__(self) -> str:
        pages = "long" if self.padding else "short"
        return f"{self.kind} of {self.size // 1024:5d} KiB, {pages} pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a level led to."""

    acknowledged: int  # before the disk was full
    error: str  # the last line on stderr
    problems: list[str]


def levels(kind: str, number: int) -> list[Level]:
    """Spread sizes evenly, on a scale of ratios, half of them with long pages."""
    made = []
    for padding, count in ((0, number - number // 2), (_PADDING, number // 2)):
        smallest, largest = _SIZES[kind, padding]
        ratio = (largest / smallest) ** (1 / max(1, count - 1))
        sizes = (int(smallest * ratio**step) for step in range(count))
        made += [Level(kind=kind, size=size, padding=padding) for size in sizes]
    return made


def fill_and_go_on(level: Level, folder: Path) -> Outcome:
    """Crawl until there is no room, give room, crawl on; says what was wrong."""
    with Gazette(ARTICLES, level.padding) as gazette, _place(level, folder) as place:
        sources = folder / "sources.toml"
        sources.write_text(gazette.sources_toml(), "utf-8")
        root = folder / "disk" / "collection"
        arguments = ["crawl", "--again", "--sources", str(sources), "--json"]
        arguments += ["--collection", str(root)]
        driver = ("tests.support.killing", str(level.max_size))
        if level.kind == "limit":
            limit = ("tests.support.smalldisk", str(level.size))
            first = Process(arguments, folder / "1.jsonl", driver=(*limit, driver[1]))
        else:
            first = Process(arguments, folder / "1.jsonl", driver=driver)
        with first:
            code = first.finish()
        acknowledged = first.acknowledged()
        problems = [*_unclear(code, first.errors(), root), *_torn(root)]
        if place is not None:
            place.resize(_ROOM)
        with Process(arguments, folder / "2.jsonl", driver=driver) as second:
            if second.finish():
                problems.append(f"it does not go on: {second.errors()}")
        after = second.acknowledged()
        if len(after) <= ARTICLES:
            problems.append(f"only {len(after)} captures when there was room")
        problems += broken_promises(root, [*acknowledged, *after])
    return Outcome(
        acknowledged=len(acknowledged),
        error=first.errors().rpartition("\ndateline:")[2].strip()[:160],
        problems=problems,
    )


@contextlib.contextmanager
def _place(level: Level, folder: Path) -> Iterator[SmallDisk | None]:
    if level.kind == "limit":
        yield None
        return
    with SmallDisk(folder / "disk", level.size) as disk:
        yield disk


def _unclear(code: int, errors: str, root: Path) -> list[str]:
    """Say what is missing in the exit code, or in the last line on stderr."""
    last = (errors.strip().splitlines() or [""])[-1]
    said = _CLEAR.fullmatch(last)
    if code != 1:
        return [f"the exit code is {code}: {last}"]
    if said is None or not said[2].startswith(str(root)) or not _WHY.search(said[3]):
        return [f"not a clear error: {last}"]
    return []


def _torn(root: Path) -> list[str]:
    return [
        f"published with {finding}"
        for path in (root / "warc").rglob("*.warc.gz")
        for finding in check_file(path)
        if finding.severity is not Severity.NOTE
    ]


def main() -> int:
    """Print a line per level. Exit code 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--levels", type=int, default=20)
    parser.add_argument("--kind", choices=["disk", "limit"])
    chosen = parser.parse_args()
    kind = chosen.kind or ("limit" if why_no_mount() else "disk")
    failed = 0
    for level in levels(kind, chosen.levels):
        with tempfile.TemporaryDirectory() as folder:
            outcome = fill_and_go_on(level, Path(folder))
        failed += bool(outcome.problems)
        verdict = "well" if not outcome.problems else "; ".join(outcome.problems)
        print(f"{level}  {outcome.acknowledged:3d} acknowledged  {verdict}", flush=True)
        print(f"      {outcome.error}", flush=True)
    print(f"\n{chosen.levels} levels: {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
