"""Spider traps: addresses without an end, known by their shape.

A calendar has a page for each month there will ever be, a shop one for each way to
sort its shelves, a wrong relative link one for each time it is followed. What no
single address gives away, `crawler.shapes.ShapeBudget` bounds by number. Nothing here
does I/O or asks for the time.

An article refused is an article lost: what looks like a dated article is no trap
whatever its path holds, and a rule that might meet an article asks for a second sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from archive.tracking import is_tracking
from crawler.shapes import DAY, MONTH, PAGES, Parts, taken_apart

MOST_SEGMENTS: Final = 16  # of a path; articles have up to 9, image servers 16
MOST_PARAMETERS: Final = 12  # that tell something of the content
MOST_PAGES: Final = 500
MOST_ITEMS: Final = 10_000  # of parameters that count items rather than pages
YEARS_AHEAD: Final = 1  # a calendar may show the next year

_PATH_SESSION: Final = re.compile(r";jsessionid=|/\([a-z]\([0-9a-z]{24}", re.IGNORECASE)
_PATH_PAGE: Final = re.compile(
    r"/(?:page|seite|pagina|strana)[/-]([0-9]+)/?$", re.IGNORECASE
)
_PATH_MONTH: Final = re.compile(
    rf"/((?:19|20)[0-9]{{2}})[/-]{MONTH}(?:[/-]{DAY})?(?=/|$)", re.IGNORECASE
)
_DATE: Final = re.compile(r"((?:19|20)[0-9]{2})-[01][0-9](?:-[0-3][0-9])?")

_FACET: Final = re.compile(
    r"(?:sort|order|dir|direction|filter|facet|refine)s?(?:[-_]?(?:by|order|dir))?|"
    r"per[-_]?page|limit|page_?size|items_per_page|(?:min_?|max_?)?price|colou?r|size|"
    r"brand|(?:f|filter|facet|field|attribute)s?(?:\[|%5b).*|(?:filter|facet)_.*"
)
_ERRANDS: Final = re.compile(
    r"replytocom|like_comment|add[-_]?to[-_]?(?:cart|wishlist)|remove_item"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CALENDARS: Final = _words(
    "agenda calendar calendario calendrier events events-calendar kalendar kalendarz "
    "kalender takvim termine veranstaltungen veranstaltungskalender"
)
_CALENDAR_NAMES: Final = _words("ical outlook-ical tribe-bar-date eventdisplay")
_YEARS: Final = _words("year yr jahr annee ano anno rok")
_MONTHS: Final = _words("month mon monat mois mes mese maand")
_SESSIONS: Final = _words(
    "phpsessid jsessionid cftoken oscsid zenid sid sessid session sessionid session_id"
)
_ITEMS: Final = _words("start offset skip")
_SEARCHES: Final = _words(
    "search suche buscar busqueda recherche ricerca cerca zoeken sok szukaj hledat "
    "haku search.php search.html search.aspx"
)
_TERMS: Final = _words(
    "q s query search keyword keywords searchterm search_query suchbegriff text term"
)
_VIEWS: Final = ("print", "amp", "feed")


def trap(url: str, now: datetime | None = None) -> str | None:
    """Say in one sentence why an address looks like a trap; None if it does not.

    With `now`, calendar days far ahead of it are traps too. Never raises: what is
    no http or https address is no trap.
    """
    parts = taken_apart(url)
    if parts is None:
        return None
    reason = None if parts.is_dated else _path_trap(parts)
    if reason is None and parts.parameters:
        reason = _query_trap(parts, now)
    return reason or _calendar_path(parts, now)


# ------------------------------------------------------------------------------- path


def _path_trap(parts: Parts) -> str | None:
    segments = parts.segments
    if len(segments) > MOST_SEGMENTS:
        return f"the path has {len(segments)} segments, more than {MOST_SEGMENTS}"
    if "%252525" in parts.path:
        return "the path was escaped over and over"
    page = _PATH_PAGE.search(parts.path)
    if page and _is_above(page[1], MOST_PAGES):
        return f"the path counts pages beyond {MOST_PAGES}"
    if _PATH_SESSION.search(parts.path) and not _names_page(parts):
        return "the path holds a session id, of no article"
    return _repetition(segments) if len(segments) != len(set(segments)) else None


def _repetition(segments: Sequence[str]) -> str | None:
    """Find a view twice, a word four times, or a block three times in a row."""
    for view in _VIEWS:
        if segments.count(view) > 1:
            return f"the path holds {view!r} more than once"
    words = [segment for segment in segments if not segment.isdigit()]
    for word in words:
        if words.count(word) > 3:
            return f"the path holds the segment {word!r} {words.count(word)} times"
    for length in range(1, len(words) // 3 + 1):
        for start in range(len(words) - 3 * length + 1):
            block = words[start : start + length]
            if words[start + length : start + 3 * length] == block * 2:
                return f"the path repeats {'/'.join(block)!r} three times"
    return None


# ------------------------------------------------------------------------------ query


def _query_trap(parts: Parts, now: datetime | None) -> str | None:
    for name, value in parts.parameters:
        reason = (
            _errand(name)
            or _session(name, value, parts)
            or _search(name, value, parts)
            or _paging(name, value, parts)
            or _day_ahead(name, value, now)
        )
        if reason:
            return reason
    return _combination(parts) or _calendar_query(parts)


def _errand(name: str) -> str | None:
    if _ERRANDS.fullmatch(name):
        return f"the parameter {name!r} does something, and shows nothing new"
    return None


def _session(name: str, value: str, parts: Parts) -> str | None:
    """A session on an article is no trap: the article's identity leaves it out."""
    if (
        (name in _SESSIONS or name.startswith("aspsessionid"))
        and is_tracking(name, value)
        and not _names_page(parts)
        and not parts.telling
    ):
        return f"the parameter {name!r} is a session id, of no article"
    return None


