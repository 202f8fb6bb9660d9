"""pywb, in an environment of its own, over a collection where it lies."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from archive.clock import timestamp14
from tests.support.command import environment, read
from tests.support.peers import peer

_PATIENCE_S = 45.0


@dataclass(frozen=True)
class Wayback:
    """pywb, serving a collection."""

    address: str  # of the collection in it

    def get(self, path: str) -> tuple[int, Message, bytes]:
        """Ask for a path below the collection: status, header, body."""
        return _get(f"{self.address}/{path}")


@contextmanager
def serving_wayback(collection: Path, folder: Path) -> Iterator[Wayback]:
    """Start pywb with the configuration that `dateline export` writes to `folder`."""
    tool = peer("pywb", "wayback")
    config, log = folder / "pywb" / "config.yaml", folder / "wayback.log"
    assert read("export", "pywb-config", "-c", collection, "-o", config).code == 0
    port = _free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(tool), "-b", "127.0.0.1", "-p", str(port)],
            cwd=config.parent,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}/{collection.name}"
        try:
            _wait_for(f"{address}/", process, log)
            yield Wayback(address)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def mementos(time_map: str) -> list[tuple[str, str]]:
    """Read the mementos of a TimeMap in link format (RFC 6690): time and original.

    The times are 14 digits; the original is what follows the time in the address.
    """
    found = []
    for link in re.split(r",\s*(?=<)", time_map):
        target = re.match(r"<[^>]*/(\d{14})[a-z_]*/([^>]*)>", link)
        date = re.search(r'datetime="([^"]+)"', link)
        if "memento" in link and date is not None:
            assert target is not None, link
            stamp = timestamp14(parsedate_to_datetime(date[1]))
            assert stamp == target[1], link
            found.append((stamp, target[2]))
    return found


def _get(url: str) -> tuple[int, Message, bytes]:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + _PATIENCE_S
    while time.monotonic() < limit:
        assert process.poll() is None, log.read_text("utf-8", "replace")
        try:
            _get(url)
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"pywb did not answer:\n{log.read_text('utf-8', 'replace')}")
