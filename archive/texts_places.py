"""Where the files of an extractor lie in a collection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.collection import Collection

TEXT_SUFFIX: Final = ".text.warc.gz"  # the texts, as conversion records
JSONL_SUFFIX: Final = ".jsonl.gz"  # the same articles, a line each
# What became of every capture that was extracted, a line each. It is published last:
# where it is, the other two are, if they have anything to hold.
OUTCOMES_SUFFIX: Final = ".outcomes.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPaths:
    """The files of one extractor for one WARC file."""

    text: Path
    lines: Path
    outcomes: Path

    def is_there(self) -> bool:
        """Whether they are finished."""
        return self.outcomes.exists()


def folder_of(collection: Collection, key: str) -> Path:
    """Give the folder of an extractor's files."""
    return collection.root / "text" / key


def text_paths(collection: Collection, key: str, name: str) -> TextPaths:
    """Name the files that an extractor makes of the WARC file `name`."""
    return TextPaths(
        text=collection.derived(name, f"text/{key}", TEXT_SUFFIX),
        lines=collection.derived(name, f"text/{key}", JSONL_SUFFIX),
        outcomes=collection.derived(name, f"text/{key}", OUTCOMES_SUFFIX),
    )
