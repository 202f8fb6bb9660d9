"""How `watch.sqlite3` gets from one shape of its tables to the next (Alembic).

What is remembered of watching can't be made again, so it is carried over. A
new file is made as `archive.watch.schema` has it and gets the number of the
last migration; only a file with another number loads Alembic, which takes a
tenth of a second. To add one: change the schema, then

    python -m archive.watch.migrations "what changes"

and read what it wrote.
"""

from __future__ import annotations

from typing import Final

# The number of the last migration in `versions`.
HEAD: Final = "0001"
TABLE: Final = "alembic_version"
