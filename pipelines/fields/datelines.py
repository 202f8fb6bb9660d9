"""The dateline of a report: where, when and by whom it was filed. Pure.

"ALEPPO, Nov. 30 (SANA) —": a place, a day, an agency, in the forms that agencies
write. A sentence must not be taken for one, so each form needs something that
sentences do not begin with: a known agency between brackets, a place in capitals
or a day before a dash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from archive.model import ReportDateline
from pipelines.fields import dateline_forms as forms
from pipelines.fields.agencies import find_agency
from pipelines.fields.dateline_days import day_in_month, place_and_day
from pipelines.fields.names import is_organisation

_MOST_LINES: Final = 4  # a standfirst, a caption and a byline may stand before it
_LONGEST: Final = 140  # characters of a line that are looked at
_MOST_CHARACTERS: Final = 4000  # of the text
_MOST_PLACE_WORDS: Final = 4
_EDGES: Final = " \t,:-–—−―‒"
_PARTS: Final = re.compile(r"\s?[/,;|۔·]\s?|\s[-–]\s")
_CASED: Final = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿ]")

_Match = re.Match[str]
_Rule = Callable[[_Match, str | None, str], ReportDateline | None]


def read_dateline(
    text: str, published: str | None, language: str | None
) -> ReportDateline | None:
    """Read the dateline in the first lines of a text; None if there is none.

    `published`, ISO 8601, tells the year, which datelines leave out.
    """
    lines = (line.strip() for line in text[:_MOST_CHARACTERS].split("\n"))
    code = (language or "").partition("-")[0].lower()
    for line in [line[:_LONGEST] for line in lines if line][:_MOST_LINES]:
        for pattern, rule in _FORMS:
            match = pattern.match(line)
            if match is not None and (found := rule(match, published, code)):
                return found
    return None


def _with_known_agency(
    match: _Match, published: str | None, language: str
) -> ReportDateline | None:
    agency = _known(match["agency"])
    place, day, _ = place_and_day(match["before"], language, published)
    if agency is None or not _is_place(place):
        return None
    return _dateline(match, place, day, agency)


def _host_first(
    match: _Match, published: str | None, language: str
) -> ReportDateline | None:
    place, day, _ = place_and_day(match["before"], language, published)
    return _dateline(match, place, day, match["agency"]) if _is_place(place) else None


def _bracketed(
    match: _Match, published: str | None, language: str
) -> ReportDateline | None:
    known = _known(match["agency"])
    is_dashed = match["end"] not in {"", "."}
    if not match["before"]:
        return _dateline(match, None, None, known) if known and is_dashed else None
    place, day, has_day = place_and_day(match["before"], language, published)
    if not _is_place(place):
        return None
    if known is not None:
        is_sure = is_dashed or has_day or place.isupper()
    else:
        agency = match["agency"].strip()
        is_sure = is_dashed and agency.isupper() and place.isupper()
    return _dateline(match, place, day, known or match["agency"]) if is_sure else None


def _bare(match: _Match, published: str | None, language: str) -> ReportDateline | None:
    place, day, has_day = place_and_day(match["before"], language, published)
    town, _, region = place.partition(",")
    is_region = forms.REGION.fullmatch(region.strip()) is not None
    if not (town.isupper() or has_day or is_region) or not _is_place(place):
        return None
    if len(town) < 4 or not match.string[match.end() :].strip():
        return None
    return _dateline(match, place, day, None)


def _wired(
    match: _Match, published: str | None, language: str
) -> ReportDateline | None:
    del language  # the form tells it
    agency, place = match["agency"], match["before"]
    if agency is None and place is None:
        return None
    day = day_in_month(match["month"], match["day"], published)
    return _dateline(match, place, day, None if agency in forms.OURSELVES else agency)


def _lenticular(
    match: _Match, published: str | None, language: str
) -> ReportDateline | None:
    del language
    place, agency = match["before"], _known(match["agency"])
    if agency is None and not match["mark"]:
        place, agency = _parted(place + match["agency"])
        if agency is None:
            return None
    day = day_in_month(match["month"], match["day"], published)
    return _dateline(match, place, day, agency)


def _korean(
    match: _Match, published: str | None, language: str
) -> ReportDateline | None:
    del published, language  # no day is stated
    places = set(re.split("[·/]", match["before"]))
    if _known(match["agency"]) is None and not places & forms.KOREAN_PLACES:
        return None
    return _dateline(match, match["before"], None, match["agency"])


def _dateline(
    match: _Match, place: str | None, day: str | None, agency: str | None
) -> ReportDateline:
    return ReportDateline(
        text=match[0].strip(_EDGES), place=place or None, day=day, agency=agency
    )


def _known(said: str) -> str | None:
    """Give the first known agency of those between brackets, as it stands there."""
    parts = (part.strip(_EDGES) for part in _PARTS.split(said))
    return next((part for part in parts if find_agency(part)), None)


def _parted(said: str) -> tuple[str, str | None]:
    """Part "ワシントン共同" into place and agency."""
    for place_length in range(1, len(said) - 1):
        if find_agency(said[place_length:]):
            return said[:place_length], said[place_length:]
    return said, None


def _is_place(said: str) -> bool:
    """Whether words can be the name of a place: few, capitalised, no institution."""
    words = re.split(r"[\s/]+", said)
    if not said or len(words) > _MOST_PLACE_WORDS or any(map(str.isdigit, said)):
        return False
    if {said.casefold(), words[0].casefold().strip(_EDGES)} & forms.NO_PLACES:
        return False
    town = said.partition(",")[0]
    if is_organisation(town) or find_agency(town) is not None:
        return False
    cased = [word for word in words if _CASED.match(word)]
    if not cased:
        return True
    return cased[0][0].isupper() and sum(map(str.islower, cased)) <= 1


_FORMS: Final[tuple[tuple[re.Pattern[str], _Rule], ...]] = (
    (forms.KOREAN, _korean),
    (forms.LENTICULAR, _lenticular),
    (forms.WIRED, _wired),
    *((form, _with_known_agency) for form in forms.WITH_KNOWN_AGENCY),
    (forms.HOST_FIRST, _host_first),
    (forms.BRACKETED, _bracketed),
    (forms.BARE, _bare),
)
