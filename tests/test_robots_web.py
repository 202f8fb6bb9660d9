"""robots.txt over a simulated web: what was asked or refused, by which record.

Each case is a host of its own, so the log of the servers shows for each what was asked
of it. All of them are addresses of one list, crawled by one process; a second one goes
on with what the first has kept of their robots.txt, some of it aged meanwhile.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import update
from typing_extensions import override

from archive.clock import warc_date
from archive.collection import Collection
from archive.questions import captures_of
from archive.reading import decoded_payload, load_answer
from archive.watch import schema
from archive.watch.database import WatchDatabase
from crawler.robots import SIZE_LIMIT
from tests.support.command import Ran, dateline, read
from tests.support.simweb.answers import Answer, Asked, Site
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import ROBOTS, Host, Ill, Robots, Trouble
from tests.support.simweb.judge import disallowed
from tests.support.simweb.log import Entry
from tests.support.simweb.server import LOOPBACK, WebThread
from tests.support.simweb.webs import START, Web

pytestmark = [pytest.mark.allow_hosts(LOOPBACK), pytest.mark.timeout(180)]

LATER: Final = START + timedelta(hours=12)  # of the second crawl, on the servers
RULES: Final = "User-agent: *\nDisallow: /shut/\n"
OPEN, SHUT = "/open/1.html", "/shut/1.html"
BOTH: Final = (OPEN, SHUT)
DIRECTORY: Final = "127.41.255.1"
TIME_LIMIT_S: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A host with a robots.txt, and what is to come of its paths."""

    name: str
    allowed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    robots: tuple[Robots, ...] = (Robots(text=RULES),)
    troubles: tuple[Trouble, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)  # of the host
    # What the refusals cite: the status of a capture, or a miss without one.
    status: int | None = 200
    cited: str | None = None  # the case whose host gave that answer
    # The second crawl: how old the kept answer is by then, and what it comes to.
    aged: timedelta | None = None
    is_asked_again: bool = False
    then_allowed: tuple[str, ...] = ()
    then_refused: tuple[str, ...] = ()


def rules(name: str, text: str, *, allowed: str = "", refused: str = "") -> Case:
    """Make a case of path matching."""
    return Case(
        name=name,
        robots=(Robots(text=text),),
        allowed=tuple(allowed.split()),
        refused=tuple(refused.split()),
    )


def ours(name: str, text: str, *, allowed: str = "", refused: str = "") -> Case:
    """Make a case of path matching for all crawlers."""
    return rules(name, f"User-agent: *\n{text}", allowed=allowed, refused=refused)


def ill(ill: Ill, **more: Any) -> tuple[Trouble, ...]:
    return (Trouble(ill=ill, path=ROBOTS, **more),)


def answers(status: int, **more: Any) -> tuple[Trouble, ...]:
    return ill(Ill.STATUS, status=status, **more)


def unavailable(name: str, **more: Any) -> Case:
    """Make a case in which there are no rules, so that all is allowed."""
    return Case(name=name, allowed=BOTH, **more)


def unreachable(name: str, status: int | None, **more: Any) -> Case:
    """Make a case in which nobody knows the rules, so that nothing is allowed."""
    return Case(name=name, refused=BOTH, status=status, **more)


