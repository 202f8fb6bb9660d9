"""The file that watching is remembered in [I/O]."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect

from archive.database import Database
from archive.watch import schema

NAME: Final = "watch.sqlite3"


class WatchDatabase:
    """The tables of `archive.watch.schema` in one collection."""

    def __init__(self, root: Path) -> None:
        """Open the file in a collection's folder, made if it is not there.

        Raises StorageError, or CollectionError for a damaged file.
        """
        self.path = root / NAME
        self._database = Database(
            self.path,
            repair="put back a copy of it, or delete it: the archive is unharmed, "
            "but what was planned and what hosts asked for is forgotten then",
            consolation="The WARC files are safe; what is due is found again "
            "at the next start",
            cache_kib=64 * 1024,
        )
        try:
            with self.reading() as connection:
                is_made = inspect(connection).has_table(schema.addresses.name)
            if not is_made:
                with self.writing() as connection:
                    schema.metadata.create_all(connection)
        except Exception:
            self._database.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the tables."""
        with self._database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction of its own, committed at the end."""
        with self._database.writing() as connection:
            yield connection

    @contextmanager
    def looking_up(self) -> Iterator[Connection]:
        """Give a connection of this thread for single statements (no transaction)."""
        with self._database.looking_up() as connection:
            yield connection
