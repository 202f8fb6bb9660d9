"""One run of one source: look at its seeds, then fetch what is due of it.

The seam between when and how: a schedule, a command or a test gives a source
and a scope, and gets a report. Each step is on disk before the next builds on
it, so a visit can be cut off anywhere.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from archive import clock, message
from archive.model import Article, Discovery, Role, Run, Source
from archive.questions import text_before
from archive.reading import decoded_payload
from archive.watch.frontier import Frontier
from archive.watch.model import Address
from crawler.errands import Errand
from crawler.fetching import Fetcher, Missed, Validators
from crawler.leftovers import settle_run
from crawler.outlook import after_capture, after_miss
from crawler.seedlook import Looked, Scope, SeedLook
from crawler.session import Session
from pipelines.items import Archived

# Addresses of one visit in work at once, those that wait for their text included.
MAX_IN_WORK: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a run."""

    run: Run  # ended, with its counts
    found: int  # addresses that the seeds named
    new: int  # of them, never seen before
    failure: str | None  # why the run could not do its work, in one sentence


class Visit:
    """One run of one source."""

    def __init__(
        self, source: Source, scope: Scope, *, session: Session, fetcher: Fetcher
    ) -> None:
        """Visit `source`, as far as `scope` goes."""
        self._source = source
        self._scope = scope
        self._session = session
        self._fetcher = fetcher
        self._frontier = Frontier(session.watch)

    async def __call__(
        self, *, seeds: bool = True, run_id: str | None = None
    ) -> Report:
        """Go; without `seeds` only what is due is fetched.

        `run_id` is that of the run if it has one already. Cancelled, it gives
        back what it has taken, and its run ends. Raises StorageError.
        """
        run = self._session.book.begin(
            self._source.id,
            self._source.manners,
            command=self._scope.command,
            run_id=run_id,
        )
        looked = Looked()
        try:
            if seeds:
                look = SeedLook(
                    self._source,
                    run,
                    self._scope,
                    session=self._session,
                    fetcher=self._fetcher,
                    frontier=self._frontier,
                )
                looked = await look.look()
            await self._fetch_due(run)
        finally:
            # Nearly always nothing; what is kept already is not fetched again.
            settle_run(
                self._session.collection,
                self._frontier,
                run.id,
                {self._source.id: self._source.rechecks},
                clock.now(),
            )
            ended = await self._session.book.end(run)
        failed = seeds and len(looked.failures) >= len(self._source.seeds)
        return Report(
            run=ended,
            found=looked.found,
            new=looked.new,
            failure="; ".join(looked.failures) if failed else None,
        )

    # ------------------------------------------------------------ what is due

    async def _fetch_due(self, run: Run) -> None:
        in_work: set[asyncio.Task[None]] = set()
        width = max(MAX_IN_WORK, 2 * self._source.manners.concurrency)
        try:
            while taken := self._frontier.take(
                self._source.id, run.id, now=clock.now(), limit=width - len(in_work)
            ):
                in_work |= {
                    asyncio.create_task(self._ask(address, run)) for address in taken
                }
                in_work = await _until_fewer(in_work, width)
            await _until_fewer(in_work, 1)
        finally:
            for task in in_work:
                task.cancel()
            await asyncio.gather(*in_work, return_exceptions=True)

    async def _ask(self, address: Address, run: Run) -> None:
        errand = Errand(
            discovery=_discovery(address, run), manners=self._source.manners
        )
        validators = Validators(etag=address.etag, last_modified=address.last_modified)
        got = await self._fetcher.fetch(
            address.url, errand, validators if validators.fields() else None
        )
        if isinstance(got, Missed):
            settled = after_miss(
                address,
                got.outcome,
                got.detail,
                got.record_id,
                self._source.rechecks,
                clock.now(),
                retry_after=got.until,
            )
            self._frontier.settle(settled)
            return
        article = await self._session.extract(got)
        changed = self._has_changed(got, article) if address.step else None
        settled = after_capture(
            address,
            got.capture,
            got.answer.head,
            self._source.rechecks,
            clock.now(),
            text_changed=changed,
            is_live=_is_live(got),
        )
        self._frontier.settle(settled)
        if article is None:
            return
        work = article.canonical_url
        if self._session.twins.is_twin(self._source.id, work, article.text):
            self._session.book.tally(run.id).counts["same-text"] += 1
        if work != got.capture.url:
            self._frontier.alias(address.url, work, got.capture.record_id)

    def _has_changed(self, archived: Archived, article: Article | None) -> bool:
        if article is None:
            return False
        before = text_before(self._session.collection.catalogue, article)
        return before is not None and before != article.text


async def _until_fewer(
    tasks: set[asyncio.Task[None]], width: int
) -> set[asyncio.Task[None]]:
    """Wait until there are fewer than `width`; raises what one of them raised."""
    while len(tasks) >= width:
        done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    return tasks


def _is_live(archived: Archived) -> bool:
    """Whether a page says of itself that it is a live blog (schema.org)."""
    with suppress(message.MessageError):
        return b"LiveBlogPosting" in decoded_payload(archived.answer)
    return False


def _discovery(address: Address, run: Run) -> Discovery:
    return Discovery(
        url=address.url,
        role=Role.ARTICLE,
        source_id=address.source_id,
        run_id=run.id,
        found_at=address.found_at,
        seed_url=address.seed_url,
        seed_record_id=address.seed_record_id,
        claimed_title=address.claimed_title,
        claimed_date=address.claimed_date,
    )
