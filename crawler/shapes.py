"""The shape of an address: what is left when numbers, names and values are taken out.

By its shape an address looks like an article or like a listing, and by the number of
addresses of one shape a trap shows itself that no single address gives away. Nothing
here does I/O.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from archive.tracking import is_tracking

_ADDRESS: Final = re.compile(r"https?://([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
MONTH: Final = (
    r"(?:1[0-2]|0?[1-9]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
)
DAY: Final = r"(?:[12][0-9]|3[01]|0?[1-9])"
_DATED_ARTICLE: Final = re.compile(
    rf"(?:/[^/]+){{0,4}}/(?:19|20)[0-9]{{2}}[/-]?{MONTH}(?:[/-]?{DAY})?"
    r"(?:/[^/]+){0,2}/(?=[^/]*[^\W\d_])[^/]{3,}/?",
    re.IGNORECASE,
)
# Three words, a long number, or a word in another script, escaped.
_NAME: Final = re.compile(
    r"(?<![^\W_])[^\W_]++(?:[-_]++[^\W_]++){2}|[0-9]{5}|(?:%[0-9a-f]{2}){6}",
    re.IGNORECASE,
)
_ENTRANCE: Final = re.compile(r"(?:index|default)\.[a-z]{3,5}|amp|print")

PAGES: Final = frozenset(
    {"page", "paged", "pg", "pagenum", "pageno", "seite", "pagina", "strana"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An http or https address, taken apart."""

    host: str
    path: str
    segments: Sequence[str]  # of the path, in lower case, without empty ones
    parameters: Sequence[tuple[str, str]]  # names in lower case
    is_dated: bool  # the path is that of an article, with a date before its name

    @property
    def names_article(self) -> bool:
        """Whether the path is dated, or ends with several words or a long number."""
        if self.is_dated:
            return True
        for segment in self.segments[:-3:-1]:
            if not _ENTRANCE.fullmatch(segment):
                return _NAME.search(segment.partition(";")[0]) is not None
        return False

    @property
    def telling(self) -> Sequence[tuple[str, str]]:
        """The parameters that tell something of the content."""
        return [one for one in self.parameters if not is_tracking(*one)]

    @property
    def is_article(self) -> bool:
        """Whether it looks like an article, by path or by a number in the query."""
        telling = self.telling
        if len(telling) > 1 or any(name in PAGES for name, _ in telling):
            return False
        return self.names_article or any(value.isdigit() for _, value in telling)


def taken_apart(url: str) -> Parts | None:
    """Take an address apart; None if it is not http or https. Never raises."""
    match = _ADDRESS.match(url)
    if match is None:
        return None
    host, path, query = match.groups()
    pairs = (part.partition("=") for part in query.split("&")) if query else ()
    return Parts(
        host=host.lower(),
        path=path,
        segments=[segment for segment in path.lower().split("/") if segment],
        parameters=[(name.lower(), value) for name, _, value in pairs if name],
        is_dated=("/20" in path or "/19" in path)
        and _DATED_ARTICLE.fullmatch(path) is not None,
    )


# ------------------------------------------------------------------------------ shape

_NUMBER: Final = re.compile(r"[0-9]+")
_WORD: Final = re.compile(r"[a-z]{1,20}")
_SUFFIX: Final = re.compile(r"\.[a-z]{2,5}$")
_LONGEST_SHAPE: Final = 200


def shape_of(parts: Parts) -> str:
    """Give the address without its numbers, names and values.

    `/news/2024/some-words.html?page=3` of example.com has the shape
    `example.com/news/0/*.html?page`.
    """
    path = "/".join(
        _abstract(segment, depth) for depth, segment in enumerate(parts.segments)
    )
    shape = f"{parts.host}/{path}"
    names = {_NUMBER.sub("0", name) for name, _ in parts.telling}
    if names:
        shape += "?" + "&".join(sorted(names))
    return shape[:_LONGEST_SHAPE]


def _abstract(segment: str, depth: int) -> str:
    """Keep the words that sections are called by: short ones, near the beginning."""
    if segment.isdigit():
        return "0"
    if depth < 2 and _WORD.fullmatch(segment):
        return segment
    suffix = _SUFFIX.search(segment)
    return "*" + suffix[0] if suffix else "*"


# ----------------------------------------------------------------------------- budget


@dataclass(slots=True)
class _Count:
    admitted: int = 0
    articles: int = 0  # of them, those that look like articles
    refused: int = 0


class ShapeBudget:
    """How many addresses of one shape a source may bring in one run.

    A shape most of whose addresses look like articles is given much more, since a
    sitemap lists thousands of them. Memory is bounded: behind `most_shapes` shapes,
    all others count as one.
    """

    def __init__(
        self,
        *,
        limit: int = 500,
        article_limit: int = 50_000,
        most_shapes: int = 2_000,
    ) -> None:
        self._limit = limit
        self._article_limit = article_limit
        self._most_shapes = most_shapes
        self._counts: dict[str, _Count] = {}

    def admit(self, url: str) -> str | None:
        """Count an address in: None, or a sentence on why there are too many.

        An address that comes twice counts twice: ask for new ones only.
        """
        parts = taken_apart(url)
        if parts is None:
            return None
        shape = shape_of(parts)
        if shape not in self._counts and len(self._counts) >= self._most_shapes:
            shape = "any other"
        count = self._counts.setdefault(shape, _Count())
        is_of_articles = 2 * count.articles >= count.admitted
        limit = self._article_limit if is_of_articles else self._limit
        if count.admitted >= limit:
            count.refused += 1
            return f"more than {limit} addresses of the shape {shape} in one run"
        count.admitted += 1
        count.articles += parts.is_article
        return None

    @property
    def exceeded(self) -> tuple[tuple[str, int], ...]:
        """The shapes that were over budget, with the addresses refused, most first."""
        refused = ((name, c.refused) for name, c in self._counts.items() if c.refused)
        return tuple(sorted(refused, key=lambda one: (-one[1], one[0])))
