"""A look at the seeds of a source: what they name goes into the frontier."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from archive import clock, message
from archive.model import (
    Discovery,
    FetchOutcome,
    Miss,
    Role,
    Run,
    Seed,
    SeedKind,
    Source,
)
from archive.reading import decoded_payload
from archive.warc.records import new_record_id
from archive.watch.frontier import Frontier
from archive.watch.seeds import SeedMemory, SeedState
from crawler.discovery import Found, Harvest, harvest
from crawler.errands import Errand
from crawler.fetching import Fetcher, Missed, Validators
from crawler.filters import refusal
from crawler.finds import NestedSitemap, within
from crawler.session import Session
from crawler.shapes import ShapeBudget
from pipelines.items import Archived

MAX_DEPTH: Final = 3  # sitemap index in a sitemap index
AT_ENDS: Final = 5  # sitemaps of an index that are looked at again without a date
_LARGE: Final = 1 << 20  # bytes; a larger seed is not read in the event loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How far a run is to go."""

    command: str = "crawl"
    limit: int | None = None  # addresses of each seed, at most
    since: datetime | None = None  # what the seeds date before is left alone
    until: datetime | None = None  # what they date at or after it too
    again: bool = False  # all that the seeds name now is due, known or not


@dataclass(slots=True)
class Looked:
    """What the seeds of a source gave in one run."""

    found: int = 0  # addresses named that the source's rules let through
    new: int = 0  # of them, never seen before
    failures: list[str] = field(default_factory=list)  # one sentence each


