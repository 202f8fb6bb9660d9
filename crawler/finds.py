"""What a seed's bytes turn into: addresses found, sitemaps named, problems met.

A broken seed still gives what could be read of it, and a `Problem` for the
rest: one bad feed must not stop a crawl, and no loss may be silent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawler.claimeddates import (
    Span,
    span_of_date,
    span_of_name,
    span_of_path,
)

# So many problems are told one by one; those between are only counted.
FIRST_PROBLEMS = 15
LAST_PROBLEMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address that a seed named, and what the seed claimed about it."""

    url: str  # absolute; otherwise as the seed wrote it
    title: str | None = None  # the seed's word, as plain text
    # The seed's word, as it wrote it: of the publication, else of the last change.
    date: str | None = None
    # The seed's word on the last change; None if it is that of the publication.
    modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedSitemap:
    """A sitemap that a sitemap index named."""

    url: str
    lastmod: str | None = None  # the seed's word, as it wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a seed that could not be read, or was left out."""

    sentence: str
    line: int | None = None  # of the seed, from 1

    def told(self) -> str:
        """Tell it with its line."""
        return f"line {self.line}: {self.sentence}" if self.line else self.sentence


Find = Found | NestedSitemap | Problem


def dates(published: str | None, modified: str | None) -> tuple[str | None, str | None]:
    """Order two claims into `date` and `modified`: equal ones are one claim.

    So both are the same just when nothing but a change is claimed.
    """
    if published is None:
        return modified, modified
    return published, modified if modified != published else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """All that one seed gave, each kind in the order of the seed."""

    found: tuple[Found, ...] = ()
    nested: tuple[NestedSitemap, ...] = ()
    problem: str | None = None  # ours: what could not be read or was left out
    # Ours: of a front page, how many links are no articles, by reason.
    left_out: tuple[tuple[str, int], ...] = ()


def gathered(finds: Iterable[Find]) -> Harvest:
    """Sort a stream of finds by kind; an address named twice is kept once."""
    found: dict[str, Found] = {}
    nested: dict[str, NestedSitemap] = {}
    problems: list[str] = []
    # The last ones tell of the whole seed: that it was cut, or too long.
    last: deque[str] = deque(maxlen=LAST_PROBLEMS)
    count = 0
    for find in finds:
        if isinstance(find, Found):
            found.setdefault(find.url, find)
        elif isinstance(find, NestedSitemap):
            nested.setdefault(find.url, find)
        else:
            count += 1
            told = problems if count <= FIRST_PROBLEMS else last
            told.append(find.told())
    if count > FIRST_PROBLEMS + LAST_PROBLEMS:
        problems.append(f"{count - FIRST_PROBLEMS - LAST_PROBLEMS} more problems")
    problems += last
    return Harvest(
        found=tuple(found.values()),
        nested=tuple(nested.values()),
        problem="; ".join(problems) or None,
    )


def each(harvest: Harvest) -> Iterator[Find]:
    """Give what was gathered one by one: the way back from `gathered`."""
    yield from harvest.found
    yield from harvest.nested
    if harvest.problem:
        yield Problem(sentence=harvest.problem)


def within(
    find: Found | NestedSitemap, since: datetime | None, until: datetime | None
) -> bool:
    """Whether what was found may be of the time from `since` to before `until`.

    The seed's dates decide, and what they leave open counts as within: no
    date, one that can not be read, a day without a zone. Of an article known
    by its last change alone, the day its address files it under counts, else
    only a change before `since` tells something: it was published earlier still.
    A sitemap whose last change lies before `since` names nothing newer; one named
    after a month or a year is out if that lies outside. Both bounds are aware;
    None is no bound.
    """
    if isinstance(find, NestedSitemap):
        span = span_of_name(find.url)
        if span and not _meets(span, since, until):
            return False
        changed = span_of_date(find.lastmod) if find.lastmod else None
        return changed is None or since is None or changed.end > since
    claimed = span_of_date(find.date) if find.date else None
    if claimed is not None and find.date != find.modified:
        return _meets(claimed, since, until)
    # Nothing but a change is claimed, or nothing: the publication lies somewhere
    # before, or where the address files it.
    filed = span_of_path(find.url)
    if filed is not None:
        return _meets(filed, since, until)
    return claimed is None or _meets(claimed, since, None)


def _meets(span: Span, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or span.end > since) and (until is None or span.start < until)


def absolute(reference: str, base: str) -> str:
    """Make an address absolute; one that is absolute already stays as written.

    White space around it and line ends and tabs within it are dropped, as the
    WHATWG URL standard does (4.4, basic URL parser). Raises ValueError if it
    is empty or can not be a URL.
    """
    url = reference.strip()
    if not url:
        raise ValueError("an empty address")
    if "\n" in url or "\r" in url or "\t" in url:
        url = url.replace("\n", "").replace("\r", "").replace("\t", "")
    if "[" not in url and url[:8].lower().startswith(("http://", "https://")):
        return url  # nearly always, and what follows is slow
    # `urljoin` tidies dot segments and empty queries even of absolute URLs.
    return url if urlsplit(url).scheme else urljoin(base, url)
