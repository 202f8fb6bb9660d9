"""An article that is asked for at some ages, and what comes of it each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.identity import identity
from archive.message import Head, parse_response_head
from archive.model import Capture, FetchOutcome, Locator
from archive.watch.model import Address, AddressState
from crawler.outlook import after_capture, after_miss
from tests.support.builders import make_discovery

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LADDER = (3600.0, 6 * 3600.0, 86_400.0, 7 * 86_400.0, 30 * 86_400.0)
URL = "https://news.example/politics/2026/a-headline"
MISS = "<urn:uuid:00000000-0000-4000-8000-00000000000f>"


def address(**values) -> Address:
    dull = {
        "key": identity(URL),
        "url": URL,
        "source_id": "example",
        "state": AddressState.FETCHING,
        "reason": "",
        "found_at": NOON,
        "run_id": "run-1",
    }
    return Address(**{**dull, **values})


def capture(at: datetime, status: int = 200, **values) -> Capture:
    dull = {
        "record_id": f"<urn:uuid:{at:%Y%m%d%H%M%S}>",
        "url": URL,
        "date": at,
        "status": status,
        "media_type": "text/html",
        "block_digest": "sha256:00",
        "payload_digest": f"sha256:{at:%H%M%S}",
        "payload_length": 1000,
        "transfer_coded": False,
        "locator": Locator(path="warc/a.warc.gz", offset=0, length=1),
        "discovery": make_discovery(URL),
    }
    return Capture(**{**dull, **values})


def head(status: int = 200, **fields: str) -> Head:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return parse_response_head(
        "\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode("latin-1")
    )


def look(known: Address, age: timedelta, status: int = 200, **values) -> Address:
    """Answer an address at an age, and give it to a run again."""
    at = known.found_at + age
    fields = values.pop("fields", {})
    options = {k: values.pop(k) for k in ("text_changed", "is_live") if k in values}
    return after_capture(
        replace(known, state=AddressState.FETCHING, due_at=None),
        capture(at, status, **values),
        head(status, **fields),
        LADDER,
        at,
        **options,
    )


def due(known: Address) -> datetime:
    assert known.due_at is not None
    return known.due_at


def held(**values) -> Address:
    """An article that was captured five minutes after it was found."""
    fields = {"ETag": '"v1"', "Last_Modified": "Sun, 22 Nov 2026 11:00:00 GMT"}
    return replace(look(address(), 5 * MINUTE, fields=fields), **values)


def miss(
    known: Address, outcome: FetchOutcome, at: datetime, detail: str = "no route"
) -> Address:
    return after_miss(known, outcome, detail, MISS, LADDER, at)
