"""The body of an article in the data its page's scripts start from. Pure.

Next.js (`__NEXT_DATA__`, and the stream of `__next_f`), Nuxt, Arc's Fusion, Apollo and
a site's own `window.__STATE__ =` all come to one of two shapes: a long string of
HTML, or a list of paragraphs. No names of keys are needed: the body is what holds the
visible beginning, or, where nothing is visible, the longest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from pipelines.body.plain import plain_lines
from pipelines.body.shingles import coverage
from pipelines.parsed import Script

_LONGEST_SCRIPT: Final = 4 * 1024 * 1024  # characters
_MOST_VALUES: Final = 200_000  # looked at in a page
_LEAST: Final = 400  # characters of a body
_PARAGRAPH: Final = 40
_FEWEST: Final = 3  # paragraphs of a list
_LONGER: Final = 1.4  # than what is visible
_HOLDS: Final = 0.6  # of what is visible; notes of the desk are apart
_ASSIGNING: Final = re.compile(r"=\s{0,9}(?=[{\[])")
_ASSIGNED: Final = re.compile(  # before it
    r"""(?<![\w$.])[A-Za-z_$][\w$.\[\]"']{1,80}\s{0,9}\Z"""
)
_LONGEST_ASSIGNED: Final = 91  # characters
_MOST_SIGNS: Final = 50_000
_MOST_ASSIGNMENTS: Final = 20  # of a script
_STREAMED: Final = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')
_ROW: Final = re.compile(rb"([0-9a-f]+):(?:T([0-9a-f]+),)?")
_BLOCKS: Final = re.compile(r"<(?:p|br|div|h[2-6]|li)\b", re.IGNORECASE)
_DECODER: Final = json.JSONDecoder(strict=False)


def body_from_state(scripts: Iterable[Script], visible: str) -> str:
    """Give the body that the scripts hold and the page does not show; "" if none.

    `visible` is the text found so far.
    """
    best = ""
    for body in _bodies(scripts):
        if len(body) <= max(len(best), _LONGER * len(visible), _LEAST):
            continue
        if not visible or coverage(visible, body) >= _HOLDS:
            best = body
    return best


def _bodies(scripts: Iterable[Script]) -> Iterator[str]:
    left = _MOST_VALUES
    stream: list[str] = []
    for script in scripts:
        if not _PARAGRAPH < len(script.text) <= _LONGEST_SCRIPT:
            continue
        stream += [_string(match[1]) for match in _STREAMED.finditer(script.text)]
        for value in _values(script):
            for body in _within(value, left):
                left -= 1
                yield body
    for value in _rows("".join(stream).encode("utf-8", "replace")):
        yield from _within(value, left)


def _values(script: Script) -> Iterator[object]:
    """Read what a script is, or assigns."""
    if "json" in script.type:
        starts = [0]
    else:
        starts = list(islice(_assignments(script.text), _MOST_ASSIGNMENTS))
    for start in starts:
        try:
            value, _ = _DECODER.raw_decode(script.text, start)
        except (ValueError, RecursionError):
            continue
        yield value


def _assignments(text: str) -> Iterator[int]:
    """Give the places of values that are assigned to a name.

    From the sign back to the name: there are far fewer signs than names.
    """
    for sign in islice(_ASSIGNING.finditer(text), _MOST_SIGNS):
        end = sign.start()
        if _ASSIGNED.search(text, max(0, end - _LONGEST_ASSIGNED), end):
            yield sign.end()


def _rows(stream: bytes) -> Iterator[object]:
    """Read the rows of a React stream: "id:JSON", or "id:T", a length and a text."""
    position = 0
    while match := _ROW.search(stream, position):
        position = match.end()
        if match[2]:
            end = position + int(match[2][:8], 16)
            yield stream[position:end].decode("utf-8", "replace")
        else:
            end = stream.find(b"\n", position)
            end = len(stream) if end < 0 else end
            try:
                yield json.loads(stream[position:end])
            except (ValueError, RecursionError):
                end = min(end, position + 1)
        position = max(position, end)


def _within(value: object, most: int) -> Iterator[str]:
    """Go through the bodies in a value, outer ones first."""
    waiting: list[Any] = [value]
    looked = 0
    while waiting and looked < most:
        looked += 1
        held = waiting.pop()
        if isinstance(held, str):
            if len(held) >= _LEAST:
                yield _from_string(held)
        elif isinstance(held, dict):
            waiting += held.values()
        elif isinstance(held, list):
            yield from _from_list(held)
            waiting += held


def _from_string(held: str) -> str:
    if _BLOCKS.search(held):
        return "\n".join(plain_lines(held))
    return ""


def _from_list(members: list[Any]) -> Iterator[str]:
    """Give the paragraphs of a list: strings, or what its members say under a key."""
    if len(members) < _FEWEST:
        return
    columns: dict[str, list[str]] = {}
    for member in members:
        pairs = member.items() if isinstance(member, dict) else [("", member)]
        for key, said in pairs:
            if isinstance(said, str) and len(said) >= 2:
                columns.setdefault(key, []).append(said)
    for said_of_key in columns.values():
        long = [said for said in said_of_key if len(said) >= _PARAGRAPH and " " in said]
        if len(long) >= _FEWEST and sum(map(len, long)) >= _LEAST:
            yield "\n".join(
                line
                for said in said_of_key
                for line in (plain_lines(said) if "<" in said else [said.strip()])
            )


def _string(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return ""
