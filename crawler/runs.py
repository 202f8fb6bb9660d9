"""The runs of this process: begun, counted, reported, all in the archive too."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, replace

from archive import clock
from archive.digests import sha256_label
from archive.model import Manners, Run
from archive.store import Store
from crawler.processlocks import ProcessLocks
from crawler.tally import Tally


class RunBook:
    """The runs that go on, each a look at one source."""

    def __init__(
        self,
        store: Store,
        locks: ProcessLocks,
        on_ended: Callable[[Run], None] = lambda _run: None,
    ) -> None:
        """Write beginnings and reports to `store`; tell `on_ended` of each report.

        By `locks` other processes see which runs go on.
        """
        self._store = store
        self._locks = locks
        self._on_ended = on_ended
        self._runs: dict[str, Run] = {}  # by id
        self._standing: dict[str, Run] = {}  # by source: as long as the process
        self._tallies: dict[str, Tally] = {}

    def begin(
        self,
        source_id: str,
        manners: Manners,
        *,
        command: str,
        settings: tuple[tuple[str, str], ...] = (),
        run_id: str | None = None,
    ) -> Run:
        """Begin a run; that it began goes to the archive.

        `run_id` is its UUID if it has one already, in a ledger say.
        """
        pairs = (*_manners_pairs(manners), *settings)
        run = Run(
            id=run_id or str(uuid.uuid4()),
            source_id=source_id,
            command=command,
            began_at=clock.now(),
            settings_digest=sha256_label(json.dumps(pairs).encode("utf-8")),
            settings=pairs,
        )
        self._locks.take(_lock(run.id))
        self._runs[run.id] = run
        self._tallies[run.id] = Tally()
        self._store.log(run)
        return run

    async def end(self, run: Run) -> Run:
        """End a run; returns its report when that is on disk. Raises StorageError."""
        ended = self._ended(run)
        await asyncio.wrap_future(self._store.log(ended))
        self._on_ended(ended)
        return ended

    def is_alive(self, run_id: str) -> bool:
        """Whether a run goes on, in this process or another."""
        if run_id in self._runs:
            return True
        if not self._locks.take(_lock(run_id)):
            return True
        self._locks.give_back(_lock(run_id))
        return False

    def standing(
        self,
        source_id: str,
        manners: Manners,
        *,
        command: str,
        settings: tuple[tuple[str, str], ...] = (),
    ) -> Run:
        """Give the run of a source that lasts as long as the process."""
        run = self._standing.get(source_id)
        if run is None:
            run = self.begin(source_id, manners, command=command, settings=settings)
            self._standing[source_id] = run
        return run

    def tally(self, run_id: str) -> Tally:
        """Give the counts of a run that goes on."""
        # A page may be done with after its run was cut off: nobody counts it then.
        return self._tallies.get(run_id) or Tally()

    def close(self) -> None:
        """End all runs that go on: their reports go to the archive."""
        for run in tuple(self._runs.values()):
            ended = self._ended(run)
            self._store.log(ended)
            self._on_ended(ended)

    def _ended(self, run: Run) -> Run:
        self._runs.pop(run.id)
        self._locks.give_back(_lock(run.id))
        counts = self._tallies.pop(run.id).as_pairs()
        return replace(run, ended_at=clock.now(), counts=counts)


def _lock(run_id: str) -> str:
    return f"run {run_id}"


def _manners_pairs(manners: Manners) -> tuple[tuple[str, str], ...]:
    """Write manners as a run records them: every setting, exceptions in full."""
    return tuple(
        (name.replace("_", "-"), str(value))
        for name, value in asdict(manners).items()
        if value is not None
    )