def filled(beginning: str, length: int, end: str) -> str:
    """Write a robots.txt whose `end` begins behind so many octets."""
    line = "# a remark that nobody reads, and there are many of them\n"
    rest = length - len(beginning)
    return (
        beginning
        + line * (rest // len(line))
        + "#" * (rest % len(line) - 1)
        + ("\n" if rest % len(line) else "")
        + end
    )


# ---------------------------------------------------------------- the table

STATUSES = (
    Case(name="200", allowed=(OPEN,), refused=(SHUT,)),
    Case(
        name="203",
        robots=(Robots(text=RULES, status=203),),
        allowed=(OPEN,),
        refused=(SHUT,),
        status=203,
    ),
    Case(
        name="200 in gzip and chunks",
        allowed=(OPEN,),
        refused=(SHUT,),
        more={"is_gzipped": True, "is_chunked": True},
    ),
    Case(
        name="200 that trickles",
        allowed=(OPEN,),
        refused=(SHUT,),
        troubles=ill(Ill.DRIP, seconds=0.5),
    ),
    unavailable("200 with a page", robots=(Robots(text="<!DOCTYPE html><p>Nothing"),)),
    unavailable("200 without a word", robots=(Robots(),)),
    *(
        unavailable(str(status), robots=(Robots(text=RULES, status=status),))
        for status in (400, 401, 403, 404, 410, 451)
    ),
    unavailable("301 without a place", troubles=answers(301)),
    *(
        unreachable(str(status), status, robots=(Robots(text=RULES, status=status),))
        for status in (429, 500, 502, 503)
    ),
    unreachable("503 for a while", 503, troubles=answers(503, retry_after_s=1)),
    # Half a robots.txt is none: what it shuts may stand in the other half.
    unreachable("cut off in the middle", 200, troubles=ill(Ill.CUT)),
    unreachable("broken chunks", 200, troubles=ill(Ill.BROKEN_CHUNKS)),
    unreachable("reset", None, troubles=ill(Ill.RESET)),
    unreachable("closed without a word", None, troubles=ill(Ill.CLOSE)),
    unreachable("no answer", None, troubles=ill(Ill.HANG)),
    unreachable("nobody listens", None, troubles=(Trouble(ill=Ill.REFUSED),)),
)

REDIRECTS = (
    *(
        Case(
            name=f"{hops} hops",
            robots=(Robots(text=RULES, hops=hops),),
            allowed=(OPEN,),
            refused=(SHUT,),
        )
        for hops in (1, 5, 6)  # at least five (RFC 9309, 2.3.1.2)
    ),
    *(
        Case(
            name=f"a hop by {status}",
            robots=(Robots(text=RULES, hops=1),),
            troubles=answers(status, location="/robots-1.txt"),
            allowed=(OPEN,),
            refused=(SHUT,),
        )
        for status in (302, 303, 307, 308)
    ),
    unavailable(
        "more hops than anybody follows", robots=(Robots(text=RULES, hops=15),)
    ),
    unavailable("a loop", troubles=answers(301, location=ROBOTS)),
    unavailable("a hop to 404", robots=(Robots(status=404, hops=1),)),
    unreachable("a hop to 503", 503, robots=(Robots(status=503, hops=1),)),
    unreachable("two hops to 429", 429, robots=(Robots(status=429, hops=2),)),
    Case(
        name="to another host",
        robots=(Robots(elsewhere="200"),),
        allowed=(OPEN,),
        refused=(SHUT,),
        cited="200",
    ),
    unavailable("to another host without rules", robots=(Robots(elsewhere="404"),)),
    unreachable(
        "to another host out of order",
        500,
        robots=(Robots(elsewhere="500"),),
        cited="500",
    ),
)

SIZES = (
    Case(
        name="a rule before 500 KiB",
        robots=(
            Robots(
                text=filled("", SIZE_LIMIT - 40, "User-agent: *\nDisallow: /shut/\n")
                + "# and more\n" * 1000
            ),
        ),
        allowed=(OPEN,),
        refused=(SHUT,),
    ),
    Case(
        name="a rule beyond 500 KiB",
        robots=(Robots(text=filled(RULES, SIZE_LIMIT, "Disallow: /\n")),),
        allowed=(OPEN,),
        refused=(SHUT,),
    ),
    Case(
        # Read as far as the limit the last line would say "Disallow: /".
        name="a rule across 500 KiB",
        robots=(
            Robots(
                text=filled(RULES, SIZE_LIMIT - 11, "Disallow: /nobody/asks/this\n")
            ),
        ),
        allowed=(OPEN,),
        refused=(SHUT,),
        aged=timedelta(hours=1),
        then_allowed=("/open/2.html",),
        then_refused=("/shut/2.html",),
    ),
)

PATHS = (
    ours(
        "the longest match",
        "Disallow: /a/\nAllow: /a/b/\nDisallow: /a/b/c",
        allowed="/a/b/1.html /b.html",
        refused="/a/1.html /a/b/c.html",
    ),
    ours(
        "the longest match, whatever the order",
        "Allow: /\nDisallow: /a/b/c\nAllow: /a/b/\nDisallow: /a/",
        allowed="/a/b/1.html /b.html",
        refused="/a/1.html /a/b/c.html",
    ),
    ours(
        "of equal ones that which allows",
        "Disallow: /page\nAllow: /page\nAllow: /leaf\nDisallow: /leaf",
        allowed="/page-1.html /leaf-1.html",
    ),
    ours(
        "a star counts for its length",
        "Disallow: /a/*/x\nAllow: /a/b/",
        allowed="/a/b/1.html",
        refused="/a/b/x.html /a/c/x.html",
    ),
    ours(
        "a star and the end",
        "Disallow: /*.pdf$",
        allowed="/papers/1.pdf.html /papers/1.pdf?page=2",
        refused="/papers/1.pdf /2.pdf",
    ),
    ours(
        "stars in the middle",
        "Disallow: /news/*/draft*secret",
        allowed="/news/draft-secret.html /news/2026/draft-1.html",
        refused="/news/2026/draft-1-secret.html",
    ),
    ours(
        "the end",
        "Disallow: /end$",
        allowed="/end.html /end/1.html",
        refused="/end",
    ),
    ours("nothing", "Disallow:", allowed="/ /a.html"),
    ours("everything", "Disallow: /", refused="/ /a.html /b/?c=1"),
    ours(
        "letters as they are, or percent-encoded",
        "Disallow: /ツ/\nDisallow: /%E6%96%B0/\nDisallow: /%e8%81%9e/",
        allowed="/%E3%83%85/1.html",
        refused="/%E3%83%84/1.html /ツ/2.html /新/1.html /%e6%96%b0/2.html /聞/1.html",
    ),
    ours(
        "encoded without need",
        "Disallow: /foo/%62%61%7A\nDisallow: /qux/",
        allowed="/foo/bar.html",
        refused="/foo/baz.html /%71ux/1.html /foo/b%61z/2.html",
    ),
    ours(
        "an encoded slash is no slash",
        "Disallow: /a%2Fb",
        allowed="/a/b.html",
        refused="/a%2Fb.html /a%2fb/c.html",
    ),
    ours(
        "an encoded star is a star",
        "Disallow: /file-%2A.html",
        allowed="/file-x.html",
        refused="/file-*.html",
    ),
    ours(
        "small and capital letters",
        "Disallow: /Shut/",
        allowed="/shut/1.html",
        refused="/Shut/1.html",
    ),
    ours(
        "a query",
        "Disallow: /*?id=\nDisallow: /story?",
        allowed="/p.html?n=1 /story",
        refused="/p.html?id=3 /story?n=1",
    ),
    ours(
        "lines of any kind between",
        "Disallow: /a/\n\nSitemap: {base}/map.xml\nHost: a.example\nnonsense\n\n"
        "Disallow: /b/",
        allowed="/c/1.html",
        refused="/a/1.html /b/1.html",
    ),
    rules(
        "blanks, remarks, a mark and other ends",
        "\ufeffUSER-AGENT: * # all\r\nDisAllow :\t/a/ # no\rallow: /a/b\r\n",
        allowed="/a/b.html",
        refused="/a/1.html",
    ),
    ours(
        "an address that leads to what is shut",
        "Disallow: /shut/",
        allowed="/leads/1.html",
    ),
)

GROUPS = (
    rules(
        "our group against all",
        "User-agent: *\nDisallow: /\n\nUser-agent: dateline\nDisallow: /shut/\n",
        allowed=OPEN,
        refused=SHUT,
    ),
    rules(
        "our group, stricter",
        "User-agent: DateLine\nDisallow: /\n\nUser-agent: *\nAllow: /\n",
        refused="/open/1.html /shut/1.html",
    ),
    rules(
        "our groups are one",
        "User-agent: dateline\nDisallow: /a/\n\nUser-agent: x\nDisallow: /\n\n"
        "User-agent: Dateline\nDisallow: /b/\n\nUser-agent: *\nDisallow: /c/\n",
        allowed="/c/1.html",
        refused="/a/1.html /b/1.html",
    ),
    rules(
        "a group of several",
        "User-agent: x\nUser-agent: dateline\nUser-agent: y\nDisallow: /a/\n\n"
        "User-agent: *\nDisallow: /b/\n",
        allowed="/b/1.html",
        refused="/a/1.html",
    ),
    rules(
        "with a version",
        "User-agent: Dateline/2.0\nDisallow: /a/\n\nUser-agent: *\nDisallow: /b/\n",
        allowed="/b/1.html",
        refused="/a/1.html",
    ),
    rules(
        "others whose names are alike",
        "User-agent: date\nUser-agent: datelinebot\nDisallow: /\n\n"
        "User-agent: *\nDisallow: /b/\n",
        allowed="/a/1.html",
        refused="/b/1.html",
    ),
    rules(
        "none for us",
        "User-agent: x\nDisallow: /\n",
        allowed="/open/1.html /shut/1.html",
    ),
)

CHANGES = (
    Robots(text=RULES),
    Robots(text="User-agent: *\nDisallow: /open/\n", since=LATER),
)
ENDS = {"then_allowed": ("/shut/2.html",), "then_refused": ("/open/2.html",)}
STAYS = {"then_allowed": ("/open/2.html",), "then_refused": ("/shut/2.html",)}
NONE_YET = (Robots(status=404), Robots(text=RULES, since=LATER))
BACK = (Robots(status=503), Robots(text=RULES, since=LATER))
SHORT = ill(Ill.RESET, until=LATER)
SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)

