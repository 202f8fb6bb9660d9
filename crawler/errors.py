"""What can go wrong while fetching.

CrawlError (archive/errors.py)
└── WireFailure               an address was asked for and nothing came that
                              could be kept; says which FetchOutcome it is
IgnoreRequest (Scrapy)
└── Refused                   an address is not asked for; says which
                              FetchOutcome it is
"""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import IgnoreRequest

from archive.errors import CrawlError
from archive.model import FetchOutcome


class WireFailure(CrawlError):
    """No exchange came of an order: what became of it, and one sentence why.

    `record_id` is the record that says so, once there is one.
    """

    record_id: str | None = None

    def __init__(
        self, outcome: FetchOutcome, detail: str, *, until: datetime | None = None
    ) -> None:
        """Name the outcome; the detail never holds credentials.

        `until` is when the host may be asked again, if it has said so.
        """
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
        self.until = until


class Refused(IgnoreRequest):
    """We do not ask for an address; a record says so already."""

    def __init__(
        self,
        outcome: FetchOutcome,
        detail: str,
        record_id: str,
        *,
        until: datetime | None = None,
    ) -> None:
        """Name the outcome, why, and the record that says it; `until` as above."""
        super().__init__(detail)
        self.until = until
        self.outcome = outcome
        self.detail = detail
        self.record_id = record_id
