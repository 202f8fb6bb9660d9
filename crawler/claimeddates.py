"""Dates as feeds, sitemaps and pages write them, read as spans of time.

Nothing here does I/O. A claimed date is kept as it was written; what it
means is only asked when a crawl is for a span of time. "2024-03" is a whole
month, and a date without a zone may lie anywhere on Earth: so a claim is
read as the span of the instants that it can mean.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Span(NamedTuple):
    """Instants from `start` on, before `end`; both aware."""

    start: datetime
    end: datetime


# Zones reach from UTC+14 to UTC-12.
_EASTERNMOST = timedelta(hours=14)
_WESTERNMOST = timedelta(hours=12)

# W3C-DTF (a profile of ISO 8601), with what is often written instead: a space
# for the T, a comma for the point, a zone without a colon.
_W3C_DTF = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2})"
    r"(?:[Tt ]\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*([Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?)?)?\Z"
)
_BASIC = re.compile(  # ISO 8601, basic format
    r"([0-9]{4})([0-9]{2})([0-9]{2})"
    r"(?:[Tt]([0-9]{2})([0-9]{2})([0-9]{2})?([Zz]|[+-][0-9]{2}(?:[0-9]{2})?)?)?\Z"
)
# What programs write that know no date: the first days of their calendars.
_NO_DATES = frozenset({(1, 1, 1), (1900, 1, 1), (1970, 1, 1), (1969, 12, 31)})


def span_of_date(text: str) -> Span | None:
    """Read a date of W3C-DTF, ISO 8601 or RFC 822; None if it is none.

    The span is as long as what was written leaves open: a year, a month, a
    day, a minute, a second; without a zone, 26 hours more. What stands for
    "unknown" (0001-01-01, 1970-01-01 and such) is none.
    """
    text = text.strip()
    match = _W3C_DTF.match(text) or _BASIC.match(text)
    try:
        return _span_of_parts(match) if match else _span_of_rfc_822(text)
    except (ValueError, OverflowError, IndexError):  # a 31st of February, a year 0
        return None


def _span_of_parts(match: re.Match[str]) -> Span | None:
    year, month, day, hour, minute, second, zone = match.groups()
    if hour is None or minute is None:
        span = _calendar_span(year, month, day)
        return None if day and _says_nothing(span.start) else _wherever(span)
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    if _says_nothing(start):
        return None
    # 24:00 is the end of the day (ISO 8601), and :60 a leap second.
    since_midnight = _clock(hour, 24) * 60 + _clock(minute, 59)
    start += timedelta(minutes=since_midnight, seconds=_clock(second or "0", 60))
    span = Span(start, start + timedelta(seconds=1 if second else 60))
    if zone is None:
        return _wherever(span)
    offset = _offset(zone)
    return Span(span.start - offset, span.end - offset)


def _span_of_rfc_822(text: str) -> Span | None:
    start = parsedate_to_datetime(text)
    if _says_nothing(start):
        return None
    # Without a zone, with one nobody knows, or with "-0000": naive.
    if start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
        return _wherever(Span(start, start + timedelta(seconds=1)))
    return Span(start, start + timedelta(seconds=1))


def _says_nothing(date: datetime) -> bool:
    return (date.year, date.month, date.day) in _NO_DATES


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    minutes = _clock(digits[:2], 14) * 60 + _clock(digits[2:] or "0", 59)
    return timedelta(minutes=-minutes if zone[0] == "-" else minutes)


def _clock(digits: str, most: int) -> int:
    if (number := int(digits)) > most:
        raise ValueError(f"{digits} is more than {most}")
    return number


def _calendar_span(year: str, month: str | None, day: str | None) -> Span:
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    if day:
        return Span(start, start + timedelta(days=1))
    if month and start.month < 12:
        return Span(start, start.replace(month=start.month + 1))
    return Span(start, start.replace(year=start.year + 1, month=1))


def _wherever(span: Span) -> Span:
    """Widen a span without a zone to what it means anywhere on Earth."""
    return Span(
        span.start.replace(tzinfo=timezone(_EASTERNMOST)),
        span.end.replace(tzinfo=timezone(-_WESTERNMOST)),
    )


# ---------------------------------------------------------------- names

_DATE_IN_NAME = re.compile(
    r"(?<![0-9A-Za-z])((?:19|20)[0-9]{2})"
    r"(?:([-_./]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12][0-9]|3[01]))?)?"
    r"(?![0-9A-Za-z])"
)
_PARAMETER = re.compile(r"(?:^|[&;])([A-Za-z]+)=([0-9-]{1,10})(?=[&;]|$)")
_YEARS = ("yyyy", "year", "yr", "y", "jahr", "annee", "ano", "anno")
_MONTHS = ("mm", "month", "m", "monat", "mois", "mes", "mese")
_DAYS = ("dd", "day", "d", "tag", "jour", "dia", "giorno")
_WHOLE = ("date", "day", "month", "year")


def span_of_name(url: str) -> Span | None:
    """Read the year, month or day that the address of a sitemap is named after.

    `sitemap-2024-03.xml`, `/sitemaps/2024/03/05.xml`, `?yyyy=2024&mm=03`. Read
    narrowly, since what is read wrongly would be left out: a month has two
    digits (`sitemap-2024-3.xml` may be the third part of a year), a year
    stands apart from letters and other digits (`sitemap2024.xml` may be one
    of thousands). Of several dates the span is from the first to the last.
    None if no date is in the name.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    spans = [*_spans_in(unquote(parts.path)), *_spans_of_query(parts.query)]
    if not spans:
        return None
    start = min(span.start for span in spans)
    return _wherever(Span(start, max(span.end for span in spans)))


_DATE_IN_PATH = re.compile(
    r"/((?:19|20)[0-9]{2})/(0?[1-9]|1[0-2])(?:/(0?[1-9]|[12][0-9]|3[01]))?/"
)


def span_of_path(url: str) -> Span | None:
    """Read the day or month that an article is filed under: `/2024/03/14/title`.

    Such folders are made when it is published. None if there is none.
    """
    match = _DATE_IN_PATH.search(url.partition("?")[0])
    if match is None:
        return None
    try:
        return _wherever(_calendar_span(match[1], match[2], match[3]))
    except ValueError:  # a 31st of February
        return _wherever(_calendar_span(match[1], match[2], None))


def _spans_in(text: str) -> list[Span]:
    spans = []
    for match in _DATE_IN_NAME.finditer(text):
        try:
            spans.append(_calendar_span(match[1], match[3], match[4]))
        except ValueError:  # a 31st of February: the month is meant, perhaps
            spans.append(_calendar_span(match[1], match[3], None))
    return spans


def _spans_of_query(query: str) -> list[Span]:
    values = {name.lower(): value for name, value in _PARAMETER.findall(query)}
    for name in _WHOLE:
        if len(value := values.get(name, "")) > len("2024"):
            return _spans_in(value)
    year = next((values[name] for name in _YEARS if name in values), "")
    month = next((values[name] for name in _MONTHS if name in values), "")
    day = next((values[name] for name in _DAYS if name in values), "")
    if not month:
        return _spans_in(year)
    return _spans_in("-".join(part.zfill(2) for part in (year, month, day) if part))
