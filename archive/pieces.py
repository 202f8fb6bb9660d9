"""Small pieces of bytes, joined into such as are worth a step. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def joined(pieces: Iterable[bytes], length: int) -> Iterator[bytes]:
    """Join pieces to `length` bytes or a little more; the last may be shorter.

    An empty piece hands on what there is, be it nothing: whoever waits for the pieces
    is seen, or seen to be gone.
    """
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= length or not piece:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
