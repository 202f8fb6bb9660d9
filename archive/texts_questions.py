"""What is asked of texts by several extractors [I/O]."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, exists, func, or_, select
from sqlalchemy.engine import RowMapping

from archive import schema
from archive.catalogue import Catalogue
from archive.errors import NotFound
from archive.model import Article, Capture, CaptureClass, TextOutcome
from archive.questions import Kept, article_in, text_record
from archive.rows import capture_of, software_of
from archive.spans import between
from archive.texts import Software, Verdict

_captures, _articles, _texts = schema.captures.c, schema.articles.c, schema.texts.c
_extractors, _files = schema.extractors.c, schema.text_files.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An extractor, and how much of what is held it has made."""

    software: Software
    captures: int  # it was asked of
    articles: int
    shown: int  # captures of which its word is shown


def extractors(catalogue: Catalogue) -> list[Held]:
    """List the extractors that have made texts; the one that is shown most first."""
    question = select(
        schema.extractors,
        _number(schema.texts, _texts.extractor).label("captures"),
        _number(schema.articles, _articles.extractor).label("articles"),
        _number(schema.captures, _captures.extractor).label("shown"),
    )
    with catalogue.reading() as connection:
        rows = connection.execute(question).mappings().all()
    held = [
        Held(
            software=software_of(row),
            captures=row["captures"],
            articles=row["articles"],
            shown=row["shown"],
        )
        for row in rows
    ]
    return sorted(held, key=lambda one: (-one.shown, -one.captures, one.software.key))


def find_extractor(held: Sequence[Held], word: str) -> Held:
    """Find an extractor by its key, or a beginning of it that no other has.

    Raises NotFound.
    """
    found = [one for one in held if one.software.key == word]
    found = found or [one for one in held if one.software.key.startswith(word)]
    if len(found) != 1:
        names = ", ".join(one.software.key for one in held) or "none"
        how = "several extractors begin" if found else "no extractor begins"
        raise NotFound(f"{how} with {word!r}; there are: {names}")
    return found[0]


def software_of_file(catalogue: Catalogue, path: str) -> list[Software]:
    """List the extractors that were asked of captures in a WARC file, by their keys."""
    asked = (
        select(_texts.extractor)
        .join(schema.captures, _captures.record_id == _texts.record_id)
        .where(_captures.path == path)
    )
    question = (
        select(schema.extractors)
        .where(_extractors.key.in_(asked))
        .order_by(_extractors.key)
    )
    with catalogue.reading() as connection:
        return [software_of(row) for row in connection.execute(question).mappings()]


def verdicts_of_file(catalogue: Catalogue, path: str, key: str) -> Iterator[Verdict]:
    """Give what an extractor made of a WARC file, in the order of the records."""
    question = _verdicts(key).where(_captures.path == path).order_by(_captures.offset)
    return _read(catalogue, question)


def verdicts_by(catalogue: Catalogue, key: str) -> Iterator[Verdict]:
    """Give all that an extractor made, in the order of the record ids."""
    return _read(catalogue, _verdicts(key).order_by(_texts.record_id))


def article_by(catalogue: Catalogue, kept: Kept, key: str) -> Article | None:
    """Give the article of a capture as one extractor made it."""
    question = _verdicts(key).where(_texts.record_id == text_record(kept))
    return next((v.article for v in _read(catalogue, question)), None)


def asked_of(catalogue: Catalogue, kept: Kept) -> frozenset[str]:
    """Name the extractors that were asked of a capture, by their keys."""
    question = select(_texts.extractor).where(_texts.record_id == text_record(kept))
    with catalogue.reading() as connection:
        return frozenset(connection.execute(question).scalars())


