"""The bytes of a WARC file in pieces: gzip members, or the plain file. Does I/O.

Both kinds of file look the same to the reader: a *member* is a stretch of bytes
that ends of itself. In a gzip file it is a gzip member (WARC/1.1, annex D);
a plain file is one member. Memory is bounded whatever the file claims, and each
call either makes progress or says that there is no more.
"""

from __future__ import annotations

import re
from typing import BinaryIO, Final, Protocol, cast

from zlib_ng import zlib_ng as zlib

GZIP_MAGIC: Final = b"\x1f\x8b"
_WINDOW: Final = 31  # with gzip's head and trailer, whose CRC and length are checked
_INPUT: Final = 64 * 1024  # compressed bytes a read; what follows a member is copied
_MOST_JOINS: Final = 64  # members that one head can lie in
_OUTPUT: Final = 256 * 1024  # bytes a piece, at most
_TRIAL: Final = 1024  # compressed bytes that must show how a record begins
_SCAN: Final = 1024 * 1024
_BROKEN: Final = cast("type[Exception]", zlib.error)  # typed wrongly there

# RFC 1952, 2.3: magic, deflate, no reserved flag.
_MEMBER_HEAD: Final = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
_RECORD_START: Final = re.compile(rb"WARC/\d", re.IGNORECASE)
_RECORD_BEGINS: Final = b"WARC/"
_NEXT_RECORD: Final = re.compile(rb"\nWARC/\d\.\d\d?\r?\r?\n", re.IGNORECASE)
_OVERLAP: Final = 16  # bytes: longer than what _NEXT_RECORD can match
_LINE_ENDS: Final = re.compile(rb"[\r\n]*")
_HEAD_END: Final = re.compile(rb"\n\r*\n")


class Torn(Exception):
    """The bytes can not be read on from here. Never leaves `archive.warc`."""

    def __init__(self, code: str, offset: int, sentence: str) -> None:
        """Name the finding, the byte of the file, and what is wrong."""
        super().__init__(sentence)
        self.code = code
        self.offset = offset
        self.sentence = sentence


class Members(Protocol):
    """What the reader asks of a file."""

    member_offset: int  # of the member that is being read
    is_gzip: bool

    def piece(self) -> bytes:
        """Give the next bytes of the member; nothing at its end. Raises Torn."""

    def advance(self) -> bool:
        """Begin the next member; False at the end of the file. Raises Torn."""

    def tell(self) -> int:
        """Tell how far the file was consumed."""

    def resync(self, after: int) -> bool:
        """Begin the first member from `after` on that holds a record, if any."""


class PlainFile:
    """A file that is not compressed: one member."""

    is_gzip = False

    def __init__(self, file: BinaryIO, start: int) -> None:
        """Read from `start` on."""
        file.seek(start)
        self.member_offset = start
        self._file = file
        self._offset = start
        self._begun = False

    def piece(self) -> bytes:
        """Give the next bytes of the file."""
        data = self._file.read(_INPUT) if self._begun else b""
        self._offset += len(data)
        return data

    def advance(self) -> bool:
        """Begin the only member."""
        first = not self._begun
        self._begun = True
        return first

    def tell(self) -> int:
        """Tell how far the file was read."""
        return self._offset

    def resync(self, after: int) -> bool:
        """Say that there is no member to go on with: the reader looks for records."""
        return False


class GzipFile:
    """A file of gzip members."""

    is_gzip = True

    def __init__(self, file: BinaryIO, start: int) -> None:
        """Read from `start` on."""
        self.member_offset = start
        self._file = file
        self._inflater: zlib._Decompress | None = None
        self._input = memoryview(b"")
        self._input_offset = start
        self._at = 0  # in the input: all before it is consumed
        self._seek(start)

    def piece(self) -> bytes:
        """Give the next bytes of the member; nothing at its end.

        Raises Torn if the file ends inside of it, or if it can not be inflated;
        the checksum and the length in its trailer are part of that.
        """
        inflater = self._inflater
        while inflater is not None and not inflater.eof:
            if self._at == len(self._input) and not self._refill():
                self._inflater = None
                raise Torn(
                    "gzip-cut", self.member_offset, "the file ends in a gzip member"
                )
            data = self._input[self._at :]
            try:
                piece = inflater.decompress(data, _OUTPUT)
            except _BROKEN as error:
                self._inflater = None
                sentence = f"the gzip member can not be read: {error}"
                raise Torn("gzip-damaged", self.member_offset, sentence) from error
            self._at = len(self._input) - _left(inflater)
            if piece:
                return piece
        return b""

    def advance(self) -> bool:
        """Begin the next member; raises Torn if what follows is none."""
        if len(self._input) - self._at < len(GZIP_MAGIC):
            self._seek(self.tell())
            if not self._refill():
                return False
        magic = bytes(self._input[self._at : self._at + len(GZIP_MAGIC)])
        if not GZIP_MAGIC.startswith(magic):
            raise Torn("garbage", self.tell(), "what follows is no gzip member")
        self._begin()
        return True

    def tell(self) -> int:
        """Tell how far the file was consumed."""
        return self._input_offset + self._at

    def resync(self, after: int) -> bool:
        """Look for the next member that holds the beginning of a record."""
        found = self._find_record(after)
        if found is None:
            return False
        self._seek(found)
        self._begin()
        return True

    def _begin(self) -> None:
        self.member_offset = self.tell()
        self._inflater = zlib.decompressobj(_WINDOW)

    def _seek(self, offset: int) -> None:
        self._file.seek(offset)
        self._input = memoryview(b"")
        self._input_offset = offset
        self._at = 0

    def _refill(self) -> bool:
        """Read on, once all that was read is consumed; False at the file's end."""
        self._input_offset += len(self._input)
        self._input = memoryview(self._file.read(_INPUT))
        self._at = 0
        return len(self._input) > 0

    def _find_record(self, after: int) -> int | None:
        """Find the next bytes that look like a member and inflate to a record."""
        self._file.seek(after)
        kept = b""
        while data := self._file.read(_SCAN):
            data = kept + data
            for match in _MEMBER_HEAD.finditer(data):
                trial = data[match.start() : match.start() + _TRIAL]
                if _begins_record(trial):
                    return after + match.start()
            # A head near the end is tried again with all that it needs.
            kept = data[-_TRIAL:]
            after += len(data) - len(kept)
        return None


