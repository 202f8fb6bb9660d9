"""CDXJ files: written whole, looked up by binary search. Does I/O.

Beside each WARC file of a collection lies one sorted CDXJ file of its captures,
`index/2026/11/22/STEM.cdxj`: a WARC file and its index come and go together. So that
a lookup need not ask them all, `indexmerge` sorts many into one. Everything here is
derived from the WARC files and can be built again from them.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from archive.cdxj import (
    CdxError,
    CdxLine,
    capture_line,
    is_indexed,
    moment,
    sorted_lines,
)
from archive.clock import parse_warc_date, timestamp14
from archive.digests import sha1_label
from archive.errors import DamagedRecord
from archive.indexfile import IndexFile
from archive.indexlisting import Identity, Listing
from archive.indexmerge import Merged, sort_out
from archive.message import MessageError, parse_response_head
from archive.model import Finding, Severity
from archive.sortedlines import SortedFile, after, read_line
from archive.warc.reader import Record, read_records
from archive.warc.writer import write_whole

CODES: Final[dict[str, tuple[Severity, str]]] = {
    "not-indexed": (
        Severity.WARNING,
        "A capture can't be looked up: it has no address, date or member of its own.",
    ),
}
_MOST_OPEN: Final = 256  # small files kept mapped: each holds a file descriptor
_TRIES: Final = 5
_FIRST_BYTES: Final = 256 * 1024  # of a block: enough for any HTTP head
_HTTP: Final = ("http:", "https:")
_FULL_TIMESTAMP: Final = "00000101000000"  # fills up "2026" or "202611"


# ------------------------------------------------------------------------ writing


def write_index(lines: Iterable[CdxLine], target: Path) -> None:
    """Write the index of one WARC file: sorted, and whole or not at all.

    Makes the folder where it is missing. Raises StorageError.
    """
    write_whole(target, b"".join(sorted_lines(lines)))


def build_index(
    warc: Path,
    filename: str,
    *,
    on_finding: Callable[[Finding], None] | None = None,
) -> list[CdxLine]:
    """Read a WARC file and make the lines of its index, in the file's order.

    `filename` is what the lines call the file. The lines are those that
    cdxj-indexer 1.5 makes. A torn record gets none; neither does one that could
    not be found or served by it (no address, no date, no gzip member of its own).
    Both are given to `on_finding`, as `read_records` gives what it finds; without
    that, DamagedRecord or UnsupportedFormat is raised.
    """
    lines = []
    for record in read_records(warc, on_finding=on_finding):
        if not is_indexed(record.type, record.fields.first("Content-Type")):
            continue
        url = _target(record)
        if url is None and record.type == "metadata":
            continue  # it may be about a file, or about another record
        mime, status, digest = _content(record)
        record.finish()
        problem = _problem(record, url)
        if problem is None:
            assert url is not None
            lines.append(
                capture_line(
                    url=url,
                    date=parse_warc_date(record.fields.first("WARC-Date") or ""),
                    record_type=record.type,
                    mime=mime,
                    status=status,
                    digest=digest,
                    offset=record.offset,
                    length=record.length,
                    filename=filename,
                )
            )
        elif record.whole:  # what is torn has been told of by the reader
            _tell(warc, record, problem, on_finding)
    return lines


def _target(record: Record) -> str | None:
    """Give the address as index lines have it: in one word."""
    uri = record.target_uri
    return uri.replace(" ", "%20") if uri else None


def _content(record: Record) -> tuple[str | None, int | None, str | None]:
    """Read Content-Type, status and payload digest of a record."""
    content_type = record.fields.first("Content-Type")
    status = None
    first = b""
    if record.type in ("response", "revisit"):
        content_type = None
        if (record.target_uri or "").startswith(_HTTP):
            first = record.read_block(_FIRST_BYTES)
            with suppress(MessageError):  # a block without a head is all payload
                head = parse_response_head(first)
                first = first[head.length :]
                status = head.status
                content_type = _text(head.first(b"content-type"))
    digest = record.fields.first("WARC-Payload-Digest") or None
    if digest is None and record.type != "revisit":
        # Transfer coding included: what other tools compute where none is given.
        digest = sha1_label(chain((first,), record.chunks()))
    return content_type, status, digest


def _text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _problem(record: Record, url: str | None) -> str | None:
    """Say why a record that has been read can't have a line; None if it can."""
    if not record.whole:
        return "the record is torn"
    if url is None:
        return "the record names no address"
    if not record.own_member:
        return "the record has no gzip member of its own"
    try:
        parse_warc_date(record.fields.first("WARC-Date") or "")
    except ValueError:
        return "the record has no date"
    return None


def _tell(
    warc: Path,
    record: Record,
    problem: str,
    on_finding: Callable[[Finding], None] | None,
) -> None:
    sentence = f"{problem}, so it is not in the index"
    if on_finding is None:
        raise DamagedRecord(sentence, path=warc, offset=record.offset)
    on_finding(
        Finding(
            code="not-indexed",
            severity=CODES["not-indexed"][0],
            path=str(warc),
            offset=record.offset,
            sentence=sentence,
        )
    )


# ------------------------------------------------------------------------ reading


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
    far = ((abs(entry.line.date - wanted), entry) for entry in entries)
    if not backwards:
        yield from far
        return
    for _, equal in groupby(far, key=itemgetter(0)):
        yield from reversed(list(equal))


def full_moment(timestamp: str) -> datetime:
    """Read a timestamp that may end after the year, month, day… as its beginning.

    Raises CdxError.
    """
    if len(timestamp) < 14 and len(timestamp) % 2:
        raise CdxError(f"not a timestamp: {timestamp!r} ends inside of a number")
    return moment(timestamp + _FULL_TIMESTAMP[len(timestamp) :])
