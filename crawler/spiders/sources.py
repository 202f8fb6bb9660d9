"""The spider of `dateline crawl`: visits each of some sources once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from typing_extensions import override

from archive.errors import DatelineError, UsageError
from archive.model import Source
from crawler.fetching import Fetcher
from crawler.seedlook import Scope
from crawler.session import Session, session_of
from crawler.sources import load_sources
from crawler.visit import Report, Visit

MAX_VISITS: Final = 64  # at once; the rest wait


class SourcesSpider(Spider):
    r"""Fetches the seeds of sources, and the articles they name.

    scrapy crawl sources -a file=sources.toml -a only=port-verity,other \
            -s DATELINE_COLLECTION=collection
    """

    name = "sources"
    session: Session

    def __init__(
        self,
        sources: tuple[Source, ...] = (),
        *,
        file: str | None = None,
        only: str | None = None,
        limit: int | str | None = None,
        again: bool | str = False,
        scope: Scope | None = None,
        **kwargs: Any,
    ) -> None:
        """Take sources as they are, or from a file; `only` names some of them."""
        super().__init__(**kwargs)
        if file is not None:
            sources = load_sources(Path(file))
        self.sources = choose(sources, tuple(only.split(",")) if only else ())
        self.scope = scope or Scope(
            limit=int(limit) if limit is not None else None,
            again=again in (True, "1", "true", "yes"),
        )

    @classmethod
    @override
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider for the session of the crawler's process."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.session = session_of(crawler)
        return spider

    @override
    async def start(self) -> AsyncIterator[Report]:
        """Visit every source; each report is an item."""
        self.session.settle_leftovers(self.sources)
        fetcher = Fetcher(self.crawler, self.session)
        room = asyncio.Semaphore(MAX_VISITS)

        async def visit(source: Source) -> Report:
            async with room:
                return await Visit(
                    source, self.scope, session=self.session, fetcher=fetcher
                )()

        visits = [asyncio.create_task(visit(source)) for source in self.sources]
        try:
            for visited in asyncio.as_completed(visits):
                yield await visited
        except DatelineError as error:
            self.session.fail(error)
        finally:
            for task in visits:
                task.cancel()
            await asyncio.gather(*visits, return_exceptions=True)


def choose(sources: tuple[Source, ...], only: tuple[str, ...]) -> tuple[Source, ...]:
    """Pick the sources with the given ids; all, if none is given.

    Raises UsageError for an id that is not there.
    """
    if not only:
        return sources
    by_id = {source.id: source for source in sources}
    for name in only:
        if name not in by_id:
            raise UsageError(
                f"no source {name!r}: there are {', '.join(sorted(by_id)) or 'none'}"
            )
    return tuple(by_id[name] for name in only)
