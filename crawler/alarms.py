"""What wakes the schedule: APScheduler, with a job for each source.

Its jobs do nothing but ring. None of its memory is used: not its job stores (they
would overrule an edited file of sources), not its misfires (it drops them, or
calls each of them), not its instances. What a ring means the ledger decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from typing_extensions import override

Ring = Callable[[str], None]
After = Callable[[str, datetime], datetime]


class Alarms(Protocol):
    """Rings for a source when it is to be looked at."""

    def start(self, ring: Ring, after: After) -> None:
        """Begin to call `ring`, and ask `after` when the next time is."""

    def set(self, source_id: str, at: datetime) -> None:
        """Ring at `at`, whatever was set before; a past moment is now."""

    def drop(self, source_id: str) -> None:
        """Ring no more."""

    def stop(self) -> None:
        """Ring no more at all."""


class Rhythm(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A trigger that asks the schedule for the next time."""

    __slots__ = ("_after", "_source_id")

    def __init__(self, source_id: str, after: After) -> None:
        """Ask `after` for a source."""
        self._source_id = source_id
        self._after = after

    @override
    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime:
        """Give the next time after now: those before it are one to the ledger.

        After a month of sleep APScheduler would otherwise step through all of them.
        """
        return self._after(self._source_id, max(previous_fire_time or now, now))


class ApschedulerAlarms:
    """Alarms on the running event loop."""

    def __init__(self) -> None:
        """Make them; they are silent until `start`."""
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            # A ring takes a moment: it needs neither a thread nor a task.
            executors={"default": DebugExecutor()},
            # The limit for misfires is a second unless it is said that there is none.
            job_defaults={"coalesce": True, "misfire_grace_time": None},
        )
        self._ring: Ring | None = None
        self._after: After | None = None

    def start(self, ring: Ring, after: After) -> None:
        """Begin to ring. Needs a running event loop."""
        self._ring, self._after = ring, after
        # What is set in this turn of the loop is looked through once, not each time.
        self._scheduler.start(paused=True)
        asyncio.get_running_loop().call_soon(self._resume)

    def set(self, source_id: str, at: datetime) -> None:
        """Ring at `at`, whatever was set before."""
        assert self._ring is not None
        assert self._after is not None
        if self._scheduler.get_job(source_id) is not None:
            self._scheduler.modify_job(source_id, next_run_time=at)
            return
        self._scheduler.add_job(
            self._ring,
            Rhythm(source_id, self._after),
            args=(source_id,),
            id=source_id,
            next_run_time=at,
        )

    def drop(self, source_id: str) -> None:
        """Ring no more for a source."""
        if self._scheduler.get_job(source_id) is not None:
            self._scheduler.remove_job(source_id)

    def _resume(self) -> None:
        if self._scheduler.running:
            self._scheduler.resume()

    def stop(self) -> None:
        """Ring no more at all."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
