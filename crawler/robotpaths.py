"""Paths and path patterns of RFC 9309, 2.2.2 and 2.2.3. Nothing here does I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlsplit

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_STARS = re.compile(r"\*+")

# Escapes that say something else than the character itself would: in a path
# those of delimiters, in a query (RFC 3986, 3.4) only "%" and "#". A "*" or
# "$" in a pattern is special, so an escaped one stays escaped on both sides.
_KEPT_IN_PATH = frozenset("/?#%*$")
_KEPT_IN_QUERY = frozenset("#%*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The value of an allow or disallow line, ready to be compared."""

    length: int  # in octets, as normalised: the longest match wins
    prefix: str  # what stands before the first star
    pieces: tuple[str, ...] | None  # what stands behind each star; None: no star
    is_anchored: bool  # it ended with "$"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read a pattern. `*` is any sequence, a final `$` the end (2.2.3)."""
        is_anchored = value.endswith("$")
        normal = _normal(value.removesuffix("$"), "$")
        prefix, star, rest = _STARS.sub("*", normal).partition("*")
        return cls(
            length=len(normal) + is_anchored,
            prefix=prefix,
            pieces=tuple(rest.split("*")) if star else None,
            is_anchored=is_anchored,
        )

    def matches(self, path: str) -> bool:
        """Say whether it matches a path as `path_of` gives it.

        Linear in the path for each piece, however many stars there are.
        """
        if not path.startswith(self.prefix):
            return False
        position = len(self.prefix)
        if self.pieces is None:
            return not self.is_anchored or len(path) == position
        *middle, last = self.pieces
        for piece in middle:
            found = path.find(piece, position)
            if found < 0:
                return False
            position = found + len(piece)
        if self.is_anchored:
            return path.endswith(last) and len(path) - len(last) >= position
        return path.find(last, position) >= 0


def path_of(url: str) -> str:
    """Give path and query of an address in the form that patterns are held against.

    Raises ValueError if it is no URL.
    """
    address = url.partition("#")[0]
    parts = urlsplit(address)
    path = parts.path or "/"
    if "?" in address:
        path += "?" + parts.query
    return _normal(path, "*$")


def _normal(path: str, specials: str) -> str:
    """Normalise percent-encoding (2.2.2); `specials` are escaped as characters."""
    before, mark, query = path.partition("?")
    normal = _part(before, _KEPT_IN_PATH)
    if mark:
        normal += "?" + _part(query, _KEPT_IN_QUERY)
    for special in specials:
        if special in normal:
            normal = normal.replace(special, f"%{ord(special):02X}")
    if normal.isascii() and " " not in normal:
        return normal
    return quote(normal, safe=_PRINTABLE, errors="surrogateescape")


def _part(text: str, kept: frozenset[str]) -> str:
    if "%" not in text:
        return text

    def unescaped(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        if character in kept or not "!" <= character <= "~":
            return "%" + escape[1].upper()
        return character

    return _ESCAPE.sub(unescaped, text)
