"""How finds get into the frontier: what is known is noticed, what is new is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Connection,
    bindparam,
    exists,
    insert,
    literal_column,
    select,
    update,
)

from archive.clock import warc_date
from archive.model import Discovery
from archive.watch import schema
from archive.watch.model import AddressState
from archive.watch.rows import FOUND, found_row

_CHUNK: Final = 500  # keys in one question
_NEW: Final = "found, and not asked for yet"
_AGAIN: Final = "asked for again by hand"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """How a key stands that is known already."""

    is_left_out: bool
    same_as: str | None  # the key that stands for it


_WANTED: Final = Known(is_left_out=False, same_as=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How finds are entered: as due, or left out for a reason."""

    now: datetime
    reason: str | None
    again: bool

    def concerns(self, known: Known | None) -> bool:
        """Whether there is something to write."""
        return known is None or self.again or self._is_reopened(known)

    def _is_reopened(self, known: Known) -> bool:
        """Whether an address that was left out is wanted now."""
        is_left_out = known.is_left_out and known.same_as is None
        return is_left_out and self.reason is None

    def write(
        self, connection: Connection, found: dict[str, Discovery]
    ) -> list[Discovery]:
        """Write what is still to be written; gives what was new."""
        known = known_of(connection, found)
        due_at = self.now if self.reason is None else None
        state = AddressState.FOUND if due_at is None else AddressState.DUE
        reason = _NEW if self.reason is None else self.reason
        inserted: dict[str, dict[str, Any]] = {}
        reopened: dict[str, dict[str, Any]] = {}
        asked_again: list[str] = []
        for key, one in found.items():
            seen = known.get(key)
            if seen is None:
                inserted[key] = found_row(key, one, state, reason, due_at)
            elif self._is_reopened(seen):
                row = found_row(key, one, state, reason, due_at)
                reopened[key] = {"of": row.pop("key"), **row}
            elif self.again:
                asked_again.append(seen.same_as or key)
        if inserted:
            connection.execute(_INSERT, list(inserted.values()))
        if reopened:
            connection.execute(_REOPEN, list(reopened.values()))
        if asked_again:
            now = warc_date(self.now)
            connection.execute(_AGAIN_DUE, [{"of": k, "now": now} for k in asked_again])
        return [one for key, one in found.items() if key in inserted or key in reopened]


def known_of(connection: Connection, keys: Iterable[str]) -> dict[str, Known]:
    """Tell of each known key how it stands."""
    keys = list(keys)
    left_out = {
        key: bool(is_left_out)
        for key, is_left_out in connection.execute(_KNOWN, {"keys": keys})
    }
    # Only what is not known, or not to be fetched, can be an alias.
    odd = [key for key in keys if left_out.get(key, True)]
    same = dict(connection.execute(_SAME, {"keys": odd}).all()) if odd else {}
    known = dict.fromkeys(left_out, _WANTED)
    for key in odd:
        if key in left_out or key in same:
            known[key] = Known(is_left_out=key in left_out, same_as=same.get(key))
    return known


def chunks(values: Iterable[_T]) -> Iterator[list[_T]]:
    """Cut what may be long into what one question takes."""
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


_addresses, _aliases = schema.addresses.c, schema.aliases.c
_other = schema.addresses.alias("other")
_KNOWN: Final = select(
    _addresses.key,
    # As a range: an equal key would be looked for in the index that all are in, and
    # its row then read. And written out: a partial index serves no parameter.
    exists().where(
        _other.c.key.between(_addresses.key, _addresses.key),
        _other.c.state == literal_column(f"'{AddressState.FOUND}'"),
    ),
).where(_addresses.key.in_(bindparam("keys", expanding=True)))
_SAME: Final = select(_aliases.key, _aliases.same_as).where(
    _aliases.key.in_(bindparam("keys", expanding=True))
)
_INSERT: Final = insert(schema.addresses)
_REOPEN: Final = (
    update(schema.addresses)
    .where(_addresses.key == bindparam("of"))
    .values({name: bindparam(name) for name in FOUND if name != "key"})
)
_AGAIN_DUE: Final = (
    update(schema.addresses)
    .where(
        _addresses.key == bindparam("of"),
        _addresses.state != AddressState.FETCHING.value,
    )
    .values(
        state=AddressState.DUE.value,
        due_at=bindparam("now"),
        attempts=0,
        reason=_AGAIN,
    )
)
