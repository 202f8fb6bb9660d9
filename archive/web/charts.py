"""Pictures of numbers: where what is drawn. Templates draw it as SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.tallies import Count

WIDTH, HEIGHT = 720, 170
_LEFT, _TOP, _BOTTOM = 34, 8, 24
_STEPS: Final = (1, 2, 4, 5)

SPARK_WIDTH, SPARK_HEIGHT = 150, 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, in two parts: `lower` stands on the ground, `upper` on it."""

    x: float
    width: float
    lower_y: float
    lower_height: float
    upper_y: float
    upper_height: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line or a label at a place of an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Bars over hours."""

    bars: tuple[Bar, ...]
    ground: float
    left: float
    heights: tuple[Mark, ...]
    hours: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT


def hours_chart(counts: Sequence[tuple[datetime, Count]]) -> BarChart:
    """Draw new and changed articles of each hour."""
    top = nice_top(max((c.new + c.changed for _, c in counts), default=0))
    ground = HEIGHT - _BOTTOM
    scale = (ground - _TOP) / top
    step = (WIDTH - _LEFT) / max(len(counts), 1)
    bars, hours = [], []
    for number, (hour, count) in enumerate(counts):
        x = _LEFT + number * step
        new, changed = count.new * scale, count.changed * scale
        bars.append(
            Bar(
                x=_short(x + step * 0.14),
                width=_short(step * 0.72),
                lower_y=_short(ground - new),
                lower_height=_short(new),
                upper_y=_short(ground - new - changed),
                upper_height=_short(changed),
                title=f"{hour:%H}:00: {count.new} new, {count.changed} changed",
            )
        )
        if hour.hour % 3 == 0:
            hours.append(Mark(at=_short(x + step / 2), text=f"{hour:%H}"))
    heights = [0, top // 2, top] if top % 2 == 0 else [0, top]
    return BarChart(
        bars=tuple(bars),
        ground=ground,
        left=_LEFT,
        heights=tuple(
            Mark(at=_short(ground - value * scale), text=str(value))
            for value in heights
        ),
        hours=tuple(hours),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A row of thin bars, the last day at the right."""

    bars: tuple[tuple[float, float, float, float], ...]  # x, y, width, height
    sentence: str  # what it shows, in words
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


def sparkline(values: Sequence[int]) -> Spark:
    """Draw a number of each day; there is at least one day."""
    days = len(values)
    most = max(*values, 1)
    step = SPARK_WIDTH / days
    bars = tuple(
        (
            _short(number * step),
            _short(SPARK_HEIGHT - height),
            _short(step * 0.75),
            _short(height),
        )
        for number, value in enumerate(values)
        # A day without any leaves a mark, too: the row has no gaps.
        for height in [max(value / most * SPARK_HEIGHT, 1.0)]
    )
    total = sum(values)
    return Spark(
        bars=bars,
        sentence=f"{total} articles in {days} days, at most {max(values)} on one day",
    )


def heat(value: int, most: int) -> int:
    """Give a number one of five colours: none, then four of the same width."""
    if value <= 0 or most <= 0:
        return 0
    return min(4, 1 + (value * 4 - 1) // most) if value < most else 4


def nice_top(most: int) -> int:
    """Give the first round number that is not below: 1, 2, 4, 5, 10, 20 and so on."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size >= most:
                return step * size
        size *= 10


def _short(value: float) -> float:
    return round(value, 1)
