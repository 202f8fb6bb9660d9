"""The captures of an imported file, read back from it [I/O].

What an import enters while it takes a file in, a rebuild enters from the file and
what is said about it: both come from `capture_from`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.errors import DamagedRecord
from archive.eventlog import Event
from archive.importing.captures import Names, capture_from, is_answer
from archive.importing.facts import read_facts
from archive.importing.model import About, Stored
from archive.model import Locator
from archive.warc.reader import OnFinding, read_records


def imported_events(
    path: Path, name: str, about: About, *, on_finding: OnFinding
) -> Iterator[Event]:
    """Give the captures of an imported file, under its catalogued name."""
    names = Names(_stored(path, about).original_digest)
    for record in read_records(path, on_finding=on_finding):
        facts = read_facts(record)
        if not (record.whole and record.own_member):
            continue
        place = Locator(path=name, offset=record.offset, length=record.length)
        yield Event(
            what=capture_from(record, facts, names, place, about),
            end=record.offset + record.length,
        )


def record_ids(path: Path, about: About) -> dict[int, str | None]:
    """Name the answers of an imported file, by their places, as its captures are."""
    names = Names(_stored(path, about).original_digest)
    found: dict[int, str | None] = {}
    for record in read_records(path, on_finding=lambda _finding: None):
        record.finish()
        if is_answer(record) and record.whole and record.own_member:
            found[record.offset] = names.name(record, record.offset)
    return found


def _stored(path: Path, about: About) -> Stored:
    stored = about.of(path.name)
    if stored is None:
        sentence = "nothing is said of where this file came from"
        raise DamagedRecord(sentence, path=path, offset=0)
    return stored
