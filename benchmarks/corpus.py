"""The shared corpus of real pages, for the benchmarks and the tests that need it.

The pages belong to their publishers and are not part of this repository: the
folder is looked for beside it, or where `DATELINE_CORPUS` says.
"""

from __future__ import annotations

import gzip
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(
    os.environ.get(
        "DATELINE_CORPUS", Path(__file__).resolve().parents[2] / "shared" / "corpus"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusPage:
    """A page as its source stored it, with the address it was fetched from."""

    id: str
    url: str
    body: bytes


def is_there() -> bool:
    """Whether the corpus is on this machine."""
    return (FOLDER / "index.jsonl").is_file()


def pages() -> Iterator[CorpusPage]:
    """Go through all pages, in the order of the index."""
    index = [
        json.loads(line)
        for line in (FOLDER / "index.jsonl").read_text("utf-8").splitlines()
    ]
    bodies = dict(_bodies({row["archive"] for row in index}))
    for row in index:
        yield CorpusPage(id=row["id"], url=row["url"], body=bodies[row["id"]])


def _bodies(archives: set[str]) -> Iterator[tuple[str, bytes]]:
    for archive in sorted(archives):
        with tarfile.open(FOLDER / archive) as tar:
            for member in tar:
                if member.name.endswith("/page.html.gz"):
                    file = tar.extractfile(member)
                    assert file is not None
                    yield member.name.split("/")[-2], gzip.decompress(file.read())
