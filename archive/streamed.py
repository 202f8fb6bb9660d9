"""Pages that React streams, put together as their scripts do it. Pure.

A server that streams (React 18 and later, so Next.js) sends what it has to wait for
behind the page: for each `<template id="B:1">` or `P:1` that holds a place, an element
with the id `S:1` that is hidden, and a script that moves it there (`$RC` and `$RS` in
react-dom, ReactDOMFizzInstructionSetShared.js). Where no script runs, the page would
stay at what it shows while it waits.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from lxml import etree

_WAITING: Final = re.compile(rb'<template id="B:([0-9a-f]{1,8})"></template>')
_CAME: Final = re.compile(rb' id="S:([0-9a-f]{1,8})"')
_END: Final = b"<!--/$-->"
_LONGEST: Final = 20_000  # bytes of what is shown while a part is waited for
_MOST: Final = 2000  # parts; those of real pages are below 100
_PLACE: Final = re.compile(r"[BP]:([0-9a-f]{1,8})")
_SEGMENT: Final = re.compile(r"S:([0-9a-f]{1,8})")
_HOLDING: Final = ("div", "tbody", "tr", "colgroup")  # a table's come within a table


def is_streamed(markup: bytes) -> bool:
    """Whether parts of a page may stand behind it."""
    return b'id="S:' in markup


def without_waiting(markup: bytes) -> bytes:
    """Cut what a page shows in place of the parts that came."""
    came = set(_CAME.findall(markup))
    kept: list[bytes] = []
    start = 0
    for match in islice(_WAITING.finditer(markup), _MOST):
        shown = match.end()
        end = markup.find(_END, shown, shown + _LONGEST)
        if end < 0 or match[1] not in came or b"<!--$" in markup[shown:end]:
            continue
        if match.start() >= start:
            kept.append(markup[start:shown])
            start = end
    return b"".join((*kept, markup[start:]))


def assembled(root: etree._Element) -> etree._Element:
    """Put the parts into their places. Gives `root`, which is changed."""
    segments = {
        match[1]: element
        for element in root.iter(*_HOLDING)
        if (match := _SEGMENT.fullmatch(element.get("id", "")))
    }
    for place in list(root.iter("template"))[:_MOST]:
        match = _PLACE.fullmatch(place.get("id", ""))
        segment = segments.get(match[1]) if match else None
        if segment is not None and segment not in place.iterancestors():
            _fill(place, segment)
    return root


def _fill(place: etree._Element, segment: etree._Element) -> None:
    """Move what is in a segment to a place; neither is left."""
    _say(place, segment.text)
    for child in list(segment):
        place.addprevious(child)
    for element in (place, segment):
        _say(element, element.tail)
        element.tail = None
        if (parent := element.getparent()) is not None:
            parent.remove(element)


def _say(place: etree._Element, text: str | None) -> None:
    """Put text before an element."""
    before, parent = place.getprevious(), place.getparent()
    if before is not None:
        before.tail = (before.tail or "") + (text or "")
    elif parent is not None:
        parent.text = (parent.text or "") + (text or "")
