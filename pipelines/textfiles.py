"""Pages that lie in files: one, or a list of them through the pool [I/O]."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

from archive.errors import UsageError
from archive.reading import DECODED_LIMIT
from pipelines.article_text import UNKNOWN_ADDRESS, page_of
from pipelines.extraction import Extraction, Page
from pipelines.pool import ExtractionPool
from pipelines.textvalues import Values, accident, row

# One slow page does not keep the other workers waiting, and no list fills the memory.
_AHEAD: Final = 16  # pages handed to each worker before the first result is taken
_AHEAD_LENGTH: Final = 256 * 1024 * 1024  # bytes of them
_LONGEST_ERROR: Final = 300  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of a list: a page, or why there is none."""

    number: int  # of the line, from 1
    id: str | int | None
    page: Page | None = None
    error: str = ""


class _BadLineError(Exception):
    """A line of a list names no page; the text says why."""


def read_payload(file: BinaryIO, name: str) -> bytes:
    """Read a page to its end. Raises OSError, and UsageError if it is too long."""
    payload = file.read(DECODED_LIMIT + 1)
    if len(payload) > DECODED_LIMIT:
        raise UsageError(f"{name} is longer than {DECODED_LIMIT >> 20} MiB: no page")
    return payload


def listed_pages(
    lines: Iterable[bytes], folder: Path, captured_at: datetime
) -> Iterator[Listed]:
    """Read the pages that a list in JSON Lines names, in its order.

    A line has `id` and `path`, relative to `folder`, and may have `url`,
    `content_type` and `captured_at` (else that of the list). Empty lines are passed
    over; a bad line, or an unreadable file, is given as an error.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name: str | int | None = None
        try:
            told = _told(line)
            name = _name(told)
            page = _page(told, folder, captured_at)
        # ValueError: a path that no file can have, such as one with a NUL.
        except (_BadLineError, UsageError, OSError, ValueError) as error:
            yield Listed(number=number, id=name, error=sentence(error))
        else:
            yield Listed(number=number, id=name, page=page)


def batch(listed: Iterable[Listed], pool: ExtractionPool) -> Iterator[Values]:
    """Give a row for each page of a list, in its order.

    What failed has an `error`, with the number of its `line` in the list. Raises
    ExtractorUnavailable.
    """
    waiting: deque[tuple[Listed, Future[Extraction] | None]] = deque()
    for one in listed:
        waiting.append((one, pool.submit(one.page) if one.page else None))
        while waiting and _is_full(waiting, pool):
            yield _row(*waiting.popleft())
    while waiting:
        yield _row(*waiting.popleft())


def sentence(error: Exception) -> str:
    """Say on one line what an error says, without the number of the system's."""
    said = str(error)
    if isinstance(error, OSError) and error.strerror and error.filename:
        said = f"{error.filename}: {error.strerror}"
    return " ".join(said.split())[:_LONGEST_ERROR]


def json_line(values: Values) -> bytes:
    """Write one line of JSON Lines, in UTF-8.

    Half a surrogate pair, which UTF-8 can't hold, becomes the escape that JSON has
    for it.
    """
    line = json.dumps(values, ensure_ascii=False)
    return line.encode("utf-8", "backslashreplace") + b"\n"


def moment_of(text: str) -> datetime:
    """Read when a page was captured; a day alone stands for its last second.

    No date after the capture is believed, and a page of a day may say each hour of
    it. Raises ValueError.
    """
    moment = datetime.fromisoformat(text.strip())
    if len(text.strip()) <= len("2024-03-11"):
        moment += timedelta(days=1, seconds=-1)
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _is_full(
    waiting: deque[tuple[Listed, Future[Extraction] | None]], pool: ExtractionPool
) -> bool:
    future = waiting[0][1]
    return (
        future is None
        or future.done()
        or len(waiting) >= _AHEAD * pool.workers
        or pool.pending.length >= _AHEAD_LENGTH
    )


def _row(listed: Listed, future: Future[Extraction] | None) -> Values:
    if future is None:
        return _failed(listed, listed.error)
    extraction = future.result()
    error = accident(extraction)
    values = {"id": listed.id, **row(extraction)}
    return values if error is None else {**values, **_failed(listed, error)}


def _failed(listed: Listed, error: str) -> Values:
    return {"id": listed.id, "error": error, "line": listed.number}


def _told(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _BadLineError(f"no JSON: {error}") from error
    if not isinstance(told, dict):
        raise _BadLineError("no JSON object")
    return told


def _name(told: dict[str, Any]) -> str | int:
    name = told.get("id")
    if isinstance(name, str | int) and not isinstance(name, bool):
        return name
    raise _BadLineError("no id: it is text or a number")


def _page(told: dict[str, Any], folder: Path, captured_at: datetime) -> Page:
    path = folder / (_text(told, "path") or "")
    if not told.get("path"):
        raise _BadLineError("no path")
    if path.exists() and not path.is_file():  # a pipe would never end
        raise _BadLineError(f"{path} is no file")
    if stated := _text(told, "captured_at"):
        try:
            captured_at = moment_of(stated)
        except (ValueError, OverflowError) as error:
            raise _BadLineError(f"captured_at is no date: {stated!r}") from error
    with path.open("rb") as file:
        payload = read_payload(file, str(path))
    return page_of(
        payload,
        _text(told, "url") or UNKNOWN_ADDRESS,
        captured_at=captured_at,
        content_type=_text(told, "content_type"),
    )


def _text(told: dict[str, Any], key: str) -> str | None:
    value = told.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _BadLineError(f"{key} is no text: {value!r}")
