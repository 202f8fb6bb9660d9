"""Pages that React streams, put together as their scripts do it. Pure.

A server that streams (React 18 and later, so Next.js) sends what it has to wait for
behind the page: for each `<template id="B:1">` or `P:1` that holds a place, an element
with an id like `S:1` that is hidden, and a script that moves it there: `$RC("B:1",
"S:1")` or `$RS("S:1","P:1")` (react-dom 18 and 19, ReactFizzConfigDOM). Where no
script runs, the page would stay at what it shows while it waits.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from lxml import etree

from archive.characters import writable

_WAITING: Final = re.compile(
    rb'<!--\$[?~]--><template id="B:([0-9a-f]{1,8})"></template>'
)
_END: Final = b"<!--/$-->"
_LONGEST: Final = 20_000  # bytes of what is shown while a part is waited for
_CAME: Final = re.compile(rb' id="S:([0-9a-f]{1,8})"')
_COMPLETED: Final = re.compile(rb'\$R[CR]\("(B:[0-9a-f]{1,8})","(S:[0-9a-f]{1,8})"')
_PLACE: Final = re.compile(r"[BP]:[0-9a-f]{1,8}")
_SEGMENT: Final = re.compile(r"S:[0-9a-f]{1,8}")
_HOLDING: Final = ("div", "table", "tbody", "tr", "colgroup")
_MOST: Final = 500  # parts; those of real pages are below 100
_MOST_WITHIN: Final = 8  # parts in parts
_DEEPEST: Final = 256  # elements in elements, as deep as libxml2 itself goes
_FILLED: Final = "FILLED"  # tags that no page has: a parser's are in lower case
_EMPTIED: Final = "EMPTIED"

Pairs = dict[str, str]  # the id of a segment, by that of its place


def parts_of(markup: bytes) -> Pairs | None:
    """Say which parts of a page go where, as far as scripts say so.

    None if nothing stands behind the page.
    """
    if b'id="S:' not in markup:
        return None
    found = islice(_COMPLETED.finditer(markup), _MOST)
    return {match[1].decode(): match[2].decode() for match in found}


def without_waiting(markup: bytes, pairs: Pairs) -> bytes:
    """Cut what a page shows in place of the parts that came."""
    came = set(_CAME.findall(markup))
    kept: list[bytes] = []
    start = 0
    for match in islice(_WAITING.finditer(markup), _MOST):
        number = pairs.get(f"B:{match[1].decode()}", "").encode()[2:] or match[1]
        shown = match.end()
        end = markup.find(_END, shown, shown + _LONGEST)
        if end < 0 or number not in came or b"<!--$" in markup[shown:end]:
            continue
        if match.start() >= start:
            kept.append(markup[start:shown])
            start = end
    return b"".join((*kept, markup[start:]))


def assembled(root: etree._Element, pairs: Pairs) -> etree._Element:
    """Put the parts into their places. Gives `root`, which is changed."""
    segments: dict[str, etree._Element] = {}
    for element in root.iter(*_HOLDING):
        if _SEGMENT.fullmatch(name := element.get("id", "")):
            segments.setdefault(name, element)
    places = [one for one in root.iter("template") if _is_place(one)]
    parts: dict[etree._Element, int] = {}  # the place of a part, and parts in it
    for place in places[:_MOST]:
        name = place.get("id", "")
        segment = segments.get(pairs.get(name, f"S:{name[2:]}"))
        if segment is None:
            continue
        around = list(place.iterancestors())
        within = [one for one in around if one in parts]
        most = max((parts[one] for one in segment.iter(_FILLED)), default=0)
        if segment in around or len(within) + most >= _MOST_WITHIN:
            continue
        if len(around) + _height(segment) > _DEEPEST:
            continue
        place.tag = _FILLED
        place.text, segment.text = writable(segment.text or ""), None
        place.extend(list(segment))
        segment.tag = _EMPTIED
        del segments[segment.get("id", "")]
        for number, one in enumerate((place, *within)):
            parts[one] = max(parts.get(one, 0), most + 1 + number)
    etree.strip_elements(root, _EMPTIED, with_tail=False)
    etree.strip_tags(root, _FILLED)
    return root


def _is_place(template: etree._Element) -> bool:
    is_empty = len(template) == 0 and not template.text
    return is_empty and _PLACE.fullmatch(template.get("id", "")) is not None


def _height(element: etree._Element) -> int:
    """Say how deep elements lie in an element."""
    depths = {element: 0}
    for one in islice(element.iter(), 1, None):
        above = one.getparent()
        depths[one] = depths[above] + 1 if above is not None else 0
    return max(depths.values())
