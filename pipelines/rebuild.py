"""Everything derived, made again from the WARC files alone [I/O].

But for what only a former extractor could have made: its texts stay in `text/`, and
are entered again beside today's.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from archive.collection import Collection
from archive.errors import UsageError
from archive.model import Finding
from archive.recovery import recover
from archive.search.hooks import forget_search, make_searchable
from archive.texts_entering import enter_others
from archive.texts_places import folder_of
from archive.texts_publishing import adopt_unnamed
from archive.texts_questions import undone
from archive.warc.writer import storage_error
from pipelines.derive import Deriver
from pipelines.pool import DEFAULT_EXTRACTOR, ExtractionPool
from pipelines.provenance import software
from pipelines.reextract import OnProgress, extract_and_enter
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
    extractor: str = DEFAULT_EXTRACTOR,
    on_progress: OnProgress = lambda _done, _all: None,
) -> Rebuilt:
    """Throw away index, catalogue and the texts of today's extractor; make them again.

    Raises UsageError while another process writes to the collection, and
    StorageError.
    """
    with ExtractionPool(workers, extractor=extractor) as pool:
        return _rebuild(collection, pool, extractor, on_progress)


def _rebuild(
    collection: Collection,
    pool: ExtractionPool,
    extractor: str,
    on_progress: OnProgress,
) -> Rebuilt:
    today = software(pool.info).key
    findings = recover(collection, outcome_at_once)
    # Under the lock nobody begins a file, so nothing is acknowledged that would be
    # cleared, and then never read again because its file counts as level.
    with collection.lock():
        if any(True for _ in collection.unfinished()):
            raise UsageError(
                f"another process is writing to {collection.root}: let it end first"
            )
        forget_search(collection.root)
        collection.catalogue.clear()
    findings += adopt_unnamed(collection)
    for folder in (collection.root / "index", folder_of(collection, today)):
        try:
            shutil.rmtree(folder, ignore_errors=False)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise storage_error(error, folder) from error
    findings += recover(collection, outcome_at_once)
    files = undone(collection.catalogue, today)
    done = extract_and_enter(
        collection, pool, files, extractor=extractor, on_progress=on_progress
    )
    Deriver(collection, pool).bring_level()  # files that hold nothing to extract
    findings += enter_others(collection, today)
    make_searchable(collection)
    findings += [finding for file in done.files for finding in file.findings]
    extracted = sum(file.asked for file in done.files)
    return Rebuilt(extracted=extracted, findings=tuple(findings))
