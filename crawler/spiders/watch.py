"""The spider of `dateline run`: visits sources whenever they are due."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from typing_extensions import override

from archive import clock
from archive.errors import DatelineError, UsageError
from crawler.fetching import Fetcher
from crawler.leader import Leadership
from crawler.metrics import Metrics
from crawler.session import Session, session_of
from crawler.visit import Report
from crawler.watching import Plan, Watching


class WatchSpider(Spider):
    r"""Watches the sources of a file until it is told to stop.

    scrapy crawl watch -a file=sources.toml -s DATELINE_COLLECTION=collection
    """

    name = "watch"
    session: Session

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        file: str | None = None,
        metrics: Metrics | None = None,
        begun: Callable[[Watching], None] = lambda _watching: None,
        **kwargs: Any,
    ) -> None:
        """Watch as `plan` says, or the sources in `file`; tell `begun` when it begins.

        Raises UsageError without either.
        """
        super().__init__(**kwargs)
        if plan is None and file is None:
            raise UsageError("which sources? Say -a file=sources.toml")
        self._plan = plan or Plan(sources=Path(file or ""))
        self._metrics = metrics or Metrics()
        self._begun = begun

    @classmethod
    @override
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider for the session of the crawler's process."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.session = session_of(crawler)
        return spider

    @override
    async def start(self) -> AsyncIterator[Report]:
        """Watch; each report is an item."""
        leadership = None
        try:
            leadership = Leadership.take(self.session.collection.root, clock.now())
            watching = Watching(
                self._plan,
                session=self.session,
                fetcher=Fetcher(self.crawler, self.session),
                metrics=self._metrics,
                leadership=leadership,
            )
            self._begun(watching)
            async for report in watching.reports():
                yield report
        except DatelineError as error:
            self.session.fail(error)
        finally:
            if leadership is not None:
                leadership.release()
