"""The body a page states in its data: JSON-LD, or a live blog's updates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.body.plain import plain_lines
from pipelines.body.shingles import count_words, coverage, words
from pipelines.jsonld import Node, StructuredData, text, texts
from pipelines.parsed import ParsedPage

_SHORTEST: Final = 400  # characters; below it is a teaser, whatever it is called
_TEASER: Final = 0.75  # of the words of the shortest proposal
_VISIBLE: Final = 0.75  # of it has to stand on the page
_BEGINNING: Final = 0.5  # of the words, at most
_FEWEST_SHOWN: Final = 30  # words of a beginning
_HELD: Final = 0.9  # of what is shown has to stand where the whole begins
_MOST_UPDATES: Final = 1000
_MARKUP: Final = re.compile(r"</?(?:p|br|div|a|strong|em|ul|h[2-6])\b", re.IGNORECASE)


def stated_body(data: StructuredData) -> str:
    """Give `articleBody` of the page's article as lines, each long one once."""
    if data.article is None:
        return ""
    lines = (
        line for body in texts(data.article.get("articleBody")) for line in _lines(body)
    )
    return "\n".join(_once(lines))


def is_whole(stated: str, proposals: tuple[str, ...], page: ParsedPage) -> bool:
    """Whether a stated body is more than a teaser, and stands on the page.

    Bodies of another article, or of 300 characters, are common.
    """
    if len(stated) <= _SHORTEST:
        return False
    shortest = min((count_words(one) for one in proposals if one), default=0)
    if count_words(stated) < _TEASER * shortest:
        return False
    # What is proposed stands on the page; all of the page is looked at last.
    return (
        not shortest
        or any(coverage(stated, one) >= _VISIBLE for one in proposals)
        or all(_begins(stated, one) for one in proposals if one)
        or coverage(stated, " ".join(page.tree.itertext())) >= _VISIBLE
    )


def _begins(stated: str, shown: str) -> bool:
    """Whether what is shown is the beginning of what is stated, behind a wall, say."""
    length = count_words(shown)
    if not _FEWEST_SHOWN <= length < _BEGINNING * count_words(stated):
        return False
    beginning = " ".join(words(stated)[: 2 * length])
    return coverage(shown, beginning) >= _HELD


def live_updates(data: StructuredData) -> str:
    """Give the updates of a `LiveBlogPosting` as lines, in the order of the page."""
    for node in data.of_type("liveblogposting"):
        updates = node.get("liveBlogUpdate")
        members = updates if isinstance(updates, list) else [updates]
        lines = [
            line
            for update in members[:_MOST_UPDATES]
            if isinstance(update, dict)
            for line in _update(update)
        ]
        if lines:
            return "\n".join(lines)
    return ""


def _update(update: Node) -> Iterator[str]:
    headline = text(update.get("headline"))
    lines = [line for body in texts(update.get("articleBody")) for line in _lines(body)]
    if headline and not (lines and lines[0].startswith(headline[:60])):
        yield headline
    yield from lines


def _lines(body: str) -> list[str]:
    if _MARKUP.search(body):
        return plain_lines(body)
    return [stripped for line in body.splitlines() if (stripped := line.strip())]


def _once(lines: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for line in lines:
        if len(line) < 60 or line not in seen:
            seen.add(line)
            yield line
