"""Jobs that a page asks for: each a `dateline` of its own, few at a time [I/O].

Scrapy's reactor can run in no process that serves pages, nor twice in any. So a job
is the same command that a user would type, with --json, and its lines are told on.
Of one host there is one job at a time; the others wait, and so many wait at most.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

import crawler
from archive import clock
from archive.errors import NotFound, UsageError
from archive.web.actions import Job, JobEvent, JobState

_MOST_RUNNING: Final = 2
_MOST_WAITING: Final = 20
_MOST_KEPT: Final = 200  # jobs that have ended
_MOST_EVENTS: Final = 500  # of one job
_MOST_WORDS: Final = 4000  # letters of what a command says last
_TIME_LIMIT_S: Final = 15 * 60.0
_STOP_BOUND_S: Final = 5.0
# Where dateline.py is: beside the floors, in a checkout and where it is installed.
_HOME: Final = Path(crawler.__file__).parents[1]

Tell = Callable[[Job, Mapping[str, Any]], Job]
"""Makes of a job, and a line of JSON that its command printed, the job since then."""
Conclude = Callable[[Job, int, str], Job]
"""Makes of a job, and the exit code and last words of its command, how it ended."""


class JobQueue:
    """The jobs since the start; any thread may ask."""

    def __init__(self, *, time_limit_s: float = _TIME_LIMIT_S) -> None:
        """Begin with none; a command that takes longer than the limit is ended."""
        self._time_limit_s = time_limit_s
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: OrderedDict[str, Callable[[], None]] = OrderedDict()
        self._running: dict[str, subprocess.Popen[bytes] | None] = {}
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def add(
        self, kind: str, url: str, words: list[str], tell: Tell, conclude: Conclude
    ) -> str:
        """Begin `dateline` with these words as soon as it is their turn.

        Raises UsageError where too many are waiting.
        """
        job = Job(
            id=str(uuid.uuid4()),
            kind=kind,
            url=url,
            state=JobState.WAITING,
            began_at=clock.now(),
        )
        with self._lock:
            if self._is_closed:
                raise UsageError("the page is being closed: nothing can be begun")
            if len(self._waiting) >= _MOST_WAITING:
                raise UsageError(
                    f"{_MOST_WAITING} addresses are waiting already: try again when "
                    "some of them are done"
                )
            self._jobs[job.id] = job
            self._waiting[job.id] = lambda: self._work(job.id, words, tell, conclude)
            self._forget()
            self._start_next()
        return job.id

    def job(self, job_id: str) -> Job:
        """Give a job as it is now. Raises NotFound."""
        with self._lock:
            if job_id not in self._jobs:
                raise NotFound(
                    f"there is no job {job_id[:80]!r}: jobs are forgotten when the "
                    "page is started again; what they captured is kept"
                )
            return self._jobs[job_id]

    def jobs(self) -> list[Job]:
        """List the jobs, newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def close(self) -> None:
        """End what runs, as Ctrl-C would, and then by force; nothing waits any more."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            running = [process for process in self._running.values() if process]
            threads = list(self._threads)
        for process in running:
            _signal(process, signal.SIGINT)
        for process in running:
            _end(process)
        for thread in threads:
            thread.join(_STOP_BOUND_S)

    # ------------------------------------------------------------ one after the other

    def _forget(self) -> None:
        """Drop the oldest jobs that have ended, but for so many."""
        ended = [job.id for job in self._jobs.values() if job.ended_at is not None]
        for job_id in ended[: max(len(ended) - _MOST_KEPT, 0)]:
            del self._jobs[job_id]

    def _start_next(self) -> None:
        """Start what may be started; the lock is held."""
        self._threads = [one for one in self._threads if one.is_alive()]
        busy = {_host(self._jobs[job_id].url) for job_id in self._running}
        for job_id in list(self._waiting):
            if len(self._running) >= _MOST_RUNNING or self._is_closed:
                return
            host = _host(self._jobs[job_id].url)
            if host in busy:
                continue
            busy.add(host)
            work = self._waiting.pop(job_id)
            self._running[job_id] = None
            self._jobs[job_id] = replace(self._jobs[job_id], state=JobState.RUNNING)
            thread = threading.Thread(target=work, name=f"job {job_id}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(
        self, job_id: str, words: list[str], tell: Tell, conclude: Conclude
    ) -> None:
        code, said = 1, ""
        try:
            code, said = self._command(job_id, words, tell)
        except OSError as error:  # no process, no pipe
            said = f"dateline: the command could not be started: {error.strerror}"
        finally:
            with self._lock:
                job = conclude(self._jobs[job_id], code, said)
                self._jobs[job_id] = replace(job, ended_at=clock.now())
                del self._running[job_id]
                self._start_next()

    def _command(self, job_id: str, words: list[str], tell: Tell) -> tuple[int, str]:
        """Run the command to its end; gives its exit code and its last words."""
        process = subprocess.Popen(  # noqa: S603 (our own command, no shell)
            [sys.executable, "-m", "dateline", *words],
            cwd=_HOME,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,  # its Ctrl-C is ours to give
        )
        last = _LastWords(process.stderr)
        limit = _Limit(process, self._time_limit_s)
        try:
            with self._lock:
                self._running[job_id] = process
                is_closed = self._is_closed
            if is_closed:
                _signal(process, signal.SIGINT)
            assert process.stdout is not None
            for line in process.stdout:
                if (row := _row(line)) is not None:
                    with self._lock:
                        self._jobs[job_id] = tell(self._jobs[job_id], row)
            process.stdout.close()
            code = process.wait()
        finally:
            limit.cancel()
            _end(process)
        if limit.was_reached:
            minutes = self._time_limit_s / 60
            return code, f"dateline: it was ended after {minutes:.0f} minutes"
        return code, last.words()


def with_event(job: Job, sentence: str, **about: Any) -> Job:
    """Add what happened to a job; after so many, no more are listed."""
    if len(job.events) >= _MOST_EVENTS:
        return job
    event = JobEvent(at=clock.now(), sentence=sentence, **about)
    return replace(job, events=(*job.events, event))


class _Limit:
    """Ends a command that takes too long."""

    def __init__(self, process: subprocess.Popen[bytes], limit_s: float) -> None:
        self.was_reached = False
        self._process = process
        self._timer = threading.Timer(limit_s, self._reached)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _reached(self) -> None:
        self.was_reached = True
        _end(self._process)


class _LastWords:
    """Reads what a command says of itself, so that it never waits; keeps the end."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._pipe = pipe
        self._kept = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._pipe is not None
        for line in self._pipe:
            self._kept = (self._kept + line)[-_MOST_WORDS:]
        self._pipe.close()

    def words(self) -> str:
        self._thread.join(_STOP_BOUND_S)
        return self._kept.decode("utf-8", "replace").strip()


def _row(line: bytes) -> Mapping[str, Any] | None:
    """Read a line of JSON; None for another line."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # "http://["
        return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command as Ctrl-C would, so that it keeps what it has; then by force."""
    _signal(process, signal.SIGINT)
    try:
        process.wait(_STOP_BOUND_S)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a command and what it has started, if it is still there."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
