"""What the pages say of the schedule: only the floor above knows what a rhythm is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request

from archive.watch.ledgerrows import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When a source is looked at next, and by which rhythm."""

    rhythm: str  # in words
    next_at: datetime


class Schedule(Protocol):
    """What is handed in from above."""

    def plan(self, state: SourceState) -> Plan:
        """Say what is planned for a source that is watched."""
        ...

    def is_running(self, now: datetime) -> bool:
        """Whether a process goes by the plan."""
        ...


def _schedule(request: Request) -> Schedule | None:
    schedule: Schedule | None = request.app.state.schedule
    return schedule


ScheduleDep = Annotated[Schedule | None, Depends(_schedule)]
