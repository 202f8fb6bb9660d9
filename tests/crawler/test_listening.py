"""A server that is stopped while clients come leaves no socket to be found later."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from crawler.newsroom.server import Newsroom
from tests.support.oddserver import OddServer
from tests.support.simweb.clock import SimClock
from tests.support.simweb.server import WebThread
from tests.support.simweb.trying import make_host
from tests.support.simweb.webs import START, Web

ROUNDS = 30  # half of them leave one, where a server is closed at once


Made = tuple[AbstractContextManager[object], Callable[[], str]]  # and its address


def newsroom(_: Path) -> Made:
    served = Newsroom()
    return served, lambda: served.base_url


def odd_server(_: Path) -> Made:
    served = OddServer()
    return served, lambda: served.base_url


def simulated(tmp_path: Path) -> Made:
    host = make_host()
    clock = SimClock(START, path=tmp_path / "clock")
    served = WebThread(Web(hosts=(host,)), clock, tmp_path / "log")
    return served, lambda: served.url(host.id)


@pytest.mark.parametrize("made", [newsroom, odd_server, simulated])
def test_none_is_left_half_accepted(made, tmp_path, monkeypatch):
    told: list[str] = []
    gc.collect()
    with monkeypatch.context() as patched:
        patched.setattr(
            sys, "unraisablehook", lambda found: told.append(repr(found.exc_value))
        )
        for number in range(ROUNDS):
            (tmp_path / str(number)).mkdir()
            server, url = made(tmp_path / str(number))
            with server:
                host, _, port = url().removeprefix("http://").strip("/").partition(":")
                for _ in range(3):
                    socket.create_connection((host, int(port)), timeout=10).close()
        gc.collect()
    assert told == []
