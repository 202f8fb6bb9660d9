"""Pages that are read otherwise than articles: live blogs, players, galleries. Pure.

Each function gives the sign as a clause, or None.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from pipelines.classes.view import View
from pipelines.classes.wording import LIVE, read_words

_FEW_UPDATES: Final = 3
_MANY_UPDATES: Final = 8
_BRIEF: Final = 600  # letters that go with a player or a gallery
_CAPTIONS: Final = 3000  # letters of the captions of a gallery
_RUN: Final = 700  # letters that make an article of a page

# "14:32", "14.32 Uhr", "2:05 pm", "14h32" at the beginning of a line.
_CLOCK: Final = re.compile(
    r"^\W{0,3}(?:\d{1,2} \w{3,9} )?[0-2]?\d\s?[:.h]\s?[0-5]\d"
    r"(?:\s?(?:Uhr|[ap]\.?m\.?|GMT|UTC|[A-Z]{3,4}))?(?=\W|$)",
    re.MULTILINE | re.IGNORECASE,
)
_TIME: Final = re.compile(r"(?<![\d:])[0-2]?\d[:h][0-5]\d(?![\d:.])")
_LIVE_ELEMENTS: Final = etree.XPath(
    "count(//*[contains(@class, 'live-blog') or contains(@class, 'liveblog')"
    " or contains(@class, 'live-update') or contains(@class, 'live_update')"
    " or contains(@class, 'liveticker') or contains(@class, 'LiveBlog')"
    " or contains(@itemtype, 'LiveBlogPosting')"
    " or contains(@itemprop, 'liveBlogUpdate')])"
)
_LIVE_MARKS: Final = (
    b"live-blog",
    b"liveblog",
    b"live-update",
    b"live_update",
    b"liveticker",
)
# Elements that hold a time of the day and nothing else, as updates begin.
_CLOCKS: Final = re.compile(
    r"\W{0,3}[0-2]?\d\s?[:.h]\s?[0-5]\d(?:[:.][0-5]\d)?(?:\s?(?:Uhr|[ap]\.?m\.?|GMT|UTC|[A-Z]{3,4}))?\W{0,3}",
    re.IGNORECASE,
)
_LEAVES: Final = etree.XPath("descendant::text()[string-length(.) < 18]")
_FEW_CLOCKS: Final = 5
_MOST_LEAVES: Final = 2000
_NOON: Final = 12  # o'clock
_STAMPS: Final = etree.XPath("count(descendant::time)")
_PLAYERS: Final = etree.XPath(
    "boolean(//video | //audio | //iframe[contains(@src, 'youtube') or"
    " contains(@src, 'vimeo') or contains(@src, 'dailymotion') or"
    " contains(@src, 'jwplayer') or contains(@src, 'brightcove') or"
    " contains(@src, 'player') or contains(@src, 'embed')]"
    " | //*[contains(@class, 'player') or contains(@id, 'player')])"
)
_PICTURES: Final = etree.XPath("count(//figure | //img[@alt])")

_MEDIA_TYPES: Final = read_words("media-type")
_GALLERIES: Final = read_words("gallery-type")


def of_live_blog(view: View) -> str | None:
    """Say by which sign a page is made of updates."""
    article = view.page.data.article
    live = list(view.page.data.of_type("liveblogposting"))
    if live or (article is not None and "liveBlogUpdate" in article):
        return "its JSON-LD says LiveBlogPosting"
    updates = len(_CLOCK.findall(view.text))
    if view.address.is_live:
        stamps = int(_STAMPS(view.page.tree))
        updates = max(updates, stamps, len(_TIME.findall(view.visible)))
    is_called = view.address.is_live or bool(LIVE.said(" ".join(view.names)))
    if is_called and (clocks := _clocks(view)) >= _FEW_CLOCKS:
        return f"it is called live and goes through the day: {clocks} times stand alone"
    if updates < _FEW_UPDATES:
        return None
    markup = view.page.markup.utf8.lower()
    if (
        any(mark in markup for mark in _LIVE_MARKS)
        and _LIVE_ELEMENTS(view.page.tree) >= _FEW_UPDATES
    ):
        return f"it has elements of a live blog and {updates} times"
    if updates >= _MANY_UPDATES and is_called:
        return f"it is called live, and has {updates} times"
    return None


def _clocks(view: View) -> int:
    """Count the different times of the day that stand alone, if they are in order."""
    said = (text.strip() for text in _LEAVES(view.page.tree)[:_MOST_LEAVES])
    times = [_minutes(text) for text in said if text and _CLOCKS.fullmatch(text)]
    distinct = list(dict.fromkeys(times))
    is_in_order = distinct == sorted(distinct) or distinct == sorted(distinct)[::-1]
    return len(distinct) if is_in_order else 0


def _minutes(clock: str) -> int:
    """Give the minute of the day, by a clock of 24 hours unless it says "pm"."""
    hour, minute = map(int, re.findall(r"\d+", clock)[:2])
    is_late = re.search(r"p\.?m", clock, re.IGNORECASE) is not None and hour < _NOON
    return 60 * (hour + _NOON * is_late) + minute


def of_media(view: View) -> str | None:
    """Say by which sign a page shows sound or pictures, and hardly any text."""
    is_media_type = not view.node_types.isdisjoint(_MEDIA_TYPES)
    is_media = (
        view.address.is_media
        or view.kind.startswith(("video", "music", "gallery"))
        or is_media_type
    )
    if not is_media or view.weight > (_BRIEF if view.is_stated else _CAPTIONS):
        return None
    brief = _BRIEF // 2 if view.is_stated else _BRIEF
    if view.weight < brief and _PLAYERS(view.page.tree):
        return f"it has a player, and a text of {view.weight} letters"
    pictures = int(_PICTURES(view.page.tree))
    if (
        (
            view.address.is_media
            or "gallery" in view.kind
            or view.node_types & _GALLERIES
        )
        and pictures >= 4
        and view.weight < 120 * pictures
        and view.layout.run < _RUN
    ):
        return f"its address is that of a gallery; it has {pictures} pictures"
    return None
