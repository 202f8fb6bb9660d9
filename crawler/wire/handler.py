"""The Scrapy download handler: fetch exactly, keep, and only then answer [I/O].

Everything Scrapy downloads passes here: pages, every hop of a redirect,
robots.txt, errors. So nothing that was exchanged is missed, and nothing is
parsed before it is on disk.
"""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from typing_extensions import override

from archive import clock, message
from archive.model import FetchOutcome, Miss, Role
from archive.reading import decoded_payload
from archive.warc.records import new_record_id
from crawler.errands import Errand, errand_of, hop_before, mark_archived
from crawler.errors import WireFailure
from crawler.session import Session, session_of
from crawler.wire.client import Wire
from crawler.wire.order import WireOrder
from pipelines.items import Archived, Fetched

# Worth another try: the next one may find the host up.
_PASSING = frozenset(
    {
        FetchOutcome.UNRESOLVED,
        FetchOutcome.UNREACHABLE,
        FetchOutcome.TIMEOUT,
        FetchOutcome.NO_ANSWER,
    }
)


class WireHandler(BaseDownloadHandler):
    """Fetches over HTTP/1.1, byte for byte, and keeps each exchange."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        """Fetch for `crawler`, keep in `session`."""
        from twisted.internet import reactor  # noqa: PLC0415 (installs it on import)

        super().__init__(crawler)
        self._session = session
        # A connection for each request in flight is kept, so that none is remade.
        per_host = crawler.settings.getint("CONCURRENT_REQUESTS")
        self._wire = Wire(reactor, max_per_host=per_host)
        self._seconds = _SecondsTaken()

    @classmethod
    @override
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the handler for the session of the crawler's process."""
        return cls(crawler, session_of(crawler))

    @override
    async def download_request(self, request: Request) -> Response:
        """Fetch and keep.

        Raises WireFailure, and StorageError if the disk refuses; the session
        then ends the crawl.
        """
        errand = errand_of(request) or self._session.unasked(request.url)
        try:
            fetched = await self._fetch(request, errand)
            archived = await self._session.keep(fetched)
        except WireFailure as failure:
            await self._miss(request, errand, failure)
            raise
        except message.MessageError as error:
            not_http = WireFailure(FetchOutcome.NOT_HTTP, str(error))
            await self._miss(request, errand, not_http)
            raise not_http from error
        mark_archived(request, archived)
        return scrapy_response(request, archived, decoded=errand_of(request) is None)

    @override
    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def _fetch(self, request: Request, errand: Errand) -> Fetched:
        """Fetch when it is the host's turn. Raises WireFailure."""
        order = order_for(request, errand)
        await self._seconds.free(order.url)
        manners, is_robots = errand.manners, errand.discovery.role is Role.ROBOTS
        obeys = manners.ignore_robots is None
        delay_s = self._session.robots.crawl_delay_s(order.url) if obeys else 0.0
        async with self._session.manners.turn(
            order.url, manners, delay_s, for_robots=is_robots
        ) as turn:
            try:
                exchange = await self._wire.exchange(order)
            except WireFailure as failure:
                if failure.outcome in _PASSING:
                    turn.failed()
                raise
            turn.answered(exchange)
        return Fetched(
            discovery=errand.discovery,
            exchange=exchange,
            redirect_from=hop_before(request),
            attempt=attempt_of(request),
        )

    async def _miss(
        self, request: Request, errand: Errand, failure: WireFailure
    ) -> None:
        if failure.outcome not in _PASSING:
            request.meta["dont_retry"] = True
        if (
            failure.outcome is FetchOutcome.REFUSED_ADDRESS
            and errand.discovery.role is Role.ROBOTS
        ):
            return  # the page it was asked for is refused for the same reason
        miss = Miss(
            record_id=new_record_id(),
            date=clock.now(),
            outcome=failure.outcome,
            detail=failure.detail,
            url=request.url,
            discovery=errand.discovery,
            redirect_from=hop_before(request),
            attempt=attempt_of(request),
        )
        failure.record_id = miss.record_id
        await self._session.miss(miss)


class _SecondsTaken:
    """Sees to it that no address is captured twice within one second.

    CDX keeps whole seconds, so of two captures in one only one could be
    reached by its time.
    """

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    async def free(self, url: str) -> None:
        """Return in a second in which the address has not been asked for."""
        while True:
            now = clock.now()
            second = int(now.timestamp())
            if len(self._taken) > 4096:
                self._taken = {u: s for u, s in self._taken.items() if s >= second - 1}
            if self._taken.get(url, 0) < second:
                self._taken[url] = second
                return
            await asyncio.sleep(1.01 - now.microsecond / 1e6)


def order_for(request: Request, errand: Errand) -> WireOrder:
    """Say to the wire what Scrapy asks for."""
    manners = errand.manners
    return WireOrder(
        method=request.method,
        url=request.url.partition("#")[0],
        headers=tuple(
            (name, value)
            for name, values in request.headers.items()
            for value in values
        ),
        body=request.body,
        proxy=request.meta.get("proxy"),
        allow_private=manners.allow_private,
        verify_tls=manners.verify_tls,
        time_limit_s=manners.time_limit_s,
        size_limit=manners.size_limit,
    )


def attempt_of(request: Request) -> int:
    """Count from 1: which try of the address this is."""
    return 1 + int(request.meta.get("retry_times", 0))


def scrapy_response(request: Request, archived: Archived, *, decoded: bool) -> Response:
    """Make the response a spider gets.

    Our own spiders take what they need from the archived item, so its body is
    the payload as it came; for anybody else's spider it is decoded, and the
    class fits the media type, as Scrapy has it.
    """
    head, payload = archived.answer.head, archived.answer.payload
    headers = Headers()
    for name, value in head.fields:
        headers.appendlist(name, value)
    flags = ["partial"] if archived.capture.truncated is not None else []
    if not decoded:
        return Response(
            request.url, head.status, headers, payload, flags, protocol="HTTP/1.1"
        )
    body = decoded_payload(archived.answer)
    headers.pop(b"Content-Encoding", None)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
    return kind(
        url=request.url, status=head.status, headers=headers, body=body, flags=flags
    )
