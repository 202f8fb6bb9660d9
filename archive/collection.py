"""A collection on disk: where what lies, who it is, and what is in it [I/O]."""

from __future__ import annotations

import fcntl
import os
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

from archive.catalogue import Catalogue
from archive.clock import now
from archive.errors import CollectionError
from archive.warc.writer import OPEN_SUFFIX, storage_error, write_whole

FORMAT: Final = 1
ABOUT: Final = "collection.toml"
CATALOGUE: Final = "catalogue.sqlite3"
WARC_SUFFIX: Final = ".warc.gz"

_ABOUT_TEXT: Final = """\
# A Dateline collection. The files in warc/ are the archive; index/, text/ and
# catalogue.sqlite3 are made from them, and `dateline rebuild` makes them again.
format = {format}
id = "{id}"
created = "{created}"
"""


class Collection:
    """One collection: its folders, its identity, its catalogue.

    Attributes:
        root: the folder of the collection.
        id: a UUID, for ever.
        catalogue: the open catalogue.
    """

    def __init__(self, root: Path, collection_id: str, catalogue: Catalogue) -> None:
        """Take what `open` or `create` has found."""
        self.root = root
        self.id = collection_id
        self.catalogue = catalogue

    @classmethod
    def create(cls, root: Path) -> Self:
        """Make a collection, or open the one that is there.

        Raises StorageError where the system refuses, CollectionError where
        the folder holds something else.
        """
        about = root / ABOUT
        if about.is_file():
            return cls.open(root, without_catalogue=True)
        if root.exists() and (not root.is_dir() or not _is_empty(root)):
            raise CollectionError(
                f"{root} is not empty and no collection: name another folder"
            )
        text = _ABOUT_TEXT.format(
            format=FORMAT, id=uuid.uuid4(), created=now().isoformat(timespec="seconds")
        )
        write_whole(about, text.encode("utf-8"))
        try:
            for folder in ("warc", "text", "index"):
                (root / folder).mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error(error, root) from error
        return cls.open(root)

    @classmethod
    def open(cls, root: Path, *, without_catalogue: bool = False) -> Self:
        """Open a collection. Raises CollectionError or StorageError.

        A missing catalogue is an error where there are WARC files, unless the
        caller is about to make it again.
        """
        about = root / ABOUT
        try:
            values = tomllib.loads(about.read_text("utf-8"))
        except FileNotFoundError:
            raise CollectionError(
                f"there is no collection in {root}: make one with "
                f"`dateline init {root}`, or name another with --collection"
            ) from None
        except (OSError, ValueError) as error:
            raise CollectionError(f"cannot read {about}: {error}") from error
        if values.get("format") != FORMAT:
            raise CollectionError(
                f"{root} has format {values.get('format')}, and this Dateline knows "
                f"format {FORMAT}"
            )
        catalogue = root / CATALOGUE
        if not (without_catalogue or catalogue.exists()) and _has_files(root):
            raise CollectionError(
                f"{catalogue} is missing: `dateline rebuild` makes it again from the "
                "WARC files"
            )
        return cls(root, str(values.get("id")), _catalogue(catalogue))

    @classmethod
    def reopen(cls, root: Path) -> Self:
        """Open a collection to rebuild it: a catalogue that can't be read is dropped.

        Raises CollectionError if the collection itself can't be opened.
        """
        try:
            with cls.open(root) as opened:
                opened.catalogue.check()
            return cls.open(root)
        except CollectionError:
            if not (root / ABOUT).is_file():
                raise
        for path in root.glob(f"{CATALOGUE}*"):
            path.unlink()
        return cls.open(root, without_catalogue=True)

    def close(self) -> None:
        """Let go of the catalogue."""
        self.catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ places

    @property
    def warc(self) -> Path:
        """The folder of the evidence."""
        return self.root / "warc"

    @property
    def index(self) -> Path:
        """The folder of the index."""
        return self.root / "index"

    def relative(self, path: Path) -> str:
        """Name a file as the catalogue does: from the collection, with `/`."""
        return path.relative_to(self.root).as_posix()

    def find(self, name: str) -> Path:
        """Give the file of a catalogued name, still `.open` or published."""
        path = self.root / name
        still_open = path.with_name(path.name + OPEN_SUFFIX)
        return still_open if not path.exists() and still_open.exists() else path

    def derived(self, name: str, folder: str, suffix: str) -> Path:
        """Name the file in `folder` that shares its stem with a WARC file."""
        stem = name.removeprefix("warc/").removesuffix(WARC_SUFFIX)
        return self.root / folder / f"{stem}{suffix}"

    def index_of(self, name: str) -> Path:
        """The CDXJ file of a WARC file."""
        return self.derived(name, "index", ".cdxj")

    def published(self) -> Iterator[Path]:
        """Go through the published WARC files, in order of their names.

        What lies in a folder that is `.open` is still being imported.
        """
        paths = sorted(self.warc.rglob(f"*{WARC_SUFFIX}"))
        return (
            path
            for path in paths
            if not any(
                parent.name.endswith(OPEN_SUFFIX)
                for parent in path.relative_to(self.warc).parents
            )
        )

    def unfinished(self) -> Iterator[Path]:
        """Go through the WARC files that are, or were, being written."""
        return iter(sorted(self.warc.rglob(f"*{WARC_SUFFIX}{OPEN_SUFFIX}")))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from beginning or repairing files meanwhile."""
        with _locked(self.root):
            yield


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    path = root / ".lock"
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        with suppress(OSError):
            os.close(fd)


def _catalogue(path: Path) -> Catalogue:
    """Open the catalogue; one process at a time makes it."""
    if path.exists():
        return Catalogue(path)
    with _locked(path.parent):
        return Catalogue(path)


def _is_empty(root: Path) -> bool:
    """Whether nothing is there but what a kill in the middle of `create` left."""
    return all(path.match(f"{ABOUT}.*{OPEN_SUFFIX}") for path in root.iterdir())


def _has_files(root: Path) -> bool:
    return next((root / "warc").rglob(f"*{WARC_SUFFIX}*"), None) is not None
