"""A Scrapy process around one spider, from the first repair to the last file [I/O]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.collection import Collection
from archive.model import Capture, Finding, Miss, Run
from crawler import settings as our_settings
from crawler.session import COLLECTION, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who is told of what happens, once it is on disk."""

    on_capture: Callable[[Capture], None]
    on_miss: Callable[[Miss], None]
    on_run: Callable[[Run], None]
    on_repair: Callable[[Finding], None]


def crawl(
    root: Path,
    spider: type[Spider],
    told: Told,
    *,
    warm: bool = True,
    handles_signals: bool = True,
    debug: bool = False,
    **arguments: Any,
) -> None:
    """Run a spider to its end, into the collection in `root`, made if it is not there.

    `warm` is for more than a few pages (pipelines.pool); with `handles_signals`
    Scrapy ends the crawl on SIGINT and SIGTERM, else the spider sees to it.
    Raises StorageError where the disk refused, CollectionError.
    """
    settings = Settings()
    settings.setmodule(our_settings, priority="project")
    if debug:
        settings.set("LOG_LEVEL", "DEBUG", priority="cmdline")
    session = Session(
        Collection.create(root),
        user_agent=str(settings["USER_AGENT"]),
        product_token=str(settings["ROBOTS_TOKEN"]),
        warm=warm,
        on_capture=told.on_capture,
        on_miss=told.on_miss,
        on_run=told.on_run,
    )
    for repair in session.repairs:
        told.on_repair(repair)
    settings.set(COLLECTION, str(root), priority="cmdline")
    try:
        process = AsyncCrawlerProcess(settings)
        process.crawl(spider, **arguments)
        process.start(install_signal_handlers=handles_signals)
    finally:
        session.close()
