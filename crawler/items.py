"""Archived > Extraction > Article, as a Scrapy item pipeline."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler

from archive.errors import DatelineError
from crawler.session import Session, session_of
from pipelines.items import Archived


class TextPipeline:
    """Has the text of each archived page extracted, and lets other items pass."""

    def __init__(self, session: Session) -> None:
        """Extract with the workers of `session`."""
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline for the session of the crawler's process."""
        return cls(session_of(crawler))

    async def process_item(self, item: Any) -> Any:
        """Return when it is known what became of the text."""
        if isinstance(item, Archived):
            try:
                await self._session.extract(item)
            except DatelineError as error:
                # It ends the crawl. Raised here, Scrapy would log the whole page.
                self._session.fail(error)
        return item
