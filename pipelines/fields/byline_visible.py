"""Where a page shows who wrote it: the byline near its headline. Pure.

Pages name the authors of many other articles too, in lists and boxes around the
article. So the first byline after the headline is taken, else the nearest before
it, and boxes whose names tell of something else are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from archive.model import Claim
from pipelines.fields.byline_claims import FIELD, Said
from pipelines.fields.names import begins_with_by, is_person, names_in, own_part
from pipelines.parsed import ParsedPage, Tree

_LONGEST: Final = 400  # characters of a byline; longer ones are biographies
_MOST_AFTER: Final = 600  # elements that are looked at after the headline
_MOST_AFTER_IF_TOLD: Final = 150  # if it is only a question of more names
_MOST_BEFORE: Final = 60
_MOST_HEADINGS: Final = 8
_MOST_OPEN: Final = 120  # elements that may begin with "By" without saying more
_LONGEST_OPEN: Final = 100  # characters of such a line
_MOST_PARTS: Final = 40

_TAGS: Final = (
    *("a", "address", "cite", "dd", "div", "em", "footer", "h2", "h3", "h4", "h5"),
    *("h6", "header", "li", "p", "section", "small", "span", "strong", "td", "ul"),
)
_ATTRIBUTES: Final = ("class", "itemprop", "rel", "data-testid")
_SAYS: Final = re.compile(
    r"author(?!i[tz])|byline|autor(?!i[tz])|auteur|contributor|writer|reporter"
    r"|redakteur|^creator$"
)
# Beside the name: what an author does, looks like, and where to follow them.
_BESIDE: Final = re.compile(  # in lower case, as the one above
    r"bio(?!n)|descri|role|title|job|position|avatar|image|img|photo|picture|twitter"
    r"|social|follow|contact|e-?mail|date|time|prefix|source|archive|flyout|caption"
    r"|credit|count|more|bild|quote|comment|suggest|tooltip|popup|modal|expert|handle"
    r"|share|icon|button|btn|checked|review|editedby"
)
# Around it: boxes of something else than this article.
_ELSEWHERE: Final = re.compile(
    r"comment|related|recommend|sidebar|widget|teaser|card|footer|newsletter|popular"
    r"|trending|most-?read|promo|menu|caption|gallery|carousel|slider|read-?more"
    r"|more-from|latest|aside|quote|figure|suggest|collection|recirc|outbrain",
    re.IGNORECASE,
)
_ELSEWHERE_TAGS: Final = frozenset({"nav", "footer", "aside", "figure", "blockquote"})
_FRAMES: Final = frozenset({"body", "main", "article"})  # no box is around these
_SPLIT_NAME: Final = re.compile(r"(?:last|family|sur)[-_]?name", re.IGNORECASE)


def visible(page: ParsedPage, *, is_told: bool = False) -> tuple[Said, ...]:
    """Give the names of the first byline after the headline, or the last before it.

    Where the page has told who wrote it already (`is_told`), it is not looked far.
    A claim is one element; names beside each other in one byline are several.
    """
    most = _MOST_AFTER_IF_TOLD if is_told else _MOST_AFTER
    heading = _headline(page)
    if heading is None:
        return _first(islice(page.tree.iter(*_TAGS), most), is_told)
    after = islice(_following(heading), most)
    before = islice(_preceding(heading), _MOST_BEFORE)
    return _first(after, is_told) or _first(before, is_told)


def _headline(page: ParsedPage) -> Tree | None:
    """Give the heading that the title of the page begins with, else the first."""
    title = next(page.tree.iter("title"), None)
    stated = (page.meta.first("og:title"), None if title is None else title.text)
    titles = [_squashed(said) for said in stated if said]
    first = None
    for heading in islice(page.tree.iter("h1"), _MOST_HEADINGS):
        said = _squashed(_text(heading))[:30]
        if said and any(said in title for title in titles):
            return heading
        first = heading if first is None else first
    return first


def _following(element: Tree) -> Iterator[Tree]:
    """Go through what comes after an element, in the order of the page."""
    while element is not None:
        for sibling in element.itersiblings():
            yield from sibling.iter(*_TAGS)
        element = element.getparent()


def _preceding(element: Tree) -> Iterator[Tree]:
    """Go through what comes before an element, the nearest sibling first."""
    while element is not None and element.tag not in _FRAMES:
        for sibling in element.itersiblings(preceding=True):
            yield from sibling.iter(*_TAGS)
        element = element.getparent()


def _first(elements: Iterator[Tree], is_told: bool) -> tuple[Said, ...]:
    """Read the first byline that names somebody.

    An element that says what it is goes before a line that begins with "By", which
    is only looked for if nobody `is_told` yet; and such a line with a person in it
    goes before one that states a source.
    """
    known: dict[str, bool] = {}
    opened: tuple[Said, ...] = ()
    is_settled = is_told
    for number, element in enumerate(elements):
        if _says(element, known):
            if said := _byline(element):
                return said
        elif number < _MOST_OPEN and not is_settled and (said := _opened(element)):
            is_settled = _names_person(said)
            opened = said if is_settled else opened or said
    return opened


def _names_person(said: tuple[Said, ...]) -> bool:
    return any(
        is_person(name)
        for one in said
        for name in names_in(one.claim.value, is_visible=True)
    )


def _says(element: Tree, known: dict[str, bool]) -> bool:
    """Whether an element says by one of its attributes that it holds an author.

    `known` remembers the answers: pages repeat few values often.
    """
    for attribute in _ATTRIBUTES:
        value = element.get(attribute)
        if value:
            answer = known.get(value)
            if answer is None:
                answer = known[value] = _tells(value.lower())
            if answer:
                return True
    return False


def _tells(value: str) -> bool:
    return _SAYS.search(value) is not None and any(
        _SAYS.search(name) is not None and _BESIDE.search(name) is None
        for name in value.split()
    )


def _byline(element: Tree) -> tuple[Said, ...]:
    """Read an element: the names that its parts give, else those in all of it."""
    whole = _text(element)
    if not whole or len(whole) > _LONGEST or _is_elsewhere(element):
        return ()
    own = own_part(whole).replace("\n", " ")
    said = [
        one
        for part in _parts(element)
        if _text(part).replace("\n", " ") in own
        for one in _said(part)
    ]
    return tuple(said) or tuple(_said(element))


def _parts(byline: Tree) -> list[Tree]:
    """Give the innermost elements of a byline that hold a name each."""
    known: dict[str, bool] = {}
    elements = list(islice(byline.iterdescendants(*_TAGS), _MOST_PARTS))
    named = [one for one in elements if _says(one, known)]
    links = [one for one in named if one.tag == "a"]
    return [one for one in links or named if not _holds_any_of(one, links or named)]


def _holds_any_of(element: Tree, others: list[Tree]) -> bool:
    return any(
        element is ancestor for other in others for ancestor in other.iterancestors()
    )


def _said(element: Tree) -> Iterator[Said]:
    value = _text(element)
    if names_in(value, is_visible=True):
        stated = next(filter(None, map(element.get, _ATTRIBUTES)), "").split()
        name = next((name for name in stated if _SAYS.search(name.lower())), "")
        origin = f"{element.tag}.{name}" if name else str(element.tag)
        yield Said(claim=Claim(field=FIELD, value=value, origin=origin))


def _opened(element: Tree) -> tuple[Said, ...]:
    """Read a short line that begins with "By"."""
    value = (element.text or "").strip()
    if not value or len(value) > _LONGEST_OPEN or not begins_with_by(value):
        return ()
    whole = _text(element)
    if len(whole) > _LONGEST_OPEN or _is_elsewhere(element):
        return ()
    return tuple(_said(element))


def _is_elsewhere(element: Tree) -> bool:
    for ancestor in element.iterancestors():
        if ancestor.tag in _FRAMES:
            return False
        if ancestor.tag in _ELSEWHERE_TAGS:
            return True
        if _ELSEWHERE.search(ancestor.get("class") or ""):
            return True
    return False


def _text(element: Tree) -> str:
    """Give the text of an element, a line for each element in it."""
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        bare = " ".join(piece.split())
        if bare:
            pieces.append(bare)
            length += len(bare) + 1
            if length > _LONGEST + 1:
                break
    is_split = len(pieces) == 2 and any(
        _SPLIT_NAME.search(one.get("class") or "") for one in element.iterdescendants()
    )
    return (" " if is_split else "\n").join(pieces)


def _squashed(said: str) -> str:
    return "".join(character for character in said.casefold() if character.isalnum())
