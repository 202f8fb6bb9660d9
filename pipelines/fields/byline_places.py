"""Where a byline may stand: near the headline, in no box beside the article. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from pipelines.fields.byline_elements import text_of
from pipelines.parsed import ParsedPage, Tree

_MOST_HEADINGS: Final = 8

TAGS: Final = (
    *("a", "address", "cite", "dd", "div", "em", "footer", "h2", "h3", "h4", "h5"),
    *("h6", "header", "li", "p", "section", "small", "span", "strong", "td", "ul"),
)
# Around it: boxes of something else than this article.
_ELSEWHERE: Final = re.compile(
    r"comment|related|recommend|sidebar|widget|teaser|card|newsletter|popular"
    r"|trending|most-?read|promo|menu|caption|gallery|carousel|slider|read-?more"
    r"|more-from|latest|aside|quote|figure|suggest|collection|recirc|outbrain",
    re.IGNORECASE,
)
# "site-footer", and not "entry-footer"
_FOOTER: Final = re.compile(
    r"(?:^|\s)(?!\S*(?:article|entry|headline|post|story)[-_]*footer)\S*footer",
    re.IGNORECASE,
)
_OF_AUTHOR: Final = re.compile(r"(?:^|[\s_-])author(?:$|[\s_-])|byline", re.IGNORECASE)
_ELSEWHERE_TAGS: Final = frozenset({"nav", "aside", "figure", "blockquote"})
_FRAMES: Final = frozenset({"body", "main", "article"})  # no box is around these


def find_headline(page: ParsedPage) -> Tree | None:
    """Give the heading that the title of the page begins with, else the first h1."""
    title = None if page.title is None else page.title.text
    stated = (page.meta.first("og:title"), title)
    titles = [_squashed(said) for said in stated if said]
    others = (heading for heading in page.headings if heading.tag != "h1")
    for heading in (
        *page.top_headings[:_MOST_HEADINGS],
        *islice(others, _MOST_HEADINGS),
    ):
        said = _squashed(text_of(heading))[:30]
        if said and any(said in title for title in titles):
            return heading
    return next(iter(page.top_headings), None)


def following(element: Tree) -> Iterator[Tree]:
    """Go through what comes after an element, in the order of the page."""
    while element is not None:
        for sibling in element.itersiblings():
            yield from sibling.iter(*TAGS)
        element = element.getparent()


def preceding(element: Tree) -> Iterator[Tree]:
    """Go through what comes before an element, the nearest sibling first."""
    while element is not None and element.tag not in _FRAMES:
        for sibling in element.itersiblings(preceding=True):
            yield from sibling.iter(*TAGS)
        element = element.getparent()


def around(heading: Tree) -> frozenset[Tree]:
    """Give what holds the headline: the article itself, and no box beside it."""
    return frozenset(heading.iterancestors())


def is_elsewhere(element: Tree, article: frozenset[Tree]) -> bool:
    """Whether an element is in a box of something else than the article.

    `article` is what is `around` the headline.
    """
    is_in_footer = is_of_author = False
    for ancestor in element.iterancestors():
        if ancestor.tag in _FRAMES or ancestor in article:
            return is_in_footer and not _is_in_article(ancestor, article)
        said = ancestor.get("class") or ""
        is_of_author |= _OF_AUTHOR.search(said) is not None
        if ancestor.tag in _ELSEWHERE_TAGS and not (
            is_of_author and ancestor.tag == "aside"
        ):
            return True
        if _ELSEWHERE.search(said):
            return True
        is_in_footer |= ancestor.tag == "footer" or _FOOTER.search(said) is not None
    return is_in_footer


def _is_in_article(frame: Tree, article: frozenset[Tree]) -> bool:
    """Whether a part of the page is within the <article> that holds the headline.

    Its footer tells who wrote it: HTML Standard, 4.3.8 "The footer element".
    """
    return frame in article and any(
        one.tag == "article" for one in (frame, *frame.iterancestors())
    )


def _squashed(said: str) -> str:
    return "".join(filter(str.isalnum, said.casefold()))
