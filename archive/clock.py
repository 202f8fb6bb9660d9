"""The only caller of "now", and the forms of a date that the standards ask for."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Tell the time, in UTC, with microseconds."""
    return datetime.now(UTC)


def warc_date(date: datetime) -> str:
    """Write a date as `WARC-Date`: W3C form in UTC with six fraction digits.

    Always six, so that dates in a file sort as text (WARC/1.1, 5.4).
    """
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_warc_date(text: str) -> datetime:
    """Read a `WARC-Date`, with or without a fraction of up to nine digits.

    Raises ValueError if it is neither that nor the date-only forms of W3C-DTF.
    """
    head, dot, fraction = text.strip().removesuffix("Z").partition(".")
    if dot and not fraction.isdigit():
        raise ValueError(f"not a WARC-Date: {text!r}")
    date = datetime.fromisoformat(head)
    micros = int(fraction[:6].ljust(6, "0")) if dot else 0
    return date.replace(microsecond=micros, tzinfo=UTC)


def timestamp14(date: datetime) -> str:
    """Write a date in the 14 digits of CDX and Memento addresses."""
    return date.astimezone(UTC).strftime("%Y%m%d%H%M%S")
