"""Walk a collection, and say everything that is not as it should be [I/O].

What can be said of a file alone is said by `archive.warc.check`; here the
files are held against each other, against the index and the catalogue. The
verdict is the caller's to compute from the findings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from archive.cdxj import sorted_lines
from archive.collection import CATALOGUE, Collection
from archive.errors import PlacedError
from archive.importing.about import about_path, is_imported, read_about
from archive.importing.entering import record_ids
from archive.importing.model import About
from archive.importing.storing import sha256_of_file
from archive.index import build_index
from archive.indexmerge import wrong_merged
from archive.model import Finding, Severity
from archive.questions import broken_revisits, captures_of_file
from archive.warc import check
from archive.warc.reader import read_records

CODES: dict[str, tuple[Severity, str]] = {
    "unfinished-file": (
        Severity.WARNING,
        (
            "A WARC file is `.open`: a process is writing it, or was cut off in the "
            "middle. The next `dateline crawl` or `archive` finishes it."
        ),
    ),
    "no-index": (
        Severity.WARNING,
        "A WARC file has no CDXJ file. `dateline rebuild` makes it.",
    ),
    "index-differs": (
        Severity.ERROR,
        (
            "The CDXJ file of a WARC file does not say what the file holds. "
            "`dateline rebuild` makes it again."
        ),
    ),
    "merged-index-differs": (
        Severity.ERROR,
        (
            "A merged index file does not hold the lines of the files that it was made "
            "of. `dateline index merge` makes it again."
        ),
    ),
    "catalogue-differs": (
        Severity.ERROR,
        (
            "The catalogue names a record that does not lie where it says. "
            "`dateline rebuild` makes it again."
        ),
    ),
    "not-catalogued": (
        Severity.WARNING,
        (
            "A WARC file holds more than the catalogue knows. "
            "The next start, or `dateline rebuild`, enters it."
        ),
    ),
    "file-missing": (
        Severity.ERROR,
        (
            "The catalogue names a WARC file that is not there. If it was moved on "
            "purpose, `dateline rebuild` forgets it."
        ),
    ),
    "dangling-revisit": (
        Severity.ERROR,
        "A revisit refers to a capture that is not in this collection.",
    ),
    "revisit-chain": (
        Severity.ERROR,
        "A revisit refers to another revisit, which holds no payload either.",
    ),
    "record-id-twice": (
        Severity.ERROR,
        "Two records of different files have the same WARC-Record-ID.",
    ),
    "import-changed": (
        Severity.ERROR,
        (
            "An imported file is not the one that was taken in: its digest was written "
            "down then, and is another now."
        ),
    ),
    "import-unknown": (
        Severity.ERROR,
        (
            "What was written down of an imported file, when it was taken in, is "
            "missing or can't be read."
        ),
    ),
    "import-remarks": (
        Severity.NOTE,
        (
            "An imported file is as it was taken in, and not as a WARC file should be "
            "in places: whoever wrote it did so."
        ),
    ),
    "imported-twice": (
        Severity.NOTE,
        "A record of an imported file is in another file too; the first one counts.",
    ),
    "original-elsewhere": (
        Severity.WARNING,
        "An imported revisit is of a capture that was not imported.",
    ),
    "text-pending": (
        Severity.NOTE,
        "Captures wait for their text. The next start extracts it.",
    ),
}


def verify(root: Path, files: list[Path]) -> Iterator[Finding]:
    """Check the named files, or a whole collection. Raises CollectionError."""
    for path in files:
        yield from check.check_file(path)
    if not files:
        with Collection.open(root) as collection:
            yield from verify_collection(collection)


def verify_collection(collection: Collection) -> Iterator[Finding]:
    """Check every file of a collection, and that they agree."""
    for path in collection.unfinished():
        yield _finding("unfinished-file", collection.relative(path), "it is `.open`")
    seen: dict[str, str] = {}  # record id: file
    levels = {n: level for n, (level, _, _) in collection.catalogue.files().items()}
    for path in collection.published():
        name = collection.relative(path)
        about, problems = _about(path, name)
        yield from problems
        places = _places(path, about)
        if about is None:
            yield from _of_file(collection, path)
        else:
            yield from _imported(collection, path, about)
        yield from _twice(name, places, seen)
        yield from _index(collection, path, name)
        if levels.pop(name, 0) < path.stat().st_size:
            sentence = "the catalogue does not know all of it"
            yield _finding("not-catalogued", name, sentence)
        yield from _catalogue(collection, name, places)
    for name in levels:
        if not collection.find(name).exists():
            yield _finding("file-missing", name, "the catalogue knows this file")
    for merged, problem in wrong_merged(collection.index):
        yield _finding("merged-index-differs", collection.relative(merged), problem)
    for text in sorted((collection.root / "text").rglob("*.warc.gz")):
        yield from _of_file(collection, text)
    yield from _references(collection)


def _of_file(collection: Collection, path: Path) -> Iterator[Finding]:
    """Check a file alone; what it refers to elsewhere is looked up further on."""
    for finding in check.check_file(path, name=collection.relative(path)):
        if finding.code not in ("refers-outside", "revisit-of-revisit"):
            yield finding


def _about(path: Path, name: str) -> tuple[About | None, list[Finding]]:
    """Read what was written down of an imported file; nothing is of our own."""
    problem = ""
    try:
        about = read_about(path)
        if about is None and is_imported(name) and path != about_path(path.parent):
            problem = f"{about_path(path.parent).name} is missing"
        elif about is not None and about.of(path.name) is None:
            problem, about = f"{about_path(path.parent).name} does not name it", None
    except PlacedError as error:
        problem, about = str(error), None
    return about, [_finding("import-unknown", name, problem)] if problem else []


def _places(path: Path, about: About | None) -> dict[int, str | None]:
    if about is not None:
        return record_ids(path, about)
    records = read_records(path, on_finding=lambda _finding: None)
    return {record.offset: record.record_id for record in records}


def _imported(collection: Collection, path: Path, about: About) -> Iterator[Finding]:
    """Check a file of others: that it is the one that was taken in.

    What else there is to say of it is its maker's business, and counted only.
    """
    name, stored = collection.relative(path), about.of(path.name)
    digest = sha256_of_file(path)
    if stored is None or digest != stored.digest:
        was = stored.digest if stored else "unknown"
        yield _finding("import-changed", name, f"it is {digest}, and was {was}")
        yield from _of_file(collection, path)
        return
    found = Counter(finding.severity for finding in _of_file(collection, path))
    counted = [f"{found[s]} {s}{'s' * (found[s] != 1)}" for s in Severity if found[s]]
    if counted:
        sentence = f"{', '.join(counted)}, from its maker: `dateline verify FILE` lists"
        yield _finding("import-remarks", name, f"{sentence} them")


def _twice(
    name: str, places: dict[int, str | None], seen: dict[str, str]
) -> Iterator[Finding]:
    for offset, record_id in places.items():
        if record_id is not None and seen.setdefault(record_id, name) != name:
            sentence = f"{record_id} is in {seen[record_id]} too"
            theirs = is_imported(name) or is_imported(seen[record_id])
            code = "imported-twice" if theirs else "record-id-twice"
            yield _finding(code, name, sentence, offset)


def _index(collection: Collection, path: Path, name: str) -> Iterator[Finding]:
    target = collection.index_of(name)
    if not target.exists():
        yield _finding("no-index", name, f"{collection.relative(target)} is missing")
        return
    found: list[Finding] = []
    lines = build_index(path, name.removeprefix("warc/"), on_finding=found.append)
    yield from (replace(f, path=name) for f in found if f.code == "not-indexed")
    if target.read_bytes() != b"".join(sorted_lines(lines)):
        yield _finding("index-differs", collection.relative(target), f"made of {name}")


def _catalogue(
    collection: Collection, name: str, places: dict[int, str | None]
) -> Iterator[Finding]:
    for kept in captures_of_file(collection.catalogue, name):
        capture = kept.capture
        if places.get(capture.locator.offset) != capture.record_id:
            sentence = f"{capture.record_id} does not begin there"
            yield _finding("catalogue-differs", name, sentence, capture.locator.offset)


def _references(collection: Collection) -> Iterator[Finding]:
    for kept, problem in broken_revisits(collection.catalogue):
        assert kept.capture.revisit is not None
        place = kept.capture.locator
        sentence = f"{kept.capture.record_id} of {kept.capture.revisit.record_id}"
        if problem == "dangling-revisit" and is_imported(place.path):
            problem = "original-elsewhere"  # noqa: PLW2901 (the same, said otherwise)
        yield _finding(problem, place.path, sentence, place.offset)
    pending = len(collection.catalogue.pending())
    if pending:
        yield _finding("text-pending", CATALOGUE, f"{pending} captures")


def _finding(code: str, path: str, sentence: str, offset: int | None = None) -> Finding:
    return Finding(
        code=code,
        severity=CODES[code][0],
        path=path,
        offset=offset,
        sentence=sentence,
    )
