"""Parts of a schedule that are played: alarms that are rung, a ledger that dies."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from typing_extensions import override

from archive.errors import StorageError
from archive.watch.database import WatchDatabase
from archive.watch.ledger import Ledger


class HandAlarms:
    """Alarms that ring when the world says so."""

    def __init__(self) -> None:
        """Make silent alarms."""
        self._set: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, int, str]] = []
        self._numbers = count()
        self._ring: Callable[[str], None] = lambda _name: None
        self._after: Callable[[str, datetime], datetime] = lambda _name, at: at

    def start(
        self, ring: Callable[[str], None], after: Callable[[str, datetime], datetime]
    ) -> None:
        self._ring, self._after = ring, after

    def set(self, source_id: str, at: datetime) -> None:
        self._set[source_id] = at
        heapq.heappush(self._heap, (at, next(self._numbers), source_id))

    def drop(self, source_id: str) -> None:
        self._set.pop(source_id, None)

    def stop(self) -> None:
        self._set.clear()

    def next_at(self) -> datetime | None:
        while self._heap:
            at, _, name = self._heap[0]
            if self._set.get(name) == at:
                return at
            heapq.heappop(self._heap)
        return None

    def ring(self, now: datetime) -> bool:
        """Ring all that is set for now or before."""
        rang = False
        while (at := self.next_at()) is not None and at <= now:
            _, _, name = heapq.heappop(self._heap)
            del self._set[name]
            self._ring(name)
            self.set(name, self._after(name, now))
            rang = True
        return rang


class MortalLedger(Ledger):
    """A ledger whose process is killed before, or after, one of its next writes."""

    def __init__(self, database: WatchDatabase) -> None:
        """Begin alive."""
        super().__init__(database)
        self.is_dead = False
        self.writes_left: int | None = None
        self.dies_before = True

    def _write(self, method: Callable[..., Any], *args: Any, **more: Any) -> Any:
        if self.is_dead:
            raise StorageError("killed")
        if self.writes_left is not None:
            self.writes_left -= 1
            if self.writes_left <= 0:
                self.is_dead = True
                if self.dies_before:
                    raise StorageError("killed before a write")
                method(*args, **more)
                raise StorageError("killed after a write")
        return method(*args, **more)

    @override
    def begin(self, *args: Any, **more: Any) -> Any:
        return self._write(super().begin, *args, **more)

    @override
    def enter(self, *args: Any, **more: Any) -> Any:
        return self._write(super().enter, *args, **more)

    @override
    def settle(self, *args: Any, **more: Any) -> Any:
        return self._write(super().settle, *args, **more)

    @override
    def save(self, *args: Any, **more: Any) -> Any:
        return self._write(super().save, *args, **more)
