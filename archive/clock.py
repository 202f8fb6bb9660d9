"""The only caller of "now", and the forms of a date that the standards ask for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_WARC_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?[Zz])?)?)?"
)


def now() -> datetime:
    """Tell the time, in UTC, with microseconds."""
    return datetime.now(UTC)


def warc_date(date: datetime) -> str:
    """Write a date as `WARC-Date`: W3C form in UTC with six fraction digits.

    Always six, so that dates in a file sort as text (WARC/1.1, 5.4).
    """
    # Not by strftime: its %Y of the year 900 has three digits.
    return date.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def parse_warc_date(text: str) -> datetime:
    """Read a `WARC-Date`: a year, month, day, minute or second, with a fraction.

    These are the granularities of W3C-DTF (WARC/1.1, 5.4); what is left out
    counts as its beginning. Raises ValueError for anything else.
    """
    match = _WARC_DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a WARC-Date: {text!r}")
    year, *rest = (int(part) if part else None for part in match.groups()[:6])
    month, day, hour, minute, second = rest
    micros = int((match[7] or "")[:6].ljust(6, "0"))
    assert year is not None
    return datetime(
        year, month or 1, day or 1, hour or 0, minute or 0, second or 0, micros, UTC
    )


def timestamp14(date: datetime) -> str:
    """Write a date in the 14 digits of CDX and Memento addresses."""
    date = date.astimezone(UTC)
    return f"{date.year:04d}{date:%m%d%H%M%S}"  # see warc_date
