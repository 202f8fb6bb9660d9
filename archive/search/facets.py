"""Hits grouped by article, put in order, and counted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

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


@dataclass(frozen=True, slots=True)
class Found:
    """An article that matches: the version to show, its best score, their number."""

    shown: Match
    score: float
    matched: int


def by_article(matches: Iterable[Match]) -> list[Found]:
    """Join the versions of each article; the one captured last is shown."""
    found: dict[int, Found] = {}
    for match in matches:
        one = found.get(match.work)
        if one is None:
            found[match.work] = Found(match, match.score, 1)
            continue
        is_newer = (match.captured, match.no) > (one.shown.captured, one.shown.no)
        found[match.work] = Found(
            match if is_newer else one.shown,
            max(one.score, match.score),
            one.matched + 1,
        )
    return list(found.values())


def one_by_one(matches: Iterable[Match]) -> list[Found]:
    """Let every version stand for itself."""
    return [Found(match, match.score, 1) for match in matches]


def in_order(found: Iterable[Found], dated: Dated, *, by_score: bool) -> list[Found]:
    """Put hits in order: the best, then the newest, then the last that came in."""

    def key(one: Found) -> tuple[float, int, int]:
        shown = one.shown
        date = shown.earliest if dated is Dated.PUBLISHED else shown.captured
        return (-one.score if by_score else 0.0, -date, -shown.no)

    return sorted(found, key=key)


def facets_of(found: Sequence[Found], names: Mapping[int, str]) -> tuple[Facet, ...]:
    """Count the values of the articles that are shown."""
    shown = [one.shown for one in found]
    authors = Counter(no for match in shown for no in set(match.authors.split()))
    months = Counter(match.month for match in shown)
    return (
        _named("source", Counter(match.source for match in shown), names),
        _named("language", Counter(match.language for match in shown), names),
        _dates("year", months, lambda month: f"{month // 100:04}"),
        _dates("month", months, _month),
        _named("author", Counter({int(n): c for n, c in authors.items()}), names),
        _named("section", Counter(match.section for match in shown), names),
        _named("class", Counter(match.page_class for match in shown), names),
    )


def numbers_in(found: Iterable[Found]) -> set[int]:
    """List the numbers of the names that `facets_of` needs."""
    numbers: set[int] = set()
    for one in found:
        match = one.shown
        numbers |= {match.source, match.page_class, *map(int, match.authors.split())}
        numbers |= {n for n in (match.language, match.section) if n is not None}
    return numbers


def _named(
    name: str,
    counts: Mapping[int, int] | Mapping[int | None, int],
    names: Mapping[int, str],
) -> Facet:
    known = [
        FacetValue(value=names[number], count=count)
        for number, count in counts.items()
        if number is not None and number in names
    ]
    known.sort(key=lambda value: (-value.count, value.value))
    return Facet(
        name=name,
        values=tuple(known[:MOST_VALUES]),
        others=max(0, len(known) - MOST_VALUES),
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


def _month(number: int) -> str | None:
    year, month = divmod(number, 100)
    return f"{year:04}-{month:02}" if month else None
