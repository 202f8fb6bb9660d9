"""The runs of this process: begun, counted, reported, all in the archive too."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, replace

from archive import clock
from archive.digests import sha256_label
from archive.model import Manners, Run
from archive.store import Store
from crawler.tally import Tally


class RunBook:
    """One run for each source that this process looks at."""

    def __init__(self, store: Store) -> None:
        """Write beginnings and reports to `store`."""
        self._store = store
        self._runs: dict[str, Run] = {}  # by id
        self._by_source: dict[str, Run] = {}
        self._tallies: dict[str, Tally] = {}

    def run_of(
        self,
        source_id: str,
        manners: Manners,
        *,
        command: str,
        settings: tuple[tuple[str, str], ...] = (),
    ) -> Run:
        """Give the run of a source; begun, and in the archive, if it was not."""
        run = self._by_source.get(source_id)
        if run is None:
            pairs = (*_manners_pairs(manners), *settings)
            run = Run(
                id=str(uuid.uuid4()),
                source_id=source_id,
                command=command,
                began_at=clock.now(),
                settings_digest=sha256_label(json.dumps(pairs).encode("utf-8")),
                settings=pairs,
            )
            self._runs[run.id] = self._by_source[source_id] = run
            self._tallies[run.id] = Tally()
            self._store.log(run)
        return run

    def tally(self, run_id: str) -> Tally:
        """Give the counts of a run."""
        return self._tallies.setdefault(run_id, Tally())

    def current(self) -> tuple[Run, ...]:
        """Give the runs with their counts so far."""
        return tuple(
            replace(run, counts=self._tallies[run.id].as_pairs())
            for run in self._runs.values()
        )

    def close(self) -> None:
        """End all runs: their reports go to the archive."""
        for run in self.current():
            ended = replace(run, ended_at=clock.now())
            self._runs[run.id] = ended
            self._store.log(ended)


def _manners_pairs(manners: Manners) -> tuple[tuple[str, str], ...]:
    """Write manners as a run records them: every setting, exceptions in full."""
    return tuple(
        (name.replace("_", "-"), str(value))
        for name, value in asdict(manners).items()
        if value is not None
    )
