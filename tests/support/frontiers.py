"""Addresses that are found for a frontier, taken from it and settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.model import Discovery, Role
from archive.watch.frontier import Frontier
from archive.watch.model import Address, AddressState

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def found(
    name: object, source_id: str = "example", *, at: datetime = NOON, title: str = ""
) -> Discovery:
    url = name if isinstance(name, str) else f"https://news.example/2026/story-{name}"
    return Discovery(
        url=url,
        role=Role.ARTICLE,
        source_id=source_id,
        run_id="run-0",
        found_at=at,
        seed_url="https://news.example/feed.xml",
        seed_record_id="<urn:uuid:feed>",
        claimed_title=title or None,
        claimed_date="Sun, 22 Nov 2026 11:00:00 GMT",
    )


def take(frontier: Frontier, limit: int = 100, **values) -> tuple[Address, ...]:
    dull = {"source_id": "example", "run_id": "run-1", "now": NOON}
    chosen = {**dull, **values}
    return frontier.take(
        chosen["source_id"], chosen["run_id"], now=chosen["now"], limit=limit
    )


def names(addresses) -> list[str]:
    return [address.url.rpartition("-")[2] for address in addresses]


def fetched(address: Address, due_at: datetime | None = None, **values) -> Address:
    """Settle an address as captured."""
    return replace(
        address,
        state=AddressState.FETCHED if due_at is None else AddressState.DUE,
        reason="status 200",
        due_at=due_at,
        step=address.step + 1,
        last_at=NOON,
        **values,
    )
