"""The kinds of host there are in a simulated web: a table of forty."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from tests.support.simweb.hosts import (
    ROBOTS,
    FeedForm,
    Host,
    Ill,
    Named,
    Removal,
    Robots,
    SitemapForm,
    Story,
    Trouble,
    Validators,
)
from tests.support.simweb.texts import TONGUES

BEFORE: Final = 1.5  # days of stories that a host has at the start
HOUR: Final = timedelta(hours=1)

_LANGUAGES: Final = ("en", "ar", "tr", "en", "el", "ru", "en", "zh")


def address_of(network: int, number: int) -> str:
    """Give the address of the host with a number, below 63,750."""
    return f"127.{network}.{number // 250}.{number % 250 + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a kind is given to make a host of."""

    seed: int
    number: int
    kind: str
    network: int
    start: datetime
    days: int
    daily: int
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        lot = random.Random(f"{self.seed} {self.number} {self.kind}")
        object.__setattr__(self, "chance", lot)

    def host(self, folder: str = "news", language: str | None = None) -> Host:
        """Make the plain host that the kinds differ from."""
        language = language or _LANGUAGES[self.number % len(_LANGUAGES)]
        return Host(
            id=f"sim-{self.number:03}-{self.kind}",
            kind=self.kind,
            address=address_of(self.network, self.number),
            language=language,
            stories=self.stories(folder, language),
        )

    def stories(self, folder: str, language: str) -> tuple[Story, ...]:
        """Publish stories at random moments, in one of three styles of address."""
        count = round(self.daily * (self.days + BEFORE))
        first = self.start - timedelta(days=BEFORE)
        span_s = (self.days + BEFORE) * 86400
        moments = sorted(self.chance.uniform(0, span_s) for _ in range(count))
        words = TONGUES[language].words
        stories = []
        for n, second in enumerate(moments):
            published = first + timedelta(seconds=int(second))
            slug = quote("-".join(self.chance.sample(words, 4)).lower())
            key = 10_000 * (self.number + 1) + n
            path = (
                f"/{folder}/{published:%Y/%m/%d}/{slug}-{key}/",
                f"/{folder}/{slug}-{key}.html",
                f"/{folder}/article/{key}",
            )[self.number % 3]
            stories.append(Story(path=path, published=published))
        return tuple(stories)

    def daily_trouble(
        self, ill: Ill, *, hour: float, hours: float, **more: Any
    ) -> tuple[Trouble, ...]:
        """Let something go wrong every day, `hour` hours after its beginning."""
        begins = (
            self.start + timedelta(days=n, hours=hour) for n in range(self.days + 1)
        )
        return tuple(
            Trouble(ill=ill, since=begin, until=begin + hours * HOUR, **more)
            for begin in begins
        )

    def later(self, days: float) -> datetime:
        """Give the moment so many days after the start."""
        return self.start + timedelta(days=days)


def _edited(plan: Plan) -> Host:
    """Every second story is edited up to three times, every tenth is a live blog."""
    host = plan.host()
    stories = []
    for n, story in enumerate(host.stories):
        if n % 10 == 4:
            edits = [story.published + timedelta(minutes=12 * k) for k in range(1, 16)]
            stories.append(replace(story, edits=tuple(edits), is_live=True))
        elif n % 2:
            hours = sorted(plan.chance.sample(range(1, 40), 1 + n % 3))
            edits = [story.published + hour * HOUR for hour in hours]
            stories.append(replace(story, edits=tuple(edits)))
        else:
            stories.append(story)
    return replace(host, stories=tuple(stories))


def _removed(plan: Plan) -> Host:
    """Of three stories two are taken down, each way in turn."""
    host = plan.host()
    ways = tuple(Removal)
    return replace(
        host,
        stories=tuple(
            replace(
                story,
                removed=story.published + plan.chance.randint(2, 30) * HOUR,
                removal=ways[n % len(ways)],
            )
            if n % 3
            else story
            for n, story in enumerate(host.stories)
        ),
    )


