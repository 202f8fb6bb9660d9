"""How other people's words are put into a page: language, direction, links. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from archive.model import Moment, Precision

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_LOOKED_AT: Final = 400  # letters of a text that tell its direction
_RIGHT: Final = frozenset({"R", "AL"})


def language_tag(language: str | None) -> str:
    """Give a language as `lang` takes it (BCP 47); empty where it is none."""
    return language if language and _LANGUAGE.fullmatch(language) else ""


def direction(*texts: str | None) -> str:
    """Say to which side texts are read: "rtl" or "ltr", by most of their letters.

    `dir="auto"` goes by the first letter alone: a foreign name at the beginning
    would turn a whole text.
    """
    right = left = 0
    for text in texts:
        for letter in (text or "")[:_LOOKED_AT]:
            kind = unicodedata.bidirectional(letter)  # UAX #9, 3.2
            right += kind in _RIGHT
            left += kind == "L"
    return "rtl" if right > left else "ltr"


def moment_words(moment: Moment) -> str:
    """Write a date as exactly as it is known: "14 March 2024, 10:25 +03:30"."""
    text = moment.text
    match moment.precision:
        case Precision.YEAR:
            return text
        case Precision.MONTH:
            return f"{date.fromisoformat(f'{text[:7]}-01'):%B %Y}"
        case _:
            day = date.fromisoformat(text[:10])
            rest = text[10:].lstrip("T")
            clock = rest[: 5 if moment.precision is Precision.MINUTE else 8]
            zone = rest[len(clock) :].lstrip(".0123456789")
            words = f"{day.day} {day:%B %Y}" + (f", {clock}" if clock else "")
            return f"{words} {'UTC' if zone == 'Z' else zone}".rstrip()


def web_link(url: str | None) -> str | None:
    """Give an address if it may stand behind a link: http or https, with a host."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # "http://["
        return None
    return url if is_web else None


def host_of(url: str) -> str:
    """Name the site of an address, without "www."; empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
