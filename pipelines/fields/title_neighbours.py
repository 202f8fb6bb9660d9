"""What stands around a headline: the elements before and after it, by name. Pure.

The names that people give to elements in class and id say what they are: kickers
and standfirsts have their own words in each newsroom's language. Names are read in
words, however these are joined: "articleSubTitle", "article__sub-title".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, pairwise
from typing import Final

from pipelines.fields.title_headings import element_text, is_unseen
from pipelines.parsed import Tree

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_LONGEST_NAME: Final = 300  # characters of class and id that are read
_LEVELS: Final = 4  # ancestors of the heading whose neighbours are looked at
_SIBLINGS: Final = 5
_INSIDE: Final = 14  # elements within one neighbour
_ENDS: Final = frozenset({"body", "main", "html"})
_BLOCKS: Final = ("p", "h2", "h3", "h4", "div", "span", "section", "header", "strong")


def name_words(element: Tree) -> frozenset[str]:
    """Give the words in the names of an element, and pairs of them joined."""
    get = element.get
    return words_of_name(
        f"{get('class', '')} {get('id', '')} {get('itemprop', '')}"[:_LONGEST_NAME]
    )


@lru_cache(maxsize=4096)
def words_of_name(name: str) -> frozenset[str]:
    """Give the words in a name, and pairs of them joined."""
    words = [word.lower() for word in _WORDS.findall(name)]
    pairs = [one + other for one, other in pairwise(words)]
    return frozenset(words + pairs)


def origin(element: Tree) -> str:
    """Tell where a claim stood: "p.article-lead"."""
    classes = (element.get("class") or "").split()
    return f"{element.tag}.{classes[0]}" if classes else str(element.tag)


def before(heading: Tree) -> Iterator[Tree]:
    """Give the neighbours before a heading, the nearest first."""
    for level in _climb(heading):
        yield from islice(
            (e for e in level.itersiblings(preceding=True) if not is_unseen(e)),
            _SIBLINGS,
        )


def after(heading: Tree) -> Iterator[Tree]:
    """Give the neighbours after a heading, and what is in them, the nearest first."""
    for level in _climb(heading):
        for sibling in islice(level.itersiblings(), _SIBLINGS):
            if not is_unseen(sibling):
                yield from islice(sibling.iter(*_BLOCKS), _INSIDE)


def is_first_of_paragraphs(element: Tree) -> bool:
    """Whether an element is a paragraph like the next ones: the text's own first."""
    alike = 0
    for sibling in islice(element.itersiblings(), 6):
        if sibling.tag == element.tag and len(element_text(sibling)) > 80:
            alike += 1
    return alike >= 2


def _climb(heading: Tree) -> Iterator[Tree]:
    level = heading
    for _ in range(_LEVELS):
        if level is None or level.tag in _ENDS:
            return
        yield level
        if level.tag == "article":
            return
        level = level.getparent()
