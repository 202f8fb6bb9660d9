"""A server of the corpus that costs next to nothing, for benchmarks and tests.

    python -m benchmarks.serving [--copies N] [--longest BYTES]

Every page lies on one of three loopback addresses under `/p/ID`: a third as it
is, a third with gzip, a third in chunks (half of these with gzip as well). Each
address has a robots.txt, a `sitemap.xml` that names all of its pages and a
`feed.xml` that names every second one. With `--copies` each page is also there
under `/p/ID/1`, `/p/ID/2`…, with a comment at its end that makes it unique.

The server prints its port as a line of JSON when it is ready, and ends when its
standard input does, so that it never outlives whoever started it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import psutil
from typing_extensions import override
from zlib_ng import zlib_ng

from benchmarks import corpus
from benchmarks.corpus import CorpusPage

HOSTS: Final = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
_CHUNK: Final = 16 * 1024  # bytes; what many servers send at a time
_PORTS_TRIED: Final = 20


class Coding(StrEnum):
    """How the body of a page is sent."""

    IDENTITY = "identity"
    GZIP = "gzip"
    CHUNKED = "chunked"
    GZIP_CHUNKED = "gzip, chunked"


# Of each six pages on one address: two, two, and two in chunks.
_TURNS: Final = (
    Coding.IDENTITY,
    Coding.GZIP,
    Coding.CHUNKED,
    Coding.IDENTITY,
    Coding.GZIP,
    Coding.GZIP_CHUNKED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A page, where it lies, and how it is sent."""

    page: CorpusPage
    host: str
    coding: Coding

    def path(self, copy: int = 0) -> str:
        """Give the path of a copy; number 0 is the page as it is."""
        return f"/p/{self.page.id}/{copy}" if copy else f"/p/{self.page.id}"

    def url(self, port: int, copy: int = 0) -> str:
        """Give the address of a copy."""
        return f"http://{self.host}:{port}{self.path(copy)}"


def placed(pages: Iterable[CorpusPage]) -> Iterator[Placed]:
    """Spread pages over the addresses and the codings: always in the same way."""
    for number, page in enumerate(pages):
        turn, host = divmod(number, len(HOSTS))
        yield Placed(page=page, host=HOSTS[host], coding=_TURNS[turn % len(_TURNS)])


def chosen(longest: int | None = None) -> list[CorpusPage]:
    """Give the pages of the corpus; of at most `longest` bytes, if that is said."""
    return [p for p in corpus.pages() if longest is None or len(p.body) <= longest]


def sources_toml(port: int, concurrency: int) -> str:
    """Write the file of sources with which all of it is crawled, without pauses."""
    return "\n".join(
        f"""[[source]]
id = "corpus-{number}"
name = "Corpus {number}"
seeds = [
  {{ kind = "feed", url = "http://{host}:{port}/feed.xml" }},
  {{ kind = "sitemap", url = "http://{host}:{port}/sitemap.xml" }},
]
[source.manners]
delay_s = 0
concurrency = {concurrency}
allow_private = true
"""
        for number, host in enumerate(HOSTS, start=1)
    )


# ---------------------------------------------------------------- answers


class Answers:
    """The answers for one page, put together in advance but for a copy's comment."""

    __slots__ = ("_checksum", "_content", "_gzip", "_head", "_length", "_plain")

    def __init__(self, body: bytes, coding: Coding) -> None:
        """Compress and frame a body."""
        self._gzip = coding in (Coding.GZIP, Coding.GZIP_CHUNKED)
        self._plain = coding in (Coding.IDENTITY, Coding.GZIP)
        self._checksum = zlib.crc32(body)
        self._length = len(body)
        content = _unfinished_gzip(body) if self._gzip else body
        self._content = content if self._plain else b"".join(_chunks(content))
        self._head = (
            b"HTTP/1.1 200 OK\r\nServer: corpus\r\nContent-Type: text/html\r\n"
            + (b"Content-Encoding: gzip\r\n" if self._gzip else b"")
            + (b"Content-Length: %d" if self._plain else b"Transfer-Encoding: chunked")
            + b"\r\n\r\n"
        )

    def answer(self, comment: bytes = b"") -> bytes:
        """Give the answer for the body with `comment` at its end."""
        ending = self._gzip_end(comment) if self._gzip else comment
        if self._plain:
            length = len(self._content) + len(ending)
            return b"".join((self._head % length, self._content, ending))
        last = b"%x\r\n%b\r\n" % (len(ending), ending) if ending else b""
        return b"".join((self._head, self._content, last, b"0\r\n\r\n"))

    def _gzip_end(self, comment: bytes) -> bytes:
        """Close the stream with a stored block (RFC 1951, 3.2.4; RFC 1952, 2.3.1)."""
        size = len(comment)
        return b"".join(
            (
                b"\x01",
                size.to_bytes(2, "little"),
                (size ^ 0xFFFF).to_bytes(2, "little"),
                comment,
                zlib.crc32(comment, self._checksum).to_bytes(4, "little"),
                (self._length + size & 0xFFFFFFFF).to_bytes(4, "little"),
            )
        )


def _unfinished_gzip(body: bytes) -> bytes:
    """Compress up to a byte boundary, so that one block more can follow."""
    deflate = zlib_ng.compressobj(6, zlib_ng.DEFLATED, 31)
    return bytes(deflate.compress(body) + deflate.flush(zlib_ng.Z_SYNC_FLUSH))


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _CHUNK):
        piece = content[start : start + _CHUNK]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)


