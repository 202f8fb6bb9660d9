"""When a source is to be flagged: silent, failing, or not itself. Pure.

A source has its own measure. A daily paper is not silent in the night, and a
weekly not on six days: what counts are the gaps that were seen before.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

from archive.clock import parse_warc_date, warc_date

GAPS_KEPT: Final = 50
_LEAST_GAPS: Final = 5  # before that nobody knows what is usual
_LONGER: Final = 2.0  # times the longest gap that was seen
_LEAST_SILENCE: Final = timedelta(hours=6)
# Whoever has not yet been watched over a weekend may be having one.
_WEEK: Final = timedelta(days=8)
_SILENCE_OF_THE_NEW: Final = timedelta(days=3)

FAILURES: Final = 3  # runs in a row
_LEAST_PAGES: Final = 5
_ODD_SHARE: Final = 0.8
_PAGES_KEPT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the last looks at a source gave."""

    gaps_s: tuple[float, ...] = ()  # between looks that gave something new
    first_new_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0  # runs in a row that could not do their work
    failure: str = ""  # why the last of them could not
    pages: tuple[bool, ...] = ()  # the last pages: whether each was odd

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `as_json` wrote; an empty text is an empty history."""
        values = json.loads(text or "{}")
        for name in ("first_new_at", "last_new_at"):
            if values.get(name):
                values[name] = parse_warc_date(values[name])
        for name in ("gaps_s", "pages"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)

    def as_json(self) -> str:
        """Write it, for the ledger to keep."""
        values = asdict(self)
        for name in ("first_new_at", "last_new_at"):
            values[name] = warc_date(values[name]) if values[name] else None
        return json.dumps(values, separators=(",", ":"))


def after_look(
    history: History,
    now: datetime,
    *,
    new: int,
    failure: str | None,
    pages: int,
    odd_pages: int,
) -> History:
    """Take in a look: how many addresses were new, how many pages were odd.

    A page is odd without a text, or with one that another page had too: that is
    what consent walls, challenges and soft errors have in common.
    """
    if failure is not None:
        return replace(history, failures=history.failures + 1, failure=failure)
    history = replace(history, failures=0, failure="")
    if pages:
        odd = min(odd_pages, pages)
        seen = (*history.pages, *([True] * odd), *([False] * (pages - odd)))
        history = replace(history, pages=seen[-_PAGES_KEPT:])
    if not new:
        return history
    gaps = history.gaps_s
    if history.last_new_at is not None:
        gap = (now - history.last_new_at).total_seconds()
        gaps = (*gaps, max(0.0, round(gap)))[-GAPS_KEPT:]
    return replace(
        history,
        gaps_s=gaps,
        first_new_at=history.first_new_at or now,
        last_new_at=now,
    )


def flags_of(history: History, now: datetime) -> dict[str, str]:
    """Name what is wrong, by code, each in one sentence."""
    found = {}
    if history.failures >= FAILURES:
        found["errors"] = (
            f"{history.failures} runs in a row could not do their work; the last: "
            f"{history.failure}"
        )
    silence = _silence(history, now)
    if silence is not None:
        found["silent"] = silence
    odd = sum(history.pages)
    if len(history.pages) >= _LEAST_PAGES and odd >= _ODD_SHARE * len(history.pages):
        found["odd-pages"] = (
            f"{odd} of the last {len(history.pages)} pages gave no text of their own: "
            "a consent wall, a challenge, or a new layout"
        )
    return found


def _silence(history: History, now: datetime) -> str | None:
    if history.last_new_at is None or history.first_new_at is None:
        return None
    if len(history.gaps_s) < _LEAST_GAPS:
        return None
    usual = timedelta(seconds=max(history.gaps_s))
    bound = max(_LONGER * usual, _LEAST_SILENCE)
    if history.last_new_at - history.first_new_at < _WEEK:
        bound = max(bound, _SILENCE_OF_THE_NEW)
    silent = now - history.last_new_at
    if silent <= bound:
        return None
    return (
        f"nothing new since {history.last_new_at:%Y-%m-%d %H:%M} UTC; "
        f"until then never longer than {usual.total_seconds() / 3600:.1f} hours"
    )
