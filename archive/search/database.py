"""`search.sqlite3`: the words of every article, and what hits are counted by [I/O].

An FTS5 table without content (https://www.sqlite.org/fts5.html, 4.4.1): it holds
where each word stands and no text, which is in the catalogue already. What is taken
out stays in it, with no entry: it is found, and passed over. When more of it is such
than not, all of it is made again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import Connection

from archive.database import Database
from archive.errors import CollectionError, StorageError
from archive.search.facts import SIGNS
from archive.search.letters import software
from archive.search.matching import COLUMNS

NAME: Final = "search.sqlite3"
_LAYOUT: Final = "1"  # of the tables; another one means: made again
_CACHE_KIB: Final = 32 * 1024
_FEW_DEAD: Final = 1000

_TABLES: Final = ("words", "entries", "places", "names", "state")
_SCHEMA: Final = (
    f"""CREATE VIRTUAL TABLE words USING fts5(
        {", ".join(COLUMNS)},
        content = '', tokenize = "ascii tokenchars '{SIGNS}'"
    )""",
    # How much a word counts: in the headline, in the text; not at all as a filter.
    """INSERT INTO words(words, rank)
        VALUES ('rank', 'bm25(6.0, 1.0, 0.0, 0.0, 0.0)')""",
    # An article as one capture says it. Narrow: it is read for every hit.
    """CREATE TABLE entries (
        no INTEGER PRIMARY KEY,
        work INTEGER NOT NULL,     -- the canonical address, as a number
        content INTEGER NOT NULL,  -- headline and text, as a number
        captured INTEGER NOT NULL, -- seconds
        earliest INTEGER NOT NULL, -- seconds: published, as far as it is known,
        latest INTEGER NOT NULL,   -- or captured
        month INTEGER NOT NULL,    -- 202405; 202400 where no month is known
        source INTEGER NOT NULL,   -- of names
        language INTEGER,
        section INTEGER,
        page_class INTEGER NOT NULL,
        authors TEXT NOT NULL      -- of names, with spaces between
    )""",
    "CREATE INDEX entries_by_work ON entries (work, captured)",
    "CREATE INDEX entries_by_earliest ON entries (earliest)",
    "CREATE INDEX entries_by_captured ON entries (captured)",
    """CREATE TABLE places (
        no INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
        record_id TEXT NOT NULL UNIQUE,
        article_id TEXT NOT NULL
    )""",
    """CREATE TABLE names (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (kind, name)
    )""",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)


class Entry(NamedTuple):
    """A row of `entries`, but for its number."""

    work: int
    content: int
    captured: int
    earliest: int
    latest: int
    month: int
    source: int
    language: int | None
    section: int | None
    page_class: int
    authors: str


_INSERT_ENTRY: Final = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_WORDS: Final = (
    "INSERT INTO words (rowid, title, text, author, section, facts) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_REMOVE: Final = (
    "DELETE FROM entries WHERE no IN (SELECT value FROM json_each(?))",
    "DELETE FROM places WHERE no IN (SELECT value FROM json_each(?))",
)
_CLEAR: Final = (
    "INSERT INTO words(words) VALUES ('delete-all')",
    "DELETE FROM entries",
    "DELETE FROM places",
    "DELETE FROM names",
    "DELETE FROM state",
)


class SearchFile:
    """The file, open. Whoever may not write beside it may read it as it is."""

    def __init__(self, root: Path) -> None:
        """Open the file of a collection, made empty if it is not there.

        A file that is no database is made again, too. Raises StorageError, also
        where it is not there and can't be made.
        """
        self.path = root / NAME
        self.is_writable = os.access(root, os.W_OK)
        if not self.is_writable and not self.path.exists():
            raise StorageError(
                f"{root} can't be written, and holds no {NAME} yet: search once where "
                "it can be written, or search a copy"
            )
        try:
            self._database = self._opened()
        except CollectionError:
            if not self.is_writable:
                raise
            for path in root.glob(f"{NAME}*"):
                path.unlink(missing_ok=True)
            self._database = self._opened()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the tables."""
        with self._database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Give the way to change the tables, in one transaction."""
        with self._database.writing() as connection:
            yield Writer(connection)

    def _opened(self) -> Database:
        database = Database(
            self.path,
            repair="delete it, and the next search makes it again",
            consolation="Nothing else is touched: it is made from the catalogue",
            cache_kib=_CACHE_KIB,
        )
        try:
            self._insist_on_tables(database)
        except Exception:
            database.close()
            raise
        return database

    def _insist_on_tables(self, database: Database) -> None:
        with database.reading() as connection:
            if _made_by(connection) == _software():
                return
        if not self.is_writable:
            raise StorageError(
                f"{self.path} was made by another version and {self.path.parent} can't "
                "be written: search once where it can be written, or search a copy"
            )
        with database.writing() as connection:
            if _made_by(connection) == _software():
                return  # by another process, meanwhile
            for table in _TABLES:
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
            for statement in _SCHEMA:
                connection.exec_driver_sql(statement)
            Writer(connection).remember("software", _software())


class Writer:
    """Changes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Write through a connection."""
        self._connection = connection
        self._names: dict[tuple[str, str], int] = {}

    def state(self, name: str) -> str | None:
        """Give a value that was remembered."""
        return state_of(self._connection)(name)

    def remember(self, name: str, value: str) -> None:
        """Keep a value."""
        self._run("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))

    def article_ids(self, record_ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Tell the number and article of captures that have an entry."""
        rows = self._run(
            "SELECT record_id, no, article_id FROM places "
            "WHERE record_id IN (SELECT value FROM json_each(?))",
            (json.dumps(record_ids),),
        )
        return {record_id: (no, article_id) for record_id, no, article_id in rows}

    def name(self, kind: str, name: str) -> int:
        """Give the number of a name, a new one if it has none."""
        known = self._names.get((kind, name))
        if known is None:
            self._run(
                "INSERT OR IGNORE INTO names (kind, name) VALUES (?, ?)", (kind, name)
            )
            rows = self._run(
                "SELECT id FROM names WHERE kind = ? AND name = ?", (kind, name)
            )
            known = self._names[kind, name] = int(rows[0][0])
        return known

    def add(
        self, record_id: str, article_id: str, entry: Entry, columns: Sequence[str]
    ) -> None:
        """Add an article: its entry, and its words in the order of COLUMNS."""
        self._run(
            "INSERT INTO places (record_id, article_id) VALUES (?, ?)",
            (record_id, article_id),
        )
        no = self._run("SELECT last_insert_rowid()")[0][0]
        self._run(_INSERT_ENTRY, (no, *entry))
        self._run(_INSERT_WORDS, (no, *columns))

    def remove(self, numbers: Sequence[int]) -> None:
        """Take entries out; their words stay until all is made again."""
        for statement in _REMOVE:
            self._run(statement, (json.dumps(numbers),))
        dead = int(self.state("dead") or 0) + len(numbers)
        self.remember("dead", str(dead))

    def has_more_dead(self) -> bool:
        """Whether more words are of what was taken out than of what is there."""
        dead = int(self.state("dead") or 0)
        if dead < _FEW_DEAD:
            return False
        return dead > int(self._run("SELECT count(*) FROM places")[0][0])

    def clear(self) -> None:
        """Take everything out."""
        for statement in _CLEAR:
            self._run(statement)
        self._names.clear()
        self.remember("software", _software())

    def _run(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        done = self._connection.exec_driver_sql(sql, tuple(values))
        return list(done.fetchall()) if done.returns_rows else []


def state_of(connection: Connection) -> Callable[[str], str | None]:
    """Give the way to ask for values that were remembered."""

    def state(name: str) -> str | None:
        question = "SELECT value FROM state WHERE name = ?"
        found = connection.exec_driver_sql(question, (name,)).scalar()
        return None if found is None else str(found)

    return state


def _software() -> str:
    return f"{_LAYOUT}/{software()}"


def _made_by(connection: Connection) -> str | None:
    has_state = connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master WHERE name = 'state'"
    ).scalar()
    return state_of(connection)("software") if has_state else None
