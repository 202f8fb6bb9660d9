"""What a run has done so far, counted. Read by the progress line and the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archive.model import Capture, FetchOutcome, Role, TextOutcome


@dataclass(slots=True)
class Tally:
    """Counts of one run. Only the event loop changes it."""

    counts: Counter[str] = field(default_factory=Counter)

    def captured(self, capture: Capture, block_length: int) -> None:
        """Count a capture that is on disk."""
        self.counts["captures"] += 1
        self.counts["bytes"] += block_length
        if capture.revisit is not None:
            self.counts["revisits"] += 1
        if capture.truncated is not None:
            self.counts["truncated"] += 1
        if (
            capture.discovery.role in (Role.ARTICLE, Role.SEED)
            and capture.status >= 400
        ):
            self.counts["error-answers"] += 1

    def missed(self, outcome: FetchOutcome) -> None:
        """Count an address that gave no capture; what was left out on purpose apart."""
        on_purpose = outcome in (FetchOutcome.EXCLUDED, FetchOutcome.OVER_LIMIT)
        self.counts["left-out" if on_purpose else "misses"] += 1
        self.counts[f"miss-{outcome.value}"] += 1

    def found(self, number: int) -> None:
        """Count addresses that a seed named."""
        self.counts["found"] += number

    def passed_over(self, reason: str) -> None:
        """Count an address that the source's own rules leave out."""
        self.counts[f"passed-over-{reason}"] += 1

    def text(self, outcome: TextOutcome) -> None:
        """Count what became of a text."""
        if outcome is TextOutcome.TEXT:
            self.counts["texts"] += 1
        elif outcome not in (TextOutcome.NOT_ARTICLE, TextOutcome.UNCHANGED):
            self.counts["no-text"] += 1
            self.counts[f"text-{outcome.value}"] += 1

    def as_pairs(self) -> tuple[tuple[str, int], ...]:
        """Give the counts in order of their names, as a run keeps them."""
        return tuple(sorted(self.counts.items()))
