"""Memento (RFC 7089): the words of its headers, and the form of a TimeMap. Pure.

A *memento* is a capture; its *original* is the address that was captured. The
TimeGate of an address leads to the memento of a time, its TimeMap lists them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from archive.cdxj import REVISIT, CdxLine
from archive.clock import timestamp14
from archive.replay.links import replay_path

LINK_FORMAT: Final = "application/link-format"  # RFC 6690

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
# `rfc1123-date` of RFC 7089, 2.1: always GMT, always four digits of a year.
_RFC1123: Final = re.compile(
    rf"(?:{'|'.join(_DAYS)}), (\d\d) ({'|'.join(_MONTHS)}) (\d{{4}}) "
    r"(\d\d):(\d\d):(\d\d) GMT",
    re.ASCII,
)
_WEB: Final = ("http://", "https://")
_IN_A_URI: Final = "!#$%&'()*+,/:;=?@[]~"  # what `quote` is to leave alone


class DateError(ValueError):
    """A date is not as RFC 7089 wants it; the text says how it should be."""


def parse_http_date(text: str) -> datetime:
    """Read an `Accept-Datetime` (RFC 7089, 2.1.1). Raises DateError.

    That the day of the week is the right one is not asked.
    """
    match = _RFC1123.fullmatch(text.strip(" \t"))
    if match is not None:
        day, month, year, hour, minute, second = match.groups()
        try:
            return datetime(
                int(year),
                _MONTHS.index(month) + 1,
                int(day),
                int(hour),
                int(minute),
                min(int(second), 59),  # a leap second is the last of its minute
                tzinfo=UTC,
            )
        except ValueError:  # the 31st of February
            pass
    raise DateError(
        f"not a date of HTTP: {text[:60]!r}; write it as "
        "Sun, 22 Nov 2026 08:15:00 GMT (RFC 7089, 2.1)"
    )


def http_date(date: datetime) -> str:
    """Write a date as `Memento-Datetime` has it, whatever the locale."""
    date = date.astimezone(UTC)
    return (
        f"{_DAYS[date.weekday()]}, {date.day:02d} {_MONTHS[date.month - 1]} "
        f"{date.year:04d} {date.hour:02d}:{date.minute:02d}:{date.second:02d} GMT"
    )


def is_memento(line: CdxLine) -> bool:
    """Whether a line of the index is a capture of a web address.

    Records without an answer of a server (a page's text, a screenshot) are none.
    """
    url = line.url or ""
    answered = line.status is not None or line.mime == REVISIT
    return answered and url[:8].lower().startswith(_WEB)


# ------------------------------------------------------------------ addresses


def uri(url: str) -> str:
    """Write an address so that it may stand between `<` and `>` (RFC 3986)."""
    return quote(url, safe=_IN_A_URI, errors="surrogateescape")


def timegate_uri(base: str, url: str) -> str:
    """Give the address of a TimeGate (URI-G); `base` is where Dateline answers."""
    return _behind(f"{base}/timegate", url)


def timemap_uri(base: str, url: str, *, form: str = "link", page: int = 1) -> str:
    """Give the address of a TimeMap (URI-T), or of one of its further pages."""
    number = f"/{page}" if page > 1 else ""
    return _behind(f"{base}/timemap/{form}{number}", url)


def _behind(place: str, url: str) -> str:
    """Write an address behind another, escaped as those of the replay are."""
    return replay_path(url, "", prefix=place)


def memento_uri(base: str, url: str, date: datetime) -> str:
    """Give the address of a memento (URI-M): our replay of it."""
    return base + replay_path(url, timestamp14(date))


# -------------------------------------------------------------------- headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The captures of an address that a header may name beside the one that is sent."""

    first: datetime | None = None
    prev: datetime | None = None
    next: datetime | None = None
    last: datetime | None = None


_NO_NEIGHBOURS: Final = Neighbours()


def memento_headers(
    *, base: str, url: str, date: datetime, neighbours: Neighbours = _NO_NEIGHBOURS
) -> dict[str, str]:
    """Give the headers of an answer that is a memento (RFC 7089, 4.2).

    `base` is the address under which Dateline answers, without a slash at its end;
    `url` was captured, and `date` is when: never what was asked for.
    """
    return {
        "Memento-Datetime": http_date(date),
        "Link": link_header(base=base, url=url, date=date, neighbours=neighbours),
    }


def link_header(
    *,
    base: str,
    url: str,
    date: datetime | None = None,
    neighbours: Neighbours = _NO_NEIGHBOURS,
    is_timegate: bool = False,
) -> str:
    """Give the `Link` of a memento or a TimeGate: original, TimeMap, captures.

    (RFC 7089, 2.2; a TimeGate does not name itself.)
    """
    relations: dict[datetime, list[str]] = {}
    for relation, moment in (
        ("first", neighbours.first),
        ("prev", neighbours.prev),
        ("next", neighbours.next),
        ("last", neighbours.last),
    ):
        if moment is not None:
            relations.setdefault(moment, []).append(relation)
    if date is not None:
        relations.setdefault(date, [])
    links = [
        f'<{uri(url)}>; rel="original"',
        *([] if is_timegate else [f'<{timegate_uri(base, url)}>; rel="timegate"']),
        f'<{timemap_uri(base, url)}>; rel="timemap"; type="{LINK_FORMAT}"',
        *(
            _memento_link(base, url, moment, relations[moment])
            for moment in sorted(relations)
        ),
    ]
    return ", ".join(links)


def _memento_link(base: str, url: str, date: datetime, before: Sequence[str]) -> str:
    relation = " ".join((*before, "memento"))
    return (
        f'<{memento_uri(base, url, date)}>; rel="{relation}"; '
        f'datetime="{http_date(date)}"'
    )


# ------------------------------------------------------------------- TimeMaps


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMap:
    """The captures of an address, or one page of them, the oldest first."""

    base: str
    url: str
    mementos: tuple[CdxLine, ...]
    page: int = 1
    is_last: bool = True

    def address(self, line: CdxLine) -> str:
        """Give the URI-M of one of the captures."""
        return memento_uri(self.base, line.url or self.url, line.date)


def link_format(timemap: TimeMap) -> str:
    """Write a TimeMap as link-format (RFC 7089, 5; RFC 6690), one link a line."""
    base, url, page = timemap.base, timemap.url, timemap.page
    lines = timemap.mementos
    links = [
        f'<{uri(url)}>; rel="original"',
        f'<{timemap_uri(base, url, page=page)}>; rel="self"; type="{LINK_FORMAT}"'
        + (
            f'; from="{http_date(lines[0].date)}"; until="{http_date(lines[-1].date)}"'
            if lines
            else ""
        ),
        f'<{timegate_uri(base, url)}>; rel="timegate"',
    ]
    # Paged (RFC 7089, 5.1.1): the other pages are TimeMaps too.
    links += [
        f'<{timemap_uri(base, url, page=other)}>; rel="timemap"; type="{LINK_FORMAT}"'
        for other in _others(timemap)
    ]
    for number, line in enumerate(lines):
        relations = [
            *(["first"] if number == 0 and page == 1 else []),
            *(["last"] if number == len(lines) - 1 and timemap.is_last else []),
            "memento",
        ]
        links.append(
            f'<{timemap.address(line)}>; rel="{" ".join(relations)}"; '
            f'datetime="{http_date(line.date)}"'
        )
    return ",\n".join(links) + "\n"


def json_values(timemap: TimeMap) -> dict[str, Any]:
    """Give a TimeMap as JSON, in the form of the Memento aggregators."""
    base, url = timemap.base, timemap.url
    entries = [
        {"datetime": _iso(line.date), "uri": timemap.address(line)}
        for line in timemap.mementos
    ]
    mementos: dict[str, Any] = {"list": entries}
    if entries and timemap.page == 1:
        mementos["first"] = entries[0]
    if entries and timemap.is_last:
        mementos["last"] = entries[-1]
    pages = {
        "prev" if other < timemap.page else "next": {
            "uri": timemap_uri(base, url, form="json", page=other)
        }
        for other in _others(timemap)
    }
    return {
        "original_uri": url,
        "self": timemap_uri(base, url, form="json", page=timemap.page),
        "timegate_uri": timegate_uri(base, url),
        "timemap_uri": {
            "link_format": timemap_uri(base, url),
            "json_format": timemap_uri(base, url, form="json"),
        },
        "mementos": mementos,
        **({"pages": pages} if pages else {}),
    }


def _others(timemap: TimeMap) -> Iterable[int]:
    """Give the numbers of the pages before and after this one."""
    if timemap.page > 1:
        yield timemap.page - 1
    if not timemap.is_last:
        yield timemap.page + 1


def _iso(date: datetime) -> str:
    return date.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
