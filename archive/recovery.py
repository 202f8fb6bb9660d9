"""What a start does after a kill: repair files, bring index and catalogue level [I/O].

A file of a process that is gone is cut back to its last whole event; the rest
is kept aside, and reported. Everything acknowledged lies before that, because
an acknowledgement comes after an fsync that comes after the whole event.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final

from archive.collection import Collection
from archive.errors import PlacedError
from archive.eventlog import Event, read_events, whole_until
from archive.importing.about import is_imported, read_about
from archive.importing.entering import imported_events
from archive.importing.folder import drop_unfinished
from archive.importing.revisits import resolve
from archive.index import build_index, write_index
from archive.indexmerge import merge_waiting
from archive.model import Capture, Finding, Miss, Run, Severity, TextOutcome
from archive.warc.writer import OPEN_SUFFIX, storage_error, sync_folder, write_whole

CODES: Final[dict[str, tuple[Severity, str]]] = {
    "torn-tail-cut": (
        Severity.WARNING,
        (
            "A process had been ended in the middle of an event. What was acknowledged "
            "is whole; the bytes behind it were cut off and kept in `damaged/`."
        ),
    ),
    "acknowledged-missing": (
        Severity.ERROR,
        (
            "A file that was being written is shorter than what had been acknowledged "
            "as being on disk: somebody, or the disk, has cut it."
        ),
    ),
    "import-dropped": (
        Severity.WARNING,
        (
            "An import had been ended before it was done. Nothing of its file is held; "
            "the copies it had made were removed."
        ),
    ),
    "index-not-merged": (
        Severity.WARNING,
        (
            "An index file can't be merged with others, so look-ups take longer than "
            "they should; they miss nothing."
        ),
    ),
    "damaged-place": (
        Severity.ERROR,
        (
            "A published WARC file is damaged: what lies at the place is not in the "
            "catalogue, what is whole before and behind it is."
        ),
    ),
}

TextOutcomeOf = Callable[[Capture], TextOutcome | None]

_BATCH = 500  # events in one transaction


def recover(collection: Collection, text_outcome: TextOutcomeOf) -> list[Finding]:
    """Make a collection whole again; gives what was found and mended.

    Files that a living process is writing are left alone. Raises StorageError
    where the system refuses: what is not mended yet is mended the next time.
    """
    findings: list[Finding] = []
    with collection.lock():
        for path in collection.unfinished():
            findings += _repair(collection, path, text_outcome)
        for path in drop_unfinished(collection):
            findings.append(_dropped(collection, path))
        _drop_temporary(collection)
    findings += bring_level(collection, text_outcome)
    return findings


def bring_level(collection: Collection, text_outcome: TextOutcomeOf) -> list[Finding]:
    """Enter published files in catalogue and index, as far as they are not.

    Of a damaged file everything that is whole is entered, before and behind
    the damage.
    """
    findings: list[Finding] = []
    known = collection.catalogue.files()
    entered: list[str] = []
    for path in collection.published():
        name = collection.relative(path)
        level, published, _ = known.get(name, (0, False, False))
        if level < path.stat().st_size or not published:
            entered.append(name)
            findings += level_file(collection, path, text_outcome, level)
        elif not collection.index_of(name).exists():
            reindex(collection, path)
    if any(is_imported(name) for name in entered):
        resolve(collection, text_outcome)
    try:
        merge_waiting(collection.index)
    except PlacedError as error:
        findings.append(_not_merged(collection, error))
    return findings


def level_file(
    collection: Collection, path: Path, text_outcome: TextOutcomeOf, level: int = 0
) -> list[Finding]:
    """Enter a published file in catalogue and index, from `level` bytes on."""
    name = collection.relative(path)
    damage: list[Finding] = []
    about = None
    try:
        about = read_about(path)
    except PlacedError as error:
        damage.append(_damaged(error))
    if about is None:
        events = read_events(path, name, level, on_finding=damage.append)
    else:
        events = imported_events(path, name, about, on_finding=damage.append)
    enter(collection, name, events, text_outcome)
    # What has no event of ours is level too: it is not read again.
    collection.catalogue.add_events(name, path.stat().st_size)
    collection.catalogue.mark_published(name)
    if not collection.index_of(name).exists():
        reindex(collection, path)
    return _not_catalogued(name, damage)


def _damaged(error: PlacedError) -> Finding:
    return Finding(
        code="damaged-place",
        severity=CODES["damaged-place"][0],
        path=str(error.path),
        offset=error.offset,
        sentence=error.sentence,
    )


def _dropped(collection: Collection, path: Path) -> Finding:
    return Finding(
        code="import-dropped",
        severity=CODES["import-dropped"][0],
        path=collection.relative(path),
        offset=None,
        sentence="an import was cut off: the copies it had made were removed, "
        "import the file again",
    )


def _not_merged(collection: Collection, error: PlacedError) -> Finding:
    return Finding(
        code="index-not-merged",
        severity=CODES["index-not-merged"][0],
        path=collection.relative(Path(error.path)),
        offset=error.offset,
        sentence=f"{error.sentence}: `dateline rebuild` makes it again",
    )


def _not_catalogued(name: str, damage: list[Finding]) -> list[Finding]:
    """Say of a published file, in one finding, where it could not be read."""
    damage = [finding for finding in damage if finding.severity is Severity.ERROR]
    if not damage:
        return []
    return [
        Finding(
            code="damaged-place",
            severity=CODES["damaged-place"][0],
            path=name,
            offset=damage[0].offset,
            sentence=f"{damage[0].sentence}: what lies there is not catalogued "
            f"({len(damage)} damaged places; `dateline verify` lists them)",
        )
    ]


def enter(
    collection: Collection,
    name: str,
    events: Iterable[Event],
    text_outcome: TextOutcomeOf,
) -> int:
    """Enter events in the catalogue, in batches; gives the offset behind the last."""
    level = 0
    batch: list[Event] = []
    try:
        for event in events:
            batch.append(event)
            level = event.end
            if len(batch) >= _BATCH:
                _enter(collection, name, batch, text_outcome)
                batch = []
    finally:
        if batch:
            _enter(collection, name, batch, text_outcome)
    return level


def reindex(collection: Collection, path: Path) -> None:
    """Make the CDXJ file of one published WARC file. Raises StorageError.

    What is torn gets no line; `verify` speaks of it.
    """
    name = collection.relative(path)
    damage: list[Finding] = []
    lines = build_index(path, name.removeprefix("warc/"), on_finding=damage.append)
    write_index(lines, collection.index_of(name))


def _enter(
    collection: Collection, name: str, batch: list[Event], text_outcome: TextOutcomeOf
) -> None:
    what = [event.what for event in batch]
    collection.catalogue.add_events(
        name,
        batch[-1].end,
        captures=[(c, text_outcome(c)) for c in what if isinstance(c, Capture)],
        misses=[m for m in what if isinstance(m, Miss)],
        runs=[r for r in what if isinstance(r, Run)],
    )


def _repair(
    collection: Collection, path: Path, text_outcome: TextOutcomeOf
) -> list[Finding]:
    """Cut, enter and publish one file that nobody writes any more."""
    try:
        fd = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return []  # its writer has just published it
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return []  # its writer lives
        if not _is_still(path, fd):
            return []  # its writer published it just before it let go
        return _finish(collection, path, fd, text_outcome)
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        os.close(fd)


def _finish(
    collection: Collection, path: Path, fd: int, text_outcome: TextOutcomeOf
) -> list[Finding]:
    final = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
    name = collection.relative(final)
    findings: list[Finding] = []
    # The level in the catalogue is behind an fsync: what is before it is whole.
    # A file that is shorter was cut by something else, and is read from its start.
    level = collection.catalogue.files().get(name, (0, False, False))[0]
    size = _size(fd)
    start = level if level <= size else 0
    events, damage = whole_until(path, name, start)
    end = events[-1].end if events else start
    if level > size:
        findings.append(
            Finding(
                code="acknowledged-missing",
                severity=CODES["acknowledged-missing"][0],
                path=name,
                offset=end,
                sentence=f"{level} bytes were on disk, and {size} are left: what was "
                "acknowledged behind them is gone. Look for the file in a backup",
            )
        )
    if end < size:
        aside = _keep_aside(collection, path, fd, end)
        findings.append(
            Finding(
                code="torn-tail-cut",
                severity=CODES["torn-tail-cut"][0],
                path=name,
                offset=end,
                sentence=f"{size - end} bytes after the last whole event were "
                f"cut off and kept in {collection.relative(aside)} ({damage})",
            )
        )
        os.ftruncate(fd, end)
    os.fsync(fd)
    happened = start > 0 or any(event.what is not None for event in events)
    if not happened:
        path.unlink()  # nothing but a warcinfo record
    else:
        enter(collection, name, events, text_outcome)
        path.rename(final)
    sync_folder(path.parent)
    if happened:
        reindex(collection, final)
        collection.catalogue.mark_published(name)
    return findings


def _keep_aside(collection: Collection, path: Path, fd: int, start: int) -> Path:
    """Copy what is behind `start` to the folder of damaged things."""
    aside = collection.root / "damaged" / f"{path.name}.from-{start}"
    content = os.pread(fd, _size(fd) - start, start)
    write_whole(aside, content)
    return aside


def _drop_temporary(collection: Collection) -> None:
    """Remove half-written derived files; they are made again."""
    root, pattern = collection.root, f"*{OPEN_SUFFIX}"
    below = [(root / name).rglob(pattern) for name in ("text", "index", "damaged")]
    for path in chain(root.glob(pattern), *below):
        if not _is_alive(path):
            with suppress(FileNotFoundError):
                path.unlink()


def _is_alive(path: Path) -> bool:
    """Whether the process that writes a temporary file still runs; its name says."""
    pid = path.name.removesuffix(OPEN_SUFFIX).rpartition(".")[2]
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_still(path: Path, fd: int) -> bool:
    """Whether the file that was opened has that name still."""
    try:
        return os.path.samestat(path.stat(), os.fstat(fd))
    except FileNotFoundError:
        return False


def _size(fd: int) -> int:
    return os.fstat(fd).st_size
