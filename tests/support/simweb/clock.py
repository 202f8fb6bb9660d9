"""The time of the simulated web: one for all processes that map the same file."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

_STATE: Final = struct.Struct("=ddd")  # simulated and monotonic seconds, speed
_COUNT: Final = struct.Struct("=Q")
_LENGTH: Final = _COUNT.size + _STATE.size


class SimClock:
    """A clock that stands, runs, or runs fast, and can be set.

    It counts on from a moment by the monotonic clock of the system, which all
    processes share. Only one process may set it at a time; any may read it.
    """

    def __init__(
        self, start: datetime, *, speed: float = 0.0, path: Path | None = None
    ) -> None:
        """Begin at a moment; `speed` 0 stands, 1 is real, 60 a minute a second.

        With a path, `SimClock.open(path)` is the same clock in any process.
        """
        self.path = path
        self._memory = _mapped(path)
        self._write(start.timestamp(), speed)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the clock that another process keeps in a file."""
        clock = cls.__new__(cls)
        clock.path = path
        clock._memory = _mapped(path)
        return clock

    @classmethod
    def real(cls, path: Path | None = None) -> Self:
        """Begin now, and run as time does."""
        return cls(datetime.now(UTC), speed=1.0, path=path)

    @property
    def speed(self) -> float:
        """Simulated seconds in a real one."""
        return self._read()[2]

    def seconds(self, monotonic: float | None = None) -> float:
        """Tell the time as POSIX seconds: now, or at a monotonic instant."""
        simulated, anchor, speed = self._read()
        if monotonic is None:
            monotonic = time.monotonic()
        return simulated + (monotonic - anchor) * speed

    def now(self) -> datetime:
        """Tell the time, aware and in UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def set(self, moment: datetime) -> None:
        """Jump, also backwards; the speed stays."""
        self._write(moment.timestamp(), self.speed)

    def advance(self, span: timedelta | float) -> None:
        """Jump ahead by a span, or by seconds."""
        seconds = span.total_seconds() if isinstance(span, timedelta) else span
        self._write(self.seconds() + seconds, self.speed)

    def run(self, speed: float) -> None:
        """Go on from here at another speed; 0 stops."""
        self._write(self.seconds(), speed)

    # A count before the state is odd while the state is written: whoever reads
    # an odd one, or another one afterwards, reads again.

    def _read(self) -> tuple[float, float, float]:
        while True:
            (before,) = _COUNT.unpack_from(self._memory)
            state: tuple[float, float, float] = _STATE.unpack_from(
                self._memory, _COUNT.size
            )
            if not before % 2 and _COUNT.unpack_from(self._memory) == (before,):
                return state
            time.sleep(0)

    def _write(self, simulated: float, speed: float) -> None:
        (count,) = _COUNT.unpack_from(self._memory)
        count -= count % 2
        _COUNT.pack_into(self._memory, 0, count + 1)
        _STATE.pack_into(self._memory, _COUNT.size, simulated, time.monotonic(), speed)
        _COUNT.pack_into(self._memory, 0, count + 2)


def _mapped(path: Path | None) -> mmap.mmap:
    if path is None:
        return mmap.mmap(-1, _LENGTH)
    with path.open("a+b") as file:
        file.truncate(_LENGTH)
        return mmap.mmap(file.fileno(), _LENGTH)
