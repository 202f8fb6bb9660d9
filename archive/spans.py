"""Spans of time as people say them: since a date, until before another.

Everything that takes `since` and `until` reads them here: lists, searches, exports,
re-extraction, the ledger.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from archive.clock import parse_warc_date, warc_date
from archive.errors import UsageError


def moment_of(name: str, text: str) -> datetime:
    """Read a date, or the beginning of one, in UTC: what is left out is its beginning.

    Raises UsageError, which says under which `name` it was given.
    """
    written = text.strip()
    if len(written) > 10 and written[-1] not in "Zz":
        written += "T00:00:00Z"[len(written) - 10 :]
    try:
        return parse_warc_date(written)
    except ValueError:
        raise UsageError(
            f"{name} {text!r} is no date: write 2026, 2026-11, 2026-11-22, or "
            "2026-11-22T12:00:00Z"
        ) from None


def between(
    date: ColumnElement[Any], since: str | None, until: str | None
) -> list[ColumnElement[bool]]:
    """Say as conditions on a column of WARC-Dates what is meant; `until` is outside.

    Raises UsageError.
    """
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(date >= warc_date(moment_of("since", since)))
    if until is not None:
        conditions.append(date < warc_date(moment_of("until", until)))
    return conditions
