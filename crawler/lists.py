"""Lists of addresses: one a line. Nothing here does I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from crawler.finds import Find, Found, Harvest, Problem, gathered

SIZE_LIMIT = 50 * 1024 * 1024  # bytes of a list that are read, as of a sitemap
LINE_LIMIT = 1_000_000  # lines of a list that are read

# `str.splitlines` would also split at U+2028 and form feeds.
_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|\Z)")
# Nearly every line is such an address, and taking one apart is slow.
_ORDINARY = re.compile(
    r"https?://[\w.-]*\w(?::[0-9]+)?(?:[/?#][!#-&(-;=?-~]*)?", re.ASCII
)


def found_in_list(body: bytes) -> Harvest:
    """Read a list: UTF-8, one address a line, `#` begins a comment line.

    A BOM, any line ends and white space around an address are accepted. A
    line that is no http(s) address is told as a problem, with its number. At
    most a million lines and 50 MB are read; the problem says what was left out.
    """
    return gathered(_finds(body))


def _finds(body: bytes) -> Iterator[Find]:
    text = body[:SIZE_LIMIT].decode("utf-8-sig", "replace")
    lines = (line[1] for line in _LINE.finditer(text))
    yield from found_in_lines(islice(lines, LINE_LIMIT), comments=True)
    if next(lines, ""):
        yield Problem(sentence=f"only the first {LINE_LIMIT} lines were read")
    if (left_out := len(body) - SIZE_LIMIT) > 0:
        yield Problem(sentence=f"the last {left_out} bytes of the list were not read")


def found_in_lines(lines: Iterable[str], *, comments: bool) -> Iterator[Find]:
    """Read addresses from lines; text sitemaps know no comments."""
    for number, line in enumerate(lines, start=1):
        address = line.strip()
        if not address or (comments and address.startswith("#")):
            continue
        if _is_address(address):
            yield Found(url=address)
        else:
            yield Problem(sentence=f"not an address: {address[:80]!r}", line=number)


def _is_address(line: str) -> bool:
    if _ORDINARY.fullmatch(line):
        return True
    if any(mark in line for mark in " \t<>\"'\ufffd\x00"):
        return False
    try:
        parts = urlsplit(line)
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