def _left(inflater: zlib._Decompress) -> int:
    """Count the bytes of the last input that were not consumed."""
    return len(inflater.unused_data if inflater.eof else inflater.unconsumed_tail)


def _begins_record(data: bytes | memoryview) -> bool:
    try:
        start = zlib.decompressobj(_WINDOW).decompress(data, 16)
    except _BROKEN:
        return False
    return _RECORD_START.match(start.lstrip(b"\r\n")) is not None


class Window:
    """A window on the bytes of a file, inflated: read ahead, and consumed."""

    def __init__(self, members: Members) -> None:
        """Stand before the first member."""
        self.fresh = False  # nothing of the member has been consumed
        self._members = members
        self._bytes = b""
        self._at = 0

    @property
    def is_gzip(self) -> bool:
        """Whether the file is compressed."""
        return self._members.is_gzip

    @property
    def member_offset(self) -> int:
        """The byte of the file where the member begins."""
        return self._members.member_offset

    @property
    def offset(self) -> int:
        """Where one is: at which member, or at which byte of a plain file."""
        if self._members.is_gzip:
            return self._members.member_offset
        return self._members.tell() - (len(self._bytes) - self._at)

    def tell(self) -> int:
        """Tell how far the file was read."""
        return self._members.tell()

    def peek(self, length: int) -> bytes:
        """Show the next bytes of the member; fewer at its end. May raise Torn."""
        while len(self._bytes) - self._at < length and self._fill():
            pass
        return self._bytes[self._at : self._at + length]

    def take(self, most: int) -> bytes:
        """Consume up to `most` bytes; nothing at the member's end. May raise Torn."""
        if self._at == len(self._bytes) and not self._fill():
            return b""
        piece = self._bytes[self._at : self._at + most]
        self._at += len(piece)
        self.fresh = False
        return piece

    def take_head(self, most: int) -> bytes | None:
        """Consume what ends with an empty line; None if none comes within `most`.

        A head may go on in the next member, as where a tool cuts a file into
        blocks and compresses each. Without one, the window is `fresh` only if it
        stands before a record in another member.
        """
        self.fresh = False
        searched = 0
        for _ in range(_MOST_JOINS):
            while (length := len(self._bytes) - self._at) <= most:
                match = _HEAD_END.search(self._bytes, self._at + searched)
                if match:
                    return self.take(match.end() - self._at)
                searched = max(0, length - _OVERLAP)
                if not self._fill():
                    break
            if length > most or not self._join():
                break
        return None

    def take_line_ends(self) -> int:
        """Consume CR and LF, as many as there are, and count them."""
        count = 0
        while self.peek(1) in (b"\r", b"\n"):
            match = _LINE_ENDS.match(self._bytes, self._at)
            count += len(self.take(match.end() - self._at if match else 1))
        return count

    def begins_record(self) -> bool:
        """Whether a record begins here."""
        return _RECORD_START.match(self.peek(6)) is not None

    def join_start(self) -> bool:
        """Go on in the next member, where this one ends in a record's first bytes."""
        start = self.peek(len(_RECORD_BEGINS) + 1)
        if not (self.is_gzip and start and _RECORD_BEGINS.startswith(start.upper())):
            return False
        is_joined = self.advance()
        self._bytes = start + self._bytes
        self.fresh = False
        return is_joined

    def skip_to_record(self) -> bool:
        """Consume bytes up to the next record in the member, or the member's rest."""
        self.fresh = False
        while True:
            match = _NEXT_RECORD.search(self._bytes, self._at)
            if match:
                self._at = match.start() + 1
                return True
            self._at = max(self._at, len(self._bytes) - _OVERLAP)
            if not self._fill():
                self._at = len(self._bytes)
                return False

    def skip_headless(self) -> bool:
        """Consume what was read ahead and holds no end of a head.

        Of the records that begin in it only the last can be whole; to try each
        would take time that grows with the square of their number.
        """
        last = self._bytes.rfind(b"\nWARC/", self._at)
        if last == -1:
            return self.skip_to_record()
        self._at = last + 1
        return True

    def advance(self) -> bool:
        """Go to the next member, as `Members.advance` does."""
        self._bytes = b""
        self._at = 0
        self.fresh = self._members.advance()
        return self.fresh

    def resync(self, after: int) -> bool:
        """Go to the next member that holds a record, as `Members.resync` does."""
        self._bytes = b""
        self._at = 0
        self.fresh = self._members.resync(after)
        return self.fresh

    def _join(self) -> bool:
        """Go on in the next member, what is unread kept; not if a record begins it."""
        unread = self._bytes[self._at :]
        if not self.advance() or self.begins_record():
            return False
        self._bytes = unread + self._bytes
        self.fresh = False
        return True

    def _fill(self) -> bool:
        """Read on; what was consumed goes. False at the member's end."""
        piece = self._members.piece()
        self._bytes = self._bytes[self._at :] + piece
        self._at = 0
        return len(piece) > 0
