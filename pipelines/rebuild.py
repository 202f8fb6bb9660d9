"""Everything derived, made again from the WARC files alone [I/O]."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from archive.collection import Collection
from archive.errors import UsageError
from archive.model import Finding
from archive.recovery import recover
from archive.warc.writer import storage_error
from pipelines.derive import Deriver
from pipelines.pool import ExtractionPool
from pipelines.texts import outcome_at_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild did."""

    extracted: int
    findings: tuple[Finding, ...]


def rebuild(
    collection: Collection,
    *,
    workers: int | None = None,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Rebuilt:
    """Throw away index, text and catalogue, and make them again.

    Raises UsageError while another process writes to the collection, and
    StorageError.
    """
    findings = recover(collection, outcome_at_once)
    # Under the lock nobody begins a file, so nothing is acknowledged that would be
    # cleared, and then never read again because its file counts as level.
    with collection.lock():
        if any(True for _ in collection.unfinished()):
            raise UsageError(
                f"another process is writing to {collection.root}: let it end first"
            )
        collection.catalogue.clear()
    for folder in ("index", "text"):
        try:
            shutil.rmtree(collection.root / folder, ignore_errors=False)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise storage_error(error, collection.root / folder) from error
    findings += recover(collection, outcome_at_once)
    with ExtractionPool(workers) as pool:
        extracted = Deriver(collection, pool).bring_level(on_progress)
    return Rebuilt(extracted=extracted, findings=tuple(findings))
