"""How hosts want to be treated, remembered over restarts [I/O]."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from archive.clock import parse_warc_date, warc_date
from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.model import HostState, RobotsState
from archive.watch.statements import put


class HostMemory:
    """Remembers the pace by host, and robots.txt by authority."""

    def __init__(self, database: WatchDatabase) -> None:
        """Remember in `database`."""
        self._database = database

    def host(self, host: str) -> HostState | None:
        """Give the pace of a host. Raises StorageError."""
        with self._database.looking_up() as connection:
            row = connection.execute(_HOST, {"h": host}).first()
        if row is None:
            return None
        _, last_at, robots_at, not_before, reason, delay_s, failures, day, used = row
        return HostState(
            last_at=_date(last_at),
            robots_at=_date(robots_at),
            not_before=_date(not_before),
            reason=reason,
            delay_s=delay_s,
            failures=failures,
            day=day,
            used=used,
        )

    def put_host(self, host: str, state: HostState) -> None:
        """Remember the pace of a host. Raises StorageError."""
        # Without a transaction around it: this is asked for every request.
        with self._database.looking_up() as connection:
            connection.execute(
                _PUT_HOST,
                {
                    "host": host,
                    "last_at": _text(state.last_at),
                    "robots_at": _text(state.robots_at),
                    "not_before": _text(state.not_before),
                    "reason": state.reason,
                    "delay_s": state.delay_s,
                    "failures": state.failures,
                    "day": state.day,
                    "used": state.used,
                },
            )

    def robots(self, authority: str) -> RobotsState | None:
        """Give the robots.txt of an authority. Raises StorageError."""
        with self._database.looking_up() as connection:
            row = connection.execute(_ROBOTS, {"a": authority}).mappings().first()
        if row is None:
            return None
        return RobotsState(
            record_id=row["record_id"],
            fetched_at=parse_warc_date(row["fetched_at"]),
            status=row["status"],
            body=row["body"],
        )

    def put_robots(self, authority: str, state: RobotsState) -> None:
        """Remember the robots.txt of an authority. Raises StorageError."""
        with self._database.writing() as connection:
            connection.execute(
                _PUT_ROBOTS,
                {
                    "authority": authority,
                    "record_id": state.record_id,
                    "fetched_at": warc_date(state.fetched_at),
                    "status": state.status,
                    "body": state.body,
                },
            )


def _date(text: str | None) -> datetime | None:
    return parse_warc_date(text) if text else None


def _text(date: datetime | None) -> str | None:
    return warc_date(date) if date else None


_HOST: Final = select(schema.hosts).where(schema.hosts.c.host == bindparam("h"))
_PUT_HOST: Final = put(schema.hosts)
_ROBOTS: Final = select(schema.robots).where(
    schema.robots.c.authority == bindparam("a")
)
_PUT_ROBOTS: Final = put(schema.robots)
