"""From the wire to the archive: the example newsroom, crawled twice, read back."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive.collection import Collection
from archive.events import read_answer
from archive.model import TextOutcome
from archive.questions import captures_of
from archive.reading import decoded_payload, load_answer
from archive.warc.reader import read_record
from crawler.newsroom.server import Newsroom
from pipelines.extractor import build
from pipelines.texts import page_from
from tests.support.command import ROOT, Ran, dateline, read

BENCHES = "/2024/03/14/council-benches.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A newsroom that was crawled twice, with an edit in between."""

    newsroom: Newsroom
    folder: Path
    first: Ran
    second: Ran

    def url(self, path: str) -> str:
        return self.newsroom.base_url + path

    def warcs(self) -> list[Path]:
        return sorted((self.folder / "warc").rglob("*.warc.gz"))

    def rows(self, what: str, *more: str) -> list[dict[str, object]]:
        return read("list", what, "--json", "-c", self.folder, *more).rows()


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    folder = tmp_path_factory.mktemp("journey")
    collection, sources = folder / "collection", folder / "sources.toml"
    with Newsroom() as newsroom:
        sources.write_text(newsroom.sources_toml(), "utf-8")
        words = ("crawl", "--sources", sources, "-c", collection)
        first = dateline(*words, "--json")
        newsroom.edit(BENCHES, "for the third time", "for the fourth time")
        second = dateline(*words, "--again")
        yield Journey(newsroom=newsroom, folder=collection, first=first, second=second)


def test_every_answer_is_a_capture_and_every_refusal_is_listed(journey):
    asked = {request.target for request in journey.newsroom.requests}
    kept = {str(row["url"]) for row in journey.rows("captures")}
    assert kept == {journey.url(target) for target in asked}
    assert "/private/draft-budget.html" not in asked
    misses = journey.rows("misses")
    assert {row["url"] for row in misses} == {journey.url("/private/draft-budget.html")}
    assert {row["outcome"] for row in misses} == {"refused-robots"}
    robots = {r["record_id"] for r in journey.rows("captures") if r["role"] == "robots"}
    assert {row["evidence"] for row in misses} <= robots


def test_what_was_acknowledged_is_what_is_listed(journey):
    told = {
        row["record_id"] for row in journey.first.rows() if row["event"] == "capture"
    }
    held = {row["record_id"] for row in journey.rows("captures")}
    assert told
    assert told <= held


def test_the_exit_code_says_that_some_addresses_failed(journey):
    assert journey.first.code == journey.second.code == 1
    assert "port-verity" in journey.second.err


def test_a_second_crawl_stores_revisits_and_no_second_payload(journey):
    rows = journey.rows("captures")
    digests = [
        row["payload_digest"]
        for row in rows
        if row["status"] == 200
        and row["revisit_of"] is None
        and int(str(row["payload_length"])) >= 512
    ]
    assert len(digests) == len(set(digests))
    assert sum(row["revisit_of"] is not None for row in rows) > 10
    benches = [row for row in rows if row["url"] == journey.url(BENCHES)]
    assert [row["revisit_of"] for row in benches] == [None, None]  # it was edited


def test_the_newest_text_is_the_edited_one(journey):
    shown = read("show", journey.url(BENCHES), "-c", journey.folder)
    assert shown.code == 0
    assert "for the fourth time" in shown.out
    assert "extractor   dateline" in shown.out
    everything = read("show", journey.url(BENCHES), "--all", "-c", journey.folder)
    assert "for the third time" in everything.out


def test_an_unchanged_page_shows_the_text_of_its_earlier_capture(journey):
    url = journey.url("/2024/03/16/chess-in-the-park.html")
    shown = read("show", url, "--json", "-c", journey.folder).rows()[0]
    assert shown["text_outcome"] == "unchanged"
    assert len(shown["article"]["text"]) > 800


