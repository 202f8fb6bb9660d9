"""One page, fetched as the archive fetches, for who wants to keep nothing [I/O].

Robots, private addresses, certificates, limits, redirects: all as for `dateline
archive`, into a collection that is thrown away after it.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from archive.collection import Collection
from archive.errors import CrawlError
from archive.model import Capture, Manners, Miss, Role
from archive.reading import load_answer
from pipelines.extraction import Page
from pipelines.texts import page_from

_REDIRECTS = range(300, 400)


def fetch_page(url: str, allow_private: bool = False) -> Page:
    """Fetch an address and follow where it leads.

    Once in a process: Twisted's reactor is not started twice. Raises CrawlError if
    no page was answered: refused, not reached, an error, another media type.
    """
    from crawler.process import Told, crawl  # noqa: PLC0415 (Scrapy takes its time)
    from crawler.spiders.addresses import AddressesSpider  # noqa: PLC0415

    captures: list[Capture] = []
    misses: list[Miss] = []
    told = Told(
        on_capture=captures.append,
        on_miss=misses.append,
        on_run=lambda _run: None,
        on_repair=lambda _repair: None,
    )
    with TemporaryDirectory(prefix="dateline-text-") as folder:
        root = Path(folder)
        manners = Manners(allow_private=allow_private)
        crawl(root, AddressesSpider, told, warm=False, urls=(url,), manners=manners)
        capture = _final(url, captures, misses)
        with Collection.open(root) as collection:
            return page_from(capture, load_answer(collection, capture))


def _final(url: str, captures: list[Capture], misses: list[Miss]) -> Capture:
    """Give the capture of the page itself, behind all redirects."""
    for miss in misses:
        if miss.discovery.role is Role.ARTICLE:
            raise CrawlError(f"{miss.url}: {miss.outcome}, {miss.detail}")
    pages = [one for one in captures if one.discovery.role is Role.ARTICLE]
    pages = [one for one in pages if one.status not in _REDIRECTS]
    if not pages:
        raise CrawlError(f"{url} led to no page")
    last = pages[-1]
    if last.status != 200:
        raise CrawlError(f"{last.url} answered {last.status}")
    if last.media_type not in ("text/html", "application/xhtml+xml", None):
        raise CrawlError(f"{last.url} is {last.media_type}, no page")
    return last
