"""What is not part of an article goes out of its text, line by line. Pure.

The rules work on lines that any extractor found: single labels wherever they stand
(`labels.toml`), headings and stamps above the text (`beginnings`), what is said twice
(`repeats`), notes and biographies below it (`endings`). Lines are dropped whole, and
never rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.body.beginnings import drop_beginning
from pipelines.body.endings import drop_discussion, drop_ending, most_of_note
from pipelines.body.labels import Kind, Labels, labels
from pipelines.body.lines import Line, in_form, standing, word_sets
from pipelines.body.repeats import drop_repeats

_MOST_POINTING: Final = 30  # words of a line that leads to something else
_MOST_CREDITING: Final = 12
_LONGEST_ITEM: Final = 200  # characters of one link in a list of them
_MOST_ITEMS: Final = 40
_ITEM: Final = ("- ", "– ", "• ", "> ", ">> ", "* ", "▶", "►", "■ ", "· ")
# Names that cameras, phones and image editors give; agencies number their pictures.
_FILE_NAME: Final = re.compile(
    r"(?:img|dsc[nf]?|pxl|screenshot|screen shot|whatsapp image|image|photo|untitled)"
    r"[\s_-]*\d[\w\s.()-]{0,60}"
    r"|[\w().-][\w\s().-]{0,80}\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?|svg|heic)"
    r"|\d{6,20}[_-][\w-]{1,40}|\w{1,20}[_-]\d{6,20}(?:[_-][\w-]{0,40})?",
    re.IGNORECASE,
)
_LONGEST_FILE_NAME: Final = 100
_DRAWN: Final = re.compile(r"[_=~\-–—|]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningContext:
    """What is known of the article beside its text."""

    title: str | None = None
    headings: tuple[str, ...] = ()  # other wordings of the title: h1, og:title, …
    kicker: str | None = None
    section: str | None = None
    site_name: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()  # as the page shows them
    captions: tuple[str, ...] = ()
    is_title_wanted: bool = False  # the text may begin with its title


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """The lines that are the article's, and what was dropped by which rule."""

    lines: tuple[str, ...]
    dropped: tuple[tuple[str, str], ...]  # line and rule, in the order of the text


NOTHING_KNOWN: Final = CleaningContext()


def clean(lines: Sequence[str], context: CleaningContext = NOTHING_KNOWN) -> Cleaned:
    """Drop the lines of a text that are not part of its article.

    A line is a paragraph, heading or list item without line feeds. Empty ones go
    unmentioned. Kept lines are in NFC and have single spaces, else they are as given.
    """
    table = labels()
    text = [Line(formed) for raw in lines if (formed := in_form(raw))]
    _drop_labels(text, table, word_sets(context.captions))
    drop_discussion(text, table)
    drop_beginning(
        text,
        table,
        titles=word_sets((context.title, *context.headings)),
        above=word_sets((context.kicker, context.section, context.site_name)),
        authors=word_sets(context.authors),
        dates=word_sets(context.dates),
        is_title_wanted=context.is_title_wanted,
    )
    drop_repeats(text)
    drop_ending(
        text,
        table,
        authors=word_sets(context.authors),
        sites=word_sets((context.site_name,)),
    )
    _drop_drawn(text)
    return Cleaned(
        lines=tuple(line.text for line in standing(text)),
        dropped=tuple((line.text, line.rule) for line in text if line.rule),
    )


def _drop_labels(
    text: Sequence[Line], table: Labels, captions: tuple[tuple[str, ...], ...]
) -> None:
    """Mark the lines that are labels wherever they stand, and the lists below them."""
    place = 0
    most = most_of_note(text)
    while place < len(text):
        line = text[place]
        place += 1
        if not line.is_short:
            continue
        line.rule = _rule_of(line, table, most)
        if line.rule is None and captions and line.words in captions:
            line.rule = "caption"
        if line.rule in (Kind.RELATED, Kind.POINTER):
            is_open = line.rule is Kind.RELATED or line.text.endswith((":", "："))
            end = _end_of_list(text, place) if is_open else place
            for item in text[place:end]:
                item.rule = f"list:{line.rule}"
            place = end


def _rule_of(line: Line, table: Labels, most: int) -> str | None:
    if len(line.text) <= _LONGEST_FILE_NAME and _FILE_NAME.fullmatch(line.bare):
        return "file-name"
    if kind := table.kind_of(line):
        return kind
    if len(line.text) > most:
        return None
    if line.length <= _MOST_POINTING and table.is_pointer(line):
        return Kind.POINTER
    if line.length <= _MOST_CREDITING and table.is_credit(line):
        return Kind.CREDIT
    return None


def _drop_drawn(text: Sequence[Line]) -> None:
    """Mark lines drawn between the text and what was dropped above and below it."""
    for order in (standing(text), standing(text)[::-1]):
        for line in order:
            if not _DRAWN.fullmatch(line.text):
                break
            line.rule = "drawn-line"


def _end_of_list(text: Sequence[Line], place: int) -> int:
    """Say where the list that begins at a place ends."""
    end = place
    while end < min(len(text), place + _MOST_ITEMS):
        line = text[end]
        if not line.text.startswith(_ITEM) or len(line.text) > _LONGEST_ITEM:
            break
        end += 1
    return end
