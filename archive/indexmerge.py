"""Merged index files: many small ones sorted into one, which says what it holds [I/O].

`index/merged/NAME.json` is published last and makes a merged file count. It does so
for as long as each small file it was made of is there, as long as it was: the small
ones stay the truth, and who moves one away moves its lines away.
"""

from __future__ import annotations

import fcntl
import heapq
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final

from archive import clock
from archive.indexfile import IndexFile
from archive.indexlisting import MERGED, SUFFIX, Listing
from archive.pieces import joined
from archive.sortedlines import DamagedIndex, SortedFile, is_head
from archive.warc.writer import WholeFile, storage_error, write_whole
from archive.zipnum import IDX_SUFFIX, LOC_SUFFIX, IdxForm, ZipNumFile, write_zipnum

FORMAT: Final = 1
MANIFEST: Final = ".json"
FEW: Final = 8  # small files that are left alone
_MOST_AT_ONCE: Final = 200  # files that a merge has open
_CHUNK: Final = 1 << 20  # bytes, written at a time
_PART: Final = 100_000  # lines that are compared at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merged file, and what it was made of."""

    manifest: Path
    index: Path  # .cdxj, or .idx of a ZipNum index
    lines: int
    length: int  # of its lines, bytes
    sources: Mapping[str, int]  # name of a small file below the index: its length

    @property
    def is_zipnum(self) -> bool:
        """Whether it is in gzip blocks."""
        return self.index.suffix == IDX_SUFFIX

    def open(self) -> SortedFile:
        """Open it. Raises FileNotFoundError and DamagedIndex."""
        if self.is_zipnum:
            return ZipNumFile(self.index)
        return IndexFile(self.index)


