"""What can go wrong while fetching.

CrawlError (archive/errors.py)
└── WireFailure               an address was asked for and nothing came that
                              could be kept; says which FetchOutcome it is
IgnoreRequest (Scrapy)
└── Refused                   an address is not asked for; says which
                              FetchOutcome it is
"""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

from archive.errors import CrawlError
from archive.model import FetchOutcome


class WireFailure(CrawlError):
    """No exchange came of an order: what became of it, and one sentence why.

    `record_id` is the record that says so, once there is one.
    """

    record_id: str | None = None

    def __init__(self, outcome: FetchOutcome, detail: str) -> None:
        """Name the outcome; the detail never holds credentials."""
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail


class Refused(IgnoreRequest):
    """We do not ask for an address; a record says so already."""

    def __init__(self, outcome: FetchOutcome, detail: str, record_id: str) -> None:
        """Name the outcome, why, and the record that says it."""
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail
        self.record_id = record_id
