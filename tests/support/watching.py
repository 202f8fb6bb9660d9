"""`dateline` as a process that watches: on a simulated clock, told by signals, killed.

`python -m tests.support.watching CLOCK EXTRACTOR VERB …` is the `dateline` command, but
that its time is that of the clock in the file CLOCK: alarms ring by it, and whoever
waits for a host waits by it. What is looked at every few seconds is looked at more
often, and one process extracts texts, which loads nothing in advance: it is there
sooner.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest import mock

from archive import clock
from pipelines.extraction import Extraction, Extractor, ExtractorInfo, Page
from pipelines.pool import DEFAULT_EXTRACTOR
from tests.support.killing import Process
from tests.support.simweb.clock import SimClock

SLOW_EXTRACTOR: Final = "tests.support.watching:build_slow"
SLOW_S: Final = 0.7  # for each page
OFTEN_S: Final = 0.2  # between two looks at what is looked at every few seconds
_STEP_S: Final = 0.01  # how soon a jump of the clock is noticed
_LIMIT_S: Final = 60.0


class Watch(Process):
    """A `dateline` command that goes on, and says one JSON value a line.

    With a `clock` it lives by that clock, else by the system's. With a clock the
    extractor may be another one than usual.
    """

    def __init__(
        self,
        *arguments: object,
        output: Path,
        clock: SimClock | None = None,
        extractor: str = DEFAULT_EXTRACTOR,
    ) -> None:
        """Start it; what it says goes to `output`, and to `.err` beside it."""
        driver: tuple[str, ...] = ("dateline",)
        if clock is not None:
            driver = ("tests.support.watching", str(clock.path), extractor)
        super().__init__([*map(str, arguments)], output, driver=driver)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the process, not to its workers."""
        os.kill(self.pid, number)

    def stop(self) -> int:
        """Have it end as SIGTERM does; gives the exit code."""
        self.tell(signal.SIGTERM)
        return self.finish()

    def rows(self, event: str | None = None) -> list[dict[str, Any]]:
        """Read its lines so far, all or those of one event."""
        whole = self._output.read_bytes().rpartition(b"\n")[0]
        rows = [json.loads(line) for line in whole.splitlines()]
        return [row for row in rows if event in (None, row.get("event"))]

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Return when the condition holds. Raises AssertionError if it ends before."""
        self.wait_until(condition)
        assert condition(), f"{what}: {self.errors()}"


def pass_time(
    sim: SimClock,
    *,
    step: timedelta,
    every_s: float,
    until: Callable[[], bool],
    limit_s: float = _LIMIT_S,
) -> None:
    """Let the clock jump ahead, again and again, until a condition holds.

    Raises TimeoutError.
    """
    end = time.monotonic() + limit_s
    next_at = time.monotonic() + every_s
    while not until():
        now = time.monotonic()
        if now > end:
            raise TimeoutError(f"it did not come about within {limit_s:g} s")
        if now >= next_at:
            sim.advance(step)
            next_at = now + every_s
        time.sleep(0.005)


# ---------------------------------------------------------------- the driver


class ClockAlarms:
    """Alarms that ring by `archive.clock.now`, whatever that is."""

    def __init__(self) -> None:
        """Be silent until `start`."""
        self._times: dict[str, datetime] = {}
        self._work: asyncio.Task[None] | None = None

    def start(
        self, ring: Callable[[str], None], after: Callable[[str, datetime], datetime]
    ) -> None:
        """Begin to ring."""
        self._work = asyncio.create_task(self._go(ring, after))

    def set(self, source_id: str, at: datetime) -> None:
        """Ring at `at`."""
        self._times[source_id] = at

    def drop(self, source_id: str) -> None:
        """Ring no more for a source."""
        self._times.pop(source_id, None)

    def stop(self) -> None:
        """Ring no more at all."""
        if self._work is not None:
            self._work.cancel()

    async def _go(
        self, ring: Callable[[str], None], after: Callable[[str, datetime], datetime]
    ) -> None:
        while True:
            now = clock.now()
            for source_id in [s for s, at in self._times.items() if at <= now]:
                ring(source_id)
                if source_id in self._times:
                    self._times[source_id] = after(source_id, now)
            await asyncio.sleep(_STEP_S)


class ClockWaiting:
    """The module `asyncio`, but that `sleep` ends when the clock says so."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Wait by the clock."""
        end = clock.now() + timedelta(seconds=seconds)
        # Nobody tells when a clock that is a file is set.
        while (left := (end - clock.now()).total_seconds()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, _STEP_S))


class SlowExtractor:
    """Takes its time, so that a page is kept long before it has its text."""

    def __init__(self, extractor: Extractor) -> None:
        """Slow down another one."""
        self._extractor = extractor

    @property
    def info(self) -> ExtractorInfo:
        """Say what the other one is."""
        return self._extractor.info

    def warm_up(self) -> None:
        """Do nothing in advance."""

    def extract(self, page: Page) -> Extraction:
        """Extract, later."""
        time.sleep(SLOW_S)
        return self._extractor.extract(page)


def build_slow() -> SlowExtractor:
    """Make the usual extractor, slowed down."""
    from pipelines.extractor import build  # noqa: PLC0415 (a second to load)

    return SlowExtractor(build())


def main(clock_path: str, extractor: str, *arguments: str) -> None:
    """Be the `dateline` command on the time of a clock."""
    # Before anything else is imported: some take the function as it is then.
    clock.now = SimClock.open(Path(clock_path)).now
    import dateline as command  # noqa: PLC0415
    from pipelines.pool import ExtractionPool  # noqa: PLC0415

    with (
        mock.patch(  # noqa: PT008 (it is given arguments that it has to drop)
            "crawler.session.ExtractionPool",
            lambda _workers, *, warm: ExtractionPool(
                1, warm=False, extractor=extractor
            ),
        ),
        mock.patch("crawler.manners.asyncio", ClockWaiting()),
        mock.patch("crawler.schedule.ApschedulerAlarms", ClockAlarms),
        mock.patch("crawler.schedule.HEARTBEAT_S", OFTEN_S),
        mock.patch("crawler.notices.EVERY_S", OFTEN_S),
        mock.patch("crawler.watching._LOOK_AT_FILE_S", OFTEN_S),
    ):
        sys.argv = ["dateline", *arguments]
        command.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
