"""The items of the chain. Each holds strictly more than the one before.

No field is None because a step has not run yet: the type says which steps
have run. What is no article (robots.txt, feeds, redirects, errors, images)
stops at `Archived`.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.events import Answer
from archive.model import Capture, Discovery, Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An exchange, and how its address was found."""

    discovery: Discovery
    exchange: Exchange
    redirect_from: str | None = None  # record id of the hop before
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived(Fetched):
    """An exchange that is on disk."""

    answer: Answer
    capture: Capture
