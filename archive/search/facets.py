"""Hits grouped by article, put in order, and counted. Pure.

There may be thousands of them, of which twenty are shown: what is done for each is
done by what Python does fast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, NamedTuple

from archive.search.model import Dated, Facet, FacetValue

MOST_VALUES: Final = 30  # of a facet, but for years and months


class Match(NamedTuple):
    """A version of an article that matches; names are numbers."""

    no: int
    work: int
    captured: int
    earliest: int
    month: int
    source: int
    language: int | None
    section: int | None
    page_class: int
    authors: str
    score: float


_SCORE: Final = Match._fields.index("score")


def by_article(matches: Sequence[Match]) -> tuple[list[Match], Counter[int]]:
    """Join the versions of each article, and count them.

    The one captured last is given, with the score of the best.
    """
    found: dict[int, Match] = {}
    for match in matches:
        other = found.setdefault(match.work, match)
        if other is not match:
            newer = max(match, other, key=itemgetter(2, 0))  # captured, no
            found[match.work] = newer._replace(score=max(match.score, other.score))
    return list(found.values()), Counter(match.work for match in matches)


def in_order(matches: Iterable[Match], dated: Dated, *, by_score: bool) -> list[Match]:
    """Put hits in order: the best, then the newest, then the last that came in."""
    date = Match._fields.index("earliest" if dated is Dated.PUBLISHED else "captured")
    keys = (_SCORE, date, 0) if by_score else (date, 0)
    return sorted(matches, key=itemgetter(*keys), reverse=True)


# ---------------------------------------------------------------- facets


@dataclass(frozen=True, slots=True)
class Counted:
    """The most frequent values of a field, as numbers of names, and how many others."""

    name: str
    counts: tuple[tuple[int, int], ...]
    others: int


def counted(matches: Sequence[Match]) -> tuple[Counted, ...]:
    """Count the values that have names."""
    columns = _columns(matches)
    authors: Counter[int | None] = Counter()
    for numbers, count in Counter(columns["authors"]).items():
        for number in set(numbers.split()):
            authors[int(number)] += count
    return (
        _most("source", Counter(columns["source"])),
        _most("language", Counter(columns["language"])),
        _most("author", authors),
        _most("section", Counter(columns["section"])),
        _most("class", Counter(columns["page_class"])),
    )


def dates(matches: Sequence[Match]) -> tuple[Facet, Facet]:
    """Count years and months; newest first."""
    months = Counter(match.month for match in matches)
    return _dates("year", months, _year), _dates("month", months, _month)


def named(counted: Counted, names: Mapping[int, str]) -> Facet:
    """Give the numbers their names back; equally frequent ones in order of names."""
    values = [
        FacetValue(value=names[number], count=count)
        for number, count in counted.counts
        if number in names
    ]
    values.sort(key=lambda value: (-value.count, value.value))
    return Facet(name=counted.name, values=tuple(values), others=counted.others)


def _columns(matches: Sequence[Match]) -> dict[str, tuple[Any, ...]]:
    columns = zip(*matches, strict=True) if matches else ((),) * len(Match._fields)
    return dict(zip(Match._fields, columns, strict=True))


def _most(name: str, counts: Counter[int | None]) -> Counted:
    del counts[None]
    most = counts.most_common(MOST_VALUES)
    return Counted(
        name,
        tuple((number, count) for number, count in most if number is not None),
        len(counts) - len(most),
    )


def _dates(
    name: str, months: Mapping[int, int], write: Callable[[int], str | None]
) -> Facet:
    counts: Counter[str] = Counter()
    for month, count in months.items():
        if (value := write(month)) is not None:
            counts[value] += count
    values = sorted(counts.items(), reverse=True)
    return Facet(
        name=name, values=tuple(FacetValue(value=v, count=n) for v, n in values)
    )


def _year(number: int) -> str:
    return f"{number // 100:04}"


def _month(number: int) -> str | None:
    year, month = divmod(number, 100)
    return f"{year:04}-{month:02}" if month else None
