"""A configuration for pywb over the folders of a collection. Pure.

pywb reads the WARC files and the index where they lie: nothing is copied, nothing is
indexed again, and what is captured meanwhile is there at once. It belongs in an
environment of its own (docs/export.md).
"""

from __future__ import annotations

import json
from pathlib import Path

_CONFIG = """\
# For pywb 2.10: call this file config.yaml, and start `wayback` in its folder.
# The archive is then at http://localhost:8080/{name}/
#
# It was written for the collection
#     {root}
# and has to be written again (dateline export pywb-config) if that is moved.

# Each folder in here that has an index and WARC files is served under its name.
collections_root: {parent}
index_paths: {index}
archive_paths: warc
enable_memento: true
"""


def pywb_config(root: Path) -> str:
    """Write the configuration for the collection in a folder, given as it is."""
    return _CONFIG.format(
        name=root.name,
        root=root,
        parent=json.dumps(str(root.parent)),  # JSON strings are YAML strings
        index="index/*/*/*",
    )
