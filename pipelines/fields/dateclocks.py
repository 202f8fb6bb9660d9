"""Times of day beside dates in running text. Pure."""

from __future__ import annotations

import re
from typing import Final

from archive.model import Precision
from pipelines.fields.datestamps import Stamp, offset_of, with_clock
from pipelines.fields.datewords import AFTERNOON, MORNING, WORD, ZONES, folded

_REACH: Final = 56  # characters that are looked at on each side of a date
_CLOCK: Final = (
    r"(?<![\d.,:])(\d{1,2})(?:[:：h.]|시\s?|時|时|點|点)(\d{2})(?![\d])"
    r"(?:(?:[:：.]|分|분\s?)(\d{2})(?![\d:]))?(?:[.,]\d{1,9})?[分분]?"
)
_AFTER: Final = re.compile(rf"([^\d]{{0,24}}?){_CLOCK}(.{{0,24}})", re.DOTALL)
_BEFORE: Final = re.compile(rf"{_CLOCK}([^\d]{{0,28}})\Z")
_HOUR: Final = re.compile(  # "5 p.m.", with nothing for minutes and seconds
    r"([^\d]{0,16}?)(?<![\d.,:])(\d{1,2})()()(\s?[ap]\.?m\b.{0,16})"
)
_NUMERIC_ZONE: Final = re.compile(
    r"\s?\(?(?:UTC|GMT)?\s?([+\-−]\d{1,2}(?::?\d{2})?)(?![\d.-])"
)
_WORDS: Final = re.compile(WORD)
_DOTTED: Final = re.compile(r"(?<=\w)\.(?=\w\b)")


def clock_around(text: str, start: int, end: int, stamp: Stamp) -> Stamp:
    """Add the time of day that stands beside a date in a text, if one does."""
    if stamp.precision is not Precision.DAY or stamp.clock is not None:
        return stamp
    behind = text[end : end + _REACH]
    if match := _AFTER.match(behind) or _HOUR.match(behind):
        before, hour, minute, second, after = match.groups()
    elif match := _BEFORE.search(text[max(0, start - _REACH) : start]):
        hour, minute, second, after = match.groups()
        before = ""
    else:
        return stamp
    try:
        return with_clock(
            stamp,
            _hour(int(hour), before, after),
            int(minute or 0),
            int(second) if second else None,
            _offset(after),
        )
    except ValueError:  # 25:61
        return stamp


def _hour(hour: int, before: str, after: str) -> int:
    """Count the hour from midnight, by what is said before or after it."""
    beside = [*_words(before)[-1:], *_words(after)[:1]]
    if hour > 12 or not beside:
        return hour
    if any(word in AFTERNOON for word in beside):
        return hour % 12 + 12
    return hour % 12 if any(word in MORNING for word in beside) else hour


def _offset(after: str) -> int | None:
    if match := _NUMERIC_ZONE.match(after):
        return offset_of(match[1].replace("−", "-"))
    return next((ZONES[word] for word in _words(after)[:2] if word in ZONES), None)


def _words(text: str) -> list[str]:
    """Give the folded words of a text; "p.m." is one."""
    return [folded(word) for word in _WORDS.findall(_DOTTED.sub("", text))]
