"""Every address that was ever found, and what is to become of it [I/O].

Durable: what a method has returned is on disk, and a kill leaves at most addresses
that a run has in work. A look at what is known never writes: nine polls in ten
bring nothing new. The states themselves are computed by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from archive.clock import parse_warc_date, warc_date
from archive.identity import identity
from archive.model import Discovery
from archive.watch import schema, turns
from archive.watch.aliases import (
    ALIASES_OF,
    GET,
    ITSELF,
    Alias,
    join,
    may_be_one,
    resolved,
)
from archive.watch.database import WatchDatabase
from archive.watch.entering import Entry, chunks, known_of
from archive.watch.model import Address, AddressState
from archive.watch.rows import address_of, settled_row

_addresses = schema.addresses.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a source has due."""

    source_id: str
    count: int
    earliest: datetime


class Frontier:
    """The addresses of one collection.

    Any number of threads and processes may use one file. Every method raises
    StorageError, or CollectionError for a damaged file.
    """

    def __init__(self, database: WatchDatabase) -> None:
        """Keep addresses in `database`."""
        self._database = database

    # ------------------------------------------------------------ what is found

    def enter(
        self, found: Iterable[Discovery], *, now: datetime, again: bool = False
    ) -> tuple[Discovery, ...]:
        """Enter what a seed names, due now; gives what was new, in order.

        An address left out before counts as new. With `again`, what is known
        already is due now too, unless it is in work.
        """
        return self._enter(found, now=now, reason=None, again=again)

    def leave_out(
        self, found: Iterable[Discovery], reason: str, *, now: datetime
    ) -> tuple[Discovery, ...]:
        """Enter what is not to be fetched, and why; gives what was new, in order."""
        return self._enter(found, now=now, reason=reason, again=False)

    def _enter(
        self,
        found: Iterable[Discovery],
        *,
        now: datetime,
        reason: str | None,
        again: bool,
    ) -> tuple[Discovery, ...]:
        entry = Entry(now=now, reason=reason, again=again)
        wanted: dict[str, Discovery] = {}
        for chunk in chunks(found):
            by_key: dict[str, Discovery] = {}
            for one in chunk:
                by_key.setdefault(identity(one.url), one)
            with self._database.reading() as connection:
                known = known_of(connection, by_key)
            wanted |= {
                key: one
                for key, one in by_key.items()
                if key not in wanted and entry.concerns(known.get(key))
            }
        if not wanted:
            return ()
        with self._database.writing() as connection:
            new = [
                one
                for chunk in chunks(wanted.items())
                for one in entry.write(connection, dict(chunk))
            ]
        return tuple(new)

    # ------------------------------------------------------------ work

    def take(
        self, source_id: str, run_id: str, *, now: datetime, limit: int
    ) -> tuple[Address, ...]:
        """Give what a source has due to a run, and to nobody else.

        What was never asked for comes first, then what waits longest.
        """
        due_at = self.next_due(source_id) if limit > 0 else None
        if due_at is None or due_at > now:
            return ()
        asked = {"source": source_id, "now": warc_date(now), "limit": limit}
        with self._database.writing() as connection:
            rows = connection.execute(turns.TURN, asked).mappings().all()
            taken = [
                {
                    **row,
                    "state": AddressState.FETCHING,
                    "due_at": None,
                    "run_id": run_id,
                }
                for row in rows
            ]
            if taken:
                connection.execute(
                    turns.TAKE, [{"number": row["id"], "run": run_id} for row in taken]
                )
        return tuple(address_of(row) for row in taken)

    def settle(self, address: Address) -> bool:
        """Store what became of an address; whether it was this one's to store."""
        return self.settle_many((address,)) == 1

    def settle_many(self, addresses: Iterable[Address]) -> int:
        """Store what became of addresses, in one transaction; gives how many.

        One that another run has taken meanwhile, or that turned out to be
        another one's article, stays as it is.
        """
        rows = [
            {"of": address.key, "by": address.run_id, **settled_row(address)}
            for address in addresses
        ]
        if len(rows) == 1:  # without a transaction around it: it costs a third
            with self._database.looking_up() as connection:
                return int(connection.execute(turns.SETTLE, rows[0]).rowcount)
        with self._database.writing() as connection:
            return sum(connection.execute(turns.SETTLE, row).rowcount for row in rows)

    def release(self, run_id: str, *, now: datetime) -> int:
        """Make what a run has taken and not settled due again; gives how many."""
        with self._database.looking_up() as connection:
            if connection.execute(turns.IS_IN_WORK, {"run": run_id}).scalar() is None:
                return 0
            values = {
                "run": run_id,
                "due_at": warc_date(now),
                "reason": f"given back: run {run_id} ended before it was asked for",
            }
            return int(connection.execute(turns.RELEASE, values).rowcount)

    def in_work(self) -> dict[str, int]:
        """Count what each run has taken and not settled."""
        with self._database.looking_up() as connection:
            return dict(connection.execute(turns.RUNS_IN_WORK).all())

    def taken_by(self, run_id: str) -> tuple[Address, ...]:
        """Give what a run has taken and not settled."""
        with self._database.looking_up() as connection:
            rows = connection.execute(turns.IN_WORK, {"run": run_id}).mappings()
            return tuple(address_of(row) for row in rows)

    def alias(self, url: str, canonical_url: str, evidence: str) -> bool:
        """Take the word of a page that it is the same as another address.

        Only of one site, and never that an article is a front page. The one that
        was found first stays, the other leads to it; `evidence` is the capture
        that says so. Gives whether anything changed.
        """
        said = {identity(url): url, identity(canonical_url): canonical_url}
        if len(said) < 2 or not may_be_one(*said):
            return False
        with self._database.looking_up() as connection:
            if len({resolved(connection, key) for key in said}) < 2:
                return False
        with self._database.writing() as connection:
            return join(connection, said, evidence)

    # ------------------------------------------------------------ questions

    def get(self, url: str) -> Address | None:
        """Find the address of an article, under whichever of its addresses."""
        with self._database.looking_up() as connection:
            row = connection.execute(GET, {"key": identity(url)}).mappings().first()
        return address_of(row) if row is not None else None

    def found_as(self, key: str) -> Address | None:
        """Give what is known of a key itself, whichever address stands for it."""
        with self._database.looking_up() as connection:
            row = connection.execute(ITSELF, {"key": key}).mappings().first()
        return address_of(row) if row is not None else None

    def aliases(self, key: str) -> tuple[Alias, ...]:
        """Give the other addresses of the article with a key."""
        with self._database.looking_up() as connection:
            rows = connection.execute(ALIASES_OF, {"key": key})
            return tuple(Alias(key=k, url=u, evidence=e) for k, u, e in rows)

    def next_due(self, source_id: str) -> datetime | None:
        """Tell when a source has something due; it may be in the past."""
        with self._database.looking_up() as connection:
            due_at = connection.execute(turns.NEXT_DUE, {"source": source_id}).scalar()
        return parse_warc_date(due_at) if due_at else None

    def due(self, now: datetime) -> tuple[Waiting, ...]:
        """Tell for each source that has something due how much, and since when."""
        with self._database.looking_up() as connection:
            rows = connection.execute(turns.DUE, {"now": warc_date(now)}).all()
        return tuple(
            Waiting(source_id=name, count=count, earliest=parse_warc_date(earliest))
            for name, count, earliest in rows
        )

    def counts(self, source_id: str | None = None) -> dict[AddressState, int]:
        """Count the addresses in each state, of one source or of all."""
        question = select(_addresses.state, func.count()).group_by(_addresses.state)
        if source_id is not None:
            question = question.where(_addresses.source_id == source_id)
        with self._database.looking_up() as connection:
            return {AddressState(s): n for s, n in connection.execute(question)}

    def addresses(
        self,
        *,
        source_id: str | None = None,
        state: AddressState | None = None,
        limit: int | None = None,
    ) -> Iterator[Address]:
        """List addresses: by source, in the order of their turn; else as found."""
        question = select(schema.addresses).limit(limit)
        if state is not None:
            question = question.where(_addresses.state == state.value)
        if source_id is None:
            question = question.order_by(_addresses.id)
        else:
            question = question.where(_addresses.source_id == source_id).order_by(
                _addresses.state, _addresses.asked, _addresses.due_at, _addresses.id
            )
        with self._database.reading() as connection:
            for row in connection.execute(question).mappings():
                yield address_of(row)
