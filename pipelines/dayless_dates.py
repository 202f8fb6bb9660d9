"""Dates that name no day, and why they have to be looked for. Pure.

htmldate gives expressions such as "2017-05" or "2017 May" to dateutil, and
dateutil takes what is missing from today's date. The same page would get
another date each day. So pages on which such expressions stand are searched
again with the first of the month in their place, as htmldate itself does
where it notices; the caller then gives the date to the precision of a month.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

from dateutil.parser import parse

# A year that is not the start of a number or of an ISO date, up to the end of
# the attribute or text node. The literal prefix makes it a memory search.
_YEARS: Final = tuple(
    re.compile(rb"%s\d(?!\d|-\d\d-\d\d)([^<>\"'\\]{1,48})[<\"']" % prefix)
    for prefix in (b"20[0-3]", b"199")
)
_DELIMITERS: Final = b">\"'"
_NEIGHBOURS: Final = _DELIMITERS + b" \t\r\n"
_WIDEST_INDENT: Final = 80  # white space between a tag and its text
# Two days that have neither year, month nor day in common.
_ONE, _OTHER = datetime(2001, 1, 3), datetime(2004, 2, 5)  # noqa: DTZ001 - never shown


def with_days(markup: bytes) -> tuple[bytes, frozenset[str]]:
    """Put the first of the month for dates without a day; drop those without month.

    Gives the markup to search dates in, and the dates put in ("2017-05-01"). The
    markup is returned as it is if there are none, as is nearly always the case.
    """
    edits: list[tuple[int, int, str]] = []
    for pattern in _YEARS:
        for match in pattern.finditer(markup):
            start, end = match.start(), match.end() - 1
            if start == 0 or markup[start - 1] not in _NEIGHBOURS:
                continue
            before = markup[max(0, start - _WIDEST_INDENT) : start].rstrip()
            if before and before[-1] in _DELIMITERS:
                day = _completed(markup[start:end].strip())
                if day is not None:
                    edits.append((start, end, day))
    if not edits:
        return markup, frozenset()
    parts: list[bytes] = []
    position = 0
    for start, end, day in sorted(edits):
        parts += [markup[position:start], day.encode()]
        position = end
    parts.append(markup[position:])
    return b"".join(parts), frozenset(day for *_, day in edits if day)


@lru_cache(maxsize=4096)
def _completed(expression: bytes) -> str | None:
    """Give the first of the month named; "" if there is no month, None if a day."""
    if not any(character in b"0123456789" for character in expression[4:]) and not any(
        chr(character).isalpha() for character in expression[4:]
    ):
        return None  # "2017." - htmldate does not take a year alone
    try:
        text = expression.decode()
        one, other = parse(text, default=_ONE), parse(text, default=_OTHER)
    except (ValueError, OverflowError, TypeError):
        return None
    if one == other:
        return None
    if (one.year, one.month) != (other.year, other.month):
        return ""
    return f"{one.year}-{one.month:02}-01"
