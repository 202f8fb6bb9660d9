"""Records out of WARC files, damaged ones too. Does I/O.

WARC/1.0 and 1.1 are read: one gzip member a record, as we write them, several
records in one member, one record over several, and uncompressed files. Strictness
is the caller's: what is forgiven and what is damaged are given to `on_finding`,
and reading goes on at the next record that can be found; without it, damage
raises. Nothing that is torn passes as whole, and no file makes the reader hang:
memory is bounded, and each step consumes bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from archive.errors import DamagedRecord, UnsupportedFormat
from archive.model import Finding, Severity
from archive.warc.fields import Fields, parse_fields
from archive.warc.members import GZIP_MAGIC, GzipFile, PlainFile, Torn, Window
from archive.warc.rules import CODES

_MOST_HEAD: Final = 1024 * 1024  # bytes of a record's head; more is no head
_CHUNK: Final = 64 * 1024
_RECORD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_VERSIONS: Final = {b"WARC/1.0": "1.0", b"WARC/1.1": "1.1"}
_UNSUPPORTED: Final = frozenset({"arc", "not-warc", "version"})
_ARC_START: Final = b"filedesc://"
_ZSTD_MAGIC: Final = (b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")

OnFinding = Callable[[Finding], None]


class _Described:
    """What is said of a record by its fields."""

    __slots__ = ()
    fields: Fields

    @property
    def type(self) -> str:
        """The `WARC-Type`; empty if there is none."""
        return self.fields.first("WARC-Type") or ""

    @property
    def record_id(self) -> str | None:
        """The `WARC-Record-ID`, in its angle brackets."""
        return self.fields.first("WARC-Record-ID")

    @property
    def target_uri(self) -> str | None:
        """The `WARC-Target-URI`, without the brackets that WARC/1.0 allowed."""
        uri = self.fields.first("WARC-Target-URI")
        bracketed = uri is not None and uri.startswith("<") and uri.endswith(">")
        return uri[1:-1] if uri is not None and bracketed else uri


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRecord(_Described):
    """A record that was read to its end and found whole."""

    version: str  # "1.1"
    fields: Fields
    block: bytes
    offset: int  # bytes, of its gzip member
    length: int  # bytes, of its gzip member


@dataclass(slots=True, kw_only=True, eq=False)
class Record(_Described):
    """A record in a file that is being read. Valid until the next one is asked for.

    `length`, `own_member` and `whole` are known once the block was read to its end.
    """

    version: str  # "1.1"
    fields: Fields
    offset: int  # bytes, of the gzip member it begins in, or of it in a plain file
    content_length: int
    own_member: bool  # it can be read alone, from `offset` on
    head: bytes  # as it stands: version line, fields, the empty line
    length: int = 0  # bytes, from `offset` on; 0 if the member holds other records
    whole: bool = True  # False: damage was met in it
    _reader: _Reader
    _left: int
    _ended: bool = False  # the file was read past the record
    _passed: bool = False  # the caller has asked for the next one

    def chunks(self, size: int = _CHUNK) -> Iterator[bytes]:
        """Give what is left of the block, in pieces of at most `size` bytes.

        Ends early where the block is damaged: then `whole` is False, and a
        finding was given; raises DamagedRecord if nobody takes findings.
        """
        while piece := self._next(size):
            yield piece

    def read_block(self, limit: int | None = None) -> bytes:
        """Give what is left of the block, or the next `limit` bytes of it.

        Damage is told as `chunks` tells it.
        """
        parts = []
        wanted = self._left if limit is None else limit
        while piece := self._next(wanted):
            parts.append(piece)
            wanted -= len(piece)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def finish(self) -> None:
        """Read past what is left of the block; it can not be read any more."""
        if not self._passed:
            while self._next(_CHUNK):
                pass
        self._passed = True

    def _next(self, most: int) -> bytes:
        """Give up to `most` bytes of the block, and end the record behind the last."""
        if self._passed:
            raise ValueError("the reader has gone past this record")
        piece = b""
        if self._left and most:
            piece = self._reader.take_block(self, min(most, self._left))
            self._left = self._left - len(piece) if piece else 0
            self._ended = not piece  # damage: the reader is at another record
        if not self._left and not self._ended:
            self._ended = True
            self._reader.end_record(self)
        return piece


def read_records(
    path: Path, *, start: int = 0, on_finding: OnFinding | None = None
) -> Iterator[Record]:
    """Give the records of a file in order, from the offset `start` on.

    What was forgiven and what is damaged is given to `on_finding`, and reading
    goes on. Without it raises DamagedRecord for damage, and UnsupportedFormat
    for ARC, other versions and what is no WARC at all.
    """
    with path.open("rb") as file:
        reader = _Reader(path, file, start, on_finding)
        while (record := reader.next_record()) is not None:
            yield record
            record.finish()


def read_record(path: Path, offset: int, length: int | None = None) -> WholeRecord:
    """Read the one record at an offset, and see that it is whole.

    Raises DamagedRecord if it is not, if no record begins there, or if its
    `length` is given and is another; UnsupportedFormat as `read_records` does.
    """
    with path.open("rb") as file:
        reader = _Reader(path, file, offset, None)
        record = reader.next_record()
        if record is None:
            raise DamagedRecord("no record begins here", path=path, offset=offset)
        block = record.read_block()
    if length is not None and record.length != length:
        sentence = f"the record is {record.length} bytes long, not {length}"
        raise DamagedRecord(sentence, path=path, offset=offset)
    return WholeRecord(
        version=record.version,
        fields=record.fields,
        block=block,
        offset=offset,
        length=record.length,
    )


class _Reader:
    """Where one is in a file: before a record, or in its block."""

    def __init__(
        self, path: Path, file: BinaryIO, start: int, on_finding: OnFinding | None
    ) -> None:
        self._path = path
        self._on_finding = on_finding
        self._window = _open(path, file, start)
        self._first = start == 0  # neither a record nor a fault was met
        self._end = False

    def next_record(self) -> Record | None:
        """Go to the next record that has a usable head; None at the end."""
        while not self._end:
            try:
                record = self._read_head() if self._find_start() else None
            except Torn as torn:
                self._resync(torn)
            else:
                if record is not None:
                    return record
        return None

    def take_block(self, record: Record, most: int) -> bytes:
        """Give up to `most` bytes of the block; nothing where it is damaged."""
        try:
            while not (piece := self._window.take(most)):
                if not self._next_part(record):
                    return b""
        except Torn as torn:
            record.whole = False
            self._resync(torn)
            return b""
        return piece

    def end_record(self, record: Record) -> None:
        """Read past the end of a record whose block was consumed."""
        try:
            self._end_record(record)
        except Torn as torn:
            record.whole = False
            self._resync(torn)

    def _find_start(self) -> bool:
        """Go to where a record begins, or closer to it."""
        window = self._window
        offset = window.offset
        if window.take_line_ends():
            self._tell("record-end", offset, "empty lines stand before a record")
        if window.begins_record():
            return True
        if window.peek(1):
            if not window.join_start():
                self._pass_over()
        elif window.fresh and window.is_gzip:
            self._tell("empty-member", window.offset, "a gzip member is empty")
            window.fresh = False
        elif not window.advance():
            self._end = True
            if self._first:
                self._tell("empty-file", 0, "the file holds no record")
        return False

    def _pass_over(self) -> None:
        """Say that the bytes here are no record, and look for the next one."""
        window = self._window
        start = window.peek(len(_ARC_START))
        if not self._first:
            self._tell("garbage", window.offset, "what stands here is no record")
        elif start == _ARC_START:
            self._end = True
            self._tell(
                "arc", 0, "the file is ARC, which is not read: convert it to WARC"
            )
        elif start.startswith(_ZSTD_MAGIC):
            self._end = True
            self._tell(
                "not-warc", 0, "the file is compressed with Zstandard: unpack it"
            )
        else:
            self._tell("not-warc", 0, "the file does not begin with a WARC record")
        self._first = False
        window.skip_to_record()

    def _read_head(self) -> Record | None:
        """Read version and fields; None if they do not do for reading the block."""
        window = self._window
        self._first = False
        offset = window.offset
        fresh = window.fresh or not window.is_gzip
        head = window.take_head(_MOST_HEAD)
        if head is None:
            self._tell("head-cut", offset, "the head of the record does not end")
            if not window.fresh:  # else a record begins here, in the next member
                window.skip_headless()
            return None
        line, _, rest = head.partition(b"\n")
        version = self._version(line.rstrip(b"\r"), offset)
        fields, forgiven = parse_fields(rest)
        for code in forgiven:
            self._tell(code, offset, CODES[code][1])
        said = set(fields.all("Content-Length"))
        length = said.pop() if len(said) == 1 else ""
        if not _LENGTH.fullmatch(length):
            problem = f"is {length!r}" if length else "is missing"
            problem = "has several values" if said else problem
            self._tell("content-length", offset, f"Content-Length {problem}")
            window.skip_to_record()
            return None
        return Record(
            version=version,
            fields=fields,
            offset=offset,
            content_length=int(length),
            own_member=fresh,
            head=head,
            _reader=self,
            _left=int(length),
        )

    def _version(self, line: bytes, offset: int) -> str:
        """Read the version line; an unknown version is read like the last known."""
        version = _VERSIONS.get(line)
        if version is not None:
            return version
        text = line[:40].decode("latin-1")
        version = _VERSIONS.get(line.strip().upper())
        if version is not None:
            self._tell("version-line", offset, f"the version line is {text!r}")
            return version
        self._tell("version", offset, f"the version line is {text!r}")
        return text.upper().removeprefix("WARC/")

    def _next_part(self, record: Record) -> bool:
        """Go on with a block where its member ends; False if it goes on nowhere."""
        window = self._window
        record.own_member = False
        if not window.advance():
            self._end = True
            code = "block-short" if window.is_gzip else "torn-tail"
            sentence = "the file ends before the block does"
        elif window.begins_record():
            code = "block-short"
            sentence = "the block ends before its Content-Length"
        else:
            return True
        record.whole = False
        self._tell(code, record.offset, sentence)
        return False

    def _end_record(self, record: Record) -> None:
        """Read the two line ends that close a record, and measure it."""
        window = self._window
        ending = window.peek(len(_RECORD_END))
        right = ending == _RECORD_END
        torn = not right and _RECORD_END.startswith(ending) and not window.is_gzip
        window.take(len(ending) - len(ending.lstrip(b"\r\n")))
        end = window.offset
        right = not window.take_line_ends() and right
        if torn:
            record.whole = False
            self._tell(
                "torn-tail", record.offset, "the file ends before its last record"
            )
        elif not right and window.peek(1) and not window.begins_record():
            record.whole = False
            sentence = "the block goes on after its Content-Length"
            self._tell("block-long", record.offset, sentence)
            window.skip_to_record()
        elif not right:
            sentence = "the record does not end with exactly two CR LF"
            self._tell("record-end", record.offset, sentence)
        if window.is_gzip:
            alone = record.offset == window.member_offset and not window.peek(1)
            record.own_member = record.own_member and alone
            end = window.tell() if record.own_member else record.offset
        record.length = end - record.offset

    def _resync(self, torn: Torn) -> None:
        """Tell of the damage, and go to the next member that holds a record."""
        self._first = False
        self._tell(torn.code, torn.offset, torn.sentence)
        self._end = not self._window.resync(torn.offset + 1)

    def _tell(self, code: str, offset: int, sentence: str) -> None:
        """Give a finding; raise an error instead if nobody takes them."""
        severity = CODES[code][0]
        if self._on_finding is not None:
            self._on_finding(
                Finding(
                    code=code,
                    severity=severity,
                    path=str(self._path),
                    offset=offset,
                    sentence=sentence,
                )
            )
        elif severity is Severity.ERROR:
            error = UnsupportedFormat if code in _UNSUPPORTED else DamagedRecord
            raise error(sentence, path=self._path, offset=offset)


def _open(path: Path, file: BinaryIO, start: int) -> Window:
    """Look whether the file is gzip. Where the start is damaged, its name tells."""
    file.seek(start)
    magic = file.read(len(_ARC_START))
    known = magic.upper().startswith(b"WARC/") or magic == _ARC_START
    plain = known or not (
        magic.startswith(GZIP_MAGIC) or path.name.lower().endswith(".gz")
    )
    return Window(PlainFile(file, start) if plain else GzipFile(file, start))
