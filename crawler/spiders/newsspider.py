"""What the spiders share: requests with an errand, failures that are accounted for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure
from typing_extensions import override

from archive import clock
from archive.errors import told
from archive.model import Discovery, FetchOutcome, Miss
from archive.warc.records import new_record_id
from crawler.errands import Errand, archived_of, errand_of, send
from crawler.errors import WireFailure
from crawler.session import Session, session_of
from pipelines.items import Archived


class NewsSpider(Spider):
    """Fetches addresses on errands and hands on what was archived."""

    session: Session

    @classmethod
    @override
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider for the session of the crawler's process."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.session = session_of(crawler)
        crawler.signals.connect(spider.passed_over, signal=signals.request_dropped)
        return spider

    def passed_over(self, request: Request) -> None:
        """Count an address that this crawl has asked for already."""
        errand = errand_of(request)
        if errand is not None:
            tally = self.session.book.tally(errand.discovery.run_id)
            tally.passed_over("asked-before")

    def request(
        self, url: str, errand: Errand, callback: Any, *, priority: int = 0
    ) -> Request:
        """Make a request with an errand."""
        request = Request(
            url, callback=callback, errback=self.failed, priority=priority
        )
        return send(request, errand)

    def parse_article(self, response: Response) -> Archived:
        """Hand a page on to the item pipeline, which has its text extracted."""
        return archived_of(response)

    async def failed(self, failure: Failure) -> None:
        """Account for a request without a response; most have been already."""
        error = failure.value
        request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        if isinstance(error, WireFailure):
            return  # the handler has noted it
        if isinstance(error, IgnoreRequest):
            if "max redirections" in str(error):
                await self.note(request, FetchOutcome.TOO_MANY_REDIRECTS, str(error))
            return  # the manners have noted it
        assert error is not None  # a failure is of something
        if self.session.failure is None:
            await self.note(request, FetchOutcome.FAILED, told(error))

    async def note(
        self, request: Request | None, outcome: FetchOutcome, detail: str
    ) -> None:
        """Keep the fact that something asked for did not come, and why."""
        assert request is not None
        errand = errand_of(request)
        assert errand is not None
        await self._keep(errand.discovery, outcome, detail, url=request.url)

    async def pass_over(
        self, found: Iterable[Discovery], outcome: FetchOutcome, detail: str
    ) -> None:
        """Keep the fact that addresses were found and are not asked for, and why."""
        await asyncio.gather(
            *(self._keep(one, outcome, detail, url=one.url) for one in found)
        )

    async def _keep(
        self, discovery: Discovery, outcome: FetchOutcome, detail: str, *, url: str
    ) -> None:
        await self.session.miss(
            Miss(
                record_id=new_record_id(),
                date=clock.now(),
                outcome=outcome,
                detail=detail,
                url=url,
                discovery=discovery,
            )
        )
