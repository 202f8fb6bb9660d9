"""ZipNum: sorted index lines in gzip blocks, and a second index of the blocks [I/O].

A look-up reads the small file `.idx` and inflates one block. There are two forms of it:

    com,example)/ 20140127171200 {"offset": 0, "length": 275}      cdxj-indexer, WACZ
    com,example)/ 20140127171200<TAB>PART<TAB>0<TAB>275<TAB>1      pywb, Common Crawl

Both are written and read. Only files beside the `.idx` are read, whatever it names: it
may come from anybody.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

from zlib_ng import zlib_ng

from archive.digests import sha256_label
from archive.sortedlines import DamagedIndex, is_head, within

BLOCK_LINES: Final = 3000  # what everybody takes
IDX_SUFFIX: Final = ".idx"
LOC_SUFFIX: Final = ".loc"
_GZIP: Final = 16 + zlib.MAX_WBITS
_LONGEST_BLOCK: Final = 256 * 1024 * 1024  # bytes, inflated
_KEPT_BLOCKS: Final = 16
_LINE_LENGTH: Final = 250  # bytes; a usual one
_GZIP_SUFFIXES: Final = (".cdxj.gz", ".cdx.gz", ".gz")


class IdxForm(StrEnum):
    """How the second index is written."""

    JSON = "json"  # as cdxj-indexer does, and WACZ wants it
    TABS = "tabs"  # as pywb reads it; a file `.loc` says which file a part is


class Writable(Protocol):
    """A file, or anything else that takes bytes."""

    def write(self, content: bytes, /) -> object:
        """Take bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipNumWritten:
    """What `write_zipnum` wrote."""

    lines: int
    blocks: int
    length: int  # of the gzip file, bytes


def write_zipnum(
    lines: Iterable[bytes],
    cdx_gz: Writable,
    idx: Writable,
    *,
    filename: str,
    form: IdxForm = IdxForm.JSON,
    digests: bool = False,
    block_lines: int = BLOCK_LINES,
) -> ZipNumWritten:
    """Write sorted lines, each with its line feed, as gzip blocks and their index.

    `filename` is what the second index calls the gzip file; with `digests` it has the
    SHA-256 of each block, which the form with tabs has no place for. Memory stays at
    one block. Raises ValueError if the lines are not sorted.
    """
    source = iter(lines)
    count = blocks = offset = 0
    last = b""
    if form is IdxForm.JSON:
        about = json.dumps({"format": "cdxj-gzip-1.0", "filename": filename})
        idx.write(f"!meta 0 {about}\n".encode())
    while block := list(islice(source, block_lines)):
        if block[0] < last or any(map(_descends, block, islice(block, 1, None))):
            raise ValueError("the lines of an index must be sorted by their bytes")
        last = block[-1]
        member = zlib_ng.compress(b"".join(block), 6, wbits=_GZIP)
        cdx_gz.write(member)
        blocks += 1
        head = _head_of(block[0])
        if form is IdxForm.JSON:
            place: dict[str, int | str] = {"offset": offset, "length": len(member)}
            if digests:
                place["digest"] = sha256_label(member)
            idx.write(head + b" " + json.dumps(place).encode() + b"\n")
        else:
            idx.write(
                head + f"\t{filename}\t{offset}\t{len(member)}\t{blocks}\n".encode()
            )
        offset += len(member)
        count += len(block)
    return ZipNumWritten(lines=count, blocks=blocks, length=offset)


def _descends(line: bytes, following: bytes) -> bool:
    return line > following


def _head_of(line: bytes) -> bytes:
    """Give key and time of a line."""
    return b" ".join(line.split(b" ", 2)[:2])


@dataclass(frozen=True, slots=True)
class _Block:
    path: Path
    offset: int
    length: int


