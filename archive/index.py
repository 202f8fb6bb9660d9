"""CDXJ files: written whole, looked up by binary search. Does I/O.

Beside each WARC file of a collection lies one sorted CDXJ file of its captures,
`index/2026/11/22/STEM.cdxj`. Nothing merges them into a bigger one: a WARC file
and its index come and go together, and a lookup asks them all. Everything here
is derived from the WARC files and can be built again from them.
"""

from __future__ import annotations

import heapq
import mmap
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final

from archive.cdxj import (
    CdxError,
    CdxLine,
    capture_line,
    is_indexed,
    moment,
    parse_line,
    sorted_lines,
)
from archive.clock import parse_warc_date
from archive.digests import sha1_label
from archive.errors import DamagedRecord, PlacedError
from archive.message import MessageError, parse_response_head
from archive.model import Finding, Severity
from archive.warc.reader import Record, read_records
from archive.warc.writer import write_whole

SUFFIX: Final = ".cdxj"
CODES: Final[dict[str, tuple[Severity, str]]] = {
    "not-indexed": (
        Severity.WARNING,
        "A capture can't be looked up: it has no address, date or member of its own.",
    ),
}
_MOST_OPEN: Final = 256  # files kept mapped: each holds a file descriptor
_FIRST_BYTES: Final = 256 * 1024  # of a block: enough for any HTTP head
_HTTP: Final = ("http:", "https:")
_FULL_TIMESTAMP: Final = "00000101000000"  # fills up "2026" or "202611"


class DamagedIndex(PlacedError):
    """A line of an index file is no CDXJ line: the index is to be built again."""


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


class IndexFile:
    """One sorted CDXJ file, mapped into memory.

    It keeps answering from the file as it was when opened, even if that has been
    replaced or removed since. Raises FileNotFoundError if there is none.
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
        for offset, line in self.find(prefix.encode("utf-8", "surrogateescape")):
            yield self.parse(offset, line)

    def find(self, start: bytes) -> Iterator[tuple[int, bytes]]:
        """Give the raw lines that begin with `start`, each with its offset."""
        offset = self._lower_bound(start)
        while line := self._line(offset):
            if not line.startswith(start):
                return
            if not line.startswith(b"!"):  # "!meta …", as some tools head a file
                yield offset, line
            offset += len(line)

    def parse(self, offset: int, line: bytes) -> CdxLine:
        """Read a raw line; DamagedIndex says where it stands if that fails."""
        try:
            return parse_line(line)
        except CdxError as error:
            raise DamagedIndex(str(error), path=self.path, offset=offset) from error

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


class Index:
    """All CDXJ files below a folder, as one.

    Each lookup asks the files that are there at its beginning; files that appear,
    vanish or are replaced at any time do no harm. Not to be shared by threads.
    """

    def __init__(self, folder: Path) -> None:
        """Look up below `folder`, which need not exist yet."""
        self.folder = folder
        self._open: dict[Path, tuple[tuple[int, ...], IndexFile]] = {}

    def lookup(self, urlkey: str) -> Iterator[CdxLine]:
        """Give the lines of a key from all files, the oldest first.

        The same line in two files is given twice. Raises DamagedIndex.
        """
        return self.prefix(urlkey + " ")

    def prefix(self, prefix: str) -> Iterator[CdxLine]:
        """Give the lines that begin so from all files, in the index's order.

        Raises DamagedIndex.
        """
        start = prefix.encode("utf-8", "surrogateescape")
        # A generator holds on to its map, however long it is read and whatever
        # is closed for others meanwhile; files without such a line hold nothing.
        found = (_peeked(file, start) for file in self._files())
        for line, offset, file in heapq.merge(
            *(lines for lines in found if lines is not None), key=_raw_line
        ):
            yield file.parse(offset, line)

    def closest(self, urlkey: str, timestamp: str) -> CdxLine | None:
        """Give the line of a key that is nearest in time, of equals the earlier.

        `timestamp` may end after the year, month, day…: then the beginning of it
        is meant. Raises CdxError if it is no date, and DamagedIndex.
        """
        if len(timestamp) < 14 and len(timestamp) % 2:
            raise CdxError(f"not a timestamp: {timestamp!r} ends inside of a number")
        wanted = moment(timestamp + _FULL_TIMESTAMP[len(timestamp) :])
        lines = self.lookup(urlkey)
        return min(lines, key=lambda line: abs(line.date - wanted), default=None)

    def _files(self) -> Iterator[IndexFile]:
        """Open the files below the folder, in order of their names."""
        paths = sorted(
            Path(folder, name)
            for folder, _, names in os.walk(self.folder)
            for name in names
            if name.endswith(SUFFIX)
        )
        for gone in self._open.keys() - set(paths):
            del self._open[gone]
        for path in paths:
            with suppress(FileNotFoundError):  # vanished since it was listed
                yield self._file(path)

    def _file(self, path: Path) -> IndexFile:
        """Give the map of a file, made anew if the file is another one now."""
        stat = path.stat()
        identity = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        known = self._open.get(path)
        if known is None or known[0] != identity:
            known = (identity, IndexFile(path))
            # Every lookup goes through all files in the same order: to throw out
            # the oldest would throw out each just before it is needed again.
            if path in self._open or len(self._open) < _MOST_OPEN:
                self._open[path] = known
        return known[1]


def _peeked(
    file: IndexFile, start: bytes
) -> Iterator[tuple[bytes, int, IndexFile]] | None:
    """Find the raw lines of a file that begin so; None if there are none."""
    lines = file.find(start)
    first = next(lines, None)
    if first is None:
        return None
    return ((line, offset, file) for offset, line in chain((first,), lines))


def _raw_line(found: tuple[bytes, int, IndexFile]) -> bytes:
    return found[0]
