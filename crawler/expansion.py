"""Gzip that may not be gzip, expanded piece by piece within a bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

PIECE = 64 * 1024  # bytes given at a time
# Of one file. Each costs some microseconds, and need not expand to anything.
MEMBER_LIMIT = 10_000
_MAGIC = b"\x1f\x8b"


def chunks_of(body: bytes) -> Iterator[bytes]:
    """Cut a body into pieces, without copying it as a whole."""
    view = memoryview(body)
    for start in range(0, len(body), PIECE):
        yield bytes(view[start : start + PIECE])


class Expansion:
    """Iterates over the expanded bytes; `problems` is complete afterwards.

    Plain bytes pass as they are. A file that was compressed once more on its
    way (`.xml.gz` with a content coding that was not taken off) is expanded
    twice. What is cut short or broken gives what came before (RFC 1952).
    """

    def __init__(self, chunks: Iterable[bytes], *, limit: int) -> None:
        self.problems: list[str] = []
        self._chunks = chunks
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        """Give pieces of at most `PIECE` bytes when expanding."""
        # Both are bounded: the outer may expand to what the inner makes nothing of.
        outer = self._bounded(self._layer(iter(self._chunks)))
        yield from self._bounded(self._layer(outer))

    def _bounded(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        given = 0
        for piece in pieces:
            room = self._limit - given
            if len(piece) > room:
                if room:
                    yield piece[:room]
                self.problems.append(f"only the first {self._limit} bytes were read")
                return
            given += len(piece)
            yield piece

    def _layer(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= len(_MAGIC):
                break
        if head.startswith(_MAGIC):
            yield from self._expanded(head, chunks)
        else:
            if head:
                yield head
            yield from chunks

    def _expanded(self, head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from self._members(head, chunks)
        except zlib.error as error:
            self.problems.append(f"broken gzip: {error}")

    def _members(self, head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Expand one member after the other, as RFC 1952, 2.2 has them."""
        waiting = head
        for _ in range(MEMBER_LIMIT):
            member = zlib.decompressobj(wbits=31)
            yield from self._member(member, waiting, chunks)
            if not member.eof:
                self.problems.append("the gzip file is cut short")
                return
            # Padding with zeros is what tapes left behind, and is allowed.
            waiting = member.unused_data.lstrip(b"\0")
            while not waiting and (chunk := next(chunks, b"")):
                waiting = chunk.lstrip(b"\0")
            if not waiting:
                return
        sentence = f"only the first {MEMBER_LIMIT} gzip members were read"
        self.problems.append(sentence)

    def _member(
        self, member: zlib._Decompress, waiting: bytes, chunks: Iterator[bytes]
    ) -> Iterator[bytes]:
        while waiting and not member.eof:
            before = member.copy()
            try:
                piece = member.decompress(waiting, PIECE)
            except zlib.error:
                # The call took what it had expanded with it: go there again.
                for at in range(len(waiting)):
                    yield before.decompress(waiting[at : at + 1])
                raise
            if piece:
                yield piece
            waiting = member.unconsumed_tail
            if not waiting and not member.eof:
                waiting = next(chunks, b"")
        if piece := member.flush():
            yield piece
