"""The form of texts, names, dates and addresses; never their meaning. Pure.

Every function is idempotent. What can't be brought into form becomes None:
the claims keep the raw value. Rules that clean a text of what is not part
of the article are not here.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from datetime import date as Day  # noqa: N812 - `date` is a function here
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

# Line ends of Unicode (UAX #14, class BK, CR, LF, NL) as "\n".
_LINE_ENDS: Final = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Category Cc without tab and line feed, lone surrogates, two non-characters, BOM.
_CONTROLS: Final = re.compile(
    "[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_BLANK_LINES: Final = re.compile("\n{3,}")
_PARTIAL_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d))?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8}){0,3})")
_HOST: Final = re.compile(r"[^\s.@/]+(?:\.[^\s.@/]+)+\.?")
_LONGEST_ADDRESS: Final = 4096


def text(raw: str) -> str:
    """Bring a text into form: NFC, no trailing space, one blank line at most."""
    lines = _printable(raw).split("\n")
    kept = "\n".join([line.rstrip() for line in lines])
    return _BLANK_LINES.sub("\n\n", kept).strip("\n")


def line(raw: str | None) -> str | None:
    """Bring a title or a description on one line; None if nothing is left."""
    return " ".join(_printable(raw).split()) or None if raw else None


def names(raw: str | None) -> tuple[str, ...]:
    """Split names joined with ";" and give each once, in their order."""
    parts = (line(part) for part in (raw or "").split(";"))
    return tuple(dict.fromkeys(name for name in parts if name))


def date(raw: str | None) -> str | None:
    """Give a date in ISO 8601 to the precision it has; None if it is no date.

    Read are years, months, days, and times in the forms of `fromisoformat`.
    """
    said = (raw or "").strip()
    try:
        if partial := _PARTIAL_DATE.fullmatch(said):
            Day(int(partial[1]), int(partial[2] or 1), 1)
            return said
        if _DAY.fullmatch(said):
            return Day.fromisoformat(said).isoformat()
        return datetime.fromisoformat(said).isoformat()
    except ValueError:
        return None


def language(raw: str | None) -> str | None:
    """Write a language tag as BCP 47 does: `en-GB`, `zh-Hant`; None if it is none."""
    match = _LANGUAGE.fullmatch((raw or "").strip())
    if match is None:
        return None
    # RFC 5646, 2.1.1: two letters upper case, four letters title case.
    cases = {2: str.upper, 4: str.title}
    rest = match[2].replace("_", "-").split("-")[1:]
    tags = [cases.get(len(tag), str.lower)(tag) for tag in rest]
    return "-".join([match[1].lower(), *tags])


def address(raw: str | None) -> str | None:
    """Give an absolute http(s) address of a plausible host; None for all others.

    It is stripped, never rewritten. A host without a dot is taken for a
    slip from somebody's own machine.
    """
    said = (raw or "").strip()
    if not said or len(said) > _LONGEST_ADDRESS or _CONTROLS.search(said):
        return None
    try:
        parts = urlsplit(said)
        # The port is read for its ValueError: "https://example.org:x/".
        is_plausible = parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and " " not in said
    return said if is_web and is_plausible else None


def _is_host(host: str) -> bool:
    if ":" in host:
        return bool(ipaddress.IPv6Address(host.partition("%")[0]))
    return _HOST.fullmatch(host) is not None


def _printable(raw: str) -> str:
    unified = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", raw))
    return _CONTROLS.sub("", unified)
