"""A feed of new and of changed articles (Atom, RFC 4287). [I/O] of the catalogue alone.

An entry is one text of an article, under the id of the record it was made of, which
stays the same whatever is exported again, by whatever extractor. Everything in it is
plain text: no reader is given markup.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import (
    Element,
    SubElement,
    indent,
    register_namespace,
    tostring,
)

from sqlalchemy import select

from archive import schema
from archive.catalogue import Catalogue
from archive.collection import Collection
from archive.export.selection import Choice
from archive.export.warc_subset import SOFTWARE
from archive.model import Article, Moment, Precision
from archive.questions import article_before, article_in, shown_articles
from archive.recordids import bare_uuid

MEDIA_TYPE: Final = "application/atom+xml"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_SUMMARY: Final = 500  # characters
_articles, _captures = schema.articles.c, schema.captures.c
_EXACT: Final = (Precision.MINUTE, Precision.SECOND)
# What XML 1.0 has no way to write (2.2), and what it advises against.
_UNWRITABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One text of an article that says something new."""

    article: Article
    before: Article | None  # what the page said before; None: the article is new

    @property
    def what(self) -> str:
        """Say whether the article is `new` or `changed`."""
        return "changed" if self.before else "new"


def news(catalogue: Catalogue, choice: Choice, limit: int) -> list[News]:
    """List the newest texts that are new or differ from those before them."""
    found: list[News] = []
    for article in _newest(catalogue, choice):
        before = article_before(catalogue, article)
        if before is None or _said(before) != _said(article):
            found.append(News(article=article, before=before))
            if len(found) == limit:
                break
    return found


def feed(
    collection: Collection,
    choice: Choice,
    items: Sequence[News],
    *,
    now: datetime,
    self_url: str | None = None,
    article_url: str | None = None,
) -> bytes:
    """Write a feed.

    `self_url` is where it can be asked for again. With `article_url`, an address that
    ends where the id of a record follows, entries lead there; without, to the page.
    """
    register_namespace("", _ATOM)
    root = Element(f"{{{_ATOM}}}feed")
    _add(root, "id", _feed_id(collection, choice))
    _add(root, "title", f"News archive: {choice.selection}")
    newest = max((item.article.provenance.captured_at for item in items), default=now)
    _add(root, "updated", _date(newest))
    _add(_add(root, "author"), "name", "Dateline")
    _add(
        root,
        "generator",
        SOFTWARE.partition("/")[0],
        version=SOFTWARE.partition("/")[2],
    )
    if self_url is not None:
        _add(root, "link", rel="self", type=MEDIA_TYPE, href=self_url)
    for item in items:
        _add_entry(root, item, article_url)
    indent(root)
    content: bytes = tostring(root, "utf-8", xml_declaration=True)
    return content + b"\n"


def _add_entry(root: Element, item: News, article_url: str | None) -> None:
    article, work = item.article, item.article.work
    source = article.provenance
    record = source.record_id.strip("<>")
    entry = _add(root, "entry")
    _add(entry, "id", record)
    title = work.title or source.url
    _add(entry, "title", f"Changed: {title}" if item.before else title)
    _add(entry, "updated", _date(source.captured_at))
    if work.published is not None and _is_exact(work.published):
        _add(entry, "published", _date(work.published.earliest))
    for name in work.authors or (work.site_name or source.source_id,):
        _add(_add(entry, "author"), "name", name)
    page = _add(entry, "link", rel="alternate", type="text/html", href=source.url)
    if article_url is not None:
        page.set("rel", "via")
        href = article_url + bare_uuid(record)
        _add(entry, "link", rel="alternate", type="text/html", href=href)
    _add(entry, "category", term=item.what, scheme="urn:dateline:what")
    if work.section:
        _add(entry, "category", term=work.section, scheme="urn:dateline:section")
    summary = _add(entry, "summary", _summary(article), type="text")
    if work.language:
        summary.set("{http://www.w3.org/XML/1998/namespace}lang", work.language)


def _add(parent: Element, name: str, text: str | None = None, **said: str) -> Element:
    values = {key: _writable(value) for key, value in said.items()}
    child = SubElement(parent, f"{{{_ATOM}}}{name}", values)
    if text is not None:
        child.text = _writable(text)
    return child


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _date(date: datetime) -> str:
    return date.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _is_exact(moment: Moment) -> bool:
    return moment.precision in _EXACT


def _summary(article: Article) -> str:
    text = article.work.standfirst or article.work.description or article.text
    short = " ".join(text.split())
    if len(short) <= _SUMMARY:
        return short
    return short[:_SUMMARY].rsplit(" ", 1)[0] + " …"


def _feed_id(collection: Collection, choice: Choice) -> str:
    """Name a feed: the same for the same selection (RFC 4287, 4.2.6)."""
    words = "&".join(f"{name}={value}" for name, value in choice.selection.words())
    return str(uuid.uuid5(uuid.UUID(collection.id), f"feed?{words}").urn)


# ---------------------------------------------------------------- what is new


def _newest(catalogue: Catalogue, choice: Choice) -> Iterator[Article]:
    """Give the articles, newest first."""
    if choice.record_ids:
        ids = sorted(_by_date(catalogue, choice), reverse=True)
        for _, record_id in ids:
            question = shown_articles().where(_articles.record_id == record_id)
            with catalogue.reading() as connection:
                row = connection.execute(question).mappings().first()
            if row is not None:
                yield article_in(row)
        return
    question = shown_articles().where(choice.clause)
    question = question.order_by(_articles.date.desc(), _articles.id)
    with catalogue.reading() as connection:
        for row in connection.execute(question).mappings():
            yield article_in(row)


def _by_date(catalogue: Catalogue, choice: Choice) -> Iterator[tuple[str, str]]:
    for clause in choice.clauses():
        question = select(_captures.date, _captures.record_id).where(clause)
        with catalogue.reading() as connection:
            yield from ((date, record) for date, record in connection.execute(question))


def _said(article: Article) -> tuple[str | None, str]:
    return article.work.title, article.text
