"""The process that workers are forked from [I/O].

It loads the extractor once, has only one thread, and waits. A fork of it is a
warm worker within milliseconds, whatever the program is that has the pool:
threads, an event loop, open sockets, a `__main__` that can't be imported twice.
(multiprocessing's fork server imports `__main__` again in each worker, which for
the `dateline` command is all of Scrapy, and can't run what warms an extractor up.)

Three kinds of channels, each a pair of sockets:

    control   pool > nursery: one byte with two descriptors asks for a worker;
              nursery > pool: one frame that says which extractor is ready
    pages     pool <> worker: frames with pages and extractions
    leash     nursery > pool: a frame with the process id, one with its end;
              when the pool closes it, the worker is killed

When the pool goes away, however, the control channel ends, and so do all.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import warnings
from dataclasses import asdict
from typing import Final

from pipelines.errors import ExtractorUnavailable
from pipelines.extraction import Extractor, load_extractor
from pipelines.frames import Header, info_header, send_frame
from pipelines.worker import WorkerLimits, resident_length, serve, settle

_LOOK_ROUND_S: Final = 2.0  # how often the nursery looks whether its parent lives
_CRASHED: Final = 70  # exit code: an exception in the worker's own code (EX_SOFTWARE)
START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from pipelines.nursery import main; main(*sys.argv[2:])"
)


def arguments(
    spec: str, control: int, limits: WorkerLimits, *, warm: bool = True
) -> list[str]:
    """Give the command line that starts a nursery with an inherited channel."""
    path = json.dumps(sys.path)
    told = json.dumps(asdict(limits))
    # -W: warnings of libraries about pages are nobody's business here.
    command = [sys.executable, "-W", "ignore", "-c", START]
    return [*command, path, spec, str(control), told, "warm" if warm else "cold"]


def main(spec: str, control: str, told: str, state: str) -> None:
    """Load the extractor `spec`, report on the channel, fork workers until it ends.

    In the state "cold" it is not warmed up: better for a page or two.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    warnings.simplefilter("ignore")
    parent = os.getppid()
    channel = socket.socket(fileno=int(control))
    try:
        extractor = load_extractor(spec)
        send_frame(channel, {"info": info_header(extractor.info)})
    except ExtractorUnavailable as error:
        send_frame(channel, {"error": str(error)})
        return
    except OSError:  # the pool is gone already
        return
    if state == "warm":
        extractor.warm_up()
    gc.collect()
    gc.freeze()  # or each worker would copy every page of objects it looks at
    _Nursery(channel, extractor, WorkerLimits(**json.loads(told))).run(parent)


class _Nursery:
    def __init__(
        self, control: socket.socket, extractor: Extractor, limits: WorkerLimits
    ) -> None:
        self._control = control
        self._extractor = extractor
        self._limits = limits
        self._resident = resident_length()
        self._leashes: dict[int, socket.socket] = {}  # by process id
        self._doomed: set[int] = set()  # killed, not yet reaped
        self._selector = selectors.DefaultSelector()
        self._wakeup, self._alarm = socket.socketpair()
        self._wakeup.setblocking(False)
        self._alarm.setblocking(False)

    def run(self, parent: int) -> None:
        """Fork, reap and kill until the pool ends; then kill what is left."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(self._wakeup, selectors.EVENT_READ)
        # A fork of the pool's process may hold the channel open after its death.
        while os.getppid() == parent:
            for key, _ in self._selector.select(_LOOK_ROUND_S):
                if key.fileobj is self._control:
                    if not self._take_order():
                        return self._end()
                elif key.fileobj is self._wakeup:
                    self._wakeup.recv(4096)
                    self._reap()
                elif key.data in self._leashes:
                    self._kill(key.data)
        return self._end()

    def _take_order(self) -> bool:
        """Fork a worker, as asked; False if the pool has gone."""
        try:
            byte, descriptors, *_ = socket.recv_fds(self._control, 1, 2)
        except OSError:
            return False
        if not byte:
            return False
        pages, leash = (socket.socket(fileno=number) for number in descriptors)
        nursery = os.getpid()
        try:
            worker = os.fork()
        except OSError as error:
            self._tell(leash, {"error": f"no process could be started: {error}"})
            leash.close()
        else:
            if not worker:
                self._become_worker(nursery, pages, leash)
            self._leashes[worker] = leash
            self._selector.register(leash, selectors.EVENT_READ, worker)
            self._tell(leash, {"process": worker})
        pages.close()
        return True

    def _become_worker(
        self, nursery: int, pages: socket.socket, leash: socket.socket
    ) -> None:
        """Never return: this is another process from here on."""
        code = _CRASHED
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._selector.close()
            others = (self._control, self._wakeup, self._alarm, leash)
            for channel in (*others, *self._leashes.values()):
                channel.close()
            settle(nursery, self._limits)
            serve(pages, self._extractor, self._limits)
            code = 0
        except OSError:  # the pool went away in the middle of a page
            code = 0
        except BaseException:  # noqa: BLE001 - a bug of ours; nobody is above to see it
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)

    def _reap(self) -> None:
        """Report every worker that has ended."""
        while self._leashes:
            worker, status, usage = os.wait4(-1, os.WNOHANG)
            if not worker:
                return
            leash = self._leashes.pop(worker)
            if worker not in self._doomed:
                self._selector.unregister(leash)
            self._doomed.discard(worker)
            unit = 1 if sys.platform == "darwin" else 1024
            grown = usage.ru_maxrss * unit - self._resident
            ended = {"exit": os.waitstatus_to_exitcode(status), "grown": grown}
            self._tell(leash, ended)
            leash.close()

    def _kill(self, worker: int) -> None:
        # Not yet reaped, so the number can't be another process's.
        self._selector.unregister(self._leashes[worker])
        self._doomed.add(worker)
        os.kill(worker, signal.SIGKILL)

    def _tell(self, leash: socket.socket, said: Header) -> None:
        try:
            send_frame(leash, said)
        except OSError:
            return  # the pool has let go of the leash: it does not want to know

    def _end(self) -> None:
        for worker in self._leashes:
            os.kill(worker, signal.SIGKILL)
        for worker in self._leashes:
            os.waitpid(worker, 0)
