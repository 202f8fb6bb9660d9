"""Corpus pages, crawled twice, and read by everybody else's tools.

One collection: pages that came again as they were (by digest, by ETag), pages that were
edited, and a page of the example newsroom with all that it needs. From it every kind of
package; each is judged by its own judges.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from archive.clock import timestamp14
from archive.collection import Collection
from archive.model import Capture, RevisitProfile, Role
from archive.questions import Kept, Limits, captures
from archive.reading import decoded_payload, load_answer
from archive.web.app import create_app
from archive.web.shelf import Shelf
from benchmarks import corpus
from crawler.newsroom.server import Newsroom
from tests.archive.export.packed import accepted_by_others
from tests.support.browser import visiting
from tests.support.command import dateline, read
from tests.support.corpussite import ADDED, CorpusSite, chosen
from tests.support.peers import peer
from tests.support.replayweb import showing, view
from tests.support.wayback import Wayback, mementos, serving_wayback

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.timeout(240),  # the first test waits for the crawls
    pytest.mark.skipif(
        not corpus.is_there(),
        reason="the shared corpus of real pages is not beside the repository",
    ),
]

PAGES = 18
BARRIER = "/2024/03/18/tidal-barrier-test.html"  # of the newsroom: styles and a drawing
KINDS = ("whole", "source", "dates", "search", "article", "requisites")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A capture that shows an article, by a revisit too, and what it says."""

    capture: Capture
    title: str
    sentence: str  # the beginning of one of its paragraphs, on one line of the page
    html: bytes  # what a reader gets


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The collection, closed, and the captures that show articles."""

    root: Path
    shown: tuple[Shown, ...]  # newest first
    second: str  # a moment between the two crawls
    newsroom: str

    def edited(self) -> Shown:
        """Give the newest capture of a page that was edited, of the first source."""
        return next(
            one
            for one in self.shown
            if one.capture.discovery.source_id == "corpus-1"
            and ADDED.encode() in one.html
        )

    def barrier(self) -> Shown:
        """Give the page that has requisites."""
        return next(o for o in self.shown if o.capture.url == self.newsroom + BARRIER)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Crawl the pages twice, with edits in between; archive one with requisites."""
    folder = tmp_path_factory.mktemp("others")
    root, sources = folder / "judged", folder / "sources.toml"
    words = ("crawl", "--sources", sources, "-c", root)
    with CorpusSite(chosen(PAGES)) as site, Newsroom() as newsroom:
        sources.write_text(site.sources_toml(), "utf-8")
        assert dateline(*words).code == 0
        url = newsroom.base_url + BARRIER
        page = ("archive", url, "--requisites", "--allow-private", "--delay", "0")
        assert dateline(*page, "-c", root).code == 0
        site.edition = 2
        assert dateline(*words, "--again").code == 0
        at = newsroom.base_url
    with Collection.open(root) as collection:
        kept = list(captures(collection.catalogue, Limits()))
        seeds = [k.capture for k in kept if k.capture.discovery.role is Role.SEED]
        return Held(
            root=root,
            shown=tuple(_shown(collection, kept)),
            second=seeds[0].date.strftime("%Y-%m-%dT%H:%M:%S"),
            newsroom=at,
        )


def _shown(collection: Collection, kept: list[Kept]) -> Iterator[Shown]:
    for one in kept:
        capture = one.capture
        if capture.discovery.role is not Role.ARTICLE:
            continue
        shown = read("show", capture.record_id, "--json", "-c", collection.root)
        article = shown.rows()[0]["article"]
        html = decoded_payload(load_answer(collection, capture))
        yield Shown(
            capture=capture,
            title=article["title"],
            sentence=_sentence(article["text"], html),
            html=html,
        )


def _sentence(text: str, html: bytes) -> str:
    """Find some words of the text that stand in the HTML as they are."""
    page = html.decode("utf-8")
    words = (line[start : start + 25] for line in text.splitlines() for start in (0, 9))
    return next(
        w for w in words if len(w) == 25 and not set(w) & set("&<>") and w in page
    )


@pytest.fixture(scope="module")
def packages(held: Held) -> dict[str, Path]:
    """Export WACZ files of every kind of selection."""
    url = held.edited().capture.url
    word = max(re.findall(r"\w+", held.edited().title), key=len)
    words: dict[str, tuple[str, ...]] = {
        "whole": (),
        "source": ("--source", "corpus-1"),
        "dates": ("--since", held.second),
        "search": ("--search", f"title:{word}"),
        "article": ("--article", url),
        "requisites": ("--article", held.newsroom + BARRIER),
    }
    folder = held.root.parent / "packages"
    folder.mkdir()
    for kind in KINDS:
        target = folder / f"{kind}.wacz"
        ran = read("export", "wacz", *words[kind], "-c", held.root, "-o", target)
        assert ran.code == 0, ran.err
    return {kind: folder / f"{kind}.wacz" for kind in KINDS}


