"""WACZ 1.1.1: WARC files, their index, page lists and digests in one ZIP file [I/O].

    archive/NAME.warc.gz           stored: whole files as they lie in the collection,
                                   and files of chosen records
    indexes/index.cdx.gz, .idx     ZipNum
    pages/pages.jsonl              the articles, with headline and text
    pages/extraPages.jsonl         the other pages
    datapackage.json               length and digest of each of them
    datapackage-digest.json        digest of that

Everything is read once and written once, in pieces. On a stream that can't be sought
in, the length of an entry stands behind it (APPNOTE 4.3.9) as well as in the directory
of the ZIP file, where readers of WACZ look.
"""

from __future__ import annotations

import json
import re
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final

from archive.clock import timestamp14, warc_date
from archive.collection import Collection
from archive.digests import Sha256
from archive.errors import NotFound
from archive.export.lines import NewPlace, as_it_was, index_lines
from archive.export.pages import EXTRA_PAGES, PAGES, extra_page_lines, page_lines
from archive.export.parts import Part, parts_of
from archive.export.selection import Choice
from archive.export.warc_subset import SOFTWARE, Subset, copied, subset_of
from archive.pieces import joined
from archive.zipnum import write_zipnum

VERSION: Final = "1.1.1"
MEDIA_TYPE: Final = "application/wacz"
_SUBSET_LENGTH: Final = 1024**3  # bytes, about: WARC/1.1, annex C
_PIECE: Final = 256 * 1024
_SPOOL: Final = 16 * 1024 * 1024  # bytes of an index that stay in memory
_ODD: Final = re.compile(r"[^A-Za-z0-9._-]+")


def write_wacz(
    collection: Collection,
    choice: Choice,
    target: IO[bytes],
    *,
    now: datetime,
    title: str | None = None,
) -> Iterator[int]:
    """Write a WACZ file, a piece at each step, and give the length of each piece.

    `choice` is what `closure.completed` gives. Raises NotFound if nothing is chosen,
    and what reading the archive raises.
    """
    files = _planned(collection, choice, now)
    if not files:
        raise NotFound(f"nothing that is held is meant by: {choice.selection}")
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        package = _Package(archive, now)
        for file in files:
            path = f"archive/{file.name}"
            yield from package.store(path, file.length, file.pieces(collection))
        yield from _write_index(package, collection, files)
        catalogue = collection.catalogue
        yield from package.deflate(PAGES, page_lines(catalogue, choice))
        yield from package.deflate(EXTRA_PAGES, extra_page_lines(catalogue, choice))
        about = _about(package, choice, title or _title(choice), now)
        yield from package.close(about)


# ---------------------------------------------------------------- WARC files


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """A WARC file that is taken as it is."""

    name: str
    part: Part

    @property
    def length(self) -> int:
        return self.part.length

    def pieces(self, collection: Collection) -> Iterator[bytes]:
        return copied(collection, self.part)

    def places(self) -> Iterator[tuple[Part, NewPlace]]:
        yield self.part, as_it_was


_File = _Copy | Subset


def _planned(collection: Collection, choice: Choice, now: datetime) -> list[_File]:
    """Plan the files of `archive/`: whole ones, and one or several of the rest."""
    taken: set[str] = set()
    files: list[_File] = []
    rest: list[Part] = []
    for part in parts_of(collection, choice):
        if part.is_whole:
            files.append(_Copy(name=_free_name(part.name, taken), part=part))
        else:
            rest.append(part)
    stamp = timestamp14(now)
    for number, parts in enumerate(_shared_out(rest), 1):
        name = _free_name(f"dateline-export-{stamp}-{number:05d}.warc.gz", taken)
        files.append(subset_of(collection, parts, choice.selection, name=name, now=now))
    return files


