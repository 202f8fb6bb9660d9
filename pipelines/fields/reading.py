"""What the readers of fields give: a value, and the claims it was chosen from. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from archive.model import Claim

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[T]):
    """The value of one field or of a few that belong together, and its evidence."""

    value: T
    claims: tuple[Claim, ...]  # all that were looked at, the chosen ones marked


def mark(claims: Iterable[Claim], *chosen: Claim) -> tuple[Claim, ...]:
    """Mark the claims that were chosen; equal claims are given once."""
    wanted = set(chosen)
    return tuple(
        replace(claim, is_chosen=True) if claim in wanted else claim
        for claim in dict.fromkeys(claims)
    )
