"""One address, fetched by Scrapy's engine: manners, redirects, retries and all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from archive import clock
from archive.errors import DatelineError, told
from archive.model import FetchOutcome, Miss
from archive.warc.records import new_record_id
from crawler.errands import Errand, archived_of, send
from crawler.errors import Refused, WireFailure
from crawler.session import Session
from pipelines.items import Archived


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a conditional request asks by (RFC 9110, 13.1)."""

    etag: bytes | None = None  # the server's, weak or strong, as it was sent
    last_modified: bytes | None = None  # the server's

    def fields(self) -> dict[str, bytes]:
        """Give the header fields of the request."""
        fields = {
            "If-None-Match": self.etag,
            "If-Modified-Since": self.last_modified,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An address that gave no capture; a record says so already."""

    outcome: FetchOutcome
    detail: str
    record_id: str
    until: datetime | None = None  # when its host may be asked again, if it said so


class Fetcher:
    """Fetches for coroutines; Scrapy's own scheduler is left out."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        """Fetch through the engine of `crawler`, keep in `session`."""
        self._crawler = crawler
        self._session = session

    async def fetch(
        self, url: str, errand: Errand, validators: Validators | None = None
    ) -> Archived | Missed:
        """Give what was kept, or why nothing came; both are on disk by then.

        Raises StorageError if the disk refuses; the session ends the crawl then.
        """
        got = await self._fetch(url, errand, validators)
        if (
            validators is not None
            and isinstance(got, Archived)
            and got.capture.status == 304
            and got.capture.revisit is None
        ):
            # It speaks of an answer that is not held under this address, after a
            # redirect that has changed, say: ask for the page itself.
            got = await self._fetch(url, errand, None)
        return got

    async def _fetch(
        self, url: str, errand: Errand, validators: Validators | None
    ) -> Archived | Missed:
        request = Request(url, headers=validators.fields() if validators else None)
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(send(request, errand))
        except (WireFailure, Refused) as failure:
            if failure.record_id is not None:
                return Missed(
                    outcome=failure.outcome,
                    detail=failure.detail,
                    record_id=failure.record_id,
                    until=failure.until,
                )
            return await self._missed(url, errand, failure.outcome, failure.detail)
        except IgnoreRequest as ignored:  # by Scrapy's redirect middleware
            return await self._missed(
                url, errand, FetchOutcome.TOO_MANY_REDIRECTS, str(ignored)
            )
        except DatelineError:
            raise
        except Exception as error:  # noqa: BLE001 (one bad page must not end a crawl)
            return await self._missed(url, errand, FetchOutcome.FAILED, told(error))
        return archived_of(response)

    async def _missed(
        self, url: str, errand: Errand, outcome: FetchOutcome, detail: str
    ) -> Missed:
        record_id = new_record_id()
        await self._session.miss(
            Miss(
                record_id=record_id,
                date=clock.now(),
                outcome=outcome,
                detail=detail,
                url=url,
                discovery=errand.discovery,
            )
        )
        return Missed(outcome=outcome, detail=detail, record_id=record_id)
