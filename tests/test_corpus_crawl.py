"""The 602 real pages, crawled by the command, twice, and held against other tools.

They are served on loopback under feeds and sitemaps that name some of them twice.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.collection import Collection
from archive.digests import sha256_label
from archive.events import read_answer
from archive.model import Role, TextOutcome
from archive.questions import Kept, Limits, captures
from archive.warc.reader import read_record
from benchmarks import corpus, serving
from pipelines.pool import ExtractionPool
from pipelines.texts import page_from

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.timeout(400),  # the first test waits for both crawls
    pytest.mark.skipif(
        not corpus.is_there(),
        reason="the shared corpus of real pages is not beside the repository",
    ),
]

BIN = Path(sys.executable).parent
REPOSITORY = Path(__file__).resolve().parents[1]
NO_PAGES = 3  # captures of each host that are no article: robots.txt, feed, sitemap
SAMPLE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A collection after two crawls, and what it was after the first."""

    root: Path
    port: int
    pages: dict[str, serving.Placed]  # by address
    codes: tuple[int, int]  # exit codes
    reports: tuple[list[dict[str, Any]], list[dict[str, Any]]]  # lines of --json
    first_files: tuple[Path, ...]  # WARC files of the first crawl

    @property
    def second_files(self) -> list[Path]:
        """The WARC files of the second crawl."""
        return [p for p in warc_files(self.root) if p not in self.first_files]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("corpus")
    root, sources = folder / "collection", folder / "sources.toml"
    with serving.CorpusServer() as server:
        sources.write_text(serving.sources_toml(server.port, 8), "utf-8")
        first = crawl(sources, root)
        first_files = warc_files(root)
        second = crawl(sources, root)
        port = server.port
    yield Crawled(
        root=root,
        port=port,
        pages={place.url(port): place for place in serving.placed(corpus.pages())},
        codes=(first.returncode, second.returncode),
        reports=(lines_of(first), lines_of(second)),
        first_files=tuple(first_files),
    )
    shutil.rmtree(folder)  # some hundred megabytes


