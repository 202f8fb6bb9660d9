"""Which index files a folder holds, known without looking at all of it each time [I/O].

Files are only ever published or removed, so a folder whose time of change stands
still has not changed. Before each look-up the folders that changed last are asked;
all of them when one of these did, and once a second. So a new file is seen at once
where files usually come, and a second later elsewhere, however many there are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

from archive import clock

SUFFIX: Final = ".cdxj"
MERGED: Final = "merged"  # the folder in which merged files lie

_WATCHED: Final = 16  # folders that are asked each time
_ALL_EACH_S: Final = 1.0
# A change within the grain of a file system's clock does not show in a folder's time.
_GRAIN_NS: Final = 50_000_000

Identity = tuple[int, int, int, int]  # device, inode, size, time of change


@dataclass(slots=True)
class _Folder:
    stamp: tuple[int, int, int]
    is_settled: bool
    files: dict[Path, Identity] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)


class Listing:
    """The files below a folder that need not exist yet."""

    def __init__(self, folder: Path) -> None:
        """Look below `folder`."""
        self.folder = folder
        self._known: dict[Path, _Folder] = {}
        self._watched: list[Path] = []
        self._all_at = -_ALL_EACH_S

    def is_fresh(self) -> bool:
        """Bring the listing up to date; says whether it was."""
        if monotonic() - self._all_at < _ALL_EACH_S and all(
            self._stands(path) for path in self._watched
        ):
            return True
        before = self._known
        self._known = {}
        self._look(self.folder, before)
        self._all_at = monotonic()
        by_change = sorted(self._known, key=lambda path: -self._known[path].stamp[2])
        always = (self.folder, self.folder / MERGED)
        self._watched = list(dict.fromkeys((*always, *by_change[:_WATCHED])))
        return before.keys() == self._known.keys() and all(
            before[path] is self._known[path] for path in before
        )

    def files(self) -> Iterator[tuple[Path, Identity]]:
        """Give the files as of the last `is_fresh`, each with what tells it apart."""
        for folder in self._known.values():
            yield from folder.files.items()

    def _stands(self, path: Path) -> bool:
        known = self._known.get(path)
        if known is None:
            return not path.exists()
        return known.is_settled and known.stamp == _stamp(path)

    def _look(self, path: Path, before: dict[Path, _Folder]) -> None:
        stamp = _stamp(path)
        if stamp is None:
            return
        known = before.get(path)
        if known is None or not known.is_settled or known.stamp != stamp:
            known = _listed(path, stamp, known)
        self._known[path] = known
        for below in known.folders:
            self._look(below, before)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return stat.st_dev, stat.st_ino, stat.st_mtime_ns


def _listed(path: Path, stamp: tuple[int, int, int], before: _Folder | None) -> _Folder:
    """List a folder; what stood before is given if nothing has changed."""
    age_ns = int(clock.now().timestamp() * 1e9) - stamp[2]
    found = _Folder(stamp=stamp, is_settled=age_ns > _GRAIN_NS)
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                _enter(found, entry)
    except FileNotFoundError:
        return found  # it has just been removed
    found.folders.sort()
    if before is not None and (before.stamp, before.files, before.folders) == (
        found.stamp,
        found.files,
        found.folders,
    ):
        before.is_settled = found.is_settled
        return before
    return found


def _enter(folder: _Folder, entry: os.DirEntry[str]) -> None:
    try:
        if entry.is_dir(follow_symlinks=False):
            folder.folders.append(Path(entry.path))
        elif entry.name.endswith((SUFFIX, ".json")):
            stat = entry.stat()
            identity = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)
            folder.files[Path(entry.path)] = identity
    except FileNotFoundError:
        return  # vanished since it was listed
