"""Which capture answers a request, and what stands around it in time [I/O].

Captures of one address are those with its key (`archive.urlkey`), as everywhere
in the archive. What was captured counts even before its WARC file is finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    func,
    select,
    union_all,
)

from archive import schema
from archive.catalogue import Catalogue
from archive.clock import parse_warc_date, timestamp14, warc_date
from archive.errors import UsageError
from archive.model import Capture
from archive.questions import Kept, kept_of
from archive.replay.links import is_same_address
from archive.urlkey import urlkey

_captures: Final = schema.captures.c
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST: Final = 8  # captures looked at on each side of a time
_LAST: Final = "99991231235959"
_FIRST: Final = "00000101000000"  # fills up "2026" or "202611"


def _around(*conditions: ColumnElement[bool]) -> CompoundSelect[Any]:
    def side(condition: ColumnElement[bool], order: Any) -> Select[Any]:
        some = select(schema.captures).where(_captures.urlkey == bindparam("key"))
        some = some.where(condition, *conditions).order_by(order).limit(_MOST)
        return select(some.subquery())

    return union_all(
        side(_captures.date <= bindparam("edge"), _captures.date.desc()),
        side(_captures.date > bindparam("edge"), _captures.date),
    )


# Put together once: that takes longer than to have them answered.
_NEAREST: Final = _around()
_NEAREST_GOOD: Final = _around(_captures.status < 400)
_PLACE: Final = select(
    func.count(),
    func.count().filter(_captures.date <= bindparam("date")),
    func.min(_captures.date),
    func.max(_captures.date),
    # In the same second no address could tell them apart.
    func.max(_captures.date).filter(_captures.date < bindparam("second")),
    func.min(_captures.date).filter(_captures.date >= bindparam("following")),
).where(_captures.urlkey == bindparam("key"))
_HELD: Final = (
    select(_captures.urlkey)
    .where(_captures.urlkey.in_(bindparam("keys", expanding=True)))
    .where(_captures.status < 400)
    .distinct()
)


def wanted_time(digits: str | None) -> datetime:
    """Read the time of a replay address: its beginning, where it ends early.

    No time is the end of all time, so that the newest capture is the nearest.
    Raises UsageError for what is no date.
    """
    text = _LAST if digits is None else digits + _FIRST[len(digits) :]
    try:
        return parse_warc_date(
            f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}Z"
        )
    except ValueError:
        raise UsageError(
            f"{digits} is no date: write it as 20261122 or 20261122081500"
        ) from None


def nearest(
    catalogue: Catalogue, url: str, wanted: datetime, *, good: bool = False
) -> list[Kept]:
    """List the captures of an address that are nearest to a time, the nearest first.

    In the same second the one of exactly this address comes first, and an
    answer before a redirect: `http:` often leads to `https:` with the same key.
    With `good`, only answers that are no errors: a page's image that was once
    not to be had is better shown as it was an hour later.
    """
    edge = warc_date(wanted + timedelta(microseconds=999_999))
    question = _NEAREST_GOOD if good else _NEAREST
    with catalogue.reading() as connection:
        rows = connection.execute(question, {"key": urlkey(url), "edge": edge})
        found = [kept_of(row) for row in rows.mappings()]

    def rank(kept: Kept) -> tuple[Any, ...]:
        capture = kept.capture
        seconds = abs((capture.date.replace(microsecond=0) - wanted).total_seconds())
        return (
            seconds,
            not is_same_address(capture.url, url),
            capture.status in _REDIRECTS,
            capture.date,
        )

    return sorted(found, key=rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a capture stands among those of its address."""

    number: int  # from 1, the oldest
    count: int
    first: datetime
    last: datetime
    previous: datetime | None
    next: datetime | None


def place_of(catalogue: Catalogue, capture: Capture) -> Place:
    """Tell where a capture stands among those of its address."""
    second = capture.date.replace(microsecond=0)
    asked = {
        "key": urlkey(capture.url),
        "date": warc_date(capture.date),
        "second": warc_date(second),
        "following": warc_date(second + timedelta(seconds=1)),
    }
    with catalogue.reading() as connection:
        count, number, *dates = connection.execute(_PLACE, asked).one()
    first, last, previous, following_date = (
        parse_warc_date(text) if text else None for text in dates
    )
    return Place(
        number=max(1, number),
        count=count,
        first=first or capture.date,
        last=last or capture.date,
        previous=previous,
        next=following_date,
    )


def held(catalogue: Catalogue, urls: Sequence[str]) -> frozenset[str]:
    """Tell of which addresses a good answer, or a redirect, is held."""
    keys = {url: urlkey(url) for url in urls}
    found: set[str] = set()
    with catalogue.reading() as connection:
        for some in _batches(sorted(set(keys.values()))):
            found |= set(connection.execute(_HELD, {"keys": some}).scalars())
    return frozenset(url for url, key in keys.items() if key in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An address of a host that is held."""

    url: str
    time: str  # 14 digits, of its latest capture


def held_near(catalogue: Catalogue, url: str, most: int = 8) -> list[Neighbour]:
    """List held pages of the same host, those with the most similar address."""
    key = urlkey(url)
    host, paren, _ = key.partition(")")
    if not paren:
        return []
    half = most // 2 + most % 2
    within = (
        _captures.urlkey >= f"{host})",
        _captures.urlkey < f"{host}*",  # the character behind ")"
        _captures.status == 200,
        _captures.role == "article",
    )
    columns = (_captures.urlkey, func.max(_captures.date).label("date"))

    def side(condition: ColumnElement[bool], order: Any) -> Select[Any]:
        inner = select(*columns, _captures.url).where(condition, *within)
        inner = inner.group_by(_captures.urlkey).order_by(order).limit(most)
        return select(inner.subquery())

    with catalogue.reading() as connection:
        before = connection.execute(
            side(_captures.urlkey < key, _captures.urlkey.desc())
        ).all()
        after = connection.execute(side(_captures.urlkey > key, _captures.urlkey)).all()
    taken = before[: max(half, most - len(after))]
    rows = [*reversed(taken), *after[: most - len(taken)]]
    return [
        Neighbour(url=row.url, time=timestamp14(parse_warc_date(row.date)))
        for row in rows
    ]


def is_redirect(status: int) -> bool:
    """Whether an answer of this status leads elsewhere by its Location."""
    return status in _REDIRECTS


def _batches(keys: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
