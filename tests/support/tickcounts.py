"""The ticks of a rhythm, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from archive.model import Cron, Every
from crawler.ticks import fraction

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def oracle(
    rhythm: Every | Cron, name: str, after: datetime, until: datetime
) -> Iterator[datetime]:
    """Give all ticks later than `after`, up to `until`, in order, the slow way."""
    if isinstance(rhythm, Every):
        step = int(rhythm.seconds)
        second = int(fraction(name) * step)
        moment = EPOCH + timedelta(seconds=second)
        moment += ((after - moment) // timedelta(seconds=step)) * timedelta(
            seconds=step
        )
        while moment <= until:
            if moment > after:
                yield moment
            moment += timedelta(seconds=step)
        return
    day = (after - timedelta(days=2)).date()
    found: set[datetime] = set()
    while day <= (until + timedelta(days=2)).date():
        found.update(_cron_ticks_on(rhythm, day))
        day += timedelta(days=1)
    yield from sorted(moment for moment in found if after < moment <= until)


@lru_cache(maxsize=4096)
def _cron_ticks_on(rhythm: Cron, day: date) -> tuple[datetime, ...]:
    return tuple(_counted_on(rhythm, day))


def _counted_on(rhythm: Cron, day: date) -> Iterator[datetime]:
    """Give the ticks of a day in its zone, as the manual page of Debian's cron says."""
    zone = ZoneInfo(rhythm.zone)
    minutes, hours, _, _, weekdays = rhythm.expression.split()
    if (day.isoweekday() % 7) not in _field(weekdays, 7):
        return
    if hours.startswith("*") or minutes.startswith("*"):
        # By elapsed time: each real minute whose face on the wall fits.
        moment = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        moment -= timedelta(hours=3)
        fits = _field(hours, 24), _field(minutes, 60)
        for _ in range(32 * 60):
            wall = moment.astimezone(zone)
            if wall.hour in fits[0] and wall.minute in fits[1] and wall.date() == day:
                yield moment
            moment += timedelta(minutes=1)
        return
    for hour in _field(hours, 24):
        for minute in _field(minutes, 60):
            wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            while wall.astimezone(UTC).astimezone(zone) != wall:
                wall += timedelta(minutes=1)  # in the gap: right after it
            yield wall.replace(fold=0).astimezone(UTC)


@lru_cache(maxsize=1024)
def _field(text: str, size: int) -> set[int]:
    if text.startswith("*/"):
        return set(range(0, size, int(text[2:])))
    if text == "*":
        return set(range(size))
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found
