"""The answers of a Host: a function of request and moment, without I/O."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from tests.support.simweb import pages, seeds
from tests.support.simweb.answers import (
    GZIP_TYPE,
    Answer,
    Asked,
    Draft,
    content_of,
    gzipped,
    is_unmodified,
    validator_fields,
)
from tests.support.simweb.hosts import (
    ALWAYS,
    ROBOTS,
    Host,
    Ill,
    Removal,
    SitemapForm,
    Story,
    Trouble,
    Validators,
)

NEWS_SPAN: Final = timedelta(days=2)  # of a Google News sitemap
FRONT_LENGTH: Final = 30

_STATUS_OF: Final = {
    Removal.NOT_FOUND: 404,
    Removal.GONE: 410,
    Removal.LEGAL: 451,
}
_FEED_TYPES: Final = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


class HostSite:
    """A Host that can be asked. The port is that of the whole web."""

    def __init__(self, host: Host, port: int) -> None:
        """Look up once what every answer needs."""
        self.host = host
        self.address = host.address
        self.port = port
        self.base = f"http://{host.address}:{port}"
        self._stories = {story.path: story for story in host.stories}
        self._published = [story.published for story in host.stories]
        self._events = sorted(
            moment
            for story in host.stories
            for moment in (story.published, *story.edits, story.removed)
            if moment is not None
        )
        self._listings: dict[str, Callable[[datetime], Draft]] = {
            host.feed_path: self._feed,
            host.sitemap_path: self._sitemap,
            "/list.txt": self._list,
            "/": self._front,
        }

    @property
    def is_ever_refusing(self) -> bool:
        """Say whether there are times when nobody listens."""
        return any(trouble.ill is Ill.REFUSED for trouble in self.host.troubles)

    def trouble(self, path: str, now: datetime) -> Trouble | None:
        """Give what goes wrong with a request at a moment."""
        return self.host.trouble(path, now)

    def answer(self, asked: Asked, now: datetime) -> Answer:
        """Answer a request at a moment."""
        path = asked.path
        trouble = self.host.trouble(path, now)
        wait_s = self.host.latency_s
        if trouble is not None and trouble.ill is Ill.LATE:
            wait_s += trouble.seconds
        if trouble is not None and trouble.ill is Ill.STATUS:
            return self._failed(trouble, now, wait_s)
        draft = (
            Draft(status=405)
            if asked.method not in {"GET", "HEAD"}
            else self._draft(path, now)
        )
        return self._finished(asked, draft, now, trouble, wait_s)

    def story(self, path: str) -> Story | None:
        """Give the story that lives at a path, whenever."""
        return self._stories.get(path)

    def page(self, story: Story, now: datetime) -> bytes:
        """Give the page of a story, without coding, as it is at a moment."""
        draft = self._story(story, now, is_amp=False)
        return content_of(draft, self.host.charset)

    # ------------------------------------------------------------ what is where

    def _draft(self, path: str, now: datetime) -> Draft:
        if path.startswith("/robots"):
            return self._robots(path, now)
        story, is_amp = self._stories.get(path), False
        if story is None and path.startswith("/amp/"):
            story, is_amp = self._stories.get(path[4:]), True
        listing = self._listings.get(path)
        consent = self.host.consent_from
        if (story or path == "/") and consent is not None and consent <= now:
            return Draft(content=pages.consent_page(self.host))
        if story is not None:
            return self._story(story, now, is_amp=is_amp)
        if listing is not None:
            return listing(now)
        return self._other(path, now)

    def _story(self, story: Story, now: datetime, *, is_amp: bool) -> Draft:
        if now < story.published:
            return _NOT_FOUND
        if story.removed is not None and story.removed <= now:
            if story.removal is Removal.FRONT:
                return Draft(status=302, location=self.base + "/")
            status = _STATUS_OF[story.removal]
            return Draft(status=status, content=f"<h1>{status}</h1>")
        state = f"{story.path[-24:]}-{story.version(now)}{'-amp' * is_amp}"
        # A page that tells the second is another one each second.
        is_fixed = not self.host.is_restless
        changed = story.changed(now)
        return Draft(
            content=lambda: pages.story_page(
                self.host, story, self.base, now, is_amp=is_amp
            ),
            state=state if is_fixed else None,
            changed=changed,
        )

    def _other(self, path: str, now: datetime) -> Draft:
        if path.startswith("/r/") and (story := self._stories.get(path[2:])):
            return Draft(status=301, location=self.base + story.path)
        if path.startswith("/sitemap-"):
            month = path.removeprefix("/sitemap-").removesuffix(".xml.gz")
            return self._month(month, now)
        if path.startswith("/calendar/"):
            page = pages.calendar_page(self.host, path[10:].strip("/"))
            return _NOT_FOUND if page is None else Draft(content=page)
        if pages.is_plain(path):
            return Draft(content=pages.plain_page(self.host, path))
        return _NOT_FOUND

    def _robots(self, path: str, now: datetime) -> Draft:
        robots = self.host.robots_at(now)
        hops = ["/robots.txt", *(f"/robots-{n + 1}.txt" for n in range(robots.hops))]
        if path not in hops:
            return _NOT_FOUND
        following = hops.index(path) + 1
        if following < len(hops):
            return Draft(status=301, location=self.base + hops[following])
        if robots.elsewhere is not None:
            url = f"http://{robots.elsewhere}:{self.port}{ROBOTS}"
            return Draft(status=302, location=url)
        text = robots.text.replace("{base}", self.base)
        return Draft(status=robots.status, media="text/plain", content=text)

    # ------------------------------------------------------------ listings

    def _newest(self, now: datetime) -> Iterator[Story]:
        end = bisect_right(self._published, now)
        stories = self.host.stories
        return (s for n in range(end - 1, -1, -1) if (s := stories[n]).is_listed(now))

    def _listing(
        self, media: str, now: datetime, content: Callable[[], str | bytes]
    ) -> Draft:
        count = bisect_right(self._events, now)
        changed = self._events[count - 1] if count else ALWAYS
        return Draft(media=media, content=content, state=str(count), changed=changed)

    def _feed(self, now: datetime) -> Draft:
        def write() -> str:
            stories = islice(self._newest(now), self.host.feed_length)
            return seeds.feed(self.host, stories, self.base, now)

        return self._listing(_FEED_TYPES[self.host.feed], now, write)

    def _sitemap(self, now: datetime) -> Draft:
        def write() -> str:
            stories = list(self._newest(now))
            if self.host.sitemap is SitemapForm.INDEX:
                months = dict.fromkeys(f"{story.published:%Y-%m}" for story in stories)
                return seeds.sitemap_index(self.host, months, self.base)
            if self.host.sitemap is SitemapForm.NEWS:
                stories = [s for s in stories if now - s.published < NEWS_SPAN]
            return seeds.sitemap(self.host, stories, self.base, now)

        return self._listing("application/xml", now, write)

    def _month(self, month: str, now: datetime) -> Draft:
        stories = [s for s in self._newest(now) if f"{s.published:%Y-%m}" == month]
        if not stories:
            return _NOT_FOUND

        def write() -> bytes:
            return gzipped(seeds.sitemap(self.host, stories, self.base, now).encode())

        return self._listing(GZIP_TYPE, now, write)

    def _list(self, now: datetime) -> Draft:
        return self._listing(
            "text/plain", now, lambda: seeds.address_list(self._newest(now), self.base)
        )

    def _front(self, now: datetime) -> Draft:
        def write() -> str:
            stories = islice(self._newest(now), FRONT_LENGTH)
            return pages.front_page(self.host, stories, now)

        return self._listing("text/html", now, write)

    # ------------------------------------------------------------ the answer

    def _failed(self, trouble: Trouble, now: datetime, wait_s: float) -> Answer:
        fields: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain"),)
        if trouble.location is not None:
            fields += (("Location", self.base + trouble.location),)
        if trouble.retry_after_s is not None:
            until = now + timedelta(seconds=trouble.retry_after_s)
            later = f"{trouble.retry_after_s:.0f}"
            if trouble.is_retry_a_date:
                later = seeds.http_date(until)
            fields += (("Retry-After", later),)
        return Answer(
            status=trouble.status,
            fields=fields,
            body=b"not now\n",
            keeps_alive=self.host.keeps_alive,
            wait_s=wait_s,
            trouble=trouble,
        )

    def _finished(
        self,
        asked: Asked,
        draft: Draft,
        now: datetime,
        trouble: Trouble | None,
        wait_s: float,
    ) -> Answer:
        host = self.host
        is_packed = (
            host.is_gzipped
            and draft.status == 200
            and draft.media != GZIP_TYPE
            and "gzip" in asked.fields.get("accept-encoding", "")
        )
        fields: tuple[tuple[str, str], ...] = ()
        if draft.state is not None:
            state = draft.state + "-gz" * is_packed
            fields = validator_fields(host.validators, state, draft.changed, now)
        status, body = draft.status, b""
        if host.validators is not Validators.DEAF and is_unmodified(asked, fields):
            status = 304
        else:
            body = content_of(draft, host.charset)
            fields += (("Content-Type", _with_charset(draft.media, host.charset)),)
        if draft.location is not None:
            fields += (("Location", draft.location),)
        if host.is_gzipped:
            fields += (("Vary", "Accept-Encoding"),)
        if is_packed and body:
            body = gzipped(body)
            fields += (("Content-Encoding", "gzip"),)
        return Answer(
            status=status,
            fields=fields,
            body=body,
            is_chunked=host.is_chunked and status == 200,
            keeps_alive=host.keeps_alive,
            wait_s=wait_s,
            trouble=trouble,
        )


_NOT_FOUND: Final = Draft(status=404, content="<h1>404</h1>")


def _with_charset(media: str, charset: str) -> str:
    return f"{media}; charset={charset}" if media.startswith("text/") else media
