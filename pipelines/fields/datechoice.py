"""Which of the claims about a date is believed, and what they mean together. Pure.

The day is what people cite: that of the address, else the one that readers see where
the mark-up has the instant in UTC, and it was the neighbouring day at the publisher's.
The time of day comes from the mark-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from archive.model import Claim, Moment
from pipelines.fields.dateclaims import Place, Said
from pipelines.fields.datestamps import (
    EASTERNMOST,
    WESTERNMOST,
    Stamp,
    instant_of,
    moment_of,
)

_MARKUP: Final = (Place.DATA, Place.META, Place.ITEM)
_ONE_DAY: Final = timedelta(days=1)
_ZONE_STEP: Final = timedelta(minutes=15)  # the offsets of all zones are its multiples
_SLACK: Final = timedelta(minutes=2)  # clocks without seconds, rounded either way


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A stamp, the instant it is known to mean, if any, and the claims behind it."""

    stamp: Stamp
    claims: tuple[Claim, ...]
    instant: datetime | None = None

    def moment(self, captured_at: datetime) -> Moment | None:
        """Give the moment that was chosen; None if it lies after the capture."""
        moment = moment_of(self.stamp, captured_at)
        if moment is None or self.instant is None:
            return moment
        if self.instant > captured_at:
            return None
        return replace(moment, earliest=self.instant, latest=self.instant)


def choose(claims: Iterable[Said]) -> Choice | None:
    """Choose among the claims of one field; None if none of them names a date."""
    ranked = sorted(
        (claim for claim in claims if claim.stamp), key=lambda claim: claim.place
    )
    days = [claim for claim in ranked if claim.is_day]
    if not days:
        return next((_choice(claim.read, claim) for claim in ranked), None)
    first = _supported(days)
    if first.place is Place.ADDRESS:
        return _at_day(first, days)
    seen = next((claim for claim in days if claim.place is Place.VISIBLE), None)
    if seen and (local := _localised(seen, first)):
        return local
    return _with_clock(first, days) or _choice(first.read, first)


def _supported(days: Sequence[Said]) -> Said:
    """Give the first claim, or the one of the mark-up that readers see if it has two.

    If day and month of the first can be swapped, and another claim then says the
    same and none otherwise, they are.
    """
    first = days[0]
    others = [claim.read.day for claim in days if claim.place is not first.place]
    if any(abs(day - first.read.day) <= _ONE_DAY for day in others):
        return first
    if first.read.swapped in others:
        return replace(first, stamp=replace(first.read, day=first.read.swapped))
    seen = [claim.read.day for claim in days if claim.place is Place.VISIBLE]
    if first.place in _MARKUP:
        for claim in days:
            if claim.place in _MARKUP and claim.read.day in seen:
                return claim
    return first


def _at_day(address: Said, days: Sequence[Said]) -> Choice:
    """Give the day of the address, with the time of day that others know."""
    if timed := _with_clock(address, days):
        return timed
    seen = [
        claim
        for claim in days
        if claim.place is Place.VISIBLE and claim.read.day == address.read.day
    ]
    for stated in days:
        if stated.place in _MARKUP:
            for local in (*seen, address):
                if choice := _localised(local, stated):
                    return choice
    return _choice(address.read, address)


def _with_clock(first: Said, days: Sequence[Said]) -> Choice | None:
    """Give the first claim of the same day that has a time of day."""
    for claim in (first, *days):
        if claim.read.clock and claim.read.day == first.read.day:
            return _choice(claim.read, first, claim)
    return None


def _localised(local: Said, stated: Said) -> Choice | None:
    """Give the day before or after that of an instant in UTC, if it was that locally.

    None if they are of one day, or no zone makes them the same.
    """
    here, instant = local.read, instant_of(stated.read)
    if instant is None or stated.read.offset or here.day == stated.read.day:
        return None
    if here.clock is None:
        midnight = datetime.combine(here.day, time(), UTC)
        since = midnight - instant
        if since <= EASTERNMOST and since + _ONE_DAY > WESTERNMOST:
            return _choice(replace(here, offset=None), local, stated, instant=instant)
        return None
    ahead = datetime.combine(here.day, here.clock, UTC) - instant
    steps = round(ahead / _ZONE_STEP)
    offset = steps * _ZONE_STEP
    if abs(ahead - offset) > _SLACK or not WESTERNMOST <= offset <= EASTERNMOST:
        return None
    at = instant + offset
    stamp = replace(
        stated.read,
        day=at.date(),
        clock=at.time().replace(microsecond=0),
        offset=offset // timedelta(minutes=1),
    )
    return _choice(stamp, local, stated)


def _choice(stamp: Stamp, *claims: Said, instant: datetime | None = None) -> Choice:
    return Choice(
        stamp=stamp, claims=tuple(claim.claim for claim in claims), instant=instant
    )
