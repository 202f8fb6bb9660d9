"""Files taken into a collection, and what is in it afterwards."""

from __future__ import annotations

from pathlib import Path

from archive.cdxj import CdxLine, parse_line
from archive.collection import Collection
from archive.importing.revisits import resolve
from archive.importing.taking import Importer, Taken
from archive.model import Capture, Finding
from archive.questions import Limits, captures, runs
from archive.verify import verify_collection
from pipelines.texts import outcome_at_once


class Taking:
    """Takes files in, and tells of what is held."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._importer = Importer(collection, text_outcome=outcome_at_once)

    def take(self, *paths: Path, source_id: str = "theirs") -> list[Taken]:
        """Take files in as `dateline import` does, but for their texts."""
        taken = [self._importer.take(path, source_id=source_id) for path in paths]
        resolve(self.collection, outcome_at_once)
        return taken

    def bytes(self, path: Path, content: bytes) -> Taken:
        """Take in a file with this content."""
        path.write_bytes(content)
        return self.take(path)[0]

    def captures(self) -> list[Capture]:
        """List the captures, the oldest first, those of a time in file order."""
        found = (k.capture for k in captures(self.collection.catalogue, Limits()))
        return sorted(found, key=lambda c: (c.date, c.locator.path, c.locator.offset))

    def runs(self) -> dict[str, dict[str, int]]:
        """Give the counts of each run, by its source."""
        found = runs(self.collection.catalogue, Limits())
        return {run.source_id: dict(run.counts) for run in found}

    def lines(self) -> list[CdxLine]:
        """Give the lines of all small index files."""
        found = sorted(self.collection.index.rglob("imported-*.cdxj"))
        lines = (line for path in found for line in path.read_bytes().splitlines())
        return [parse_line(line) for line in lines]

    def findings(self) -> list[Finding]:
        """Verify the collection, notes left out."""
        found = verify_collection(self.collection)
        return [finding for finding in found if finding.severity != "note"]

    def stored(self) -> list[Path]:
        """List the files of others in the collection."""
        return [
            path
            for path in self.collection.published()
            if not path.name.endswith("-about.warc.gz")
        ]
