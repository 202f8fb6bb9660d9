"""What is asked of the catalogue about the versions of an article [I/O]."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import CompoundSelect, or_, select, union

from archive import schema
from archive.catalogue import Catalogue
from archive.clock import warc_date
from archive.errors import NotFound
from archive.model import Article, Role
from archive.questions import (
    Kept,
    all_articles,
    article_by_id,
    article_in,
    article_of_capture,
    captures_of,
    kept_of,
    misses_of,
    text_record,
)
from archive.texts import made_by
from archive.urlkey import urlkey
from archive.versions import History, tell

_captures, _articles = schema.captures.c, schema.articles.c
_REDIRECTS: Final = (301, 302, 303, 307, 308)  # a 304 shows what was kept before


def history(catalogue: Catalogue, name: str) -> History:
    """Tell the story of an article, by an address, a record id or an article id.

    Raises NotFound where no text is held under the name.
    """
    return history_of(catalogue, article_named(catalogue, name))


def history_of(catalogue: Catalogue, article: Article) -> History:
    """Tell the story that an article is a part of."""
    captures = _captures_of_article(catalogue, article)
    records = {text_record(kept) for kept in captures}
    texts = _texts(catalogue, records, made_by(article).key)
    return tell(article.canonical_url, captures, texts)


def article_named(catalogue: Catalogue, name: str) -> Article:
    """Find the latest article that a name leads to. Raises NotFound."""
    article = article_by_id(catalogue, name)
    if article is not None:
        return article
    found = captures_of(catalogue, name)
    for kept in found:
        article = article_of_capture(catalogue, kept)
        if article is not None:
            return article
    if found:
        why = found[0].text_outcome or "not extracted yet"
        detail = f" ({found[0].text_detail})" if found[0].text_detail else ""
        raise NotFound(f"no capture of {name} has a text: {why}{detail}")
    if misses := misses_of(catalogue, name):
        last = misses[0]
        raise NotFound(
            f"{name} was asked for at {warc_date(last.date)} and gave no capture: "
            f"{last.outcome} ({last.detail})"
        )
    raise NotFound(
        f"nothing is held of {name}: `dateline list` shows the articles there are"
    )


def _captures_of_article(catalogue: Catalogue, article: Article) -> list[Kept]:
    """Give the captures of the article's page, whatever they showed, oldest first."""
    question = (
        select(schema.captures)
        .where(_captures.record_id.in_(_records(article)))
        .where(_captures.role == Role.ARTICLE.value)
        .where(_captures.status.not_in(_REDIRECTS))
        .order_by(_captures.date, _captures.record_id)
    )
    with catalogue.reading() as connection:
        return [kept_of(row) for row in connection.execute(question).mappings()]


def _texts(
    catalogue: Catalogue, records: Collection[str], key: str
) -> dict[str, Article]:
    """Give the texts of records: by the extractor `key`, else the one that is shown."""
    question = (
        all_articles()
        .where(_articles.record_id.in_(records))
        .where(
            or_(_articles.extractor == key, _articles.extractor == _captures.extractor)
        )
        .order_by(_articles.extractor == key)  # what comes later is what is kept
    )
    with catalogue.reading() as connection:
        rows = connection.execute(question).mappings().all()
    return {row["record_id"]: article_in(row) for row in rows}


def _records(article: Article) -> CompoundSelect[Any]:
    """Ask for the records of the article's page.

    These are those of its address, and those of pages that state the same canonical
    address, with the revisits of them.
    """
    named = select(_captures.record_id).where(
        _captures.urlkey == urlkey(article.provenance.url)
    )
    if not _names_an_article(article.canonical_url):
        return union(named)
    stated = select(_articles.record_id).where(
        _articles.canonical_url == article.canonical_url
    )
    revisits = select(_captures.record_id).where(_captures.refers_to.in_(stated))
    return union(named, stated, revisits)


def _names_an_article(url: str) -> bool:
    """Whether an address has more than a host: some sites state that of their own."""
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://[": what a page states may be anything
        return False
    return bool(parts.path.strip("/") or parts.query)
