"""Texts out of their files, into the catalogue [I/O].

What a re-extraction has written is entered from its files, and so is, after a
rebuild, what only a former extractor could have made.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from archive.collection import WARC_SUFFIX, Collection
from archive.errors import ArchiveError
from archive.model import Article, CaptureClass, Finding, Severity, TextOutcome
from archive.questions import is_pending
from archive.texts import Software, Verdict
from archive.texts_lines import article_from
from archive.texts_places import OUTCOMES_SUFFIX, TextPaths, folder_of, text_paths
from archive.texts_questions import entered

CODES: Final[dict[str, tuple[Severity, str]]] = {
    "text-unreadable": (
        Severity.WARNING,
        (
            "A file of texts by a former extractor can't be read: its texts are not "
            "in the catalogue. The file is left as it is."
        ),
    ),
}

_BATCH: Final = 500  # verdicts in one transaction
_YEAR: Final = re.compile(r"\d{4}")
_BROKEN: Final = (
    OSError,
    EOFError,
    zlib.error,
    KeyError,
    TypeError,
    ValueError,
    msgspec.DecodeError,
)


class DamagedText(ArchiveError):
    """A file in `text/` does not hold what such files hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """The head of a file of outcomes, and the way to what is below."""

    software: Software
    verdicts: Iterator[Verdict]


def read_outcomes(paths: TextPaths) -> Outcomes:
    """Read what an extractor made of one WARC file, in the order of the records.

    One verdict at a time is in memory. Raises DamagedText, while reading too.
    """
    lines = _lines(paths.outcomes)
    try:
        software = _software(next(lines))
    except (StopIteration, *_BROKEN) as error:
        raise _damaged(paths.outcomes, error) from error
    return Outcomes(software=software, verdicts=_verdicts(paths, lines))


def enter(
    collection: Collection, key: str, name: str, *, is_current: bool
) -> Counter[tuple[TextOutcome, CaptureClass | None]]:
    """Enter what the extractor `key` made of the WARC file `name`.

    With `is_current` it is what is shown from now on. Gives the number of each
    outcome and class. May be done again. Raises DamagedText or StorageError.
    """
    counts: Counter[tuple[TextOutcome, CaptureClass | None]] = Counter()
    read = read_outcomes(text_paths(collection, key, name))
    batch: list[Verdict] = []
    for verdict in read.verdicts:
        counts[verdict.outcome, verdict.page_class] += 1
        batch.append(verdict)
        if len(batch) == _BATCH:
            collection.catalogue.add_texts(read.software, batch, is_current=is_current)
            batch.clear()
    collection.catalogue.add_texts(read.software, batch, is_current=is_current)
    collection.catalogue.mark_entered(name, key)
    if is_current and not is_pending(collection.catalogue, name):
        collection.catalogue.mark_derived(name)
    return counts


def enter_finished(collection: Collection, key: str) -> int:
    """Enter what `key` has finished and a kill kept from being entered.

    Gives the number of WARC files. Raises DamagedText or StorageError.
    """
    known, done = collection.catalogue.files(), entered(collection.catalogue, key)
    names = [name for name in warc_names(collection, key) if name in known]
    missing = [name for name in names if name not in done]
    for name in missing:
        enter(collection, key, name, is_current=True)
    return len(missing)


def warc_names(collection: Collection, key: str) -> list[str]:
    """Name the WARC files that an extractor has finished, in their order."""
    folder = folder_of(collection, key)
    paths = sorted(folder.rglob(f"*{OUTCOMES_SUFFIX}"))
    return [_warc_name(folder, path) for path in paths]


def enter_others(collection: Collection, current: str) -> list[Finding]:
    """Enter the texts of every extractor but `current`, beside those that are shown.

    Only of WARC files that are catalogued. Gives what could not be read.
    """
    findings: list[Finding] = []
    known = collection.catalogue.files()
    for key in keys(collection):
        if key == current:
            continue
        for name in warc_names(collection, key):
            try:
                if name in known:
                    enter(collection, key, name, is_current=False)
            except DamagedText as error:
                path = text_paths(collection, key, name).outcomes
                findings.append(unreadable(collection, path, error))
    return findings


def unreadable(collection: Collection, path: Path, error: DamagedText) -> Finding:
    """Say that a file of texts can't be read."""
    return Finding(
        code="text-unreadable",
        severity=CODES["text-unreadable"][0],
        path=collection.relative(path),
        offset=None,
        sentence=str(error),
    )


def keys(collection: Collection) -> list[str]:
    """List the extractors that have files in `text/`, in order of their keys."""
    folder = collection.root / "text"
    if not folder.is_dir():
        return []
    names = [path.name for path in folder.iterdir() if path.is_dir()]
    return sorted(name for name in names if not _YEAR.fullmatch(name))


def _verdicts(paths: TextPaths, outcomes: Iterator[bytes]) -> Iterator[Verdict]:
    """Join the lines of outcomes with those of articles; both have one order."""
    articles = _lines(paths.lines)
    try:
        for line in outcomes:
            yield _verdict(msgspec.json.decode(line), articles)
    except (StopIteration, RuntimeError, *_BROKEN) as error:
        raise _damaged(paths.outcomes, error) from error


def _verdict(values: dict[str, Any], articles: Iterator[bytes]) -> Verdict:
    outcome = TextOutcome(values["outcome"])
    record_id = f"<{values['record_id']}>"
    article = None
    if outcome is TextOutcome.TEXT:
        article = _article(next(articles, b""))
        if article.provenance.record_id != record_id:
            raise ValueError(f"the article of {record_id} is not there")
    page_class = values["class"]
    return Verdict(
        record_id=record_id,
        url=values["url"],
        outcome=outcome,
        detail=values["detail"],
        page_class=CaptureClass(page_class) if page_class else None,
        confidence=float(values["confidence"]),
        article=article,
    )


def read_articles(path: Path) -> Iterator[Article]:
    """Read a file of articles, one at a time. Raises DamagedText."""
    try:
        for line in _lines(path):
            yield _article(line)
    except _BROKEN as error:
        raise _damaged(path, error) from error


def _article(line: bytes) -> Article:
    return article_from(msgspec.json.decode(line))


def _software(line: bytes) -> Software:
    values = msgspec.json.decode(line)
    return Software(
        name=values["extractor"],
        version=values["extractor_version"],
        options_digest=values["options_digest"],
        options=tuple(values["options"].items()),
    )


def _lines(path: Path) -> Iterator[bytes]:
    """Go through the lines of a gzip file. Raises what _BROKEN lists."""
    with gzip.open(path, "rb") as file:
        yield from file


def _warc_name(folder: Path, path: Path) -> str:
    """Name the WARC file that a file of outcomes is of."""
    place = path.relative_to(folder).as_posix()
    return f"warc/{place.removesuffix(OUTCOMES_SUFFIX)}{WARC_SUFFIX}"


def _damaged(path: Path, error: BaseException) -> DamagedText:
    return DamagedText(f"{path} can't be read: {error!r}")
