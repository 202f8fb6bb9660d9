"""An asyncio loop in a thread, and how what is served in it ends.

thread = LoopThread()
server = thread.run(listen())
thread.run(shut(server))
thread.stop()
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from crawler.newsroom.listening import stop_listening

_T = TypeVar("_T")


class LoopThread:
    """An asyncio loop in a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop or asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, _T], timeout_s: float = 60) -> _T:
        """Run a coroutine there, and give its result here."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout_s)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        self.loop.run_forever()
        self.loop.close()


async def shut(server: asyncio.Server) -> None:
    """Close a server that has a loop of its own, and every connection to it."""
    await stop_listening(server)
    await end_all_others()


async def end_all_others() -> None:
    """Cancel every other task of this loop, those too that begin meanwhile.

    A connection that is being accepted is a task of asyncio's own, which starts
    the task that serves it. Where the loop stops before, its socket is closed by
    nobody, and any later test may be blamed for it.
    """
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.sleep(0)  # cancelled before its first step, none cleans up
        for task in others:
            task.cancel()
        await asyncio.wait(others)
    await asyncio.sleep(0)  # the turn in which transports close their sockets
