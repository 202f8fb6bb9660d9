"""One WARC file while it is written: exclusive, locked, `.open` until it is whole.

The writer is synchronous and knows nothing of threads; `archive.store` shares
one `sync` among many events. What has been synced stays, whatever happens.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from archive.errors import StorageError

OPEN_SUFFIX: Final = ".open"

# What a system says when it has no room, or does not let us write.
_REFUSALS: Final = {
    errno.ENOSPC: "the disk is full; free some space and start again",
    errno.EDQUOT: "the disk quota is used up; free some space and start again",
    errno.EFBIG: "the file system allows no larger file",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EIO: "the disk reports an input/output error",
}


def storage_error(error: OSError, path: Path) -> StorageError:
    """Say in one sentence why a write was refused, and what to do."""
    reason = _REFUSALS.get(error.errno or 0, error.strerror or str(error))
    return StorageError(
        f"cannot write {path}: {reason}. Everything acknowledged is safe"
    )


def file_stem(now: datetime, serial: int, prefix: str = "dateline") -> str:
    """Name a file as annex C of WARC/1.1 does: prefix, time, serial, host."""
    stamp = now.strftime("%Y%m%d%H%M%S") + f"{now.microsecond // 1000:03d}"
    host = "".join(c if c.isalnum() or c == "-" else "-" for c in socket.gethostname())
    return f"{prefix}-{stamp}-{serial:05d}-{host[:40] or 'host'}"


class WarcWriter:
    """A WARC file that is being written.

    Attributes:
        path: the name the file will be published under.
        size: bytes written so far, synced or not.
        durable: bytes that are known to be on disk.
    """

    def __init__(self, path: Path) -> None:
        """Create `path` + `.open`, exclusively, and lock it.

        Raises StorageError if the system refuses, FileExistsError if the name
        is or was in use: names are never used again.
        """
        self.path = path
        self.open_path = path.with_name(path.name + OPEN_SUFFIX)
        self.size = 0
        self.durable = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _insist_free(path)
            self._fd = os.open(
                self.open_path,
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND,
                0o644,
            )
        except FileExistsError:
            raise
        except OSError as error:
            raise storage_error(error, self.open_path) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync_folder(path.parent)
        except OSError as error:
            os.close(self._fd)  # the next start removes the empty file
            raise storage_error(error, self.open_path) from error

    @classmethod
    def create(cls, folder: Path, now: datetime, first_serial: int) -> Self:
        """Create a file in `folder`/YYYY/MM/DD under the next free name."""
        day = folder / now.strftime("%Y/%m/%d")
        for serial in range(first_serial, first_serial + 10_000):
            with suppress(FileExistsError):
                return cls(day / f"{file_stem(now, serial)}.warc.gz")
        # Not one of ten thousand names was free: a clock that stands still.
        stem = f"{file_stem(now, first_serial)}-{uuid.uuid4().hex[:8]}"
        return cls(day / f"{stem}.warc.gz")

    def append(self, members: Sequence[bytes]) -> tuple[int, ...]:
        """Write members that belong together; gives the offset of each.

        All of them are in the file afterwards, or none: a failed write is
        rolled back to where it began. Raises StorageError.
        """
        offsets, end = [], self.size
        for part in members:
            offsets.append(end)
            end += len(part)
        try:
            _write_all(self._fd, b"".join(members))
        except OSError as error:
            self._roll_back()
            raise storage_error(error, self.open_path) from error
        self.size = end
        return tuple(offsets)

    def sync(self) -> None:
        """Return when everything appended is on disk. Raises StorageError.

        After a failed fsync the state of the pages is unknown, so the file is
        cut back to what was durable before; what was appended since is gone.
        """
        try:
            os.fsync(self._fd)
        except OSError as error:
            self.size = self.durable
            self._roll_back()
            raise storage_error(error, self.open_path) from error
        self.durable = self.size

    def publish(self) -> Path:
        """Close the file and give it its name. An empty file is removed."""
        try:
            self.sync()
            if self.size == 0:
                self.open_path.unlink()
            else:
                self.open_path.rename(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            raise storage_error(error, self.open_path) from error
        finally:
            os.close(self._fd)
        return self.path

    def abandon(self) -> None:
        """Close the file as it is, for the next start to repair."""
        os.close(self._fd)

    def _roll_back(self) -> None:
        # Where even this is refused, the tail stays torn, and is cut at the
        # next start by archive.recovery: nothing in it was acknowledged.
        with suppress(OSError):
            os.ftruncate(self._fd, self.size)


def _insist_free(path: Path) -> None:
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (POSIX: fsync of the directory)."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class WholeFile:
    """A file that is there whole or not at all: temporary name, fsync, rename.

    As a context: left without an exception, the file replaces what had its
    name; left with one, nothing has changed. Raises StorageError.
    """

    def __init__(self, path: Path) -> None:
        """Begin to write what will be `path`."""
        self._path = path
        self._temporary = path.with_name(f"{path.name}.{os.getpid()}{OPEN_SUFFIX}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(
                self._temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644
            )
        except OSError as error:
            raise storage_error(error, path) from error

    def write(self, content: bytes) -> None:
        """Write on. Raises StorageError."""
        try:
            _write_all(self._fd, content)
        except OSError as error:
            raise storage_error(error, self._path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                os.fsync(self._fd)
                self._temporary.rename(self._path)
                sync_folder(self._path.parent)
            else:
                self._temporary.unlink(missing_ok=True)
        except OSError as error:
            with suppress(OSError):
                self._temporary.unlink(missing_ok=True)
            if kind is None:
                raise storage_error(error, self._path) from error
        finally:
            os.close(self._fd)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all. Raises StorageError."""
    with WholeFile(path) as file:
        file.write(content)
