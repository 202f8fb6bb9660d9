"""Extractors that do to a worker what pages have been seen to do.

A page says by its payload what happens; every name in `_DEEDS` is a deed.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
import sys
import time
from typing import Any

from archive.model import Claim, TextOutcome, Work
from pipelines.extraction import Extraction, ExtractorInfo, Page, describe

_hoard: list[bytearray] = []


def text_of(page: Page) -> Extraction:
    return Extraction(outcome=TextOutcome.TEXT, text=page.payload.decode())


def hang(_: Page) -> Any:
    while True:
        time.sleep(1)


def backtrack(_: Page) -> Any:
    """Hang in C with the GIL held: no signal handler and no thread gets a turn."""
    return re.match(r"(a+)+$", "a" * 64 + "b")


def stop(_: Page) -> Any:
    os.kill(os.getpid(), signal.SIGSTOP)


def crash(_: Page) -> Any:
    return ctypes.string_at(0)


def leave(_: Page) -> Any:
    os._exit(7)


def exit_politely(_: Page) -> Any:
    sys.exit("no more")


def eat(_: Page) -> Any:
    while True:
        _hoard.append(bytearray(8 * 1024 * 1024))


def eat_in_c(_: Page) -> Any:
    """Take memory as libxml2 does, and crash when there is none, as it may."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while True:
        piece = libc.malloc(ctypes.c_size_t(1 << 20))
        if not piece:
            os.abort()
        ctypes.memset(piece, 1, 1 << 20)


def hoard(_: Page) -> Extraction:
    """Keep memory after the page, below the limit."""
    _hoard.append(bytearray(b"\1") * (48 * 1024 * 1024))
    return Extraction(outcome=TextOutcome.TEXT, text=f"{os.getpid()}")


def blunder(_: Page) -> Any:
    raise ValueError("two\nlines")


def recurse(page: Page) -> Any:
    return [recurse(page)]


def give_a_number(_: Page) -> Any:
    return 42


def give_wrong_fields(_: Page) -> Any:
    broken: Any = {"title": object()}
    claims = (Claim(field="a", value="b", origin=""),)
    return Extraction(outcome=TextOutcome.TEXT, work=Work(**broken), claims=claims)


def scribble(_: Page) -> Any:
    """Write rubbish on every socket there is, as a taken over worker could."""
    for number in range(3, 64):
        try:
            channel = socket.socket(fileno=number)
        except OSError:
            continue
        try:
            channel.send(b"\xff" * 64)
        except OSError:
            continue
        finally:
            channel.detach()


def process(_: Page) -> Extraction:
    return Extraction(outcome=TextOutcome.TEXT, text=f"{os.getpid()}")


def surroundings(_: Page) -> Extraction:
    said = f"{time.tzname[0]} {hash('dateline')} {signal.getsignal(signal.SIGINT)!r}"
    return Extraction(outcome=TextOutcome.TEXT, text=said)


_DEEDS = {
    deed.__name__: deed
    for deed in (
        backtrack, blunder, crash, eat, eat_in_c, exit_politely, give_a_number,
        give_wrong_fields, hang, hoard, leave, process, recurse, scribble, stop,
        surroundings,
    )
}  # fmt: skip


class Misbehaving:
    """Does what the page says; gives back the text of pages that say nothing."""

    @property
    def info(self) -> ExtractorInfo:
        return describe("misbehaving", "1", {"manners": "none"})

    def warm_up(self) -> None:
        return

    def extract(self, page: Page) -> Extraction:
        return _DEEDS.get(page.payload.decode("latin-1"), text_of)(page)


def build() -> Misbehaving:
    return Misbehaving()


def build_nothing() -> Misbehaving:
    raise RuntimeError("no model file")


def build_a_crash() -> Misbehaving:
    os._exit(3)
