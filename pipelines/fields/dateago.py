"""Dates told from the clock: "3 hours ago", counted back from the capture. Pure.

A page can have been kept by a cache for a while, so they count only where nothing
else is said, and to the day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.model import Claim
from pipelines.fields.dateclaims import Place, Said
from pipelines.fields.dateplaces import PUBLISHED
from pipelines.fields.datestamps import Stamp
from pipelines.fields.datewords import (
    UNITS,
    UNITS_AGO,
    WORD,
    comes_before,
    folded,
    is_ago,
)

_TOKENS: Final = re.compile(rf"(?<!\d)(\d{{1,2}})(?!\d)|({WORD})")
_DAY_MINUTES: Final = 24 * 60


def told_ago(text: str, origin: str, captured_at: datetime) -> Said | None:
    """Give the day that the first "N units ago" of a text means, or None."""
    matches = list(_TOKENS.finditer(text))
    words = [folded(match[2] or "") for match in matches]
    for at, match in enumerate(matches[:-1]):
        minutes = _length(words, at) if match[1] else None
        if match[1] is None or minutes is None:
            continue
        at_last = matches[min(at + 2, len(matches) - 1)].end()
        first = matches[max(at - 1, 0)].start()
        since = captured_at.astimezone(UTC) - timedelta(minutes=int(match[1]) * minutes)
        return Said(
            claim=Claim(field=PUBLISHED, value=text[first:at_last], origin=origin),
            place=Place.ELSEWHERE,
            stamp=Stamp(day=since.date(), leeway=int(minutes == _DAY_MINUTES)),
        )
    return None


def _length(words: list[str], at: int) -> int | None:
    """Give the minutes of the unit behind a number, if it says "ago"."""
    unit = words[at + 1]
    if unit in UNITS_AGO:
        return UNITS_AGO[unit]
    behind, ahead = words[at + 2 : at + 4], words[max(0, at - 3) : at]
    if (
        is_ago(behind[:1])
        or is_ago(behind)
        or any(comes_before(ahead[-count:]) for count in (1, 3))
    ):
        return UNITS.get(unit)
    return None
