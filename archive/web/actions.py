"""What a page can have done. The floors above do it: this one can not fetch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
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
class Candidate:
    """An address that was found, and could be looked at for new articles."""

    url: str
    kind: str  # of archive.model.SeedKind
    sentence: str  # what it holds
    is_suggested: bool


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
    # Of a "discover": a source that is ready, as TOML, and what it was chosen from.
    suggestion: str | None = None
    name: str | None = None  # of that source
    candidates: tuple[Candidate, ...] = ()


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

    def add_found(self, job_id: str, name: str, seeds: Sequence[str]) -> str:
        """Watch what a "discover" found, by some of its candidates; gives the id.

        Raises NotFound, UsageError.
        """
        ...

    def jobs(self) -> list[Job]:
        """List the jobs there were since the start, newest first; not all of old."""
        ...

    @property
    def sources_file(self) -> Path | None:
        """The file that sources are added to; None: none can be added."""
        ...

    def close(self) -> None:
        """End what goes on; what was captured stays."""
        ...


def _actions(request: Request) -> Actions:
    actions: Actions | None = request.app.state.actions
    if actions is None:
        raise HTTPException(
            403, "This page can only be read: start it with `dateline serve`."
        )
    return actions


ActionsDep = Annotated[Actions, Depends(_actions)]
