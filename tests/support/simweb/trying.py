"""For trying a simulated web: the plainest host, and the plainest client."""

from __future__ import annotations

import http.client
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from tests.support.simweb.answers import Asked
from tests.support.simweb.hosts import Host, Story
from tests.support.simweb.webs import START

HOUR: Final = timedelta(hours=1)
STORY: Final = Story(path="/news/one.html", published=START - HOUR)
AGENT: Final = "Dateline/0 (test)"


def make_host(**more: Any) -> Host:
    """Make a host with one story and nothing special, but for what is given."""
    plain = Host(id="one", kind="test", address="127.30.0.1", stories=(STORY,))
    return replace(plain, **more)


def asked(target: str, **fields: str) -> Asked:
    """Make a request for a Site; `If_None_Match` stands for `If-None-Match`."""
    names = {name.replace("_", "-").lower(): value for name, value in fields.items()}
    return Asked(method="GET", target=target, fields=names)


class Reply:
    """What a server answered, read to its end."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        """Read the response."""
        self.status = response.status
        self.fields = response.headers
        self.body = response.read()


def ask(url: str, *, method: str = "GET", timeout: float = 5, **fields: str) -> Reply:
    """Ask a server by a connection for this request alone.

    Raises OSError or http.client.HTTPException.
    """
    parts = urlsplit(url)
    assert parts.hostname is not None
    line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    target = parts.path + ("?" + parts.query if parts.query else "")
    names = {name.replace("_", "-"): value for name, value in fields.items()}
    try:
        line.request(method, target, headers={"User-Agent": AGENT} | names)
        return Reply(line.getresponse())
    finally:
        line.close()
