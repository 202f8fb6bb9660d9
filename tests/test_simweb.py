"""The simulated web, asked without a wire: all its content follows from the clock."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from archive.digests import sha256_label
from archive.model import Source
from crawler.sources import parse_sources
from tests.support.simweb.clock import SimClock
from tests.support.simweb.hosts import (
    Named,
    Removal,
    Robots,
    Validators,
)
from tests.support.simweb.judge import robots_at
from tests.support.simweb.kinds import KINDS
from tests.support.simweb.pages import CONSENT
from tests.support.simweb.site import HostSite
from tests.support.simweb.trying import HOUR, STORY, asked, make_host
from tests.support.simweb.webs import START, Web, make_web

# ------------------------------------------------------------------ the clock


def test_a_clock_stands_runs_and_jumps_for_all_who_share_it(tmp_path: Path):
    clock = SimClock(START, path=tmp_path / "clock")
    other = SimClock.open(tmp_path / "clock")
    assert clock.now() == other.now() == START
    clock.advance(HOUR)
    assert other.now() == START + HOUR
    clock.run(10_000)
    time.sleep(0.02)
    assert other.now() > START + HOUR + timedelta(seconds=150)
    clock.run(0)
    assert clock.now() == other.now()
    other.set(START - HOUR)
    assert clock.now() == START - HOUR
    assert abs(SimClock.real().seconds() - time.time()) < 1


# ------------------------------------------------------------------ the web


def test_a_web_has_forty_kinds_of_host_and_is_the_same_for_the_same_seed():
    web = make_web(seed=7)
    assert web == make_web(seed=7)
    assert web != make_web(seed=8)
    assert {one.kind for one in web.hosts} == set(KINDS)
    assert len(KINDS) == len({one.address for one in web.hosts}) == 40
    assert len({one.id for one in make_web(hosts=90).hosts}) == 90


def test_the_sources_of_a_web_are_a_file_that_can_be_read():
    web = make_web().at(8000)
    sources = parse_sources(
        web.sources_toml(extra='tags = ["simulated"]', delay_s=0.5), "sources.toml"
    )
    assert len(sources) == 41  # one host is shared by two
    assert all(s.manners.allow_private and s.tags == ("simulated",) for s in sources)
    kinds = Counter(str(seed.kind) for s in sources for seed in s.seeds)
    assert kinds == {"feed": 35, "sitemap": 5, "front": 1, "list": 1}
    (only,) = parse_sources(web.sources_toml(names=["front"]), "sources.toml")
    assert isinstance(only, Source)
    assert only.seeds[0].url == web.url("front")


def test_what_seeds_name_and_pages_hold_over_two_days_is_the_ground_truth():
    """A naive crawler, which looks every hour, finds what it should."""
    web = make_web(days=2).at(8000)
    until = START + timedelta(days=2)
    sites = web.sites()
    named: set[str] = set()
    for step in range(49):
        now = START + step * HOUR
        for one in web.hosts:
            site = sites[one.address]
            assert isinstance(site, HostSite)
            ruling = robots_at(sites, one.address, now)
            for path in map(one.seed_path, chain(*one.sources().values())):
                if ruling.allows(site.base + path):
                    named |= links(site, path, now)
    truths = web.articles(until)
    expected = {url for truth in truths for url in truth.named}
    assert web.addresses(until) == expected <= named
    for url in named - expected:  # those that were allowed at no time
        site = sites[urlsplit(url).hostname or ""]
        assert isinstance(site, HostSite)
        story = site.story(urlsplit(url).path)
        assert story is not None
        hours = (START + n * HOUR for n in range(49))
        times = [now for now in hours if now >= story.published]
        assert not any(robots_at(sites, site.address, t).allows(url) for t in times)
    marks = []
    for truth in truths:
        site = sites[urlsplit(truth.url).hostname or ""]
        for version in truth.versions:
            now = max(version.since, START)
            answer = site.answer(asked(urlsplit(truth.url).path), now)
            if answer.status == 200:
                marks.append(version.mark)
                assert answer.body.count(version.mark.encode()) == 1
                assert version.payload_digest in {None, sha256_label(answer.body)}
    assert len(marks) == len(set(marks)) > 900
    shut = {truth.url for truth in truths if not truth.versions}
    assert shut
    assert all("consent" in web.host(urlsplit(url).hostname or "").id for url in shut)
    endings = Counter(truth.ending for truth in truths)
    assert set(endings) == {None, 302, 404, 410, 451}
    forbidden = {"disallowed-all", "robots-unreachable", "robots-reset", "robots-hangs"}
    assert {one.kind for one in web.hosts} - forbidden == {
        web.host(truth.host).kind for truth in truths
    }


def links(site: HostSite, path: str, now: object) -> set[str]:
    """Read the addresses of stories out of any seed."""
    answer = site.answer(asked(path), now)  # type: ignore[arg-type]
    body = answer.body
    if answer.status != 200:
        return set()
    if path.endswith(".gz"):
        body = gzip.decompress(body)
    if path.endswith(".json"):
        return {item["url"] for item in json.loads(body)["items"]}
    if path.endswith(".txt"):
        return set(body.decode().split())
    if path == "/":
        paths = re.findall(r'<h2><a href="([^"]+)"', body.decode())
        return {site.base + one for one in paths}
    root = etree.fromstring(body)
    maps = root.xpath("//*[local-name()='sitemap']/*/text()")
    if maps:
        inner = (links(site, urlsplit(url).path, now) for url in maps)
        return set().union(*inner)
    steps = (
        "item']/*[local-name()='link']/text()",
        "entry']/*[local-name()='link']/@href",
    )
    found = [*steps, "url']/*[local-name()='loc']/text()"]
    return {url for step in found for url in root.xpath(f"//*[local-name()='{step}")}


# ------------------------------------------------------------------ pages by the clock


@pytest.mark.parametrize(
    ("removal", "status"),
    [
        (Removal.NOT_FOUND, 404),
        (Removal.GONE, 410),
        (Removal.LEGAL, 451),
        (Removal.FRONT, 302),
    ],
)
def test_a_removed_story_answers_in_its_way(removal: Removal, status: int):
    gone = replace(STORY, removed=START, removal=removal)
    answer = HostSite(make_host(stories=(gone,)), 80).answer(asked(STORY.path), START)
    assert answer.status == status
    location = dict(answer.fields).get("Location")
    assert location == ("http://127.30.0.1:80/" if status == 302 else None)


@pytest.mark.parametrize(
    ("named", "target"),
    [
        (Named.TRACKED, "/news/one.html?utm_source=rss"),
        (Named.AMP, "/amp/news/one.html"),
        (Named.FORMER, "/r/news/one.html"),
    ],
)
def test_a_story_with_other_names_leads_to_its_own(named: Named, target: str):
    site = HostSite(make_host(stories=(replace(STORY, named=named),)), 80)
    feed = site.answer(asked("/rss.xml"), START)
    assert f"<link>{site.base}{target}".encode() in feed.body
    answer = site.answer(asked(target), START)
    goal = f"{site.base}/news/one.html"
    if named is Named.FORMER:
        assert (answer.status, dict(answer.fields)["Location"]) == (301, goal)
    else:
        assert f'<link rel="canonical" href="{goal}">'.encode() in answer.body


def test_a_host_turns_into_a_consent_page_and_its_calendar_has_no_end():
    site = HostSite(make_host(consent_from=START + HOUR), 80)
    before = site.answer(asked(STORY.path), START).body
    after = site.answer(asked(STORY.path), START + HOUR)
    assert (after.status, CONSENT.encode() in after.body) == (200, True)
    assert CONSENT.encode() not in before
    month = site.answer(asked("/calendar/2026-12/"), START).body
    assert b'href="/calendar/2027-01/"' in month


# ------------------------------------------------------------------ conditions


@pytest.mark.parametrize(
    ("validators", "by_etag", "by_date"),
    [
        (Validators.NONE, 200, 200),
        (Validators.ETAG, 304, 200),
        (Validators.WEAK, 304, 200),
        (Validators.MODIFIED, 200, 304),
        (Validators.BOTH, 304, 304),
        (Validators.FICKLE, 200, 200),
        (Validators.DEAF, 200, 200),
    ],
)
@pytest.mark.parametrize("path", [STORY.path, "/rss.xml", "/"])
def test_conditions_are_answered_as_the_host_understands_them(
    validators: Validators, by_etag: int, by_date: int, path: str
):
    site = HostSite(make_host(validators=validators), 80)
    first = dict(site.answer(asked(path), START).fields)
    later = START + timedelta(minutes=1)
    etag = first.get("ETag", '"of nobody"')
    date = first.get("Last-Modified", "Mon, 02 Mar 2026 06:00:00 GMT")
    answers = [
        site.answer(asked(path, If_None_Match=etag), later),
        site.answer(asked(path, If_Modified_Since=date), later),
        site.answer(asked(path, If_None_Match='"x"', If_Modified_Since=date), later),
    ]
    assert [answer.status for answer in answers] == [by_etag, by_date, 200]
    assert all(not answer.body for answer in answers if answer.status == 304)


def test_a_change_is_never_answered_with_304():
    story = replace(STORY, edits=(START + HOUR,))
    site = HostSite(make_host(stories=(story,)), 80)
    for path in (STORY.path, "/rss.xml"):
        first = dict(site.answer(asked(path), START).fields)
        for name, field in (
            ("If-None-Match", "ETag"),
            ("If-Modified-Since", "Last-Modified"),
        ):
            condition = asked(path, **{name: first[field]})
            assert site.answer(condition, START).status == 304
            assert site.answer(condition, START + HOUR).status == 200


def test_robots_are_redirected_over_hops_and_hosts_and_change_with_time():
    changing = Robots(text="User-agent: *\nDisallow: /\n", since=START + HOUR)
    hosts = (
        make_host(
            robots=(Robots(text="User-agent: *\nDisallow: /b\n", hops=5), changing)
        ),
        make_host(address="127.30.0.2", robots=(Robots(hops=6),)),
        make_host(address="127.30.0.3", robots=(Robots(elsewhere="127.30.0.1"),)),
        make_host(address="127.30.0.4", robots=(Robots(status=503),)),
    )
    sites = Web(hosts=hosts).at(80).sites()

    def allowed(address: str, path: str, hours: int = 0) -> bool:
        ruling = robots_at(sites, address, START + hours * HOUR)
        return ruling.allows(f"http://{address}:80{path}")

    assert [allowed("127.30.0.1", path) for path in ("/a", "/b")] == [True, False]
    assert not allowed("127.30.0.1", "/a", hours=1)
    assert allowed("127.30.0.2", "/b")  # too many hops: unavailable, so allowed
    assert not allowed("127.30.0.4", "/a")  # unreachable, so disallowed
    # Five hops are followed, and "elsewhere" is one more.
    assert allowed("127.30.0.3", "/b")
    assert not allowed("127.30.0.3", "/b", hours=1)
