"""What is known of hosts, over restarts, by a clock that sleeping moves on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.watch.database import WatchDatabase
from archive.watch.hosts import HostMemory
from crawler.manners import HostManners
from crawler.processlocks import ProcessLocks
from crawler.robotscache import RobotsCache

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class Clock:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.now = NOW

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Process:
    """What one process after another knows of the hosts of a collection."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.open()

    def open(self) -> None:
        self.database = WatchDatabase(self.root)
        memory = HostMemory(self.database)
        self.locks = ProcessLocks(self.root)
        self.manners = HostManners(memory, self.locks)
        self.robots = RobotsCache(memory, "dateline")

    def close(self) -> None:
        self.locks.close()
        self.database.close()

    def restart(self) -> None:
        self.close()
        self.open()
