"""What a search is asked, and what it answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.model import CaptureClass


class Order(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"  # by bm25, the headline counting more; then by date
    DATE = "date"  # newest first


class Dated(StrEnum):
    """Which date `since` and `until` are about, and the order by date."""

    PUBLISHED = "published"  # where none is known, that of the capture stands in
    CAPTURED = "captured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for. Several values of one field are alternatives.

    `since` and `until` are beginnings of a date ("2024", "2024-05", "2024-05-06",
    or a WARC-Date); `until` is not included. Where a publisher stated a date to the
    month or the year, an article counts if it may lie between them.
    """

    words: str = ""  # in the language of docs/search.md; "": everything
    source_ids: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # BCP 47; "zh" finds "zh-Hant" too
    authors: tuple[str, ...] = ()  # names, or words of names
    sections: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()  # values of CaptureClass
    sites: tuple[str, ...] = ()  # hosts; "bbc.co.uk" finds "www.bbc.co.uk" too
    since: str | None = None
    until: str | None = None
    dated: Dated = Dated.PUBLISHED
    order: Order = Order.RELEVANCE
    versions: bool = False  # every version that matches, not the newest alone
    limit: int = 20  # hits on a page
    offset: int = 0  # hits before the page
    upto: int | None = None  # `Results.upto` of the first page: what was there then


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text: marked, where it is what was looked for."""

    text: str  # the publisher's letters
    is_marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One article that was found, as its newest version that matches says it."""

    article_id: str  # `<urn:uuid:…>` of the version
    record_id: str  # of the capture it was made from
    url: str  # that answered
    canonical_url: str
    title: tuple[Segment, ...]  # empty: it has none
    snippet: tuple[Segment, ...]  # of the text; "…" where something is left out
    source_id: str
    captured_at: datetime
    published: str | None  # to its precision
    authors: tuple[str, ...]
    section: str | None
    language: str | None
    page_class: CaptureClass
    score: float  # higher is better; 0 where nothing but filters was asked
    versions: int  # different texts that are held of the article
    matched: int  # captures of it that match
    is_latest: bool  # no newer capture of the article has a text


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value of a facet, and how many of the hits have it."""

    value: str  # what a Query takes; of a year or month, what `since` takes
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """How the hits are spread over the values of one field, most frequent first.

    Years and months are in their order, newest first.
    """

    name: str  # "source", "language", "year", "month", "author", "section", "class"
    values: tuple[FacetValue, ...]
    others: int = 0  # values that are not listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What was found."""

    hits: tuple[Hit, ...]
    total: int  # of hits on all pages
    is_exact: bool  # otherwise there are more than `total`
    facets: tuple[Facet, ...]  # of the hits that `total` counts
    notes: tuple[str, ...]  # what the reader should know: sentences
    upto: int  # for the next page
