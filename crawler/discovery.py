"""Discovery: the bytes of a seed in, the addresses it names out.

Nothing here, nor in the modules that read each kind, does I/O; the caller
turns what was found into `Discovery` values, with source, run and time. This
is the one door: what a spider needs of discovery, it imports from here.
"""

from __future__ import annotations

from archive.model import SeedKind
from crawler.feeds import found_in_feed
from crawler.finds import Found, Harvest, NestedSitemap, within
from crawler.frontpages import found_in_front
from crawler.lists import found_in_list
from crawler.sitemaps import found_in_sitemap

__all__ = ["Found", "Harvest", "NestedSitemap", "harvest", "within"]


def harvest(
    kind: SeedKind, body: bytes, *, url: str, content_type: str | None = None
) -> Harvest:
    """Read a seed's answer by its kind; never raises, problems are values.

    `body` is without content coding, `url` the address that answered, and
    `content_type` the field of the answer, for its charset.
    """
    if kind is SeedKind.FEED:
        return found_in_feed(body, url=url, content_type=content_type)
    if kind is SeedKind.SITEMAP:
        return found_in_sitemap(body, url=url, content_type=content_type)
    if kind is SeedKind.FRONT:
        return found_in_front(body, url=url, content_type=content_type)
    return found_in_list(body)
