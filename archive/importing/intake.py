"""What is taken out of one file that was given, before any of it is held [I/O]."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Final

import msgspec

from archive import clock
from archive.cdxj import format_line
from archive.collection import Collection
from archive.digests import sha256_label
from archive.eventlog import Event
from archive.importing.about import stored_path
from archive.importing.captures import Names, capture_from, is_answer
from archive.importing.facts import Facts, index_line
from archive.importing.folder import ImportFolder
from archive.importing.model import CODES, COMMAND, About, Form, Page, Stored
from archive.importing.pages import PAGE_LISTS, read_pages
from archive.importing.storing import (
    Kept,
    NotTaken,
    OnBytes,
    Source,
    damage_in,
    keep_as_it_was,
    keep_records,
    look_at,
)
from archive.importing.wacz import Wacz, open_wacz
from archive.model import Capture, Finding, Locator, Run
from archive.terminal import printable
from archive.warc.reader import Record
from archive.warc.writer import storage_error

_ZIP: Final = b"PK\x03\x04"
_MOST_TOLD: Final = 100  # damaged places that are written down
_EVENT: Final = msgspec.json.Decoder(tuple[Capture | None, int])


class HeldError(Exception):
    """The file is held already; the text says where."""


@dataclass(slots=True, kw_only=True)
class IntakeFile:
    """A WARC file that was taken into the folder."""

    name: str  # as the catalogue will have it
    stored: Stored
    lines: list[bytes]  # of its index
    begins: int  # its captures, in the spool
    ends: int


class Intake:
    """What is taken out of one file that was given, before it is held."""

    def __init__(
        self,
        collection: Collection,
        folder: ImportFolder,
        path: Path,
        source_id: str,
        known: dict[str, str],
    ) -> None:
        self.folder = folder
        self.label = printable(str(path))
        self.files: list[IntakeFile] = []
        self.container: Stored | None = None
        self.wacz: Wacz | None = None
        self.findings: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self._collection = collection
        self._path = path
        self._known = known
        self._pages: dict[tuple[str, str], Page] = {}
        self._held = ""
        settings = (("file", self.label),)
        self._run = Run(
            id=str(uuid.uuid4()),
            source_id=source_id,
            command=COMMAND,
            began_at=clock.now(),
            settings_digest=sha256_label(json.dumps(settings).encode("utf-8")),
            settings=settings,
        )
        try:
            # Captures wait here until the file is held: many, and small.
            self._spool: IO[bytes] = tempfile.TemporaryFile(  # noqa: SIM115 (closed in __exit__)
                dir=collection.root
            )
        except OSError as error:
            raise storage_error(error, collection.root) from error

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._spool.close()
        if self.wacz is not None:
            self.wacz.close()

    def take(self, on_bytes: OnBytes) -> None:
        """Bring what is in the file into the folder. Raises NotTaken, HeldError."""
        if _begins(self._path, self.label).startswith(_ZIP):
            self._take_wacz(on_bytes)
        else:
            self._take_warc(on_bytes)

    def report(self) -> Run:
        """Say what came of it."""
        self.counts["files"] = len(self.files)
        self.counts["bytes"] = sum(file.stored.original_length for file in self.files)
        self.counts["left-out"] = len(damage_in(self.findings))
        counts = tuple(sorted((n, v) for n, v in self.counts.items() if v))
        return replace(self._run, ended_at=clock.now(), counts=counts)

    def events(self, file: IntakeFile) -> Iterator[Event]:
        """Give the captures of a file that was taken."""
        self._spool.seek(file.begins)
        while self._spool.tell() < file.ends:
            capture, end = _EVENT.decode(self._spool.readline())
            yield Event(what=capture, end=end)

    def _take_warc(self, on_bytes: OnBytes) -> None:
        target = stored_path(self.folder.path, 1)
        source = look_at(self._path, self.label, copy=target)
        self._insist_new(source)
        self._keep(source, target, printable(self._path.name), on_bytes)

    def _take_wacz(self, on_bytes: OnBytes) -> None:
        whole = look_at(self._path, self.label)
        self._insist_new(whole)
        self.wacz = wacz = open_wacz(self._path, self.label)
        name = printable(self._path.name)
        self.container = Stored(
            name=name,
            original_name=name,
            original_digest=whole.digest,
            original_length=whole.length,
            form=Form.RECORDS,
            digest=whole.digest,
            length=whole.length,
        )
        for part in wacz.parts:
            if part.name.startswith(PAGE_LISTS):
                for key, page in read_pages(part.content, part.urn):
                    self._pages.setdefault(key, page)
        read = 0
        for info in wacz.warcs:
            self._take_member(wacz, info.filename, partial(_further, on_bytes, read))
            read += info.compress_size
        self.findings[:0] = wacz.findings
        if not self.files:
            if self._held:
                raise HeldError(self._held)
            raise NotTaken(
                "; ".join(f.sentence for f in self.findings)
                or f"{self.label} holds no WARC file that can be read"
            )

    def _take_member(self, wacz: Wacz, inner: str, on_bytes: OnBytes) -> None:
        label = printable(f"{self.label}/{inner}")
        target = stored_path(self.folder.path, len(self.files) + 1)
        try:
            wacz.extract(inner, target)
            source = look_at(target, label)
            wacz.compare(inner, source.digest)
            self._insist_new(source)
            self._keep(source, target, printable(inner.rpartition("/")[2]), on_bytes)
        except HeldError as held:
            self._held = str(held)
            target.unlink()
        except NotTaken as refusal:
            target.unlink(missing_ok=True)
            self._tell("wacz-member", label, None, str(refusal))

    def _insist_new(self, source: Source) -> None:
        place = self._known.get(source.digest)
        if place is not None:
            raise HeldError(f"{source.label} is held already, as {place}")

    def _keep(self, source: Source, target: Path, name: str, on_bytes: OnBytes) -> None:
        catalogued = self._collection.relative(self.folder.final / target.name)
        about = About(run=self._run, stored=(), pages=self._pages)
        begins = self._spool.seek(0, 2)
        sink = _Sink(catalogued, about, source, self._spool)
        kept = keep_as_it_was(source, sink.take, on_bytes)
        if kept is None:
            if source.path == target:
                aside = target.with_suffix(".source")
                target.rename(aside)
                source = replace(source, path=aside)
            self._spool.seek(begins)
            self._spool.truncate()
            sink = _Sink(catalogued, about, source, self._spool)
            try:
                kept = keep_records(source, target, sink.take, on_bytes)
            finally:
                if source.path != self._path:
                    source.path.unlink()
        self.counts += sink.counts
        found = [replace(f, path=source.label) for f in kept.findings]
        self.findings += [*found, *sink.findings]
        self.files.append(
            IntakeFile(
                name=catalogued,
                stored=_stored(source, kept, target.name, name, damage_in(found)),
                lines=sink.lines,
                begins=begins,
                ends=self._spool.tell(),
            )
        )

    def _tell(self, code: str, path: str, offset: int | None, sentence: str) -> None:
        self.findings.append(_finding(code, path, offset, sentence))


class _Sink:
    """Takes the records of a file, and notes what is to be entered of them."""

    def __init__(
        self, name: str, about: About, source: Source, spool: IO[bytes]
    ) -> None:
        self.lines: list[bytes] = []
        self.counts: Counter[str] = Counter()
        self.findings: list[Finding] = []
        self._name = name
        self._about = about
        self._label = source.label
        self._names = Names(source.digest)
        self._spool = spool

    def take(self, record: Record, facts: Facts, offset: int, length: int) -> None:
        self.counts["records"] += 1
        place = Locator(path=self._name, offset=offset, length=length)
        capture = capture_from(record, facts, self._names, place, self._about)
        line = index_line(
            record, facts, offset, length, self._name.removeprefix("warc/")
        )
        if line is not None:
            self.lines.append(format_line(line))
        if capture is not None:
            self.counts["captures"] += 1
            self.counts["revisits"] += capture.revisit is not None
            self.counts["error-answers"] += capture.status >= 400
        elif is_answer(record) and line is not None:
            self._tell("not-http", record)
        elif record.type in ("response", "revisit") and line is None:
            self._tell("no-place", record)
        try:
            self._spool.write(msgspec.json.encode((capture, offset + length)) + b"\n")
        except OSError as error:
            raise storage_error(error, Path(self._name)) from error

    def _tell(self, code: str, record: Record) -> None:
        sentence = CODES[code][1]
        self.findings.append(_finding(code, self._label, record.offset, sentence))


def _stored(
    source: Source, kept: Kept, name: str, original: str, damage: list[Finding]
) -> Stored:
    left_out = [f"{f.sentence} (offset {f.offset})" for f in damage[:_MOST_TOLD]]
    if len(damage) > _MOST_TOLD:
        left_out.append(f"and {len(damage) - _MOST_TOLD} more places")
    return Stored(
        name=name,
        original_name=original,
        original_digest=source.digest,
        original_length=source.length,
        form=kept.form,
        digest=kept.digest,
        length=kept.length,
        content_digest=kept.content_digest,
        left_out=tuple(left_out),
    )


def _finding(code: str, path: str, offset: int | None, sentence: str) -> Finding:
    return Finding(
        code=code,
        severity=CODES[code][0],
        path=path,
        offset=offset,
        sentence=sentence,
    )


def _begins(path: Path, label: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP))
    except OSError as error:
        raise NotTaken(f"{label} can not be read: {error.strerror}") from error


def _further(on_bytes: OnBytes, before: int, read: int) -> None:
    on_bytes(before + read)
