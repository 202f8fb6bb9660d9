"""What chosen captures need besides: the originals of revisits, redirects, requisites.

[I/O]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from sqlalchemy import or_, select

from archive import message, schema
from archive.clock import warc_date
from archive.collection import Collection
from archive.errors import NotFound, PlacedError
from archive.export.requisites import named_in_css, named_in_html
from archive.export.selection import Choice, batches, chosen_captures, conditions
from archive.message import MessageError
from archive.model import Capture
from archive.reading import decoded_payload, load_answer
from archive.rows import capture_of
from archive.urlkey import urlkey

_captures = schema.captures.c
HTML: Final = ("text/html", "application/xhtml+xml")
_CSS: Final = "text/css"
_DEEPEST: Final = 5  # style sheets that import style sheets, and redirects
_MOST_READ: Final = 64 * 1024 * 1024  # bytes of a page that is looked through


def completed(collection: Collection, choice: Choice) -> Choice:
    """Add what the captures can't be read or shown without.

    The originals of revisits always, and the redirects that led to a capture; where
    single pages are meant, also what these pages need to be shown, as it was captured
    nearest in time. What is not held can't be added.
    """
    if choice.is_everything:
        return choice
    if choice.selection.names_pages:
        choice = replace(
            choice, record_ids=choice.record_ids | _requisites(collection, choice)
        )
    return replace(
        choice, record_ids=choice.record_ids | _pointed_at(collection, choice)
    )


def _pointed_at(collection: Collection, choice: Choice) -> frozenset[str]:
    """Follow `WARC-Refers-To` and the hops of redirects, back to their beginnings."""
    added: set[str] = set()
    new = set(_by_condition(collection, choice))
    new |= set(_outside(collection, _targets(collection, choice.record_ids), choice))
    while new:
        added |= new
        targets = _targets(collection, new) - added
        new = set(_outside(collection, targets, choice))
    return frozenset(added)


def _by_condition(collection: Collection, choice: Choice) -> Iterator[str]:
    """Give the records outside that the captures of the condition point at."""
    chosen = schema.captures.alias()
    is_chosen = conditions(choice.selection, chosen)
    if choice.selection.names_pages:
        return
    for pointer in (chosen.c.refers_to, chosen.c.redirect_from):
        pointed_at = select(pointer).where(pointer.is_not(None), is_chosen)
        question = select(_captures.record_id).where(
            _captures.record_id.in_(pointed_at), ~choice.clause
        )
        with collection.catalogue.reading() as connection:
            yield from connection.execute(question).scalars()


def _targets(collection: Collection, ids: Iterable[str]) -> set[str]:
    """Name the records that captures point at."""
    found: set[str] = set()
    for batch in batches(sorted(ids)):
        question = select(_captures.refers_to, _captures.redirect_from).where(
            _captures.record_id.in_(batch)
        )
        with collection.catalogue.reading() as connection:
            for row in connection.execute(question):
                found.update(record_id for record_id in row if record_id)
    return found


def _outside(
    collection: Collection, ids: Iterable[str], choice: Choice
) -> Iterator[str]:
    """Give those of the ids that are held and not chosen."""
    for batch in batches(sorted(set(ids) - choice.record_ids)):
        question = select(_captures.record_id).where(
            _captures.record_id.in_(batch), ~choice.clause
        )
        with collection.catalogue.reading() as connection:
            yield from connection.execute(question).scalars()


# ---------------------------------------------------------------- requisites


def _requisites(collection: Collection, choice: Choice) -> frozenset[str]:
    """Find what the chosen pages need to be shown."""
    found: set[str] = set()
    pages = _captures.media_type.in_(HTML)
    for page in chosen_captures(collection.catalogue, choice, pages):
        asked = {urlkey(page.url)}
        wanted = {urlkey(url) for url in _named(collection, page)} - asked
        for _ in range(_DEEPEST):
            asked |= wanted
            captures = list(_nearest(collection, wanted, page))
            found.update(capture.record_id for capture in captures)
            named = (url for capture in captures for url in _named(collection, capture))
            wanted = {urlkey(url) for url in named} - asked
            if not wanted:
                break
    return frozenset(found)


def _named(collection: Collection, capture: Capture) -> frozenset[str]:
    """Give the addresses that a page, a style sheet or a redirect names.

    What can't be read or decoded names nothing: it is exported as it is.
    """
    may_name = capture.media_type in (*HTML, _CSS) or 300 <= capture.status < 400
    if not may_name or capture.payload_length > _MOST_READ:
        return frozenset()
    try:
        answer = load_answer(collection, capture)
        location = answer.head.first(b"location")
        if location is not None:
            target = f'url("{location.decode("latin-1")}")'
            return named_in_css(target, url=capture.url)
        kind = message.media_type(answer.head)  # a 304 is read as what it confirms
        body = decoded_payload(answer) if kind in (*HTML, _CSS) else b""
    except (MessageError, PlacedError, NotFound, OSError):
        return frozenset()
    if kind == _CSS:
        return named_in_css(body.decode("utf-8", "replace"), url=capture.url)
    charset = message.charset(answer.head)
    return named_in_html(body, url=capture.url, charset=charset)


def _nearest(
    collection: Collection, keys: Iterable[str], page: Capture
) -> Iterator[Capture]:
    """Give for each key the capture nearest in time to a page; pages are left out."""
    for batch in batches(sorted(keys)):
        question = select(schema.captures).where(
            _captures.urlkey.in_(batch),
            _captures.status < 400,
            or_(
                _captures.media_type.is_(None),
                _captures.media_type.not_in(HTML),
                _captures.status >= 300,
            ),
        )
        held: dict[str, list[Capture]] = defaultdict(list)
        with collection.catalogue.reading() as connection:
            for row in connection.execute(question).mappings():
                held[row["urlkey"]].append(capture_of(row))
        for captures in held.values():
            yield min(
                captures,
                key=lambda one: (abs(one.date - page.date), warc_date(one.date)),
            )
