"""One schedule for each collection: a lock, and a sign of life in it [I/O].

The lock is held by the open file, so it goes with the process however that ends. The
file says who holds it and when it was last alive: a process that hangs
holds its lock too.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from archive.clock import parse_warc_date, warc_date
from archive.errors import CollectionError
from archive.warc.writer import storage_error

NAME: Final = "schedule.lock"
FROZEN_AFTER_S: Final = 120.0
_LENGTH: Final = 512  # always as long, so that a reader meets no rest of an older one
_TRIES: Final = 20
_WAIT_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """What the lock file says."""

    is_held: bool
    pid: int | None
    started_at: datetime | None
    beat_at: datetime | None
    numbers: tuple[tuple[str, int], ...]

    def is_alive(self, now: datetime) -> bool:
        """Whether a schedule runs, and gave a sign of life lately."""
        return (
            self.is_held
            and self.beat_at is not None
            and abs((now - self.beat_at).total_seconds()) <= FROZEN_AFTER_S
        )


class Leadership:
    """The lock, held by this process."""

    def __init__(self, descriptor: int, path: Path, started_at: datetime) -> None:
        """Take what `take` has locked."""
        self._descriptor = descriptor
        self._path = path
        self._started_at = started_at

    @classmethod
    def take(cls, root: Path, now: datetime) -> Self:
        """Take the lock of a collection.

        Raises CollectionError, which names the process that holds it, or StorageError.
        """
        path = root / NAME
        try:
            # Not inherited by the processes we start: they would hold the lock on.
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise storage_error(error, path) from error
        if not _locked(descriptor):
            os.close(descriptor)
            holder = read_leader(root)
            who = f"process {holder.pid}" if holder.pid else "another process"
            raise CollectionError(
                f"{root} is watched by {who} already: stop it, or name another "
                "collection with --collection"
            )
        leadership = cls(descriptor, path, now)
        leadership.beat(now, {})
        return leadership

    def beat(self, now: datetime, numbers: dict[str, int]) -> None:
        """Give a sign of life. Raises StorageError."""
        text = json.dumps(
            {
                "pid": os.getpid(),
                "started_at": warc_date(self._started_at),
                "beat_at": warc_date(now),
                "numbers": numbers,
            }
        )
        try:
            os.pwrite(self._descriptor, f"{text:<{_LENGTH - 1}}\n".encode("ascii"), 0)
        except OSError as error:
            raise storage_error(error, self._path) from error

    def release(self) -> None:
        """Let others lead."""
        os.close(self._descriptor)


def read_leader(root: Path) -> Leader:
    """Say who leads a collection, and whether somebody does."""
    values: dict[str, Any] = {}
    is_held = False
    try:
        with (root / NAME).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                is_held = True
            values = json.loads(file.read())
    except (FileNotFoundError, ValueError):
        values = {}  # nobody ever did, or is just beginning
    return Leader(
        is_held=is_held,
        pid=values.get("pid"),
        started_at=_date(values.get("started_at")),
        beat_at=_date(values.get("beat_at")),
        numbers=tuple(values.get("numbers", {}).items()),
    )


def _locked(descriptor: int) -> bool:
    # Somebody who only asks who leads holds the lock too, for a moment.
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_WAIT_S)
        else:
            return True
    return False


def _date(text: str | None) -> datetime | None:
    return parse_warc_date(text) if text else None
