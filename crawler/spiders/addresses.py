"""The spider of `dateline archive`: addresses given by hand, with what they need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request
from scrapy.http import Response
from typing_extensions import override

from archive import clock, message
from archive.model import Discovery, FetchOutcome, Manners, Role
from archive.reading import decoded_payload
from crawler.errands import Errand, archived_of
from crawler.requisites import requisites_of_css, requisites_of_html
from crawler.spiders.newsspider import NewsSpider
from pipelines.items import Archived

SOURCE_ID = "by-hand"
MAX_REQUISITES = 500  # of one page, those of its styles included


class AddressesSpider(NewsSpider):
    r"""Fetches addresses, and the images, styles and scripts that pages need.

    scrapy crawl addresses -a urls=https://example.org/ -a requisites=1 \
            -s DATELINE_COLLECTION=collection
    """

    name = "addresses"

    def __init__(
        self,
        urls: str | tuple[str, ...] = (),
        requisites: bool | str = False,
        manners: Manners | None = None,
        **kwargs: Any,
    ) -> None:
        """Take addresses as a tuple, or separated by white space."""
        super().__init__(**kwargs)
        self.urls = tuple(urls.split()) if isinstance(urls, str) else urls
        self.requisites = requisites in (True, "1", "true", "yes")
        self.manners = manners or Manners()
        self._asked: dict[str, set[str]] = {}  # page: what it needs

    @override
    async def start(self) -> AsyncIterator[Request]:
        """Ask for each address."""
        run = self.session.book.standing(
            SOURCE_ID,
            self.manners,
            command="archive",
            settings=(("requisites", str(self.requisites)),),
        )
        for url in self.urls:
            discovery = Discovery(
                url=url,
                role=Role.ARTICLE,
                source_id=run.source_id,
                run_id=run.id,
                found_at=clock.now(),
            )
            errand = Errand(discovery=discovery, manners=self.manners)
            yield self.request(url, errand, self.parse_page)

    async def parse_page(self, response: Response) -> AsyncIterator[Archived | Request]:
        """Hand the page on, and ask for what it needs."""
        archived = archived_of(response)
        yield archived
        if self.requisites and _is(archived, "html"):
            found = requisites_of_html(
                _content(archived),
                url=response.url,
                charset=message.charset(archived.answer.head),
            )
            async for request in self._ask(found, archived, archived.capture.url):
                yield request

    async def parse_requisite(
        self, response: Response, page: str
    ) -> AsyncIterator[Request]:
        """Ask for what a style sheet needs in turn."""
        archived = archived_of(response)
        if archived.capture.media_type == "text/css":
            found = requisites_of_css(_text(archived), url=response.url)
            async for request in self._ask(found, archived, page):
                yield request

    async def _ask(
        self, urls: tuple[str, ...], archived: Archived, page: str
    ) -> AsyncIterator[Request]:
        asked = self._asked.setdefault(page, {page})
        wanted = [url for url in dict.fromkeys(urls) if url not in asked]
        room = max(0, MAX_REQUISITES + 1 - len(asked))
        detail = f"more than the {MAX_REQUISITES} requisites a page is given"
        await self.pass_over(
            [_discovery(url, archived) for url in wanted[room:]],
            FetchOutcome.OVER_LIMIT,
            detail,
        )
        for url in wanted[:room]:
            asked.add(url)
            errand = Errand(discovery=_discovery(url, archived), manners=self.manners)
            request = self.request(url, errand, self.parse_requisite)
            request.cb_kwargs["page"] = page
            yield request


def _discovery(url: str, archived: Archived) -> Discovery:
    return Discovery(
        url=url,
        role=Role.REQUISITE,
        source_id=archived.discovery.source_id,
        run_id=archived.discovery.run_id,
        found_at=archived.capture.date,
        seed_url=archived.capture.url,
        seed_record_id=archived.capture.record_id,
    )


def _is(archived: Archived, kind: str) -> bool:
    return archived.capture.status == 200 and kind in (
        archived.capture.media_type or "html"
    )


def _content(archived: Archived) -> bytes:
    """Decode a payload; what can't be decoded needs nothing."""
    try:
        return decoded_payload(archived.answer)
    except message.MessageError:
        return b""


def _text(archived: Archived) -> str:
    """Decode a style sheet as CSS Syntax 3 (3.2) has it, or else as UTF-8."""
    content = _content(archived)
    try:
        return content.decode(message.charset(archived.answer.head) or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return content.decode("utf-8", "replace")
