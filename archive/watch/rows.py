"""Between addresses and their rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from archive.clock import parse_warc_date, warc_date
from archive.model import Discovery
from archive.watch.model import Address, AddressState

# What is known of an address when it is found.
FOUND: Final = (
    "key",
    "url",
    "source_id",
    "state",
    "reason",
    "found_at",
    "seed_url",
    "seed_record_id",
    "claimed_title",
    "claimed_date",
    "due_at",
    "step",
    "attempts",
    "gone",
    "asked",
)
# What changes when an address is settled; how it was found stays.
SETTLED: Final = (
    "state",
    "reason",
    "due_at",
    "step",
    "attempts",
    "gone",
    "asked",
    "run_id",
    "last_at",
    "record_id",
    "status",
    "payload_digest",
    "etag",
    "last_modified",
)


def found_row(
    key: str,
    found: Discovery,
    state: AddressState,
    reason: str,
    due_at: datetime | None,
) -> dict[str, Any]:
    """Make the row of an address that nobody has asked for yet."""
    return {
        "key": key,
        "url": storable(found.url),
        "source_id": found.source_id,
        "state": state.value,
        "reason": storable(reason),
        "found_at": warc_date(found.found_at),
        "seed_url": storable(found.seed_url),
        "seed_record_id": found.seed_record_id,
        "claimed_title": storable(found.claimed_title),
        "claimed_date": storable(found.claimed_date),
        "due_at": _text(due_at),
        "step": 0,
        "attempts": 0,
        "gone": 0,
        "asked": 0,
    }


def settled_row(address: Address) -> dict[str, Any]:
    """Make what changes of the row of an address when it is settled."""
    return {
        "state": address.state.value,
        "reason": storable(address.reason),
        "due_at": _text(address.due_at),
        "step": address.step,
        "attempts": address.attempts,
        "gone": address.gone,
        "asked": int(address.last_at is not None),
        "run_id": address.run_id,
        "last_at": _text(address.last_at),
        "record_id": address.record_id,
        "status": address.status,
        "payload_digest": address.payload_digest,
        "etag": address.etag,
        "last_modified": address.last_modified,
    }


def address_of(row: Mapping[Any, Any]) -> Address:
    """Read the row of an address."""
    return Address(
        key=row["key"],
        url=row["url"],
        source_id=row["source_id"],
        state=AddressState(row["state"]),
        reason=row["reason"],
        found_at=parse_warc_date(row["found_at"]),
        seed_url=row["seed_url"],
        seed_record_id=row["seed_record_id"],
        claimed_title=row["claimed_title"],
        claimed_date=row["claimed_date"],
        due_at=_date(row["due_at"]),
        step=row["step"],
        attempts=row["attempts"],
        gone=row["gone"],
        run_id=row["run_id"],
        last_at=_date(row["last_at"]),
        record_id=row["record_id"],
        status=row["status"],
        payload_digest=row["payload_digest"],
        etag=row["etag"],
        last_modified=row["last_modified"],
    )


def storable(words: str | None) -> str | None:
    """Escape lone surrogates, as JSON can bring them: no database takes them."""
    if words is None or words.isascii():
        return words
    return words.encode("utf-8", "backslashreplace").decode("utf-8")


def _text(date: datetime | None) -> str | None:
    return warc_date(date) if date is not None else None


def _date(text: str | None) -> datetime | None:
    return parse_warc_date(text) if text else None
