"""The search for the seeds of a site: what to ask next, and what was found. Pure.

    search = SeedSearch(url)
    search.take_page(page_clues(…))
    while clue := search.next_clue():
        search.took(look_at(clue, body, …))
    suggested = suggestion(search)

It stops asking once it knows a feed and a sitemap, and never asks more than
`ASK_LIMIT` times: a site is a guest's host, not a range to be scanned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archive.model import SeedKind
from crawler.charsets import charset_of
from crawler.discovery import harvest
from crawler.feeds import FEED_ROOTS
from crawler.seedclues import Clue, Origin, PageClues, common_places
from crawler.xmltext import PROLOGUE_LIMIT, root_name, without_junk

ASK_LIMIT: Final = 20  # addresses, the page and robots.txt apart
_LIMITS: Final = {
    (SeedKind.FEED, Origin.LINK): 6,
    (SeedKind.SITEMAP, Origin.LINK): 2,
    (SeedKind.SITEMAP, Origin.ROBOTS): 4,
    (SeedKind.SITEMAP, Origin.INDEX): 2,
    (SeedKind.FEED, Origin.ANCHOR): 4,
}
MANY_ADDRESSES: Final = 5_000  # more are an archive, and not what is new
MANY_SITEMAPS: Final = 20
_SITEMAP_ROOTS: Final = frozenset({"urlset", "sitemapindex"})
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an address that was asked turned out to be."""

    clue: Clue
    url: str  # to be asked from now on
    kind: SeedKind | None = None  # None: nothing that could be a seed
    addresses: int = 0
    named: frozenset[str] = frozenset()  # the addresses, of a feed
    nested: tuple[str, ...] = ()  # the sitemaps, of an index
    is_news: bool = False  # a sitemap with Google's fields for news
    problem: str | None = None  # ours: why it is nothing, or not all was read
    record_id: str | None = None  # of the capture, or of the miss

    @property
    def is_good(self) -> bool:
        """Whether it can be watched: it names something."""
        return self.kind is not None and bool(self.addresses or self.nested)

    @property
    def is_archive(self) -> bool:
        """Whether it names far more than what is new."""
        return self.addresses > MANY_ADDRESSES or len(self.nested) > MANY_SITEMAPS

    def words(self) -> str:
        """Say what it holds."""
        if self.kind is None:
            return self.problem or "nothing"
        if self.nested:
            what = f"sitemap index of {_counted(len(self.nested), 'sitemap')}"
        elif self.kind is SeedKind.FEED:
            what = f"feed of {_counted(self.addresses, 'address')}"
        else:
            kind = "news sitemap" if self.is_news else "sitemap"
            what = f"{kind} of {_counted(self.addresses, 'address')}"
        return f"{what} ({self.problem})" if self.problem else what


def look_at(
    clue: Clue,
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    record_id: str | None = None,
) -> Look:
    """Read an answer of status 200 as what it is, whatever was expected.

    `body` is without content coding, `url` what answered. Never raises.
    """
    kind = kind_of_answer(body, content_type)
    if kind is None:
        return Look(
            clue=clue,
            url=url,
            problem="no feed and no sitemap, but another kind of answer",
            record_id=record_id,
        )
    got = harvest(kind, body, url=url, content_type=content_type)
    return Look(
        clue=clue,
        url=url,
        kind=kind,
        addresses=len(got.found),
        named=frozenset(f.url for f in got.found)
        if kind is SeedKind.FEED
        else frozenset(),
        nested=tuple(one.url for one in got.nested),
        is_news=kind is SeedKind.SITEMAP and any(one.title for one in got.found),
        problem=_short(got.problem),
        record_id=record_id,
    )


def kind_of_answer(body: bytes, content_type: str | None = None) -> SeedKind | None:
    """Tell a feed, a sitemap and anything else apart by their beginnings."""
    if body.startswith(_GZIP):
        return SeedKind.SITEMAP
    head = body[:PROLOGUE_LIMIT]
    text = head.decode(charset_of(head, content_type), "replace").lstrip(
        "\ufeff \t\r\n"
    )
    if text.startswith("{"):
        return SeedKind.FEED if '"items"' in text or len(body) > len(head) else None
    if not text.startswith("<"):
        # A sitemap as text: one address a line, and nothing else.
        return SeedKind.SITEMAP if text.startswith(("http://", "https://")) else None
    root = root_name(without_junk(text, FEED_ROOTS | _SITEMAP_ROOTS)[0])
    if root in FEED_ROOTS:
        return SeedKind.FEED
    return SeedKind.SITEMAP if root in _SITEMAP_ROOTS else None