class ZipNumFile:
    """A ZipNum index, open: its second index in memory, its blocks read when needed.

    It may be shared by threads. Raises FileNotFoundError if a file is missing, and
    DamagedIndex.
    """

    def __init__(self, path: Path) -> None:
        """Open the second index at `path`, a file `.idx`."""
        self.path = path
        self._heads: list[bytes] = []  # key and time of the first line of each block
        self._blocks: list[_Block] = []
        self._files: dict[Path, int] = {}
        self._kept: OrderedDict[int, list[bytes]] = OrderedDict()
        self._lock = threading.Lock()
        try:
            self._read_idx()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the files."""
        while self._files:
            os.close(self._files.popitem()[1])

    def __del__(self) -> None:
        self.close()

    # ------------------------------------------------------------ lines

    def between(self, low: bytes, high: bytes | None) -> Iterator[tuple[int, bytes]]:
        """Give the raw lines from `low` up to `high`, each with its block's offset.

        Raises DamagedIndex.
        """
        for number in self._range(low, high):
            offset = self._blocks[number].offset
            for line in within(self._lines(number), low, high):
                yield offset, line

    def backwards(self, low: bytes, high: bytes | None) -> Iterator[tuple[int, bytes]]:
        """Give the same, the last line first. Raises DamagedIndex."""
        for number in reversed(self._range(low, high)):
            offset = self._blocks[number].offset
            for line in reversed(within(self._lines(number), low, high)):
                yield offset, line

    def weight(self, low: bytes, high: bytes | None) -> int:
        """Tell how long the lines of a range are, about, in bytes."""
        numbers = self._range(low, high)
        if len(numbers) > 2:  # the first and the last may hold little of it
            return len(numbers) * BLOCK_LINES * _LINE_LENGTH
        return sum(len(line) for line in self._all(numbers, low, high))

    def part_way(self, low: bytes, high: bytes | None, fraction: float) -> bytes | None:
        """Give the beginning of a line about so far into a range, None if outside."""
        numbers = self._range(low, high)
        if len(numbers) > 2:
            return self._heads[numbers[int(fraction * len(numbers))]]
        lines = self._all(numbers, low, high)
        return lines[int(fraction * len(lines))] if lines else None

    def _all(self, numbers: range, low: bytes, high: bytes | None) -> list[bytes]:
        return [n for number in numbers for n in within(self._lines(number), low, high)]

    def _range(self, low: bytes, high: bytes | None) -> range:
        """Find the blocks that may hold lines of a range."""
        # The lines that a block begins with may begin in the block before it.
        first = max(bisect_left(self._heads, low) - 1, 0)
        end = len(self._heads) if high is None else bisect_left(self._heads, high)
        return range(first, end)

    def _lines(self, number: int) -> list[bytes]:
        """Give the lines of a block, those about the file left out."""
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
        lines = self._inflate(self._blocks[number])
        with self._lock:
            self._kept[number] = lines
            while len(self._kept) > _KEPT_BLOCKS:
                self._kept.popitem(last=False)
        return lines

    def _inflate(self, block: _Block) -> list[bytes]:
        packed = os.pread(self._files[block.path], block.length, block.offset)
        inflater = zlib.decompressobj(wbits=_GZIP)
        try:
            content = inflater.decompress(packed, _LONGEST_BLOCK)
        except zlib.error as error:
            raise self._damage(f"no gzip block ({error})", block) from error
        if not inflater.eof:
            raise self._damage("a gzip block that is cut off, or too long", block)
        return [line for line in BytesIO(content) if not is_head(line)]

    @staticmethod
    def _damage(what: str, block: _Block) -> DamagedIndex:
        return DamagedIndex(what, path=block.path, offset=block.offset)

    # ------------------------------------------------------------ second index

    def _read_idx(self) -> None:
        data = self.path.name.removesuffix(IDX_SUFFIX)
        names: tuple[str, ...] = (f"{data}.cdx.gz", f"{data}.cdxj.gz")
        usual = names
        parts: dict[str, tuple[str, ...]] | None = None
        at = 0
        for line in BytesIO(self.path.read_bytes()):
            text = line.strip(b"\r\n")
            try:
                if line.startswith(b"!"):
                    names = (*_named(text), *names)
                elif b"\t" in line:
                    if parts is None:
                        parts = self._parts()
                    self._enter_tabs(text, parts, usual)
                elif text:
                    self._enter_json(text, names)
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                sentence = f"no line of a second index: {error}"
                raise DamagedIndex(sentence, path=self.path, offset=at) from error
            at += len(line)

    def _enter_json(self, line: bytes, names: tuple[str, ...]) -> None:
        key, time, about = line.split(b" ", 2)
        place = json.loads(about)
        named = place.get("filename")
        self._enter(
            key + b" " + time,
            (named, *names) if isinstance(named, str) else names,
            int(place["offset"]),
            int(place["length"]),
        )

    def _enter_tabs(
        self, line: bytes, parts: dict[str, tuple[str, ...]], usual: tuple[str, ...]
    ) -> None:
        head, part, offset, length = line.split(b"\t")[:4]
        name = part.decode("utf-8", "surrogateescape")
        named = (name, *(name + end for end in _GZIP_SUFFIXES))
        self._enter(head, parts.get(name) or (*named, *usual), int(offset), int(length))

    def _enter(
        self, head: bytes, names: tuple[str, ...], offset: int, length: int
    ) -> None:
        if offset < 0 or not 0 < length <= _LONGEST_BLOCK:
            raise ValueError(f"no block can have {length} bytes at {offset}")
        if self._heads and head < self._heads[-1]:
            raise ValueError("it sorts before the line above")
        self._heads.append(head)
        self._blocks.append(_Block(self._file(names), offset, length))

    def _parts(self) -> dict[str, tuple[str, ...]]:
        """Read which file a part is, if there is a file `.loc` that says so."""
        try:
            text = self.path.with_suffix(LOC_SUFFIX).read_text("utf-8", "replace")
        except FileNotFoundError:
            return {}
        rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
        return {row[0]: tuple(row[1:]) for row in rows}

    def _file(self, names: Iterable[str]) -> Path:
        """Open the first of some names that is a file beside the second index."""
        tried = []
        for name in names:
            path = self.path.with_name(Path(name).name or "-")
            tried.append(path.name)
            if path in self._files:
                return path
            if path.is_file():
                self._files[path] = os.open(path, os.O_RDONLY)
                return path
        raise FileNotFoundError(
            f"the blocks of {self.path} are missing: there is none of "
            + ", ".join(dict.fromkeys(tried))
        )


def _named(line: bytes) -> tuple[str, ...]:
    """Read the name of the gzip file out of a line `!meta 0 {…}`."""
    about: Any = json.loads(line[line.find(b"{") :] if b"{" in line else b"{}")
    name = about.get("filename")
    return (name,) if isinstance(name, str) and name else ()
