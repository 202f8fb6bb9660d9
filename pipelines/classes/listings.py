"""Pages that hold several articles: fronts, sections, tags, archives, search. Pure.

No single sign decides, as each of them stands on some articles too: the signs for and
against have points, and the sum decides.
"""

from __future__ import annotations

from typing import Final

from pipelines.classes.layout import Layout
from pipelines.classes.view import View
from pipelines.classes.wording import read_words

_THRESHOLD: Final = 4
_MOST_OF_LAYOUT: Final = 5  # the points that the layout can give
_FEW_TEASERS: Final = 3
_SOME_TEASERS: Final = 6  # where the address is not that of a listing
_RUN: Final = 700  # letters that make an article of a page
_LONG_RUN: Final = 2500
_SENTENCES: Final = 200

_TYPES: Final = read_words("listing-type")
_BODIES: Final = read_words("listing-body")
_ARTICLE_BODIES: Final = read_words("article-body")


Signs = tuple[tuple[int, str], ...]


def of_listing(view: View) -> str | None:
    """Say by which signs a page holds several articles, or None."""
    address = view.address
    is_suspect = address.is_front or address.is_listing
    if view.is_stated and view.weight > _RUN and not is_suspect:
        return None
    stated = _stated_signs(view)
    if _sum(stated) + _MOST_OF_LAYOUT < _THRESHOLD:
        return None  # measuring the layout costs more than all else
    layout = view.layout
    if view.weight < _RUN and (
        layout.heading_links + layout.long_links < _FEW_TEASERS
        or (not is_suspect and _teasers(layout) < _SOME_TEASERS)
    ):
        return None
    signs = stated + _layout_signs(view)
    if _sum(signs) < _THRESHOLD:
        return None
    return "; ".join(sign for points, sign in signs if points > 0)


def _sum(signs: Signs) -> int:
    return sum(points for points, _ in signs)


def _teasers(layout: Layout) -> int:
    return max(layout.heading_links, layout.long_links // 2)


def _stated_signs(view: View) -> Signs:
    """Give the points of what is said of the page: for a listing above zero."""
    address, bodies = view.address, view.body_classes
    return (
        (7 * address.is_front, "its address is that of a front page"),
        (3 * address.is_listing, "its address is that of a section or search"),
        (address.is_shallow, "its address is short"),
        (3 * (not _TYPES.isdisjoint(view.node_types)), "its JSON-LD says so"),
        ("itemlist" in view.node_types, "its JSON-LD has an ItemList"),
        (3 * (not _BODIES.isdisjoint(bodies)), "its software says so"),
        (view.kind == "website", "its og:type is website"),
        (not view.is_claimed, "nothing calls it an article"),
        (-3 * view.is_stated, ""),
        (-2 * view.is_dated, ""),
        (-("article" in view.kind), ""),
        (-3 * (not _ARTICLE_BODIES.isdisjoint(bodies)), ""),
        (-view.found.has_byline, ""),
        (-3 * (not address.is_shallow and not address.is_listing), ""),
    )


def _layout_signs(view: View) -> Signs:
    """Give the points of how texts and links lie: for a listing above zero."""
    layout, letters = view.layout, view.weight
    run = layout.run
    teasers = _teasers(layout)
    in_pieces = letters > _RUN // 2 and 4 * run < letters
    return (
        (2 * in_pieces, "its text lies in pieces"),
        (run < _RUN, "it has no long run of text"),
        (teasers >= 6, f"it has {teasers} teasers"),
        (teasers >= 12 and teasers * 60 > run, "the teasers outweigh its text"),
        (-2 * (letters > _SENTENCES and 10 * run >= 8 * letters), ""),
        (-2 * (run >= 2 * _RUN and not in_pieces), ""),
        (-2 * (run >= _LONG_RUN), ""),
    )