class SeedSearch:
    """What is known so far, and what is worth asking next.

    Attributes:
        url: the page the search began at; where it is now, if it has moved.
        page: what it says about the site; None if it could not be read.
        articles: links of it that look like articles.
        looks: what was asked, in that order.
        left_out: clues that are not asked, and why.
    """

    def __init__(self, url: str) -> None:
        """Begin at a page, with nothing known."""
        self.url = url
        self.page: PageClues | None = None
        self.articles = 0
        self.looks: list[Look] = []
        self.left_out: list[tuple[Clue, str]] = []
        self._waiting: list[Clue] = []
        self._seen: set[str] = set()

    def take_page(self, page: PageClues, *, url: str, articles: int = 0) -> None:
        """Take what the page says; `url` is where it is."""
        self.url, self.page, self.articles = url, page, articles
        self.take(page.clues)

    def take(self, clues: tuple[Clue, ...]) -> None:
        """Take clues in the order of their trust, as far as there is room."""
        for clue in clues:
            if clue.url in self._seen:
                continue
            self._seen.add(clue.url)
            if clue.is_of_comments:
                self.left_out.append((clue, "a feed of comments"))
            else:
                self._waiting.append(clue)

    def next_clue(self) -> Clue | None:
        """Choose what to ask next; None if enough is known."""
        if len(self.looks) >= ASK_LIMIT:
            self._leave_out(f"more than the {ASK_LIMIT} addresses that are asked")
            return None
        for kind, origins in (
            (SeedKind.FEED, (Origin.LINK,)),
            (SeedKind.SITEMAP, (Origin.LINK, Origin.ROBOTS, Origin.INDEX)),
        ):
            for origin in origins:
                if (clue := self._waiting_of(kind, origin)) is not None:
                    return clue
        for kind in (SeedKind.FEED, SeedKind.SITEMAP):
            if not self._has(kind) and (clue := self._guess(kind)) is not None:
                return clue
        self._leave_out("enough is known without it")
        return None

    def took(self, look: Look) -> None:
        """Take what came of the last clue."""
        self.looks.append(look)
        self._seen.add(look.url)
        if len(look.nested) > MANY_SITEMAPS:
            # The whole archive; what is new may have a sitemap of its own in it.
            nested = (
                Clue(url=url, kind=SeedKind.SITEMAP, origin=Origin.INDEX)
                for url in look.nested
            )
            self.take(tuple(clue for clue in nested if clue.is_news)[:10])

    def good(self, kind: SeedKind) -> list[Look]:
        """Give what can be watched, in the order it was found."""
        return [look for look in self.looks if look.kind is kind and look.is_good]

    def _has(self, kind: SeedKind) -> bool:
        return bool(self.good(kind))

    def _guess(self, kind: SeedKind) -> Clue | None:
        clue = self._waiting_of(kind, Origin.ANCHOR)
        if clue is None:
            self.take(common_places(self.url, kind))
            clue = self._waiting_of(kind, Origin.COMMON)
        return clue

    def _waiting_of(self, kind: SeedKind, origin: Origin) -> Clue | None:
        waiting = [c for c in self._waiting if c.kind is kind and c.origin is origin]
        limit = _LIMITS.get((kind, origin), ASK_LIMIT)
        asked = sum(
            look.clue.kind is kind and look.clue.origin is origin for look in self.looks
        )
        if asked >= limit:
            self._leave_out(
                f"more than the {limit} of its kind that are asked", waiting
            )
            return None
        if not waiting:
            return None
        chosen = next((clue for clue in waiting if clue.is_news), waiting[0])
        if kind is SeedKind.FEED:
            chosen = waiting[0]  # the publisher's order: the main feed comes first
        self._waiting.remove(chosen)
        return chosen

    def _leave_out(self, reason: str, clues: list[Clue] | None = None) -> None:
        for clue in list(self._waiting) if clues is None else clues:
            self._waiting.remove(clue)
            if clue.origin is not Origin.COMMON:  # nobody named those
                self.left_out.append((clue, reason))


def _counted(number: int, noun: str) -> str:
    plural = noun if number == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {plural}"


def _short(problem: str | None) -> str | None:
    return problem if problem is None or len(problem) <= 120 else f"{problem[:119]}…"
