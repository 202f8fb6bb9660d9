"""A request of the example newsroom, and the bytes that answer it. No I/O.

Only as much of HTTP as a small site needs: GET and HEAD, conditional requests,
connections that stay open (RFC 9110, RFC 9112). A request with a body is
answered, and its connection then closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from crawler.newsroom.pages import Page, find_page

CHUNK_LENGTH = 1000
REASONS = {
    200: b"OK",
    301: b"Moved Permanently",
    304: b"Not Modified",
    400: b"Bad Request",
    404: b"Not Found",
    405: b"Method Not Allowed",
    410: b"Gone",
}
REQUEST_LINE = re.compile(rb"([A-Z]+) ([^ ]+) (HTTP/1\.[01])")
ABSOLUTE_FORM = re.compile(r"https?://[^/?]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came, and the status it was answered with."""

    method: str
    target: str  # path and query
    head: bytes  # request line and header lines, without the empty line
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back, and for whom."""

    request: Request
    sent: bytes
    close: bool  # the connection ends here


def answer(head: bytes, pages: dict[str, Page], now: datetime) -> Answer:
    """Answer a request head, which ends before its empty line.

    Whatever came is answered: what is no HTTP/1 request with a 400.
    """
    line = REQUEST_LINE.fullmatch(head.partition(b"\r\n")[0])
    if line is None:
        return _refused(head, now)
    method, version = line[1].decode("ascii"), line[3]
    target = ABSOLUTE_FORM.sub("", line[2].decode("latin-1"), count=1) or "/"
    fields = _fields(head)
    close = _closes(version, fields)
    page = find_page(pages, target)
    lines: list[bytes] = []
    body = b""
    if method not in {"GET", "HEAD"}:
        status = 405
        lines = [b"Allow: GET, HEAD", b"Content-Length: 0"]
    elif page.route.status == 200 and is_unchanged(page, fields):
        status = 304
        lines = _validators(page)  # RFC 9110, 15.4.5: no more than these
    else:
        status = page.route.status
        chunked = page.route.chunked and version == b"HTTP/1.1"
        lines = _described(page, chunked=chunked)
        if method == "GET":
            body = b"".join(chunks(page.payload)) if chunked else page.payload
    if close:
        lines.append(b"Connection: close")
    return Answer(
        request=Request(method=method, target=target, head=head, status=status),
        sent=_head(status, lines, now) + body,
        close=close,
    )


def is_unchanged(page: Page, fields: dict[bytes, bytes]) -> bool:
    """Whether the client holds this very page (RFC 9110, 13.1.2, 13.1.3, 13.2.2).

    If-Modified-Since is not looked at beside an If-None-Match, and a date that
    can not be read is as none.
    """
    tags = fields.get(b"if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix(b"W/") for tag in tags.split(b",")}
        return page.etag in known or b"*" in known
    since = fields.get(b"if-modified-since")
    if since is None:
        return False
    try:
        held_at = parsedate_to_datetime(since.decode("latin-1"))
    except ValueError:
        return False
    return page.modified_at.replace(microsecond=0) <= held_at.replace(tzinfo=UTC)


def chunks(payload: bytes) -> Iterator[bytes]:
    """Frame a payload in chunks (RFC 9112, 7.1)."""
    for start in range(0, len(payload), CHUNK_LENGTH):
        piece = payload[start : start + CHUNK_LENGTH]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _described(page: Page, *, chunked: bool) -> list[bytes]:
    lines = [f"Content-Type: {page.media_type}".encode("ascii")]
    if page.route.status == 200:
        lines += _validators(page)
    if page.route.location is not None:
        lines.append(f"Location: {page.route.location}".encode("ascii"))
    if page.route.gzip_coding:
        lines.append(b"Content-Encoding: gzip")
    lines += [f"{name}: {value}".encode("latin-1") for name, value in page.route.fields]
    if chunked:
        return [*lines, b"Transfer-Encoding: chunked"]
    return [*lines, b"Content-Length: %d" % len(page.payload)]


def _validators(page: Page) -> list[bytes]:
    return [
        b"ETag: " + page.etag,
        f"Last-Modified: {page.last_modified}".encode("ascii"),
        b"Cache-Control: no-cache",
    ]


def _head(status: int, lines: list[bytes], now: datetime) -> bytes:
    date = format_datetime(now.astimezone(UTC), usegmt=True).encode("ascii")
    first = [b"HTTP/1.1 %d %b" % (status, REASONS[status]), b"Date: " + date]
    return b"\r\n".join([*first, b"Server: port-verity", *lines, b"", b""])


def _refused(head: bytes, now: datetime) -> Answer:
    lines = [b"Content-Length: 0", b"Connection: close"]
    request = Request(method="", target="", head=head, status=400)
    return Answer(request=request, sent=_head(400, lines, now), close=True)


def _fields(head: bytes) -> dict[bytes, bytes]:
    # Of a field that is repeated the values are joined (RFC 9110, 5.3).
    found: dict[bytes, bytes] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        name, value = name.strip().lower(), value.strip()
        found[name] = found[name] + b", " + value if name in found else value
    return found


def _closes(version: bytes, fields: dict[bytes, bytes]) -> bool:
    wish = fields.get(b"connection", b"").lower()
    has_body = fields.get(b"content-length", b"0") != b"0"
    if has_body or b"transfer-encoding" in fields:
        return True  # a body would be read as the next request
    return b"close" in wish or (version == b"HTTP/1.0" and b"keep-alive" not in wish)