def comment_of(copy: int) -> bytes:
    """Write what makes a copy unique; nothing for number 0."""
    return b"<!-- copy %06d -->" % copy if copy else b""


def _fixed(media_type: str, content: str) -> bytes:
    body = content.encode("utf-8")
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode("ascii") + body


def _sitemap(urls: Sequence[str]) -> bytes:
    rows = "\n".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return _fixed(
        "application/xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{rows}\n</urlset>\n",
    )


def _feed(host: str, urls: Sequence[str]) -> bytes:
    items = "\n".join(
        f"<item><title>Page {number}</title><link>{url}</link></item>"
        for number, url in enumerate(urls, start=1)
    )
    return _fixed(
        "application/rss+xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>Corpus</title><link>http://{host}/</link>"
        f"<description>Pages</description>\n{items}\n</channel></rss>\n",
    )


_NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Shelf:
    """Everything that one address answers."""

    def __init__(self, host: str, places: Sequence[Placed], port: int, copies: int):
        """Prepare robots.txt, feed, sitemap and pages."""
        mine = [place for place in places if place.host == host]
        urls = [place.url(port, copy) for copy in range(copies) for place in mine]
        self._copies = copies
        self._pages = {
            place.page.id.encode("ascii"): Answers(place.page.body, place.coding)
            for place in mine
        }
        self._fixed = {
            b"/robots.txt": _fixed("text/plain", "User-agent: *\nAllow: /\n"),
            b"/sitemap.xml": _sitemap(urls),
            b"/feed.xml": _feed(host, urls[::2]),
        }
        if copies == 1:
            for id_, answers in self._pages.items():
                self._fixed[b"/p/" + id_] = answers.answer()

    def answer(self, target: bytes) -> bytes:
        """Give the answer to a request, whatever its method."""
        fixed = self._fixed.get(target)
        if fixed is not None:
            return fixed
        id_, _, number = target.removeprefix(b"/p/").partition(b"/")
        answers = self._pages.get(id_)
        copy = int(number) if number.isdigit() else 0
        if answers is None or copy >= self._copies:
            return _NOT_FOUND
        return answers.answer(comment_of(copy))


class _Connection(asyncio.Protocol):
    """One connection, kept open; requests have no bodies."""

    def __init__(self, shelves: dict[str, Shelf]) -> None:
        self._shelves = shelves
        self._shelf: Shelf
        self._transport: Any
        self._rest = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._shelf = self._shelves[transport.get_extra_info("sockname")[0]]

    @override
    def data_received(self, data: bytes) -> None:
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in requests:
            self._transport.write(self._shelf.answer(request.split(b" ", 2)[1]))


# ---------------------------------------------------------------- the process


async def _serve(pages: Sequence[CorpusPage], copies: int) -> None:
    loop = asyncio.get_running_loop()
    shelves: dict[str, Shelf] = {}
    servers = await _listen(loop, shelves)
    port = servers[0].sockets[0].getsockname()[1]
    places = tuple(placed(pages))
    for host in HOSTS:
        shelves[host] = Shelf(host, places, port, copies)
    for server in servers:
        await server.start_serving()
    gc.collect()
    gc.freeze()
    gc.disable()  # nothing here goes round in circles
    sys.stdout.write(json.dumps({"port": port, "pages": len(pages) * copies}) + "\n")
    sys.stdout.flush()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await reader.read()


async def _listen(
    loop: asyncio.AbstractEventLoop, shelves: dict[str, Shelf]
) -> list[asyncio.Server]:
    """Take one port on all addresses. Raises OSError if none is free on all."""
    for trial in itertools.count(1):
        servers: list[asyncio.Server] = []
        port = 0
        try:
            for host in HOSTS:
                server = await loop.create_server(
                    lambda: _Connection(shelves),
                    host,
                    port,
                    start_serving=False,
                    backlog=512,
                )
                servers.append(server)
                port = server.sockets[0].getsockname()[1]
        except OSError:
            for server in servers:
                server.close()
            if trial == _PORTS_TRIED:
                raise
        else:
            return servers
    raise AssertionError  # count() does not end


class CorpusServer:
    """The server in a process of its own, for as long as the context lasts.

    Attributes:
        port: the same on all of `HOSTS`.
        pages: how many addresses of pages there are, copies included.
    """

    def __init__(self, *, copies: int = 1, longest: int | None = None) -> None:
        """Say what it is to serve; see the module."""
        self._arguments = ["--copies", str(copies)]
        if longest is not None:
            self._arguments += ["--longest", str(longest)]
        self._process: subprocess.Popen[bytes]
        self.port = 0
        self.pages = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serving", *self._arguments],
            cwd=Path(__file__).resolve().parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise RuntimeError("the server of the corpus did not start")
        ready = json.loads(line)
        self.port, self.pages = ready["port"], ready["pages"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def cpu_s(self) -> float:
        """Tell how much CPU it has taken so far."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description="Serve the corpus on loopback.")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--longest", type=int, default=None, metavar="BYTES")
    arguments = parser.parse_args()
    asyncio.run(_serve(chosen(arguments.longest), arguments.copies))


if __name__ == "__main__":
    main()
