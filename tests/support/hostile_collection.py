"""The hostile newspaper, archived, and every way to ask for what is held of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tests.support.command import Ran, dateline, read
from tests.support.hostile_articles import TRAPS, HostilePaper


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The hostile newspaper, crawled twice."""

    root: Path
    sources: Path
    base_url: str
    crawls: tuple[Ran, ...]
    articles: dict[str, dict[str, Any]]  # the newest, by the name of the trap

    def url(self, name: str) -> str:
        url: str = self.articles[name]["url"]
        return url

    def uuid(self, name: str) -> str:
        record_id: str = self.articles[name]["provenance"]["record_id"]
        return record_id.removeprefix("urn:uuid:")


def crawled(folder: Path) -> Paper:
    """Crawl the newspaper into a folder, both editions of it."""
    root, sources = folder / "c", folder / "sources.toml"
    words = ("crawl", "--sources", sources, "-c", root)
    with HostilePaper() as hostile:
        sources.write_text(hostile.sources_toml(), "utf-8")
        first = dateline(*words)
        hostile.edition = 2
        crawls = (first, dateline(*words, "--again", "--json"))
        base_url = hostile.base_url
    rows = read("list", "articles", "--json", "-c", root).rows()
    articles = {row["url"].split("/")[4]: row for row in reversed(rows)}
    assert set(articles) == {trap.name for trap in TRAPS}, crawls[0].err
    return Paper(
        root=root, sources=sources, base_url=base_url, crawls=crawls, articles=articles
    )


def verbs(paper: Paper) -> Iterator[tuple[object, ...]]:
    """List command lines that only read, with their words."""
    here = ("-c", paper.root)
    for what in ("articles", "captures", "misses", "runs", "extractors"):
        yield "list", what, *here
    for trap in TRAPS:
        url = paper.url(trap.name)
        yield "show", url, *here
        yield "show", url, "--evidence", *here
        yield "diff", url, *here
        yield "search", f"title:{trap.name}", *here
        yield "search", trap.words, *here
        yield "show", f"http://nowhere.example/{trap.words}", *here
    for name in ("script", "rich", "colour", "override", "mark", "lines"):
        yield "explain", paper.url(name), "--sources", paper.sources, *here
    yield "cdx", paper.base_url + "/*", *here
    yield "explain", paper.base_url + "/moved/%E2%80%AE", *here
    yield "runs", *here
    yield "status", *here
    yield "due", *here
    yield "verify", *here
    yield "index", "status", *here
    yield "sources", "list", "--sources", paper.sources
    yield "sources", "check", "--sources", paper.sources


def asked_for(paper: Paper) -> Iterator[str]:
    """List addresses of the application that have hostile words in them."""
    yield from ("/", "/articles", "/sources", "/runs", "/calendar", "/sources/evil")
    for trap in TRAPS:
        words = trap.words[:500]
        yield f"/articles?{urlencode({'q': words})}"
        yield f"/articles?{urlencode({'q': 'harbour', 'source': words})}"
        yield f"/runs?{urlencode({'source': words})}"
        yield f"/day/2026-11-22?{urlencode({'source': words})}"
        yield f"/calendar?{urlencode({'url': words})}"
        yield f"/article?{urlencode({'url': paper.url(trap.name)})}"
        yield f"/replay/2026/http://x.example/{quote(words)}"
        yield f"/{quote(words)}"
