"""Conditions on the lines of an index, in the forms that pywb has. Pure.

    mime:html           the field contains it       status:200 means "contains 200"
    =status:200         the field is it
    ~mime:image/.*      a regular expression matches from the beginning of the field
    !…                  not
    …without a field    the whole line

Regular expressions come from anybody who can reach the server. They are matched by RE2,
which takes time in proportion to the text whatever the expression is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.cdxj import CdxLine, format_line

_LONGEST: Final = 1000  # characters of a regular expression
_MEMORY: Final = 1 << 20  # bytes that RE2 may take for one

# The names that other servers and their clients have for the same.
_ALIASES: Final = {
    "statuscode": "status",
    "s": "status",
    "mimetype": "mime",
    "m": "mime",
    "original": "url",
    "u": "url",
    "k": "urlkey",
    "t": "timestamp",
    "d": "digest",
    "l": "length",
    "o": "offset",
    "f": "filename",
}


class FilterError(ValueError):
    """A condition can not be understood; the text says why."""


def field_name(name: str) -> str:
    """Give the name that a field has here: `statuscode` is `status`."""
    return _ALIASES.get(name, name)


def field_value(line: CdxLine, name: str) -> str | None:
    """Give a field of a line, key and time too; None if it has none of the name."""
    if name == "urlkey":
        return line.urlkey
    if name == "timestamp":
        return line.timestamp
    return line.first(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One condition."""

    field: str | None  # None: the whole line
    matches: Callable[[str], bool]
    is_inverted: bool

    def passes(self, line: CdxLine) -> bool:
        """Whether a line fulfils it; a field that is not there is empty."""
        if self.field is None:
            text = format_line(line).decode("utf-8", "surrogateescape").rstrip("\n")
        else:
            text = field_value(line, self.field) or ""
        return self.matches(text) != self.is_inverted


def read_filter(text: str) -> Filter:
    """Understand a condition. Raises FilterError."""
    rest = text
    is_inverted = rest.startswith("!")
    rest = rest.removeprefix("!")
    sign, rest = (rest[0], rest[1:]) if rest[:1] in ("=", "~") else ("", rest)
    name, colon, value = rest.partition(":")
    if not colon:
        name, value = "", rest
    return Filter(
        field=field_name(name) if name else None,
        matches=_matcher(sign, value),
        is_inverted=is_inverted,
    )


def _matcher(sign: str, value: str) -> Callable[[str], bool]:
    if sign == "=":
        return lambda text: text == value
    if sign == "~":
        return _expression(value)
    return lambda text: value in text


def _expression(text: str) -> Callable[[str], bool]:
    import re2  # noqa: PLC0415 (its start would slow down every command)

    if len(text) > _LONGEST:
        raise FilterError(f"a regular expression longer than {_LONGEST} characters")
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_capture = True
    try:
        expression = re2.compile(text.encode("utf-8", "replace"), options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        if isinstance(reason, bytes):
            reason = reason.decode("utf-8", "replace")
        raise FilterError(
            f"not a regular expression that RE2 knows: {str(reason)[:200]}"
        ) from error
    return lambda text: bool(expression.match(text.encode("utf-8", "replace")))
