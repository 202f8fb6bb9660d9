"""Where a chunked body ends. Pure; keeps no payload.

The bytes are recorded elsewhere: all that is asked here is which of them is the
last one. Read as `archive.message.dechunk` reads it: bare line feeds, extensions
of any kind, trailers. (Twisted's own decoder waits for ever on bare line feeds.)
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

_SIZE_LINE: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")
_LINE_ENDS: Final = frozenset({b"\r\n", b"\n"})
_LONGEST_LINE: Final = 64 * 1024  # no server means a longer extension or trailer


class FramingError(ValueError):
    """Nobody can tell from these bytes where the message ends."""


class _Expected(Enum):
    SIZE = auto()
    DATA_END = auto()
    TRAILER = auto()


class ChunkFollower:
    """Follows a chunked body through pieces of any size (RFC 9112, 7.1)."""

    __slots__ = ("_expected", "_left", "_line", "ended")

    def __init__(self) -> None:
        self._expected = _Expected.SIZE
        self._left = 0  # bytes of the chunk still to come
        self._line = bytearray()  # the beginning of a line that is not yet whole
        self.ended = False

    def feed(self, data: bytes) -> int | None:
        """Take the next piece; at the end of the body say how much of it belonged.

        None while the body goes on. Raises FramingError if it is no chunked body.
        """
        position = 0
        while position < len(data):
            if self._left:
                step = min(self._left, len(data) - position)
                self._left -= step
                position += step
                continue
            line_end = data.find(b"\n", position) + 1
            if not line_end:
                self._line += data[position:]
                self._check_unfinished()
                return None
            line = data[position:line_end]
            if self._line:
                line = bytes(self._line) + line
                self._line.clear()
            position = line_end
            self._take_line(line)
            if self.ended:
                return position
        return None

    def _take_line(self, line: bytes) -> None:
        if self._expected is _Expected.DATA_END:
            if line not in _LINE_ENDS:
                raise FramingError("a chunk is longer than it said")
            self._expected = _Expected.SIZE
        elif self._expected is _Expected.SIZE:
            match = _SIZE_LINE.fullmatch(line)
            if match is None:
                raise FramingError(f"no chunk size: {line[:40]!r}")
            self._left = int(match[1], 16)
            self._expected = _Expected.DATA_END if self._left else _Expected.TRAILER
        elif line in _LINE_ENDS:
            self.ended = True

    def _check_unfinished(self) -> None:
        """Notice what can not become a line, without waiting for its end."""
        if len(self._line) > _LONGEST_LINE:
            raise FramingError("a line of the chunked framing does not end")
        if self._expected is _Expected.DATA_END and self._line != b"\r":
            raise FramingError("a chunk is longer than it said")
