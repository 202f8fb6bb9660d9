"""The tables as they were first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Change the tables; there is no way back but a copy made before."""
    op.create_table(
        "addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_at", sa.String(), nullable=False),
        sa.Column("seed_url", sa.String(), nullable=True),
        sa.Column("seed_record_id", sa.String(), nullable=True),
        sa.Column("claimed_title", sa.Text(), nullable=True),
        sa.Column("claimed_date", sa.String(), nullable=True),
        sa.Column("due_at", sa.String(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("last_at", sa.String(), nullable=True),
        sa.Column("record_id", sa.String(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("payload_digest", sa.String(), nullable=True),
        sa.Column("etag", sa.LargeBinary(), nullable=True),
        sa.Column("last_modified", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.create_index("addresses_by_key", ["key"], unique=True)
        batch_op.create_index(
            "addresses_by_time",
            ["due_at", "source_id"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "addresses_by_turn", ["source_id", "state", "asked", "due_at"], unique=False
        )
        batch_op.create_index(
            "addresses_in_work",
            ["run_id"],
            unique=False,
            sqlite_where=sa.text("state = 'fetching'"),
            postgresql_where=sa.text("state = 'fetching'"),
        )
        batch_op.create_index(
            "addresses_left_out",
            ["key"],
            unique=False,
            sqlite_where=sa.text("state = 'found'"),
            postgresql_where=sa.text("state = 'found'"),
        )

    op.create_table(
        "aliases",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("same_as", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("aliases", schema=None) as batch_op:
        batch_op.create_index("aliases_of", ["same_as"], unique=False)

    op.create_table(
        "flags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("flags", schema=None) as batch_op:
        batch_op.create_index(
            "flags_open",
            ["source_id", "code"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "hosts",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("last_at", sa.String(), nullable=True),
        sa.Column("robots_at", sa.String(), nullable=True),
        sa.Column("not_before", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("delay_s", sa.Float(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.String(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "notices_waiting",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.create_table(
        "robots",
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=True),
        sa.Column("fetched_at", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("authority"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seeds",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("payload_digest", sa.String(), nullable=False),
        sa.Column("etag", sa.LargeBinary(), nullable=True),
        sa.Column("last_modified", sa.LargeBinary(), nullable=True),
        sa.Column("lastmod", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("url"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sources",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("rhythm_since", sa.String(), nullable=False),
        sa.Column("planned_until", sa.String(), nullable=True),
        sa.Column("interval_s", sa.Float(), nullable=True),
        sa.Column("last_new_at", sa.String(), nullable=True),
        sa.Column("history", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ticks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("planned_for", sa.String(), nullable=False),
        sa.Column("planned_until", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("began_at", sa.String(), nullable=True),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("new", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("ticks", schema=None) as batch_op:
        batch_op.create_index("ticks_by_time", ["planned_for"], unique=False)
        batch_op.create_index(
            "ticks_odd",
            ["planned_for"],
            unique=False,
            sqlite_where=sa.text("outcome != 'done'"),
            postgresql_where=sa.text("outcome != 'done'"),
        )
        batch_op.create_index(
            "ticks_once", ["source_id", "kind", "planned_for"], unique=True
        )
        batch_op.create_index(
            "ticks_open",
            ["source_id"],
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )
