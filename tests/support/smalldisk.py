"""Disks that are full soon: a small tmpfs, or a limit on the length of files.

`python -m tests.support.smalldisk LIMIT MAX_SIZE VERB …` is the command of
`tests.support.killing`, but that no file of it can grow beyond LIMIT bytes.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final, Self

from tests.support import killing

_MOUNT: Final = shutil.which("mount")
_UMOUNT: Final = shutil.which("umount")


class MountRefused(Exception):
    """The system does not let us mount."""


class SmallDisk:
    """A file system of so many bytes in `folder`, while the context lasts. Linux."""

    def __init__(self, folder: Path, size: int) -> None:
        """Choose the place, which is made, and the size."""
        self.folder = folder
        self._size = size

    def __enter__(self) -> Self:
        """Mount it. Raises MountRefused."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _run(_MOUNT, "-t", "tmpfs", "-o", f"size={self._size}", "tmpfs", self.folder)
        return self

    def __exit__(self, *_: object) -> None:
        # Lazily: a process that was just killed may hold a file for a moment.
        _run(_UMOUNT, "-l", self.folder)

    def resize(self, size: int) -> None:
        """Give it another size; what it holds stays."""
        _run(_MOUNT, "-o", f"remount,size={size}", self.folder)

    def make_read_only(self, *, read_only: bool = True) -> None:
        """Refuse all writes from now on, root's too; or allow them again."""
        _run(_MOUNT, "-o", f"remount,{'ro' if read_only else 'rw'}", self.folder)

    def free(self) -> int:
        """Tell how many bytes are left."""
        about = os.statvfs(self.folder)
        return about.f_bavail * about.f_frsize


@cache
def why_no_mount() -> str | None:
    """Say why no small disk can be mounted here; None if one can."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with SmallDisk(Path(folder) / "disk", 1024 * 1024):
                return None
        except MountRefused as refused:
            return f"no file system can be mounted: {refused}"


def _run(program: str | None, *arguments: str | Path) -> None:
    if program is None:
        raise MountRefused("there is no mount program")
    done = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, check=False, text=True
    )
    if done.returncode:
        raise MountRefused(done.stderr.strip() or f"{program} failed")


def main(limit: str, *arguments: str) -> None:
    """Be the command, with short files. Python ignores SIGXFSZ: writes fail (EFBIG)."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
    killing.main(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