def _aliases(plan: Plan) -> Host:
    """The feed names stories otherwise than the sitemap does."""
    host = plan.host()
    names = tuple(Named)
    return replace(
        host,
        seeds=("feed", "sitemap"),
        stories=tuple(
            replace(story, named=names[n % len(names)])
            for n, story in enumerate(host.stories)
        ),
    )


def _mixed(plan: Plan, folders: tuple[str, ...], text: str) -> Host:
    """Stories lie in several folders, about which robots.txt has something to say."""
    host = plan.host()
    stories = tuple(
        replace(
            story,
            path=story.path.replace("/news/", f"/{folders[n % len(folders)]}/", 1),
        )
        for n, story in enumerate(host.stories)
    )
    return replace(host, stories=stories, robots=(Robots(text=text),))


def _with(**changes: Any) -> Callable[[Plan], Host]:
    return lambda plan: replace(plan.host(), **changes)


def _robots(*robots: Robots, **changes: Any) -> Callable[[Plan], Host]:
    return _with(robots=robots, **changes)


def _ill_robots(ill: Ill) -> Callable[[Plan], Host]:
    return _with(troubles=(Trouble(ill=ill, path=ROBOTS),))


# Beyond 500 KiB a robots.txt is not read (RFC 9309, 2.5): the last line shuts all.
_HUGE: Final = (
    "User-agent: *\nDisallow: /premium/\n"
    + "# a remark that nobody reads, and there are many of them\n" * 9_500
    + "Disallow: /\n"
)

