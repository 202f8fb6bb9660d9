"""Feeds, sitemaps and lists of a simulated host, as they read at a moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape
from typing import Final

from tests.support.simweb.hosts import FeedForm, Host, SitemapForm, Story
from tests.support.simweb.pages import teaser_at

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def http_date(moment: datetime) -> str:
    """Write an IMF-fixdate (RFC 9110, 5.6.7) of a date in UTC.

    Its names do not follow the locale, and it costs less than strftime.
    """
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} "
        f"{moment.year:04} {moment.hour:02}:{moment.minute:02}:{moment.second:02} GMT"
    )


def feed(host: Host, stories: Iterable[Story], base: str, now: datetime) -> str:
    """Write the feed, of the stories in this order."""
    if host.feed is FeedForm.JSON:
        return json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": host.id,
                "home_page_url": base + "/",
                "items": [_json_item(host, story, base, now) for story in stories],
            },
            ensure_ascii=False,
        )
    opening, closing, write = _FORMS[host.feed]
    head = opening.format(base=base, title=host.id)
    items = "".join(write(host, story, base, now) for story in stories)
    return f"{_xml(host)}{head}\n{items}{closing}\n"


def _rss_item(host: Host, story: Story, base: str, now: datetime) -> str:
    title, summary = teaser_at(host, story, now)
    return (
        f"<item><title>{title}</title><link>{base}{escape(story.feed_target)}</link>"
        f'<guid isPermaLink="false">{base}{story.path}</guid>'
        f"<pubDate>{http_date(story.published)}</pubDate>"
        f"<description>{summary[:200]}</description></item>\n"
    )


def _rdf_item(host: Host, story: Story, base: str, now: datetime) -> str:
    title, summary = teaser_at(host, story, now)
    return (
        f'<item rdf:about="{base}{story.path}"><title>{title}</title>'
        f"<link>{base}{escape(story.feed_target)}</link>"
        f"<dc:date>{story.published.isoformat()}</dc:date>"
        f"<description>{summary[:200]}</description></item>\n"
    )


def _atom_item(host: Host, story: Story, base: str, now: datetime) -> str:
    title, summary = teaser_at(host, story, now)
    return (
        f"<entry><title>{title}</title>"
        f'<link href="{base}{escape(story.feed_target)}"/>'
        f"<id>{base}{story.path}</id>"
        f"<published>{story.published.isoformat()}</published>"
        f"<updated>{story.changed(now).isoformat()}</updated>"
        f"<summary>{summary[:200]}</summary></entry>\n"
    )


def _json_item(host: Host, story: Story, base: str, now: datetime) -> dict[str, str]:
    title, summary = teaser_at(host, story, now)
    return {
        "id": base + story.path,
        "url": base + story.feed_target,
        "title": title,
        "summary": summary[:200],
        "date_published": story.published.isoformat(),
        "date_modified": story.changed(now).isoformat(),
    }


_RDF_OPENING: Final = (
    '<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="{base}/">'
    "<title>{title}</title><link>{base}/</link></channel>"
)
_ATOM_OPENING: Final = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title><id>{base}/</id>'
)
_RSS_OPENING: Final = (
    '<rss version="2.0"><channel><title>{title}</title><link>{base}/</link>'
)
_Writer = Callable[[Host, Story, str, datetime], str]
_FORMS: Final[dict[FeedForm, tuple[str, str, _Writer]]] = {
    FeedForm.RSS: (_RSS_OPENING, "</channel></rss>", _rss_item),
    FeedForm.RDF: (_RDF_OPENING, "</rdf:RDF>", _rdf_item),
    FeedForm.ATOM: (_ATOM_OPENING, "</feed>", _atom_item),
}


def sitemap(host: Host, stories: Iterable[Story], base: str, now: datetime) -> str:
    """Write a sitemap of the stories; with their titles if it is one of news."""
    is_news = host.sitemap is SitemapForm.NEWS
    news = ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    entries = "".join(
        f"<url><loc>{base}{story.path}</loc>"
        f"<lastmod>{story.changed(now).isoformat()}</lastmod>"
        f"{_news(host, story, now) if is_news else ''}</url>\n"
        for story in stories
    )
    return (
        f'{_xml(host)}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f"{news if is_news else ''}>\n{entries}</urlset>\n"
    )


def _news(host: Host, story: Story, now: datetime) -> str:
    return (
        f"<news:news><news:publication><news:name>{host.id}</news:name>"
        f"<news:language>{host.language}</news:language></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{teaser_at(host, story, now)[0]}</news:title></news:news>"
    )


def sitemap_index(host: Host, months: Iterable[str], base: str) -> str:
    """Write an index of the sitemaps of months, `2026-03`."""
    entries = "".join(
        f"<sitemap><loc>{base}/sitemap-{month}.xml.gz</loc></sitemap>\n"
        for month in months
    )
    return (
        f"{_xml(host)}<sitemapindex "
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}</sitemapindex>\n"
    )


def address_list(stories: Iterable[Story], base: str) -> str:
    """Write one address a line."""
    return "".join(f"{base}{story.path}\n" for story in stories)


def _xml(host: Host) -> str:
    return f'<?xml version="1.0" encoding="{host.charset}"?>\n'
