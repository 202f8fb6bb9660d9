"""What Alembic runs to apply migrations: on the connection it is handed, only.

The caller has begun a transaction, and commits it: all migrations or none.
"""

from __future__ import annotations

from alembic import context

from archive.watch import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    # SQLite can't change most things of a table in place: it is copied.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
