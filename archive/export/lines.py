"""The index of a package: the lines of its files, under their new names [I/O].

Lines are taken from the index of each WARC file, and merged as they are read: memory
holds one line of each file.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from archive.cdxj import CdxLine, format_line, sorted_lines
from archive.collection import Collection
from archive.export.parts import Part, open_held
from archive.index import build_index
from archive.indexfile import IndexFile
from archive.model import Finding

# Where a record of a part comes to lie; None: it is left out.
NewPlace = Callable[[int], int | None]


def as_it_was(offset: int) -> int:
    """Say that the records of a file that is copied stay where they are."""
    return offset


def index_lines(
    collection: Collection, places: Iterable[tuple[Part, str, NewPlace]]
) -> Iterator[bytes]:
    """Give the sorted lines of parts, each with the name and the places it gets.

    Raises DamagedIndex, and where there is no index DamagedRecord.
    """
    streams = [_lines_of(collection, part, name, place) for part, name, place in places]
    merged = heapq.merge(*streams, key=_key_and_time)
    # Names and offsets stand at the end of a line. So only lines of one address and
    # second can have changed their order.
    for _, group in groupby(merged, key=_key_and_time):
        yield from sorted_lines(group)


def _key_and_time(line: CdxLine) -> tuple[bytes, bytes]:
    key = line.urlkey.encode("utf-8", "surrogateescape")
    return key + b" ", line.timestamp.encode("ascii")


def _lines_of(
    collection: Collection, part: Part, name: str, new_place: NewPlace
) -> Iterator[CdxLine]:
    for line in _held_lines(collection, part):
        offset = line.offset
        if offset is None or offset >= part.size:
            continue  # written since, or no line of ours
        moved = new_place(offset)
        if moved is not None:
            yield _renamed(line, filename=name, offset=str(moved))


def _held_lines(collection: Collection, part: Part) -> Iterator[CdxLine]:
    """Give the sorted lines of a WARC file; of one without an index, made anew."""
    try:
        return iter(IndexFile(collection.index_of(part.name)))
    except FileNotFoundError:
        pass
    findings: list[Finding] = []  # what is torn has no line, as in the index
    with open_held(collection, part.name) as (path, _):
        lines = build_index(path, part.name, on_finding=findings.append)
    return iter(sorted(lines, key=format_line))


def _renamed(line: CdxLine, **values: str) -> CdxLine:
    pairs = tuple((name, values.get(name, value)) for name, value in line.pairs)
    return replace(line, pairs=pairs)