def _names_page(parts: Parts) -> bool:
    last = parts.segments[-1].partition(";")[0] if parts.segments else ""
    return parts.names_article or ("." in last and not last.startswith("index."))


def _search(name: str, value: str, parts: Parts) -> str | None:
    if not value or name not in _TERMS:
        return None
    segments = parts.segments
    if (
        (name == "s" and not segments)  # WordPress
        or not _SEARCHES.isdisjoint(segments[-1:])
        or (not _SEARCHES.isdisjoint(segments) and not parts.names_article)
    ):
        return f"it is a page of search results, by its parameter {name!r}"
    return None


def _paging(name: str, value: str, parts: Parts) -> str | None:
    """`page=9000` of a section; of a script it may be the number of an article."""
    if name not in PAGES and name not in _ITEMS:
        return None
    if not parts.segments or "." in parts.segments[-1]:
        return None
    bound = MOST_PAGES if name in PAGES else MOST_ITEMS
    if _is_above(value, bound):
        return f"the parameter {name!r} counts beyond {bound}"
    return None


def _is_above(digits: str, bound: int) -> bool:
    """Compare without int(), whose time grows with the square of the digits."""
    digits = digits.lstrip("0")
    if not (digits.isascii() and digits.isdigit()):
        return False
    return (len(digits), digits) > (len(str(bound)), str(bound))


def _combination(parts: Parts) -> str | None:
    names = [name for name, _ in parts.parameters]
    if len(names) > 1 and not parts.is_dated:
        facets = [name for name in names if _FACET.fullmatch(name)]
        if len(facets) > 1:
            return f"it combines ways to sort and filter: {', '.join(facets[:4])}"
    if len(names) > MOST_PARAMETERS:
        telling = sum(not is_tracking(name, value) for name, value in parts.parameters)
        if telling > MOST_PARAMETERS:
            return f"it has {telling} parameters, more than {MOST_PARAMETERS}"
    return None


# --------------------------------------------------------------------------- calendar


def _calendar_query(parts: Parts) -> str | None:
    names = {name for name, _ in parts.parameters}
    if not names.isdisjoint(_CALENDAR_NAMES):
        return "it is a page of a calendar, by its parameters"
    if (
        not names.isdisjoint(_YEARS)
        and not names.isdisjoint(_MONTHS)
        and not parts.is_dated
        # `?year=2024&month=5&newsid=8`: the directory of an article
        and not any("id" in name or name in {"p", "no", "idx"} for name in names)
    ):
        return "it is a page of a calendar: its parameters name a year and a month"
    return None


def _day_ahead(name: str, value: str, now: datetime | None) -> str | None:
    day = _DATE.fullmatch(value)
    if day and _is_far_ahead(day[1], now):
        return f"the parameter {name!r} names a day far ahead, {value}"
    return None


def _calendar_path(parts: Parts, now: datetime | None) -> str | None:
    """`/calendar/2031/05`; with `now`, any month far ahead at the end of a path."""
    is_calendar = not _CALENDARS.isdisjoint(parts.segments)
    if not is_calendar and now is None:
        return None
    month = _PATH_MONTH.search(parts.path)
    if month is None:
        return None
    is_last = len(parts.path) - month.end() <= 1
    if is_calendar and is_last:
        return "it is a page of a calendar, by its path"
    if (is_calendar or is_last) and _is_far_ahead(month[1], now):
        return f"the path names a month far ahead, in {month[1]}"
    return None


def _is_far_ahead(year: str, now: datetime | None) -> bool:
    return now is not None and int(year) > now.year + YEARS_AHEAD
