"""wget with `--warc-file`: capture alone, one connection, no text, no catalogue."""

from __future__ import annotations

import shutil
from pathlib import Path


def why_not() -> str | None:
    """Say why it can't be run here; None if it can."""
    return None if shutil.which("wget") else "wget is not installed"


def command(urls: Path, folder: Path) -> list[str]:
    """Make the command that archives the addresses in a file into a folder.

    Nothing but the WARC file is kept: the pages themselves go to /dev/null, and
    there is no deduplication to spend time on.
    """
    return [
        "wget",
        "--quiet",
        "--input-file",
        str(urls),
        "--warc-file",
        str(folder / "wget"),
        "--output-document=/dev/null",
        "--compression=none",
        "--no-verbose",
    ]
