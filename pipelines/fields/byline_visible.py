"""Where a page shows who wrote it: the byline near its headline. Pure.

Pages name the authors of many other articles too, in lists and boxes around the
article. So the first byline after the headline is taken, else the nearest before
it, and boxes whose names tell of something else are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from archive.model import Claim
from pipelines.fields import byline_words as words
from pipelines.fields.agencies import is_agency
from pipelines.fields.byline_claims import FIELD, Said
from pipelines.fields.byline_elements import (
    links_to_author,
    origin_of,
    says_author,
    text_of,
)
from pipelines.fields.byline_places import (
    TAGS,
    around,
    find_headline,
    following,
    is_elsewhere,
    preceding,
)
from pipelines.fields.names import (
    begins_with_by,
    is_organisation,
    is_person,
    names_in,
    own_part,
    without_by,
)
from pipelines.parsed import ParsedPage, Tree

_LONGEST: Final = 400  # characters of a byline; longer ones are biographies
_MOST_AFTER: Final = 600  # elements that are looked at after the headline
_MOST_AFTER_IF_TOLD: Final = 150  # if it is only a question of more names
_MOST_BEFORE: Final = 60
_MOST_OPEN: Final = 120  # elements that may begin with "By" without saying more
_LONGEST_OPEN: Final = 100  # characters of such a line
_MOST_BEHIND: Final = 60  # elements from there to one that says what it is
_MOST_PARTS: Final = 40
_MARKS: Final = ("class", "itemprop")
_MOST_SIGNED: Final = 5000
_WRITTEN: Final = re.compile(  # "Written by", and no "published by"
    rf"(?:{'|'.join(map(re.escape, words.WRITTEN))})(?:\s|:|$)", re.IGNORECASE
)
_INLINE: Final = frozenset({"a", "b", "cite", "em", "i", "small", "span", "strong"})
_MARKS_OF_LISTS: Final = re.compile(r"[|•·/–—:]")
_DIGIT: Final = re.compile(r"\d")
_FIRST_WORD: Final = re.compile(r"\s*([^\W\d_]+)")
_AFTER_NAMES: Final = {*words.AND, *words.AND_WITHIN, *words.PLACED, *words.BY}
_MOST_UP: Final = 8  # from a name to what holds all of its line


def visible(page: ParsedPage, *, is_told: bool = False) -> tuple[Said, ...]:
    """Give the names of the first byline after the headline, or the last before it.

    Where the page has told who wrote it already (`is_told`), it is not looked far.
    A claim is one element; names beside each other in one byline are several.
    """
    most = _MOST_AFTER_IF_TOLD if is_told else _MOST_AFTER
    heading = find_headline(page)
    if heading is None:
        return _first(islice(page.tree.iter(*TAGS), most), frozenset(), is_told)
    article = around(heading)
    after = islice(following(heading), most)
    before = islice(preceding(heading), _MOST_BEFORE)
    found = _first(after, article, is_told) or _first(before, article, is_told)
    return found or (() if is_told else _signed(page, article))


def _signed(page: ParsedPage, article: frozenset[Tree]) -> tuple[Said, ...]:
    """Read the one line anywhere that says in words that somebody wrote it."""
    found: dict[str, tuple[Said, ...]] = {}
    for element in islice(page.tree.iter(*TAGS), _MOST_SIGNED):
        said = (element.text or "").lstrip()[:_LONGEST_OPEN]
        if _WRITTEN.match(said) and (read := _opened(element, article)):
            found["\n".join(sorted(_persons(read)))] = read
    return next(iter(found.values())) if len(found) == 1 and all(found) else ()


def _first(
    elements: Iterator[Tree], article: frozenset[Tree], is_told: bool
) -> tuple[Said, ...]:
    """Read the first byline that names somebody.

    An element that says what it is goes before a line that begins with "By", which
    is only looked for if nobody `is_told` yet, and before a link to an author; and
    such a line with a person in it goes before one that states a source. What stands
    far behind such a person, or names only some of the line again, is no better.
    """
    known: dict[str, bool] = {}
    opened: tuple[Said, ...] = ()
    last: int | None = None
    for number, element in enumerate(elements):
        if last is not None and number > last:
            break
        if says_author(element, known) and (said := _byline(element, article)):
            said += _beside(element, article)
            return opened if opened and _persons(said) < _persons(opened) else said
        if last is not None or number >= _MOST_OPEN:
            continue
        if said := _line(element, article, is_told):
            if _persons(said):
                opened, last = said, number + _MOST_BEHIND
            opened = opened or said
    return opened


def _line(element: Tree, article: frozenset[Tree], is_told: bool) -> tuple[Said, ...]:
    """Read an element that does not say what it is."""
    if links_to_author(element):
        return _linked(element, article)
    return () if is_told else _opened(element, article)


def _persons(said: Iterable[Said]) -> set[str]:
    return {name for name in _names(said) if is_person(name)}


def _names_somebody(said: Iterable[Said]) -> bool:
    """Whether a name is made as those of people or papers, and is no label or role."""
    return any(
        is_person(name) or is_organisation(name) or is_agency(name)
        for name in _names(said)
    )


def _names(said: Iterable[Said]) -> Iterator[str]:
    for one in said:
        yield from names_in(one.claim.value, is_visible=True)


def _byline(element: Tree, article: frozenset[Tree]) -> tuple[Said, ...]:
    """Read an element: the names that its parts give, else those in all of it."""
    whole = text_of(element)
    if not whole or len(whole) > _LONGEST or is_elsewhere(element, article):
        return ()
    own = own_part(whole).replace("\n", " ")
    said = [
        one
        for part in _parts(element)
        if text_of(part).replace("\n", " ") in own
        for one in _said(part)
    ]
    return tuple(said) or tuple(_said(element))


def _beside(element: Tree, article: frozenset[Tree]) -> tuple[Said, ...]:
    """Read the elements behind a byline that are marked as it is: an author each."""
    said: list[Said] = []
    for sibling in islice(element.itersiblings(element.tag), _MOST_PARTS):
        if any(sibling.get(name) != element.get(name) for name in _MARKS):
            break
        said += (one for one in _byline(sibling, article) if _persons([one]))
    return tuple(said)


def _parts(byline: Tree) -> list[Tree]:
    """Give the innermost elements of a byline that hold a name each."""
    known: dict[str, bool] = {}
    elements = list(islice(byline.iterdescendants(*TAGS), _MOST_PARTS))
    named = [one for one in elements if says_author(one, known)]
    if len(named) > 1:
        named = [one for one in named if _names_somebody(_said(one))] or named
    links = [one for one in named if one.tag == "a"]
    return [one for one in links or named if not _holds_any_of(one, links or named)]


def _holds_any_of(element: Tree, others: list[Tree]) -> bool:
    return any(
        element is ancestor for other in others for ancestor in other.iterancestors()
    )


def _linked(link: Tree, article: frozenset[Tree]) -> tuple[Said, ...]:
    """Read a link to the page of an author, and those beside it in a short line."""
    if not _persons(_said(link)) or is_elsewhere(link, article) or _is_prose(link):
        return ()
    line = link
    for holder in islice(link.iterancestors(), _MOST_UP):
        if holder in article or len(text_of(holder)) > _LONGEST_OPEN:
            break
        line = holder
    links = filter(links_to_author, islice(line.iter("a"), _MOST_PARTS))
    said = (one for single in links for one in _said(single))
    return tuple({one.claim.value: one for one in said if _persons([one])}.values())


def _is_prose(link: Tree) -> bool:
    """Whether a link stands within a sentence: between words that no byline has."""
    before, after = _before(link), _after(link)
    lead = _MARKS_OF_LISTS.split(before)[-1].strip(" ,.")
    if lead.casefold() not in words.AND and without_by(f"{lead} ").strip():
        return _DIGIT.search(lead) is None  # of a date
    following = _FIRST_WORD.match(after)
    if following is None:
        return False
    word = following[1]
    return len(after) > _LONGEST_OPEN or (word.islower() and word not in _AFTER_NAMES)


def _before(link: Tree) -> str:
    """Give the text right before a link, on its line."""
    element = link
    for _ in range(_MOST_UP):
        before, above = element.getprevious(), element.getparent()
        said = (above.text if before is None else before.tail) or ""
        if said.strip() or above.tag not in _INLINE:
            return " ".join(said.split())
        if before is not None:
            return text_of(before) if before.tag in _INLINE else ""
        element = above
    return ""


def _after(link: Tree) -> str:
    """Give the text right behind a link, on its line."""
    element = link
    for _ in range(_MOST_UP):
        said, above = element.tail or "", element.getparent()
        if said.strip() or above.tag not in _INLINE or element.getnext() is not None:
            return " ".join(said.split())
        element = above
    return ""


def _said(element: Tree) -> Iterator[Said]:
    value = text_of(element)
    if names_in(value, is_visible=True):
        yield Said(claim=Claim(field=FIELD, value=value, origin=origin_of(element)))


def _opened(element: Tree, article: frozenset[Tree]) -> tuple[Said, ...]:
    """Read a short line that begins with "By", which may stand alone before a name."""
    value = (element.text or "").strip()
    if not value and len(element) and element[0].tag == "time":
        value = (element[0].tail or "").strip()
    if not value or len(value) > _LONGEST_OPEN or not begins_with_by(value):
        return ()
    line, whole = element, text_of(element)
    for holder in islice(element.iterancestors(), _MOST_UP):
        if without_by(whole) or holder in article:
            break
        line, whole = holder, text_of(holder)
    if len(whole) > _LONGEST_OPEN or is_elsewhere(element, article):
        return ()
    said = tuple(_said(line))
    return said if line is element or _names_somebody(said) else ()
