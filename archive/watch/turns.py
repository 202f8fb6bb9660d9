"""Statements on whose turn it is: what waits, what is in work."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
    update,
)

from archive.watch import schema
from archive.watch.model import AddressState
from archive.watch.rows import SETTLED

_addresses, _aliases = schema.addresses.c, schema.aliases.c


def _in_turn(state: AddressState, asked: int) -> Select[Any]:
    return select(_addresses.id, _addresses.asked, _addresses.due_at).where(
        _addresses.source_id == bindparam("source"),
        _addresses.state == state.value,
        _addresses.asked == asked,
        _addresses.due_at <= bindparam("now"),
    )


# The states that wait, and whether such an address was asked for before. Each is
# a range of one index, so that what is not due costs nothing.
TURNS: Final = (
    (AddressState.DUE, 0),
    (AddressState.DUE, 1),
    (AddressState.FAILED, 1),
    (AddressState.REFUSED, 1),
)
_first_of_each = union_all(
    *(
        select(
            _in_turn(*turn)
            .order_by(_addresses.due_at, _addresses.id)
            .limit(bindparam("limit"))
            .subquery()
        )
        for turn in TURNS
    )
).subquery()
TURN: Final = (
    select(schema.addresses)
    .join(_first_of_each, _first_of_each.c.id == _addresses.id)
    .order_by(_first_of_each.c.asked, _first_of_each.c.due_at, _first_of_each.c.id)
    .limit(bindparam("limit"))
)
TAKE: Final = (
    update(schema.addresses)
    .where(_addresses.id == bindparam("number"))
    .values(state=AddressState.FETCHING.value, due_at=None, run_id=bindparam("run"))
)
_first_due = union_all(
    *(
        select(func.min(_addresses.due_at).label("due_at")).where(
            _addresses.source_id == bindparam("source"),
            _addresses.state == state.value,
            _addresses.asked == asked,
        )
        for state, asked in TURNS
    )
).subquery()
NEXT_DUE: Final = select(func.min(_first_due.c.due_at))


DUE: Final = (
    select(_addresses.source_id, func.count(), func.min(_addresses.due_at))
    .where(_addresses.due_at <= bindparam("now"))
    # Not by the column itself: to have its order, SQLite would read the whole table.
    .group_by(_addresses.source_id.concat(""))
)

SETTLE: Final = (
    update(schema.addresses)
    .where(
        _addresses.key == bindparam("of"),
        or_(
            _addresses.state != AddressState.FETCHING.value,
            _addresses.run_id == bindparam("by"),
        ),
        not_(exists().where(_aliases.key == bindparam("of"))),
    )
    .values({name: bindparam(name) for name in SETTLED})
)
# Written out: the partial index serves no parameter.
_is_in_work = _addresses.state == literal_column(f"'{AddressState.FETCHING}'")
_of_run = and_(
    _is_in_work,
    _addresses.run_id == bindparam("run"),
)
IS_IN_WORK: Final = select(_addresses.id).where(_of_run).limit(1)
IN_WORK: Final = select(schema.addresses).where(_of_run).order_by(_addresses.id)
RELEASE: Final = (
    update(schema.addresses)
    .where(_of_run)
    .values(
        state=AddressState.DUE.value,
        due_at=bindparam("due_at"),
        reason=bindparam("reason"),
    )
)
RUNS_IN_WORK: Final = (
    select(_addresses.run_id, func.count())
    .where(_is_in_work)
    .group_by(_addresses.run_id)
)
