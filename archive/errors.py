"""The errors of Dateline, one tree.

DatelineError                 everything a user can be told in one sentence
├── UsageError                a wrong argument, a setting that cannot be (exit 2)
├── ArchiveError
│   ├── CollectionError       no collection there, or one of another version
│   ├── StorageError          the disk is full, read-only, over quota
│   ├── DamagedRecord         bytes that are no WARC record, with file and offset
│   ├── UnsupportedFormat     ARC, or something else that is not WARC
│   └── NotFound              no such record, article or address
├── PipelineError             (pipelines/errors.py adds its own)
└── CrawlError                (crawler/errors.py adds its own)
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_LONGEST_TOLD: Final = 500  # characters; the rest of a message helps nobody


class DatelineError(Exception):
    """The root. `exit_code` is what the command ends with."""

    exit_code = 1


class UsageError(DatelineError):
    """Something was asked for that can not be: what, and what to try."""

    exit_code = 2


class ArchiveError(DatelineError):
    """The archive could not do what it was asked."""


class CollectionError(ArchiveError):
    """There is no collection at the place, or it can not be used."""

    exit_code = 2


class StorageError(ArchiveError):
    """A write was refused by the system; nothing acknowledged is lost."""


class NotFound(ArchiveError):
    """Nothing is held under the name that was asked for."""


class PlacedError(ArchiveError):
    """An error with a place: the sentence ends with `offset N in FILE`."""

    exit_code = 3

    def __init__(self, sentence: str, *, path: Path | str, offset: int) -> None:
        """Say what is wrong, and at which byte of which file."""
        super().__init__(f"{sentence} (offset {offset} in {path})")
        self.sentence = sentence
        self.path = path
        self.offset = offset


class DamagedRecord(PlacedError):
    """The bytes at the place are not a whole WARC record."""


class UnsupportedFormat(PlacedError):
    """The file is not WARC/1.0 or WARC/1.1."""


class PipelineError(DatelineError):
    """A page could not be turned into an article."""


class CrawlError(DatelineError):
    """Something could not be fetched."""


def told(error: BaseException) -> str:
    """Name an error of somebody else's and what it says, on one printable line."""
    said = " ".join(str(error).split())[:_LONGEST_TOLD]
    said = "".join(letter if letter.isprintable() else "\ufffd" for letter in said)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