def test_the_collection_is_what_the_judges_are_to_see(held):
    profiles = {
        one.capture.revisit.profile for one in held.shown if one.capture.revisit
    }
    assert profiles == set(RevisitProfile)
    assert len({one.capture.url for one in held.shown}) == PAGES + 1
    assert sum(ADDED.encode() in one.html for one in held.shown) == PAGES // 3
    rows = read("list", "captures", "--json", "-c", held.root).rows()
    assert sum(row["role"] == "requisite" for row in rows) >= 2
    assert read("verify", "-c", held.root).code == 0


# ------------------------------------------------------------ the files


def test_every_file_passes_the_check_of_three_tools(held):
    files = sorted(held.root.rglob("*.warc.gz"))
    assert len(files) > 3
    for path in files:
        accepted_by_others(path)


def test_the_index_is_that_of_cdxj_indexer(held):
    tool = Path(sys.executable).parent / "cdxj-indexer"
    warc = held.root / "warc"
    for path in sorted(warc.rglob("*.warc.gz")):
        words = [str(tool), "-s", "--dir-root", str(warc), str(path)]
        theirs = subprocess.run(words, capture_output=True, check=True).stdout
        stem = path.relative_to(warc).as_posix().removesuffix(".warc.gz")
        ours = (held.root / "index" / f"{stem}.cdxj").read_bytes()
        assert sorted(ours.splitlines()) == sorted(theirs.splitlines())


# ------------------------------------------------------------ packages


@pytest.mark.parametrize("kind", KINDS)
def test_wacz_validate_accepts_it(packages, kind):
    words = [str(peer("wacz", "wacz")), "validate", "-f", str(packages[kind])]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def site(packages: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    """Serve ReplayWeb.page and the packages; nothing else is there any more."""
    folder = packages["whole"].parent
    with showing(folder) as address:
        yield address, folder


@pytest.mark.parametrize("kind", KINDS)
def test_replayweb_page_opens_it_offline(chromium, site, held, kind):
    address, folder = site
    wanted = held.barrier() if kind == "requisites" else held.edited()
    capture = wanted.capture
    at = f'url="{capture.url}" ts="{timestamp14(capture.date)}"'
    (folder / f"{kind}.html").write_text(view(f"/{kind}.wacz", at))
    with visiting(chromium) as visit:
        visit.page.goto(f"{address}/{kind}.html")
        frame = visit.page.frame_locator("replay-web-page iframe")
        page = frame.frame_locator("iframe").locator("body")
        page.filter(has_text=wanted.title).wait_for(timeout=60_000, state="attached")
        if kind != "requisites":
            page.filter(has_text=ADDED).wait_for(timeout=10_000, state="attached")
        assert visit.asked_elsewhere(address) == []


# ------------------------------------------------------------ pywb


@pytest.fixture(scope="module")
def wayback(held: Held) -> Iterator[Wayback]:
    with serving_wayback(held.root, held.root.parent) as started:
        yield started


def test_pywb_replays_each_version_and_each_revisit(held, wayback):
    for one in held.shown:
        capture, stamp = one.capture, timestamp14(one.capture.date)
        status, _, body = wayback.get(f"{stamp}mp_/{capture.url}")
        assert status == 200, capture.url
        assert one.sentence.encode() in body, capture.url
        assert (ADDED.encode() in body) is (ADDED.encode() in one.html)


def test_its_time_map_equals_ours(held, wayback):
    urls = {one.capture.url for one in held.shown}
    app = create_app(Shelf.open(held.root))
    with TestClient(app, base_url="http://127.0.0.1:8000") as ours:
        for url in urls:
            status, _, body = wayback.get(f"timemap/link/{url}")
            assert status == 200
            theirs = mementos(body.decode("utf-8"))
            assert theirs == mementos(ours.get(f"/timemap/link/{url}").text)
            times = {timestamp14(o.capture.date) for o in _of(held, url)}
            assert {stamp for stamp, _ in theirs} == times


def _of(held: Held, url: str) -> Iterator[Shown]:
    return (one for one in held.shown if one.capture.url == url)


# ------------------------------------------------------------ there and back


def test_a_package_of_it_is_imported_and_holds_the_same_articles(
    held, packages, tmp_path
):
    ran = read("import", packages["whole"], "-c", tmp_path / "copy", "--workers", "1")
    assert ran.code == 0, ran.err
    theirs = {(o.capture.url, o.title) for o in held.shown}
    lines = read("list", "articles", "--json", "-c", tmp_path / "copy").rows()
    assert {(line["url"], line["title"]) for line in lines} == theirs
    for one in islice(held.shown, 3):
        shown = read("show", one.capture.url, "--json", "-c", tmp_path / "copy")
        assert one.sentence in json.loads(shown.out)["article"]["text"]
