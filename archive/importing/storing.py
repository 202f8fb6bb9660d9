"""A WARC file of others into a file of ours, its records untouched [I/O].

Where every record lies in a gzip member of its own, the file is copied byte for byte.
Else (plain files, many records in a member, damage between them) each whole record is
written as a member of its own, with the bytes it had; what is torn is left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from zlib_ng import zlib_ng

from archive.digests import Sha256
from archive.errors import DatelineError
from archive.importing.facts import Facts, read_facts
from archive.importing.model import Form
from archive.model import Finding, Severity
from archive.warc.members import GZIP_MAGIC
from archive.warc.reader import Record, read_records
from archive.warc.records import COMPRESSION_LEVEL
from archive.warc.writer import storage_error

_GZIP: Final = 31  # window bits, with gzip's head and trailer
_PIECE: Final = 1024 * 1024
_RECORD_END: Final = b"\r\n\r\n"
_VERSIONS: Final = frozenset({"1.0", "1.1"})

OnRecord = Callable[[Record, Facts, int, int], None]
"""Is told of each record that is kept: what it holds, its offset and length."""
OnBytes = Callable[[int], None]


class NotTaken(DatelineError):
    """A file holds nothing that could be taken in; the text says why."""


@dataclass(slots=True, kw_only=True)
class Kept:
    """What became of a file."""

    form: Form
    digest: str
    length: int
    content_digest: str | None = None
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was given, or taken out of a WACZ: copied, or at least read once."""

    path: Path
    label: str  # how findings call it
    digest: str
    length: int
    is_gzip: bool


def look_at(path: Path, label: str, copy: Path | None = None) -> Source:
    """Read a file once, for its digest; what is gzip is copied to `copy` on the way.

    Raises NotTaken where it can't be read, and StorageError.
    """
    digest, length, is_gzip = Sha256(), 0, False
    target: int | None = None
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if not length:
                    is_gzip = piece.startswith(GZIP_MAGIC)
                    if is_gzip and copy is not None:
                        target = _created(copy)
                digest.update(piece)
                length += len(piece)
                if target is not None and copy is not None:
                    _write(target, piece, copy)
        if target is not None and copy is not None:
            _sync(target, copy)
    except OSError as error:
        raise NotTaken(f"{label} can not be read: {error.strerror}") from error
    finally:
        if target is not None:
            os.close(target)
    is_copied = copy is not None and is_gzip
    return Source(
        path=copy if is_copied and copy is not None else path,
        label=label,
        digest=digest.label,
        length=length,
        is_gzip=is_gzip,
    )


def sha256_of_file(path: Path) -> str:
    """Digest a file, a piece at a time. Raises OSError."""
    digest = Sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.label


def keep_as_it_was(
    source: Source, on_record: OnRecord, on_bytes: OnBytes
) -> Kept | None:
    """Go through a copied file; None if it can't be kept as it is."""
    if not source.is_gzip:
        return None
    findings: list[Finding] = []
    count = 0
    for record in read_records(source.path, on_finding=findings.append):
        facts = read_facts(record)
        if not _is_usable(record) or not record.own_member or _damage(findings):
            return None
        on_record(record, facts, record.offset, record.length)
        on_bytes(record.offset + record.length)
        count += 1
    if not count or _damage(findings):
        return None
    return Kept(
        form=Form.AS_IT_WAS,
        digest=source.digest,
        length=source.length,
        findings=findings,
    )


def keep_records(
    source: Source, target: Path, on_record: OnRecord, on_bytes: OnBytes
) -> Kept:
    """Write the whole records of a file to `target`.

    Raises StorageError, and NotTaken if there is none.
    """
    findings: list[Finding] = []
    count = 0
    with source.path.open("rb") as raw, _Members(target) as members:
        for record in read_records(source.path, on_finding=findings.append):
            members.begin(record.head)
            facts = read_facts(record, members.write)
            on_bytes(record.offset)
            if not (_is_usable(record) or _is_unended(record, facts, findings)):
                members.drop()
                continue
            if source.is_gzip and record.own_member:
                members.drop()
                offset, length = members.copy(raw, record.offset, record.length)
            else:
                offset, length = members.end()
            on_record(record, facts, offset, length)
            count += 1
        if not count:
            raise NotTaken(_refusal(source, findings))
        digest, length = members.close()
    return Kept(
        form=Form.RECORDS,
        digest=digest,
        length=length,
        content_digest=members.content_digest,
        findings=findings,
    )


