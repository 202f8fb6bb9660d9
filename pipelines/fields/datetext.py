"""Dates in running text, in any script and in the languages of datewords.toml. Pure.

A text is taken apart into numbers and words once, and then walked through; each
form of a date is a function that looks at the words from one place on. Dates
without a year are no dates here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from archive.model import Precision
from pipelines.fields.calendars import (
    LUNAR_LEEWAY,
    Calendar,
    gregorian,
    likely_calendar,
)
from pipelines.fields.dateclocks import clock_around
from pipelines.fields.datestamps import Habits, Stamp, read_iso, settled
from pipelines.fields.datewords import (
    WITHIN,
    WORD,
    YEAR_WORDS,
    era_of,
    folded,
    month_of,
)

_LONGEST_TEXT: Final = 4000  # characters
_MOST_FOUND: Final = 32
_LONGEST_STATEMENT: Final = 200  # characters of a date that stands alone
_TOKENS: Final = re.compile(rf"(\d{{1,20}})|({WORD})")
_WIDEST_GAP: Final = 6  # characters between the parts of a date
_MOST_WITHIN: Final = 3  # words that say nothing
_SEPARATORS: Final = frozenset("-/.‐‑–٫")
_TIED: Final = frozenset({"", ".", "-", "/"})  # what ties a day to its month
_YEARS_FIRST: Final = frozenset({"ko", "ja", "zh"})  # 24.03.11 is a day of 2024
# Units of Chinese, Japanese and Korean, folded.
_YEAR_UNITS: Final = ("年", folded("년"))
_MONTH_UNITS: Final = ("月", folded("월"))
_DAY_UNITS: Final = ("日", "号", "號", folded("일"))
_FIRST_YEAR: Final = "元年"
_NUMBERED_MONTHS: Final = frozenset({folded("tháng"), "thg"})  # Vietnamese


class Token(NamedTuple):
    """A number or a word of a text."""

    number: str  # digits of any script, or ""
    word: str  # folded, or ""
    start: int
    end: int


class Sighting(NamedTuple):
    """A date found in a text, and where it stands."""

    stamp: Stamp
    start: int
    end: int


# As C's asctime and Java's Date write it: "Mon Mar 11 10:00:00 EDT 2024".
_YEAR_LAST: Final = re.compile(
    r"[A-Z][a-z]{2},? ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2})"
    r"( [A-Z]{2,5}(?:[+-]\d{2}:?\d{2})?)? (\d{4})"
)

Found = tuple[Stamp, int] | None  # a date, and the position of the token after it


def read_date(text: str, habits: Habits) -> Stamp | None:
    """Read a date that stands alone, as in attributes; None if there is none."""
    said = text.strip()[:_LONGEST_STATEMENT]
    if stamp := read_iso(said):
        calendar = likely_calendar(stamp.day.year, habits.latest)
        if calendar is Calendar.GREGORIAN:
            return settled(stamp, habits.latest)
    if written := _YEAR_LAST.fullmatch(said):
        month, day, clock, zone, year = written.groups("")
        said = f"{month} {day} {year} {clock}{zone}"
    return next((sighting.stamp for sighting in find_dates(said, habits)), None)


def find_dates(text: str, habits: Habits) -> Iterator[Sighting]:
    """Find the dates of a text with their times of day; none after the capture."""
    text = text[:_LONGEST_TEXT]
    reader = _Reader(text, habits)
    position = count = 0
    while position < len(reader.tokens) and count < _MOST_FOUND:
        found = reader.read(position)
        stamp = settled(found[0], habits.latest) if found else None
        if found and stamp:
            start, end = reader.tokens[position].start, reader.tokens[found[1] - 1].end
            yield Sighting(clock_around(text, start, end, stamp), start, end)
            count += 1
        position = found[1] if found else position + 1


@dataclass(init=False, slots=True)
class _Reader:
    """The tokens of a text, and the forms of dates that can begin at one of them."""

    text: str
    habits: Habits
    tokens: list[Token]

    def __init__(self, text: str, habits: Habits) -> None:
        self.text = text
        self.habits = habits
        self.tokens = [
            Token(match[1] or "", folded(match[2] or ""), match.start(), match.end())
            for match in _TOKENS.finditer(text)
        ]

    def read(self, at: int) -> Found:
        """Read the date that begins at a token, if one does."""
        number = self.tokens[at].number
        try:
            if not number:
                if not any(token.number for token in self.tokens[at + 1 : at + 5]):
                    return None  # as for nearly all words
                return self._month_first(at) or self._first_of_era(at)
            if found := self._digits(at) or self._units(at):
                return found
            if len(number) == 4:
                return self._year_first(at)
            return self._day_first(at) if len(number) <= 2 else None
        except ValueError:  # a 31st of February
            return None

    def _stamp(
        self, year: str | int, month: tuple[Calendar, int], day: str | int
    ) -> Stamp:
        calendar, number = month
        is_lunar = calendar is Calendar.LUNAR_HIJRI
        return Stamp(
            day=gregorian(calendar, int(year), number, int(day)),
            leeway=LUNAR_LEEWAY if is_lunar else 0,
        )

    # ------------------------------------------------------------ 11.3.2024

    def _digits(self, at: int) -> Found:
        """Read three numbers between equal separators."""
        if not self._are_parted_alike(at):
            return None
        first, second, third = (token.number for token in self.tokens[at : at + 3])
        stamp: Stamp | None = None
        if len(first) == 4 and len(third) <= 2:
            stamp = self._of_digits(first, second, third)
        elif max(len(first), len(second)) <= 2 and len(third) == 4:
            stamp = self._either_way(third, first, second)
        elif {len(first), len(second), len(third)} == {2} and self._between(at) != "-":
            stamp = (
                self._of_digits(f"20{int(first):02}", second, third)
                if self.habits.language in _YEARS_FIRST
                else self._either_way(f"20{int(third):02}", first, second)
            )
        return (stamp, at + 3) if stamp else None

    def _are_parted_alike(self, at: int) -> bool:
        """Whether three numbers, and no more, stand between equal separators."""
        if not all(token.number for token in self.tokens[at : at + 3]):
            return False
        if len(self.tokens) < at + 3:
            return False
        separator = self._between(at)
        if separator not in _SEPARATORS or self._between(at + 1) != separator:
            return False
        # What goes on is an address or a version.
        return not any(self._is_continued(end, separator) for end in (at - 1, at + 2))

    def _of_digits(self, year: str, month: str, day: str) -> Stamp:
        calendar = likely_calendar(int(year), self.habits.latest)
        return self._stamp(year, (calendar, int(month)), day)

    def _either_way(self, year: str, first: str, second: str) -> Stamp:
        """Read a date that begins with the day or the month, whichever is usual."""
        month, day = (first, second) if self.habits.is_month_first else (second, first)
        if int(month) > 12:
            return self._of_digits(year, day, month)
        stamp = self._of_digits(year, month, day)
        if int(day) > 12 or day == month:
            return stamp
        return replace(stamp, swapped=self._of_digits(year, day, month).day)

    def _between(self, at: int) -> str:
        """Give what stands between a token and the next, without spaces."""
        left, right = self.tokens[at], self.tokens[at + 1]
        if right.start - left.end > 3:
            return " "
        return self.text[left.end : right.start].strip()

    def _is_continued(self, at: int, separator: str) -> bool:
        """Whether one more number follows a token behind the separator."""
        if not 0 <= at < len(self.tokens) - 1:
            return False
        left, right = self.tokens[at], self.tokens[at + 1]
        return bool(
            left.number
            and right.number
            and self.text[left.end : right.start] == separator
        )

    # ------------------------------------------------------------ 2024年3月11日

    def _units(self, at: int) -> Found:
        """Read year, month and day with a unit behind each."""
        if not self._has_unit(at, _YEAR_UNITS):
            return None
        before = self.tokens[at - 1].word if at else ""
        era = era_of(before) if before else None
        year = int(self.tokens[at].number) + (era or 0)
        return self._month_and_day(year, at + 2) if era or year > 999 else None

    def _first_of_era(self, at: int) -> Found:
        """Read a date of the first year of an era, which has a name of its own."""
        word = self.tokens[at].word
        if not word.endswith(_FIRST_YEAR):
            return None
        era = era_of(word.removesuffix(_FIRST_YEAR))
        return None if era is None else self._month_and_day(era + 1, at + 1)

    def _month_and_day(self, year: int, at: int) -> Found:
        if not self._has_unit(at, _MONTH_UNITS):
            return None
        month = (likely_calendar(year, self.habits.latest), int(self.tokens[at].number))
        if self._has_unit(at + 2, _DAY_UNITS):
            return self._stamp(year, month, self.tokens[at + 2].number), at + 3
        return replace(self._stamp(year, month, 1), precision=Precision.MONTH), at + 2

    def _has_unit(self, at: int, units: tuple[str, ...]) -> bool:
        return (
            at + 1 < len(self.tokens)
            and 0 < len(self.tokens[at].number) <= 4
            and self.tokens[at + 1].word.startswith(units)
            and self._between(at) == ""
        )

    # ------------------------------------------------------------ 11 March 2024

    def _day_first(self, at: int) -> Found:
        month, after = self._month(self._next(at))
        if month is None:
            return None
        again, after_again = self._month(after)
        if again and again[1] == month[1]:  # "مارس/آذار"
            after = after_again
        year = self._year(after)
        if year is None or after is None:
            return None
        return self._stamp(year, month, self.tokens[at].number), after + 1

    def _month_first(self, at: int) -> Found:
        month, after = self._month(at)
        if month is None or after is None:
            return None
        if year := self._year(after):
            if at and self.tokens[at - 1].number and self._between(at - 1) in _TIED:
                return None  # of a day that does not exist
            stamp = replace(self._stamp(year, month, 1), precision=Precision.MONTH)
            return stamp, after + 1
        day, last = self.tokens[after].number, self._next(after)
        year = self._year(last)
        if year is None or last is None or not 0 < len(day) <= 2:
            return None
        return self._stamp(year, month, day), last + 1

    def _year_first(self, at: int) -> Found:
        following = self._next(at)
        if following is None:
            return None
        month, after = self._month(following)
        if month is not None and after is not None:
            day, last = self.tokens[after].number, after
        else:
            words = [token.word for token in self.tokens[at + 1 : following]]
            if not YEAR_WORDS.intersection(words):
                return None
            day, last = self.tokens[following].number, following
            month, after = self._month(self._next(following))
            last = (after or len(self.tokens)) - 1
        if month is None or not 0 < len(day) <= 2 or self._year(self._next(last)):
            return None
        return self._stamp(self.tokens[at].number, month, day), last + 1

    def _month(self, at: int | None) -> tuple[tuple[Calendar, int] | None, int | None]:
        """Give the month named at a token, and the token that follows."""
        if at is None or not (word := self.tokens[at].word):
            return None, None
        language = self.habits.language
        if at + 1 < len(self.tokens):
            second = self.tokens[at + 1]
            if word in _NUMBERED_MONTHS and second.number.isdecimal():
                return (Calendar.GREGORIAN, int(second.number)), self._next(at + 1)
            if second.word and (both := month_of(f"{word} {second.word}", language)):
                return both, self._next(at + 1)
        return month_of(word, language), self._next(at)

    def _year(self, at: int | None) -> str | None:
        number = self.tokens[at].number if at is not None else ""
        return number if len(number) == 4 else None

    def _next(self, at: int | None) -> int | None:
        """Give the next token that says something, if it is near."""
        if at is None:
            return None
        for following in range(at + 1, min(at + 2 + _MOST_WITHIN, len(self.tokens))):
            left, right = self.tokens[following - 1], self.tokens[following]
            if right.start - left.end > _WIDEST_GAP:
                return None
            if right.word not in WITHIN and right.word not in YEAR_WORDS:
                return following
        return None
