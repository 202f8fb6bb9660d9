"""One WARC file of chosen records: their gzip members, byte for byte [I/O].

    our warcinfo          what was selected, from which collection and files
    for each file: its warcinfo, which the records refer to, and the members

Nothing is written anew but the first record, so that digests, dates and record ids
are those of the evidence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import accumulate
from typing import IO, Final

from archive.collection import Collection
from archive.errors import DamagedRecord, NotFound
from archive.events import warcinfo_record
from archive.export.parts import Part, open_held, parts_of
from archive.export.selection import Choice, Selection
from archive.warc.records import member, new_record_id

SOFTWARE: Final = f"dateline/{version('dateline')}"
MEDIA_TYPE: Final = "application/warc"
CONFORMS_TO: Final = (
    "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
)
_PIECE: Final = 1024 * 1024


def copied(collection: Collection, part: Part) -> Iterator[bytes]:
    """Give the bytes of a part, in pieces. Raises what `open_held` does.

    DamagedRecord if the file has become shorter.
    """
    with open_held(collection, part.name) as (path, file):
        for offset, length in part.ranges:
            file.seek(offset)
            left = length
            while left:
                piece = file.read(min(_PIECE, left))
                if not piece:
                    sentence = f"the file ends {left} bytes before it should"
                    raise DamagedRecord(sentence, path=path, offset=offset)
                yield piece
                left -= len(piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """A WARC file that is made of parts of others."""

    name: str
    parts: tuple[Part, ...]
    warcinfo: bytes

    @property
    def length(self) -> int:
        """The number of bytes."""
        return len(self.warcinfo) + sum(part.length for part in self.parts)

    def pieces(self, collection: Collection) -> Iterator[bytes]:
        """Give the bytes. Raises NotFound, DamagedRecord or StorageError."""
        yield self.warcinfo
        for part in self.parts:
            yield from copied(collection, part)

    def places(self) -> Iterator[tuple[Part, Moved]]:
        """Tell of each part where its records come to lie."""
        at = len(self.warcinfo)
        for part in self.parts:
            yield part, Moved(part, at)
            at += part.length


class Moved:
    """Where the records of a part come to lie in another file."""

    def __init__(self, part: Part, at: int) -> None:
        """Put the part at an offset."""
        self._offsets = [offset for offset, _ in part.ranges]
        self._lengths = [length for _, length in part.ranges]
        self._new = list(accumulate(self._lengths, initial=at))

    def __call__(self, offset: int) -> int | None:
        """Give the new offset of a record; None if it is left out."""
        number = bisect_right(self._offsets, offset) - 1
        if number < 0 or offset >= self._offsets[number] + self._lengths[number]:
            return None
        return self._new[number] + offset - self._offsets[number]


def subset_of(
    collection: Collection,
    parts: Sequence[Part],
    selection: Selection,
    *,
    name: str,
    now: datetime,
) -> Subset:
    """Plan a WARC file of parts, and make its warcinfo (WARC/1.1, 6.2)."""
    details = (
        ("software", SOFTWARE),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", CONFORMS_TO),
        ("isPartOf", f"urn:uuid:{collection.id}"),
        ("description", f"exported from a Dateline collection: {selection}"),
        *((f"dateline-export-{key}", value) for key, value in selection.words()),
        *(("dateline-export-from", part.name) for part in parts),
    )
    record = warcinfo_record(new_record_id(), now, name, details)
    return Subset(name=name, parts=tuple(parts), warcinfo=member(record))


def write_warc(
    collection: Collection,
    choice: Choice,
    target: IO[bytes],
    *,
    name: str,
    now: datetime,
) -> Iterator[int]:
    """Write a WARC file, a piece at each step, and give the length of each piece.

    `choice` is what `closure.completed` gives, `name` what the file calls itself.
    Raises NotFound if nothing is chosen, and what reading the archive raises.
    """
    parts = list(parts_of(collection, choice))
    if not parts:
        raise NotFound(f"nothing that is held is meant by: {choice.selection}")
    subset = subset_of(collection, parts, choice.selection, name=name, now=now)
    for piece in subset.pieces(collection):
        target.write(piece)
        yield len(piece)
