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


class TomlLines:
    """A text whose tables are looked for, however many: it is taken apart once."""

    def __init__(self, text: str) -> None:
        """Find the headers of tables; TOML's lines end with LF or CRLF."""
        self._lines = tuple(text.split("\n"))
        self._headers = [
            _Header(at=at, is_array=bool(match[1]), name=match[2].replace(" ", ""))
            for at, line in enumerate(self._lines)
            if (match := _HEADER.match(line))
        ]
        self._begins: dict[str, list[int]] = {}  # of a table: places in `_headers`

    def place_of(self, table: str, number: int = 0) -> Place:
        """Find a table: the `number`-th of its name, counted from 0, and its tables.

        For `source`, 1 it is the second `[[source]]` with the `[source.manners]`
        behind it; for `defaults`, `[defaults]` or `[defaults.manners]`. If there
        is none, it is the whole text.
        """
        begins = self._begins_of(table)
        if number >= len(begins):
            return Place(lines=self._lines, first=0, end=len(self._lines))
        begin = begins[number]
        following = begins[number + 1] if number + 1 < len(begins) else None
        end = len(self._lines)
        for place in range(begin + 1, len(self._headers)):
            header = self._headers[place]
            if place == following or header.name.split(".")[0] != table:
                end = header.at
                break
        return Place(lines=self._lines, first=self._headers[begin].at, end=end)

    def _begins_of(self, table: str) -> list[int]:
        if table not in self._begins:
            headers = list(enumerate(self._headers))
            begins = [n for n, h in headers if h.is_array and h.name == table]
            if not begins:  # no array: a table, or only the tables in it
                begins = [n for n, h in headers if h.name.split(".")[0] == table][:1]
            self._begins[table] = begins
        return self._begins[table]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """A line that begins a table."""

    at: int
    is_array: bool
    name: str


def _key_pattern(key: str) -> re.Pattern[str]:
    name = re.escape(key)
    return re.compile(
        rf"(?:^|[{{,\s])(?:{name}|\"{name}\"|'{name}')\s*=|^\s*\[+[^\]]*\b{name}\s*\]"
    )


def _value_pattern(value: str) -> re.Pattern[str]:
    quoted = json.dumps(value, ensure_ascii=False)
    return re.compile(f"{re.escape(quoted)}|'{re.escape(value)}'")