def verdicts_on(catalogue: Catalogue, kept: Kept) -> list[tuple[str, Verdict]]:
    """Give what every extractor made of a capture, by their keys."""
    question = (
        _verdicts()
        .where(_texts.record_id == text_record(kept))
        .order_by(_texts.extractor)
    )
    with catalogue.reading() as connection:
        rows = connection.execute(question).mappings().all()
    return [(row["text_extractor"], _verdict(row)) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which captures are meant. Dates are as `archive.spans` reads them."""

    since: str | None = None
    until: str | None = None
    source_ids: tuple[str, ...] = ()  # none: of all sources


ALL: Final = Chosen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A finished WARC file, and what of it an extractor has not been asked of yet."""

    path: str
    captures: int
    length: int  # bytes of their records


def undone(catalogue: Catalogue, key: str, chosen: Chosen = ALL) -> list[Undone]:
    """List the finished WARC files with captures that `key` was not asked of."""
    question = (
        select(
            _captures.path,
            func.count().label("captures"),
            func.sum(_captures.length).label("length"),
        )
        .join(schema.files, schema.files.c.path == _captures.path)
        .where(schema.files.c.published == 1, _is_undone(key), *_conditions(chosen))
        .group_by(_captures.path)
        .order_by(_captures.path)
    )
    with catalogue.reading() as connection:
        rows = connection.execute(question).mappings()
        return [
            Undone(path=r["path"], captures=r["captures"], length=r["length"])
            for r in rows
        ]


def undone_of_file(
    catalogue: Catalogue,
    path: str,
    key: str,
    chosen: Chosen = ALL,
) -> list[Capture]:
    """List the captures in a WARC file that `key` was not asked of, in their order."""
    question = (
        select(schema.captures)
        .where(_captures.path == path, _is_undone(key), *_conditions(chosen))
        .order_by(_captures.offset)
    )
    with catalogue.reading() as connection:
        return [capture_of(row) for row in connection.execute(question).mappings()]


def entered(catalogue: Catalogue, key: str) -> frozenset[str]:
    """Name the WARC files whose texts by an extractor are in `text/` and entered."""
    question = select(_files.path).where(_files.extractor == key)
    with catalogue.reading() as connection:
        return frozenset(connection.execute(question).scalars())


def _conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    conditions = between(_captures.date, chosen.since, chosen.until)
    if chosen.source_ids:
        conditions.append(_captures.source_id.in_(chosen.source_ids))
    return conditions


def _is_undone(key: str) -> ColumnElement[bool]:
    """Whether a capture has to be extracted, and `key` was not asked of it.

    Has to be: all that does not say by itself that it has no text.
    """
    was_asked = exists().where(
        _texts.record_id == _captures.record_id, _texts.extractor == key
    )
    has_to_be = or_(_captures.text_outcome.is_(None), _captures.extractor.is_not(None))
    return and_(has_to_be, ~was_asked)


def _verdicts(key: str | None = None) -> Select[Any]:
    """Ask for what an extractor made, with the articles where there are any."""
    question = _all_verdicts()
    return question if key is None else question.where(_texts.extractor == key)


@cache  # it never changes, and has sixty columns to name
def _all_verdicts() -> Select[Any]:
    return (
        select(
            schema.articles,
            *(c.label(f"text_{c.name}") for c in schema.texts.c),
            *(c.label(f"capture_{c.name}") for c in schema.captures.c),
            *(c.label(f"extractor_{c.name}") for c in schema.extractors.c),
        )
        .select_from(schema.texts)
        .join(schema.captures, _captures.record_id == _texts.record_id)
        .join(schema.extractors, _extractors.key == _texts.extractor)
        .outerjoin(
            schema.articles,
            and_(
                _articles.record_id == _texts.record_id,
                _articles.extractor == _texts.extractor,
            ),
        )
    )


def _read(catalogue: Catalogue, question: Select[Any]) -> Iterator[Verdict]:
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            yield _verdict(row)


def _verdict(row: RowMapping) -> Verdict:
    page_class = row["text_page_class"]
    return Verdict(
        record_id=row["text_record_id"],
        url=row["capture_url"],
        outcome=TextOutcome(row["text_outcome"]),
        detail=row["text_detail"],
        page_class=CaptureClass(page_class) if page_class else None,
        confidence=row["text_confidence"],
        article=article_in(row) if row["id"] is not None else None,
    )


def _number(table: Table, extractor: Any) -> Any:
    """Count the rows of a table that name an extractor."""
    return (
        select(func.count())
        .select_from(table)
        .where(extractor == _extractors.key)
        .scalar_subquery()
    )
