"""A served web, and crawls let loose on it: what each asked, and what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.model import Address
from tests.support.command import read
from tests.support.simweb.analysis import by_host
from tests.support.simweb.clock import SimClock
from tests.support.simweb.log import Entry
from tests.support.simweb.server import WebProcess
from tests.support.watching import Watch


@dataclass(slots=True, kw_only=True)
class Scene:
    """A served web, and the commands that are let loose on it."""

    folder: Path
    served: WebProcess
    starts: int = 0

    @property
    def root(self) -> Path:
        return self.folder / "collection"

    @property
    def clock(self) -> SimClock:
        return self.served.clock

    def write(self, name: str, text: str) -> Path:
        path = self.folder / f"{name}.toml"
        path.write_text(text, "utf-8")
        return path

    def start(self, sources: Path) -> Watch:
        """Start a crawl."""
        self.starts += 1
        return Watch(
            *("crawl", "--sources", sources, "--collection", self.root, "--json"),
            output=self.folder / f"{self.starts}.jsonl",
            clock=self.clock,
        )

    def begin(self, sources: Path) -> Watch:
        """Start a crawl while the clock stands, and let it go on when it looks."""
        self.clock.run(0)
        before = set(self._open_files())
        crawl = self.start(sources)
        crawl.wait_until(lambda: bool(set(self._open_files()) - before))
        self.clock.run(1)
        return crawl

    def crawl(self, sources: Path) -> None:
        """Crawl to the end, which may be that some addresses failed."""
        with self.begin(sources) as crawl:
            assert crawl.finish() in (0, 1), crawl.errors()

    def entries(self) -> list[Entry]:
        return self.served.entries()

    def of(self, host: str) -> list[Entry]:
        return by_host(self.entries()).get(host, [])

    def captures(self) -> list[dict[str, Any]]:
        return read("list", "captures", "--json", "-c", self.root).rows()

    def addresses(self) -> list[Address]:
        with closing(WatchDatabase(self.root)) as watch:
            return list(Frontier(watch).addresses())

    def _open_files(self) -> Iterator[tuple[Path, int]]:
        for path in (self.root / "warc").rglob("*.open"):
            yield path, path.stat().st_ino
