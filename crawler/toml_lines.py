"""On which line of a TOML text something stands; `tomllib` does not tell.

The text is searched, not parsed: it finds what people write, and gives the
line of the table for the rest. Keys inside multi-line strings can fool it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_HEADER = re.compile(r"\s*\[(\[?)\s*([\w.\s\"'-]+?)\s*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Lines of a text that belong to one table, from `first` to before `end`."""

    lines: tuple[str, ...]
    first: int  # from 0
    end: int

    def line_of(self, key: str = "", value: object = None) -> int:
        """Give the line, from 1, of a key and of a value behind it.

        If the value is not found, the line is that of the key; if that is
        not found either, it is the first.
        """
        at = self._search(_key_pattern(key), self.first) if key else self.first
        if at is None:
            at = self.first
        if isinstance(value, str) and value:
            found = self._search(_value_pattern(value), at)
            at = at if found is None else found
        return at + 1

    def _search(self, pattern: re.Pattern[str], start: int) -> int | None:
        for number in range(start, self.end):
            if pattern.search(self.lines[number]):
                return number
        return None


def place_of(text: str, table: str, number: int = 0) -> Place:
    """Find a table: the `number`-th of its name, counted from 0, and its tables.

    For `source`, 1 it is the second `[[source]]` with the `[source.manners]`
    behind it; for `defaults`, `[defaults]` or `[defaults.manners]`. If there
    is none, it is the whole text.
    """
    lines = tuple(text.splitlines())
    headers = [
        (at, bool(header[1]), header[2].replace(" ", ""))
        for at, line in enumerate(lines)
        if (header := _HEADER.match(line))
    ]
    begins = [at for at, is_array, name in headers if is_array and name == table]
    if not begins:  # no array: a table, or only the tables in it
        begins = [at for at, _, name in headers if name.split(".")[0] == table][:1]
    if number >= len(begins):
        return Place(lines=lines, first=0, end=len(lines))
    first = begins[number]
    ends = [
        at
        for at, _, name in headers
        if at > first and (at in begins or name.split(".")[0] != table)
    ]
    return Place(lines=lines, first=first, end=ends[0] if ends else len(lines))


def _key_pattern(key: str) -> re.Pattern[str]:
    name = re.escape(key)
    return re.compile(
        rf"(?:^|[{{,\s])(?:{name}|\"{name}\"|'{name}')\s*=|^\s*\[+[^\]]*\b{name}\s*\]"
    )


def _value_pattern(value: str) -> re.Pattern[str]:
    quoted = json.dumps(value, ensure_ascii=False)
    return re.compile(f"{re.escape(quoted)}|'{re.escape(value)}'")
