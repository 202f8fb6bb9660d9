"""One file that was given, taken into a collection: whole, or not at all [I/O]."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import func, select

from archive import clock, schema
from archive.collection import Collection
from archive.eventlog import Event
from archive.importing.about import (
    about_path,
    all_stored,
    write_about,
)
from archive.importing.folder import ImportFolder
from archive.importing.intake import HeldError, Intake, IntakeFile
from archive.importing.model import Stored
from archive.importing.storing import (
    NotTaken,
    damage_in,
)
from archive.model import Capture, Finding, Run, TextOutcome
from archive.recovery import enter, level_file
from archive.terminal import printable
from archive.warc.writer import write_whole

_ZIP: Final = b"PK\x03\x04"
_MOST_TOLD: Final = 100  # damaged places that are written down
_EVENT: Final = msgspec.json.Decoder(tuple[Capture | None, int])

TextOutcomeOf = Callable[[Capture], TextOutcome | None]
OnBytes = Callable[[int], None]
"""Is told how far a file was read, in bytes."""


class Fate(StrEnum):
    """What became of a file that was given."""

    TAKEN = "taken"
    HELD = "already-held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a file that was given, with all that is to be told."""

    label: str  # the file, as it was named
    fate: Fate
    sentence: str = ""  # why it was not taken
    run: Run | None = None
    names: tuple[str, ...] = ()  # catalogued, of the files that hold it now
    stored: tuple[Stored, ...] = ()
    new: int = 0  # captures that were not held before
    findings: tuple[Finding, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all there was in the file is held now."""
        return self.fate is not Fate.REFUSED and not damage_in([*self.findings])


class Importer:
    """Takes files in, one after the other."""

    def __init__(
        self,
        collection: Collection,
        *,
        text_outcome: TextOutcomeOf,
        settings: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Take into `collection`; `settings` go into each warcinfo record.

        `text_outcome` says what can be said of a capture's text at once.
        """
        self._collection = collection
        self._text_outcome = text_outcome
        self._settings = tuple(settings)
        self._known = {
            digest: f"{collection.relative(folder)}/{one.name}"
            for folder, one in all_stored(collection.warc)
            for digest in (one.original_digest, one.digest)
        }

    def take(
        self, path: Path, *, source_id: str, on_bytes: OnBytes = lambda _n: None
    ) -> Taken:
        """Take a WARC or WACZ file in, and enter it in catalogue and index.

        What is damaged is left out, and told of. Raises StorageError: then nothing of
        the file is held, or all of it, and the next start enters it.
        """
        label = printable(str(path))
        try:
            with ImportFolder.create(self._collection, clock.now()) as folder:
                intake = Intake(self._collection, folder, path, source_id, self._known)
                with intake:
                    intake.take(on_bytes)
                    return self._finished(intake)
        except HeldError as held:
            return Taken(label=label, fate=Fate.HELD, sentence=str(held))
        except NotTaken as refusal:
            return Taken(label=label, fate=Fate.REFUSED, sentence=str(refusal))

    def _finished(self, intake: Intake) -> Taken:
        collection, folder = self._collection, intake.folder
        run = intake.report()
        write_about(
            folder.path,
            run,
            [file.stored for file in intake.files],
            container=intake.container,
            parts=intake.wacz.parts if intake.wacz else (),
            settings=self._settings,
        )
        final = folder.publish()
        # From here on it is held: a start enters whatever is not entered yet.
        level_file(collection, about_path(final), self._text_outcome)
        for file in intake.files:
            self._enter(file, intake.events(file))
        containers = [intake.container] if intake.container else []
        for one in (*containers, *(file.stored for file in intake.files)):
            for digest in (one.original_digest, one.digest):
                self._known[digest] = f"{collection.relative(final)}/{one.name}"
        return Taken(
            label=intake.label,
            fate=Fate.TAKEN,
            run=run,
            names=tuple(file.name for file in intake.files),
            stored=tuple(file.stored for file in intake.files),
            new=_count_of(collection, run),
            findings=tuple(intake.findings),
        )

    def _enter(self, file: IntakeFile, events: Iterator[Event]) -> None:
        collection, name = self._collection, file.name
        lines = b"".join(sorted(set(file.lines)))
        write_whole(collection.index_of(name), lines)
        enter(collection, name, events, self._text_outcome)
        collection.catalogue.add_events(name, file.stored.length)
        collection.catalogue.mark_published(name)


def _count_of(collection: Collection, run: Run) -> int:
    """Count the captures that were entered for a run."""
    question = select(func.count()).where(schema.captures.c.run_id == run.id)
    with collection.catalogue.reading() as connection:
        return int(connection.execute(question).scalar() or 0)
