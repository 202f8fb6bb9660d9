"""Fetched > Archived: every exchange goes to the store before anything is parsed."""

from __future__ import annotations

import asyncio

from archive.catalogue import Catalogue
from archive.events import Answer, CaptureOrder, read_answer
from archive.model import Capture, Exchange, Miss, Revisit
from archive.store import Store
from pipelines.items import Archived, Fetched
from pipelines.revisits import identical_payload, may_be_revisit, not_modified


class Keeper:
    """Keeps exchanges, as responses or as revisits of what is already kept."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        """Keep in `store`, look for earlier captures in `catalogue`."""
        self._store = store
        self._catalogue = catalogue
        self._under_way: dict[str, asyncio.Future[Capture]] = {}

    async def keep(self, fetched: Fetched) -> Archived:
        """Return when the exchange is on disk.

        Raises archive.errors.StorageError if it can't be written, and
        archive.message.MessageError if the response is not HTTP.
        """
        answer = read_answer(fetched.exchange.response)
        if may_be_revisit(fetched.exchange, answer):
            await self._same_payload_kept(answer.payload_digest)
        order = CaptureOrder(
            exchange=fetched.exchange,
            answer=answer,
            discovery=fetched.discovery,
            revisit=self._revisit(fetched.exchange, answer),
            redirect_from=fetched.redirect_from,
            attempt=fetched.attempt,
        )
        capture = await self._kept(order)
        return Archived(
            discovery=fetched.discovery,
            exchange=fetched.exchange,
            redirect_from=fetched.redirect_from,
            attempt=fetched.attempt,
            answer=answer,
            capture=capture,
        )

    async def note(self, miss: Miss) -> None:
        """Return when it is on disk that an address gave no capture."""
        await asyncio.wrap_future(self._store.note(miss))

    async def _same_payload_kept(self, digest: str) -> None:
        # Of two equal payloads that arrive together the second waits, and is
        # a revisit of the first then: no payload is stored twice by one process.
        while (pending := self._under_way.get(digest)) is not None:
            await asyncio.wait([pending])

    async def _kept(self, order: CaptureOrder) -> Capture:
        future = asyncio.wrap_future(self._store.keep(order))
        if order.revisit is not None or not may_be_revisit(
            order.exchange, order.answer
        ):
            return await future
        digest = order.answer.payload_digest
        self._under_way[digest] = future
        try:
            return await future
        finally:
            del self._under_way[digest]

    def _revisit(self, exchange: Exchange, answer: Answer) -> Revisit | None:
        # The catalogue only knows captures that are durable, so an original
        # found there is.
        if answer.head.status == 304:
            return not_modified(
                exchange, answer, self._catalogue.latest_whole(exchange.url)
            )
        if may_be_revisit(exchange, answer):
            original = self._catalogue.original(answer.payload_digest)
            if original is not None:
                return identical_payload(answer, original)
        return None
