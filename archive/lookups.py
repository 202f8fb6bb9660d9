"""All index files of a collection as one: look-ups by key, range and time [I/O]."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from archive.cdxj import CdxError, CdxLine, full_moment, moment
from archive.clock import timestamp14
from archive.indexfile import IndexFile
from archive.indexlisting import Identity, Listing
from archive.indexmerge import Merged, sort_out
from archive.sortedlines import SortedFile, after, read_line

_MOST_OPEN: Final = 256  # small files kept mapped: each holds a file descriptor
_TRIES: Final = 5


class Entry:
    """A line that was found: as it stands in its file, read when it is asked for."""

    __slots__ = ("_file", "_line", "_offset", "raw")

    def __init__(self, raw: bytes, offset: int, file: SortedFile) -> None:
        """Hold a raw line, its line feed included."""
        self.raw = raw if raw.endswith(b"\n") else raw + b"\n"
        self._offset = offset
        self._file = file
        self._line: CdxLine | None = None

    @property
    def line(self) -> CdxLine:
        """What the line says. Raises DamagedIndex."""
        if self._line is None:
            self._line = read_line(self._file.path, self._offset, self.raw)
        return self._line

    @property
    def date(self) -> datetime:
        """When the capture was, read without the rest. Raises DamagedIndex."""
        _, _, rest = self.raw.partition(b" ")
        try:
            return moment(rest.partition(b" ")[0].decode("ascii", "replace"))
        except CdxError:
            return self.line.date  # which fails too, and says where


class Index:
    """All index files below a folder, as one: merged ones, and those not merged yet.

    Each lookup asks the files that are there at its beginning (what `indexlisting`
    says of that holds); files that appear, vanish or are replaced at any time do no
    harm. It may be shared by threads.
    """

    def __init__(self, folder: Path) -> None:
        """Look up below `folder`, which need not exist yet."""
        self.folder = folder
        self._lock = threading.Lock()
        self._listing = Listing(folder)
        self._merged: list[SortedFile] = []
        self._small: dict[Path, Identity] = {}  # what is in no merged file
        self._open: dict[Path, IndexFile] = {}

    def lookup(self, urlkey: str) -> Iterator[CdxLine]:
        """Give the lines of a key from all files, the oldest first, each once.

        Raises DamagedIndex.
        """
        return self.prefix(urlkey + " ")

    def prefix(self, prefix: str) -> Iterator[CdxLine]:
        """Give the lines that begin so from all files, in the index's order, each once.

        Raises DamagedIndex.
        """
        low = prefix.encode("utf-8", "surrogateescape")
        return (entry.line for entry in self.between(low, after(low)))

    def closest(self, urlkey: str, timestamp: str) -> CdxLine | None:
        """Give the line of a key that is nearest in time, of equals the earlier.

        `timestamp` may end after the year, month, day…: then the beginning of it
        is meant. Raises CdxError if it is no date, and DamagedIndex.
        """
        return next((entry.line for entry in self.nearest(urlkey, timestamp)), None)

    def nearest(self, urlkey: str, timestamp: str) -> Iterator[Entry]:
        """Give the lines of a key, the nearest in time first, of equals the earlier.

        Looks at no more lines than are taken. Raises as `closest` does, at once if it
        is no date.
        """
        wanted = full_moment(timestamp)
        key = (urlkey + " ").encode("utf-8", "surrogateescape")
        digits = timestamp14(wanted)
        if wanted.microsecond:  # 17 digits; a line with 14 is of the full second
            digits += f"{wanted.microsecond // 1000:03d}"
        middle = key + digits.encode("ascii")
        files = self.files()
        before = _distances(
            self._merge(files, key, middle, backwards=True), wanted, backwards=True
        )
        behind = _distances(self._merge(files, middle, after(key)), wanted)
        merged = heapq.merge(before, behind, key=itemgetter(0))
        return (entry for _, entry in merged)

    def between(
        self, low: bytes, high: bytes | None, *, backwards: bool = False
    ) -> Iterator[Entry]:
        """Give the lines from `low` up to `high`, or the last first, each once.

        Raises DamagedIndex.
        """
        return self._merge(self.files(), low, high, backwards=backwards)

    @staticmethod
    def _merge(
        files: Iterable[SortedFile],
        low: bytes,
        high: bytes | None,
        *,
        backwards: bool = False,
    ) -> Iterator[Entry]:
        # A generator holds on to its map, however long it is read and whatever
        # is closed for others meanwhile; files without such a line hold nothing.
        found = [
            lines
            for file in files
            if (lines := _peeked(file, low, high, backwards=backwards)) is not None
        ]
        last = None
        merged = (
            found[0]
            if len(found) == 1
            else heapq.merge(*found, key=itemgetter(0), reverse=backwards)
        )
        for line, offset, file in merged:
            if line != last:
                yield Entry(line, offset, file)
            last = line

    def files(self) -> list[SortedFile]:
        """Open the files that hold the index now, the merged ones first."""
        with self._lock:
            if not self._listing.is_fresh():
                self._sort_out()
            files = list(self._merged)
            for path in self._small:
                with suppress(FileNotFoundError):  # vanished since it was listed
                    files.append(self._file(path))
            return files

    def _sort_out(self) -> None:
        """Take note of which files there are, and open those that are merged."""
        opened: list[SortedFile] | None = None
        known: dict[Path, Identity] = {}
        small: Iterable[str] = ()
        merged: list[Merged] = []
        for attempt in range(_TRIES):
            known = dict(self._listing.files())
            small, merged = sort_out(self.folder, ((p, known[p][2]) for p in known))
            if attempt == _TRIES - 1:
                merged = []  # the small ones hold every line
            opened = _all_open(merged)
            if opened is not None:
                break
            self._listing.is_fresh()  # merged with others since they were listed
        self._merged = opened or []
        in_merged = {name for one in merged for name in one.sources}
        before = self._small
        self._small = {
            self.folder / name: known[self.folder / name]
            for name in sorted(set(small) - in_merged)
        }
        for path in [*self._open]:
            if before.get(path) != self._small.get(path):
                del self._open[path]

    def _file(self, path: Path) -> IndexFile:
        """Give the map of a small file."""
        file = self._open.get(path)
        if file is None:
            file = IndexFile(path)
            # Every lookup goes through all files in the same order: to throw out
            # the oldest would throw out each just before it is needed again.
            if len(self._open) < _MOST_OPEN:
                self._open[path] = file
        return file


def _all_open(merged: Iterable[Merged]) -> list[SortedFile] | None:
    """Open merged files; None if one is not there any more."""
    try:
        return [one.open() for one in merged]
    except FileNotFoundError:
        return None


_Found = tuple[bytes, int, SortedFile]


def _peeked(
    file: SortedFile, low: bytes, high: bytes | None, *, backwards: bool
) -> Iterator[_Found] | None:
    """Find the raw lines of a file that are in a range; None if there are none."""
    lines = file.backwards(low, high) if backwards else file.between(low, high)
    first = next(lines, None)
    if first is None:
        return None
    return ((line, offset, file) for offset, line in chain((first,), lines))


def _distances(
    entries: Iterable[Entry], wanted: datetime, *, backwards: bool = False
) -> Iterator[tuple[timedelta, Entry]]:
    """Give entries with their distance in time; equal ones in the index's order."""
    far = ((abs(entry.date - wanted), entry) for entry in entries)
    if not backwards:
        yield from far
        return
    for _, equal in groupby(far, key=itemgetter(0)):
        yield from reversed(list(equal))
