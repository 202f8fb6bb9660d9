"""The tables of the catalogue (SQLAlchemy Core, so that PostgreSQL can follow).

All of it is derived from the WARC files, and `dateline rebuild` makes it again.
Dates are text in WARC-Date form: they sort, and read the same in every tool.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

VERSION = 2  # of this schema; another one means: dateline rebuild

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("path", String, primary_key=True),  # published name, from the collection
    Column("level", Integer, nullable=False),  # bytes of it that are catalogued
    Column("published", Integer, nullable=False),  # 0 while it is `.open`
    Column("derived", Integer, nullable=False),  # 1 when text and JSON Lines are there
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("source_id", String, nullable=False),
    Column("command", String, nullable=False),
    Column("began_at", String, nullable=False),
    Column("ended_at", String),  # null: it was cut off, or goes on
    Column("settings_digest", String, nullable=False),
    Column("settings", Text, nullable=False),  # JSON, pairs
    Column("counts", Text, nullable=False),  # JSON, pairs
)

# What a capture and a miss share: where the address came from.
_DISCOVERY = (
    ("found_url", String, False),
    ("role", String, False),
    ("source_id", String, False),
    ("run_id", String, False),
    ("found_at", String, False),
    ("seed_url", String, True),
    ("seed_record_id", String, True),
    ("claimed_title", Text, True),
    ("claimed_date", String, True),
)


def _discovery_columns() -> list[Column[str]]:
    return [Column(name, kind, nullable=null) for name, kind, null in _DISCOVERY]


captures = Table(
    "captures",
    metadata,
    Column("record_id", String, primary_key=True),
    Column("url", String, nullable=False),
    Column("urlkey", String, nullable=False),
    Column("date", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media_type", String),
    Column("block_digest", String, nullable=False),
    Column("payload_digest", String, nullable=False),
    Column("payload_length", Integer, nullable=False),
    Column("transfer_coded", Integer, nullable=False),
    Column("path", String, ForeignKey("files.path"), nullable=False),
    Column("offset", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("profile", String),  # null: a response, not a revisit
    Column("refers_to", String),
    Column("refers_to_url", String),
    Column("refers_to_date", String),
    Column("truncated", String),
    Column("redirect_from", String),
    Column("attempt", Integer, nullable=False),
    *_discovery_columns(),
    # Null while the extraction is still to be done: that is what a start after
    # a kill looks for.
    Column("text_outcome", String),
    Column("text_detail", Text),
)
Index("captures_by_url", captures.c.url, captures.c.date)
Index("captures_by_urlkey", captures.c.urlkey, captures.c.date)
# finds the original of a payload; revisits are never originals
Index(
    "captures_by_payload",
    captures.c.payload_digest,
    sqlite_where=captures.c.profile.is_(None),
    postgresql_where=captures.c.profile.is_(None),
)
# one file's captures in their order, for the derived files
Index("captures_by_place", captures.c.path, captures.c.offset)
# finds what is still to be extracted without reading the table
Index(
    "captures_pending",
    captures.c.path,
    sqlite_where=captures.c.text_outcome.is_(None),
    postgresql_where=captures.c.text_outcome.is_(None),
)
Index("captures_by_run", captures.c.run_id)
# the story of an address, from how it was found
Index("captures_by_found_url", captures.c.found_url)

misses = Table(
    "misses",
    metadata,
    Column("record_id", String, primary_key=True),
    Column("date", String, nullable=False),
    Column("url", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("evidence", String),
    Column("redirect_from", String),
    Column("attempt", Integer, nullable=False),
    *_discovery_columns(),
)
Index("misses_by_url", misses.c.url, misses.c.date)
Index("misses_by_run", misses.c.run_id)
Index("misses_by_found_url", misses.c.found_url)

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("record_id", String, ForeignKey("captures.record_id"), nullable=False),
    Column("canonical_url", String, nullable=False),
    Column("date", String, nullable=False),  # of the capture
    Column("source_id", String, nullable=False),
    Column("title", Text),
    Column("authors", Text, nullable=False),  # JSON, list
    Column("published", String),
    Column("site_name", String),
    Column("description", Text),
    Column("language", String),
    Column("text", Text, nullable=False),
    Column("claims", Text, nullable=False),  # JSON, [field, value, origin]
    Column("extractor", String, nullable=False),
    Column("extractor_version", String, nullable=False),
    Column("options_digest", String, nullable=False),
)
Index("articles_by_record", articles.c.record_id)
Index("articles_by_canonical", articles.c.canonical_url, articles.c.date)
Index("articles_by_date", articles.c.date)
