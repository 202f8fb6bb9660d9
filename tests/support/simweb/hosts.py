"""What is known of a simulated host: data, from which all its answers follow."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)

ROBOTS: Final = "/robots.txt"


class FeedForm(StrEnum):
    """The format of a feed."""

    RSS = "rss"
    RDF = "rdf"
    ATOM = "atom"
    JSON = "json"


class SitemapForm(StrEnum):
    """The kind of sitemap that lies at the address of a seed."""

    PLAIN = "plain"
    NEWS = "news"  # with the fields of Google News
    INDEX = "index"  # names one gzip sitemap for each month


class Validators(StrEnum):
    """What answers carry to be asked conditionally by, and whether it helps."""

    NONE = "none"
    ETAG = "etag"
    WEAK = "weak"  # W/"…"
    MODIFIED = "modified"  # Last-Modified alone
    BOTH = "both"
    FICKLE = "fickle"  # another ETag every second, whatever changed
    DEAF = "deaf"  # both are sent, conditions are ignored


class Named(StrEnum):
    """Under which address the feed names a story; sitemaps name it as it is."""

    PLAIN = "plain"
    TRACKED = "tracked"  # with utm_… parameters
    AMP = "amp"  # the AMP twin, whose rel=canonical is the story
    FORMER = "former"  # an old address that redirects (301)


class Removal(StrEnum):
    """What answers in place of a story that was taken down."""

    NOT_FOUND = "404"
    GONE = "410"
    LEGAL = "451"
    FRONT = "front"  # 302 to the front page


class Ill(StrEnum):
    """What goes wrong."""

    STATUS = "status"  # another status, perhaps with Retry-After
    REFUSED = "refused"  # nobody listens; of a whole host only
    RESET = "reset"  # the connection is reset instead of an answer
    CLOSE = "close"  # it is closed without an answer
    CUT = "cut"  # it is closed in the middle of the body
    BROKEN_CHUNKS = "broken-chunks"  # a chunk has no size
    HANG = "hang"  # no answer, until the client closes
    LATE = "late"  # the answer comes after `seconds`
    DRIP = "drip"  # the answer trickles over `seconds`


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that goes wrong, on some paths, for some time."""

    ill: Ill
    since: datetime = ALWAYS
    until: datetime = NEVER
    path: str = "/"  # where the path begins so
    spared: str | None = None  # but not where it begins so
    share: float = 1.0  # of all (path, slot): the same requests at each run
    slot_s: float = 60.0
    status: int = 500
    location: str | None = None  # with a 3xx
    retry_after_s: float | None = None
    is_retry_a_date: bool = False
    seconds: float = 0.0  # of real time, for LATE and DRIP

    def strikes(self, path: str, now: datetime) -> bool:
        """Say whether a request for the path goes wrong at this moment."""
        if not self.since <= now < self.until or not path.startswith(self.path):
            return False
        if self.spared is not None and path.startswith(self.spared):
            return False
        if self.share >= 1.0:
            return True
        slot = int(now.timestamp() // self.slot_s)
        return zlib.crc32(f"{slot} {path}".encode()) / 2**32 < self.share

    @property
    def is_an_end(self) -> bool:
        """Say whether no page comes through while it lasts."""
        return self.ill not in {Ill.LATE, Ill.DRIP} and self.share >= 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What /robots.txt answers from a moment on. See also Trouble with its path."""

    text: str = ""
    status: int = 200
    since: datetime = ALWAYS
    hops: int = 0  # redirects on the same host, before the answer
    elsewhere: str | None = None  # the address of a host that it redirects to


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article: where, when it changes, and when it goes."""

    path: str  # percent-encoded
    published: datetime
    edits: tuple[datetime, ...] = ()  # each makes another version, in order
    removed: datetime | None = None
    removal: Removal = Removal.NOT_FOUND
    named: Named = Named.PLAIN
    is_live: bool = False  # the page says that it is a live blog

    def version(self, now: datetime) -> int:
        """Count the versions so far; 0 before it is published."""
        if now < self.published:
            return 0
        return 1 + bisect_right(self.edits, now)

    def changed(self, now: datetime) -> datetime:
        """Tell when the version of the moment appeared."""
        version = self.version(now)
        return self.edits[version - 2] if version > 1 else self.published

    def is_listed(self, now: datetime) -> bool:
        """Say whether feed, sitemap and front page may name it."""
        return self.published <= now and (self.removed is None or now < self.removed)

    @property
    def feed_target(self) -> str:
        """The path and query under which the feed names it."""
        if self.named is Named.PLAIN:
            return self.path
        if self.named is Named.TRACKED:
            return self.path + "?utm_source=rss&utm_medium=feed&utm_campaign=s"
        return ("/amp" if self.named is Named.AMP else "/r") + self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A news host: all that it will ever answer."""

    id: str  # of its source
    kind: str  # one of `kinds.KINDS`, or words of a test
    address: str  # 127.x.y.z
    stories: tuple[Story, ...] = ()  # in order of `published`
    language: str = "en"
    charset: str = "utf-8"
    robots: tuple[Robots, ...] = (Robots(),)  # in order of `since`
    seeds: tuple[str, ...] = ("feed",)  # kinds of `sources.toml`, of this source
    is_shared: bool = False  # each seed is a source of its own
    feed: FeedForm = FeedForm.RSS
    feed_length: int = 20
    sitemap: SitemapForm = SitemapForm.PLAIN
    validators: Validators = Validators.BOTH
    is_chunked: bool = False
    is_gzipped: bool = False  # where the client accepts it
    keeps_alive: bool = True
    latency_s: float = 0.0  # of real time, before each answer
    is_restless: bool = False  # pages tell the second: bytes change, texts do not
    consent_from: datetime | None = None  # then a consent page is all that comes
    troubles: tuple[Trouble, ...] = ()

    @property
    def feed_path(self) -> str:
        """Where the feed lies."""
        return "/feed.json" if self.feed is FeedForm.JSON else f"/{self.feed}.xml"

    @property
    def sitemap_path(self) -> str:
        """Where the sitemap, or the index of them, lies."""
        return f"/sitemap-{self.sitemap}.xml"

    def seed_path(self, kind: str) -> str:
        """Tell where the seed of a kind lies."""
        return {
            "feed": self.feed_path,
            "sitemap": self.sitemap_path,
            "front": "/",
            "list": "/list.txt",
        }[kind]

    def sources(self) -> dict[str, tuple[str, ...]]:
        """Name the sources that watch this host, with the kinds of their seeds."""
        if not self.is_shared:
            return {self.id: self.seeds}
        return {f"{self.id}-{kind}": (kind,) for kind in self.seeds}

    def robots_at(self, now: datetime) -> Robots:
        """Give the robots.txt of the moment."""
        return [robots for robots in self.robots if robots.since <= now][-1]

    def trouble(self, path: str, now: datetime) -> Trouble | None:
        """Give what goes wrong with a request at this moment: the first."""
        return next((t for t in self.troubles if t.strikes(path, now)), None)
