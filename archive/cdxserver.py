"""Answers to CDX requests out of an index [I/O].

Nothing is collected that can be given at once: a request for a whole domain takes no
more memory than one for an address.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from archive.cdxfilter import field_value
from archive.cdxj import CdxLine, format_line
from archive.cdxquery import (
    CdxQuery,
    Collapse,
    MatchType,
    Output,
    QueryError,
    Range,
    Sort,
    is_in_time,
)
from archive.lookups import Entry, Index
from archive.sortedlines import SortedFile
from archive.zipnum import BLOCK_LINES

MEDIA_TYPES: Final = {
    Output.CDXJ: "text/x-cdxj; charset=utf-8",
    Output.JSON: "application/x-ndjson",
    Output.TEXT: "text/plain; charset=utf-8",
}
# The columns of the Wayback Machine's CDX server.
TEXT_FIELDS: Final = (
    *("urlkey", "timestamp", "url", "mime", "status", "digest", "length"),
)
_BLOCK: Final = BLOCK_LINES * 250  # bytes of a block of usual lines
_SHORT: Final = 64 * 1024  # bytes of lines
_FEW: Final = 200  # lines
_PASSED_OVER: Final = 10_000  # lines, until a sign of life is given
_WHITE: Final = re.compile(r"[\x00-\x20\x7f]")


def answer(index: Index, query: CdxQuery) -> Iterator[bytes]:
    """Give the lines of an answer; an empty one now and then, while none is found.

    Raises QueryError where a page is asked for that is not there, and DamagedIndex.
    """
    if query.show_num_pages:
        return iter([_page_count(index, query)])
    if query.show_paged_index:
        return (write_line(line, query) for line in paged_index(index, query))
    return _written(captures(index, query), query)


def is_short(index: Index, query: CdxQuery) -> bool:
    """Whether all that is to be looked at are a few captures of one address."""
    if query.match_type is not MatchType.EXACT:
        return False
    if query.limit and abs(query.limit) <= _FEW and not _passes_over(query):
        return True
    ((low, high),) = query.ranges
    return sum(file.weight(low, high) for file in index.files()) <= _SHORT


def _passes_over(query: CdxQuery) -> bool:
    """Whether lines may be looked at that are not given."""
    by_time = query.from_time is not None or query.to_time is not None
    in_order = query.sort is not Sort.CLOSEST  # then time is a range
    return bool(query.filters or query.collapse or (by_time and not in_order))


def _written(entries: Iterable[Entry | None], query: CdxQuery) -> Iterator[bytes]:
    as_it_stands = query.output is Output.CDXJ and not query.fields
    for entry in entries:
        if entry is None:
            yield b""
        elif as_it_stands:
            yield entry.raw
        else:
            yield write_line(entry.line, query)


def write_line(line: CdxLine, query: CdxQuery) -> bytes:
    """Write a line in the form and with the fields that are asked for."""
    if query.output is Output.TEXT:
        names = query.fields or TEXT_FIELDS
        values = (field_value(line, name) or "-" for name in names)
        text = " ".join(_WHITE.sub(_escaped, value) for value in values)
        return f"{text}\n".encode("utf-8", "surrogateescape")
    if query.output is Output.JSON:
        pairs = (("urlkey", line.urlkey), ("timestamp", line.timestamp), *line.pairs)
        if query.fields:
            pairs = _chosen(line, query)
        return f"{json.dumps(dict(pairs))}\n".encode()
    if query.fields:
        line = CdxLine(
            urlkey=line.urlkey, timestamp=line.timestamp, pairs=_chosen(line, query)
        )
    return format_line(line)


def _chosen(line: CdxLine, query: CdxQuery) -> tuple[tuple[str, str], ...]:
    return tuple((name, field_value(line, name) or "") for name in query.fields)


def _escaped(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


# ------------------------------------------------------------------- captures


def captures(index: Index, query: CdxQuery) -> Iterator[Entry | None]:
    """Give what is asked for, in its order; None now and then, while none is found.

    Raises QueryError where a page is asked for that is not there, and DamagedIndex.
    """
    backwards = query.sort is Sort.REVERSE or (query.limit or 0) < 0
    by_distance = query.sort is Sort.CLOSEST
    if by_distance and not query.collapse:
        assert query.closest is not None
        found = index.nearest(query.key, query.closest)
    else:
        ranges = _ranges(index, query)
        found = chain.from_iterable(
            index.between(low, high, backwards=backwards)
            for low, high in (reversed(ranges) if backwards else ranges)
        )
    chosen = _passing(found, query)
    for collapse in query.collapse:
        chosen = _collapsed(chosen, collapse, backwards=backwards)
    if by_distance and query.collapse:
        chosen = _nearest(chosen, query)
    if query.limit is None:
        return chosen
    chosen = _first(chosen, abs(query.limit))
    if query.limit < 0:
        return reversed([entry for entry in chosen if entry is not None])
    return chosen


def _passing(entries: Iterable[Entry], query: CdxQuery) -> Iterator[Entry | None]:
    """Let through what is in the time and passes every filter."""
    timed = query.from_time is not None or query.to_time is not None
    passed_over = 0
    for entry in entries:
        if (not timed or is_in_time(query, entry.line.timestamp)) and all(
            each.passes(entry.line) for each in query.filters
        ):
            yield entry
        else:
            passed_over += 1
            if passed_over % _PASSED_OVER == 0:
                yield None


def _collapsed(
    entries: Iterable[Entry | None], collapse: Collapse, *, backwards: bool
) -> Iterator[Entry | None]:
    """Let through the first of neighbours that begin alike; backwards it comes last."""
    group: str | None = None
    held: Entry | None = None
    for entry in entries:
        if entry is None:
            yield None
            continue
        value = (field_value(entry.line, collapse.field) or "")[: collapse.length]
        if value != group:
            if not backwards:
                yield entry
            elif held is not None:
                yield held
        elif not backwards:
            yield None
        group, held = value, entry
    if backwards and held is not None:
        yield held


def _nearest(entries: Iterable[Entry | None], query: CdxQuery) -> Iterator[Entry]:
    wanted = query.closest_at
    found = (entry for entry in entries if entry is not None)
    return iter(
        heapq.nsmallest(
            query.limit or MOST_SORTED,
            found,
            key=lambda entry: abs(entry.date - wanted),
        )
    )


MOST_SORTED: Final = 1_000_000  # captures of one address


def _first(entries: Iterable[Entry | None], most: int) -> Iterator[Entry | None]:
    given = 0
    for entry in entries:
        yield entry
        given += entry is not None
        if given >= most:
            return


# ---------------------------------------------------------------------- pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """One range, cut into parts of about the same length."""

    low: bytes
    high: bytes | None
    count: int
    guide: SortedFile | None  # the file that holds most of it says where to cut

    def page(self, number: int) -> Range:
        return self._cut(number), self._end(number)

    def _cut(self, number: int) -> bytes:
        if number == 0 or self.guide is None:
            return self.low
        at = self.guide.part_way(self.low, self.high, number / self.count)
        return max(self.low, at or self.low)

    def _end(self, number: int) -> bytes | None:
        return self.high if number + 1 == self.count else self._cut(number + 1)


def _pages(index: Index, query: CdxQuery) -> tuple[list[_Pages], int]:
    """Cut what is asked for into pages, without reading it; gives its length too.

    The time that takes does not grow with what is asked for.
    """
    files = index.files()
    found, length = [], 0
    for low, high in query.ranges:
        weights = [file.weight(low, high) for file in files]
        total = sum(weights)
        if total:
            guide = files[weights.index(max(weights))]
            count = -(-total // (query.page_size * _BLOCK))
            found.append(_Pages(low=low, high=high, count=count, guide=guide))
            length += total
    return found, length


def _ranges(index: Index, query: CdxQuery) -> tuple[Range, ...]:
    if query.page is None:
        return query.ranges
    pages, _ = _pages(index, query)
    number = query.page
    for part in pages:
        if number < part.count:
            return (part.page(number),)
        number -= part.count
    count = sum(part.count for part in pages)
    if query.page == 0:
        return ()
    last = f"the last is {count - 1}" if count else "there is none"
    raise QueryError(f"page={query.page}: {last}, and the first is 0")


def _page_count(index: Index, query: CdxQuery) -> bytes:
    pages, length = _pages(index, query)
    values = {
        "pages": sum(part.count for part in pages),
        "pageSize": query.page_size,
        "blocks": -(-length // _BLOCK),
    }
    return f"{json.dumps(values)}\n".encode()


def paged_index(index: Index, query: CdxQuery) -> Iterator[CdxLine]:
    """Say where each page begins: its first key and time, and its number."""
    pages, _ = _pages(index, query)
    numbers = ((part, number) for part in pages for number in range(part.count))
    for page, (part, number) in enumerate(numbers):
        low, _ = part.page(number)
        first = next(islice(index.between(low, part.high), 1), None)
        if first is not None:
            yield CdxLine(
                urlkey=first.line.urlkey,
                timestamp=first.line.timestamp,
                pairs=(("page", str(page)),),
            )
