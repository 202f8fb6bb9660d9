"""A plain client for the example newsroom, and the addresses the tests ask for."""

from __future__ import annotations

import gzip
import http.client
import socket
from urllib.parse import urlsplit

from crawler.newsroom.server import Newsroom

BARRIER = "/2024/03/18/tidal-barrier-test.html"
HALVORN = "/2024/03/15/12-piers-in-north-halvorn-reopened/"
CHESS = "/2024/03/16/chess-in-the-park.html"
CAFE = "/2024/03/14/cafe-des-pecheurs.html"
MOVED = "/2024/03/11/old-tram-depot.html"


class Reply:
    """An answer, read whole; the body without transfer coding."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()

    @property
    def content(self) -> bytes:
        coded = self.headers.get("Content-Encoding") == "gzip"
        return gzip.decompress(self.body) if coded else self.body


def ask(newsroom: Newsroom, target: str, method: str = "GET", **fields: str) -> Reply:
    client = http.client.HTTPConnection(urlsplit(newsroom.base_url).netloc, timeout=10)
    try:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        client.request(method, target, headers=headers)
        return Reply(client.getresponse())
    finally:
        client.close()


def talk(newsroom: Newsroom, sent: bytes) -> bytes:
    """Send raw bytes and read until the server closes."""
    address = ("127.0.0.1", urlsplit(newsroom.base_url).port)
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(sent)
        return b"".join(iter(lambda: client.recv(65536), b""))


def target_of(newsroom: Newsroom, url: str) -> str:
    assert url.startswith(newsroom.base_url + "/")
    return url.removeprefix(newsroom.base_url)
