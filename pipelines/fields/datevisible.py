"""Dates that readers see near the headline of a page, and <time> elements. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from archive.model import Claim
from pipelines.fields.dateclaims import Place, Said, said
from pipelines.fields.dateplaces import MODIFIED, PUBLISHED
from pipelines.fields.datestamps import Habits
from pipelines.fields.datetext import find_dates
from pipelines.fields.datewords import LABEL, LABELS, folded
from pipelines.parsed import Tree

AFTER: Final = "text:after-headline"  # origins of claims
_BEFORE: Final = "text:before-headline"
_LONGEST_LINE: Final = 140  # characters; what is longer is prose
_MOST_PROSE: Final = 3  # paragraphs after which the head of an article has ended
_MOST_LINES: Final = 90
_MOST_LINES_BEFORE: Final = 16
_STEPS_UP_BEFORE: Final = 3  # from the headline, to elements that stand before it
_MOST_SEEN: Final = 6  # dates on either side
_LABEL_REACH: Final = 48  # characters before a date
_MOST_HEADINGS: Final = 12
_MOST_TIMES: Final = 3
_MOST_LINES_ANYWHERE: Final = 4000
_SHORTEST_DATE: Final = 6  # characters
_LONGEST_LINE_ANYWHERE: Final = 60
_DIGIT: Final = re.compile(r"\d")
_LATER: Final = re.compile(r"updat|modif", re.IGNORECASE)  # in names of classes


def of_sight(headline: Tree | None, tree: Tree, habits: Habits) -> Iterator[Said]:
    """Give the dates that stand after the headline, before it, and in <time>."""
    if headline is not None:
        yield from _seen(text_after(headline), AFTER, habits)
        lines = list(islice(_texts_before(headline), _MOST_LINES_BEFORE))
        yield from _seen(_statement(reversed(lines)), _BEFORE, habits)
    yield from _times(headline, tree, habits)


def text_after(headline: Tree) -> str:
    """Give the short lines after a headline, up to where the article has begun."""
    return _statement(islice(_texts_after(headline), _MOST_LINES))


def headline_of(found: tuple[Tree, ...], title: str | None) -> Tree | None:
    """Give the <h1> that says the title, else the first with a text, else None."""
    headings = [
        heading
        for heading in found[:_MOST_HEADINGS]
        if any(text.strip() for text in heading.itertext())
    ]
    if title and len(headings) > 1:
        wanted = "".join(title.split())
        for heading in headings:
            if "".join("".join(heading.itertext()).split()) in wanted:
                return heading
    return headings[0] if headings else None


def _texts_after(element: Tree) -> Iterator[str]:
    """Give the texts that follow an element, in their order."""
    while element is not None:
        if element.tail:
            yield element.tail
        for sibling in element.itersiblings():
            yield from sibling.itertext()
        element = element.getparent()


def _texts_before(element: Tree) -> Iterator[str]:
    """Give the texts shortly before an element, the nearest first."""
    for _ in range(_STEPS_UP_BEFORE):
        parent = element.getparent()
        if parent is None:
            return
        for sibling in islice(element.itersiblings(preceding=True), _MOST_LINES_BEFORE):
            texts = list(islice(sibling.itertext(), _MOST_LINES))
            yield from reversed(texts)
        if parent.text:
            yield parent.text
        element = parent


def _statement(texts: Iterable[str]) -> str:
    """Join the short lines up to where the body of the article has begun."""
    lines: list[str] = []
    prose = 0
    for text in texts:
        line = " ".join(text.split())
        if len(line) <= _LONGEST_LINE:
            lines.append(line)
            continue
        prose += 1
        if prose == _MOST_PROSE:
            break
        lines.append("¶")  # parts what stands before and after it
    return "\n".join(line for line in lines if line)


def _seen(text: str, origin: str, habits: Habits) -> Iterator[Said]:
    """Give the dates of a text, with the field that the label before each names."""
    if not _DIGIT.search(text):
        return
    done = 0
    for sighting in islice(find_dates(text, habits), _MOST_SEEN):
        before = text[max(done, sighting.start - _LABEL_REACH) : sighting.start]
        done = sighting.end
        yield Said(
            claim=Claim(
                field=_labelled(before) or PUBLISHED,
                value=" ".join(text[sighting.start : sighting.end].split()),
                origin=origin,
            ),
            place=Place.VISIBLE,
            stamp=sighting.stamp,
        )


def _labelled(text: str) -> str | None:
    """Give the field that the last label of a text is of."""
    labels = LABEL.findall(folded(text))
    return LABELS[labels[-1]] if labels else None


def _times(headline: Tree | None, tree: Tree, habits: Habits) -> Iterator[Said]:
    """Give the first <time> elements after the headline, or of the page."""
    tags = ("time",) if headline is None else ("time", headline.tag)
    found: list[Tree] = []
    for element in tree.iter(*tags):
        if element is headline:
            found.clear()
        elif element.tag == "time" and len(found) < _MOST_TIMES:
            found.append(element)
    for element in found:
        stated = element.get("datetime") or element.get("content")
        value = stated or " ".join(islice(element.itertext(), _MOST_LINES_BEFORE))
        if value.strip():
            origin = "time/@datetime" if stated else "time"
            yield said(_field(element), value, origin, Place.TIME, habits)


def _field(element: Tree) -> str:
    """Tell by its class, and by the text before it, of which field a <time> is."""
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    if _LATER.search(names):
        return MODIFIED
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        text = before.tail or "".join(islice(before.itertext(), _MOST_LINES_BEFORE))
    else:
        text = (parent.text or "") if parent is not None else ""
    return _labelled(text[-_LABEL_REACH:]) or PUBLISHED


def anywhere(tree: Tree, habits: Habits) -> Iterator[Said]:
    """Give dates that stand in lines of their own, wherever on the page.

    For pages that say nothing near their headline.
    """
    body = tree.find("body")
    texts = islice((tree if body is None else body).itertext(), _MOST_LINES_ANYWHERE)
    lines = (" ".join(text.split()) for text in texts)
    short = (
        line
        for line in lines
        if _SHORTEST_DATE <= len(line) <= _LONGEST_LINE_ANYWHERE and _DIGIT.search(line)
    )
    statement = "\n¶\n".join(islice(short, _MOST_LINES))
    for seen in _seen(statement, "text", habits):
        yield replace(seen, place=Place.ELSEWHERE)
