"""A host of the farm: one feed that goes on for ever, by rule instead of by list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from typing_extensions import override

from tests.support.simweb import pages, seeds
from tests.support.simweb.answers import Draft
from tests.support.simweb.hosts import ROBOTS, Host, Story
from tests.support.simweb.site import HostSite

LENGTH: Final = 30  # items of the feed

_GOLDEN: Final = 0.6180339887498949  # spreads phases evenly


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmHost:
    """Publishes a story every so many seconds, at a phase of its own."""

    number: int
    address: str
    start: datetime  # the feed is full then
    period_s: float

    @property
    def id(self) -> str:
        """The id of its source."""
        return f"farm-{self.number:05}"

    @property
    def kind(self) -> str:
        """The kind, as that of a Host."""
        return "farm"

    @property
    def language(self) -> str:
        """What it is written in."""
        return "en"

    def sources(self) -> dict[str, tuple[str, ...]]:
        """Name the sources that watch this host, with the kinds of their seeds."""
        return {self.id: ("feed",)}

    def seed_path(self, kind: str) -> str:
        """Tell where the seed of a kind lies."""
        return {"feed": "/rss.xml"}[kind]

    def latest(self, now: datetime) -> int:
        """Count the stories until a moment; numbers go from 0, some are older."""
        passed_s = (now - self.start).total_seconds() - self._phase_s
        return LENGTH + int(passed_s // self.period_s) + 1

    def path(self, number: int) -> str:
        """Tell where the story with a number lives."""
        return f"/news/story-{number:06}.html"

    def story(self, number: int) -> Story:
        """Give the story with a number."""
        seconds = self._phase_s + (number - LENGTH) * self.period_s
        return Story(
            path=self.path(number),
            published=self.start + timedelta(seconds=seconds),
        )

    @property
    def _phase_s(self) -> int:
        # Whole, so that dates are; after the start, when the feed is just full.
        return int(self.number * _GOLDEN % 1 * self.period_s) + 1


class FarmSite(HostSite):
    """A FarmHost that can be asked."""

    def __init__(self, farm: FarmHost, port: int) -> None:
        """Answer as a plain host does, but for the stories."""
        host = Host(id=farm.id, kind=farm.kind, address=farm.address)
        super().__init__(host, port)
        self.farm = farm

    def addresses(self, until: datetime) -> list[str]:
        """Give the addresses that the feed has named until a moment."""
        farm = self.farm
        return [self.base + farm.path(n) for n in range(farm.latest(until))]

    @override
    def story(self, path: str) -> Story | None:
        digits = path.removeprefix("/news/story-").removesuffix(".html")
        if len(digits) != 6 or not digits.isdecimal():
            return None
        return self.farm.story(int(digits))

    @override
    def _draft(self, path: str, now: datetime) -> Draft:
        if path == "/rss.xml":
            return self._feed(now)
        if path == ROBOTS:
            return Draft(media="text/plain", content="User-agent: *\nDisallow:\n")
        story = self.story(path)
        if story is None or now < story.published:
            return Draft(status=404, content="<h1>404</h1>")
        return Draft(
            content=lambda: pages.story_page(self.host, story, self.base, now),
            state=path,
            changed=story.published,
        )

    @override
    def _feed(self, now: datetime) -> Draft:
        latest = self.farm.latest(now)

        def write() -> str:
            stories = [
                self.farm.story(number)
                for number in range(latest - 1, latest - 1 - LENGTH, -1)
            ]
            return seeds.feed(self.host, stories, self.base, now)

        return Draft(
            media="application/rss+xml",
            content=write,
            state=str(latest),
            changed=self.farm.story(latest - 1).published,
        )
