"""One sorted CDXJ file, looked up by binary search in memory-mapped bytes [I/O]."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from archive.cdxj import CdxLine
from archive.sortedlines import after, is_head, read_line


class IndexFile:
    """One sorted CDXJ file, mapped into memory.

    It keeps answering from the file as it was when opened, even if that has been
    replaced or removed since, and may be shared by threads. Raises FileNotFoundError
    if there is none.
    """

    def __init__(self, path: Path) -> None:
        """Map the file at `path`."""
        self.path = path
        with path.open("rb") as file:
            empty = os.fstat(file.fileno()).st_size == 0
            self._bytes: mmap.mmap | bytes = (
                b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            )

    def __iter__(self) -> Iterator[CdxLine]:
        return self.prefix("")

    def lookup(self, urlkey: str) -> Iterator[CdxLine]:
        """Give the lines of a key, the oldest first. Raises DamagedIndex."""
        return self.prefix(urlkey + " ")

    def prefix(self, prefix: str) -> Iterator[CdxLine]:
        """Give the lines that begin so, `com,example)/news` or `com,example,`.

        Raises DamagedIndex.
        """
        low = prefix.encode("utf-8", "surrogateescape")
        for offset, line in self.between(low, after(low)):
            yield read_line(self.path, offset, line)

    def between(self, low: bytes, high: bytes | None) -> Iterator[tuple[int, bytes]]:
        """Give the raw lines from `low` up to `high`, each with its offset."""
        offset = self._lower_bound(low)
        while line := self._line(offset):
            if high is not None and line >= high:
                return
            if not is_head(line):
                yield offset, line
            offset += len(line)

    def backwards(self, low: bytes, high: bytes | None) -> Iterator[tuple[int, bytes]]:
        """Give the same, the last line first."""
        end = len(self._bytes) if high is None else self._lower_bound(high)
        while end > 0:
            start = self._bytes.rfind(b"\n", 0, end - 1) + 1
            line = self._bytes[start:end]
            if line < low:
                return
            if not is_head(line):
                yield start, line
            end = start

    def weight(self, low: bytes, high: bytes | None) -> int:
        """Tell how long the lines of a range are, in bytes."""
        start, end = self._span(low, high)
        return end - start

    def part_way(self, low: bytes, high: bytes | None, fraction: float) -> bytes | None:
        """Give the line so far into a range; None if there is none."""
        start, end = self._span(low, high)
        place = start + int((end - start) * fraction)
        line = self._line(self._bytes.rfind(b"\n", start, place) + 1 or start)
        return line if start < end else None

    def _span(self, low: bytes, high: bytes | None) -> tuple[int, int]:
        start = self._lower_bound(low)
        end = len(self._bytes) if high is None else self._lower_bound(high)
        return start, max(start, end)

    def _line(self, start: int) -> bytes:
        """Give the line that begins at an offset; empty at the end of the file."""
        end = self._bytes.find(b"\n", start)
        return self._bytes[start : end + 1] if end >= 0 else self._bytes[start:]

    def _lower_bound(self, wanted: bytes) -> int:
        """Find where the first line begins that does not sort before `wanted`."""
        low, high = 0, len(self._bytes)  # both are where a line begins, or the end
        while low < high:
            middle = self._bytes.rfind(b"\n", low, (low + high) // 2) + 1 or low
            line = self._line(middle)
            if line < wanted:
                low = middle + len(line)
            else:
                high = middle
        return low
