"""robots.txt over a simulated web: what was asked or refused, by which record.

Each case is a host of its own, so the log of the servers shows for each what was asked
of it. All of them are addresses of one list, crawled by one process; a second one goes
on with what the first has kept of their robots.txt, some of it aged meanwhile.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import update

from archive.clock import warc_date
from archive.collection import Collection
from archive.questions import captures_of
from archive.reading import decoded_payload, load_answer
from archive.watch import schema
from archive.watch.database import WatchDatabase
from tests.support.command import Ran, dateline, read
from tests.support.robotsweb.cases import LATER, SHUT
from tests.support.robotsweb.web import (
    ADDRESSES,
    AGED,
    CASES,
    DIRECTORY,
    Directory,
    ListedWeb,
    make_listed_web,
)
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import ROBOTS
from tests.support.simweb.judge import disallowed
from tests.support.simweb.log import Entry
from tests.support.simweb.server import LOOPBACK, WebThread
from tests.support.simweb.webs import START

pytestmark = [pytest.mark.allow_hosts(LOOPBACK), pytest.mark.timeout(180)]

TIME_LIMIT_S: Final = 3.0


def sources_toml(source_id: str, url: str) -> str:
    return (
        f'[[source]]\nid = "{source_id}"\nname = "Cases"\nrechecks = []\n'
        f'seeds = [{{ kind = "list", url = "{url}" }}]\n'
        "[source.manners]\nallow_private = true\ndelay_s = 0.0\nconcurrency = 2\n"
        f"time_limit_s = {TIME_LIMIT_S}\n"
    )


# ---------------------------------------------------------------- the crawls


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What two crawls came to."""

    web: ListedWeb
    root: Path
    first: Ran
    second: Ran
    first_entries: list[Entry]
    second_entries: list[Entry]
    captures: list[dict[str, Any]]
    misses: list[dict[str, Any]]

    def url(self, name: str, path: str) -> str:
        return Directory(self.web.port).url(name, path)

    def asked(self, name: str, entries: list[Entry]) -> list[str]:
        """Give the targets that a host was asked for, but for robots.txt."""
        return [
            entry.target
            for entry in entries
            if entry.host == ADDRESSES[name]
            and not entry.path.startswith("/robots")
            and entry.method
        ]

    def fetched(self, name: str, path: str) -> list[dict[str, Any]]:
        url = self.url(name, path)
        return [row for row in self.captures if row["found_url"] == url]

    def missed(self, name: str, path: str) -> list[dict[str, Any]]:
        url = self.url(name, path)
        return [row for row in self.misses if row["found_url"] == url]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("robots")
    root = folder / "collection"
    sim = SimClock(START, speed=1.0)
    with WebThread(make_listed_web(), sim, folder / "log") as served:
        assert isinstance(served.web, ListedWeb)

        def crawl(name: str) -> Ran:
            sources = folder / f"{name}.toml"
            url = f"http://{DIRECTORY}:{served.web.port}/{name}.txt"
            sources.write_text(sources_toml(name, url), "utf-8")
            return dateline("crawl", "--sources", sources, "-c", root, "--json")

        first = crawl("list")
        entries = served.entries()
        sim.set(LATER)
        age(root, served.web.port)
        second = crawl("aged")
        yield Crawled(
            web=served.web,
            root=root,
            first=first,
            second=second,
            first_entries=entries,
            second_entries=served.entries()[len(entries) :],
            captures=read("list", "captures", "--json", "-c", root).rows(),
            misses=read("list", "misses", "--json", "-c", root).rows(),
        )


def age(root: Path, port: int) -> None:
    """Let what is kept of some robots.txt be older."""
    columns = schema.robots.c
    now = datetime.now(UTC)
    with closing(WatchDatabase(root)) as watch, watch.writing() as connection:
        for name, case in AGED.items():
            assert case.aged is not None
            done = connection.execute(
                update(schema.robots)
                .where(columns.authority == f"http://{ADDRESSES[name]}:{port}")
                .values(fetched_at=warc_date(now - case.aged))
            )
            assert done.rowcount == 1, name


# ---------------------------------------------------------------- what must hold


@pytest.mark.parametrize("name", CASES)
def test_an_address_is_fetched_or_refused_as_its_robots_txt_says(name, crawled):
    case = CASES[name]
    for path in case.allowed:
        assert crawled.fetched(name, path), crawled.missed(name, path)
    for path in case.refused:
        (miss,) = crawled.missed(name, path)
        assert miss["outcome"] == "refused-robots"
        assert crawled.fetched(name, path) == []


