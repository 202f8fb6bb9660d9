"""What every sorted index file can do, and how its lines are asked for.

Lines are sorted by their bytes, so whatever is asked for is a range: from `low` up to,
and without, `high`; None is the end of the file. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from archive.cdxj import CdxError, CdxLine, parse_line
from archive.errors import PlacedError


class DamagedIndex(PlacedError):
    """A line of an index file is no CDXJ line: the index is to be built again."""


class SortedFile(Protocol):
    """One sorted file of CDXJ lines, plain or in gzip blocks.

    Attributes:
        path: where it lies.
    """

    path: Path

    def between(self, low: bytes, high: bytes | None) -> Iterator[tuple[int, bytes]]:
        """Give the raw lines of a range, each with where it is found in the file."""
        ...

    def backwards(self, low: bytes, high: bytes | None) -> Iterator[tuple[int, bytes]]:
        """Give the same, the last line first."""
        ...

    def weight(self, low: bytes, high: bytes | None) -> int:
        """Tell how long the lines of a range are, about, in bytes."""
        ...

    def part_way(self, low: bytes, high: bytes | None, fraction: float) -> bytes | None:
        """Give a line, or its beginning, about so far into a range."""
        ...


def after(prefix: bytes) -> bytes | None:
    """Give the end of the range of what begins so."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes((stem[-1] + 1,)) if stem else None


def within(lines: list[bytes], low: bytes, high: bytes | None) -> list[bytes]:
    """Cut a range out of sorted lines."""
    start = bisect_left(lines, low)
    return lines[start : None if high is None else bisect_left(lines, high, start)]


def read_line(path: Path, offset: int, line: bytes) -> CdxLine:
    """Read a raw line; DamagedIndex says where it stands if that fails."""
    try:
        return parse_line(line)
    except CdxError as error:
        raise DamagedIndex(str(error), path=path, offset=offset) from error


def is_head(line: bytes) -> bool:
    """Whether a line is about the file: `!meta …`, as some tools head one."""
    return line.startswith(b"!")
