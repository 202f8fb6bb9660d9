"""The dateline of a report: where, when and by whom it was filed. Pure.

"ALEPPO, Nov. 30 (SANA) —": a place, a day, an agency, in the forms that agencies
write (the AP Stylebook and those of others). A sentence must not be taken for one, so
each form needs something that sentences do not have: a known agency between
brackets, a place in capitals before a dash, a day before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from archive.model import ReportDateline
from pipelines.fields.agencies import find_agency
from pipelines.fields.calendars import gregorian
from pipelines.fields.dateline_places import KOREAN_PLACES, NO_PLACES, ON_DAYS
from pipelines.fields.datewords import WORD, folded, month_of
from pipelines.fields.names import is_organisation

_MOST_LINES: Final = 4  # a standfirst, a caption and a byline may stand before it
_LONGEST: Final = 140  # characters of a line that are looked at
_MOST_PLACE_WORDS: Final = 5
_SOLAR_EPOCH_YEARS: Final = 621
_LUNAR_YEAR_DAYS: Final = 354

_DASH: Final = r"(?:--?|[–—−―‒])"
_HAN: Final = r"[\u3400-\u9fff]"
# "ALEPPO, Nov. 30 (SANA) —", "(Reuters) -", "Berlin (dpa/lbn) -"
_BRACKETED: Final = re.compile(
    rf"(?P<before>[^()（）\[\]:;!?«»\"“”]{{0,70}}?)\s*[(（](?P<agency>[^()（）]{{2,60}})[)）]"
    rf"\s*(?P<end>[.,]?\s?{_DASH}+|[:।۔.]|(?=\s|$))"
)
# "МОСКВА, 5 марта. /ТАСС/."
_SLASHED: Final = re.compile(
    r"(?P<before>[^/:;!?()]{3,60}?)\s*/(?P<agency>[^/]{2,25})/\.?"
)
# "(ANSA) - ROMA, 05 MAR -"
_AGENCY_FIRST: Final = re.compile(
    rf"\((?P<agency>[^()]{{2,30}})\)\s*{_DASH}\s*(?P<before>[^()–—]{{3,40}}?)\s*{_DASH}\s"
)
# "LOOM.CO, Jakarta -"
_HOST_FIRST: Final = re.compile(
    r"(?P<agency>[A-Za-z0-9]{2,20}\.(?:com|co|id|co\.id|net|tv|news)),\s+"
    rf"(?P<before>[^(),–—]{{3,30}}?)\s*{_DASH}+\s"
)
# "BUFFALO, N.Y. —", "PUTRAJAYA, Nov 22 —", "Москва. 5 марта. LOOM.RU -"
_BARE: Final = re.compile(
    rf"(?P<before>[^()\[\]:;!?«»\"“”–—]{{3,60}}?)\s*(?:[–—―]|--|(?<=\s)-(?=\s))"
)
# "دمشق-سانا", "تهران - ایرنا -"
_CASELESS: Final = re.compile(
    r"(?P<before>[\u0600-\u06ff\u200c ]{2,30}?)\s*[-–—ـ/]\s*(?P<agency>[\u0600-\u06ff\u200c. ]"
    rf"{{2,40}}?)\s*(?P<end>{_DASH}|[:,،.ـ]|$)"
)
# "新华社北京3月5日电", "（中央社記者王小明台北5日電）"
_WIRED: Final = re.compile(
    rf"[（(【]?(?P<agency>{_HAN}{{2,6}}[社网網报報台]|新华|中新)?"
    rf"(?:(?:记者|記者){_HAN}{{2,3}})?(?P<place>{_HAN}{{2,8}}?)?\s?"
    r"(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日[^\W\d]{0,2}[电電讯訊][）)】]?"
)
# "【ソウル＝山田太郎】", "[東京 5日 ロイター]", "【ワシントン共同】"
_LENTICULAR: Final = re.compile(
    r"[【［\[](?P<place>[^\d\s=＝】］\]]{1,12}?)(?:\s*(?:(?P<month>\d{1,2})月)?"
    r"(?P<day>\d{1,2})日)?\s*(?P<mark>[=＝]?)\s*(?P<agency>[^\d=＝】］\]]{2,20})[】］\]]"
)
# "(서울=연합뉴스) 홍길동 기자 ="
_KOREAN: Final = re.compile(
    r"[(（\[［【](?P<place>[가-힣·/]{2,15})\s?=\s?(?P<agency>[가-힣A-Za-z0-9]{2,15})"
    r"[^)）\]］】]{0,20}[)）\]］】]"
)
_DAYS: Final = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:\.|er|º|ª|-го|st|nd|rd|th)?\s*(?:de\s+)?(?P<month>{WORD})"
    rf"|(?P<month2>{WORD})\.?\s+(?P<day2>\d{{1,2}})(?!\d)"
)
_DIGITS: Final = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)")
_PARTS: Final = re.compile(r"\s*[/,;|۔·]\s*|\s+-\s+")
_EDGES: Final = " \t.,:;،-–—/"
_REGION: Final = re.compile(r"(?:[A-Z]{2}|(?:[A-Z]\.){2,3}|[A-Z][a-z]{1,4}\.)")

Day = tuple[int | None, int, int]  # year if stated, month, day


def read_dateline(
    text: str, published: str | None, language: str | None
) -> ReportDateline | None:
    """Read the dateline in the first lines of a text; None if there is none.

    `published`, ISO 8601, gives the year that datelines leave out.
    """
    lines = (line.strip() for line in text[: 20 * _LONGEST].split("\n"))
    for line in [line for line in lines if line][:_MOST_LINES]:
        for form in _FORMS:
            if found := form(line[:_LONGEST], published, (language or "")[:2]):
                return found
    return None


def _bracketed(line: str, published: str | None, language: str) -> ReportDateline | None:
    match = _BRACKETED.match(line)
    if match is None:
        return None
    agency = _agency_in(match["agency"])
    place, day = _place_and_day(match["before"], language)
    is_closed = match["end"] not in {"", "."}
    if not match["before"]:
        is_sure = agency is not None and is_closed
    elif not _is_place(place):
        is_sure = False
    elif agency is not None:
        is_sure = is_closed or day is not None or place.isupper()
    else:
        agency = match["agency"].strip()
        is_sure = is_closed and agency.isupper() and " " not in agency
        is_sure = is_sure and place.isupper()
    if not is_sure:
        return None
    return _dateline(match[0], place, day, agency, published)


def _slashed(line: str, published: str | None, language: str) -> ReportDateline | None:
    match = _SLASHED.match(line)
    agency = _agency_in(match["agency"]) if match else None
    if match is None or agency is None:
        return None
    place, day = _place_and_day(match["before"], language)
    if not _is_place(place):
        return None
    return _dateline(match[0], place, day, agency, published)


def _agency_first(
    line: str, published: str | None, language: str
) -> ReportDateline | None:
    for form in (_AGENCY_FIRST, _HOST_FIRST):
        match = form.match(line)
        if match is None:
            continue
        agency = _agency_in(match["agency"])
        if form is _HOST_FIRST:
            agency = match["agency"]
        place, day = _place_and_day(match["before"], language)
        if agency and _is_place(place):
            return _dateline(match[0], place, day, agency, published)
    return None


def _bare(line: str, published: str | None, language: str) -> ReportDateline | None:
    match = _BARE.match(line)
    if match is None or not line[match.end() :].strip():
        return None
    place, day = _place_and_day(match["before"], language)
    town, _, region = place.partition(",")
    is_region = _REGION.fullmatch(region.strip()) is not None
    is_sure = town.isupper() or day is not None or is_region
    if not is_sure or not _is_place(place) or len(town) < 4:
        return None
    if {town.casefold(), town.split()[0].casefold()} & NO_PLACES:
        return None
    return _dateline(match[0], place, day, None, published)


def _caseless(line: str, published: str | None, language: str) -> ReportDateline | None:
    match = _CASELESS.match(line)
    agency = _agency_in(match["agency"]) if match else None
    if match is None or agency is None:
        return None
    place, day = _place_and_day(match["before"], language)
    if not _is_place(place):
        return None
    return _dateline(match[0], place, day, agency, published)


def _wired(line: str, published: str | None, language: str) -> ReportDateline | None:
    del language  # the form tells
    match = _WIRED.match(line)
    if match is None or not (match["agency"] or match["place"]):
        return None
    agency, place = match["agency"], match["place"]
    # "本报" is the paper itself
    agency = None if agency in {"本报", "本報", "本台", "本网"} else agency
    day = _numbered(match["month"], match["day"], published)
    return _dateline(match[0], place or "", day, agency, published)


def _lenticular(
    line: str, published: str | None, language: str
) -> ReportDateline | None:
    del language
    match = _LENTICULAR.match(line)
    if match is None:
        return None
    agency = match["agency"] if find_agency(match["agency"]) else None
    if agency is None and not match["mark"]:
        return None
    if language_of_place(match["place"]) == "ko":
        return None
    day = _numbered(match["month"], match["day"], published)
    return _dateline(match[0], match["place"], day, agency, published)


def _korean(line: str, published: str | None, language: str) -> ReportDateline | None:
    del language
    match = _KOREAN.match(line)
    if match is None:
        return None
    agency = match["agency"]
    is_known = find_agency(agency) is not None
    if not is_known and not set(re.split("[·/]", match["place"])) & KOREAN_PLACES:
        return None
    return _dateline(match[0], match["place"], None, agency, published)


_FORMS: Final[
    tuple[Callable[[str, str | None, str], ReportDateline | None], ...]
] = (
    _agency_first,
    _korean,
    _lenticular,
    _wired,
    _bracketed,
    _slashed,
    _caseless,
    _bare,
)
