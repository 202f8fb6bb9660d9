"""A configuration for pywb over the folders of a collection [I/O].

pywb reads the WARC files and the index where they lie: nothing is copied, nothing is
indexed again. It belongs in an environment of its own (docs/export.md).

It finds index files by one pattern, so all of one depth: those of the days. Files of
imports lie in folders of their own, one deeper, and have to be named one by one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from archive.indexlisting import MERGED, SUFFIX
from archive.terminal import printable

_DEPTH: Final = 3  # index/2026/11/22
_HEAD: Final = """\
# For pywb 2.10: call this file config.yaml, and start `wayback` in its folder.
# The archive is then at http://localhost:8080/{name}/
#
# It was written for the collection
#     {root}
# and has to be written again (dateline export pywb-config) if that is moved{or_when}.
enable_memento: true
"""
_BY_PATTERN: Final = """
# Each folder in here that has an index and WARC files is served under its name.
collections_root: {parent}
index_paths: index/*/*/*
archive_paths: warc
"""
_BY_NAME: Final = """
collections:
  {name}:
    archive_paths: {warc}
    timeout: 30
    index_group:
{folders}
"""


def index_folders(root: Path) -> tuple[Path, ...]:
    """List the folders of a collection that hold index files, merged ones left out."""
    index = root / "index"
    return tuple(
        sorted(
            Path(folder)
            for folder, _, names in os.walk(index)
            if Path(folder) != index / MERGED
            and any(name.endswith(SUFFIX) for name in names)
        )
    )


def pywb_config(root: Path, folders: Sequence[Path]) -> str:
    """Write the configuration for the collection in a folder, given as it is."""
    index = root / "index"
    # JSON strings are YAML strings.
    said = {
        # In comments, which end where a line does.
        "name": printable(root.name),
        "root": printable(str(root)),
        "parent": json.dumps(str(root.parent)),
        "warc": json.dumps(f"{root / 'warc'}/"),
        "folders": "\n".join(
            f"      {json.dumps(str(folder.relative_to(index)))}: "
            f"{json.dumps(str(folder))}"
            for folder in folders
        ),
    }
    if all(len(folder.relative_to(index).parts) == _DEPTH for folder in folders):
        return (_HEAD + _BY_PATTERN).format(or_when="", **said)
    head = _HEAD.format(or_when=",\n# and when another day or import was added", **said)
    said["name"] = json.dumps(root.name)
    return head + _BY_NAME.format(**said)
