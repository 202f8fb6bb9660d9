"""What a page can have done. The floors above do it: this one can not fetch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

from fastapi import Depends, HTTPException, Request


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """Something that happened in a job."""

    at: datetime
    sentence: str
    url: str | None = None
    status: int | None = None  # the server's, where it is of a capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that was asked for, and how far it is."""

    id: str  # UUID
    kind: str  # "archive", "discover"
    url: str
    state: JobState
    began_at: datetime
    events: tuple[JobEvent, ...] = ()  # in their order
    ended_at: datetime | None = None
    sentence: str = ""  # ours: what came of it
    record_id: str | None = None  # of the capture that it led to
    suggestion: str | None = None  # TOML of a source, of a "discover"


class Actions(Protocol):
    """What is handed in. Methods return at once; jobs go on by themselves."""

    def archive_url(self, url: str) -> str:
        """Begin to archive an address; gives the id of the job. Raises UsageError."""
        ...

    def discover(self, url: str) -> str:
        """Begin to look for the seeds of a site; gives the id of the job.

        Raises UsageError.
        """
        ...

    def job(self, job_id: str) -> Job:
        """Say how far a job is. Raises NotFound."""
        ...

    def add_source(self, toml: str) -> str:
        """Watch a source from now on; gives its id. Raises UsageError."""
        ...

    def close(self) -> None:
        """End what goes on; what was captured stays."""
        ...


def _actions(request: Request) -> Actions:
    actions: Actions | None = request.app.state.actions
    if actions is None:
        raise HTTPException(
            501, "This page can only be read: start it with `dateline serve`."
        )
    return actions


ActionsDep = Annotated[Actions, Depends(_actions)]
