"""The payload of an answer that comes in pieces: `archive.message.payload`, streamed.

Pure. Other people's crawls hold films: what is read of them is never all in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archive.message import Head, content_length, is_chunked, is_transfer_coded

_CHUNK_LINE: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")
_MOST_LINE: Final = 64 * 1024  # bytes; a longer line begins no chunk
_NO_BODY: Final = frozenset({204, 304})  # RFC 9112, 6.3 (1)


class PayloadStream:
    """Takes a body in pieces, and gives the payload in pieces.

    Framing that breaks ends the payload; a body that is said to be chunked and has
    no chunk at all is the payload itself.
    """

    def __init__(self, head: Head) -> None:
        """Begin behind the head of an answer."""
        self._is_chunked = is_chunked(head)
        self._left: int | None = None  # of the body, or of the chunk
        if head.status in _NO_BODY or 100 <= head.status < 200:
            self._is_chunked, self._left = False, 0
        elif not is_transfer_coded(head):
            self._left = content_length(head)
        self._waiting = b""
        self._at = 0  # in what waits: all before it was taken
        self._begun = False  # a chunk was there
        self._between = False  # behind the content of a chunk
        self._ended = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Take the next bytes of the body, and give what of them is payload."""
        if not self._is_chunked:
            most = len(piece) if self._left is None else min(self._left, len(piece))
            if self._left is not None:
                self._left -= most
            if most:
                yield piece[:most]
            return
        self._waiting = self._waiting[self._at :] + piece
        self._at = 0
        while self._at < len(self._waiting) and not self._ended:
            part = self._step()
            if part is None:
                break
            if part:
                yield part
        if self._ended:
            self._waiting, self._at = b"", 0

    def close(self) -> Iterator[bytes]:
        """Give what was waiting for more when the body ended."""
        if self._is_chunked and not self._begun and self._waiting:
            yield self._waiting
        self._waiting = b""

    def _step(self) -> bytes | None:
        """Take a chunk's line, content or end; None if more of it must come first."""
        if self._left:
            part = self._waiting[self._at : self._at + self._left]
            self._at += len(part)
            self._left -= len(part)
            self._between = self._left == 0
            return part
        if self._between:
            return self._line_end()
        return self._chunk_line()

    def _line_end(self) -> bytes | None:
        for end in (b"\n", b"\r\n"):
            if self._waiting.startswith(end, self._at):
                self._at += len(end)
                self._between = False
                return b""
        if self._waiting[self._at :] == b"\r":
            return None
        self._ended = True
        return b""

    def _chunk_line(self) -> bytes | None:
        end = self._waiting.find(b"\n", self._at) + 1
        if not end and len(self._waiting) - self._at <= _MOST_LINE:
            return None
        line = _CHUNK_LINE.match(self._waiting, self._at)
        if line is None and not self._begun:
            # No chunk at all: the body is stored without the framing.
            self._is_chunked, self._left = False, None
            body, self._waiting, self._at = self._waiting, b"", 0
            return body
        self._begun = True
        if line is None or int(line[1], 16) == 0:
            self._ended = True
            return b""
        self._left = int(line[1], 16)
        self._at = line.end()
        return b""