class SeedLook:
    """Fetches seeds, reads them, and enters what they name."""

    def __init__(
        self,
        source: Source,
        run: Run,
        scope: Scope,
        *,
        session: Session,
        fetcher: Fetcher,
        frontier: Frontier,
    ) -> None:
        """Look for `source`, as part of `run`."""
        self._source = source
        self._run = run
        self._scope = scope
        self._session = session
        self._fetcher = fetcher
        self._frontier = frontier
        self._memory = SeedMemory(session.watch)
        self._shapes = ShapeBudget()
        self._seen: set[str] = set()  # a sitemap index may name itself
        self._looked = Looked()

    async def look(self) -> Looked:
        """Look at every seed. Raises StorageError."""
        await asyncio.gather(
            *(self._seed(seed, depth=0) for seed in self._source.seeds)
        )
        return self._looked

    async def _seed(
        self,
        seed: Seed,
        *,
        depth: int,
        named_by: Archived | None = None,
        lastmod: str | None = None,
    ) -> None:
        if seed.url in self._seen:
            return
        self._seen.add(seed.url)
        discovery = self._discovery(Found(url=seed.url), Role.SEED, named_by)
        errand = Errand(discovery=discovery, manners=self._source.manners)
        known = None if self._scope.again else self._memory.get(seed.url)
        got = await self._fetcher.fetch(seed.url, errand, _validators(known))
        if isinstance(got, Missed):
            self._failed(seed, f"{got.outcome}: {got.detail}")
            return
        capture = got.capture
        if capture.status == 304 and capture.revisit is not None:
            self._session.book.tally(self._run.id).counts["unchanged-seeds"] += 1
            return
        if capture.status != 200:
            self._failed(seed, f"status {capture.status}")
            return
        is_same = known is not None and known.payload_digest == capture.payload_digest
        if is_same:
            self._session.book.tally(self._run.id).counts["unchanged-seeds"] += 1
        elif not await self._read(seed, got, depth):
            return  # it is read again the next time
        head = got.answer.head
        self._memory.put(
            SeedState(
                url=seed.url,
                record_id=capture.record_id,
                payload_digest=capture.payload_digest,
                etag=head.first(b"ETag"),
                last_modified=head.first(b"Last-Modified"),
                lastmod=lastmod,
            )
        )

    async def _read(self, seed: Seed, archived: Archived, depth: int) -> bool:
        """Enter what a seed names; gives whether that was all of it."""
        harvested = await _harvest(seed, archived)
        if harvested.problem is not None:
            self._failed(seed, harvested.problem)
            await self._miss(
                archived.discovery, FetchOutcome.SEED_UNREADABLE, harvested.problem
            )
        await self._enter(harvested, archived)
        if self._scope.limit is not None and len(harvested.found) > self._scope.limit:
            return False
        await self._nested(harvested, archived, depth)
        # A sitemap index says nothing of what its sitemaps hold now, and a look
        # between two dates leaves the rest for later.
        is_bounded = self._scope.since is not None or self._scope.until is not None
        return not (harvested.nested or is_bounded)

    def _worth_a_look(self, nested: Sequence[NestedSitemap]) -> Iterator[NestedSitemap]:
        """Leave out what was read before and has not changed since.

        Without a `lastmod` only the first and last few are asked for again: an
        index grows at one of its ends.
        """
        for number, one in enumerate(nested):
            known = None if self._scope.again else self._memory.get(one.url)
            is_at_end = min(number, len(nested) - 1 - number) < AT_ENDS
            if known is None or (
                one.lastmod != known.lastmod if one.lastmod else is_at_end
            ):
                yield one

    async def _nested(self, harvested: Harvest, archived: Archived, depth: int) -> None:
        since, until = self._scope.since, self._scope.until
        inside = [one for one in harvested.nested if within(one, since, until)]
        nested = tuple(self._worth_a_look(inside))
        if depth >= MAX_DEPTH:
            detail = f"{MAX_DEPTH} sitemap indexes lie above it"
            for one in nested:
                discovery = self._discovery(Found(url=one.url), Role.SEED, archived)
                await self._miss(discovery, FetchOutcome.OVER_LIMIT, detail)
            return
        # One after the other: an index may name tens of thousands.
        for one in nested:
            await self._seed(
                Seed(url=one.url, kind=SeedKind.SITEMAP),
                depth=depth + 1,
                named_by=archived,
                lastmod=one.lastmod,
            )

    async def _enter(self, harvested: Harvest, archived: Archived) -> None:
        wanted: list[Discovery] = []
        left_out: list[tuple[Discovery, FetchOutcome, str]] = []
        outside = 0
        for find in harvested.found:
            if not within(find, self._scope.since, self._scope.until):
                outside += 1
                continue
            discovery = self._discovery(find, Role.ARTICLE, archived)
            reason = refusal(find.url, self._source, now=clock.now())
            reason = reason or self._shapes.admit(find.url)
            if reason is not None:
                left_out.append((discovery, FetchOutcome.EXCLUDED, reason))
            elif self._scope.limit is not None and len(wanted) >= self._scope.limit:
                detail = f"more than the {self._scope.limit} that were asked for"
                left_out.append((discovery, FetchOutcome.OVER_LIMIT, detail))
            else:
                wanted.append(discovery)
        tally = self._session.book.tally(self._run.id)
        tally.found(len(harvested.found))
        if outside:
            tally.counts["outside-dates"] += outside
        now = clock.now()
        new = await asyncio.to_thread(
            self._frontier.enter, wanted, now=now, again=self._scope.again
        )
        self._looked.found += len(wanted)
        self._looked.new += len(new)
        tally.counts["new"] += len(new)
        tally.counts["known"] += len(wanted) - len(new)
        await self._leave_out(left_out, now)

    async def _leave_out(
        self, left_out: list[tuple[Discovery, FetchOutcome, str]], now: datetime
    ) -> None:
        """Say once, when an address is first found, why it is not fetched."""
        by_reason: dict[tuple[FetchOutcome, str], list[Discovery]] = {}
        for discovery, outcome, reason in left_out:
            by_reason.setdefault((outcome, reason), []).append(discovery)
        for (outcome, reason), discoveries in by_reason.items():
            new = await asyncio.to_thread(
                self._frontier.leave_out, discoveries, reason, now=now
            )
            known = len(discoveries) - len(new)
            if known:
                tally = self._session.book.tally(self._run.id)
                tally.counts["known-left-out"] += known
            await asyncio.gather(*(self._miss(one, outcome, reason) for one in new))

    async def _miss(
        self, discovery: Discovery, outcome: FetchOutcome, detail: str
    ) -> None:
        await self._session.miss(
            Miss(
                record_id=new_record_id(),
                date=clock.now(),
                outcome=outcome,
                detail=detail,
                url=discovery.url,
                discovery=discovery,
            )
        )

    def _failed(self, seed: Seed, sentence: str) -> None:
        self._looked.failures.append(f"{seed.url}: {sentence}")

    def _discovery(
        self, found: Found, role: Role, named_by: Archived | None
    ) -> Discovery:
        return Discovery(
            url=found.url,
            role=role,
            source_id=self._source.id,
            run_id=self._run.id,
            found_at=named_by.capture.date if named_by else clock.now(),
            seed_url=named_by.capture.url if named_by else None,
            seed_record_id=named_by.capture.record_id if named_by else None,
            claimed_title=found.title,
            claimed_date=found.date,
        )


async def _harvest(seed: Seed, archived: Archived) -> Harvest:
    if archived.capture.payload_length > _LARGE:
        return await asyncio.to_thread(_finds, seed, archived)
    return _finds(seed, archived)


def _finds(seed: Seed, archived: Archived) -> Harvest:
    try:
        body = decoded_payload(archived.answer)
    except message.MessageError as error:
        return Harvest(problem=str(error))
    content_type = archived.answer.head.first(b"Content-Type")
    return harvest(
        seed.kind,
        body,
        url=archived.capture.url,
        content_type=content_type.decode("latin-1") if content_type else None,
    )


def _validators(known: SeedState | None) -> Validators | None:
    if known is None or not (known.etag or known.last_modified):
        return None
    return Validators(etag=known.etag, last_modified=known.last_modified)
