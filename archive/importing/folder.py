"""The folder of an import, while it is filled: there whole, or not at all [I/O].

It is `.open` and locked until everything in it is on disk; then it gets its name. A
folder whose process is gone is removed at the next start: it held copies only.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Self

from archive.collection import Collection
from archive.errors import StorageError
from archive.importing.about import PREFIX
from archive.warc.writer import OPEN_SUFFIX, file_stem, storage_error, sync_folder


class ImportFolder:
    """A folder that is being filled.

    As a context: left without `publish`, nothing of it stays.
    """

    def __init__(self, path: Path) -> None:
        """Make the folder, which must not be there. Raises StorageError."""
        self.path = path
        self.final = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
        path.mkdir(parents=True)
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    @classmethod
    def create(cls, collection: Collection, now: datetime) -> Self:
        """Make a folder under the next free name, for the day. Raises StorageError."""
        day = collection.warc / now.strftime("%Y/%m/%d")
        with collection.lock():
            for serial in range(1, 100_000):
                stem = file_stem(now, serial, PREFIX.removesuffix("-"))
                if (day / stem).exists():
                    continue
                try:
                    return cls(day / f"{stem}{OPEN_SUFFIX}")
                except FileExistsError:
                    continue
                except OSError as error:
                    raise storage_error(error, day) from error
        raise StorageError(f"no name is free for an import in {day}")

    def publish(self) -> Path:
        """Give the folder its name. Raises StorageError."""
        try:
            sync_folder(self.path)
            self.path.rename(self.final)
            sync_folder(self.final.parent)
        except OSError as error:
            raise storage_error(error, self.final) from error
        return self.final

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)  # gone, if it was published
        os.close(self._fd)


def drop_unfinished(collection: Collection) -> list[Path]:
    """Remove the folders of imports whose process is gone; the caller holds the lock.

    Gives what was removed. Raises StorageError.
    """
    dropped = []
    for path in sorted(collection.warc.rglob(f"{PREFIX}*{OPEN_SUFFIX}")):
        if not path.is_dir():
            continue
        try:
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue  # published or dropped since it was listed
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(path.stat(), os.fstat(fd)):
                shutil.rmtree(path)
                dropped.append(path)
        except (BlockingIOError, FileNotFoundError):
            continue  # its process lives, or has just given it its name
        except OSError as error:
            raise storage_error(error, path) from error
        finally:
            os.close(fd)
    return dropped
