"""The Scrapy side of robots.txt, for every request.

It stands nearest to the engine, so each hop of a redirect passes it again.
"""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from archive import clock, message
from archive.model import FetchOutcome, Miss, Role, Truncation
from archive.warc.records import new_record_id
from archive.watch.model import RobotsState
from crawler.errands import (
    Errand,
    archived_of,
    errand_of,
    for_robots,
    hop_before,
    send,
)
from crawler.errors import Refused, WireFailure
from crawler.robots import robots_url
from crawler.session import Session, session_of

_DECODED_LIMIT = 32 * 1024 * 1024  # bytes; the rules take their 500 KiB from it
_EXPANSION_LIMIT = 1000.0
# A prohibition may stand in the half that is missing. What is longer than we take is
# far beyond what counts (RFC 9309, 2.5).
_CUT = frozenset({Truncation.TIME, Truncation.DISCONNECT, Truncation.UNSPECIFIED})
# Not the host's doing: robots.txt has not been asked for.
_OURS = frozenset(
    {
        FetchOutcome.REFUSED_ADDRESS,
        FetchOutcome.POSTPONED,
        FetchOutcome.OVER_BUDGET,
    }
)


class RobotsMiddleware:
    """Lets a request go when its host permits it; the handler waits for its turn."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        """Ask through `crawler`, remember in the collection of `session`."""
        self._crawler = crawler
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware for the session of the crawler's process."""
        return cls(crawler, session_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Return when the request may be sent. Raises Refused if never."""
        errand = errand_of(request) or self._session.unasked(request.url)
        if urlsplit(request.url).scheme not in ("http", "https"):
            await self._refuse(
                request, errand, FetchOutcome.REFUSED_SCHEME, "not http or https", None
            )
        if (
            errand.discovery.role is not Role.ROBOTS
            and errand.manners.ignore_robots is None
        ):
            await self._obey_robots(request, errand)

    async def _obey_robots(self, request: Request, errand: Errand) -> None:
        try:
            decision, record_id = await self._session.robots.decide(
                request.url, lambda: self._ask_robots(request.url, errand)
            )
        except (WireFailure, Refused) as failure:
            # By us, not by the host: what holds for robots.txt holds for the page.
            await self._refuse(
                request,
                errand,
                failure.outcome,
                failure.detail,
                failure.record_id,
                until=failure.until,
            )
        if not decision.allowed:
            await self._refuse(
                request, errand, FetchOutcome.REFUSED_ROBOTS, decision.rule, record_id
            )

    async def _ask_robots(self, url: str, errand: Errand) -> RobotsState:
        address = robots_url(url)
        request = Request(address, dont_filter=True, priority=1000)
        status, body, record_id = None, b"", None
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(
                send(request, for_robots(errand, address))
            )
        except WireFailure as failure:
            if failure.outcome in _OURS:
                raise
            record_id = failure.record_id
        except Refused:
            raise
        except IgnoreRequest:  # too many redirects (RFC 9309, 2.3.1.2)
            status = 404
        else:
            archived = archived_of(response)
            record_id = archived.capture.record_id
            try:
                body = message.decode_content(
                    archived.answer.payload,
                    message.content_encodings(archived.answer.head),
                    max_length=_DECODED_LIMIT,
                    max_ratio=_EXPANSION_LIMIT,
                )
                is_cut = archived.capture.truncated in _CUT
                status = None if is_cut else archived.capture.status
            except message.MessageError:
                # Nobody can say what it asks for: as good as no answer.
                status = None
        return RobotsState(
            record_id=record_id, fetched_at=clock.now(), status=status, body=body
        )

    async def _refuse(
        self,
        request: Request,
        errand: Errand,
        outcome: FetchOutcome,
        detail: str,
        evidence: str | None,
        *,
        until: datetime | None = None,
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
        raise Refused(outcome, detail, record_id, until=until)
