"""Named fields: ordered, repeatable, case-blind (WARC/1.1, 4 and 5).

Pure. Reading is tolerant and says what it forgave; writing is strict. The same
form serves the head of a record and blocks of `application/warc-fields`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_SPACE: Final = " \t"
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2
_TO_ESCAPE: Final = re.compile(r"[\r\n]|%(?=0A|0D|25)")
_ESCAPED: Final = re.compile(r"%0A|%0D|%25(?=0A|0D|25)")


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields in their order, under the names they were written with."""

    pairs: tuple[tuple[str, str], ...] = ()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __contains__(self, name: str) -> bool:
        return self.first(name) is not None

    def first(self, name: str) -> str | None:
        """Give the value of the first field of that name, or None."""
        name = name.lower()
        for key, value in self.pairs:
            if key.lower() == name:
                return value
        return None

    def all(self, name: str) -> tuple[str, ...]:
        """Give the values of all fields of that name, in order."""
        name = name.lower()
        return tuple(value for key, value in self.pairs if key.lower() == name)

    def sole(self, name: str) -> str | None:
        """Give the value of a field that may stand once; ValueError if it repeats."""
        values = self.all(name)
        if len(values) > 1:
            raise ValueError(f"{name} stands {len(values)} times")
        return values[0] if values else None


def parse_fields(block: bytes) -> tuple[Fields, tuple[str, ...]]:
    """Read lines of fields, and list the codes of what was forgiven, each once.

    A folded line is joined with a space; white space around a value goes; an
    empty line is passed over. The codes are those of `rules.CODES`.
    """
    forgiven: dict[str, None] = {}
    if block.count(b"\n") != block.count(b"\r\n") or b"\r\r" in block:
        forgiven["line-ends"] = None
    parsed: list[tuple[str, list[str]]] = []
    foldable = False
    for line in block.split(b"\n"):
        text = _text(line, forgiven)
        if not text:
            continue
        if line[0] in b" \t":
            forgiven["folded-field"] = None
            if foldable:
                parsed[-1][1].append(text)
            continue
        name, colon, value = text.partition(":")
        foldable = bool(colon and name)
        if not foldable:
            forgiven["line-without-colon"] = None
            continue
        if not _TOKEN.fullmatch(name):
            forgiven["field-name"] = None
        parsed.append((name.rstrip(), [value.strip(_SPACE)]))
    pairs = tuple((name, " ".join(parts)) for name, parts in parsed)
    return Fields(pairs), tuple(forgiven)


def serialise_fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Write fields, one a line, in UTF-8.

    Raises ValueError for a name that is no token, and for a value that holds a
    line end or what UTF-8 can not say: a head is never made out of a value.
    """
    lines = []
    for name, value in pairs:
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"not the name of a field: {name!r}")
        if "\r" in value or "\n" in value or "\0" in value:
            raise ValueError(f"a line end or NUL in the value of {name}: {value!r}")
        lines.append(f"{name}: {value}\r\n".encode())
    return b"".join(lines)


def parse_warc_fields(block: bytes, *, unescape: bool = True) -> Fields:
    """Read a block of `application/warc-fields` (WARC/1.1, 6.2 and 6.6).

    Undoes the escapes of `serialise_warc_fields`; say `unescape=False` for a
    block of unknown origin, where `%0A` may belong to an address.
    """
    fields, _ = parse_fields(block)
    if not unescape or b"%" not in block:
        return fields
    return Fields(tuple((name, _unescape(value)) for name, value in fields))


def serialise_warc_fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Write a block of `application/warc-fields`, whatever the values hold.

    CR and LF become `%0D` and `%0A`; a percent sign becomes `%25` only where it
    would else read as one of these three. So addresses stay as they are, and
    `parse_warc_fields` gives back every value, but for spaces at its ends.
    Raises ValueError as `serialise_fields` does.
    """
    return serialise_fields(
        (name, _escape(value.strip(_SPACE))) for name, value in pairs
    )


def _text(line: bytes, forgiven: dict[str, None]) -> str:
    line = line.strip(b" \t\r")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        forgiven["field-encoding"] = None
        return line.decode("latin-1")


def _escape(value: str) -> str:
    return _TO_ESCAPE.sub(lambda match: f"%{ord(match[0]):02X}", value)


def _unescape(value: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[0][1:], 16)), value)
