"""What a perfect crawler would hold of a simulated web at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from archive.digests import sha256_label
from tests.support.simweb.answers import Site, gzipped
from tests.support.simweb.farmsite import FarmSite
from tests.support.simweb.hosts import NEVER, Host, Removal, SitemapForm, Story
from tests.support.simweb.judge import robots_at
from tests.support.simweb.pages import text_at
from tests.support.simweb.site import FRONT_LENGTH, NEWS_SPAN, HostSite


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of an article that could be fetched."""

    number: int  # from 1
    since: datetime
    mark: str  # a word that stands in this version alone
    text_digest: str  # of its paragraphs, one a line, in UTF-8
    payload_digest: str | None  # of the page without coding; None: it never rests
    gzip_digest: str | None  # of the page in gzip, where the host can


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """An article that a perfect crawler would have found."""

    host: str  # its id
    url: str  # the article itself, as rel=canonical has it
    named: frozenset[str]  # the addresses under which the seeds name it
    published: datetime
    versions: tuple[Version, ...]  # none: what was found could not be read
    ending: int | None  # status once it was taken down, if it was

    @property
    def version(self) -> Version | None:
        """The last one that could be fetched."""
        return self.versions[-1] if self.versions else None


def truths(
    site: HostSite,
    sites: Mapping[str, Site],
    start: datetime,
    until: datetime,
    agent: str,
) -> Iterator[Truth]:
    """Tell what there was to find on a host; see `Web.articles`."""
    kinds = site.host.seeds
    scene = _Scene(
        site=site,
        sites=sites,
        start=start,
        until=until,
        agent=agent,
        old={kind: _old(site.host, kind, start, until) for kind in kinds},
    )
    for story in site.host.stories:
        named = frozenset(
            site.base + target
            for kind in kinds
            for target in scene.targets(kind, story)
        )
        # It can be asked for as long as it is named, and afterwards.
        first = max(story.published, start)
        if named and scene.is_open(story.path, first, until):
            is_gone = story.removed is not None and story.removed <= until
            yield Truth(
                host=site.host.id,
                url=site.base + story.path,
                named=named,
                published=story.published,
                versions=tuple(scene.versions(story)),
                ending=_ending(story) if is_gone else None,
            )


def farm_truths(site: FarmSite, until: datetime) -> Iterator[Truth]:
    """Tell what there was to find on a host of the farm."""
    for number in range(site.farm.latest(until)):
        story = site.farm.story(number)
        url = site.base + story.path
        moment = max(story.published, site.farm.start)
        yield Truth(
            host=site.host.id,
            url=url,
            named=frozenset((url,)),
            published=story.published,
            versions=(_version(site, story, moment),),
            ending=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """A host over a span of time, as it was open to a crawler."""

    site: HostSite
    sites: Mapping[str, Site]
    start: datetime
    until: datetime
    agent: str
    old: Mapping[str, frozenset[Story]]  # of before the start, that a kind names

    def targets(self, kind: str, story: Story) -> Iterable[str]:
        """Give the targets under which a seed of a kind has named a story."""
        host = self.site.host
        ends = [story.removed, host.consent_from if kind == "front" else None]
        if not self._was_seen(host.seed_path(kind), story.published, ends):
            return ()
        if story.published < self.start and story not in self.old[kind]:
            return ()
        return (story.feed_target if kind == "feed" else story.path,)

    def versions(self, story: Story) -> Iterator[Version]:
        """Give the versions of a story that could be fetched."""
        begins, ends = (story.published, *story.edits), (*story.edits, None)
        for since, end in zip(begins, ends, strict=True):
            limits = [end, story.removed, self.site.host.consent_from]
            if self._was_seen(story.path, since, limits):
                yield _version(self.site, story, max(since, self.start))

    def _was_seen(
        self, path: str, since: datetime, ends: Iterable[datetime | None]
    ) -> bool:
        """Say whether something was open between its beginning and its first end."""
        first = max(since, self.start)
        beyond = min((end for end in ends if end is not None), default=NEVER)
        if first > self.until or first >= beyond:
            return False
        last = beyond - timedelta.resolution
        return self.is_open(path, first, min(last, self.until))

    def is_open(self, path: str, begin: datetime, end: datetime) -> bool:
        """Say whether the path could be fetched at one of these instants."""
        host = self.site.host
        turns = [robots.since for robots in host.robots]
        turns += [trouble.until for trouble in host.troubles]
        instants = [begin, *(turn for turn in turns if begin < turn <= end)]
        url = self.site.base + path
        return any(
            _comes_through(host, path, instant)
            and robots_at(self.sites, host.address, instant).allows(url, self.agent)
            for instant in instants
        )


def _old(host: Host, kind: str, start: datetime, until: datetime) -> frozenset[Story]:
    """Give the stories of before the start that a seed names at it, or later.

    Where newer ones are taken down, older ones come back into a feed.
    """
    removals = [s.removed for s in host.stories if s.removed and start < s.removed]
    length = {"feed": host.feed_length, "front": FRONT_LENGTH}.get(kind)
    found: set[Story] = set()
    for moment in (start, *(removed for removed in removals if removed <= until)):
        newest = (s for s in reversed(host.stories) if s.is_listed(moment))
        listed = list(islice(newest, length))
        if kind == "sitemap" and host.sitemap is SitemapForm.NEWS:
            listed = [s for s in listed if moment - s.published < NEWS_SPAN]
        found.update(story for story in listed if story.published < start)
    return frozenset(found)


def _comes_through(host: Host, path: str, moment: datetime) -> bool:
    trouble = host.trouble(path, moment)
    return trouble is None or not trouble.is_an_end


def _version(site: HostSite, story: Story, moment: datetime) -> Version:
    text = text_at(site.host, story, moment)
    page = site.page(story, moment)
    is_fixed = not site.host.is_restless
    is_zipped = is_fixed and site.host.is_gzipped
    return Version(
        number=story.version(moment),
        since=story.changed(moment),
        mark=text.mark,
        text_digest=text.digest,
        payload_digest=sha256_label(page) if is_fixed else None,
        gzip_digest=sha256_label(gzipped(page)) if is_zipped else None,
    )


def _ending(story: Story) -> int:
    return 302 if story.removal is Removal.FRONT else int(story.removal.value)
