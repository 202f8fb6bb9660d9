"""What stands below an article: notes, calls, biographies, comments. Pure.

Short lines at the end can as well be verse, a list or a closing note: only lines with
a sign of their own go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipelines.body.beginnings import is_byline, is_stamp
from pipelines.body.labels import Kind, Labels
from pipelines.body.lines import Line, standing

Words = tuple[str, ...]

_TAIL: Final = 6  # lines in which notes are looked for
_BIOGRAPHIES: Final = 4
_MOST_BEFORE: Final = 2  # words before the name of whom a biography is
_LEAST_TEXT: Final = 4  # lines before the tail
_MOST_NOTE: Final = 90  # words
_MOST_CREDITING: Final = 45
_SURE_NOTE: Final = 50  # characters
_SHARE_OF_NOTE: Final = 7  # a note is no longer than one part in so many
_DISCUSSED: Final = 0.6  # of a text has to stand before its comments


def most_of_note(text: Sequence[Line]) -> int:
    """Say how many characters a note beside a text has at most.

    Of a text of few lines, one that looks like a note can be what it has to say.
    """
    return max(_SURE_NOTE, sum(len(line.text) for line in text) // _SHARE_OF_NOTE)


def drop_discussion(text: Sequence[Line], table: Labels) -> None:
    """Mark what follows a heading of comments, if that is the lesser part."""
    lengths = [0 if line.rule else len(line.text) for line in text]
    whole = sum(lengths)
    before = 0
    for place, line in enumerate(text):
        before += lengths[place]
        if line.rule is Kind.DISCUSSION and before >= _DISCUSSED * whole:
            for below in text[place + 1 :]:
                below.rule = below.rule or "list:discussion"
            return


def drop_ending(
    text: Sequence[Line],
    table: Labels,
    *,
    authors: tuple[Words, ...],
    sites: tuple[Words, ...],
) -> None:
    """Mark the notes about text and author that stand in the last lines."""
    left = standing(text)
    most = most_of_note(left)
    tail = left[max(_LEAST_TEXT, len(left) - _TAIL) :]
    names = tuple(name for name in authors if len(name) > 1 and name not in sites)
    for place, line in enumerate(tail):
        if len(line.text) <= most:
            line.rule = _ending_rule(line, table, authors)
        is_last = len(tail) - place <= _BIOGRAPHIES
        if line.rule is None and is_last and _is_biography(line, names):
            for below in tail[place:]:
                below.rule = below.rule or "biography"
            return


def _ending_rule(line: Line, table: Labels, authors: tuple[Words, ...]) -> str | None:
    said = line.words
    if line.length <= _MOST_NOTE and table.is_closing(line):
        return Kind.CLOSING
    if not line.is_short:
        return None
    if line.length <= _MOST_CREDITING and table.is_credit(line):
        return Kind.CREDIT
    if is_stamp(said, table):
        return "date"
    if is_byline(line, table, authors):
        return "byline"
    return None


def _is_biography(line: Line, names: tuple[Words, ...]) -> bool:
    """Whether a line tells of an author, who is not named in the article else."""
    said = line.words
    for name in names:
        length = len(name)
        for place in range(_MOST_BEFORE + 1):
            if said[place : place + length] == name and len(said) > length + 3:
                return True
    return False
