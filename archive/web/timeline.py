"""The captures of an article on a line of time, as places in a picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from archive.versions import History, Seen

WIDTH: Final = 720.0
_MARGIN: Final = 14.0
_APART: Final = 9.0  # two captures closer than this would be one dot


@dataclass(frozen=True, slots=True)
class Dot:
    """A capture, and where it stands."""

    x: float
    seen: Seen


@dataclass(frozen=True, slots=True)
class Band:
    """A version, from its first capture to where the next one begins."""

    x: float
    width: float
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The picture: wider where there are more captures than fit."""

    width: float
    dots: tuple[Dot, ...]
    bands: tuple[Band, ...]
    first_at: datetime
    last_at: datetime


def timeline(told: History) -> Timeline | None:
    """Place the captures of an article; None if there are none."""
    if not told.captures:
        return None
    dates = [seen.kept.capture.date for seen in told.captures]
    width = max(WIDTH, 2 * _MARGIN + _APART * (len(dates) - 1))
    places = _places(dates, width - 2 * _MARGIN)
    dots = tuple(
        Dot(_MARGIN + x, seen) for x, seen in zip(places, told.captures, strict=True)
    )
    return Timeline(
        width=width,
        dots=dots,
        bands=_bands(dots, width - _MARGIN),
        first_at=dates[0],
        last_at=dates[-1],
    )


def _places(dates: Sequence[datetime], width: float) -> list[float]:
    """Place dates by their time, but never nearer to each other than a dot is wide."""
    span = (dates[-1] - dates[0]).total_seconds()
    if not span:
        return [
            width / 2 + _APART * (i - (len(dates) - 1) / 2) for i in range(len(dates))
        ]
    places: list[float] = []
    for date in dates:
        wanted = (date - dates[0]).total_seconds() / span * width
        places.append(max(wanted, places[-1] + _APART) if places else wanted)
    # What was pushed out at the end is pushed back.
    limit = width
    for index in reversed(range(len(places))):
        places[index] = min(places[index], limit)
        limit = places[index] - _APART
    return places


def _bands(dots: Sequence[Dot], end: float) -> tuple[Band, ...]:
    begins: list[tuple[float, int]] = []
    for dot in dots:
        number = dot.seen.version
        if number is not None and (not begins or begins[-1][1] != number):
            begins.append((dot.x, number))
    return tuple(
        Band(x, max(to - x, 1.0), number)
        for (x, number), (to, _) in pairwise([*begins, (end, 0)])
    )