AGES = (
    Case(
        name="kept for a day",
        robots=CHANGES,
        allowed=(OPEN,),
        refused=(SHUT,),
        aged=24 * HOUR - 100 * SECOND,  # the crawl has to begin, too
        **STAYS,  # type: ignore[arg-type]
    ),
    Case(
        name="older than a day",
        robots=CHANGES,
        allowed=(OPEN,),
        refused=(SHUT,),
        aged=24 * HOUR,
        is_asked_again=True,
        **ENDS,  # type: ignore[arg-type]
    ),
    Case(
        name="of a day to come",
        robots=CHANGES,
        allowed=(OPEN,),
        refused=(SHUT,),
        aged=-2 * HOUR,
        is_asked_again=True,
        **ENDS,  # type: ignore[arg-type]
    ),
    unavailable(
        "unavailable, kept for a day",
        robots=NONE_YET,
        aged=23 * HOUR,
        then_allowed=("/open/2.html", "/shut/2.html"),
    ),
    unavailable(
        "unavailable, older than a day",
        robots=NONE_YET,
        aged=25 * HOUR,
        is_asked_again=True,
        **STAYS,
    ),
    unreachable(
        "unreachable, for less than an hour",
        503,
        robots=BACK,
        aged=HOUR - 100 * SECOND,
        then_refused=("/open/2.html", "/shut/2.html"),
    ),
    unreachable(
        "unreachable, an hour ago",
        503,
        robots=BACK,
        aged=HOUR,
        is_asked_again=True,
        **STAYS,
    ),
    unreachable(
        "no answer, just now",
        None,
        troubles=SHORT,
        aged=timedelta(),
        then_refused=("/open/2.html", "/shut/2.html"),
    ),
    unreachable(
        "no answer, a minute ago",
        None,
        troubles=SHORT,
        aged=60 * SECOND,
        is_asked_again=True,
        **STAYS,
    ),
)

