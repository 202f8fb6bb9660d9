"""One SQLite file through SQLAlchemy Core: how it is opened, and what it says [I/O].

Writers take the write lock at the beginning of a transaction (`BEGIN
IMMEDIATE`) and keep transactions short, so that several processes get on with
one file in WAL mode.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, exc

from archive.errors import CollectionError, StorageError

_BUSY_MS: Final = 30_000


class Database:
    """A file of tables. Errors of SQLite become errors of the archive."""

    def __init__(
        self, path: Path, *, repair: str, consolation: str, cache_kib: int = 2048
    ) -> None:
        """Open a file, made empty if it is not there.

        Where the folder can't be written, the file can still be read. `repair`
        says what to do about a damaged file, `consolation` what a failed write
        leaves unharmed; `cache_kib` is the page cache of each connection.
        """
        self.path = path
        self._repair = repair
        self._consolation = consolation
        self._engine = _engine(path, cache_kib)
        self._lookups = threading.local()  # a connection of each thread that asks

    def check(self) -> None:
        """Read every page. Raises CollectionError if the file is damaged."""
        with self.reading() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if said != "ok":
            raise self._damaged(said)

    def close(self) -> None:
        """Let go of the file."""
        connection = getattr(self._lookups, "connection", None)
        if connection is not None:
            connection.close()
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the tables."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction of its own, committed at the end."""
        with self._translated(), self._engine.connect() as connection:
            writer = connection.execution_options(dateline_writes=True)
            with writer.begin():
                yield writer

    @contextmanager
    def looking_up(self) -> Iterator[Connection]:
        """Give a connection of this thread for single statements.

        Without a transaction around it a statement sees the latest state, and
        costs a fifth: for what is asked of every page.
        """
        with self._translated():
            connection: Connection | None = getattr(self._lookups, "connection", None)
            if connection is None or connection.closed:
                connection = self._engine.connect().execution_options(
                    dateline_plain=True
                )
                self._lookups.connection = connection
            yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.OperationalError as error:
            raise StorageError(
                f"cannot use {self.path}: {_reason(error, self.path)}. "
                f"{self._consolation}"
            ) from error
        except exc.DatabaseError as error:
            raise self._damaged(error.orig) from error

    def _damaged(self, said: object) -> CollectionError:
        return CollectionError(f"{self.path} is damaged ({said}): {self._repair}")


def _engine(path: Path, cache_kib: int) -> Engine:
    # WAL needs to write beside the file even to read it, unless nobody can.
    fixed = path.exists() and not os.access(path.parent, os.W_OK)
    engine = create_engine(
        f"sqlite:///file:{path}?mode=ro&immutable=1&uri=true"
        if fixed
        else f"sqlite:///{path}",
        # Whoever takes a download slowly keeps a connection: nobody else is to wait
        # for it. Those beyond the pool are closed when they are given back.
        max_overflow=-1,
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        # Transactions are begun below, not by the driver's guess.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        cursor.execute(f"PRAGMA cache_size = -{cache_kib}")
        if not fixed:
            cursor.execute("PRAGMA journal_mode = WAL")
        # A kill loses nothing in WAL mode; a power cut may lose the last
        # transactions. What is derived is entered again from the WARC files.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("dateline_plain", False):
            writes = options.get("dateline_writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _reason(error: exc.OperationalError, path: Path) -> str:
    """Say why SQLite could not go on; it reports a full disk in several ways."""
    code = getattr(error.orig, "sqlite_errorname", "")
    with suppress(OSError):
        about = os.statvfs(path.parent)
        if about.f_flag & os.ST_RDONLY:
            return "the file system is read-only"
        if code == "SQLITE_FULL" or ("IOERR" in code and about.f_bavail == 0):
            return "the disk is full; free some space and start again"
    return str(error.orig)
