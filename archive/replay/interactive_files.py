"""The two files of ReplayWeb.page, which the reader brings along [I/O].

They are under the AGPL, so they are no part of Dateline (docs/decisions/0019).
"""

from __future__ import annotations

import json
import os
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from archive.errors import UsageError
from archive.warc.writer import write_whole

NAMES: Final = ("ui.js", "sw.js")
_ABOUT: Final = "package.json"
_MOST: Final = 64 * 1024 * 1024  # bytes of one; both have 2 MB


def folder() -> Path:
    """Tell where the files are kept: of this user, for all collections."""
    said = os.environ.get("DATELINE_REPLAYWEBPAGE")
    if said:
        return Path(said)
    shared = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(shared) / "dateline" / "replaywebpage"


def are_there(place: Path) -> bool:
    """Whether both files are in a folder."""
    return all((place / name).is_file() for name in NAMES)


def install(package: Path, place: Path) -> str:
    """Take the files out of a package as npm makes it, or a folder; gives its version.

    Nothing else of the package is unpacked. Raises UsageError if it is none,
    StorageError if the files can't be written.
    """
    found = _of_folder(package) if package.is_dir() else _of_tarball(package)
    missing = [name for name in NAMES if not found.get(name)]
    if missing:
        raise UsageError(
            f"{package} is not the package replaywebpage: {' and '.join(missing)} "
            "not found. `npm pack replaywebpage` fetches it"
        )
    for name in NAMES:
        write_whole(place / name, found[name])
    version = "of unknown version"
    with suppress(ValueError, AttributeError):
        version = str(json.loads(found.get(_ABOUT, b"{}")).get("version", version))
    return version


def _of_folder(package: Path) -> dict[str, bytes]:
    inner = package / "package"
    base = inner if inner.is_dir() else package
    return {
        name: (base / name).read_bytes()
        for name in (*NAMES, _ABOUT)
        if (base / name).is_file()
    }


def _of_tarball(package: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(package, "r:*") as tar:
            for member in tar:
                name = member.name.removeprefix("./").removeprefix("package/")
                if name in (*NAMES, _ABOUT) and member.isfile():
                    file = tar.extractfile(member)
                    if file is not None and member.size <= _MOST:
                        found[name] = file.read()
    except (OSError, tarfile.TarError) as error:
        raise UsageError(f"{package} can't be read: {error}") from error
    return found
