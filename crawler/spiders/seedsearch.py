"""The spider of `dateline sources discover`: asks a site where its news stand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from scrapy import Request
from typing_extensions import override

from archive import clock, message
from archive.errors import ArchiveError, DatelineError
from archive.model import Capture, Discovery, FetchOutcome, Manners, Role, SeedKind
from archive.questions import captures_of
from archive.reading import decoded_payload, load_answer
from crawler.discovery import harvest
from crawler.errands import Errand
from crawler.fetching import Fetcher, Missed
from crawler.robots import robots_url
from crawler.seedclues import Clue, Origin, page_clues, robots_clues
from crawler.seedsearch import Look, SeedSearch, kind_of_answer, look_at
from crawler.spiders.addresses import SOURCE_ID
from crawler.spiders.newsspider import NewsSpider
from pipelines.items import Archived

_LASTING = frozenset({301, 308})  # RFC 9110, 15.4: asked there from now on


class SeedSearchSpider(NewsSpider):
    r"""Fetches a page and robots.txt, and what they name: one after the other.

    scrapy crawl seedsearch -a url=https://example.org/ \
            -s DATELINE_COLLECTION=collection
    """

    name = "seedsearch"

    def __init__(
        self,
        url: str = "",
        manners: Manners | None = None,
        on_end: Callable[[SeedSearch], None] = lambda _search: None,
        **kwargs: Any,
    ) -> None:
        """Search from a page on; `on_end` is given all that was found."""
        super().__init__(**kwargs)
        self.url = url
        self.manners = manners or Manners()
        self._on_end = on_end

    @override
    async def start(self) -> AsyncIterator[Request]:
        """Search to the end; the requests go around Scrapy's scheduler."""
        search = SeedSearch(self.url)
        try:
            await self._search(search)
        except DatelineError as error:
            self.session.fail(error)
        self._on_end(search)
        requests: tuple[Request, ...] = ()
        for request in requests:
            yield request

    async def _search(self, search: SeedSearch) -> None:
        run = self.session.book.standing(
            SOURCE_ID, self.manners, command="sources discover"
        )
        self._run_id = run.id
        self._fetcher = Fetcher(self.crawler, self.session)
        page = await self._fetch(self.url)
        if isinstance(page, Missed):
            clue = Clue(url=self.url, kind=SeedKind.FRONT, origin=Origin.GIVEN)
            search.took(_missed(clue, page))
            if page.outcome is not FetchOutcome.REFUSED_ROBOTS:
                return  # no such host, or none that answers
        else:
            self._take_page(search, page)
            if any(look.kind for look in search.looks):
                return  # the address given is that of a seed
        search.take(await self._robots(search.url))
        while (asked := search.next_clue()) is not None:
            search.took(await self._look(asked))

    def _take_page(self, search: SeedSearch, page: Archived) -> None:
        url = self._lasting_url(self.url, page)
        status = page.capture.status
        clue = Clue(url=self.url, kind=SeedKind.FRONT, origin=Origin.GIVEN)
        if status != 200:
            look = Look(clue=clue, url=url, problem=f"it answers with status {status}")
            search.took(look)
            return
        body = _content(page)
        content_type = _content_type(page)
        if kind_of_answer(body, content_type) is not None:
            search.took(
                look_at(
                    clue,
                    body,
                    url=url,
                    content_type=content_type,
                    record_id=page.capture.record_id,
                )
            )
            return
        front = harvest(SeedKind.FRONT, body, url=url, content_type=content_type)
        search.take_page(
            page_clues(body, url=page.capture.url, content_type=content_type),
            url=url,
            articles=len(front.found),
        )

    async def _robots(self, url: str) -> tuple[Clue, ...]:
        """Read the robots.txt that the manners have asked for, out of the archive."""
        address = robots_url(url)
        kept = captures_of(self.session.collection.catalogue, address)
        if not kept or kept[0].capture.status != 200:
            return ()
        try:
            answer = load_answer(self.session.collection, kept[0].capture)
            body = decoded_payload(answer)
        except (ArchiveError, OSError, message.MessageError) as error:
            self.logger.warning("%s can not be read again: %s", address, error)
            return ()
        return robots_clues(body, url=address)

    async def _look(self, clue: Clue) -> Look:
        got = await self._fetch(clue.url)
        if isinstance(got, Missed):
            return _missed(clue, got)
        record_id = got.capture.record_id
        url = self._lasting_url(clue.url, got)
        if got.capture.status != 200:
            problem = f"it answers with status {got.capture.status}"
            return Look(clue=clue, url=url, problem=problem, record_id=record_id)
        # Of a large sitemap it takes seconds, and the loop has answers to take.
        return await asyncio.to_thread(
            look_at,
            clue,
            _content(got),
            url=url,
            content_type=_content_type(got),
            record_id=record_id,
        )

    async def _fetch(self, url: str) -> Archived | Missed:
        discovery = Discovery(
            url=url,
            role=Role.SEED,
            source_id=SOURCE_ID,
            run_id=self._run_id,
            found_at=clock.now(),
        )
        return await self._fetcher.fetch(
            url, Errand(discovery=discovery, manners=self.manners)
        )

    def _lasting_url(self, asked: str, got: Archived) -> str:
        """Give the final address, if every redirect to it is there to stay."""
        hop: Capture = got.capture
        while hop.redirect_from is not None:
            before = captures_of(self.session.collection.catalogue, hop.redirect_from)
            if not before or before[0].capture.status not in _LASTING:
                return asked
            hop = before[0].capture
        return got.capture.url


def _missed(clue: Clue, missed: Missed) -> Look:
    return Look(
        clue=clue,
        url=clue.url,
        problem=f"{missed.outcome}: {missed.detail}",
        record_id=missed.record_id,
    )


def _content(archived: Archived) -> bytes:
    """Decode a payload; what can't be decoded is no seed."""
    try:
        return decoded_payload(archived.answer)
    except message.MessageError:
        return b""


def _content_type(archived: Archived) -> str | None:
    value = archived.answer.head.first(b"Content-Type")
    return value.decode("latin-1") if value is not None else None
