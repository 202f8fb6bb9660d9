"""Files of others into a collection: taken in, then extracted like our own [I/O]."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.errors import UsageError
from archive.importing.revisits import resolve
from archive.importing.taking import Importer, Taken
from archive.model import Finding
from archive.questions import is_pending
from archive.recovery import recover
from archive.search.hooks import make_searchable
from archive.texts_questions import undone
from pipelines.derive import Deriver
from pipelines.pool import DEFAULT_EXTRACTOR, ExtractionPool
from pipelines.provenance import software
from pipelines.reextract import OnProgress, extract_and_enter
from pipelines.texts import outcome_at_once

SOURCE_ID: Final = re.compile("[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_OTHER: Final = re.compile("[^a-z0-9]+")
# What a folder is looked through for; ARC is named to be refused, not passed over.
_SUFFIXES: Final = (".warc", ".warc.gz", ".wacz", ".arc", ".arc.gz")

OnFile = Callable[[Path, int, int], None]
"""Is told of a file while it is read: bytes done, bytes in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, beside the files it has told of."""

    joined: int  # revisits whose original was found
    extracted: int
    findings: tuple[Finding, ...]  # of the extraction, and what a start repaired


def files_in(paths: Iterable[Path]) -> list[Path]:
    """List the files that are meant: those named, and those in the folders named.

    Raises UsageError for what is not there, and for a folder without such files.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = [p for p in sorted(path.rglob("*")) if _is_meant(p)]
            if not below:
                raise UsageError(f"{path} holds no file called {', '.join(_SUFFIXES)}")
            found += below
        elif path.exists():
            found.append(path)
        else:
            raise UsageError(f"there is no file {path}")
    return list(dict.fromkeys(found))


def source_of(path: Path) -> str:
    """Make the id of a source out of the name of a file."""
    name = path.name.lower()
    for suffix in sorted(_SUFFIXES, key=len, reverse=True):
        name = name.removesuffix(suffix)
    return _OTHER.sub("-", name).strip("-")[:63].strip("-") or "imported"


def import_files(
    collection: Collection,
    paths: Sequence[Path],
    *,
    source_id: str | None = None,
    on_file: OnFile = lambda _path, _done, _all: None,
    on_taken: Callable[[Taken], None] = lambda _taken: None,
    on_progress: OnProgress = lambda _done, _all: None,
    workers: int | None = None,
    extractor: str = DEFAULT_EXTRACTOR,
) -> Imported:
    """Take files in, join their revisits, and extract the texts of their pages.

    Each file is told of when it is held, or known not to be. Raises UsageError for a
    source id that can be none, StorageError, ExtractorUnavailable.
    """
    if source_id is not None and not SOURCE_ID.fullmatch(source_id):
        raise UsageError(
            f"{source_id!r} can't be the id of a source: small letters a to z, digits "
            "and hyphens, 64 characters at most"
        )
    findings = recover(collection, outcome_at_once)
    importer = Importer(
        collection, text_outcome=outcome_at_once, settings=_settings(collection)
    )
    names: set[str] = set()
    for path in paths:
        taken = importer.take(
            path,
            source_id=source_id or source_of(path),
            on_bytes=partial(_told, on_file, path, path.stat().st_size),
        )
        names.update(taken.names)
        on_taken(taken)
    joined = resolve(collection, outcome_at_once)
    extracted = 0
    if _is_pending(collection):  # of an import that was cut off too
        with ExtractionPool(workers, extractor=extractor) as pool:
            key = software(pool.info).key
            files = [f for f in undone(collection.catalogue, key) if f.path in names]
            done = extract_and_enter(
                collection, pool, files, extractor=extractor, on_progress=on_progress
            )
            extracted = sum(file.asked for file in done.files)
            extracted += Deriver(collection, pool).bring_level()
            findings += [finding for file in done.files for finding in file.findings]
    if names or extracted:
        make_searchable(collection)
    return Imported(joined=joined, extracted=extracted, findings=tuple(findings))


def _told(on_file: OnFile, path: Path, size: int, done: int) -> None:
    on_file(path, done, size)


def _is_meant(path: Path) -> bool:
    return path.name.lower().endswith(_SUFFIXES) and path.is_file()


def _is_pending(collection: Collection) -> bool:
    """Whether a text of a finished file is still to be extracted."""
    catalogue = collection.catalogue
    return any(is_pending(catalogue, name) for name in catalogue.files())


def _settings(collection: Collection) -> Iterator[tuple[str, str]]:
    """Say what stands in the warcinfo record of an import (WARC/1.1, 6.2)."""
    yield (
        "software",
        f"dateline/{version('dateline')} python/{platform.python_version()}",
    )
    yield "format", "WARC File Format 1.1"
    yield "description", "where the files beside this one came from"
    yield "isPartOf", f"urn:uuid:{collection.id}"
