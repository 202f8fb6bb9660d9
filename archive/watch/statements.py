"""Statements that more than one table of watching needs."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as upsert


def put(table: Table) -> Insert:
    """Make the statement that enters a row, or takes the place of the one there."""
    insert = upsert(table)
    others = [column.name for column in table.columns if not column.primary_key]
    return insert.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key],
        set_={name: insert.excluded[name] for name in others},
    )
