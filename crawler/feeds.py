"""Feeds: RSS 0.9 to 2.0, RDF, Atom, JSON Feed. Nothing here does I/O.

Two readers stand behind `found_in_feed`. The lean one walks the few elements
that are wanted with lxml; what it can not read goes to feedparser, which
knows far more of the odd cases and is about ten times slower. Of a
broken feed, the reading with more addresses is taken.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import feedparser

from crawler.charsets import decoded
from crawler.feedxml import ENTRY_LIMIT, HAS_SCHEME, entries_in_xml
from crawler.finds import Find, Found, Harvest, Problem, absolute, dates, gathered
from crawler.plaintext import collapsed, plain_of_html
from crawler.xmltext import (
    root_name,
    with_few_marks,
    with_sound_references,
    without_doctype,
    without_junk,
)

SIZE_LIMIT = 16 * 1024 * 1024  # bytes of a feed that are read
# Tags, references and attributes of a feed that are read; values, of one in JSON.
# An element takes some 120 bytes, an attribute and a value of JSON about as much.
MARK_LIMIT = 1_000_000
FALLBACK_LIMIT = 256 * 1024  # bytes given to feedparser: it bounds its time

FEED_ROOTS = frozenset({"rss", "rdf", "feed"})

_ENTRY_START = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)[\s>]")


def found_in_feed(body: bytes, *, url: str, content_type: str | None = None) -> Harvest:
    """Read the entries of a feed: address, title and date as the feed claims.

    `body` is without content coding; `url` is where it came from, the base of
    relative links; `content_type` is the field of the answer, for its
    charset. Never raises: what could not be read, and each entry without an
    address, is a problem. Sources: RSS 2.0, RSS 1.0, RFC 4287, JSON Feed 1.1.
    """
    return gathered(_finds(body, url, content_type))


def _finds(body: bytes, url: str, content_type: str | None) -> Iterator[Find]:
    if len(body) > SIZE_LIMIT:
        left_out = len(body) - SIZE_LIMIT
        yield Problem(sentence=f"the last {left_out} bytes of the feed were not read")
        body = body[:SIZE_LIMIT]
    text, problem = decoded(body, content_type)
    if problem:
        yield problem
    if not text.strip():
        yield Problem(sentence="an empty answer, no feed")
    elif text.lstrip()[0] == "{":
        yield from _in_json(text, url)
    else:
        yield from _in_xml(text, url)


# ---------------------------------------------------------------- XML


def _in_xml(text: str, url: str) -> Iterator[Find]:
    text, junk = without_junk(text, FEED_ROOTS)
    text, excess = with_few_marks(text, MARK_LIMIT)
    yield from filter(None, (junk, excess))
    try:
        text = without_doctype(text)
    except ValueError as error:
        yield Problem(sentence=f"no feed: {error}")
        return
    root = root_name(text)
    if root == "html":
        yield Problem(sentence="no feed: the answer is an HTML page")
        return
    text = with_sound_references(text)
    finds, problem = entries_in_xml(text, url)
    if problem is None and root in FEED_ROOTS:
        yield from finds
        return
    if problem:
        yield problem
    starts = sum(1 for _ in _ENTRY_START.finditer(text))
    if root not in FEED_ROOTS or len(finds) < min(starts, ENTRY_LIMIT):
        more = _with_feedparser(text, url)
        if _addresses(more) > _addresses(finds):
            yield Problem(sentence="read with the tolerant parser")
            finds = more
    if not _addresses(finds) and root not in FEED_ROOTS:
        yield Problem(sentence=f"no feed: the root element is {root or 'missing'}")
    yield from finds


def _addresses(finds: list[Find]) -> int:
    return sum(isinstance(find, Found) for find in finds)


# ---------------------------------------------------------------- feedparser


def _with_feedparser(text: str, url: str) -> list[Find]:
    """Read with feedparser, given text without document type, and no address."""
    body = text.encode("utf-8", "replace")[:FALLBACK_LIMIT]
    # A stream, never the bytes: those feedparser would try as a file name.
    try:
        result = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        AssertionError,
    ) as error:
        # Its SGML and URL readers raise these on hostile input.
        return [Problem(sentence=f"the tolerant parser failed: {error}")]
    return [_feedparser_entry(entry, n, url) for n, entry in enumerate(result.entries)]


def _feedparser_entry(entry: dict[str, Any], number: int, url: str) -> Find:
    reference = entry.get("link") or ""
    try:
        address = absolute(reference, url)
    except ValueError:
        return Problem(sentence=f"entry {number + 1} has no address")
    # `dict.get`, for feedparser gives the one date where the other is asked for.
    date, modified = dates(
        dict.get(entry, "published") or dict.get(entry, "created") or None,
        dict.get(entry, "updated") or None,
    )
    return Found(
        url=address,
        title=plain_of_html(entry.get("title") or "") or None,
        date=date,
        modified=modified,
    )


# ---------------------------------------------------------------- JSON


def _in_json(text: str, url: str) -> Iterator[Find]:
    if sum(map(text.count, ",[{")) > MARK_LIMIT:
        yield Problem(sentence=f"no feed: JSON of more than {MARK_LIMIT} values")
        return
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        yield Problem(sentence=f"broken JSON: {error}", line=line)
        return
    items = feed.get("items")
    if not isinstance(items, list):
        yield Problem(sentence="no feed: JSON without a list of items")
        return
    for number, item in enumerate(items[:ENTRY_LIMIT]):
        yield _json_item(item if isinstance(item, dict) else {}, number, url)
    if (left_out := len(items) - ENTRY_LIMIT) > 0:
        sentence = f"{left_out} entries beyond the first {ENTRY_LIMIT} were left out"
        yield Problem(sentence=sentence)


def _json_item(item: dict[str, Any], number: int, url: str) -> Find:
    identifier = _json_text(item, "id")
    reference = (
        _json_text(item, "url")
        or (identifier if HAS_SCHEME.match(identifier) else "")
        or _json_text(item, "external_url")
    )
    try:
        address = absolute(reference, url)
    except ValueError:
        return Problem(sentence=f"entry {number + 1} has no address")
    date, modified = dates(
        _json_text(item, "date_published") or None,
        _json_text(item, "date_modified") or None,
    )
    return Found(
        url=address,
        title=collapsed(_json_text(item, "title")) or None,
        date=date,
        modified=modified,
    )


def _json_text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value.strip() if isinstance(value, str) else ""
