"""What a page says of its dates, and where: every claim with its reading. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice
from typing import Final

from lxml import etree

from archive.model import Claim, Precision
from pipelines.fields.dateaddress import address_dates
from pipelines.fields.dateplaces import (
    ITEM_FIELDS,
    PROPERTIES,
    PUBLISHED,
    meta_field,
)
from pipelines.fields.datestamps import Habits, Stamp, without_midnight
from pipelines.fields.datetext import read_date
from pipelines.jsonld import Node, texts, types
from pipelines.parsed import ParsedPage, Tree

_LONGEST_VALUE: Final = 200  # characters
_LARGEST_NUMBER: Final = 10**14
_MOST_OF_A_NAME: Final = 3  # values of one <meta> name or property
_MOST_ITEMS: Final = 400
_MARKED: Final = b"itemprop="
_ITEMS: Final = etree.XPath(f"(//*[@itemprop])[position() <= {_MOST_ITEMS}]")
_MOST_TEXTS: Final = 8  # pieces of text within an element that states a date
_PAGE_TYPES: Final = ("webpage", "itempage", "collectionpage", "videoobject")


class Place(IntEnum):
    """Where a claim stands; the lower, the more it counts."""

    ADDRESS = 1
    DATA = 2
    META = 3
    ITEM = 4
    VISIBLE = 5  # near the headline
    TIME = 6  # <time> elements
    FEED = 7  # the date of the entry in a feed
    VAGUE = 8  # names that may mean something else
    HINT = 9  # of a sitemap or front page: it may be that of a later version
    NUMBER = 10  # numbers of the address that begin like a date
    ELSEWHERE = 11  # anywhere in the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A claim, and what it means; no stamp if it means nothing possible."""

    claim: Claim
    place: Place
    stamp: Stamp | None

    @property
    def read(self) -> Stamp:
        """Give the stamp of a claim that is known to have one."""
        assert self.stamp is not None
        return self.stamp

    @property
    def is_day(self) -> bool:
        """Whether it names a day."""
        return self.stamp is not None and self.stamp.precision not in (
            Precision.YEAR,
            Precision.MONTH,
        )


def said(field: str, value: str, origin: str, place: Place, habits: Habits) -> Said:
    """Read a claim."""
    value = value.strip()[:_LONGEST_VALUE]
    stamp = read_date(value, habits)
    return Said(
        claim=Claim(field=field, value=value, origin=origin),
        place=place,
        stamp=without_midnight(stamp) if stamp else None,
    )


def of_markup(page: ParsedPage, habits: Habits) -> Iterator[Said]:
    """Give the claims of the address, JSON-LD, <meta>, microdata and the seed."""
    yield from _of_address(page, habits)
    yield from _of_data(page, habits)
    yield from _of_meta(page, habits)
    if _MARKED in page.written:
        yield from _of_items(page.tree, habits)
    if page.hints.date:
        origin = f"hint:{page.hints.origin}"
        place = Place.FEED if page.hints.origin == "feed" else Place.HINT
        yield said(PUBLISHED, page.hints.date, origin, place, habits)


def _of_address(page: ParsedPage, habits: Habits) -> Iterator[Said]:
    for found in address_dates(page.url, habits.language, habits.latest):
        yield Said(
            claim=Claim(field=PUBLISHED, value=found.value, origin="url"),
            place=Place.ADDRESS if found.is_sure else Place.NUMBER,
            stamp=found.stamp,
        )


def _of_data(page: ParsedPage, habits: Habits) -> Iterator[Said]:
    article = page.data.article
    if article is not None:
        yield from _of_node(article, Place.DATA, habits)
    else:
        for node in islice(page.data.of_type(*_PAGE_TYPES), 2):
            yield from _of_node(node, Place.VAGUE, habits)


def _of_node(node: Node, place: Place, habits: Habits) -> Iterator[Said]:
    kind = (types(node) or ("Thing",))[0]
    for name, field in PROPERTIES:
        is_vague = name in ("dateCreated", "uploadDate")
        for value in islice(_dates_in(node.get(name)), _MOST_OF_A_NAME):
            origin = f"json-ld:{kind}.{name}"
            yield said(field, value, origin, Place.VAGUE if is_vague else place, habits)


def _dates_in(value: object) -> Iterator[str]:
    """Give the dates of a property; a number is read as its digits would be."""
    if isinstance(value, bool):
        return
    if isinstance(value, int) and 0 < value < _LARGEST_NUMBER:
        yield str(value)
    yield from texts(value)


def _of_meta(page: ParsedPage, habits: Habits) -> Iterator[Said]:
    for name in page.meta.names():
        if (known := meta_field(name)) is not None:
            field, is_vague = known
            place = Place.VAGUE if is_vague else Place.META
            for value in page.meta.all(name)[:_MOST_OF_A_NAME]:
                yield said(field, value, f"meta:{name}", place, habits)


def _of_items(tree: Tree, habits: Habits) -> Iterator[Said]:
    """Read microdata and RDFa outside of <meta>."""
    for element in _ITEMS(tree):
        name = (element.get("itemprop") or "").strip().lower()
        field = ITEM_FIELDS.get(name)
        if field and element.tag != "meta":
            value = element.get("datetime") or element.get("content")
            value = value or " ".join(islice(element.itertext(), _MOST_TEXTS))
            if value.strip():
                yield said(field, value, f"itemprop:{name}", Place.ITEM, habits)
