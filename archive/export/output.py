"""Where an export is written: a file, whole or not at all, or a stream [I/O]."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from typing_extensions import override

from archive.errors import UsageError
from archive.warc.writer import WholeFile

STREAM: Final = Path("-")
_BUFFER: Final = 256 * 1024


@contextmanager
def opened(path: Path, *, force: bool, is_binary: bool) -> Iterator[IO[bytes]]:
    """Give the file to write, or standard output for `-`.

    The file has its name when the context is left without an exception. Raises
    UsageError for a file that is there, unless `force`, and for bytes on a terminal;
    StorageError where the system refuses.
    """
    if path == STREAM:
        if is_binary and sys.stdout.isatty():
            raise UsageError(
                "this is nothing for a terminal: name a file, or lead it elsewhere"
            )
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file in it")
    if path.exists() and not force:
        raise UsageError(f"{path} is there already: name another file, or say --force")
    with _SeekableFile(path) as whole, io.BufferedWriter(_Raw(whole), _BUFFER) as file:
        yield file


class Pieces(io.BytesIO):
    """A stream that hands on what is written to it, piece by piece."""

    @override
    def seekable(self) -> bool:
        """Say that what was handed on can't be gone back to."""
        return False

    @override
    def tell(self) -> int:
        """Refuse, as a pipe does: whoever writes has to count by itself."""
        raise io.UnsupportedOperation("tell")

    @property
    def waiting(self) -> int:
        """Tell how many bytes `take` would give."""
        return self.getbuffer().nbytes

    def take(self) -> bytes:
        """Give what was written since the last time."""
        content = self.getvalue()
        self.seek(0)
        self.truncate()
        return content


class _SeekableFile(WholeFile):
    """A file that is there whole or not at all, in which one can go back."""

    def seek(self, offset: int, whence: int) -> int:
        return os.lseek(self._fd, offset, whence)


class _Raw(io.RawIOBase):
    """Such a file, as Python's streams are."""

    def __init__(self, whole: _SeekableFile) -> None:
        super().__init__()
        self._whole = whole

    @override
    def writable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._whole.seek(offset, whence)

    @override
    def write(self, content: object, /) -> int:
        assert isinstance(content, bytes | bytearray | memoryview)
        self._whole.write(bytes(content))
        return len(content)
