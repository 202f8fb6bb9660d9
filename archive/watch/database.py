"""The file that watching is remembered in [I/O]."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from archive.database import Database
from archive.errors import CollectionError
from archive.watch import schema
from archive.watch.migrations import HEAD, TABLE

NAME: Final = "watch.sqlite3"
_CACHE_KIB: Final = 16 * 1024  # docs/decisions/0012

_REVISION: Final = text(f"SELECT version_num FROM {TABLE}")  # noqa: S608 (a constant)
_MAKE_TABLE: Final = text(
    f"CREATE TABLE {TABLE} (version_num VARCHAR(32) NOT NULL, "
    f"CONSTRAINT {TABLE}_pkc PRIMARY KEY (version_num))"
)
_SAY: Final = text(f"INSERT INTO {TABLE} VALUES (:revision)")  # noqa: S608


class WatchDatabase:
    """The tables of `archive.watch.schema` in one collection."""

    def __init__(self, root: Path) -> None:
        """Open the file in a collection's folder, made if it is not there.

        One of an earlier Dateline is brought to the present shape, in one
        transaction. Raises StorageError, or CollectionError for a file that is
        damaged or of a later Dateline.
        """
        self.path = root / NAME
        self._database = Database(
            self.path,
            repair="put back a copy of it, or delete it: the archive is unharmed, "
            "but what was planned and what hosts asked for is forgotten then",
            consolation="The WARC files are safe; what is due is found again "
            "at the next start",
            cache_kib=_CACHE_KIB,
        )
        try:
            with self.reading() as connection:
                revision = _revision(connection)
            if revision != HEAD:
                self._bring_level()
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

    def _bring_level(self) -> None:
        with self.writing() as connection:
            # Another process may have done it while this one waited for the lock.
            revision = _revision(connection)
            if revision == HEAD:
                return
            if revision is None and not inspect(connection).get_table_names():
                schema.metadata.create_all(connection)
                connection.execute(_MAKE_TABLE)
                connection.execute(_SAY, {"revision": HEAD})
                return
            # Alembic takes a tenth of a second to load, and is rarely needed.
            from archive.watch.migrations import upgrade  # noqa: PLC0415

            if revision is None or not upgrade.knows(revision):
                raise CollectionError(
                    f"{self.path} was written by another Dateline (tables "
                    f"{revision or 'without a number'}, this one knows up to {HEAD}): "
                    "use that one or a later one; or move the file away, and what was "
                    "planned and what hosts asked for is forgotten"
                )
            upgrade.upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(TABLE):
        return None
    found = connection.execute(_REVISION).scalar()
    return str(found) if found is not None else None
