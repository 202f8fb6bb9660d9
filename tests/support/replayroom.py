"""Captures of all kinds, and an application that replays them."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import brotli
from fastapi.testclient import TestClient
from httpx2 import Response

from archive.model import Capture, Truncation
from tests.support.replayed import PNG, Answered

SITE = "http://news.example"
NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PAGE = b"<!DOCTYPE html><title>t</title><p>Version %d</p><img src=/a.png alt=A>"


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def digits(hours: float) -> str:
    return at(hours).strftime("%Y%m%d%H%M%S")


def one(path: str, body: bytes = b"", *fields: tuple[str, str], **more) -> Answered:
    more = {"at": NOON, **more}
    return Answered(url=f"{SITE}{path}", body=body, fields=fields, **more)


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"9\r\n<p>chunke\r\n1\r\nd\r\n0\r\n\r\n"
)
CUT = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n"
    b"<p>only the beginn"
)
SHEET = b"@charset \"iso-8859-9\"; a{background:url(b.png);content:'\xfe'}"
ANSWERS = [
    one("/story", PAGE % 1),
    one("/story", PAGE % 2, at=at(2)),
    one("/story", PAGE % 2, at=at(4), of=1),
    one("/story", status="304 Not Modified", at=at(6), of=1, not_modified=True),
    one("/a.png", PNG, type="image/png", at=at(1)),
    one("/a.png", b"busy", status="503 Busy", at=at(2)),
    one("/a.css", SHEET, type="text/css"),
    one("/moved", b"", ("Location", "/story"), status="301 Moved"),
    one("/out", b"", ("Location", "//b.example/x#y"), status="302 Found"),
    Answered(
        url="http://tls.example/",
        status="301 Moved",
        fields=(("Location", "https://tls.example/"),),
        at=NOON,
    ),
    Answered(url="https://tls.example/", body=b"<p>secure", at=at(0.0001)),
    Answered(
        url="http://round.example/",
        status="302 Found",
        fields=(("Location", "http://www.round.example/"),),
        at=NOON,
    ),
    one("/gone", b"<p>Gone for good", status="404 Not Found"),
    one("/zipped", gzip.compress(b"<p>zipped"), ("Content-Encoding", "gzip")),
    one("/brotli", brotli.compress(b"<p>brotli"), ("Content-Encoding", "br")),
    one("/odd", b"<p>odd", ("Content-Encoding", "rot13")),
    one("/chunked", response=CHUNKED),
    one("/cut", response=CUT, truncated=Truncation.DISCONNECT),
    one("/latin", b"<p>\xe4", type="text/html; charset=latin1"),
    one("/untold", b"<!doctype html><p>untold", type=None),
    one("/data.json", b'{"a":1}', type="application/json"),
    one("/paper.pdf", b"%PDF-", type="application/pdf"),
    one("/film.mp4", bytes(range(100)), type="video/mp4"),
    one("/wall", b"<p>who", status="407 Who"),
    one("/robots", b"<p>denied", status="999 Request denied"),
    one("/hex", b"<p>read", type="text/html; charset=hex"),
    one("/flood", b"<p>" * 1_000_001),
    one("/q?b=2&a=1", b"<p>asked"),
    one("/%C3%A4/b%20c'd", b"<p>odd path"),
    one('/"><script>x()</script>', b"<p>odd address"),
    one("/\ufffe\uffff", b"<p>no characters"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    client: TestClient
    captures: list[Capture] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def page(self, path: str, hours: float = 0, modifier: str = "") -> Response:
        return self.get(f"/replay/{digits(hours)}{modifier}/{SITE}{path}")