KINDS: Final[dict[str, Callable[[Plan], Host]]] = {
    # seeds
    "rss": _with(),
    "atom": _with(feed=FeedForm.ATOM, is_chunked=True, is_gzipped=True),
    "rdf": lambda plan: replace(
        plan.host(language="ar"), feed=FeedForm.RDF, charset="windows-1256"
    ),
    "json": _with(feed=FeedForm.JSON),
    "sitemap": _with(seeds=("sitemap",)),
    "sitemap-news": _with(seeds=("sitemap",), sitemap=SitemapForm.NEWS),
    "sitemap-index": _with(seeds=("sitemap",), sitemap=SitemapForm.INDEX),
    "front": _with(seeds=("front",)),
    "list": _with(seeds=("list",), keeps_alive=False, validators=Validators.NONE),
    "shared": _with(seeds=("feed", "sitemap"), is_shared=True),
    # robots.txt
    "crawl-delay": _robots(Robots(text="User-agent: *\nCrawl-delay: 2\nDisallow:\n")),
    "crawl-delay-own": _robots(
        Robots(
            text="User-agent: *\nCrawl-delay: 30\n\n"
            "User-agent: dateline\nCrawl-delay: 1.5\nDisallow: /tag/\n"
        )
    ),
    "disallowed-some": lambda plan: _mixed(
        plan,
        ("news", "news", "premium"),
        "User-agent: *\nDisallow: /premium/\nDisallow: /search\n"
        "Sitemap: {base}/sitemap-plain.xml\n",
    ),
    "disallowed-all": _robots(Robots(text="User-agent: *\nDisallow: /\n")),
    "longest-match": lambda plan: _mixed(
        plan,
        ("news/open", "news/shut", "news"),
        "User-agent: *\nDisallow: /news/*/\nAllow: /news/open/\nDisallow: /*.html$\n"
        "Allow: /news/2\nAllow: /news/article/\n",
    ),
    "own-group": lambda plan: _mixed(
        plan,
        ("news", "archive"),
        "User-agent: *\nDisallow: /\n\n"
        "User-agent: Otherbot\nUser-agent: Dateline\nDisallow: /archive/\nAllow: /\n",
    ),
    "robots-none": lambda plan: replace(
        plan.host(),
        robots=(
            Robots(status=404, text="User-agent: *\nDisallow: /\n"),
            Robots(status=403, since=plan.later(1)),
        ),
    ),
    "robots-unreachable": lambda plan: replace(
        plan.host(),
        robots=(Robots(status=500), Robots(status=429, since=plan.later(0.5))),
    ),
    "robots-reset": _ill_robots(Ill.RESET),
    "robots-hangs": _ill_robots(Ill.HANG),
    "robots-hops": _robots(
        Robots(text="User-agent: *\nDisallow: /news/\nAllow: /news/*5\n", hops=3)
    ),
    "robots-elsewhere": lambda plan: replace(
        plan.host(), robots=(Robots(elsewhere=address_of(plan.network, 0)),)
    ),
    "robots-huge": _robots(Robots(text=_HUGE)),
    "robots-changes": lambda plan: replace(
        plan.host(),
        robots=(
            Robots(text="User-agent: *\nDisallow:\n"),
            Robots(text="User-agent: *\nDisallow: /news/\n", since=plan.later(1)),
            Robots(text="User-agent: *\nCrawl-delay: 3\n", since=plan.later(2)),
        ),
    ),
    # conditional requests
    "etag": _with(validators=Validators.ETAG),
    "weak": _with(validators=Validators.WEAK, is_gzipped=True),
    "modified": _with(validators=Validators.MODIFIED),
    "deaf": _with(validators=Validators.DEAF),
    "fickle": _with(validators=Validators.FICKLE, is_restless=True),
    # what goes wrong
    "busy": lambda plan: replace(
        plan.host(),
        troubles=(
            *plan.daily_trouble(
                Ill.STATUS, hour=2, hours=1, status=503, retry_after_s=900
            ),
            *plan.daily_trouble(
                Ill.STATUS,
                hour=9,
                hours=1,
                status=503,
                retry_after_s=1200,
                is_retry_a_date=True,
            ),
        ),
    ),
    "too-many": lambda plan: replace(
        plan.host(),
        troubles=plan.daily_trouble(
            Ill.STATUS,
            hour=0.5,
            hours=22,
            share=0.1,
            status=429,
            spared=ROBOTS,
            retry_after_s=120,
        ),
    ),
    "outage": lambda plan: replace(
        plan.host(),
        troubles=(
            *plan.daily_trouble(Ill.REFUSED, hour=3, hours=2),
            *plan.daily_trouble(Ill.RESET, hour=11, hours=1.5),
        ),
    ),
    "flaky": _with(
        troubles=(
            Trouble(ill=Ill.STATUS, share=0.1, spared=ROBOTS),
            Trouble(ill=Ill.RESET, share=0.1, spared=ROBOTS, slot_s=61),
        )
    ),
    "broken": _with(
        troubles=(
            Trouble(ill=Ill.CUT, share=0.1, path="/news/"),
            Trouble(ill=Ill.CLOSE, share=0.1, path="/news/", slot_s=61),
            Trouble(ill=Ill.BROKEN_CHUNKS, share=0.1, path="/news/", slot_s=62),
        )
    ),
    "slow": lambda plan: replace(
        plan.host(),
        latency_s=0.05,
        troubles=(
            *plan.daily_trouble(Ill.HANG, hour=5, hours=0.5, path="/news/"),
            Trouble(ill=Ill.DRIP, share=0.2, path="/news/", seconds=0.8),
            Trouble(ill=Ill.LATE, share=0.2, path="/news/", seconds=0.5, slot_s=61),
        ),
    ),
    # what becomes of stories
    "edited": _edited,
    "removed": _removed,
    "aliases": _aliases,
    "consent": lambda plan: replace(plan.host(), consent_from=plan.later(1.2)),
    "silent": lambda plan: _until(plan.host(), plan.later(0.8)),
}


def _until(host: Host, end: datetime) -> Host:
    """Let a host publish nothing more after a moment."""
    stories = tuple(story for story in host.stories if story.published < end)
    return replace(host, stories=stories)
