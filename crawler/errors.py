"""What can go wrong while fetching.

CrawlError (archive/errors.py)
└── WireFailure               an address was asked for and nothing came that
                              could be kept; says which FetchOutcome it is
"""

from __future__ import annotations

from archive.errors import CrawlError
from archive.model import FetchOutcome


class WireFailure(CrawlError):
    """No exchange came of an order: what became of it, and one sentence why."""

    def __init__(self, outcome: FetchOutcome, detail: str) -> None:
        """Name the outcome; the detail never holds credentials."""
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
