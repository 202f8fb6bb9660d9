"""The pool's end of the channels: start the nursery, hold workers, kill them [I/O].

Safe for many threads; a `Worker` is used by one thread at a time.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.model import TextOutcome
from pipelines import nursery
from pipelines.errors import ExtractorUnavailable
from pipelines.extraction import Extraction, ExtractorInfo, Page
from pipelines.frames import (
    FrameError,
    page_frame,
    read_extraction,
    read_info,
    receive_frame,
    send_frame,
)
from pipelines.worker import WorkerLimits

_START_LIMIT_S: Final = 120.0  # to import and warm up an extractor, on a busy machine
_END_LIMIT_S: Final = 5.0  # for a kill to be carried out and reported
_NEAR_LIMIT: Final = 0.75  # of the memory limit: a crash there is for want of memory
_FOR_WANT: Final = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGTRAP)
# One place, one time zone, one order of sets; and memory that is kept from page to
# page instead of being given back and faulted in again (glibc; a twentieth faster).
_SURROUNDINGS: Final = {
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "MALLOC_TRIM_THRESHOLD_": str(256 * 1024 * 1024),
    "MALLOC_MMAP_THRESHOLD_": str(32 * 1024 * 1024),
    "MALLOC_TOP_PAD_": str(16 * 1024 * 1024),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """How a worker ended."""

    code: int | None  # exit code, negative for a signal; None if it isn't known
    grown: int  # bytes it had in memory at most, above the nursery


class WorkerDied(Exception):
    """The worker died with a page, and what that means for the page."""

    def __init__(self, outcome: TextOutcome, detail: str) -> None:
        """Say which outcome the page has if it isn't tried again."""
        super().__init__(detail)
        self.extraction = Extraction(outcome=outcome, detail=detail)


class Worker:
    """A process that extracts pages, until it is used up or dies."""

    def __init__(
        self, pages: socket.socket, leash: socket.socket, limits: WorkerLimits
    ) -> None:
        """Hold the channels of a worker that was asked for."""
        self._pages = pages
        self._leash = leash
        self._limits = limits
        self.is_fresh = True  # has not been given a page
        self.is_spent = False  # takes no more pages

    def extract(self, page: Page, limit_s: float) -> Extraction:
        """Have a page extracted. Raises WorkerDied, after which the worker is spent.

        A page that takes longer than `limit_s` costs the worker its life and has
        the outcome TIMEOUT; an answer that is none has CRASHED.
        """
        self.is_fresh = False
        try:
            send_frame(self._pages, *page_frame(page), limit_s=limit_s)
            frame = receive_frame(self._pages, limit_s=limit_s)
            if frame is not None:
                extraction = read_extraction(*frame)
                self.is_spent = bool(frame[0].get("last", True))
                return extraction
        except TimeoutError:
            self.dismiss()
            return Extraction(
                outcome=TextOutcome.TIMEOUT, detail=f"not done after {limit_s:g} s"
            )
        except FrameError as error:
            self.dismiss()
            detail = f"the worker's answer makes no sense: {error}"
            raise WorkerDied(TextOutcome.CRASHED, detail) from error
        except OSError:
            # Gone before it took the page, or in the middle: the leash knows.
            raise self._obituary() from None
        raise self._obituary()

    def _obituary(self) -> WorkerDied:
        death = self._await_end()
        self.dismiss()
        code = death.code
        if code is None:
            return WorkerDied(TextOutcome.CRASHED, "the worker vanished")
        if code >= 0:
            said = f"the worker ended with exit code {code}"
            return WorkerDied(TextOutcome.CRASHED, said)
        said = f"the worker was killed by {_signal_name(-code)}"
        if -code in _FOR_WANT and death.grown > _NEAR_LIMIT * self._limits.memory:
            grown = f"having grown by {death.grown >> 20} MiB"
            return WorkerDied(TextOutcome.MEMORY, f"{said}, {grown}")
        return WorkerDied(TextOutcome.CRASHED, said)

    def _await_end(self) -> Death:
        """Read the leash up to the report of the worker's end."""
        try:
            while frame := receive_frame(self._leash, limit_s=_END_LIMIT_S):
                if "exit" in frame[0]:
                    return Death(code=frame[0]["exit"], grown=frame[0]["grown"])
        except (OSError, FrameError):
            return Death(code=None, grown=0)
        return Death(code=None, grown=0)

    def dismiss(self) -> None:
        """Kill the worker, if it lives, and let go of it. May be called again."""
        self.is_spent = True
        for channel in (self._leash, self._pages):
            try:
                # Reaches the nursery even if a fork holds a copy of the socket.
                channel.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed, on one side or the other
            finally:
                channel.close()

    def interrupt(self) -> None:
        """Kill the worker from another thread than the one that waits for it."""
        try:
            self._leash.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is dead already


