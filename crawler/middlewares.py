"""The Scrapy side of manners: robots.txt, pace, Retry-After, for every request.

It stands nearest to the engine, so each hop of a redirect passes it again.
"""

from __future__ import annotations

from typing import NoReturn, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive import clock, message
from archive.model import FetchOutcome, Manners, Miss, Role
from archive.warc.records import new_record_id
from crawler.errands import (
    Errand,
    archived_of,
    errand_of,
    for_robots,
    hop_before,
    noted_of,
    send,
)
from crawler.errors import Refused, WireFailure
from crawler.manners import HostManners, RobotsAnswer
from crawler.robots import robots_url
from crawler.session import Session, session_of

_DECODED_LIMIT = 32 * 1024 * 1024  # bytes; the rules take their 500 KiB from it
_EXPANSION_LIMIT = 1000.0
_AT_ONCE = Manners(delay_s=0.0)


class MannersMiddleware:
    """Lets a request go when its host permits it, and when it is its turn."""

    def __init__(self, crawler: Crawler, session: Session, token: str) -> None:
        """Ask through `crawler`, remember in the collection of `session`."""
        self._crawler = crawler
        self._session = session
        self._manners = HostManners(session.collection.catalogue, token)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware for the session of the crawler's process."""
        token = str(crawler.settings.get("ROBOTS_TOKEN", "dateline"))
        return cls(crawler, session_of(crawler), token)

    async def process_request(self, request: Request) -> None:
        """Return when the request may be sent. Raises IgnoreRequest if never."""
        errand = errand_of(request) or self._session.unasked(request.url)
        if urlsplit(request.url).scheme not in ("http", "https"):
            await self._refuse(
                request, errand, FetchOutcome.REFUSED_SCHEME, "not http or https", None
            )
        if errand.discovery.role is Role.ROBOTS:
            # The page it is asked for follows at once; a Retry-After still counts.
            await self._manners.turn(request.url, _AT_ONCE, 0.0)
            return
        crawl_delay_s = await self._obey_robots(request, errand)
        await self._manners.turn(request.url, errand.manners, crawl_delay_s)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Take note of what the host asks for."""
        self._manners.answered(
            request.url, response.status, response.headers.get(b"Retry-After")
        )
        return response

    async def _obey_robots(self, request: Request, errand: Errand) -> float:
        """Give the host's Crawl-delay. Raises IgnoreRequest if robots.txt refuses."""
        if errand.manners.ignore_robots is not None:
            return 0.0
        try:
            decision, record_id = await self._manners.robots(
                request.url, lambda: self._ask_robots(request.url, errand)
            )
        except WireFailure as failure:
            await self._refuse(request, errand, failure.outcome, failure.detail, None)
        if not decision.allowed:
            await self._refuse(
                request, errand, FetchOutcome.REFUSED_ROBOTS, decision.rule, record_id
            )
        return decision.crawl_delay_s or 0.0

    async def _ask_robots(self, url: str, errand: Errand) -> RobotsAnswer:
        address = robots_url(url)
        request = Request(address, dont_filter=True, priority=1000)
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(
                send(request, for_robots(errand, address))
            )
        except WireFailure as failure:
            if failure.outcome is FetchOutcome.REFUSED_ADDRESS:
                raise  # by us, not by the host: so is the page
            return RobotsAnswer(status=None, body=b"", record_id=noted_of(request))
        except IgnoreRequest:  # too many redirects
            return RobotsAnswer(status=404, body=b"", record_id=None)
        archived = archived_of(response)
        record_id = archived.capture.record_id
        try:
            body = message.decode_content(
                archived.answer.payload,
                message.content_encodings(archived.answer.head),
                max_length=_DECODED_LIMIT,
                max_ratio=_EXPANSION_LIMIT,
            )
        except message.MessageError:
            # Nobody can say what it asks for: as good as no answer.
            return RobotsAnswer(status=None, body=b"", record_id=record_id)
        return RobotsAnswer(
            status=archived.capture.status, body=body, record_id=record_id
        )

    async def _refuse(
        self,
        request: Request,
        errand: Errand,
        outcome: FetchOutcome,
        detail: str,
        evidence: str | None,
    ) -> NoReturn:
        record_id = new_record_id()
        await self._session.miss(
            Miss(
                record_id=record_id,
                date=clock.now(),
                outcome=outcome,
                detail=detail,
                url=request.url,
                discovery=errand.discovery,
                evidence=evidence,
                redirect_from=hop_before(request),
            )
        )
        raise Refused(outcome, detail, record_id)
