"""What lies between two captures in a WARC file: small records, one by one [I/O]."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from archive.errors import DamagedRecord
from archive.warc.fields import Fields, parse_fields
from archive.warc.members import GzipFile, Torn

_MOST: Final = 4 * 1024 * 1024  # bytes of a record that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallRecord:
    """A gzip member and the record in it; what is no record has no fields."""

    offset: int
    length: int
    fields: Fields
    block: bytes  # the beginning of it, if it is large

    @property
    def type(self) -> str:
        """The `WARC-Type`; empty if there is none."""
        return self.fields.first("WARC-Type") or ""


def records_between(
    path: Path, file: BinaryIO, start: int, end: int
) -> Iterator[SmallRecord]:
    """Give the members that begin from `start` on and before `end`.

    `path` is what errors call the file. Raises DamagedRecord.
    """
    members = GzipFile(file, start)
    try:
        while members.tell() < end and members.advance():
            content = bytearray()
            while piece := members.piece():
                content += piece[: max(0, _MOST - len(content))]
            head, _, block = bytes(content).partition(b"\r\n\r\n")
            fields, _ = parse_fields(head.partition(b"\r\n")[2])
            yield SmallRecord(
                offset=members.member_offset,
                length=members.tell() - members.member_offset,
                fields=fields,
                block=block,
            )
    except Torn as torn:
        raise DamagedRecord(torn.sentence, path=path, offset=torn.offset) from torn
