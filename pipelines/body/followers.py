"""Pages that go on with other articles below their own. Pure."""

from __future__ import annotations

import re
from typing import Final

from pipelines.parsed import ParsedPage, Tree

_SHARE: Final = 0.4  # of the long lines of a text; with less, it is of other articles
_LONG: Final = 40  # characters of a line that tells where it stands
_WORD: Final = re.compile(r"\w+")
_MOST_HEADINGS: Final = 20


def own_article(page: ParsedPage) -> Tree | None:
    """Find the <article> with the page's headline; None if there is none.

    The headline is the <h1> that the page's title or og:title holds.
    """
    said = _words(f"{page.meta.first('og:title')} {page.tree.findtext('head/title')}")
    for heading in page.top_headings[:_MOST_HEADINGS]:
        words = _words(heading.text_content())
        if words and words in said:
            return next(heading.iterancestors("article"), None)
    return None


def is_mostly_elsewhere(text: str, article: Tree) -> bool:
    """Whether most of a text's long lines stand outside of an article."""
    held = _words(article.text_content())
    lines = [line for line in text.split("\n") if len(line) > _LONG]
    inside = sum(_words(line[:_LONG]) in held for line in lines)
    return inside < _SHARE * len(lines)


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text)).lower()
