"""The versions of an article: what its captures said, one after the other. Pure.

A version lasts as long as one capture after the other says the same: headline, text,
byline, standfirst, kicker, date of publication. That a page calls itself changed
makes no version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from archive.clock import warc_date
from archive.errors import NotFound, UsageError
from archive.model import Article
from archive.questions import Kept, text_record
from archive.texts import made_by

_NUMBER: Final = re.compile(r"v?([0-9]{1,6})")
# The beginning of a WARC-Date, or of the 14 digits of CDX.
_TIME: Final = re.compile(
    r"([0-9]{4})(?:-?([0-9]{2})(?:-?([0-9]{2})(?:[Tt ]?([0-9]{2})"
    r"(?::?([0-9]{2})(?::?([0-9]{2})(?:\.[0-9]{1,9})?)?)?[Zz]?)?)?)?"
)
_BEGINNING: Final = (1, 1, 1, 0, 0, 0)
_SPANS: Final = (
    timedelta(days=1),
    timedelta(hours=1),
    timedelta(minutes=1),
    timedelta(seconds=1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article said for a while."""

    number: int  # from 1 on
    article: Article  # as its first capture had it
    first_at: datetime  # of the first capture that said so
    last_at: datetime  # of the last one, before another version came
    captures: int
    same_as: int | None = None  # an earlier version that said the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A capture of the article's page, and the version it showed."""

    kept: Kept
    version: int | None  # None: it showed no article


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is held of one article, oldest first."""

    url: str  # the canonical address, else the one captured
    versions: tuple[Version, ...]  # at least one
    captures: tuple[Seen, ...]

    @property
    def latest(self) -> Version:
        """The version that the last capture of the article showed."""
        return self.versions[-1]

    def version_of(self, record_id: str) -> Version | None:
        """Give the version that a capture showed; None if it showed none."""
        for seen in self.captures:
            if seen.kept.capture.record_id == record_id and seen.version:
                return self.versions[seen.version - 1]
        return None


def tell(url: str, captures: Iterable[Kept], texts: Mapping[str, Article]) -> History:
    """Tell a story of captures, oldest first, and the texts of their records."""
    versions: list[Version] = []
    seen: list[Seen] = []
    known: dict[tuple[object, ...], int] = {}
    for kept in captures:
        article = texts.get(text_record(kept))
        if article is None:
            seen.append(Seen(kept=kept, version=None))
            continue
        date, said = kept.capture.date, _said(article)
        if versions and said == _said(versions[-1].article):
            last = versions[-1]
            versions[-1] = replace(last, last_at=date, captures=last.captures + 1)
        else:
            number = len(versions) + 1
            versions.append(
                Version(
                    number=number,
                    article=article,
                    first_at=date,
                    last_at=date,
                    captures=1,
                    same_as=known.get(said),
                )
            )
            known.setdefault(said, number)
        seen.append(Seen(kept=kept, version=versions[-1].number))
    return History(url=url, versions=tuple(versions), captures=tuple(seen))


def choose_two(
    told: History, before: str | None, after: str | None
) -> tuple[Version, Version]:
    """Choose the versions to compare: the last two if nothing is asked for.

    As the first of two, `previous` is the one before the second. Raises UsageError
    for a word that names no version, NotFound for a time before the first capture.
    """
    second = choose(told, after or "latest")
    if before in (None, "", "previous"):
        return told.versions[max(second.number - 2, 0)], second
    return choose(told, before or ""), second


def choose(told: History, word: str) -> Version:
    """Choose a version: its number, `first`, `previous`, `latest`, or a time.

    A time is the beginning of a WARC-Date or of 14 digits; it means the version that
    was seen last when that year, month, day… ended. Raises UsageError, NotFound.
    """
    versions = told.versions
    named = {
        "first": versions[0],
        "previous": versions[max(len(versions) - 2, 0)],
        "latest": versions[-1],
    }
    if word in named:
        return named[word]
    number = _NUMBER.fullmatch(word)
    if number and 1 <= int(number[1]) <= len(versions):
        return versions[int(number[1]) - 1]
    end = _end_of(word)
    if end is None:
        count = len(versions)
        there = "there is 1 version" if count == 1 else f"there are {count} versions"
        raise UsageError(
            f"{word!r} names no version of {told.url}: {there}; say a number, first, "
            "previous, latest, or a time such as 2026-11-22"
        )
    shown = [
        s.version for s in told.captures if s.version and s.kept.capture.date < end
    ]
    if not shown:
        raise NotFound(
            f"nothing is held of {told.url} as of {word}: it was captured first at "
            f"{warc_date(versions[0].first_at)}"
        )
    return versions[shown[-1] - 1]


def version_values(version: Version) -> dict[str, Any]:
    """Make what JSON says of a version."""
    article = version.article
    return {
        "number": version.number,
        "article": article.id.strip("<>"),
        "record_id": article.provenance.record_id.strip("<>"),
        "title": article.work.title,
        "first_at": warc_date(version.first_at),
        "last_at": warc_date(version.last_at),
        "captures": version.captures,
        "same_as": version.same_as,
        "extractor": made_by(article).key,
    }


def _said(article: Article) -> tuple[object, ...]:
    """Give what makes two captures two versions where it differs."""
    work = article.work
    published = work.published and work.published.text
    return (
        *(work.title, work.kicker, work.standfirst, work.authors, published),
        article.text,
    )


def _end_of(word: str) -> datetime | None:
    """Give the moment after a stated time; None if it is no time."""
    match = _TIME.fullmatch(word.strip())
    if match is None:
        return None
    given = [int(part) for part in match.groups() if part is not None]
    try:
        year, month, day, hour, minute, second = (*given, *_BEGINNING[len(given) :])
        begin = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        if len(given) == 1:
            return begin.replace(year=year + 1)
        if len(given) == 2:
            return begin.replace(year=year + month // 12, month=month % 12 + 1)
        return begin + _SPANS[len(given) - 3]
    except (ValueError, OverflowError):  # "2026-13", the year 9999
        return None
