"""The tables of watching (SQLAlchemy Core, so that PostgreSQL can follow).

Nothing here can be made again from the WARC files: changes go through
migrations (archive/watch/migrations). Dates are text in WARC-Date form.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

addresses = Table(
    "addresses",
    metadata,
    # The number makes a look-up two short searches (docs/decisions/0012), and
    # keeps the order of finds that came in one moment.
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("url", String, nullable=False),
    Column("source_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("found_at", String, nullable=False),
    Column("seed_url", String),
    Column("seed_record_id", String),
    Column("claimed_title", Text),
    Column("claimed_date", String),
    Column("due_at", String),
    Column("step", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("asked", Integer, nullable=False),  # 0: never yet; those come first
    Column("run_id", String),
    Column("last_at", String),
    Column("record_id", String),
    Column("status", Integer),
    Column("payload_digest", String),
    Column("etag", LargeBinary),
    Column("last_modified", LargeBinary),
)
Index("addresses_by_key", addresses.c.key, unique=True)
# what a source has due, in its order, and how many addresses are in each state
Index(
    "addresses_by_turn",
    addresses.c.source_id,
    addresses.c.state,
    addresses.c.asked,
    addresses.c.due_at,
)
# which sources have anything due
Index(
    "addresses_by_time",
    addresses.c.due_at,
    addresses.c.source_id,
    sqlite_where=addresses.c.due_at.is_not(None),
    postgresql_where=addresses.c.due_at.is_not(None),
)
# Whether a find is known is read from indexes alone: the rows of a site lie far
# apart in the table, its keys beside each other.
Index(
    "addresses_left_out",
    addresses.c.key,
    sqlite_where=addresses.c.state == "found",
    postgresql_where=addresses.c.state == "found",
)
# what a killed run left behind
Index(
    "addresses_in_work",
    addresses.c.run_id,
    sqlite_where=addresses.c.state == "fetching",
    postgresql_where=addresses.c.state == "fetching",
)

# Addresses that turned out to be another one's article (rel=canonical).
aliases = Table(
    "aliases",
    metadata,
    Column("key", String, primary_key=True),
    Column("same_as", String, nullable=False),  # a key of `addresses`
    Column("url", String, nullable=False),  # of the key, as it was received
    Column("evidence", String, nullable=False),  # the capture that says so
    sqlite_with_rowid=False,
)
Index("aliases_of", aliases.c.same_as)

# What conditional requests for seeds are made of.
seeds = Table(
    "seeds",
    metadata,
    Column("url", String, primary_key=True),
    Column("record_id", String, nullable=False),  # of the capture last read
    Column("payload_digest", String, nullable=False),
    Column("etag", LargeBinary),
    Column("last_modified", LargeBinary),
    Column("lastmod", String),  # what the sitemap index said of it
    sqlite_with_rowid=False,
)

# How hosts want to be treated, over restarts.
hosts = Table(
    "hosts",
    metadata,
    Column("host", String, primary_key=True),
    Column("last_at", String),  # when the last request began to be sent
    Column("robots_at", String),  # the same of the last for robots.txt
    Column("not_before", String),  # no request before this moment
    Column("reason", Text, nullable=False),  # why not before it
    Column("delay_s", Float, nullable=False),  # as latency has stretched it
    Column("failures", Integer, nullable=False),  # in a row
    Column("day", String, nullable=False),  # UTC day that `used` counts
    Column("used", Integer, nullable=False),  # requests on that day
    sqlite_with_rowid=False,
)

robots = Table(
    "robots",
    metadata,
    Column("authority", String, primary_key=True),  # scheme://host:port
    Column("record_id", String),  # the capture that the rules came from
    Column("fetched_at", String, nullable=False),
    Column("status", Integer),  # null: no answer
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

ticks = Table(
    "ticks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("planned_for", String, nullable=False),
    Column("planned_until", String, nullable=False),
    Column("count", Integer, nullable=False),
    Column("outcome", String),
    Column("reason", Text, nullable=False),
    Column("run_id", String),
    Column("began_at", String),
    Column("ended_at", String),
    Column("found", Integer),
    Column("new", Integer),
    Column("counts", Text, nullable=False),  # JSON, an object
)
Index("ticks_once", ticks.c.source_id, ticks.c.kind, ticks.c.planned_for, unique=True)
# A source can not overlap itself: at most one tick of it has no outcome yet.
Index(
    "ticks_open",
    ticks.c.source_id,
    unique=True,
    sqlite_where=ticks.c.outcome.is_(None),
    postgresql_where=ticks.c.outcome.is_(None),
)
Index("ticks_by_time", ticks.c.planned_for)
# What a person looks for is rare among what went as planned.
Index(
    "ticks_odd",
    ticks.c.planned_for,
    sqlite_where=ticks.c.outcome != "done",
    postgresql_where=ticks.c.outcome != "done",
)

# What is known of each source between its runs.
sources = Table(
    "sources",
    metadata,
    Column("source_id", String, primary_key=True),
    # as it was planned with, in words; empty: the source was removed
    Column("rhythm", String, nullable=False),
    Column("rhythm_since", String, nullable=False),
    # every tick up to here is in the ledger; null: the first is at `rhythm_since`
    Column("planned_until", String),
    Column("interval_s", Float),  # of an adaptive rhythm, as learnt
    Column("last_new_at", String),  # when a look last gave something new
    Column("history", Text, nullable=False),  # JSON: what silence is measured by
    sqlite_with_rowid=False,
)

flags = Table(
    "flags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", String, nullable=False),
    Column("code", String, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("since", String, nullable=False),
    Column("ended_at", String),
)
# a source is flagged once for one thing
Index(
    "flags_open",
    flags.c.source_id,
    flags.c.code,
    unique=True,
    sqlite_where=flags.c.ended_at.is_(None),
    postgresql_where=flags.c.ended_at.is_(None),
)

# What is to be told to people: entered with what it tells of, sent at least once.
notices = Table(
    "notices",
    metadata,
    Column("id", String, primary_key=True),  # UUID, for receivers to know repeats by
    Column("made_at", String, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("attempts", Integer, nullable=False),
    Column("next_at", String),  # null: sent, or given up
    Column("outcome", Text, nullable=False),  # "sent", or why not
)
Index(
    "notices_waiting",
    notices.c.next_at,
    sqlite_where=notices.c.next_at.is_not(None),
    postgresql_where=notices.c.next_at.is_not(None),
)
