"""What the tests of packages do with one: write it, open it, ask others about it."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from archive.clock import now
from archive.collection import Collection
from archive.export.closure import completed
from archive.export.output import opened
from archive.export.selection import Selection, choose
from archive.export.wacz import write_wacz
from archive.export.warc_subset import write_warc

INSTALLED = Path(sys.executable).parent


def pack(collection: Collection, path: Path, selection: Selection) -> Path:
    """Write a WACZ file."""
    choice = completed(collection, choose(collection, selection))
    with opened(path, force=False, is_binary=True) as file:
        assert sum(write_wacz(collection, choice, file, now=now())) > 0
    return path


def subset(collection: Collection, path: Path, selection: Selection) -> Path:
    """Write a WARC file."""
    choice = completed(collection, choose(collection, selection))
    with opened(path, force=False, is_binary=True) as file:
        written = sum(write_warc(collection, choice, file, name=path.name, now=now()))
    assert written == path.stat().st_size
    return path


def entries(path: Path) -> dict[str, bytes]:
    """Read every entry of a ZIP file, its checksum included."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pages(path: Path, name: str = "pages.jsonl") -> list[dict[str, Any]]:
    """Read a page list, its first line included."""
    return [json.loads(n) for n in entries(path)[f"pages/{name}"].splitlines()]


def index_lines(path: Path) -> list[bytes]:
    """Read the index of a WACZ file."""
    blocks = gzip.decompress(entries(path)["indexes/index.cdx.gz"])
    return blocks.splitlines(keepends=True)


def indexed_by_others(folder: Path, files: list[Path]) -> list[bytes]:
    """Index WARC files with cdxj-indexer."""
    words = ["-s", "--dir-root", str(folder), *map(str, files)]
    ran = subprocess.run(
        [str(INSTALLED / "cdxj-indexer"), *words], capture_output=True, check=True
    )
    return ran.stdout.splitlines(keepends=True)


def accepted_by_others(path: Path) -> None:
    """Have a WARC file checked by warcio, FastWARC and gzip."""
    tools = (
        (str(INSTALLED / "warcio"), "check"),
        (str(INSTALLED / "fastwarc"), "check"),
        ("gzip", "-t"),
    )
    for tool, verb in tools:
        ran = subprocess.run([tool, verb, str(path)], capture_output=True, check=False)
        assert ran.returncode == 0, (tool, ran.stdout, ran.stderr)