class Workforce:
    """A nursery and the way to have workers forked from it."""

    def __init__(
        self, extractor: str, limits: WorkerLimits, *, warm: bool = True
    ) -> None:
        """Prepare; the nursery is started when the first worker is needed."""
        self._extractor = extractor
        self._warm = warm
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._info: ExtractorInfo | None = None
        self._refusal: str | None = None  # what the extractor said; it won't change

    @property
    def info(self) -> ExtractorInfo:
        """Say which extractor it is; waits for the nursery the first time.

        Raises ExtractorUnavailable.
        """
        if self._info is None:
            with self._lock:
                self._start()
        assert self._info is not None
        return self._info

    def hire(self) -> Worker:
        """Have a worker forked. Raises ExtractorUnavailable."""
        with self._lock:
            try:
                return self._order(self._start())
            except OSError:  # the nursery was killed: once more with a new one
                self._stop()
            try:
                return self._order(self._start())
            except OSError as error:
                self._stop()
                raise ExtractorUnavailable(f"no worker: {error}") from error

    def _order(self, control: socket.socket) -> Worker:
        ours, theirs = zip(socket.socketpair(), socket.socketpair(), strict=True)
        try:
            numbers = [channel.fileno() for channel in theirs]
            socket.send_fds(control, [b"w"], numbers)
        except OSError:
            for channel in ours:
                channel.close()
            raise
        finally:
            for channel in theirs:
                channel.close()
        return Worker(*ours, self._limits)

    def _start(self) -> socket.socket:
        """Start the nursery unless it runs, and give its control channel."""
        if self._control is not None and self._process is not None:
            if self._process.poll() is None:
                return self._control
            self._stop()
        if self._refusal is not None:
            raise ExtractorUnavailable(self._refusal)
        control, theirs = socket.socketpair()
        number = theirs.fileno()
        command = nursery.arguments(
            self._extractor, number, self._limits, warm=self._warm
        )
        self._control = control
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                command,
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # that of a command is for data
                env={**os.environ, **_SURROUNDINGS},
            )
        except OSError as error:
            self._stop()
            raise ExtractorUnavailable(f"no process: {error}") from error
        finally:
            theirs.close()
        self._info = self._introduced(control)
        return control

    def _introduced(self, control: socket.socket) -> ExtractorInfo:
        try:
            frame = receive_frame(control, limit_s=_START_LIMIT_S)
            if frame is not None and "info" in frame[0]:
                return read_info(frame[0]["info"])
            said = "its process ended"
            if frame is not None:
                said = self._refusal = str(frame[0]["error"])
        except (OSError, FrameError) as error:
            said = f"{type(error).__name__}: {error}"
        self._stop()
        raise ExtractorUnavailable(f"the extractor {self._extractor} fails: {said}")

    def stop(self) -> None:
        """End the nursery and with it all workers. It may be started again."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        control, self._control = self._control, None
        process, self._process = self._process, None
        if control is not None:
            control.close()
        if process is not None:
            _end(process.wait, process.kill)


def _end(wait: Callable[..., int], kill: Callable[[], None]) -> None:
    try:
        wait(timeout=_END_LIMIT_S)
    except subprocess.TimeoutExpired:
        kill()
        wait()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
