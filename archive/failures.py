"""What did not become an article, and why, counted for a time [I/O]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from archive import schema
from archive.catalogue import Catalogue
from archive.clock import parse_warc_date, warc_date
from archive.model import CaptureClass, FetchOutcome, Role, TextOutcome
from archive.tallies import Span

_captures, _misses = schema.captures.c, schema.misses.c

# On purpose: by the source's own rules, or because more was found than was asked for.
LEFT_OUT: Final = frozenset({FetchOutcome.EXCLUDED, FetchOutcome.OVER_LIMIT})

OF_FETCHES: Final[Mapping[FetchOutcome, str]] = MappingProxyType(
    {
        FetchOutcome.REFUSED_ROBOTS: "robots.txt asks not to fetch it",
        FetchOutcome.REFUSED_ADDRESS: "the address is private",
        FetchOutcome.REFUSED_SCHEME: "neither http nor https",
        FetchOutcome.UNRESOLVED: "the host name has no address",
        FetchOutcome.UNREACHABLE: "the host could not be reached",
        FetchOutcome.TLS_FAILED: "no secure connection: certificate or handshake",
        FetchOutcome.TIMEOUT: "no answer within the time limit",
        FetchOutcome.NOT_HTTP: "the answer was not HTTP",
        FetchOutcome.NO_ANSWER: "the connection was closed without an answer",
        FetchOutcome.TOO_MANY_REDIRECTS: "redirected too often",
        FetchOutcome.EXCLUDED: "left out by the rules of the source",
        FetchOutcome.POSTPONED: "its host asked to be left alone for a while",
        FetchOutcome.OVER_BUDGET: "the day's requests to its host are used up",
        FetchOutcome.OVER_LIMIT: "left out: more than was asked for, or too deep",
        FetchOutcome.SEED_UNREADABLE: "a feed or sitemap could not be read",
        FetchOutcome.FAILED: "the fetch failed",
    }
)
OF_TEXTS: Final[Mapping[TextOutcome, str]] = MappingProxyType(
    {
        TextOutcome.EMPTY: "no text was found on the page",
        TextOutcome.TIMEOUT: "reading the page took too long",
        TextOutcome.MEMORY: "reading the page took too much memory",
        TextOutcome.CRASHED: "the reader of pages died on it",
        TextOutcome.FAILED: "the reader of pages failed on it",
        TextOutcome.UNDECODABLE: "the compressed answer is broken",
    }
)
OF_CLASSES: Final[Mapping[CaptureClass, str]] = MappingProxyType(
    {
        CaptureClass.STUB: "a paywall: only the beginning is there",
        CaptureClass.CONSENT: "a consent wall instead of the page",
        CaptureClass.CHALLENGE: "a check for robots instead of the page",
        CaptureClass.SOFT_404: "“not found”, though with status 200",
        CaptureClass.LOGIN: "a form to log in instead of the page",
        CaptureClass.EMPTY: "a frame that scripts would have to fill",
        CaptureClass.ERROR: "an error of the server, though with status 200",
    }
)
_SHOWN: Final = 5  # examples of each reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One address that a reason is about."""

    url: str
    at: datetime
    source_id: str
    sentence: str  # the reason in words
    detail: str
    record_id: str | None  # of its capture, if there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A reason, and how often it was one."""

    code: str  # "miss-timeout", "status-404", "text-empty", "class-login"
    sentence: str
    count: int
    examples: tuple[Example, ...]


def failures(catalogue: Catalogue, span: Span) -> list[Failure]:
    """List why addresses gave no article in a time, the most frequent reason first.

    What was left out on purpose is not among them.
    """
    answered = _captures.role.in_((Role.ARTICLE.value, Role.SEED.value))
    questions = (
        (_misses.outcome, _of_misses(span), "miss"),
        (
            _captures.status,
            _of_captures(span, answered, _captures.status >= 400),
            "status",
        ),
        (
            _captures.text_outcome,
            _of_captures(span, _captures.text_outcome.in_([o.value for o in OF_TEXTS])),
            "text",
        ),
        (
            _captures.page_class,
            _of_captures(
                span,
                _captures.text_outcome == TextOutcome.OTHER_CLASS.value,
                _captures.page_class.in_([c.value for c in OF_CLASSES]),
            ),
            "class",
        ),
    )
    found: list[Failure] = []
    with catalogue.reading() as connection:
        for reason, rows, word in questions:
            counts = connection.execute(
                rows.with_only_columns(reason, func.count()).group_by(reason)
            ).all()
            for value, count in counts:
                examples = connection.execute(
                    rows.where(reason == value).limit(_SHOWN)
                ).mappings()
                sentence = _sentence(word, value)
                found.append(
                    Failure(
                        code=f"{word}-{value}",
                        sentence=sentence,
                        count=count,
                        examples=tuple(_example(r, word, sentence) for r in examples),
                    )
                )
    return sorted(found, key=lambda one: (-one.count, one.code))


def left_out(catalogue: Catalogue, span: Span) -> int:
    """Count the addresses that were left out on purpose in a time."""
    question = select(func.count()).where(
        *_within(_misses, span), _misses.outcome.in_([o.value for o in LEFT_OUT])
    )
    with catalogue.reading() as connection:
        return int(connection.execute(question).scalar() or 0)


def last_errors(catalogue: Catalogue, span: Span) -> dict[str, Example]:
    """Give the last miss of each source in a time that was not meant to be one."""
    question = _of_misses(span).order_by(None).order_by(_misses.date)
    with catalogue.reading() as connection:
        rows = connection.execute(question).mappings()
        return {
            row["source_id"]: _example(row, "miss", _sentence("miss", row["reason"]))
            for row in rows
        }


def _sentence(word: str, value: Any) -> str:
    if word == "miss":
        return OF_FETCHES[FetchOutcome(value)]
    if word == "text":
        return OF_TEXTS[TextOutcome(value)]
    if word == "class":
        return OF_CLASSES[CaptureClass(value)]
    return f"the server answered {value}"


def _of_misses(span: Span) -> Select[Any]:
    on_purpose = _misses.outcome.in_([outcome.value for outcome in LEFT_OUT])
    return (
        select(
            _misses.url,
            _misses.outcome.label("reason"),
            _misses.date,
            _misses.source_id,
            _misses.detail,
            _misses.record_id,
        )
        .where(*_within(_misses, span), ~on_purpose)
        .order_by(_misses.date.desc())
    )


def _of_captures(span: Span, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            _captures.url,
            _captures.date,
            _captures.source_id,
            func.coalesce(_captures.text_detail, "").label("detail"),
            _captures.record_id,
        )
        .where(*_within(_captures, span), *conditions)
        .order_by(_captures.date.desc())
    )


def _example(row: Any, word: str, sentence: str) -> Example:
    return Example(
        url=row["url"],
        at=parse_warc_date(row["date"]),
        source_id=row["source_id"],
        sentence=sentence,
        detail=row["detail"],
        record_id=None if word == "miss" else row["record_id"],
    )


def _within(columns: Any, span: Span) -> list[ColumnElement[bool]]:
    conditions = [
        columns.date >= warc_date(span.since),
        columns.date < warc_date(span.until),
    ]
    if span.source_id is not None:
        conditions.append(columns.source_id == span.source_id)
    if span.url is not None:
        conditions.append(columns.url == span.url)
    return conditions
