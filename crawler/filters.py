"""Which addresses of a source are fetched, and why the others are not.

Everything here decides from values alone, the time included.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from archive.model import Source
from crawler.traps import trap

LENGTH_LIMIT = 2083  # characters; what browsers once took, and nothing real exceeds

_SCHEMES = frozenset({"http", "https"})
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f]")


def refusal(url: str, source: Source, *, now: datetime | None = None) -> str | None:
    """Say in one sentence why an address is not fetched; None if it is.

    For addresses that were found: a seed is fetched whatever it looks like. Without
    `now` nothing is refused for naming a day far ahead. Raises re.error for a pattern
    that can not be compiled; those read from a file of sources always can.
    """
    return _malformed(url) or _unwanted(url, source) or trap(url, now)


def _malformed(url: str) -> str | None:
    if len(url) > LENGTH_LIMIT:
        return f"the address has {len(url)} characters, more than {LENGTH_LIMIT}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"not an address: {error}"
    faults = (
        (
            parts.scheme.lower() not in _SCHEMES,
            f"the scheme {parts.scheme!r} is not http or https",
        ),
        (
            _NOT_IN_URL.search(url) is not None,
            "the address holds white space or control characters",
        ),
        ("@" in parts.netloc, "the address holds user information"),  # RFC 9110, 4.2.4
        (not parts.hostname, "the address has no host"),
        (port == 0, "the port of the address is 0"),
    )
    return next((sentence for is_fault, sentence in faults if is_fault), None)


def _unwanted(url: str, source: Source) -> str | None:
    for pattern in source.exclude:
        if _compiled(pattern).search(url):
            return f"the exclude pattern {pattern!r} matches"
    if source.include and not any(_compiled(p).search(url) for p in source.include):
        patterns = ", ".join(repr(pattern) for pattern in source.include)
        return f"no include pattern matches ({patterns})"
    return None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
