"""What one process works with while it crawls: collection, store, extractors [I/O].

A session is opened before the first request and closed after the last item.
The command opens one and hands it to Scrapy in the settings; `scrapy crawl`,
which knows nothing of it, gets one made from the settings.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self

from scrapy import signals
from scrapy.crawler import Crawler

from archive import clock
from archive.collection import Collection
from archive.digests import sha256_label
from archive.errors import DatelineError, UsageError
from archive.model import (
    Article,
    Capture,
    Discovery,
    Finding,
    Manners,
    Miss,
    Role,
    Run,
    Source,
)
from archive.recovery import recover
from archive.search.hooks import AT_AN_END, make_searchable
from archive.store import Store
from archive.watch.database import WatchDatabase
from archive.watch.frontier import Frontier
from archive.watch.hosts import HostMemory
from crawler.errands import Errand
from crawler.leftovers import settle_leftovers
from crawler.manners import HostManners
from crawler.processlocks import ProcessLocks
from crawler.robotscache import RobotsCache
from crawler.runs import RunBook
from crawler.twins import TextTwins
from pipelines.derive import Deriver
from pipelines.items import Archived, Fetched
from pipelines.keeping import Keeper
from pipelines.pool import ExtractionPool
from pipelines.texts import TextLedger, outcome_at_once, page_from

COLLECTION: Final = "DATELINE_COLLECTION"


class Session:
    """The collection of a process, open for writing.

    Attributes:
        collection: where everything goes.
        watch: what is remembered of addresses, hosts and ticks.
        manners: when a host may be asked.
        robots: what robots.txt says.
        twins: which texts several pages have.
        book: the runs of this process and their counts.
        failure: what ended the session early, if anything did.
        repairs: what was found and mended at the start.
    """

    def __init__(
        self,
        collection: Collection,
        *,
        user_agent: str,
        product_token: str = "dateline",  # noqa: S107 (RFC 9309, 2.2.1)
        workers: int | None = None,
        warm: bool = True,
        on_capture: Callable[[Capture], None] = lambda _capture: None,
        on_miss: Callable[[Miss], None] = lambda _miss: None,
        on_run: Callable[[Run], None] = lambda _run: None,
    ) -> None:
        """Mend what the last process left, and begin to take exchanges.

        `workers` extract texts, one for each core if None; `warm` is for more
        than a few pages (pipelines.pool).
        """
        self._pool = ExtractionPool(workers, warm=warm)
        self._pool.prepare()
        self.collection = collection
        self.watch = WatchDatabase(collection.root)
        memory = HostMemory(self.watch)
        self._locks = ProcessLocks(collection.root)
        self.manners = HostManners(memory, self._locks)
        self.robots = RobotsCache(memory, product_token)
        self.twins = TextTwins()
        self.failure: DatelineError | None = None
        self._crawlers: set[Crawler] = set()
        self.repairs: list[Finding] = recover(collection, outcome_at_once)
        self._on_capture = on_capture
        self._on_miss = on_miss
        self._deriver = Deriver(collection, self._pool)
        self._ledger = TextLedger(
            collection.catalogue, lambda: self._pool.info, self._deriver.publish_ready
        )
        self._store = Store(
            collection,
            settings=software_settings(collection, user_agent),
            text_outcome=outcome_at_once,
            on_published=self._deriver.published,
        )
        self._keeper = Keeper(self._store, collection.catalogue)
        self.book = RunBook(self._store, self._locks, on_run)
        self._closing: list[asyncio.Future[None]] = []
        _open_sessions[collection.root.resolve()] = self

    @classmethod
    def open(cls, root: Path, *, user_agent: str, product_token: str) -> Self:
        """Open a session on a collection, made if it is not there."""
        return cls(
            Collection.create(root), user_agent=user_agent, product_token=product_token
        )

    async def keep(self, fetched: Fetched) -> Archived:
        """Keep an exchange; returns when it is on disk. Raises StorageError."""
        try:
            archived = await self._keeper.keep(fetched)
        except DatelineError as error:
            self.fail(error)
            raise
        tally = self.book.tally(fetched.discovery.run_id)
        tally.captured(archived.capture, len(fetched.exchange.response))
        self._on_capture(archived.capture)
        return archived

    async def miss(self, miss: Miss) -> None:
        """Keep the fact that an address gave no capture. Raises StorageError."""
        try:
            await self._keeper.note(miss)
        except DatelineError as error:
            self.fail(error)
            raise
        self.book.tally(miss.discovery.run_id).missed(miss.outcome)
        self._on_miss(miss)

    async def extract(self, archived: Archived) -> Article | None:
        """Extract the text of a capture, and enter what became of it."""
        capture = archived.capture
        tally = self.book.tally(capture.discovery.run_id)
        known = outcome_at_once(capture)
        if known is not None:
            tally.text(known)
            return None
        page = page_from(capture, archived.answer)
        extraction = await asyncio.wrap_future(self._pool.submit(page))
        tally.text(extraction.outcome)
        try:
            return self._ledger.add(capture, extraction)
        except DatelineError as error:
            self.fail(error)
            raise

    def settle_leftovers(self, sources: Iterable[Source]) -> None:
        """Settle the addresses that runs which were killed had in work.

        What was kept of them counts as fetched, by the rechecks of `sources`.
        Raises StorageError.
        """
        settle_leftovers(
            self.collection,
            Frontier(self.watch),
            {source.id: source.rechecks for source in sources},
            clock.now(),
            is_alive=self.book.is_alive,
        )

    def unasked(self, url: str) -> Errand:
        """Make the errand of a request that nobody gave one, as other spiders do."""
        run = self.book.standing("scrapy", Manners(), command="scrapy crawl")
        discovery = Discovery(
            url=url,
            role=Role.ARTICLE,
            source_id=run.source_id,
            run_id=run.id,
            found_at=clock.now(),
        )
        return Errand(discovery=discovery, manners=Manners())

    def fail(self, error: DatelineError) -> None:
        """End the session early: the first failure counts, and stops the crawl."""
        if self.failure is None:
            self.failure = error
            for crawler in self._crawlers:
                if crawler.crawling and crawler.engine is not None:
                    closing = crawler.engine.close_spider_async(reason="storage")
                    self._closing.append(asyncio.ensure_future(closing))

    def stops_with(self, crawler: Crawler) -> None:
        """Stop that crawler too if the session fails."""
        self._crawlers.add(crawler)

    def close(self) -> None:
        """Write the reports, publish the files, bring text, index and search level.

        Raises the failure that ended the session early, after closing all that
        can be closed.
        """
        _open_sessions.pop(self.collection.root.resolve(), None)
        steps: list[Callable[[], object]] = [
            self.book.close,
            self._store.close,
            self._ledger.close,
            self._deriver.bring_level,
            lambda: make_searchable(self.collection, at_most=AT_AN_END),
            self._pool.close,
            self._locks.close,
            self.watch.close,
            self.collection.close,
        ]
        for step in steps:
            try:
                step()
            except DatelineError as error:
                self.failure = self.failure or error
        if self.failure is not None:
            raise self.failure


def session_of(crawler: Crawler) -> Session:
    """Give the session of this process for the collection that the settings name.

    The command has opened one before; under `scrapy crawl` it is opened here,
    and closed when the engine stops. Raises UsageError if none is named.
    """
    name = crawler.settings.get(COLLECTION)
    if not name:
        raise UsageError(
            f"no collection: say -s {COLLECTION}=DIR, or use `dateline crawl`"
        )
    root = Path(name).resolve()
    session = _open_sessions.get(root)
    if session is None:
        session = Session.open(
            root,
            user_agent=str(crawler.settings["USER_AGENT"]),
            product_token=str(crawler.settings["ROBOTS_TOKEN"]),
        )
        crawler.signals.connect(
            session.close, signal=signals.engine_stopped, weak=False
        )
    session.stops_with(crawler)
    return session


def software_settings(
    collection: Collection, user_agent: str
) -> tuple[tuple[str, str], ...]:
    """Say what stands in each file's warcinfo record (WARC/1.1, 6.2)."""
    software = " ".join(
        f"{name}/{version(name)}"
        for name in ("dateline", "scrapy", "twisted", "warcio", "trafilatura")
    )
    settings = (
        ("software", f"{software} python/{platform.python_version()}"),
        ("format", "WARC File Format 1.1"),
        (
            "conformsTo",
            "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        ),
        ("isPartOf", f"urn:uuid:{collection.id}"),
        (
            "robots",
            "RFC 9309, unreachable means disallow; exceptions in the run records",
        ),
        ("http-header-user-agent", user_agent),
        ("dateline-tls", "certificates verified; exceptions in the run records"),
        ("dateline-private-addresses", "refused; exceptions in the run records"),
    )
    digest = sha256_label("\n".join(f"{n}: {v}" for n, v in settings).encode("utf-8"))
    return (*settings, ("dateline-settings-digest", digest))


# One session for a collection and process. Scrapy copies its settings deeply, so
# the session can't travel in them.
_open_sessions: dict[Path, Session] = {}