def read_manifest(path: Path) -> Merged | None:
    """Read what a merged file says of itself; None if it says nothing we know."""
    try:
        values = json.loads(path.read_bytes())
        if values["format"] != FORMAT:
            return None
        index = path.with_name(Path(values["index"]).name)
        return Merged(
            manifest=path,
            index=index,
            lines=int(values["lines"]),
            length=int(values["length"]),
            sources={str(k): int(v) for k, v in values["sources"].items()},
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None  # derived: it is made again by the next merge


def valid(manifests: Iterable[Merged], small: Mapping[str, int]) -> list[Merged]:
    """Choose the merged files that count, so that no small one counts twice.

    `small` names the small files that are there, with their lengths.
    """
    chosen: list[Merged] = []
    held: set[str] = set()
    for merged in sorted(manifests, key=lambda merged: -len(merged.sources)):
        names = merged.sources.keys()
        if held.isdisjoint(names) and all(
            small.get(name) == length for name, length in merged.sources.items()
        ):
            chosen.append(merged)
            held.update(names)
    return chosen


def choose(small: Sequence[int], merged: Sequence[int]) -> tuple[int, int]:
    """Say how many small files to merge, and with how many merged ones.

    Both are given by their lengths, in the order in which they are to be taken: the
    merged ones from the shortest. A merged file is taken if it is not more than twice
    as long as all that is taken before it. So each is more than twice as long as the
    one before: there are only as many as the collection has doublings, and a line is
    written again about once in each of these.
    """
    if len(small) < FEW:
        return 0, 0
    few = min(len(small), _MOST_AT_ONCE)
    total, taken = sum(small[:few]), 0
    for length in merged:
        if length > 2 * total:
            break
        total += length
        taken += 1
    return few, taken


def merge_waiting(folder: Path) -> list[Merged]:
    """Merge the small index files below `folder`, if many wait for it.

    Gives the merged files that were made; none if few wait, or if another process is
    merging. A kill at any time leaves every line where it can be found. Raises
    StorageError, and DamagedIndex if a file is not sorted.
    """
    made: dict[Path, Merged] = {}
    if len(waiting(folder)) < FEW:
        return []
    with _alone(folder / MERGED) as alone:
        while alone:
            small, merged = held(folder)
            _sweep(folder / MERGED, merged)
            names = _not_in(merged, small)
            merged.sort(key=lambda one: one.length)
            few, taken = choose(
                [small[name] for name in names], [one.length for one in merged]
            )
            if few == 0:
                break
            old = merged[:taken]
            zipnum = any(one.is_zipnum for one in old)  # as it was asked for once
            new = _merge_some(folder, names[:few], small, old, zipnum=zipnum)
            made[new.index] = new
            for one in old:
                made.pop(one.index, None)
                _remove(one)
    return list(made.values())


def merge_all(folder: Path, *, zipnum: bool = False) -> Merged | None:
    """Merge all small index files below `folder` into one, whatever was merged before.

    With `zipnum` it is in gzip blocks: a tenth of the length, and slower to look up.
    None if there are no small files, or if another process is merging. A kill at any
    time leaves every line where it can be found. Raises StorageError and DamagedIndex.
    """
    with _alone(folder / MERGED) as alone:
        small, _ = held(folder)
        if not alone or not small:
            return None
        names = sorted(small)
        made = [
            _merge_some(
                folder, names[at : at + _MOST_AT_ONCE], small, [], zipnum=zipnum
            )
            for at in range(0, len(names), _MOST_AT_ONCE)
        ]
        if len(made) > 1:
            made = [_merge_some(folder, [], small, made, zipnum=zipnum)]
        _sweep(folder / MERGED, made)
        return made[0]


def waiting(folder: Path) -> list[str]:
    """Name the small files below `folder` that are in no merged one."""
    small, merged = held(folder)
    return _not_in(merged, small)


def _not_in(merged: Iterable[Merged], small: Mapping[str, int]) -> list[str]:
    return sorted(small.keys() - {name for one in merged for name in one.sources})


def held(folder: Path) -> tuple[dict[str, int], list[Merged]]:
    """Tell the small files below `folder`, with lengths, and the merged that count."""
    listing = Listing(folder)
    listing.is_fresh()
    return sort_out(folder, ((path, identity[2]) for path, identity in listing.files()))


def sort_out(
    folder: Path, files: Iterable[tuple[Path, int]]
) -> tuple[dict[str, int], list[Merged]]:
    """Tell small files from merged ones, among paths with lengths."""
    small: dict[str, int] = {}
    manifests = []
    for path, length in files:
        if path.parent != folder / MERGED:
            if path.suffix == SUFFIX:
                small[path.relative_to(folder).as_posix()] = length
        elif path.suffix == MANIFEST:
            manifests.append(read_manifest(path))
    return small, valid((one for one in manifests if one is not None), small)


def merged_lines(folder: Path, names: Iterable[str]) -> Iterator[bytes]:
    """Give the lines of small files in one order, each once. Raises DamagedIndex."""
    with ExitStack() as opened:
        files = [opened.enter_context((folder / name).open("rb")) for name in names]
        yield from _once(heapq.merge(*map(_lines, files)))


def wrong_merged(folder: Path) -> Iterator[tuple[Path, str]]:
    """Name the merged files below `folder` that do not hold what they say, and why."""
    for merged in held(folder)[1]:
        try:
            if not _holds(folder, merged):
                yield merged.index, f"unlike the {len(merged.sources)} it was made of"
        except (FileNotFoundError, DamagedIndex) as error:
            yield merged.index, str(error)


def _holds(folder: Path, merged: Merged) -> bool:
    """Whether a merged file is what its small ones make; these need not all be open."""
    lines = (line for _, line in merged.open().between(b"", None))
    low: bytes | None = b""
    part = list(islice(lines, _PART))
    while low is not None:
        following = list(islice(lines, _PART))
        high = following[0] if following else None
        ours: set[bytes] = set()
        for name in merged.sources:
            ours |= {raw for _, raw in IndexFile(folder / name).between(low, high)}
        if sorted(line.rstrip(b"\n") + b"\n" for line in ours) != part:
            return False
        low, part = high, following
    return True


# ------------------------------------------------------------------- one merge


def _merge_some(
    folder: Path,
    names: Sequence[str],
    small: Mapping[str, int],
    merged: Sequence[Merged],
    *,
    zipnum: bool,
) -> Merged:
    stem = clock.now().strftime("%Y%m%d%H%M%S%f")
    index = folder / MERGED / f"{stem}{IDX_SUFFIX if zipnum else SUFFIX}"
    sources = {name: small[name] for name in names}
    for one in merged:
        sources.update(one.sources)
    opened = [one.open() for one in merged]
    count = _Count()
    lines = count.through(
        _once(
            heapq.merge(
                merged_lines(folder, names),
                *((line for _, line in file.between(b"", None)) for file in opened),
            )
        )
    )
    if zipnum:
        _write_zipnum(index, lines)
    else:
        with WholeFile(index) as file:
            # A call of the system for each line would cost more than the merge.
            for chunk in joined(lines, _CHUNK):
                file.write(chunk)
    values = {
        "format": FORMAT,
        "index": index.name,
        "lines": count.lines,
        "length": count.length,
        "sources": sources,
    }
    manifest = index.with_suffix(MANIFEST)
    write_whole(manifest, json.dumps(values, indent=0).encode("utf-8"))
    return Merged(
        manifest=manifest,
        index=index,
        lines=count.lines,
        length=count.length,
        sources=sources,
    )


def _write_zipnum(index: Path, lines: Iterable[bytes]) -> None:
    """Write the blocks, their index as pywb reads it, and where the blocks are."""
    blocks = index.with_suffix(".cdx.gz")
    write_whole(
        index.with_suffix(LOC_SUFFIX), f"{blocks.name}\t{blocks.name}\n".encode()
    )
    with WholeFile(blocks) as packed, WholeFile(index) as idx:
        write_zipnum(lines, packed, idx, filename=blocks.name, form=IdxForm.TABS)


class _Count:
    def __init__(self) -> None:
        self.lines = 0
        self.length = 0

    def through(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.lines += 1
            self.length += len(line)
            yield line


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    last, offset = b"", 0
    for line in file:
        if not is_head(line):
            if line < last:
                raise DamagedIndex("not sorted", path=file.name, offset=offset)
            yield line if line.endswith(b"\n") else line + b"\n"
            last = line
        offset += len(line)


def _once(lines: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for line in lines:
        if line != last:
            yield line
        last = line


# --------------------------------------------------------------- what is left over


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Say whether no other process is merging, and keep others from it meanwhile."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise storage_error(error, folder) from error
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(fd)


def _sweep(folder: Path, merged: Iterable[Merged]) -> None:
    """Remove what no manifest that counts speaks of: left by a kill, or outlived."""
    kept = {one.manifest.stem for one in merged}
    for path in folder.iterdir():
        is_ours = path.is_file() and not path.name.startswith(".")
        if is_ours and path.name.partition(".")[0] not in kept:
            path.unlink(missing_ok=True)


def _remove(old: Merged) -> None:
    """Remove a merged file whose lines are in another; its manifest first."""
    for suffix in (MANIFEST, IDX_SUFFIX, LOC_SUFFIX, ".cdx.gz", SUFFIX):
        old.manifest.with_suffix(suffix).unlink(missing_ok=True)