@pytest.mark.parametrize("name", CASES)
def test_no_host_is_asked_for_more_than_it_allows(name, crawled):
    case = CASES[name]
    asked = crawled.asked(name, crawled.first_entries)
    assert len(asked) == len(set(asked)) == len(case.allowed)
    robots = [
        entry
        for entry in crawled.first_entries
        if entry.host == ADDRESSES[name] and entry.path == ROBOTS and entry.status
    ]
    by_others = sum(
        one.elsewhere == name for other in CASES.values() for one in other.robots
    )
    is_loop = name == "a loop"
    assert is_loop or len(robots) <= 1 + by_others  # however many addresses wait


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.refused])
def test_a_refusal_cites_the_record_of_the_robots_txt_that_refused(name, crawled):
    case = CASES[name]
    citing = case.cited or name
    for path in case.refused:
        (miss,) = crawled.missed(name, path)
        check_evidence(crawled, miss, citing, START)
        if case.status == 200 and "unreachable" not in miss["detail"]:
            rule = miss["detail"].rpartition(" (line ")[0]
            text = CASES[citing].robots[0].text.replace("\r", "\n")
            assert rule in [line.strip() for line in text.splitlines()]


@pytest.mark.parametrize("name", AGED)
def test_what_is_kept_of_a_robots_txt_counts_as_long_as_it_may(name, crawled):
    case = AGED[name]
    asked = crawled.asked(name, crawled.second_entries)
    assert sorted(asked) == sorted(case.then_allowed)
    robots = [
        entry
        for entry in crawled.second_entries
        if entry.host == ADDRESSES[name] and entry.path == ROBOTS
    ]
    assert len(robots) == case.is_asked_again
    for path in case.then_allowed:
        assert crawled.fetched(name, path)
    for path in case.then_refused:
        (miss,) = crawled.missed(name, path)
        assert miss["outcome"] == "refused-robots"
        moment = LATER if case.is_asked_again else START
        check_evidence(crawled, miss, name, moment)


def check_evidence(
    crawled: Crawled, miss: dict[str, Any], name: str, moment: datetime
) -> None:
    """See that a refusal cites the answer of a host at a moment, and nothing else."""
    case = CASES[name]
    robots = [one for one in case.robots if one.since <= moment][-1]
    cited = [row for row in crawled.captures if row["record_id"] == miss["evidence"]]
    is_without_answer = case.status is None and moment == START
    if is_without_answer:
        assert cited == []
        (cause,) = (r for r in crawled.misses if r["record_id"] == miss["evidence"])
        assert cause["role"] == "robots"
        assert cause["url"] == crawled.url(name, ROBOTS)
        return
    (row,) = cited
    assert row["role"] == "robots"
    last = f"/robots-{robots.hops}.txt" if robots.hops else ROBOTS
    assert row["url"] == crawled.url(name, last)
    status = case.status if moment == START else robots.status
    assert row["status"] == status
    with Collection.open(crawled.root) as collection:
        (kept,) = captures_of(collection.catalogue, miss["evidence"])
        answer = load_answer(collection, kept.capture)
    if row["truncated"] is None and not case.troubles and status == 200:
        base = crawled.url(name, "")
        assert decoded_payload(answer) == robots.text.replace("{base}", base).encode()


def test_a_redirect_into_what_is_shut_is_followed_up_to_there(crawled):
    name = "an address that leads to what is shut"
    (capture,) = crawled.fetched(name, "/leads/1.html")
    assert capture["status"] == 302
    (miss,) = crawled.missed(name, "/leads/1.html")
    assert (miss["url"], miss["outcome"]) == (
        crawled.url(name, SHUT),
        "refused-robots",
    )
    assert crawled.asked(name, crawled.first_entries) == ["/leads/1.html"]


def test_a_second_opinion_finds_no_request_that_was_disallowed(crawled):
    # The judge follows redirects, and has none for one that leads nowhere.
    strange = {DIRECTORY, ADDRESSES["301 without a place"]}
    entries = [
        entry
        for entry in (*crawled.first_entries, *crawled.second_entries)
        if entry.host not in strange
    ]
    assert len(entries) > len(CASES)
    found = {
        name
        for entry in disallowed(entries, crawled.web, agent="dateline")
        for name, address in ADDRESSES.items()
        if address == entry.host
    }
    # Where Protego is mistaken on the names of groups: see crawler/robots.py.
    assert found <= {"with a version", "others whose names are alike"}


def test_all_of_it_is_in_order_in_the_archive(crawled):
    assert (crawled.first.err, crawled.second.err) == ("", "")
    verified = read("verify", "-c", crawled.root)
    assert (verified.code, verified.out) == (0, "")
    assert gzip.decompress(next(crawled.root.rglob("*.warc.gz")).read_bytes())
