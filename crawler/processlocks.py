"""What only one process of a collection may have at a time: a host, a run [I/O].

One file, one byte for each name: POSIX record locks end with the process, so a
kill leaves none behind, and no host leaves a file.
"""

from __future__ import annotations

import errno
import fcntl
import os
from hashlib import sha256
from pathlib import Path
from typing import Final

from archive.warc.writer import storage_error

NAME: Final = "crawl.lock"


class ProcessLocks:
    """Locks on names, held by this process.

    The file may be opened only once in a process: closing it anywhere would end
    all locks of the process (POSIX, fcntl).
    """

    def __init__(self, root: Path) -> None:
        """Open the lock file in a collection's folder. Raises StorageError."""
        path = root / NAME
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise storage_error(error, path) from error
        self._path = path

    def take(self, name: str) -> bool:
        """Take a name, unless another process has it. Raises StorageError."""
        try:
            fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(name))
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return False
            raise storage_error(error, self._path) from error
        return True

    def give_back(self, name: str) -> None:
        """Let other processes have a name."""
        fcntl.lockf(self._fd, fcntl.LOCK_UN, 1, _place(name))

    def close(self) -> None:
        """Give all back."""
        os.close(self._fd)


def _place(name: str) -> int:
    # Two names that fall on one byte wait for each other needlessly, that is all.
    return int.from_bytes(sha256(name.encode("utf-8")).digest()[:6], "big")
