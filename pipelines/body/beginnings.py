"""What stands above an article: title, label, byline, date, breadcrumbs. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipelines.body.labels import Labels
from pipelines.body.lines import Line, standing

Words = tuple[str, ...]

_TOP: Final = 6  # lines in which headings and stamps are looked for
_MOST_ABOVE: Final = 14  # words of a line above the title
_MOST_STAMP: Final = 20
_MOST_BYLINE: Final = 16
_MOST_ROLE: Final = 3  # words beside the names of a byline
_MOST_KICKER: Final = 8  # words before or behind the title in one line
_LIKENESS: Final = 0.75  # of two wordings of a title
_CRUMBS: Final = re.compile(r"\s*(?:[>»›→]|\s/\s)\s*")
_POSTED: Final = ("—", "–")  # who posted what on a social network, and when
_MOST_CRUMB: Final = 5
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")


def drop_beginning(
    text: Sequence[Line],
    table: Labels,
    *,
    titles: tuple[Words, ...],
    above: tuple[Words, ...],
    authors: tuple[Words, ...],
    dates: tuple[Words, ...],
    is_title_wanted: bool,
) -> None:
    """Mark the lines above the text that are not its own."""
    top = [line for line in standing(text)[:_TOP] if line.is_short]
    title_at = _drop_titles(top, titles, is_title_wanted=is_title_wanted)
    for place, line in enumerate(top):
        if line.rule is None:
            line.rule = (
                _above_rule(line, above)
                if not 0 <= title_at < place
                else _match_rule(line, above)
            ) or _stamp_rule(line, table, authors, dates)
    for line in top[: max(title_at, 0)]:
        is_apart = len(line.words) <= _MOST_ABOVE and not line.is_sentence
        if line.rule is None and is_apart:
            line.rule = "above-title"


def is_byline(line: Line, table: Labels, authors: tuple[Words, ...]) -> bool:
    """Whether a line is names of authors, "by" and a role, and no more."""
    said = line.words
    if not said or len(said) > _MOST_BYLINE or line.is_sentence:
        return False
    rest = table.after_by(said)
    if rest is not None and _is_name(line, rest):
        return True
    names = [name for name in authors if _holds(said, name)]
    if not names:
        return False
    known = {word for name in names for word in name}
    others = [word for word in said if word not in known]
    return len(others) <= _MOST_ROLE or table.stamp_share(tuple(others)) > 0.5


def is_stamp(said: Words, table: Labels) -> bool:
    """Whether some words say when, or how long one reads, and no more.

    Prices, results and numbers of phones have no word of dates in them.
    """
    if not 1 < len(said) <= _MOST_STAMP or table.stamp_share(said) < 1.0:
        return False
    numbers = sum(word.isdecimal() for word in said)
    is_told = any(len(word) > 2 and not word.isdecimal() for word in said)
    has_year = any(_is_year(word) for word in said)
    return 0 < numbers < len(said) and (is_told or has_year)


def _drop_titles(
    top: Sequence[Line], titles: tuple[Words, ...], *, is_title_wanted: bool
) -> int:
    """Mark the lines that are the title; give the place the text begins at."""
    places = [
        place
        for place, line in enumerate(top)
        if any(_is_same(line.words, title) for title in titles)
    ]
    for place in places[is_title_wanted:]:
        top[place].rule = "title"
    if not places:
        return -1
    return places[0] if is_title_wanted else places[-1]


def _is_same(said: Words, title: Words) -> bool:
    """Whether a line is the title, with a kicker or a site name at most."""
    if said == title:
        return True
    least, most = sorted((len(said), len(title)))
    if least < 3 or most - least > max(_MOST_KICKER, least // 3):
        return False
    shorter, longer = (said, title) if len(said) < len(title) else (title, said)
    if longer[:least] == shorter or longer[-least:] == shorter:
        return True
    common = len(set(said) & set(title))
    return least > 3 and common >= _LIKENESS * len(set(said) | set(title))


def _above_rule(line: Line, above: tuple[Words, ...]) -> str | None:
    crumbs = [crumb for crumb in _CRUMBS.split(line.text) if crumb]
    if len(crumbs) > 2 and all(len(crumb.split()) <= _MOST_CRUMB for crumb in crumbs):
        return "breadcrumbs"
    return _match_rule(line, above)


def _match_rule(line: Line, above: tuple[Words, ...]) -> str | None:
    if line.words in above:
        return "label"
    if _ADDRESS.fullmatch(line.text):
        return "address"
    return None


def _stamp_rule(
    line: Line, table: Labels, authors: tuple[Words, ...], dates: tuple[Words, ...]
) -> str | None:
    said = line.words
    if said in dates or is_stamp(said, table):
        return "date"
    if is_byline(line, table, authors):
        return "byline"
    is_dated = (
        len(said) <= _MOST_STAMP
        and not line.is_sentence
        and not line.text.startswith(_POSTED)
        and table.stamp_share(said) >= 0.5
        and _has_date(said, table)
    )
    return "date" if is_dated else None


def _has_date(said: Words, table: Labels) -> bool:
    """Whether there is a year with a day or the name of a month beside it."""
    numbers = [word for word in said if word.isdecimal()]
    return any(_is_year(number) for number in numbers) and (
        len(numbers) > 1 or any(len(w) > 3 and w in table.stamps for w in said)
    )


def _is_year(word: str) -> bool:
    """Whether a number can be a year of news, in the Hijri calendars too."""
    return (
        len(word) == 4
        and word.isdecimal()
        and (1380 <= int(word) < 1460 or 1990 <= int(word) < 2100)
    )


def _is_name(line: Line, rest: Words) -> bool:
    """Whether what follows a "by" looks like one or two names."""
    if not 1 < len(rest) <= 5 or any(word.isdecimal() for word in rest):
        return False
    written = re.findall(r"[^\W\d_]+", line.text)[-len(rest) :]
    cased = [word for word in written if word[0].upper() != word[0].lower()]
    return bool(cased) and all(word[0].isupper() for word in cased)


def _holds(said: Words, name: Words) -> bool:
    """Whether some words hold a name, which has two words or is all there is."""
    length = len(name)
    if length < 2:
        return said == name
    return any(
        said[place : place + length] == name for place in range(len(said) - length + 1)
    )
