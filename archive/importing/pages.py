"""The lists of pages in a WACZ: what they claim, as far as it can be read. Pure.

`pages/*.jsonl` (WACZ 1.1.1, 5.2.3): a line with the format, then a line for a page with
`url`, `ts` (RFC 3339), and maybe `title` and `text`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from archive.clock import timestamp14
from archive.importing.model import Page

PAGE_LISTS: Final = "pages/"
_LONGEST_TITLE: Final = 1000  # characters


def read_pages(block: bytes, list_url: str) -> Iterator[tuple[tuple[str, str], Page]]:
    """Give the pages that have a title, by address and time, and by address alone.

    Lines that can't be read are passed over: they are claims, and kept as they are.
    """
    for line in block.splitlines():
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(said, dict):
            continue
        url, title, moment = said.get("url"), said.get("title"), said.get("ts")
        if not (isinstance(url, str) and isinstance(title, str) and title.strip()):
            continue
        if title.strip() == url:
            continue  # what Browsertrix writes for a page without a title
        page = Page(title=title.strip()[:_LONGEST_TITLE], list_url=list_url)
        stamp = _timestamp(moment)
        if stamp:
            yield (url, stamp), page
        yield (url, ""), page


def _timestamp(moment: object) -> str:
    if not isinstance(moment, str):
        return ""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return ""
    return timestamp14(read if read.tzinfo else read.replace(tzinfo=UTC))
