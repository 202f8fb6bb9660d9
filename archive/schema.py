"""The tables of the catalogue (SQLAlchemy Core, so that PostgreSQL can follow).

All of it is derived: from the WARC files, and from what former extractors left in
`text/`. `dateline rebuild` makes it again.
Dates are text in WARC-Date form: they sort, and read the same in every tool.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

VERSION = 3  # of this schema; another one means: dateline rebuild

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
runs_by_date = Index("runs_by_date", runs.c.began_at)
# what a source did last
runs_by_source = Index("runs_by_source", runs.c.source_id, runs.c.began_at)

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
    Column("page_class", String),  # null: nobody looked
    # The one whose word is shown: the last that was asked. Null where the capture
    # says by itself that it has no text.
    Column("extractor", String, ForeignKey("extractors.key")),
)
Index("captures_by_url", captures.c.url, captures.c.date)
Index("captures_by_urlkey", captures.c.urlkey, captures.c.date)
# what came in at a time, and from whom
captures_by_date = Index("captures_by_date", captures.c.date, captures.c.source_id)
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
misses_by_date = Index("misses_by_date", misses.c.date)
Index("misses_by_found_url", misses.c.found_url)

extractors = Table(
    "extractors",
    metadata,
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("version", String, nullable=False),
    Column("options_digest", String, nullable=False),
    Column("options", Text, nullable=False),  # JSON, pairs
)

# What each extractor made of each capture; one of them is repeated in its row.
texts = Table(
    "texts",
    metadata,
    Column("record_id", String, ForeignKey("captures.record_id"), primary_key=True),
    Column("extractor", String, ForeignKey("extractors.key"), primary_key=True),
    Column("outcome", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("page_class", String),
    Column("confidence", Float, nullable=False),
)
Index("texts_by_extractor", texts.c.extractor, texts.c.record_id)

# The WARC files whose texts by an extractor lie in `text/` and are entered here.
text_files = Table(
    "text_files",
    metadata,
    Column("path", String, ForeignKey("files.path"), primary_key=True),
    Column("extractor", String, ForeignKey("extractors.key"), primary_key=True),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("record_id", String, ForeignKey("captures.record_id"), nullable=False),
    Column("extractor", String, ForeignKey("extractors.key"), nullable=False),
    Column("canonical_url", String, nullable=False),
    Column("date", String, nullable=False),  # of the capture
    Column("source_id", String, nullable=False),
    # What is listed, searched and counted of the work stands in columns too.
    Column("title", Text),
    Column("section", Text),
    Column("authors", Text, nullable=False),  # JSON, list of names
    Column("published", String),  # to its precision
    Column("published_from", String),  # WARC-Date form: the earliest it can have been
    Column("published_until", String),  # and the latest
    Column("language", String),
    Column("site_name", Text),
    Column("access", String),
    Column("page_class", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("work", Text, nullable=False),  # JSON, all of archive.model.Work
    Column("text", Text, nullable=False),
    Column("claims", Text, nullable=False),  # JSON, [field, value, origin, chosen]
)
Index("articles_by_record", articles.c.record_id, articles.c.extractor)
Index("articles_by_canonical", articles.c.canonical_url, articles.c.date)
Index("articles_by_date", articles.c.date)
Index("articles_by_published", articles.c.published_from)
