"""The file that says where an import came from: written with it, read for ever [I/O].

It is a WARC file of ours, the first in the folder of the import: a `warcinfo`, the
report of the run, a `metadata` record for each file that was taken (`dateline-event:
import`), and what a WACZ says of itself, as it stood in it. The records of others are
not touched, so nothing of this stands in their files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.clock import warc_date
from archive.errors import DamagedRecord, UnsupportedFormat
from archive.events import EVENT, REPORT, run_record, warcinfo_record
from archive.importing.model import About, Form, Page, Stored
from archive.importing.pages import PAGE_LISTS, read_pages
from archive.model import Run
from archive.readback import details_of, run_from
from archive.warc.fields import serialise_warc_fields
from archive.warc.reader import read_records
from archive.warc.records import WARC_FIELDS, make_record, member, new_record_id
from archive.warc.writer import write_whole

IMPORT: Final = "import"  # the event of one file
PREFIX: Final = "imported-"  # of the folders of imports
PART: Final = "Dateline-Part"  # field of a record that holds a file out of a WACZ
_JSON_LINES: Final = "application/jsonl"
_MOST_PART: Final = 64 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file out of a WACZ that is kept beside the records."""

    name: str  # as it is called there
    content: bytes
    record_id: str  # of the record it is kept in

    @property
    def urn(self) -> str:
        """The address of the record."""
        return self.record_id.strip("<>")


def about_path(folder: Path) -> Path:
    """Name the file about an import, by the folder that it is, or will be, in."""
    stem = folder.name.removesuffix(".open")
    return folder / f"{stem}-about.warc.gz"


def stored_path(folder: Path, number: int) -> Path:
    """Name a file of an import, by its number from 1."""
    stem = folder.name.removesuffix(".open")
    return folder / f"{stem}-{number:04d}.warc.gz"


def is_imported(name: str) -> bool:
    """Whether a catalogued file came with an import, by its name."""
    return name.rpartition("/")[0].rpartition("/")[2].startswith(PREFIX)


def write_about(
    folder: Path,
    run: Run,
    stored: Iterable[Stored],
    *,
    container: Stored | None = None,
    parts: Iterable[Part] = (),
    settings: Iterable[tuple[str, str]] = (),
) -> None:
    """Write the file about an import into its folder. Raises StorageError.

    `settings` are what the warcinfo record says of software and collection.
    """
    assert run.ended_at is not None
    path = about_path(folder)
    date = run.ended_at
    info_id = new_record_id()
    records = [
        warcinfo_record(info_id, date, path.name, settings),
        run_record(run, info_id),
    ]
    fields = [("WARC-Date", warc_date(date)), ("WARC-Warcinfo-ID", info_id)]
    for one in (*((container,) if container else ()), *stored):
        block = serialise_warc_fields(_details(one, is_container=one is container))
        records.append(make_record("metadata", _named(fields), block, WARC_FIELDS))
    for part in parts:
        said = [("WARC-Record-ID", part.record_id), *fields, (PART, part.name)]
        kind = "application/json" if part.name.endswith(".json") else _JSON_LINES
        records.append(make_record("metadata", said, part.content, kind))
    write_whole(path, b"".join(map(member, records)))


def read_about(path: Path) -> About | None:
    """Read what is known of a WARC file that was imported; None of any other.

    `path` is of a file in the folder of an import, in the collection. Raises
    DamagedRecord or UnsupportedFormat where the file about it can't be read.
    """
    folder = path.parent
    about = about_path(folder)
    if not folder.name.startswith(PREFIX) or path == about or not about.is_file():
        return None
    run: Run | None = None
    stored: list[Stored] = []
    container: Stored | None = None
    pages: dict[tuple[str, str], Page] = {}
    for record in read_records(about):
        block = record.read_block(_MOST_PART)
        part = record.fields.first(PART)
        if part is not None:
            if part.startswith(PAGE_LISTS):
                urn = (record.record_id or "").strip("<>")
                for key, page in read_pages(block, urn):
                    pages.setdefault(key, page)
            continue
        pairs = details_of(block)
        event = dict(pairs).get(EVENT)
        try:
            if event == REPORT:
                run = run_from(pairs)
            elif event == IMPORT:
                one, is_container = _stored_from(pairs)
                container = one if is_container else container
                stored += [] if is_container else [one]
        except (KeyError, ValueError) as error:
            sentence = f"what is said of an import can't be read: {error!r}"
            raise DamagedRecord(sentence, path=about, offset=record.offset) from error
    if run is None:
        raise DamagedRecord("no report of an import is here", path=about, offset=0)
    return About(run=run, stored=tuple(stored), container=container, pages=pages)


def all_stored(folder: Path) -> Iterator[tuple[Path, Stored]]:
    """Go through what was ever imported into the `warc` folder of a collection.

    Gives each file's folder with it; containers too. What can't be read is passed
    over: `verify` speaks of it.
    """
    for about in sorted(folder.rglob(f"{PREFIX}*-about.warc.gz")):
        if about != about_path(about.parent) or about.parent.name.endswith(".open"):
            continue
        try:
            for record in read_records(about):
                if record.fields.first(PART):
                    break  # the files come first
                pairs = details_of(record.read_block())
                if dict(pairs).get(EVENT) == IMPORT:
                    yield about.parent, _stored_from(pairs)[0]
        except (DamagedRecord, UnsupportedFormat, OSError, KeyError, ValueError):
            continue


def _named(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("WARC-Record-ID", new_record_id()), *fields]


def _details(one: Stored, *, is_container: bool) -> list[tuple[str, str]]:
    details = [
        (EVENT, IMPORT),
        ("kind", "container" if is_container else "warc"),
        ("name", one.name),
        ("original-name", one.original_name),
        ("original-digest", one.original_digest),
        ("original-length", str(one.original_length)),
        ("form", one.form.value),
        ("digest", one.digest),
        ("length", str(one.length)),
    ]
    if one.content_digest:
        details.append(("content-digest", one.content_digest))
    return [*details, *(("left-out", sentence) for sentence in one.left_out)]


def _stored_from(pairs: Iterable[tuple[str, str]]) -> tuple[Stored, bool]:
    pairs = tuple(pairs)
    values = dict(pairs)
    stored = Stored(
        name=values["name"],
        original_name=values["original-name"],
        original_digest=values["original-digest"],
        original_length=int(values["original-length"]),
        form=Form(values["form"]),
        digest=values["digest"],
        length=int(values["length"]),
        content_digest=values.get("content-digest"),
        left_out=tuple(value for name, value in pairs if name == "left-out"),
    )
    return stored, values["kind"] == "container"
