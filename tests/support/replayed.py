"""Small collections of made-up captures, to be replayed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.collection import Collection
from archive.model import (
    Capture,
    Miss,
    Revisit,
    RevisitProfile,
    TextOutcome,
    Truncation,
)
from archive.store import Store
from tests.support.builders import make_exchange, make_order, make_response

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000010000000100802000000909168360000001649"
    "44415478da6338e1a24f126218d530aa61f86a0000105d3b10bea1a75a0000000049454e44ae"
    "426082"
)  # 16 by 16, red


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a server answered, and when."""

    url: str
    body: bytes = b""
    type: str | None = "text/html; charset=utf-8"
    status: str = "200 OK"
    fields: tuple[tuple[str, str], ...] = ()
    at: datetime | None = None
    of: int | None = None  # the answer it is a revisit of, by its number
    not_modified: bool = False
    truncated: Truncation | None = None
    response: bytes | None = None  # whole, in place of all of it


def keep(
    root: Path, answers: Iterable[Answered], misses: Iterable[Miss] = ()
) -> list[Capture]:
    """Make a collection of these answers, or add to it; gives the captures."""
    kept: list[Capture] = []
    with Collection.create(root) as collection:
        store = Store(
            collection,
            settings=[("software", "test")],
            text_outcome=lambda _: TextOutcome.NOT_ARTICLE,
        )
        for one in answers:
            kept.append(store.keep(_order(one, kept)).result(20))
        for miss in misses:
            store.note(miss).result(20)
        store.close()
    return kept


def _order(one: Answered, kept: list[Capture]):
    revisit = None
    if one.of is not None:
        original = kept[one.of]
        revisit = Revisit(
            profile=RevisitProfile.NOT_MODIFIED
            if one.not_modified
            else RevisitProfile.IDENTICAL_PAYLOAD,
            record_id=original.record_id,
            url=original.url,
            date=original.date,
        )
    fields = [*one.fields]
    if one.type is not None:
        fields.insert(0, ("Content-Type", one.type))
    response = one.response or make_response(
        one.body,
        status=one.status.encode("latin-1"),
        fields=b"".join(f"{n}: {v}\r\n".encode("latin-1") for n, v in fields),
    )
    exchange = make_exchange(
        one.url,
        response,
        began_at=one.at,
        truncated=one.truncated,
        request=b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n",
    )
    return make_order(exchange=exchange, revisit=revisit)
