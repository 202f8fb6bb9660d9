"""Pages of one address, rewritten for replay."""

from __future__ import annotations

from archive.replay.html import Lacks, Page
from archive.replay.links import Links

URL = "http://news.example/2026/page.html"
LINKS = Links(time="20260301120000")
TO = "/replay/20260301120000"


class Everything:
    """All there is to hold."""

    def __contains__(self, _: object) -> bool:
        return True


def shown(text: str, held=Everything(), **options) -> str:  # noqa: B008 (has no state)
    page = Page(text, url=URL, links=LINKS, **options)
    page.fill(held)
    return page.written().decode("utf-8")


def body_of(text: str, held=Everything(), **options) -> str:  # noqa: B008 (has no state)
    """Give what stands in the body, on one line."""
    html = shown(f"<!DOCTYPE html><body>{text}</body>", held, **options)
    return html.partition("<body>")[2].partition("</body>")[0]


def lacks_of(text: str, held: set[str]) -> Lacks:
    page = Page(text, url=URL, links=LINKS)
    page.fill(held)
    return page.lacks
