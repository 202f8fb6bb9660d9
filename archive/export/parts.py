"""Which bytes of which WARC files are exported [I/O].

The catalogue knows where the answers lie. Their requests and metadata lie beside them:
what is between two captures is read, and what refers to a chosen one goes with it, as
do the misses and runs of what is chosen by source and time. Where nothing of a file is
left out, the file is taken whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import select

from archive import schema
from archive.collection import Collection
from archive.errors import NotFound, StorageError
from archive.events import EVENT, MISS, REPORT, RUN
from archive.export.selection import Choice, Selection
from archive.readback import details_of
from archive.warc.gaps import SmallRecord, records_between

_captures = schema.captures.c
_OWN: Final = frozenset({MISS, RUN, REPORT})
Range = tuple[int, int]  # offset and length, bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is exported of one WARC file."""

    name: str  # as the catalogue has it
    size: int  # bytes of the file that are known to be whole
    ranges: tuple[Range, ...]  # of gzip members, in order; none touches the next
    is_whole: bool  # nothing of a finished file is left out

    @property
    def length(self) -> int:
        """The number of bytes."""
        return sum(length for _, length in self.ranges)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a capture lies in its file."""

    offset: int
    length: int
    record_id: str
    is_chosen: bool

    @property
    def end(self) -> int:
        return self.offset + self.length


def parts_of(collection: Collection, choice: Choice) -> Iterator[Part]:
    """Give what is exported of each WARC file, in order of their names.

    Raises NotFound where a file is missing, DamagedRecord where what lies between
    captures can't be read.
    """
    known = collection.catalogue.files()
    if choice.is_everything:
        names = {collection.relative(path) for path in collection.published()}
        names |= {name for name, (level, *_) in known.items() if level}
        for name in sorted(names):
            size, is_finished = _acknowledged(collection, name, known)
            yield Part(name=name, size=size, ranges=((0, size),), is_whole=is_finished)
        return
    for name in _files(collection, choice):
        size, is_finished = _acknowledged(collection, name, known)
        places = _places(collection, choice, name)
        with open_held(collection, name) as (path, file):
            found = list(_members(path, file, size, places, choice.selection))
        ranges = _joined(found)
        yield Part(
            name=name,
            size=size,
            ranges=ranges,
            is_whole=is_finished and ranges == ((0, size),),
        )


class open_held:  # noqa: N801 (it is used as a function is)
    """Open a WARC file of a collection, which may get its name meanwhile.

    Raises NotFound if it is gone, StorageError if it can't be read.
    """

    def __init__(self, collection: Collection, name: str) -> None:
        """Open the file with a catalogued name."""
        for _ in range(2):  # between the two, it may have been published
            path = collection.find(name)
            try:
                self._opened = path, path.open("rb")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StorageError(f"cannot read {path}: {error.strerror}") from error
            return
        raise NotFound(
            f"the WARC file {name} is not in {collection.root}: `dateline verify` "
            "tells what is missing"
        )

    def __enter__(self) -> tuple[Path, BinaryIO]:
        return self._opened

    def __exit__(self, *_: object) -> None:
        self._opened[1].close()


def _acknowledged(
    collection: Collection, name: str, known: dict[str, tuple[int, bool, bool]]
) -> tuple[int, bool]:
    """Tell how many bytes of a file are whole, and whether it is finished."""
    level, is_published, _ = known.get(name, (0, True, False))
    with open_held(collection, name) as (path, file):
        is_published = is_published or path == collection.root / name
        size = file.seek(0, 2)
    return (size if is_published else min(level, size)), is_published


def _files(collection: Collection, choice: Choice) -> list[str]:
    """Name the files that hold a chosen capture."""
    names: set[str] = set()
    for clause in choice.clauses():
        question = select(_captures.path).where(clause).distinct()
        with collection.catalogue.reading() as connection:
            names.update(connection.execute(question).scalars())
    return sorted(names)


def _places(collection: Collection, choice: Choice, name: str) -> list[_Place]:
    """List the captures of a file in their order."""
    question = (
        select(
            _captures.offset,
            _captures.length,
            _captures.record_id,
            choice.clause.label("is_meant"),
        )
        .where(_captures.path == name)
        .order_by(_captures.offset)
    )
    with collection.catalogue.reading() as connection:
        return [
            _Place(
                offset=offset,
                length=length,
                record_id=record_id,
                is_chosen=bool(is_meant) or record_id in choice.record_ids,
            )
            for offset, length, record_id, is_meant in connection.execute(question)
        ]


def _members(
    path: Path,
    file: BinaryIO,
    size: int,
    places: Sequence[_Place],
    selection: Selection,
) -> Iterator[Range]:
    """Give the members that are exported: answers, and what belongs to them."""
    chosen = {place.record_id for place in places if place.is_chosen}
    takes_events = not selection.names_pages
    start, was_chosen = 0, True  # the beginning of the file: its warcinfo
    for place in (*places, None):
        end = place.offset if place else size
        is_chosen = place is not None and place.is_chosen
        if end > start and (was_chosen or is_chosen or takes_events):
            for record in records_between(path, file, start, end):
                if (
                    (record.offset == 0 and record.type == "warcinfo")
                    or not chosen.isdisjoint(record.fields.all("WARC-Concurrent-To"))
                    or (takes_events and _is_event_of(selection, record))
                ):
                    yield record.offset, record.length
        if place is not None and is_chosen:
            yield place.offset, place.length
        start, was_chosen = (place.end if place else size), is_chosen


def _is_event_of(selection: Selection, record: SmallRecord) -> bool:
    """Whether a record tells of a miss or a run of a chosen source and time."""
    details = dict(details_of(record.block)) if record.type == "metadata" else {}
    date = record.fields.first("WARC-Date") or ""
    return (
        details.get(EVENT) in _OWN
        and (not selection.source_ids or details.get("source") in selection.source_ids)
        and (selection.since is None or date >= selection.since)
        and (selection.until is None or date < selection.until)
    )


def _joined(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Join ranges that touch."""
    joined: list[Range] = []
    for offset, length in ranges:
        if joined and sum(joined[-1]) == offset:
            joined[-1] = (joined[-1][0], joined[-1][1] + length)
        else:
            joined.append((offset, length))
    return tuple(joined)
