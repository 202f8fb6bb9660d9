"""Walk a collection, and say everything that is not as it should be [I/O].

What can be said of a file alone is said by `archive.warc.check`; here the
files are held against each other, against the index and the catalogue. The
verdict is the caller's to compute from the findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.collection import Collection
from archive.errors import DatelineError
from archive.index import build_index
from archive.model import Finding, Severity
from archive.questions import Kept, Limits, captures
from archive.warc import check
from archive.warc.reader import read_records

CODES: dict[str, tuple[Severity, str]] = {
    "unfinished-file": (
        Severity.WARNING,
        "A WARC file is `.open`: a process is writing it, or was ended in the middle. "
        "The next `dateline crawl` or `archive` finishes it.",
    ),
    "no-index": (
        Severity.WARNING,
        "A WARC file has no CDXJ file. `dateline rebuild` makes it.",
    ),
    "index-differs": (
        Severity.ERROR,
        "The CDXJ file of a WARC file does not say what the file holds. "
        "`dateline rebuild` makes it again.",
    ),
    "catalogue-differs": (
        Severity.ERROR,
        "The catalogue names a record that does not lie where it says. "
        "`dateline rebuild` makes it again.",
    ),
    "not-catalogued": (
        Severity.WARNING,
        "A WARC file holds more than the catalogue knows. "
        "The next start, or `dateline rebuild`, enters it.",
    ),
    "dangling-revisit": (
        Severity.ERROR,
        "A revisit refers to a capture that is not in this collection.",
    ),
    "revisit-of-revisit": (
        Severity.ERROR,
        "A revisit refers to another revisit, which holds no payload either.",
    ),
    "record-id-twice": (
        Severity.ERROR,
        "Two records of different files have the same WARC-Record-ID.",
    ),
    "text-pending": (
        Severity.NOTE,
        "Captures wait for their text. The next start extracts it.",
    ),
}


def verify(root: Path, files: list[Path]) -> Iterator[Finding]:
    """Check the named files, or a whole collection. Raises CollectionError."""
    if files:
        for path in files:
            yield from check.check_file(path)
        return
    with Collection.open(root) as collection:
        yield from verify_collection(collection)


def verify_collection(collection: Collection) -> Iterator[Finding]:
    """Check every file of a collection, and that they agree."""
    for path in collection.unfinished():
        yield _finding("unfinished-file", collection.relative(path), "it is `.open`")
    record_ids: dict[str, str] = {}
    for path in collection.published():
        name = collection.relative(path)
        sound = True
        for finding in check.check_file(path, name=name):
            sound = sound and finding.severity is not Severity.ERROR
            yield finding
        yield from _twice(path, name, record_ids)
        if sound:
            yield from _index(collection, path, name)
    for text in sorted((collection.root / "text").rglob("*.warc.gz")):
        yield from check.check_file(text, name=collection.relative(text))
    yield from _catalogue(collection)


def _twice(path: Path, name: str, record_ids: dict[str, str]) -> Iterator[Finding]:
    for record in read_records(path, on_finding=lambda _finding: None):
        if record.record_id is None:
            continue
        other = record_ids.setdefault(record.record_id, name)
        if other != name:
            yield _finding(
                "record-id-twice",
                name,
                f"{record.record_id} is in {other} too",
                record.offset,
            )


def _index(collection: Collection, path: Path, name: str) -> Iterator[Finding]:
    target = collection.index_of(name)
    if not target.exists():
        yield _finding("no-index", name, f"{collection.relative(target)} is missing")
        return
    lines = build_index(path, name.removeprefix("warc/"))
    expected = sorted(line.format().encode("utf-8") for line in lines)
    if target.read_bytes().splitlines() != [line.rstrip(b"\n") for line in expected]:
        yield _finding("index-differs", collection.relative(target), f"made of {name}")


def _catalogue(collection: Collection) -> Iterator[Finding]:
    known = collection.catalogue.files()
    for path in collection.published():
        name = collection.relative(path)
        level = known.get(name, (0, False, False))[0]
        if level < path.stat().st_size:
            yield _finding(
                "not-catalogued", name, f"catalogued up to {level} bytes", level
            )
    places = _places(collection)
    originals: dict[str, bool] = {}
    revisits: list[Kept] = []
    pending = 0
    for kept in captures(collection.catalogue, Limits()):
        capture = kept.capture
        originals[capture.record_id] = capture.revisit is not None
        pending += kept.text_outcome is None
        if capture.revisit is not None:
            revisits.append(kept)
        place = capture.locator
        if places.get((place.path, place.offset)) not in (capture.record_id, None):
            yield _finding(
                "catalogue-differs",
                place.path,
                f"{capture.record_id} is not there",
                place.offset,
            )
        elif (place.path, place.offset) not in places and place.path in known:
            if (collection.root / place.path).exists():
                yield _finding(
                    "catalogue-differs",
                    place.path,
                    f"no record begins where {capture.record_id} should",
                    place.offset,
                )
    for kept in revisits:
        yield from _revisit(kept, originals)
    if pending:
        yield _finding("text-pending", "catalogue.sqlite3", f"{pending} captures")


def _revisit(kept: Kept, originals: dict[str, bool]) -> Iterator[Finding]:
    capture = kept.capture
    assert capture.revisit is not None
    place = capture.locator
    is_revisit = originals.get(capture.revisit.record_id)
    if is_revisit is None:
        yield _finding(
            "dangling-revisit",
            place.path,
            f"{capture.record_id} refers to {capture.revisit.record_id}",
            place.offset,
        )
    elif is_revisit:
        yield _finding(
            "revisit-of-revisit",
            place.path,
            f"{capture.record_id} refers to {capture.revisit.record_id}",
            place.offset,
        )


def _places(collection: Collection) -> dict[tuple[str, int], str | None]:
    """Map every place where a record begins to the id of it."""
    places: dict[tuple[str, int], str | None] = {}
    for path in collection.published():
        name = collection.relative(path)
        for record in read_records(path, on_finding=lambda _finding: None):
            places[name, record.offset] = record.record_id
    return places


def _finding(code: str, path: str, sentence: str, offset: int | None = None) -> Finding:
    return Finding(
        code=code,
        severity=CODES[code][0],
        path=path,
        offset=offset,
        sentence=sentence,
    )


__all__ = ["CODES", "DatelineError", "verify", "verify_collection"]
