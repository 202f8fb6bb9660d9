"""Flags on sources, and the notices that go out about them [I/O]."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from archive.clock import parse_warc_date, warc_date
from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.model import Flag, Notice

_flags, _notices = schema.flags.c, schema.notices.c


class Flags:
    """What a person should look at."""

    def __init__(self, database: WatchDatabase) -> None:
        """Keep flags in `database`."""
        self._database = database

    def settle(
        self, source_id: str, wanted: Mapping[str, str], now: datetime
    ) -> tuple[list[Flag], list[Flag]]:
        """Raise what is wanted, by code, and end the rest; gives what changed.

        First the flags that were raised, then those that ended. A notice of each
        is entered in the same transaction. Raises StorageError.
        """
        with self._database.looking_up() as connection:
            standing = {
                row["code"]: _flag(row)
                for row in connection.execute(_OPEN, {"s": source_id}).mappings()
            }
        raised = [
            Flag(source_id=source_id, code=code, sentence=sentence, since=now)
            for code, sentence in wanted.items()
            if code not in standing
        ]
        ended = [flag for code, flag in standing.items() if code not in wanted]
        if raised or ended:
            with self._database.writing() as connection:
                for flag in raised:
                    connection.execute(_RAISE, _row(flag))
                    _enter(connection, _words(flag, "raised"), now)
                for flag in ended:
                    end = {"s": source_id, "c": flag.code, "at": warc_date(now)}
                    connection.execute(_END, end)
                    _enter(connection, _words(flag, "ended"), now)
        return raised, ended

    def standing(self) -> list[Flag]:
        """List the flags that stand, oldest first. Raises StorageError."""
        question = select(schema.flags).where(_flags.ended_at.is_(None))
        with self._database.reading() as connection:
            rows = connection.execute(question.order_by(_flags.since)).mappings()
            return [_flag(row) for row in rows]


class Outbox:
    """Notices that wait to be sent."""

    def __init__(self, database: WatchDatabase) -> None:
        """Keep notices in `database`."""
        self._database = database

    def enter(self, body: Mapping[str, object], now: datetime) -> None:
        """Have something told. Raises StorageError."""
        with self._database.writing() as connection:
            _enter(connection, body, now)

    def waiting(self, now: datetime, limit: int = 20) -> list[Notice]:
        """List what is to be sent by now. Raises StorageError."""
        question = (
            select(schema.notices)
            .where(_notices.next_at <= warc_date(now))
            .order_by(_notices.next_at)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [
                Notice(
                    id=row["id"],
                    made_at=parse_warc_date(row["made_at"]),
                    body=row["body"],
                    attempts=row["attempts"],
                )
                for row in connection.execute(question).mappings()
            ]

    def settle(self, notice: Notice, outcome: str, next_at: datetime | None) -> None:
        """Say what became of a notice; without `next_at` it is done with."""
        with self._database.writing() as connection:
            connection.execute(
                _SETTLE,
                {
                    "n": notice.id,
                    "tries": notice.attempts + 1,
                    "what": outcome,
                    "at": warc_date(next_at) if next_at else None,
                },
            )


def _enter(connection: Connection, body: Mapping[str, object], now: datetime) -> None:
    connection.execute(
        insert(schema.notices),
        {
            "id": str(uuid.uuid4()),
            "made_at": warc_date(now),
            "body": json.dumps(body, ensure_ascii=False),
            "attempts": 0,
            "next_at": warc_date(now),
            "outcome": "",
        },
    )


def _words(flag: Flag, event: str) -> dict[str, object]:
    return {
        "type": f"flag.{event}",
        "source": flag.source_id,
        "code": flag.code,
        "sentence": flag.sentence,
        "since": warc_date(flag.since),
    }


def _row(flag: Flag) -> dict[str, object]:
    return {
        "source_id": flag.source_id,
        "code": flag.code,
        "sentence": flag.sentence,
        "since": warc_date(flag.since),
    }


def _flag(row: RowMapping) -> Flag:
    return Flag(
        source_id=row["source_id"],
        code=row["code"],
        sentence=row["sentence"],
        since=parse_warc_date(row["since"]),
        ended_at=parse_warc_date(row["ended_at"]) if row["ended_at"] else None,
    )


_OPEN: Final = select(schema.flags).where(
    _flags.source_id == bindparam("s"), _flags.ended_at.is_(None)
)
# Two processes that see the same at once raise it once.
_RAISE: Final = insert(schema.flags).prefix_with("OR IGNORE", dialect="sqlite")
_END: Final = (
    update(schema.flags)
    .where(
        _flags.source_id == bindparam("s"),
        _flags.code == bindparam("c"),
        _flags.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"))
)
_SETTLE: Final = (
    update(schema.notices)
    .where(_notices.id == bindparam("n"))
    .values(
        attempts=bindparam("tries"), outcome=bindparam("what"), next_at=bindparam("at")
    )
)