def test_each_line_of_json_leads_to_the_bytes_it_was_made_of(journey):
    lines = [
        json.loads(line)
        for path in sorted((journey.folder / "text").rglob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    assert len(lines) >= 15
    extractor = build()
    with Collection.open(journey.folder) as collection:
        for line in lines:
            source = line["provenance"]
            record = read_record(
                journey.folder / source["warc_file"],
                source["warc_offset"],
                source["warc_length"],
            )
            assert record.record_id == f"<{source['record_id']}>"
            (kept,) = captures_of(collection.catalogue, source["record_id"])
            answer = load_answer(collection, kept.capture)
            assert answer.payload_digest == source["payload_digest"]
            again = extractor.extract(page_from(kept.capture, answer))
            assert again.outcome is TextOutcome.TEXT
            assert again.text == line["text"]
            assert again.work.title == line["title"]


def test_the_page_and_the_record_can_be_had_as_they_were(journey):
    url = journey.url("/2024/03/16/chess-in-the-park.html")  # gzip and chunked
    with Collection.open(journey.folder) as collection:
        newest, first = captures_of(collection.catalogue, url)
        html = decoded_payload(load_answer(collection, newest.capture))
        record = read_record(
            collection.find(first.capture.locator.path), first.capture.locator.offset
        )
    assert b"Transfer-Encoding: chunked" in record.block
    assert b"<html" in html
    assert decoded_payload(read_answer(record.block)) == html


def test_other_peoples_tools_accept_every_file(journey):
    files = journey.warcs() + sorted((journey.folder / "text").rglob("*.warc.gz"))
    assert len(files) == 4
    installed = Path(sys.executable).parent
    for path in files:
        for tool, verb in (
            (str(installed / "warcio"), "check"),
            (str(installed / "fastwarc"), "check"),
            ("gzip", "-t"),
        ):
            ran = subprocess.run(
                [tool, verb, str(path)], capture_output=True, check=False
            )
            assert ran.returncode == 0, (tool, path, ran.stdout, ran.stderr)


def test_cdxj_indexer_makes_the_same_index(journey):
    for path in journey.warcs():
        name = path.relative_to(journey.folder / "warc").as_posix()
        ours = journey.folder / "index" / f"{name.removesuffix('.warc.gz')}.cdxj"
        ran = subprocess.run(
            [
                str(Path(sys.executable).parent / "cdxj-indexer"),
                "-s",
                "--dir-root",
                str(journey.folder / "warc"),
                str(path),
            ],
            capture_output=True,
            check=True,
        )
        assert ours.read_bytes() == ran.stdout


def test_no_derived_record_has_the_address_of_a_page(journey):
    for path in sorted((journey.folder / "text").rglob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                uri = record.headers.get("WARC-Target-URI")
                assert uri is None or uri.startswith("urn:")
                if record.record_type == WarcRecordType.conversion:
                    assert "WARC-Refers-To" in record.headers


def test_no_request_offered_more_than_gzip_and_deflate(journey):
    for request in journey.newsroom.requests:
        fields = request.head.lower().split(b"\r\n")
        offered = [line for line in fields if line.startswith(b"accept-encoding:")]
        assert offered == [b"accept-encoding: gzip, deflate"]


def test_verify_finds_nothing_to_say(journey):
    verified = read("verify", "-c", journey.folder)
    assert (verified.code, verified.out) == (0, "")


def test_a_flipped_bit_is_damage_with_a_place(journey, tmp_path):
    path = journey.warcs()[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    damaged = tmp_path / path.name
    damaged.write_bytes(content)
    verified = read("verify", damaged, "--json")
    assert verified.code == 3
    errors = [row for row in verified.rows() if row["severity"] == "error"]
    assert errors
    assert all(row["offset"] is not None for row in errors)


def test_scrapy_lists_and_crawls_by_itself(journey, tmp_path):
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run(
        [*scrapy, "list"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert listed.stdout.split() == ["addresses", "seedsearch", "sources", "watch"]
    sources = tmp_path / "sources.toml"
    sources.write_text(journey.newsroom.sources_toml(), "utf-8")
    collection = tmp_path / "c"
    subprocess.run(
        [
            *scrapy,
            "crawl",
            "sources",
            *("-a", f"file={sources}", "-a", "limit=2"),
            *("-s", f"DATELINE_COLLECTION={collection}"),
        ],
        cwd=ROOT,
        capture_output=True,
        timeout=90,
        check=True,
    )
    articles = read("list", "--json", "-c", collection).rows()
    assert len(articles) >= 2
    assert list((collection / "text").rglob("*.jsonl.gz"))
