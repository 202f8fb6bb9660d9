"""The HTML of a simulated host: pages as news sites build them, but small."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tests.support.simweb.hosts import Host, Story
from tests.support.simweb.texts import TONGUES, Text, teaser_of, text_of

CONSENT: Final = "We value your privacy"

_SECTIONS: Final = ("politics", "economy", "sport", "culture")


def text_at(host: Host, story: Story, now: datetime) -> Text:
    """Give the text of a story as it reads at a moment."""
    key = f"{host.address}{story.path}"
    return text_of(key, host.language, story.version(now))


def teaser_at(host: Host, story: Story, now: datetime) -> tuple[str, str]:
    """Give the title of a story and a paragraph, as they read at a moment."""
    key = f"{host.address}{story.path}"
    return teaser_of(key, host.language, story.version(now))


def story_page(
    host: Host, story: Story, base: str, now: datetime, *, is_amp: bool = False
) -> str:
    """Write the page of a story; `base` is scheme and authority."""
    text = text_at(host, story, now)
    url = base + story.path
    facts = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting" if story.is_live else "NewsArticle",
        "headline": text.title,
        "datePublished": story.published.isoformat(),
        "dateModified": story.changed(now).isoformat(),
        "mainEntityOfPage": url,
    }
    head = (
        f'<link rel="canonical" href="{url}">'
        f'<meta property="og:title" content="{text.title}">'
        '<meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{facts["datePublished"]}">'
        f'<script type="application/ld+json">{json.dumps(facts)}</script>'
    )
    if not is_amp:
        head += f'<link rel="amphtml" href="{base}/amp{story.path}">'
    paragraphs = "".join(f"<p>{one}</p>\n" for one in text.paragraphs)
    second = f"<!-- {now:%Y-%m-%dT%H:%M:%S} -->" if host.is_restless else ""
    body = (
        f"<article><h1>{text.title}</h1>\n"
        f'<p class="byline">By the desk of {host.id}, '
        f'<time datetime="{facts["datePublished"]}">{story.published:%d %B %Y}</time>'
        f"</p>\n{paragraphs}</article>{second}"
    )
    return _page(host, text.title, head, body)


def front_page(host: Host, stories: Iterable[Story], now: datetime) -> str:
    """Write the front page: the newest stories, among what is not a story."""
    teasers = ""
    for story in stories:
        title, summary = teaser_at(host, story, now)
        teasers += (
            f'<div class="teaser"><h2><a href="{story.path}">{title}</a></h2>'
            f"<p>{summary[:120]}</p></div>\n"
        )
    feed = f'<link rel="alternate" type="application/rss+xml" href="{host.feed_path}">'
    aside = (
        f'<aside><a href="/calendar/{now:%Y-%m}/">Calendar</a> '
        '<a href="/search?q=harbour">Search</a> <a href="/tag/harbour">harbour</a>'
        "</aside>"
    )
    return _page(host, host.id, feed, f"<main>{teasers}</main>{aside}")


def consent_page(host: Host) -> str:
    """Write what a host shows instead of everything else, with status 200."""
    body = (
        f'<div id="cmp"><h1>{CONSENT}</h1><p>We and our 814 partners store and '
        "access information on a device, such as cookies. You may accept or manage "
        'your choices.</p><button>Accept all</button> <a href="/choices">Manage</a>'
        "</div>"
    )
    return f'<html lang="{host.language}"><title>{CONSENT}</title>{body}</html>'


def calendar_page(host: Host, month: str) -> str | None:
    """Write a month of an endless calendar, which links the months beside it."""
    year, _, number = month.partition("-")
    if not (year.isdecimal() and number.isdecimal()):
        return None
    count = int(year) * 12 + int(number) - 1
    links = "".join(
        f'<a href="/calendar/{n // 12:04}-{n % 12 + 1:02}/">{n}</a> '
        for n in (count - 1, count + 1)
    )
    return _page(host, month, "", f"<main>Nothing on any day. {links}</main>")


def plain_page(host: Host, path: str) -> str:
    """Write a page that is nobody's news: a section, the imprint."""
    return _page(host, path, "", f"<main><p>{path}</p></main>")


def is_plain(path: str) -> bool:
    """Say whether a host has a page there that is no story."""
    return path in {"/about", "/login", "/search", "/tag/harbour", "/choices"} or (
        path.startswith("/section/")
    )


def _page(host: Host, title: str, head: str, body: str) -> str:
    direction = "rtl" if TONGUES[host.language].is_rtl else "ltr"
    sections = "".join(f'<li><a href="/section/{s}/">{s}</a></li>' for s in _SECTIONS)
    return (
        f'<!DOCTYPE html>\n<html lang="{host.language}" dir="{direction}"><head>'
        f'<meta charset="{host.charset}"><title>{title}</title>{head}</head>\n<body>'
        f'<header><a href="/">{host.id}</a><nav><ul>{sections}</ul></nav></header>\n'
        f'{body}\n<footer><a href="/about">About</a> <a href="/login">Log in</a>'
        "</footer></body></html>\n"
    )
