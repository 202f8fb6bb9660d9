"""What was last read of each seed, to ask for it conditionally [I/O]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from archive.watch import schema
from archive.watch.database import WatchDatabase
from archive.watch.statements import put


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedState:
    """The last answer of a seed whose finds are in the frontier."""

    url: str
    record_id: str  # the capture
    payload_digest: str
    etag: bytes | None = None  # the server's
    last_modified: bytes | None = None  # the server's
    lastmod: str | None = None  # what the sitemap index said of it, as it wrote it


class SeedMemory:
    """Remembers seeds by their address."""

    def __init__(self, database: WatchDatabase) -> None:
        """Remember in `database`."""
        self._database = database

    def get(self, url: str) -> SeedState | None:
        """Give what was last read of a seed. Raises StorageError."""
        with self._database.looking_up() as connection:
            row = connection.execute(_GET, {"u": url}).mappings().first()
        return SeedState(**row) if row is not None else None

    def put(self, state: SeedState) -> None:
        """Remember what was read, once its finds are safe. Raises StorageError."""
        with self._database.writing() as connection:
            connection.execute(
                _PUT,
                {
                    "url": state.url,
                    "record_id": state.record_id,
                    "payload_digest": state.payload_digest,
                    "etag": state.etag,
                    "last_modified": state.last_modified,
                    "lastmod": state.lastmod,
                },
            )


_GET: Final = select(schema.seeds).where(schema.seeds.c.url == bindparam("u"))
_PUT: Final = put(schema.seeds)