CASES: Final = {
    case.name: case for case in (*STATUSES, *REDIRECTS, *SIZES, *PATHS, *GROUPS, *AGES)
}
AGED: Final = {name: case for name, case in CASES.items() if case.aged is not None}
ADDRESSES: Final = {
    name: f"127.41.{number // 200}.{number % 200 + 1}"
    for number, name in enumerate(CASES)
}


# ---------------------------------------------------------------- the web


def host_of(name: str, case: Case) -> Host:
    robots = tuple(
        Robots(elsewhere=ADDRESSES[one.elsewhere], since=one.since)
        if one.elsewhere
        else one
        for one in case.robots
    )
    leads = Trouble(ill=Ill.STATUS, status=302, path="/leads/", location=SHUT)
    return Host(
        id=f"case-{list(CASES).index(name)}",
        kind="case",
        address=ADDRESSES[name],
        robots=robots,
        troubles=(*case.troubles, leads),
        **case.more,
    )


class Directory:
    """A host that lists the addresses of all others."""

    address = DIRECTORY
    is_ever_refusing = False

    def __init__(self, port: int) -> None:
        self._port = port

    def trouble(self, path: str, now: datetime) -> None:
        return None

    def answer(self, asked: Asked, now: datetime) -> Answer:
        lists = {"/list.txt": self.first(), "/aged.txt": self.second()}
        if asked.path not in lists:
            return Answer(status=404)
        return Answer(
            status=200,
            fields=(("Content-Type", "text/plain; charset=utf-8"),),
            body="\n".join(lists[asked.path]).encode(),
        )

    def first(self) -> list[str]:
        return [
            self.url(name, path)
            for name, case in CASES.items()
            for path in (*case.allowed, *case.refused)
        ]

    def second(self) -> list[str]:
        return [
            self.url(name, path)
            for name, case in AGED.items()
            for path in (*case.then_allowed, *case.then_refused)
        ]

    def url(self, name: str, path: str) -> str:
        return f"http://{ADDRESSES[name]}:{self._port}{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWeb(Web):
    """A web with a directory."""

    @override
    def sites(self) -> dict[str, Site]:
        return {**Web.sites(self), DIRECTORY: Directory(self.port)}


def make_listed_web() -> ListedWeb:
    directory = Host(id="directory", kind="directory", address=DIRECTORY)
    return ListedWeb(
        hosts=(directory, *(host_of(name, case) for name, case in CASES.items()))
    )


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
