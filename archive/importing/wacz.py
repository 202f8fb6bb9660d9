"""A WACZ opened: its WARC files, its own word about them, and whether that holds [I/O].

WACZ 1.1.1 lists its files in `datapackage.json`, each with a digest; 1.0.0 says so
under `stats`. Names in a ZIP file are anybody's words: none of them becomes a path.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archive.digests import matches
from archive.importing.about import Part
from archive.importing.model import CODES
from archive.importing.pages import PAGE_LISTS
from archive.importing.storing import NotTaken
from archive.model import Finding
from archive.terminal import printable
from archive.warc.records import new_record_id
from archive.warc.writer import WholeFile

LIST: Final = "datapackage.json"
_DIGEST: Final = "datapackage-digest.json"
_WARCS: Final = "archive/"
_WARC_NAMES: Final = (".warc", ".warc.gz")
_MOST_PART: Final = 64 * 1024 * 1024  # bytes of a list that is kept
_PIECE: Final = 1024 * 1024
# What zipfile raises for a file that is cut, damaged or encrypted, and for a method
# of compression that it does not know.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


@dataclass(slots=True, kw_only=True)
class Wacz:
    """What is in a WACZ."""

    label: str
    warcs: list[zipfile.ZipInfo] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)  # what it says of itself
    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)  # as it lists them
    _zip: zipfile.ZipFile

    def extract(self, name: str, target: Path) -> None:
        """Write a file of it to `target`. Raises NotTaken and StorageError."""
        with WholeFile(target) as file:
            for piece in self.pieces(self._zip.getinfo(name)):
                file.write(piece)

    def compare(self, name: str, digest: str) -> None:
        """Take down a finding if a file is not the one that the list means.

        `digest` is "sha256:<hex>" of it.
        """
        stated = self.digests.get(name)
        if stated is None:
            if self.digests:
                self.tell("wacz-unlisted", f"{name} is not in {LIST}")
        elif stated.lower() != digest:
            sentence = f"{name} is {digest}, and {LIST} has {stated}"
            self.tell("wacz-digest", sentence)

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def pieces(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Give what is in a file of it. Raises NotTaken."""
        try:
            with self._zip.open(info) as file:
                while piece := file.read(_PIECE):
                    yield piece
        except (*_BROKEN, OSError) as error:
            raise NotTaken(
                f"{info.filename} in {self.label} can not be read: {error}"
            ) from error

    def tell(self, code: str, sentence: str) -> None:
        """Take down a finding."""
        self.findings.append(
            Finding(
                code=code,
                severity=CODES[code][0],
                path=self.label,
                offset=None,
                sentence=printable(sentence),
            )
        )


def open_wacz(path: Path, label: str) -> Wacz:
    """Open a WACZ and read its lists. Raises NotTaken."""
    try:
        archive = zipfile.ZipFile(path)
    except (*_BROKEN, OSError) as error:
        raise NotTaken(f"{label} is no WACZ that can be read: {error}") from error
    wacz = Wacz(label=label, _zip=archive)
    try:
        _look_through(wacz, archive)
    except BaseException:
        archive.close()
        raise
    return wacz


def _look_through(wacz: Wacz, archive: zipfile.ZipFile) -> None:
    infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    wacz.warcs = [
        info
        for name, info in infos.items()
        if name.startswith(_WARCS) and name.lower().endswith(_WARC_NAMES)
    ]
    if not wacz.warcs:
        raise NotTaken(
            f"{wacz.label} is a ZIP file without WARC files in {_WARCS}: no WACZ"
        )
    for name, info in infos.items():
        is_list = name.startswith(PAGE_LISTS) and name.endswith(".jsonl")
        if (is_list or name in (LIST, _DIGEST)) and name.isprintable():
            _take_part(wacz, name, info)
    _read_list(wacz, {part.name: part.content for part in wacz.parts})
    for name in wacz.digests:
        if name not in infos:
            wacz.tell("wacz-missing", f"{name} is in {LIST}, and not there")


def _take_part(wacz: Wacz, name: str, info: zipfile.ZipInfo) -> None:
    if info.file_size > _MOST_PART:
        wacz.tell("wacz-list", f"{name} has {info.file_size} bytes: it is left out")
        return
    try:
        content = b"".join(wacz.pieces(info))
    except NotTaken as error:
        wacz.tell("wacz-list", str(error))
        return
    part = Part(name=name, content=content, record_id=new_record_id())
    wacz.parts.append(part)


def _read_list(wacz: Wacz, parts: dict[str, bytes]) -> None:
    """Read the digests that the list has, and hold what was read against them."""
    if LIST not in parts:
        wacz.tell("wacz-list", f"there is no {LIST} that can be read")
        return
    try:
        said = json.loads(parts[LIST])
        wacz.digests = dict(_resources(said))
    except (ValueError, RecursionError, TypeError, AttributeError) as error:
        wacz.tell("wacz-list", f"{LIST} can not be read: {error}")
        return
    for name, content in parts.items():
        stated = wacz.digests.get(name)
        if stated is not None and matches(stated, content) is False:
            wacz.tell("wacz-digest", f"{name} has not the digest {stated}")
    if _DIGEST in parts:
        _check_digest_file(wacz, parts)


def _check_digest_file(wacz: Wacz, parts: dict[str, bytes]) -> None:
    try:
        stated = json.loads(parts[_DIGEST])["hash"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        wacz.tell("wacz-list", f"{_DIGEST} can not be read: {error}")
        return
    if isinstance(stated, str) and matches(stated, parts[LIST]) is False:
        wacz.tell("wacz-digest", f"{LIST} has not the digest {stated} of {_DIGEST}")


def _resources(said: Any) -> Iterator[tuple[str, str]]:
    for resource in said.get("resources", []):
        path = resource.get("path")
        digest = resource.get("hash")
        if digest is None and isinstance(resource.get("stats"), dict):  # 1.0.0
            algorithm = resource.get("hashing", "sha256")
            digest = f"{algorithm}:{resource['stats'].get('hash')}"
        if isinstance(path, str) and isinstance(digest, str):
            yield path, digest
