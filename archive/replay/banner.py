"""What a replayed page is shown with: when and whence it was captured. Pure.

It is the first thing in the page, for who has it read aloud, and seen at its lower
edge, where it moves nothing of what was captured. The styles of the page reach
everything in it; so each element of the banner has its own, in declarations that
no sheet can overrule (CSS Cascade 5, 6.2: important, and attached to the element).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from archive.characters import writable
from archive.clock import timestamp14
from archive.replay.choice import Place
from archive.replay.html import Lacks
from archive.replay.links import replay_path
from archive.terminal import printable

_LONGEST: Final = 80  # characters of an address that are shown; all are in its title

_ALL: Final = "all:initial;direction:ltr;unicode-bidi:isolate;box-sizing:border-box;"
_BAR: Final = (
    f"{_ALL}display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;"
    "position:fixed;inset:auto 0 0 0;z-index:2147483647;max-height:40vh;overflow:auto;"
    "padding:6px 16px;background:#1b1a17;border-top:3px solid #c8442f;"
    "color:#f4f1ea;color-scheme:dark;font:14px/1.5 system-ui,sans-serif;"
)
_TEXT: Final = (
    f"{_ALL}display:inline;color:#f4f1ea;font:14px/1.5 system-ui,sans-serif;"
    "overflow-wrap:anywhere;"
)
_STRONG: Final = f"{_TEXT}font-weight:700;"
_LINK: Final = (
    f"{_TEXT}color:#ffc9b8;text-decoration:underline;cursor:pointer;outline:revert;"
)
_WARNING: Final = f"{_TEXT}color:#ffd479;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a banner says."""

    url: str
    date: datetime
    status: int
    peer_address: str | None
    place: Place
    lacks: Lacks
    article: str | None  # the address of the article's page, if there is one
    record: str  # the address of the record
    prefix: str  # of replay addresses


def banner(told: Told) -> etree._Element:
    """Make the banner of a page."""
    bar = _element("div", _BAR, role="region", **{"aria-label": "Archived page"})
    bar.set("id", "dateline-banner")
    bar.set("lang", "en")
    bar.set("dir", "ltr")
    date = told.date.astimezone(UTC)
    when = _add(bar, "span", _STRONG, "Captured ")
    time = _add(when, "time", _STRONG, f"{date.day} {date:%B %Y, %H:%M:%S} UTC")
    time.set("datetime", date.isoformat(timespec="microseconds"))
    whence = _add(bar, "span", _TEXT, f"from {_shown(told.url)}")
    whence.set("title", _plain(told.url))
    if told.peer_address:
        whence.text = f"{whence.text} at {_shown(told.peer_address)}"
    if told.status != 200:
        _add(bar, "span", _WARNING, f"answered with status {told.status}")
    _neighbours(bar, told)
    if missing := _missing(told.lacks):
        _add(bar, "span", _WARNING, missing)
    if told.article:
        _link(bar, told.article, "Article")
    _link(bar, told.record, "WARC record")
    return bar


def _neighbours(bar: etree._Element, told: Told) -> None:
    place = told.place
    many = place.count != 1
    said = f"capture {place.number} of {place.count}" if many else "the only capture"
    _add(bar, "span", _TEXT, said)
    for word, moment in (("earlier", place.previous), ("later", place.next)):
        if moment is not None:
            path = replay_path(told.url, timestamp14(moment), prefix=told.prefix)
            arrow = "\N{LEFTWARDS ARROW} " if word == "earlier" else ""
            behind = " \N{RIGHTWARDS ARROW}" if word == "later" else ""
            _link(bar, path, f"{arrow}{word}{behind}")


def _missing(lacks: Lacks) -> str:
    counted = (
        (lacks.images, "image", "not archived"),
        (lacks.styles, "style sheet", "not archived"),
        (lacks.frames, "frame", "not shown"),
    )
    return ", ".join(
        f"{count} {noun}{'' if count == 1 else 's'} {what}"
        for count, noun, what in counted
        if count
    )


def _shown(text: str) -> str:
    text = _plain(text)
    return (
        text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\N{HORIZONTAL ELLIPSIS}"
    )


def _plain(text: str) -> str:
    return writable(printable(text))


def _element(tag: str, style: str, **attributes: str) -> etree._Element:
    important = style.replace(";", "!important;")
    return etree.Element(tag, {"style": important, **attributes})


def _add(parent: etree._Element, tag: str, style: str, text: str) -> etree._Element:
    child = _element(tag, style)
    child.text = text
    parent.append(child)
    return child


def _link(parent: etree._Element, address: str, text: str) -> None:
    _add(parent, "a", _LINK, text).set("href", address)