def _shared_out(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Share parts out among files of a usual size."""
    group: list[Part] = []
    for part in parts:
        group.append(part)
        if sum(each.length for each in group) >= _SUBSET_LENGTH:
            yield group
            group = []
    if group:
        yield group


def _free_name(name: str, taken: set[str]) -> str:
    """Name a file in `archive/`: no folder, plain letters, and no name twice."""
    plain = _ODD.sub("-", name.rpartition("/")[2]).lstrip(".") or "file.warc.gz"
    free, number = plain, 1
    while free in taken:
        number += 1
        free = f"{number}-{plain}"
    taken.add(free)
    return free


# ---------------------------------------------------------------- index


def _write_index(
    package: _Package, collection: Collection, files: Iterable[_File]
) -> Iterator[int]:
    places = [
        (part, file.name, place) for file in files for part, place in file.places()
    ]
    with (
        tempfile.SpooledTemporaryFile(_SPOOL) as blocks,
        tempfile.SpooledTemporaryFile(_SPOOL) as idx,
    ):
        lines = index_lines(collection, places)
        write_zipnum(lines, blocks, idx, filename="index.cdx.gz", digests=True)
        length = blocks.tell()
        yield from package.store("indexes/index.cdx.gz", length, _read(blocks))
        yield from package.deflate("indexes/index.idx", _read(idx))


def _read(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


# ---------------------------------------------------------------- ZIP


@dataclass(slots=True)
class _Package:
    """The ZIP file, and what is said of its entries."""

    archive: zipfile.ZipFile
    now: datetime
    resources: list[dict[str, Any]] = field(default_factory=list)

    def store(self, path: str, length: int, pieces: Iterable[bytes]) -> Iterator[int]:
        """Add a file as it is: what is compressed can't be any more."""
        return self._add(path, zipfile.ZIP_STORED, pieces, length)

    def deflate(self, path: str, pieces: Iterable[bytes]) -> Iterator[int]:
        """Add a file of text."""
        return self._add(path, zipfile.ZIP_DEFLATED, joined(pieces, _PIECE))

    def close(self, about: dict[str, Any]) -> Iterator[int]:
        """Add what is said of all the others."""
        content = _json(about)
        resources = self.resources
        self.resources = []  # these two are not listed
        yield from self.deflate("datapackage.json", [content])
        digest = {"path": "datapackage.json", "hash": self.resources[0]["hash"]}
        yield from self.deflate("datapackage-digest.json", [_json(digest)])
        self.resources = resources

    def _add(
        self, path: str, method: int, pieces: Iterable[bytes], length: int | None = None
    ) -> Iterator[int]:
        info = zipfile.ZipInfo(path, self.now.timetuple()[:6])
        info.compress_type = method
        info.external_attr = 0o644 << 16
        info.file_size = length or 0
        info.extra = _modified(self.now)
        digest, written = Sha256(), 0
        with (
            self.archive.open(info, "w", force_zip64=length is None) as entry,
            ThreadPoolExecutor(1) as beside,
        ):
            for piece in pieces:
                digested = beside.submit(digest.update, piece)
                entry.write(piece)
                digested.result()
                written += len(piece)
                yield len(piece)
        self.resources.append(
            {
                "name": path.rpartition("/")[2].lower(),
                "path": path,
                "hash": digest.label,
                "bytes": written,
            }
        )


def _modified(now: datetime) -> bytes:
    """Say when an entry was made, in UTC: the extra field "UT" of Info-ZIP.

    ReplayWeb.page takes an entry for one without extra fields if the directory has
    none of it. But `zipfile` may have put lengths of 64 bits into its head: then its
    content would be looked for too early.
    """
    return struct.pack("<HHBI", 0x5455, 5, 1, int(now.timestamp()) & 0xFFFFFFFF)


def _about(
    package: _Package, choice: Choice, title: str, now: datetime
) -> dict[str, Any]:
    created = warc_date(now.replace(microsecond=0)).replace(".000000", "")
    return {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": title,
        "description": f"Exported from a Dateline collection: {choice.selection}",
        "software": SOFTWARE,
        "created": created,
        "modified": created,
        "resources": package.resources,
    }


def _title(choice: Choice) -> str:
    return f"News archive: {choice.selection}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "replace")
