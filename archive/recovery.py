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
from pathlib import Path

from archive.collection import Collection
from archive.errors import PlacedError
from archive.eventlog import Event, read_events, whole_until
from archive.index import build_index, write_index
from archive.model import Capture, Finding, Miss, Run, Severity, TextOutcome
from archive.warc.writer import OPEN_SUFFIX, storage_error, sync_folder, write_whole

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
        _drop_temporary(collection)
    findings += bring_level(collection, text_outcome)
    return findings


def bring_level(collection: Collection, text_outcome: TextOutcomeOf) -> list[Finding]:
    """Enter published files in catalogue and index, as far as they are not."""
    findings: list[Finding] = []
    known = collection.catalogue.files()
    for path in collection.published():
        name = collection.relative(path)
        level, published, _ = known.get(name, (0, False, False))
        try:
            if level < path.stat().st_size or not published:
                events = read_events(path, name, level)
                enter(collection, name, events, text_outcome)
                collection.catalogue.mark_published(name)
            if not collection.index_of(name).exists():
                reindex(collection, path)
        except PlacedError as error:
            findings.append(
                Finding(
                    code="not-catalogued",
                    severity=Severity.ERROR,
                    path=name,
                    offset=error.offset,
                    sentence=f"{error.sentence}; what follows is not catalogued",
                )
            )
    return findings


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
    """Make the CDXJ file of one published WARC file. Raises PlacedError."""
    name = collection.relative(path)
    lines = build_index(path, name.removeprefix("warc/"))
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
    start = min(collection.catalogue.files().get(name, (0, 0, 0))[0], _size(fd))
    events, damage = whole_until(path, name, start)
    end = events[-1].end if events else start
    if end < _size(fd):
        aside = _keep_aside(collection, path, fd, end)
        findings.append(
            Finding(
                code="torn-tail-cut",
                severity=Severity.WARNING,
                path=name,
                offset=end,
                sentence=f"{_size(fd) - end} bytes after the last whole event were "
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
    for folder in ("text", "index", "damaged"):
        for path in (collection.root / folder).rglob(f"*{OPEN_SUFFIX}"):
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


def _size(fd: int) -> int:
    return os.fstat(fd).st_size
