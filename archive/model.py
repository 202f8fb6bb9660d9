"""The types that travel between the floors. One file holds the words.

All are frozen, slotted and keyword-only: tuples instead of lists, aware UTC
datetimes, URLs as they were received. The comment on a field says whose word
it is: the server's, the publisher's, or ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class SeedKind(StrEnum):
    """What the address of a seed answers with."""

    FEED = "feed"  # RSS, RDF, Atom or JSON Feed
    SITEMAP = "sitemap"  # sitemap or sitemap index, plain or gzip
    FRONT = "front"  # a front or section page: HTML whose links are looked at
    LIST = "list"  # one URL a line


class Role(StrEnum):
    """Why an address was fetched. Only an ARTICLE is ever given a text."""

    ARTICLE = "article"
    SEED = "seed"
    ROBOTS = "robots"
    REQUISITE = "requisite"  # an image, style or script that a page needs


class Truncation(StrEnum):
    """Why a block holds less than was sent (WARC/1.1, 5.15)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


class RevisitProfile(StrEnum):
    """The two revisit profiles of WARC/1.1, annexes to 6.7."""

    IDENTICAL_PAYLOAD = (
        "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    )
    NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


class TextOutcome(StrEnum):
    """What became of the text of a capture. Every capture has exactly one."""

    TEXT = "text"  # a text was extracted
    EMPTY = "empty"  # the extractor found no text on the page
    UNCHANGED = "unchanged"  # a revisit: the text is that of the earlier capture
    NOT_ARTICLE = "not-article"  # role, status or media type: nothing to extract
    OTHER_CLASS = "other-class"  # a page, but no article: the capture class says what
    TIMEOUT = "timeout"  # the worker was killed at its time limit
    MEMORY = "memory"  # the worker went over its memory limit
    CRASHED = "crashed"  # the worker died
    FAILED = "failed"  # the extractor raised; the detail says what
    UNDECODABLE = "undecodable"  # the content coding is broken or expands too far


class CaptureClass(StrEnum):
    """What an answer is, decided before its text counts as an article."""

    ARTICLE = "article"
    LIVE_BLOG = "live-blog"  # updates, one below the other, each with its time
    LISTING = "listing"  # front, section, search or tag page
    STUB = "paywall-stub"  # the beginning of an article, the rest for subscribers
    CONSENT = "consent-wall"  # asks for consent instead of showing the page
    CHALLENGE = "bot-challenge"  # asks who is asking
    SOFT_404 = "soft-404"  # says "not found" with status 200
    LOGIN = "login"  # a form to log in or register, and nothing else
    EMPTY = "empty"  # a frame without content, such as a page that scripts would fill
    ERROR = "error"  # an error of the server's, told with status 200
    MEDIA = "media"  # a player, gallery or picture with hardly any text


class Access(StrEnum):
    """Who may read an article, as its page says."""

    FREE = "free"
    PAYWALLED = "paywalled"


class BylineKind(StrEnum):
    """Who is named as an author."""

    PERSON = "person"
    AGENCY = "agency"  # a news agency: Reuters, dpa, AA
    ORGANISATION = "organisation"  # a paper, a desk, a company


class Precision(StrEnum):
    """How exactly a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class FetchOutcome(StrEnum):
    """What became of an address that was asked for and gave no capture."""

    REFUSED_ROBOTS = "refused-robots"
    REFUSED_ADDRESS = "refused-address"  # private, loopback, link-local, multicast…
    REFUSED_SCHEME = "refused-scheme"  # not http or https
    UNRESOLVED = "unresolved"  # the name has no address
    UNREACHABLE = "unreachable"  # no connection: refused, reset, no route
    TLS_FAILED = "tls-failed"  # certificate or handshake
    TIMEOUT = "timeout"  # nothing was received within the time limit
    NOT_HTTP = "not-http"  # bytes came, but no HTTP status line
    NO_ANSWER = "no-answer"  # the connection closed before a byte came
    TOO_MANY_REDIRECTS = "too-many-redirects"
    EXCLUDED = "excluded"  # by the source's own rules; the detail says which
    POSTPONED = "postponed"  # its host wants to be left alone for longer than a run
    OVER_BUDGET = "over-budget"  # of requests to its host on that day
    OVER_LIMIT = "over-limit"  # more than was asked for, or too deep
    SEED_UNREADABLE = "seed-unreadable"  # captured, but not, or not all, understood
    FAILED = "failed"  # anything else; the detail says what


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """An address of a source that is looked at for new articles."""

    url: str  # ours: as written in sources.toml
    kind: SeedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a source's hosts are treated. Every exception is recorded in the archive."""

    delay_s: float = 1.0  # least time between two requests to one host
    concurrency: int = 1  # requests in flight to one host
    allow_private: bool = False  # connect to private and loopback addresses
    verify_tls: bool = True
    ignore_robots: str | None = None  # the reason, when robots.txt is not obeyed
    time_limit_s: float = 60.0  # one exchange, connecting included
    size_limit: int = 32 * 1024 * 1024  # bytes of one response, head included
    max_delay_s: float = 60.0  # as far as latency and errors may stretch the delay
    daily_budget: int = 10_000  # requests to one host in a UTC day, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A rhythm of equal steps, counted in UTC: no daylight saving."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A rhythm by the clock on the wall."""

    expression: str  # five fields
    zone: str = "UTC"  # IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptive:
    """A rhythm learnt from the share of new addresses in each look."""

    floor_s: float = 15 * 60.0
    ceiling_s: float = 24 * 3600.0


Rhythm = Every | Cron | Adaptive

HOUR_S: Final = 3600.0
DAY_S: Final = 24 * HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher that is watched."""

    id: str  # ours: stable, [a-z0-9-]
    name: str  # ours
    seeds: tuple[Seed, ...]
    homepage: str | None = None
    manners: Manners = Manners()
    include: tuple[str, ...] = ()  # ours: regular expressions on the address
    exclude: tuple[str, ...] = ()
    language: str | None = None  # ours: a hint, BCP 47
    tags: tuple[str, ...] = ()
    rhythm: Rhythm = Adaptive()
    # Ages at which an article is asked for again, in seconds since it was found.
    rechecks: tuple[float, ...] = (HOUR_S, 6 * HOUR_S, DAY_S, 7 * DAY_S, 30 * DAY_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """An address found: from where, when, and what was claimed about it."""

    url: str  # as received
    role: Role
    source_id: str  # ours
    run_id: str  # ours: UUID of the run that found it
    found_at: datetime  # our clock
    seed_url: str | None = None  # the seed (or page) that named the address
    seed_record_id: str | None = None  # the capture of it, `<urn:uuid:…>`
    claimed_title: str | None = None  # the seed's word
    claimed_date: str | None = None  # the seed's word, as it wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSession:
    """What was agreed on below HTTP, and with whom."""

    version: str  # "tls/1.3", as in WARC-Protocol
    cipher_suite: str  # IANA name
    certificate_sha256: str | None  # hex, of the DER leaf certificate
    verified: bool  # ours: chain and name were checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response, byte for byte as on the wire after TLS."""

    url: str  # ours: the address asked for, without fragment
    request: bytes  # as sent: request line, head, body
    response: bytes  # as received: status line, head, framed body; no 1xx
    began_at: datetime  # our clock, when the request began to be sent
    duration_s: float
    interim: bytes = b""  # 1xx answers that came before the response
    peer_address: str | None = None  # IP literal; None behind a proxy
    proxy: str | None = None  # ours: without credentials
    tls: TlsSession | None = None
    truncated: Truncation | None = None
    excess_length: int = 0  # bytes the server sent after the end of the message


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Where a record lies."""

    path: str  # of the published file, relative to the collection, with "/"
    offset: int  # of the gzip member, bytes
    length: int  # of the gzip member, bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """Why no payload was stored again, and of which capture it is."""

    profile: RevisitProfile
    record_id: str  # of the original response, never of a revisit
    url: str
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An exchange as it is kept."""

    record_id: str  # `<urn:uuid:…>` of the response or revisit record
    url: str
    date: datetime  # WARC-Date, microseconds
    status: int  # the server's
    media_type: str | None  # the server's Content-Type, lower case, no parameters
    block_digest: str  # "sha256:<hex>" of the block as stored
    payload_digest: str  # "sha256:<hex>", transfer coding removed, content coding kept
    payload_length: int  # bytes
    transfer_coded: bool  # the block holds chunk framing; replay must know
    locator: Locator
    discovery: Discovery
    revisit: Revisit | None = None
    truncated: Truncation | None = None
    redirect_from: str | None = None  # record id of the hop before
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """An address that was asked for and gave no capture, and why."""

    record_id: str  # of the metadata record that says so
    date: datetime
    outcome: FetchOutcome
    detail: str  # one sentence
    discovery: Discovery
    url: str  # the hop that failed; the discovery holds the address as found
    evidence: str | None = None  # record id, e.g. of the robots.txt that refused
    redirect_from: str | None = None
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One look at one source: who asked for it, with what settings."""

    id: str  # UUID
    source_id: str
    command: str  # "crawl", "archive"
    began_at: datetime
    settings_digest: str  # "sha256:<hex>" of the settings below, as JSON
    settings: tuple[tuple[str, str], ...]  # the safety settings in force
    ended_at: datetime | None = None  # None: it was cut off
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement about an article, by its page or by what led to it."""

    field: str  # "title", "author", "published", …
    value: str  # raw
    origin: str  # where it stood: "json-ld:NewsArticle.headline", "meta:og:title", "h1"
    is_chosen: bool = False  # ours: the field of the article was made of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """One name that stands as an author, in the order of the page."""

    name: str  # the publisher's, without "by", role and place
    kind: BylineKind  # ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date to the precision that is known, and the time it can have been."""

    text: str  # ISO 8601, to its precision, with the offset if one was stated
    precision: Precision
    earliest: datetime  # UTC, inclusive
    latest: datetime  # UTC, inclusive; never after the capture


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDateline:
    """How a report begins: where, when, by whom ("ALEPPO, Nov. 30 (SANA)")."""

    text: str  # as it stands
    place: str | None
    day: str | None  # ISO 8601; the year is the article's if none is stated
    agency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image of an article."""

    url: str  # absolute
    caption: str | None = None  # the publisher's
    alt: str | None = None  # the publisher's
    credit: str | None = None  # the publisher's


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link in the text of an article."""

    url: str  # absolute
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a page says of its article, normalised. A field not stated is None or ()."""

    title: str | None = None  # the headline, without site name, section and kicker
    kicker: str | None = None  # the line above the headline
    section: str | None = None
    standfirst: str | None = None  # the summary below the headline
    bylines: tuple[Byline, ...] = ()
    published: Moment | None = None
    modified: Moment | None = None
    dateline: ReportDateline | None = None
    site_name: str | None = None
    description: str | None = None
    language: str | None = None  # BCP 47, identified in the text
    canonical_url: str | None = None  # only if the page states one
    licence: str | None = None
    access: Access | None = None
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    quoted_sources: tuple[str, ...] = ()  # agencies and papers the text names

    @property
    def authors(self) -> tuple[str, ...]:
        """The names of the bylines, whoever they are."""
        return tuple(byline.name for byline in self.bylines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Of a text: from which bytes, by which software, in which run."""

    record_id: str  # of the response the bytes are in
    payload_digest: str
    locator: Locator
    captured_at: datetime
    url: str  # the final address, the one that answered
    found_url: str  # the address as it was discovered
    extractor: str  # "trafilatura"
    extractor_version: str
    options_digest: str  # "sha256:<hex>"
    run_id: str
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The normalised work, as one capture of it said."""

    id: str  # `<urn:uuid:…>` of the conversion record; the same for the same bytes
    canonical_url: str  # the publisher's, else the final address
    work: Work
    text: str
    page_class: CaptureClass
    confidence: float  # ours: how likely the text is good, 0 to 1, calibrated
    claims: tuple[Claim, ...]
    provenance: Provenance


class Severity(StrEnum):
    """How bad a finding is. An ERROR means the archive is damaged."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something `verify` noticed."""

    code: str  # listed in docs/verify.md
    severity: Severity
    path: str  # relative to the collection, or as given
    offset: int | None  # of the record or member, bytes
    sentence: str
