"""A simulated web that is served: in a thread of the test, or by a process of its own.

With a process its CPU can be told apart from that of the client, and it lives on
when the client is killed. (The process is a fresh interpreter: a script that
starts one needs its `if __name__ == "__main__"`.)
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import signal
import threading
import time
from collections.abc import Coroutine
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import psutil
from typing_extensions import override

from tests.support.simweb.clock import SimClock
from tests.support.simweb.log import Entry, read_log
from tests.support.simweb.street import NotServed, Street
from tests.support.simweb.webs import Web

LOOPBACK: Final = ["127.0.0.0/8"]  # for pytest.mark.allow_hosts

_PATIENCE_S: Final = 30.0


class Served:
    """A web that is being served, whoever does it."""

    def __init__(self, web: Web, clock: SimClock, log_path: Path) -> None:
        """Take what is served; `__enter__` opens it, and then `web` has its port."""
        self.web = web
        self.clock = clock
        self.log_path = log_path

    def url(self, name: str, path: str = "/") -> str:
        """Give an address on the host with this id, kind or address."""
        return self.web.url(name, path)

    def entries(self) -> list[Entry]:
        """Give the log so far: all that was answered."""
        return list(read_log(self.log_path))

    def settle(self) -> None:
        """Wait until hosts that listen by the clock do as it says."""
        raise NotImplementedError

    def cpu_s(self) -> float:
        """Tell the seconds of CPU that were spent serving."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _open(self) -> None:
        raise NotImplementedError

    def _close(self) -> None:
        raise NotImplementedError


class WebThread(Served):
    """Serves from a thread of this process."""

    @override
    def _open(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="simweb", daemon=True)
        self._thread.start()
        try:
            self._street = Street(self.web, self.clock, self.log_path)
            self.web = self.web.at(self._do(self._street.open()))
        except BaseException:
            self._stop()
            raise

    @override
    def _close(self) -> None:
        try:
            self._do(self._street.close())
        finally:
            self._stop()

    @override
    def settle(self) -> None:
        self._do(self._street.settle())

    @override
    def cpu_s(self) -> float:
        assert self._thread.ident is not None
        return time.clock_gettime(time.pthread_getcpuclockid(self._thread.ident))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _do(self, step: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(step, self._loop).result(_PATIENCE_S)


class WebProcess(Served):
    """Serves from a process of its own. The clock must have a path."""

    @override
    def _open(self) -> None:
        if self.clock.path is None:
            raise NotServed("another process can not see a clock without a path")
        # Not forked: a test has threads and a reactor.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(self.web, self.clock.path, self.log_path, theirs),
            name="simweb",
            daemon=True,
        )
        self._process.start()
        theirs.close()
        try:
            port = self._heard()
        except BaseException:
            self._close()
            raise
        self.web = self.web.at(port)

    @override
    def _close(self) -> None:
        self._pipe.close()  # the process takes it as its end
        self._process.join(_PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @override
    def settle(self) -> None:
        self._pipe.send("settle")
        self._heard()

    @override
    def cpu_s(self) -> float:
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def _heard(self) -> int:
        try:
            heard = self._pipe.recv() if self._pipe.poll(_PATIENCE_S) else "no answer"
        except EOFError:
            heard = "the process has ended"
        if not isinstance(heard, int):
            raise NotServed(heard)
        return heard


def _serve(web: Web, clock_path: Path, log_path: Path, pipe: Connection) -> None:
    """Be the process: serve until the pipe is closed at its other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us ends us
    asyncio.run(_service(Street(web, SimClock.open(clock_path), log_path), pipe))


async def _service(street: Street, pipe: Connection) -> None:
    try:
        port = await street.open()
    except (NotServed, OSError) as error:
        pipe.send(str(error))
        return
    gc.freeze()  # thousands of hosts are not to be looked through again and again
    called = asyncio.Event()
    asyncio.get_running_loop().add_reader(pipe.fileno(), called.set)
    pipe.send(port)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            await called.wait()
            called.clear()
            while pipe.poll():
                pipe.recv()
                await street.settle()
                pipe.send(port)
    asyncio.get_running_loop().remove_reader(pipe.fileno())
    await street.close()
