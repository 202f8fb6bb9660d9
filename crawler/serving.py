"""What the page of the archive is told of the schedule [I/O]."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from archive.watch.ledgerrows import SourceState
from archive.web.schedule import Plan
from crawler import planning
from crawler.leader import read_leader
from crawler.rhythms import rhythm_words


class ScheduleOf:
    """The schedule of one collection (archive.web.schedule.Schedule)."""

    def __init__(self, root: Path) -> None:
        """Tell of the collection in `root`."""
        self._root = root

    def plan(self, state: SourceState) -> Plan:
        """Say what is planned for a source that is watched."""
        rhythm = planning.read_rhythm(state.rhythm)
        return Plan(
            rhythm=rhythm_words(rhythm), next_at=planning.next_at(rhythm, state)
        )

    def is_running(self, now: datetime) -> bool:
        """Whether a process goes by the plan."""
        return read_leader(self._root).is_alive(now)
