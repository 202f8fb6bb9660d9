"""What is asked of `search.sqlite3` for a search [I/O].

FTS5 goes through the words and the entries are looked up; the plus sign keeps SQLite
from going through the entries and asking FTS5 about each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    column,
    literal,
    literal_column,
    select,
    table,
)

from archive.search.facets import Match
from archive.search.matching import expression
from archive.search.model import Dated, Query
from archive.search.query import Node
from archive.spans import moment_of

_words = table("words", column("rank"))
_rowid: Any = literal_column("words.rowid", Integer)
_entries = table(
    "entries",
    *(
        column(name)
        for name in (*Match._fields, "latest", "content")
        if name != "score"
    ),
)
_entry = _entries.c
_COLUMNS: Final = tuple(_entry[name] for name in Match._fields if name != "score")

_LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'places'"
_NAMES = "SELECT id, name FROM names WHERE id IN (SELECT value FROM json_each(?))"
_PLACES = (
    "SELECT no, article_id FROM places WHERE no IN (SELECT value FROM json_each(?))"
)
_HELD = (
    "SELECT work, count(DISTINCT content), max(captured) FROM entries "
    "WHERE work IN (SELECT value FROM json_each(?)) GROUP BY work"
)


def statement(
    query: Query, node: Node | None, *, by_score: bool, upto: int, most: int | None
) -> Select[Any]:
    """Ask for the matches of a query, `most` of them.

    In the order by date these are the newest, otherwise those that came in last: to
    weigh all matches of a word that is in most articles takes long, and says little.
    Raises UsageError for a date that is none.
    """
    if node is None:
        number: Any = _entry.no
        question = select(*_COLUMNS, literal(0.0)).select_from(_entries)
    else:
        number = _rowid
        rank: Any = -_words.c.rank if by_score else literal(0.0)
        question = (
            select(*_COLUMNS, rank)
            .select_from(
                _words.join(_entries, _entry.no == literal_column("+words.rowid"))
            )
            .where(literal_column("words").op("MATCH")(expression(node)))
        )
    date = _entry.earliest if query.dated is Dated.PUBLISHED else _entry.captured
    newest = (number.desc(),) if by_score else (date.desc(), _entry.no.desc())
    return (
        question.where(number <= upto, *_between(query)).order_by(*newest).limit(most)
    )


def matches(connection: Connection, question: Select[Any]) -> list[Match]:
    """Give what a statement asks for."""
    return [Match._make(row) for row in connection.execute(question).all()]


def last_number(connection: Connection) -> int:
    """Tell the number of the article that came in last."""
    return int(connection.exec_driver_sql(_LAST).scalar() or 0)


def names(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    """Give the names behind numbers."""
    return dict(_listed(connection, _NAMES, numbers))


def article_ids(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    """Give the ids of articles by their numbers."""
    return dict(_listed(connection, _PLACES, numbers))


def held(connection: Connection, works: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Tell of works how many texts there are, and when the last was captured."""
    rows = _listed(connection, _HELD, works)
    return {work: (texts, captured) for work, texts, captured in rows}


def _listed(connection: Connection, sql: str, numbers: Iterable[int]) -> list[Any]:
    values = json.dumps(list(numbers))
    return list(connection.exec_driver_sql(sql, (values,)).fetchall())


def _between(query: Query) -> list[Any]:
    is_published = query.dated is Dated.PUBLISHED
    conditions = []
    if query.since is not None:
        end = _entry.latest if is_published else _entry.captured
        conditions.append(end >= _seconds("since", query.since))
    if query.until is not None:
        begin = _entry.earliest if is_published else _entry.captured
        conditions.append(begin < _seconds("until", query.until))
    return conditions


def _seconds(name: str, date: str) -> int:
    return int(moment_of(name, date).timestamp())
