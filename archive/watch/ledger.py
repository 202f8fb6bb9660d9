"""The ledger of planned runs: each tick has a row, and one outcome [I/O].

Two processes never begin the same tick, nor two runs of a source: the row of the
source says up to where its ticks are in the ledger, is moved on in the same
transaction, and only from where the writer believes it to be; unique indexes hold
the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from archive.clock import parse_warc_date, warc_date
from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.ledgerrows import (
    Ending,
    Row,
    SourceState,
    bound_state,
    ending_row,
    settled_row,
    state_of,
    state_row,
    text_of,
    tick_of,
    tick_row,
)
from archive.watch.model import Tick, TickOutcome
from archive.watch.statements import put

_SHIFTS: Final = 1000


class Ledger:
    """Writes rows of ticks, and the state of each source. Methods raise StorageError.

    Each is one short transaction, or none.
    """

    def __init__(self, database: WatchDatabase) -> None:
        """Write to `database`."""
        self._database = database

    # ------------------------------------------------------------ sources

    def states(self) -> dict[str, SourceState]:
        """Give what is known of every source, removed ones too."""
        with self._database.reading() as connection:
            rows = connection.execute(_STATES).all()
        return {row[0]: state_of(row) for row in rows}

    def state(self, source_id: str) -> SourceState | None:
        """Give what is known of a source."""
        with self._database.looking_up() as connection:
            row = connection.execute(_STATE, {"s": source_id}).first()
        return None if row is None else state_of(row)

    def save(self, states: Iterable[SourceState]) -> None:
        """Remember these of the sources, whatever was remembered before."""
        rows = [state_row(state) for state in states]
        if rows:
            with self._database.writing() as connection:
                connection.execute(_PUT_STATE, rows)

    # ------------------------------------------------------------ ticks

    def begin(
        self,
        state: SourceState,
        tick: Tick,
        *,
        missed: Row | None = None,
        moves: bool = True,
    ) -> Tick | None:
        """Enter a tick that begins, and before it those that were missed.

        Gives it with its id; None if somebody else has moved on from `state`, or
        goes on with a run of the source: nothing is entered then. `moves` is False
        for what is not of the rhythm.

        A row that has its moment already is from before the clock was set
        back; this tick is another one, and is entered a microsecond later.
        """
        with self._database.writing() as connection:
            if moves and not _moved(connection, state, tick.planned_until):
                return None
            if missed is not None:
                _enter(connection, settled_row(state.source_id, missed))
            entered = _enter(connection, tick_row(tick))
            if entered is None:
                connection.rollback()
                return None
        number, planned_for = entered
        return replace(
            tick,
            id=number,
            planned_for=planned_for,
            planned_until=max(tick.planned_until, planned_for),
        )

    def enter(self, state: SourceState, row: Row) -> SourceState | None:
        """Enter ticks that came to no run; gives the state of the source after them.

        None if somebody else has moved on from `state`: nothing is entered then.
        """
        with self._database.writing() as connection:
            if not _moved(connection, state, row.planned_until):
                return None
            _enter(connection, settled_row(state.source_id, row))
        return replace(state, planned_until=row.planned_until)

    def settle(self, tick: Tick, ending: Ending, state: SourceState | None) -> bool:
        """Say what became of a run, and what is known of its source from now on.

        `state` None leaves the source as it is. False: it had its outcome already.
        """
        with self._database.writing() as connection:
            done = connection.execute(_SETTLE, ending_row(tick.id, ending))
            if done.rowcount == 1 and state is not None:
                connection.execute(_UPDATE_STATE, bound_state(state))
            return done.rowcount == 1

    def cut_off(self, reason: str) -> tuple[Tick, ...]:
        """Give an outcome to what was going on when its process ended: it failed.

        When that was nobody knows, so they have no end.
        """
        with self._database.writing() as connection:
            rows = connection.execute(_OPEN).mappings().all()
            if rows:
                connection.execute(_CUT_OFF, {"why": reason})
        return tuple(tick_of(row) for row in rows)


# ---------------------------------------------------------------- inside a transaction


def _moved(connection: Connection, state: SourceState, until: datetime) -> bool:
    moved = connection.execute(
        _MOVE,
        {
            "s": state.source_id,
            "to": warc_date(until),
            "rhythm_then": state.rhythm,
            "since_then": warc_date(state.rhythm_since),
            "until_then": text_of(state.planned_until),
        },
    )
    return moved.rowcount == 1


def _enter(
    connection: Connection, values: dict[str, Any]
) -> tuple[int, datetime] | None:
    """Insert a row; None if a run of the source goes on."""
    planned_for = parse_warc_date(values["planned_for"])
    for shift in range(_SHIFTS):
        moment = planned_for + timedelta(microseconds=shift)
        values["planned_for"] = warc_date(moment)
        values["planned_until"] = max(values["planned_until"], values["planned_for"])
        number = connection.execute(_INSERT, values).scalar()
        if number is not None:
            return number, moment
        if values["outcome"] is None and connection.scalar(
            _GOES_ON, {"s": values["source_id"]}
        ):
            return None
    raise AssertionError("a thousand rows of one moment")


# ---------------------------------------------------------------- statements

# Made once: SQLAlchemy and SQLite both keep what they have compiled of them.
_ticks: Final = schema.ticks.c
_sources: Final = schema.sources.c

_STATES: Final = select(
    _sources.source_id,
    _sources.rhythm,
    _sources.rhythm_since,
    _sources.planned_until,
    _sources.interval_s,
    _sources.last_new_at,
    _sources.history,
)
_STATE: Final = _STATES.where(_sources.source_id == bindparam("s"))
_PUT_STATE: Final = put(schema.sources)
_UPDATE_STATE: Final = (
    update(schema.sources)
    .where(_sources.source_id == bindparam("to_source_id"))
    .values(
        {
            column: bindparam(f"to_{column.name}")
            for column in _sources
            if not column.primary_key
        }
    )
)
_MOVE: Final = (
    update(schema.sources)
    .where(
        _sources.source_id == bindparam("s"),
        _sources.rhythm == bindparam("rhythm_then"),
        _sources.rhythm_since == bindparam("since_then"),
        _sources.planned_until.is_not_distinct_from(bindparam("until_then")),
    )
    .values(planned_until=bindparam("to"))
)
_INSERT: Final = (
    insert(schema.ticks).on_conflict_do_nothing().returning(schema.ticks.c.id)
)
_GOES_ON: Final = select(_ticks.id).where(
    _ticks.source_id == bindparam("s"), _ticks.outcome.is_(None)
)
_OPEN: Final = select(schema.ticks).where(_ticks.outcome.is_(None))
_CUT_OFF: Final = (
    update(schema.ticks)
    .where(_ticks.outcome.is_(None))
    .values(outcome=TickOutcome.FAILED.value, reason=bindparam("why"))
)
_SETTLE: Final = (
    update(schema.ticks)
    .where(_ticks.id == bindparam("n"), _ticks.outcome.is_(None))
    .values(
        outcome=bindparam("to_outcome"),
        reason=bindparam("to_reason"),
        run_id=bindparam("to_run_id"),
        ended_at=bindparam("to_ended_at"),
        found=bindparam("to_found"),
        new=bindparam("to_new"),
        counts=bindparam("to_counts"),
    )
)
