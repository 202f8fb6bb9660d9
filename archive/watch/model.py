"""The types of watching: addresses and what becomes of them, ticks and theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AddressState(StrEnum):
    """Where an address stands. Each has exactly one, with a reason."""

    FOUND = "found"  # known, and not to be fetched; the reason says why
    DUE = "due"  # to be fetched, for the first time or again, from `due_at` on
    FETCHING = "fetching"  # a run has taken it
    FETCHED = "fetched"  # kept, and not due again
    REFUSED = "refused"  # by robots.txt or an address guard
    FAILED = "failed"  # the last attempt brought no answer; due again at `due_at`
    GIVEN_UP = "given-up"  # failed too often


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address of the frontier."""

    key: str  # archive.identity.identity(url): the same for the same article
    url: str  # as it was received first
    source_id: str
    state: AddressState
    reason: str  # ours: one sentence on how it came to this state
    found_at: datetime  # our clock, of the first find
    seed_url: str | None = None
    seed_record_id: str | None = None  # the capture it was found in
    claimed_title: str | None = None
    claimed_date: str | None = None
    due_at: datetime | None = None  # None: never again, or a run has it in work
    step: int = 0  # looks that were answered; all but the first are rechecks
    attempts: int = 0  # in a row that were not
    gone: int = 0  # answers in a row that said it is no longer there
    run_id: str | None = None  # of the run that has, or had, it in work
    last_at: datetime | None = None  # WARC-Date of its last capture, or of its miss
    # Of the last answer: a failed attempt after one changes none of what follows.
    record_id: str | None = None  # capture (response or revisit); before any, the miss
    status: int | None = None  # the server's
    payload_digest: str | None = None  # of the last capture with status 200
    etag: bytes | None = None  # the server's, of the last capture with status 200
    last_modified: bytes | None = None  # the server's, of the same


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """The pace of one host, whichever source asks."""

    last_at: datetime | None = None  # when the last request began to be sent
    robots_at: datetime | None = None  # the same of the last for robots.txt
    not_before: datetime | None = None  # no request before this moment
    reason: str = ""  # ours: why not before it
    delay_s: float = 0.0  # between two requests, as latency has stretched it
    failures: int = 0  # in a row: no answer, 429 or 5xx
    day: str = ""  # UTC day, YYYY-MM-DD, that `used` counts
    used: int = 0  # requests on that day


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsState:
    """What asking for a robots.txt gave last."""

    record_id: str | None  # of the capture, or of the record that none came
    fetched_at: datetime
    status: int | None  # None: no answer
    body: bytes  # without content coding, what RFC 9309 has us read


class TickOutcome(StrEnum):
    """What became of a planned run. Each tick of each source has exactly one."""

    DONE = "done"  # began in time and ended
    LATE = "late"  # ended, but began after the tolerance; a catch-up too
    OVERLAPPED = "overlapped"  # the run before it was still going
    SKIPPED = "skipped"  # on purpose; the reason says why
    FAILED = "failed"  # it began, and could not do its work
    MISSED = "missed"  # nobody was there to begin it


class TickKind(StrEnum):
    """Why a run was planned."""

    POLL = "poll"  # the rhythm of the source
    RECHECK = "recheck"  # addresses of the source are due between two polls


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A planned run, or a row of them that nobody was there to begin."""

    id: int
    source_id: str
    kind: TickKind
    planned_for: datetime
    planned_until: datetime  # the last tick of the row; the same for a single one
    count: int  # ticks in the row
    outcome: TickOutcome | None  # None: going on
    reason: str  # ours: one sentence; empty for what went as planned
    run_id: str | None = None  # given before the run begins
    began_at: datetime | None = None
    ended_at: datetime | None = None
    found: int | None = None  # addresses that the seeds named
    new: int | None = None  # of these, those never seen before
    counts: tuple[tuple[str, int], ...] = ()  # the report of the run


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something about a source that a person should look at."""

    source_id: str
    code: str  # "silent", "odd-pages", "errors"
    sentence: str
    since: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be told to people, at least once."""

    id: str  # UUID: a receiver knows repeats by it
    made_at: datetime
    body: str  # JSON
    attempts: int = 0