def damage_in(findings: list[Finding]) -> list[Finding]:
    """List the findings because of which something was left out."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _damage(findings: list[Finding]) -> bool:
    return bool(damage_in(findings))


def _is_usable(record: Record) -> bool:
    return record.whole and record.version in _VERSIONS


def _is_unended(record: Record, facts: Facts, findings: list[Finding]) -> bool:
    """Whether all that a plain file lacks of its last record are line ends."""
    return (
        record.version in _VERSIONS
        and facts.block_length == record.content_length
        and [(f.code, f.offset) for f in findings[-1:]]
        == [("torn-tail", record.offset)]
    )


def _refusal(source: Source, findings: list[Finding]) -> str:
    found = damage_in(findings)
    if not found:
        return f"{source.label}: there is no whole WARC record in it"
    if found[0].code == "arc":
        return (
            f"{source.label} is ARC, the format before WARC, which is not read: "
            "`warcio recompress` makes a WARC file of it"
        )
    return (
        f"{source.label} is no WARC file that can be read: {found[0].sentence} "
        f"(offset {found[0].offset})"
    )


class _Members:
    """A file of gzip members while it is written, a record at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = _created(path)
        self._size = 0  # up to the last whole member
        self._written = 0
        self._deflate: zlib_ng._Compress | None = None
        self._content = Sha256()
        self._attempt = self._content
        self._is_open = True

    @property
    def content_digest(self) -> str:
        """The digest of the records, without gzip."""
        return self._content.label

    def begin(self, head: bytes) -> None:
        self._deflate = zlib_ng.compressobj(COMPRESSION_LEVEL, zlib_ng.DEFLATED, _GZIP)
        self._attempt = self._content.copy()
        self.write(head)

    def write(self, piece: bytes) -> None:
        assert self._deflate is not None
        self._attempt.update(piece)
        self._append(self._deflate.compress(piece))

    def end(self) -> tuple[int, int]:
        """End the record; gives offset and length of its member."""
        self.write(_RECORD_END)
        assert self._deflate is not None
        self._append(self._deflate.flush())
        self._content = self._attempt
        return self._done()

    def drop(self) -> None:
        """Take back what was written of a record."""
        try:
            os.ftruncate(self._fd, self._size)
            os.lseek(self._fd, self._size, os.SEEK_SET)
        except OSError as error:
            raise storage_error(error, self._path) from error
        self._written = self._size

    def copy(self, file: BinaryIO, offset: int, length: int) -> tuple[int, int]:
        """Copy a member as it is; gives its new offset, and its length."""
        self._content = self._attempt
        self._content.update(_RECORD_END)
        file.seek(offset)
        while length and (piece := file.read(min(length, _PIECE))):
            self._append(piece)
            length -= len(piece)
        return self._done()

    def close(self) -> tuple[str, int]:
        """Make the file durable; gives its digest and length."""
        _sync(self._fd, self._path)
        return sha256_of_file(self._path), self._size

    def __enter__(self) -> _Members:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def _append(self, data: bytes) -> None:
        _write(self._fd, data, self._path)
        self._written += len(data)

    def _done(self) -> tuple[int, int]:
        offset, self._size = self._size, self._written
        return offset, self._size - offset


def _created(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except OSError as error:
        raise storage_error(error, path) from error


def _write(fd: int, data: bytes, path: Path) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        raise storage_error(error, path) from error


def _sync(fd: int, path: Path) -> None:
    try:
        os.fsync(fd)
    except OSError as error:
        raise storage_error(error, path) from error
