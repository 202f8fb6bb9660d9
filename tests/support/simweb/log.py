"""The log of a simulated web: one JSON line for each request.

It is written by the server, line by line without a buffer: it holds all that
was answered, whatever becomes of the client. A line is there before the last
byte of its answer is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One request. A connection that was reset at once is one without a method."""

    began: float  # monotonic seconds, when its first byte came
    ended: float  # when the last byte of the answer was handed to the system
    sim_began: float  # POSIX seconds of the simulated clock
    sim_ended: float
    client: str  # address:port
    connection: int  # a number that no other connection has
    host: str  # the address asked
    method: str
    target: str
    status: int  # 0: there was no answer
    length: int  # bytes sent, head included
    in_flight: int  # requests to the host at its beginning, this one included
    is_complete: bool  # the whole answer was sent, and meant so
    ill: str  # what went wrong on purpose, `hosts.Ill`; or ""
    user_agent: str
    if_none_match: str | None
    if_modified_since: str | None
    retry_after: str | None  # as sent

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def is_conditional(self) -> bool:
        """Say whether it asked for what is new only."""
        return self.if_none_match is not None or self.if_modified_since is not None

    def begins(self, *, sim: bool) -> float:
        """Tell when it began, by the simulated or the monotonic clock."""
        return self.sim_began if sim else self.began

    def ends(self, *, sim: bool) -> float:
        """Tell when it ended, by the simulated or the monotonic clock."""
        return self.sim_ended if sim else self.ended


class LogWriter:
    """Appends entries to a file."""

    def __init__(self, path: Path) -> None:
        """Open the file, and begin it anew."""
        self._file = path.open("wb", buffering=0)

    def write(self, entry: Entry) -> None:
        """Write one line."""
        self._file.write(json.dumps(entry).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_log(path: Path) -> Iterator[Entry]:
    """Read the entries one by one, in the order in which they ended.

    A last line that is still being written is left out.
    """
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield Entry(*(_shared(value) for value in json.loads(line)))


def _shared(value: Any) -> Any:
    # Half a million entries hold few different strings.
    return sys.intern(value) if isinstance(value, str) else value
