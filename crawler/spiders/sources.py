"""The spider of `dateline crawl`: looks at the seeds of sources for articles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Response
from typing_extensions import override

from archive import clock, message
from archive.errors import UsageError
from archive.model import (
    Discovery,
    FetchOutcome,
    Role,
    Seed,
    SeedKind,
    Source,
)
from archive.reading import decoded_payload
from crawler.discovery import harvest
from crawler.errands import Errand, archived_of
from crawler.filters import refusal
from crawler.finds import Found, Harvest
from crawler.sources import load_sources
from crawler.spiders.newsspider import NewsSpider
from pipelines.items import Archived

MAX_DEPTH = 3  # sitemap index in a sitemap index


class SourcesSpider(NewsSpider):
    r"""Fetches the seeds of sources, and the articles they name.

    scrapy crawl sources -a file=sources.toml -a only=port-verity,other \
            -s DATELINE_COLLECTION=collection
    """

    name = "sources"

    def __init__(
        self,
        sources: tuple[Source, ...] = (),
        file: str | None = None,
        only: str | None = None,
        limit: int | str | None = None,
        **kwargs: Any,
    ) -> None:
        """Take sources as they are, or from a file; `only` names some of them."""
        super().__init__(**kwargs)
        if file is not None:
            sources = load_sources(Path(file))
        self.sources = choose(sources, tuple(only.split(",")) if only else ())
        self.limit = int(limit) if limit is not None else None

    @override
    async def start(self) -> AsyncIterator[Request]:
        """Ask for every seed of every source."""
        for source in self.sources:
            run = self.session.book.standing(source.id, source.manners, command="crawl")
            for seed in source.seeds:
                discovery = Discovery(
                    url=seed.url,
                    role=Role.SEED,
                    source_id=source.id,
                    run_id=run.id,
                    found_at=clock.now(),
                )
                errand = Errand(discovery=discovery, manners=source.manners)
                yield self._seed_request(source, seed, errand, depth=0)

    async def parse_seed(
        self, response: Response, source: Source, seed: Seed, depth: int
    ) -> AsyncIterator[Request]:
        """Ask for everything a seed names, as far as the source's rules go."""
        archived = archived_of(response)
        if archived.capture.status != 200:
            return
        finds = _finds(archived, seed, response.url)
        tally = self.session.book.tally(archived.discovery.run_id)
        tally.found(len(finds.found))
        if finds.problem is not None:
            await self.note(
                response.request, FetchOutcome.SEED_UNREADABLE, finds.problem
            )
        nested = [
            _discovery(Found(url=one.url), archived, Role.SEED) for one in finds.nested
        ]
        if depth >= MAX_DEPTH:
            detail = f"{MAX_DEPTH} sitemap indexes lie above it"
            await self.pass_over(nested, FetchOutcome.OVER_LIMIT, detail)
            nested = []
        for one in nested:
            yield self._seed_request(
                source,
                Seed(url=one.url, kind=SeedKind.SITEMAP),
                Errand(discovery=one, manners=source.manners),
                depth=depth + 1,
            )
        articles = [_discovery(one, archived, Role.ARTICLE) for one in finds.found]
        for one in await self._wanted(articles, source):
            errand = Errand(discovery=one, manners=source.manners)
            yield self.request(one.url, errand, self.parse_article)

    async def _wanted(self, found: list[Discovery], source: Source) -> list[Discovery]:
        """Leave out what the source's rules or the limit leave out, accounted for."""
        wanted: list[Discovery] = []
        refused: dict[str, list[Discovery]] = {}
        for one in found:
            reason = refusal(one.url, source)
            (wanted if reason is None else refused.setdefault(reason, [])).append(one)
        for reason, ones in refused.items():
            await self.pass_over(ones, FetchOutcome.EXCLUDED, reason)
        if self.limit is not None:
            detail = f"more than the {self.limit} that were asked for"
            await self.pass_over(wanted[self.limit :], FetchOutcome.OVER_LIMIT, detail)
            wanted = wanted[: self.limit]
        return wanted

    def _seed_request(
        self, source: Source, seed: Seed, errand: Errand, *, depth: int
    ) -> Request:
        request = self.request(seed.url, errand, self.parse_seed, priority=10)
        request.cb_kwargs.update(source=source, seed=seed, depth=depth)
        return request


def _finds(archived: Archived, seed: Seed, url: str) -> Harvest:
    try:
        body = decoded_payload(archived.answer)
    except message.MessageError as error:
        return Harvest(problem=str(error))
    content_type = archived.answer.head.first(b"Content-Type")
    return harvest(
        seed.kind,
        body,
        url=url,
        content_type=content_type.decode("latin-1") if content_type else None,
    )


def _discovery(found: Found, archived: Archived, role: Role) -> Discovery:
    return Discovery(
        url=found.url,
        role=role,
        source_id=archived.discovery.source_id,
        run_id=archived.discovery.run_id,
        found_at=archived.capture.date,
        seed_url=archived.capture.url,
        seed_record_id=archived.capture.record_id,
        claimed_title=found.title,
        claimed_date=found.date,
    )


def choose(sources: tuple[Source, ...], only: tuple[str, ...]) -> tuple[Source, ...]:
    """Pick the sources with the given ids; all, if none is given.

    Raises UsageError for an id that is not there.
    """
    if not only:
        return sources
    by_id = {source.id: source for source in sources}
    for name in only:
        if name not in by_id:
            raise UsageError(
                f"no source {name!r}: there are {', '.join(sorted(by_id)) or 'none'}"
            )
    return tuple(by_id[name] for name in only)
