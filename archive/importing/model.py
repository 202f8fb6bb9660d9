"""What is known of files that came from elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from archive.clock import timestamp14
from archive.model import Run, Severity

COMMAND: Final = "import"

CODES: Final[dict[str, tuple[Severity, str]]] = {
    "no-place": (
        Severity.WARNING,
        (
            "A captured answer has no address or no date: it is kept, and can't be "
            "looked up."
        ),
    ),
    "not-http": (
        Severity.NOTE,
        "A response is kept and indexed, and has no HTTP head that could be read.",
    ),
    "wacz-digest": (
        Severity.ERROR,
        "A file in a WACZ is not the one whose digest its list has.",
    ),
    "wacz-member": (
        Severity.ERROR,
        "A WARC file in a WACZ can't be read.",
    ),
    "wacz-missing": (
        Severity.ERROR,
        "A WACZ lists a file that is not in it.",
    ),
    "wacz-unlisted": (
        Severity.WARNING,
        "A WACZ holds a WARC file that its list does not have.",
    ),
    "wacz-list": (
        Severity.WARNING,
        "The list of a WACZ, or its pages, can't be read: nothing could be compared.",
    ),
}


class Form(StrEnum):
    """How a file that came from elsewhere is kept."""

    AS_IT_WAS = "as-it-was"  # byte for byte
    RECORDS = "records"  # each record whole, in a gzip member of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A WARC file of an import: what it was, and as what it is kept."""

    name: str  # ours: in the folder of the import
    original_name: str  # as it was called, without folders
    original_digest: str  # "sha256:<hex>" of the file as it was given
    original_length: int
    form: Form
    digest: str  # "sha256:<hex>" of the file as it is kept
    length: int
    # Of the records without gzip, where they were compressed anew. If the file was
    # whole and plain, it is the digest of the original.
    content_digest: str | None = None
    left_out: tuple[str, ...] = ()  # what was damaged, with its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a list of pages in a WACZ claims."""

    title: str
    list_url: str  # the URN of the record in which the list is kept


Pages = Mapping[tuple[str, str], Page]
"""By address, and by time in 14 digits; the empty time stands for any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """An import: who brought what, and when."""

    run: Run  # of the import; its source is that of every capture
    stored: tuple[Stored, ...]
    container: Stored | None = None  # the WACZ that they came in
    pages: Pages = field(default_factory=dict)

    def of(self, name: str) -> Stored | None:
        """Give what is known of a file, by its name in the folder."""
        return next((one for one in self.stored if one.name == name), None)

    def page(self, url: str, date: datetime) -> Page | None:
        """Give what a list of pages claims of a capture."""
        return self.pages.get((url, timestamp14(date))) or self.pages.get((url, ""))
