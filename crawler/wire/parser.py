"""What Twisted's parser is still needed for: to walk through head and body.

It finds where heads end and counts bodies off; what a head says is read from the
raw bytes by `archive.message`. A field that Twisted would refuse (a space in a
name, say) therefore fails nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from scrapy.core.downloader.handlers.http11 import _LenientHTTPClientParser
from twisted.internet.defer import Deferred, succeed
from twisted.web._newclient import HEADER, STATUS, Request, Response
from twisted.web.http import _DataLoss
from twisted.web.http_headers import Headers
from typing_extensions import override

from archive.message import (
    Head,
    content_length,
    is_chunked,
    is_transfer_coded,
    parse_response_head,
)
from crawler.wire.framing import ChunkFollower, FramingError


class WireRequest(Request):
    """A request that is already written, and who reads the head of its answer."""

    def __init__(
        self, method: str, block: bytes, *, on_head: Callable[[], Head]
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            method.encode("ascii"), b"/", Headers(), None, persistent=True
        )
        self.block = block
        self.on_head = on_head

    @override
    def writeTo(self, transport: Any) -> Deferred[None]:
        """Write it in one piece."""
        transport.write(self.block)
        return succeed(None)


class WireParser(_LenientHTTPClientParser):
    """Walks through an answer; only the first and the last line of a head matter."""

    # The recorder counts the head as a whole; a line has no limit of its own.
    MAX_LENGTH = 2**31
    request: WireRequest

    @override
    def lineReceived(self, line: bytes) -> None:
        """Take a line of the head. Raises MessageError for a bad status line."""
        if self.state == STATUS:
            self._status_line(line)
            self.state = HEADER
        elif line in (b"", b"\r"):
            self.allHeadersReceived()

    @override
    def allHeadersReceived(self) -> None:
        """Have the final head read; tell Twisted how the body is framed."""
        if not 100 <= self.response.code < 200:
            head = self.request.on_head()
            if is_chunked(head):
                self.connHeaders.addRawHeader(b"transfer-encoding", b"chunked")
            elif not is_transfer_coded(head):
                length = content_length(head)
                if length is not None:
                    self.connHeaders.addRawHeader(b"content-length", b"%d" % length)
            # Else the body goes on until the close (RFC 9112, 6.3 (4) and (8)).
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def _status_line(self, line: bytes) -> None:
        head = parse_response_head(line)
        major, _, minor = head.protocol.removeprefix("http/").partition(".")
        self.response = Response._construct(  # type: ignore[no-untyped-call]
            (b"HTTP", int(major), int(minor or 0)),
            head.status,
            head.reason,
            self.headers,
            self.transport,
            self.request,
        )


class _ChunkedBody:
    """Follows a chunked body, in the shape of Twisted's decoders."""

    def __init__(self, _: object, finish: Callable[[bytes], None]) -> None:
        self._finish = finish
        self._follower: ChunkFollower | None = ChunkFollower()

    def dataReceived(self, data: bytes) -> None:
        if self._follower is None:
            return  # astray; the protocol knows and listens on
        try:
            end = self._follower.feed(data)
        except FramingError:
            self._follower = None
            raise
        if end is not None:
            self._finish(data[end:])

    def noMoreData(self) -> None:
        if self._follower is None or not self._follower.ended:
            raise _DataLoss


WireParser._transferDecoders = {b"chunked": cast("Any", _ChunkedBody)}


def is_persistent(head: Head) -> bool:
    """Whether the server means to keep the connection (RFC 9112, 9.3)."""
    options = {
        option.strip().lower()
        for name in (b"connection", b"proxy-connection")
        for value in head.all(name)
        for option in value.split(b",")
    }
    if b"close" in options:
        return False
    return head.protocol == "http/1.1" or b"keep-alive" in options
