"""Answers out of stored WARC files, for many pages in a row [I/O].

FastWARC reads a record in a fraction of the time that our own reader takes, which
looks at every byte a standard speaks of. What comes of it has to have the digest that
was kept with the capture; else, or where FastWARC refuses, our own reader decides.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from fastwarc.warc import ArchiveIterator

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.events import Answer
from archive.message import MessageError
from archive.model import Capture, Finding, Severity
from archive.reading import answer_in, load_answer

CODES: Final[dict[str, tuple[Severity, str]]] = {
    "read-otherwise": (
        Severity.NOTE,
        (
            "FastWARC could not read a record of a stored page, or read something "
            "else than was kept; our own reader read it."
        ),
    ),
}

OnFinding = Callable[[Finding], None]


class UnreadableError(ArchiveError):
    """The answer of a capture can't be had from its record."""


class AnswerReader:
    """Reads the answers of captures, those of one WARC file one behind the other."""

    def __init__(self, collection: Collection, on_finding: OnFinding) -> None:
        """Read from `collection`; what was odd is given to `on_finding`."""
        self._collection = collection
        self._on_finding = on_finding
        self._path: Path | None = None
        self._file: BinaryIO | None = None

    def read(self, capture: Capture) -> Answer:
        """Give what a capture answered; of a revisit, the payload of its original.

        Raises UnreadableError.
        """
        try:
            if capture.revisit is not None:
                return self._insist(capture, load_answer(self._collection, capture))
            refused = ""
            try:
                answer = first_answer(self._member(capture))
            except _REFUSALS as error:
                refused = f"{type(error).__name__}: {error}"
            else:
                if answer.payload_digest == capture.payload_digest:
                    return answer
                refused = "another payload"
            answer = self._insist(capture, load_answer(self._collection, capture))
        except (ArchiveError, MessageError, OSError) as error:
            raise UnreadableError(f"cannot read: {error}") from error
        self._tell(capture, refused)
        return answer

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._file = self._path = None

    def _member(self, capture: Capture) -> bytes:
        place = capture.locator
        path = self._collection.find(place.path)
        if self._file is None or path != self._path:
            self.close()
            self._file, self._path = path.open("rb"), path
        self._file.seek(place.offset)
        return self._file.read(place.length)

    def _insist(self, capture: Capture, answer: Answer) -> Answer:
        if answer.payload_digest != capture.payload_digest:
            raise UnreadableError(
                f"the payload is {answer.payload_digest}, and was "
                f"{capture.payload_digest} when it was kept"
            )
        return answer

    def _tell(self, capture: Capture, refused: str) -> None:
        self._on_finding(
            Finding(
                code="read-otherwise",
                severity=CODES["read-otherwise"][0],
                path=capture.locator.path,
                offset=capture.locator.offset,
                sentence=f"FastWARC: {refused}",
            )
        )


# What FastWARC raises: OSError of its own kinds for what it can't inflate or parse,
# ValueError for what it can't decode; nothing at all gives StopIteration here.
_REFUSALS: Final = (OSError, ValueError, StopIteration, EOFError, RuntimeError)


def first_answer(data: bytes) -> Answer:
    """Read the answer in the first record, through FastWARC.

    The HTTP message in it is left as it is. Raises what FastWARC raises, MessageError,
    and StopIteration where there is no record.
    """
    record = next(iter(ArchiveIterator(io.BytesIO(data), parse_http=False)))
    block: bytes = record.reader.read()
    headers = record.headers
    return answer_in(headers.get("WARC-Type") or "", headers.get("Content-Type"), block)