@pytest.fixture(scope="module")
def lines(crawled: Crawled) -> list[dict[str, Any]]:
    """Read all lines of text/."""
    return [
        json.loads(line)
        for path in sorted((crawled.root / "text").rglob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def crawl(sources: Path, root: Path) -> subprocess.CompletedProcess[str]:
    return tool(
        "dateline",
        "crawl",
        "--again",
        "--json",
        "--sources",
        sources,
        "--collection",
        root,
    )


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one of the commands beside the interpreter, or of the system."""
    beside = BIN / name
    command = [str(beside) if beside.exists() else name, *map(str, arguments)]
    return subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


def lines_of(run: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert run.returncode in (0, 1), run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def warc_files(root: Path) -> list[Path]:
    return sorted((root / "warc").rglob("*.warc.gz"))


def articles_kept(crawled: Crawled) -> list[Kept]:
    with Collection.open(crawled.root) as collection:
        every = list(captures(collection.catalogue, Limits()))
    return [kept for kept in every if kept.capture.discovery.role is Role.ARTICLE]


def of_first_run(kept: list[Kept]) -> list[Kept]:
    return [one for one in kept if one.capture.revisit is None]


def events(report: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in report if line["event"] == kind]


# ------------------------------------------------------------ the first crawl


def test_every_page_is_captured_exactly_once(crawled):
    reported = events(crawled.reports[0], "capture")
    pages = [line for line in reported if line["role"] == "article"]
    assert Counter(line["url"] for line in pages) == Counter(
        dict.fromkeys(crawled.pages, 1)
    )
    assert {line["status"] for line in pages} == {200}
    assert not any(line["revisit"] for line in pages)
    assert not events(crawled.reports[0], "miss")
    assert len(reported) == len(pages) + NO_PAGES * len(serving.HOSTS)


def test_nearly_every_page_has_a_text(crawled):
    kept = of_first_run(articles_kept(crawled))
    assert len(kept) == len(crawled.pages)
    other = [k for k in kept if k.text_outcome is TextOutcome.OTHER_CLASS]
    without = [
        k.capture.url
        for k in kept
        if k.text_outcome not in (TextOutcome.TEXT, TextOutcome.OTHER_CLASS)
    ]
    assert len(without) <= 3  # a gallery, a page that scripts fill
    assert len(other) <= 8  # stubs and galleries; all of these pages hold an article
    assert crawled.codes[0] == (1 if without else 0)  # a page without text is told


def test_every_text_leads_to_the_bytes_it_was_made_from(crawled, lines):
    texts = [k for k in articles_kept(crawled) if k.text_outcome is TextOutcome.TEXT]
    assert Counter(line["url"] for line in lines) == Counter(
        k.capture.url for k in texts
    )
    for line in lines:
        source = line["provenance"]
        path = crawled.root / source["warc_file"]
        with path.open("rb") as file:
            file.seek(source["warc_offset"])
            member = file.read(source["warc_length"])
        records = list(payloads(member))
        assert len(records) == 1, line["url"]
        record_id, url, content = records[0]
        assert record_id == f"<{source['record_id']}>"
        assert url == line["url"] == source["found_url"]
        assert content == crawled.pages[url].page.body, url
        assert sha256_label(line["text"].encode()) == source["text_digest"]


def payloads(member: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Read with warcio: record id, address, body without any coding."""
    for record in ArchiveIterator(io.BytesIO(member)):
        fields = record.rec_headers
        yield (
            fields.get_header("WARC-Record-ID"),
            fields.get_header("WARC-Target-URI"),
            record.content_stream().read(),
        )


def test_the_payload_digest_is_that_of_what_the_server_sent(crawled, lines):
    for line in lines:
        source, place = line["provenance"], crawled.pages[line["url"]]
        answer = serving.Answers(place.page.body, place.coding).answer()
        assert source["payload_digest"] == read_answer(answer).payload_digest
        if place.coding in (serving.Coding.IDENTITY, serving.Coding.CHUNKED):
            assert source["payload_digest"] == sha256_label(place.page.body)


def test_the_stored_block_is_what_the_server_sent_byte_for_byte(crawled):
    for kept in of_first_run(articles_kept(crawled)):
        capture, place = kept.capture, crawled.pages[kept.capture.url]
        where = capture.locator
        record = read_record(crawled.root / where.path, where.offset, where.length)
        assert (
            record.block == serving.Answers(place.page.body, place.coding).answer()
        ), capture.url


def test_extracting_again_from_the_record_gives_the_same_text(crawled, lines):
    by_record = {line["provenance"]["record_id"]: line for line in lines}
    with_text = [
        k.capture
        for k in of_first_run(articles_kept(crawled))
        if k.text_outcome is TextOutcome.TEXT
    ]
    sample = random.Random(602).sample(with_text, SAMPLE)  # always the same ones
    with ExtractionPool() as pool:
        again = []
        for capture in sample:
            where = capture.locator
            record = read_record(crawled.root / where.path, where.offset, where.length)
            page = page_from(capture, read_answer(record.block))
            again.append((capture, pool.submit(page)))
        for capture, future in again:
            line = by_record[capture.record_id.strip("<>")]
            extraction = future.result()
            assert extraction.text == line["text"], capture.url
            assert extraction.work.title == line["title"], capture.url
            assert list(extraction.work.authors) == line["authors"], capture.url
            published = extraction.work.published
            assert (published and published.text) == line["published"], capture.url
        info = pool.info
    for line in lines:
        assert line["provenance"]["options_digest"] == info.options_digest
        assert line["provenance"]["extractor_version"] == info.version


# ------------------------------------------------------------ the second crawl


def test_a_second_crawl_stores_revisits_and_no_payload_again(crawled):
    again = [
        line
        for line in events(crawled.reports[1], "capture")
        if line["role"] == "article"
    ]
    assert Counter(line["url"] for line in again) == Counter(
        dict.fromkeys(crawled.pages, 1)
    )
    assert all(line["revisit"] for line in again)
    assert crawled.codes[1] == 0
    kinds = Counter(
        record.rec_type
        for path in crawled.second_files
        for record in ArchiveIterator(io.BytesIO(path.read_bytes()))
    )
    # robots.txt is remembered, and the seeds say the same as before.
    assert kinds["revisit"] == len(again) + (NO_PAGES - 1) * len(serving.HOSTS)
    assert kinds["response"] == 0


def test_a_second_crawl_costs_little_room(crawled):
    first = sum(path.stat().st_size for path in crawled.first_files)
    second = sum(path.stat().st_size for path in crawled.second_files)
    assert second < first / 20


def test_a_second_crawl_extracts_nothing_again(crawled, lines):
    again = [k for k in articles_kept(crawled) if k.capture.revisit is not None]
    assert len(again) == len(crawled.pages)
    assert {kept.text_outcome for kept in again} == {TextOutcome.UNCHANGED}
    assert len(lines) <= len(crawled.pages)


def test_each_revisit_refers_to_the_capture_that_holds_the_payload(crawled):
    kept = articles_kept(crawled)
    originals = {k.capture.record_id: k.capture for k in of_first_run(kept)}
    for one in kept:
        if one.capture.revisit is not None:
            original = originals[one.capture.revisit.record_id]
            assert original.url == one.capture.url == one.capture.revisit.url
            assert original.payload_digest == one.capture.payload_digest


# ------------------------------------------------------------ what others say


def test_dateline_verify_finds_nothing(crawled):
    run = tool("dateline", "verify", "--json", "--collection", crawled.root)
    assert (run.returncode, run.stdout) == (0, ""), run.stderr


@pytest.mark.parametrize(
    "command",
    [("warcio", "check"), ("fastwarc", "check"), ("gzip", "-t")],
    ids=" ".join,
)
def test_every_file_passes_the_check_of_another_tool(crawled, command):
    if not (BIN / command[0]).exists() and shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    texts = sorted((crawled.root / "text").rglob("*.text.warc.gz"))
    for path in [*warc_files(crawled.root), *texts]:
        run = tool(*command, path)
        assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
        assert "fail" not in run.stdout.lower()


def test_the_index_is_that_of_cdxj_indexer(crawled):
    if not (BIN / "cdxj-indexer").exists():
        pytest.skip("cdxj-indexer is not installed")
    warc = crawled.root / "warc"
    for path in warc_files(crawled.root):
        run = tool("cdxj-indexer", "-s", "--dir-root", warc, path)
        assert run.returncode == 0, run.stderr
        stem = path.relative_to(warc).as_posix().removesuffix(".warc.gz")
        ours = (crawled.root / "index" / f"{stem}.cdxj").read_text("utf-8")
        assert sorted(ours.splitlines()) == sorted(run.stdout.splitlines())
