"""What is asked of a CDX server: its parameters, read into ranges and conditions. Pure.

The parameters and their forms are those of pywb's CDX server and, where that has none
(`collapse`, a negative `limit`), of the Wayback Machine's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from archive.cdxfilter import Filter, FilterError, field_name, read_filter
from archive.cdxj import CdxError, full_moment
from archive.cdxparameters import CdxParameters
from archive.errors import UsageError
from archive.sortedlines import after
from archive.urlkey import urlkey

DEFAULT_PAGE_SIZE: Final = 10  # blocks
MOST_LAST: Final = 100_000  # captures that a negative limit may ask for
_DIGITS: Final = re.compile(r"[0-9]{1,17}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}")
_WITH_HOST: Final = re.compile(r"([^)\s]+)\)")
_HOST_WITH_PORT: Final = re.compile(r"[\w.-]+:[0-9]+(?:[/?#*]|$)")
_PORT: Final = re.compile(r":[0-9]+$")
_LONGEST_URL: Final = 8192
_MOST_FILTERS: Final = 20
_MOST_COLLAPSED: Final = 10  # there are no more fields


class QueryError(UsageError):
    """The parameters of a CDX request can not be; the text says which, and why."""


class MatchType(StrEnum):
    """Which addresses are meant by one."""

    EXACT = "exact"
    PREFIX = "prefix"
    HOST = "host"
    DOMAIN = "domain"


class Sort(StrEnum):
    """In which order captures are given."""

    DEFAULT = "default"
    REVERSE = "reverse"
    CLOSEST = "closest"


class Output(StrEnum):
    """How captures are written."""

    CDXJ = "cdxj"
    JSON = "json"
    TEXT = "text"


_Choice = TypeVar("_Choice", bound=StrEnum)
Range = tuple[bytes, bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collapse:
    """Of neighbours whose field begins alike, only the first is given."""

    field: str
    length: int | None  # None: the whole field


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxQuery:
    """A request, understood."""

    url: str
    match_type: MatchType
    key: str  # the key of the address
    ranges: tuple[Range, ...]  # in the order of the index
    from_time: str | None = None  # 1 to 17 digits; the first that is meant
    to_time: str | None = None  # the last, with all that begins so
    limit: int | None = None  # negative: so many of the last
    sort: Sort = Sort.DEFAULT
    closest: str | None = None
    filters: tuple[Filter, ...] = ()
    fields: tuple[str, ...] = ()
    collapse: tuple[Collapse, ...] = ()
    output: Output = Output.CDXJ
    page: int | None = None
    page_size: int = DEFAULT_PAGE_SIZE
    show_num_pages: bool = False
    show_paged_index: bool = False

    @property
    def closest_at(self) -> datetime:
        """The time that captures are to be close to."""
        assert self.closest is not None
        return full_moment(self.closest)


def read_query(asked: CdxParameters) -> CdxQuery:
    """Understand a request. Raises QueryError, which names the parameter."""
    url, match_type = _address(asked.url, asked.match_type)
    key, ranges = search_ranges(url, match_type)
    sort, closest = _order(asked)
    if sort is Sort.CLOSEST and match_type is not MatchType.EXACT:
        raise QueryError(
            "sort=closest: only the captures of one address can be sorted by time; "
            "leave out matchType and `*`"
        )
    from_time, to_time = _time("from", asked.from_time), _time("to", asked.to_time)
    limit = _number("limit", asked.limit, least=-MOST_LAST)
    if limit == 0:
        raise QueryError("limit=0: nothing would be given; leave it out to get all")
    if limit is not None and limit < 0 and sort is not Sort.DEFAULT:
        raise QueryError(f"limit={limit}: the last ones are asked for by sort already")
    page = _number("page", asked.page, least=0)
    page_size = _number("pageSize", asked.page_size, least=1)
    if page is None and page_size is not None:
        page = 0
    if page is not None and sort is Sort.CLOSEST:
        raise QueryError("page: with sort=closest there are no pages; use limit")
    return CdxQuery(
        url=url,
        match_type=match_type,
        key=key,
        ranges=_in_time(key, ranges, match_type, from_time, to_time),
        from_time=from_time,
        to_time=to_time,
        limit=limit,
        sort=sort,
        closest=closest,
        filters=_filters(asked.filters),
        fields=_fields(asked.fields),
        collapse=_collapses(asked.collapse),
        output=_choice("output", Output, asked.output) or Output.CDXJ,
        page=page,
        page_size=page_size or DEFAULT_PAGE_SIZE,
        show_num_pages=_flag("showNumPages", asked.show_num_pages),
        show_paged_index=_flag("showPagedIndex", asked.show_paged_index),
    )


# ------------------------------------------------------------------ addresses


def _address(url: str | None, match_type: str | None) -> tuple[str, MatchType]:
    """Read `url`, with `*.` in front or `*` at its end, and `matchType`."""
    if not url:
        raise QueryError("url is missing: name an address, as url=example.org/news/*")
    if len(url) > _LONGEST_URL:
        raise QueryError(f"url is longer than {_LONGEST_URL} characters")
    if _HOST_WITH_PORT.match(url):
        url = f"http://{url}"  # as people write it; else the host would be a scheme
    chosen = _choice("matchType", MatchType, match_type)
    if chosen is None:
        if url.startswith("*."):
            return url[2:], MatchType.DOMAIN
        if url.endswith("*"):
            return url[:-1], MatchType.PREFIX
    return url, chosen or MatchType.EXACT


def search_ranges(url: str, match_type: MatchType) -> tuple[str, tuple[Range, ...]]:
    """Give the key of an address, and the ranges of lines that are meant by it.

    Raises QueryError where an address has no host and one is needed.
    """
    if match_type is MatchType.PREFIX and not url:
        return "", ((b"", None),)
    key = urlkey(url)
    if match_type is MatchType.EXACT:
        return key, (_beginning(key + " "),)
    if match_type is MatchType.PREFIX:
        # A key has no slash or question mark at its end; a prefix may be about it.
        for end in "/?":
            if url.endswith(end) and not key.endswith(end):
                key += end
        return key, (_beginning(key),)
    host = _WITH_HOST.match(key)
    if host is None:
        raise QueryError(f"matchType={match_type}: there is no host in {url[:200]!r}")
    name = host[1]
    if match_type is MatchType.HOST:
        return key, (_beginning(name + ")"),)
    # The host itself, what is below it, and both at other ports: `)` < `,` < `:`.
    name = _PORT.sub("", name) if name.count(":") == 1 else name  # else IPv6
    return key, tuple(_beginning(name + end) for end in "),:")


def _beginning(prefix: str) -> Range:
    low = prefix.encode("utf-8", "surrogateescape")
    return low, after(low)


def _in_time(
    key: str,
    ranges: tuple[Range, ...],
    match_type: MatchType,
    from_time: str | None,
    to_time: str | None,
) -> tuple[Range, ...]:
    """Narrow the range of one key by time: its lines are sorted by it."""
    if match_type is not MatchType.EXACT:
        return ranges
    ((low, high),) = ranges
    start = f"{key} ".encode("utf-8", "surrogateescape")
    if from_time is not None:
        low = start + from_time.encode("ascii")
    if to_time is not None:
        high = after(start + to_time.encode("ascii"))
    return ((low, high),)


def is_in_time(query: CdxQuery, timestamp: str) -> bool:
    """Whether a timestamp is between `from` and `to`, both included."""
    if query.from_time is not None and timestamp < query.from_time:
        return False
    to_time = query.to_time
    return to_time is None or timestamp <= to_time or timestamp.startswith(to_time)


# ----------------------------------------------------------------- parameters


def _order(asked: CdxParameters) -> tuple[Sort, str | None]:
    """Read `sort` and `closest`; a time alone asks for the order too, as in pywb."""
    sort = _choice("sort", Sort, asked.sort)
    closest = asked.closest or None
    if closest is None:
        if sort is Sort.CLOSEST:
            raise QueryError(
                "sort=closest: closest is missing, a time of 4 to 14 digits"
            )
        return sort or Sort.DEFAULT, None
    try:
        full_moment(closest)
    except CdxError as error:
        raise QueryError(f"closest={closest[:40]!r}: {error}") from error
    return sort or Sort.CLOSEST, closest


def _time(name: str, text: str | None) -> str | None:
    if not text:
        return None
    if not _DIGITS.fullmatch(text):
        raise QueryError(
            f"{name}={text[:40]!r}: a time has 1 to 14 digits, as 20261122"
        )
    return text


def _number(name: str, text: str | None, *, least: int) -> int | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise QueryError(f"{name}={text[:40]!r} is no whole number")
    number = int(text)
    if number < least:
        raise QueryError(f"{name}={number}: {least} is the least")
    return number


def _flag(name: str, text: str | None) -> bool:
    if text is None or text.lower() in ("", "0", "false", "no"):
        return False
    if text.lower() in ("1", "true", "yes"):
        return True
    raise QueryError(f"{name}={text[:40]!r}: say true or false")


def _choice(name: str, kind: type[_Choice], text: str | None) -> _Choice | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(kind)
        raise QueryError(f"{name}={text[:40]!r} is none of {known}") from None


def _fields(text: str | None) -> tuple[str, ...]:
    names = (name.strip() for name in (text or "").split(","))
    return tuple(field_name(name) for name in names if name)


def _filters(texts: Sequence[str]) -> tuple[Filter, ...]:
    if len(texts) > _MOST_FILTERS:
        raise QueryError(f"filter: there are more than {_MOST_FILTERS}")
    try:
        return tuple(read_filter(text) for text in texts if text)
    except FilterError as error:
        raise QueryError(f"filter: {error}") from error


def _collapses(texts: Sequence[str]) -> tuple[Collapse, ...]:
    if len(texts) > _MOST_COLLAPSED:
        raise QueryError(f"collapse: there are more than {_MOST_COLLAPSED}")
    return tuple(_collapse(text) for text in texts if text)


def _collapse(text: str) -> Collapse:
    name, colon, digits = text.partition(":")
    length = _number("collapse", digits, least=1) if colon else None
    if not name or (colon and length is None):
        raise QueryError(
            f"collapse={text[:40]!r}: name a field, or a field and a length, "
            "as timestamp:8"
        )
    return Collapse(field=field_name(name), length=length)
