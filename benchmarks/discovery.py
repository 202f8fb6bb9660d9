"""Recall and precision of what discovery finds, beside what others find.

    python -m benchmarks.discovery [FOLDER…]

A folder holds labelled seeds: `NAME.html` (a front page), `NAME.xml` or
`NAME.feed` (a feed or a sitemap), each with `NAME.json`:

    {"url": "https://…", "language": "de", "kind": "front",
     "content_type": null, "articles": ["https://…", …]}

`kind` is front, feed or sitemap (else by the file's name), and `articles` all
addresses that ought to be found. Without a folder, those of the tests. Front
pages are also read with courlan (its links, its filters of types) and, if it
is installed, with newspaper4k's rules for addresses; feeds with feedparser.
Addresses are compared without scheme, fragment and last slash.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import courlan
import feedparser
import tldextract
from courlan.filters import is_navigation_page, is_not_crawlable

from archive.model import SeedKind
from crawler.charsets import charset_of_html, decoded
from crawler.discovery import harvest

_SUFFIXES: Final = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
ROOT: Final = Path(__file__).resolve().parents[1]
OWN: Final = (ROOT / "tests" / "data" / "fronts", ROOT / "tests" / "data" / "feeds")
_KINDS: Final = {
    ".html": SeedKind.FRONT,
    ".xml": SeedKind.FEED,
    ".feed": SeedKind.FEED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A seed, and what ought to be found in it."""

    name: str
    body: bytes
    url: str
    kind: SeedKind
    language: str
    content_type: str | None
    articles: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one reader found in one seed."""

    expected: int
    found: int
    right: int
    seconds: float

    @property
    def recall(self) -> float:
        """Of what ought to be found, so much was."""
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        """Of what was found, so much ought to be."""
        return self.right / self.found if self.found else 1.0


Reader = Callable[[Labelled], list[str]]


def labelled(folder: Path) -> Iterator[Labelled]:
    """Read the labelled seeds of a folder, in the order of their names."""
    for path in sorted(folder.iterdir()):
        label = path.with_suffix(".json")
        if path.suffix not in _KINDS or not label.exists():
            continue
        told: dict[str, Any] = json.loads(label.read_text("utf-8"))
        yield Labelled(
            name=path.stem,
            body=path.read_bytes(),
            url=told["url"],
            kind=SeedKind(told.get("kind", _KINDS[path.suffix])),
            language=told.get("language", ""),
            content_type=told.get("content_type"),
            articles=frozenset(map(same, told["articles"])),
        )


def same(url: str) -> str:
    """Write an address as it is compared."""
    return url.partition("#")[0].partition("://")[2].rstrip("/")


# ---------------------------------------------------------------- readers


def with_dateline(seed: Labelled) -> list[str]:
    finds = harvest(seed.kind, seed.body, url=seed.url, content_type=seed.content_type)
    return [found.url for found in finds.found] + [one.url for one in finds.nested]


def with_courlan(seed: Labelled) -> list[str]:
    links: set[str] = courlan.extract_links(
        _text(seed), url=seed.url, external_bool=False
    )
    return [
        link
        for link in links
        if not is_navigation_page(link) and not is_not_crawlable(link)
    ]


def with_feedparser(seed: Labelled) -> list[str]:
    headers = {"content-location": seed.url}
    if seed.content_type:
        headers["content-type"] = seed.content_type
    result = feedparser.parse(seed.body, response_headers=headers)
    return [entry["link"] for entry in result.entries if entry.get("link")]


def with_newspaper(seed: Labelled) -> list[str]:
    urls = importlib.import_module("newspaper.urls")
    # Its own would ask the network for the list of suffixes.
    vars(urls)["tldextract"] = SimpleNamespace(extract=_SUFFIXES)
    links = courlan.extract_links(
        _text(seed), url=seed.url, external_bool=False, no_filter=True
    )
    return [link for link in links if urls.valid_url(link)]


def _text(seed: Labelled) -> str:
    charset = charset_of_html(seed.body, seed.content_type)
    return decoded(seed.body, seed.content_type, claimed=charset)[0]


def readers_of(kind: SeedKind) -> dict[str, Reader]:
    """Name those who read a kind of seed, ourselves first."""
    readers: dict[str, Reader] = {"dateline": with_dateline}
    if kind is SeedKind.FEED:
        readers["feedparser"] = with_feedparser
    if kind is SeedKind.FRONT:
        readers["courlan"] = with_courlan
        if importlib.util.find_spec("newspaper"):
            readers["newspaper4k"] = with_newspaper
    return readers


# ---------------------------------------------------------------- the table


def score(seed: Labelled, reader: Reader) -> Score:
    """Let a reader read a seed, three times for the time it takes."""
    times = []
    found: set[str] = set()
    for _ in range(3):
        began = time.perf_counter()
        urls = reader(seed)
        times.append(time.perf_counter() - began)
        found = set(map(same, urls))
    return Score(
        expected=len(seed.articles),
        found=len(found),
        right=len(found & seed.articles),
        seconds=min(times),
    )


def report(seeds: list[Labelled], kind: SeedKind) -> None:
    """Print a line for each seed and the sums, each reader side by side."""
    readers = readers_of(kind)
    print(f"\n{kind.value}: recall, precision, milliseconds")
    print(f"{'':24}{'':4}{'':>7}" + "".join(f"{name:>24}" for name in readers))
    columns: dict[str, list[Score]] = {name: [] for name in readers}
    for seed in seeds:
        line = f"{seed.name[:23]:24}{seed.language:4}{len(seed.articles):7}"
        for name, reader in readers.items():
            columns[name].append(score(seed, reader))
            line += _cell(columns[name][-1:])
        print(line)
    total = sum(len(seed.articles) for seed in seeds)
    print(f"{'all addresses':28}{total:7}" + "".join(map(_cell, columns.values())))
    print(f"{'mean of the pages':35}" + "".join(map(_means, columns.values())))


def _cell(scores: list[Score]) -> str:
    whole = Score(
        expected=sum(one.expected for one in scores),
        found=sum(one.found for one in scores),
        right=sum(one.right for one in scores),
        seconds=sum(one.seconds for one in scores),
    )
    return f"{whole.recall:9.3f}{whole.precision:7.3f}{whole.seconds * 1000:8.1f}"


def _means(scores: list[Score]) -> str:
    recall = statistics.mean(one.recall for one in scores)
    precision = statistics.mean(one.precision for one in scores)
    return f"{recall:9.3f}{precision:7.3f}{'':8}"


def main() -> None:
    """Read the folders named, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="*", type=Path, default=list(OWN))
    seeds = [seed for folder in parser.parse_args().folder for seed in labelled(folder)]
    for kind in SeedKind:
        if chosen := [seed for seed in seeds if seed.kind is kind]:
            report(chosen, kind)


if __name__ == "__main__":
    main()
