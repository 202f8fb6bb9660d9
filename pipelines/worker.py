"""A worker: one killable process that extracts page after page [I/O].

It is forked from the nursery (pipelines/nursery.py) and lives until its channel
ends, its pages are used up, its memory has grown, or somebody kills it.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.model import TextOutcome
from pipelines.extraction import Extraction, Extractor, attempt
from pipelines.frames import (
    Header,
    extraction_frame,
    read_page,
    receive_frame,
    send_frame,
)

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_PAGES_PER_COLLECTION: Final = 10  # garbage is collected between pages, not in them
_STATM: Final = Path("/proc/self/statm")
_STATUS: Final = Path("/proc/self/status")
_MEMORY_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLimits:
    """What a worker may use up."""

    memory: int  # bytes of private memory, above what the nursery had
    growth: int  # bytes resident, above what it began with, to be replaced
    pages: int  # until it is replaced


def serve(channel: socket.socket, extractor: Extractor, limits: WorkerLimits) -> None:
    """Answer pages with extractions until the channel ends or the worker is used up.

    Raises OSError if the pool goes away in the middle of a page.
    """
    resident = resident_length()
    for served in range(1, limits.pages + 1):
        frame = receive_frame(channel)
        if frame is None:
            return
        extraction = attempt(extractor, read_page(*frame))
        del frame
        # Who has run out of memory once is in no state to be trusted with a page.
        last = (
            served == limits.pages
            or extraction.outcome is TextOutcome.MEMORY
            or resident_length() - resident > limits.growth
        )
        header, body = _answer(extraction)
        send_frame(channel, {**header, "last": last}, body)
        if last:
            return
        del extraction, header, body
        if served % _PAGES_PER_COLLECTION == 0:
            gc.collect()


def _answer(extraction: Extraction) -> tuple[Header, bytes]:
    try:
        return extraction_frame(extraction)
    except (TypeError, ValueError, AttributeError) as error:
        return extraction_frame(
            Extraction(
                outcome=TextOutcome.FAILED,
                detail=f"the extractor returned what is no extraction: {error}",
            )
        )


def settle(nursery: int, limits: WorkerLimits) -> None:
    """Make the calling process, just forked, a worker: signals, limits, garbage.

    The memory limit is RLIMIT_DATA: it counts private writable memory, which is
    what a page costs, whereas RLIMIT_AS also counts libraries and address space
    that was only reserved. Linux holds it; where a system doesn't, the growth
    limit between pages remains.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    if sys.platform == "linux":
        # No orphans, even if the nursery itself is killed.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != nursery:
            os._exit(0)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = _private_length() + limits.memory
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # A crash costs a page, not a core file each time.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()


def resident_length() -> int:
    """Tell how many bytes the process has in memory now, or had at most."""
    try:
        return int(_STATM.read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak * _MEMORY_UNIT


def _private_length() -> int:
    """Tell what RLIMIT_DATA counts (proc(5), VmData); 0 where there is no /proc."""
    try:
        status = _STATUS.read_bytes()
    except OSError:
        return 0
    return int(status.partition(b"VmData:")[2].split(maxsplit=1)[0]) * 1024
