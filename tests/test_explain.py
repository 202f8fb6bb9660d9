"""`dateline explain`: the whole story of an address, safe for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from archive.events import CaptureOrder, read_answer
from archive.model import (
    Discovery,
    FetchOutcome,
    Miss,
    Revisit,
    RevisitProfile,
    Role,
    TextOutcome,
)
from archive.texts import Software, Verdict
from archive.warc.records import new_record_id
from archive.watch.database import NAME
from archive.watch.hosts import HostMemory
from archive.watch.model import AddressState, HostState
from crawler.explain_cli import mount, printable
from crawler.outlook import after_capture
from tests.crawler.test_leftovers import LADDER, RUN, Ground
from tests.support.builders import NOON, make_exchange, make_response

URL = "http://news.example/2026/story"
FEED = "http://news.example/feed.xml"
SOURCES = """
[[source]]
id = "port-verity"
name = "Port Verity"
homepage = "http://news.example/"
seeds = [{ kind = "feed", url = "http://news.example/feed.xml" }]
exclude = ["/sports/"]

[[source]]
id = "elsewhere"
name = "Elsewhere"
seeds = [{ kind = "feed", url = "http://elsewhere.example/feed.xml" }]
"""
app = typer.Typer()
mount(app)
app.command("other")(lambda: None)  # a command of verbs, not of one


def explain(ground: Ground, url: str = URL, *options: str) -> Result:
    root = ground.collection.root
    arguments = ["explain", url, "--collection", str(root), *options]
    return CliRunner().invoke(app, arguments)


def told(ground: Ground, url: str = URL, *options: str) -> dict[str, Any]:
    result = explain(ground, url, "--json", *options)
    assert result.stdout.count("\n") == 1
    values: dict[str, Any] = json.loads(result.stdout)
    return values


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path / "c")
    yield ground
    ground.close()


def keep(
    ground: Ground,
    url: str = URL,
    response: bytes | None = None,
    *,
    role: Role = Role.ARTICLE,
    found_as: str | None = None,
    minutes: int = 0,
    revisit: Revisit | None = None,
    redirect_from: str | None = None,
):
    response = response or make_response()
    return ground.store.keep(
        CaptureOrder(
            exchange=make_exchange(
                url, response, began_at=NOON + timedelta(minutes=minutes)
            ),
            answer=read_answer(response),
            discovery=Discovery(
                url=found_as or url,
                role=role,
                source_id="port-verity",
                run_id=RUN,
                found_at=NOON,
            ),
            revisit=revisit,
            redirect_from=redirect_from,
        )
    ).result(30)


def enter(ground: Ground, url: str = URL, *, title: str | None = "A storm") -> str:
    """Enter an address as a feed named it; gives the record id of the feed."""
    feed = keep(ground, FEED, role=Role.SEED)
    ground.frontier.enter(
        [
            Discovery(
                url=url,
                role=Role.ARTICLE,
                source_id="port-verity",
                run_id=RUN,
                found_at=NOON,
                seed_url=FEED,
                seed_record_id=feed.record_id,
                claimed_title=title,
                claimed_date="Sun, 22 Nov 2026 11:00:00 GMT",
            )
        ],
        now=NOON,
    )
    return str(feed.record_id).strip("<>")


def test_the_story_tells_find_answers_and_what_comes_next(ground):
    feed = enter(ground)
    (taken,) = ground.frontier.take("port-verity", RUN, now=NOON, limit=9)
    hop = keep(ground, response=make_response(b"", status=b"301 Moved"), minutes=1)
    first = keep(
        ground,
        "http://news.example/2026/11/story",
        found_as=URL,
        minutes=2,
        redirect_from=hop.record_id,
    )
    ground.collection.catalogue.add_texts(
        Software(name="test", version="1", options_digest="sha256:00"),
        [Verdict(record_id=first.record_id, url=URL, outcome=TextOutcome.TEXT)],
        is_current=True,
    )
    revisit = Revisit(
        profile=RevisitProfile.NOT_MODIFIED,
        record_id=first.record_id,
        url=first.url,
        date=first.date,
    )
    again = keep(
        ground,
        response=make_response(b"", status=b"304 Not Modified"),
        minutes=60,
        revisit=revisit,
    )
    settled = after_capture(taken, first, None, LADDER, NOON + timedelta(minutes=2))
    ground.frontier.settle(settled)

    story = told(ground, "https://www.news.example/2026/story?utm_source=rss")
    assert story["known"] is True
    assert story["identity"] == "example,news)/2026/story"
    assert story["source"] == "port-verity"
    assert story["state"] == "due"
    assert story["due_at"] == "2026-11-22T13:00:00.123456Z"
    assert story["reason"].endswith("looked at again when it is 1 hour old")
    kinds = [(event["kind"], event["sentence"]) for event in story["events"]]
    assert kinds == [
        ("found", f"{URL} in {FEED}"),
        ("capture", "status 301, text/html, 0 bytes"),
        ("capture", f"status 200, text/html, {first.payload_length:,} bytes"),
        ("capture", "status 304, text/html, 0 bytes"),
    ]
    found, moved, page, unchanged = story["events"]
    assert (found["record_id"], found["title"]) == (feed, "A storm")
    assert found["file"].startswith("warc/")
    place = first.locator
    assert page["file"] == (
        f"{place.path}, offset {place.offset}, {place.length} bytes"
    )
    assert page["text"] == "text"
    assert page["redirect_from"] == hop.record_id
    assert moved["text"].startswith("not-article")
    assert unchanged["record_id"] == again.record_id.strip("<>")
    assert unchanged["revisit"] == f"server-not-modified, of {first.record_id}"

    shown = explain(ground).stdout
    for words in (
        "example,news)/2026/story",
        "due: status 200; looked at again",
        "2026-11-22T13:00:00.123456Z",
        f"found    {URL} in {FEED}",
        f"{place.path}, offset {place.offset}",
    ):
        assert words in shown


def test_a_refusal_names_the_line_and_the_robots_txt_it_stands_in(ground):
    enter(ground)
    robots = keep(ground, "http://news.example/robots.txt", role=Role.ROBOTS)
    ground.store.note(
        Miss(
            record_id=new_record_id(),
            date=NOON + timedelta(minutes=1),
            outcome=FetchOutcome.REFUSED_ROBOTS,
            detail="line 3: Disallow: /2026",
            url=URL,
            discovery=Discovery(
                url=URL,
                role=Role.ARTICLE,
                source_id="port-verity",
                run_id=RUN,
                found_at=NOON,
            ),
            evidence=robots.record_id,
        )
    ).result(30)
    *_, miss = told(ground)["events"]
    assert miss["sentence"] == "refused-robots: line 3: Disallow: /2026"
    assert miss["evidence"] == f"{robots.record_id} (http://news.example/robots.txt)"
    assert miss["file"].startswith(robots.locator.path)


def test_an_address_that_was_left_out_names_the_rule(ground):
    found = Discovery(
        url=URL, role=Role.ARTICLE, source_id="port-verity", run_id=RUN, found_at=NOON
    )
    ground.frontier.leave_out([found], "the exclude pattern '/2026/' matches", now=NOON)
    result = explain(ground)
    assert result.exit_code == 0
    assert "found: the exclude pattern '/2026/' matches" in result.stdout
    assert "next          never" in result.stdout


def test_an_alias_tells_the_story_of_the_article(ground):
    enter(ground)
    page = keep(ground)
    canonical = "http://news.example/2026/11/22/story"
    enter(ground, canonical, title="found later")
    ground.frontier.alias(URL, canonical, page.record_id)
    keep(ground, canonical, minutes=5)
    story = told(ground, canonical)
    assert story["identity"] == "example,news)/2026/story"
    assert [alias["url"] for alias in story["aliases"]] == [canonical]
    kinds = [event["kind"] for event in story["events"]]
    assert sorted(kinds) == ["alias", "capture", "capture", "found", "found"]
    assert kinds == [event["kind"] for event in told(ground, URL)["events"]]


def test_what_was_archived_by_hand_is_known_too(ground):
    keep(ground)
    story = told(ground)
    assert story["known"] is True
    assert story["state"] is None
    assert [event["kind"] for event in story["events"]] == ["found", "capture"]


def test_another_article_with_the_same_key_of_the_index_is_left_out(ground):
    keep(ground, "http://news.example/2026/STORY")
    assert told(ground)["known"] is False


def test_an_address_in_work_and_a_host_that_is_left_alone_are_said(ground):
    enter(ground)
    HostMemory(ground.watch).put_host(
        "news.example",
        HostState(not_before=NOON + timedelta(days=36500), reason="Retry-After: 9"),
    )
    assert "Retry-After: 9" in told(ground)["left_alone"]
    ground.frontier.take("port-verity", RUN, now=NOON, limit=1)
    assert f"in work, run {RUN}" in explain(ground).stdout


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, {"port-verity": None}),
        (
            "http://www.news.example/sports/1",
            {"port-verity": "the exclude pattern '/sports/' matches"},
        ),
        ("http://elsewhere.example/1", {"elsewhere": None}),
        ("http://nobody.example/1", {}),
        ("no address", {}),
    ],
)
def test_of_an_unknown_address_the_sources_say_what_they_would_do(
    ground, tmp_path, url, expected
):
    path = tmp_path / "sources.toml"
    path.write_text(SOURCES)
    options = ("--sources", str(path))
    assert explain(ground, url, *options).exit_code == 1
    story = told(ground, url, *options)
    assert story["known"] is False
    assert story["events"] == []
    assert {v["source"]: v["reason"] for v in story["verdicts"]} == expected
    assert all(v["takes"] is (v["reason"] is None) for v in story["verdicts"])


def test_an_unknown_address_is_said_to_be_one(ground):
    result = explain(ground, "http://nobody.example/1")
    assert result.exit_code == 1
    assert "known         no" in result.stdout
    assert "--sources FILE" in result.stderr


def test_asking_makes_no_file(ground):
    ground.watch.close()
    path = ground.collection.root / NAME
    path.unlink()
    assert explain(ground).exit_code == 1
    assert not path.exists()


def test_nothing_a_publisher_writes_is_obeyed_by_a_terminal(ground):
    evil = "\x1b]0;owned\x07\x9b31m\u202egnp.exe\u2028\U000e0041\r\n"
    enter(ground, title=evil)
    known = ground.frontier.get(URL)
    ground.frontier.settle(
        replace(known, state=AddressState.REFUSED, reason=evil, last_at=NOON)
    )
    shown = explain(ground).stdout
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "\\u001b]0;owned" in shown
    raw = explain(ground, URL, "--json").stdout
    assert raw.removesuffix("\n").isprintable()
    assert json.loads(raw)["reason"] == evil


@given(st.text())
def test_printable_text_stays_and_the_rest_is_escaped(text):
    shown = printable(text)
    assert shown.isprintable()
    if text.isprintable():
        assert shown == text
    written = json.dumps({"a": text}, ensure_ascii=False)
    assert json.loads(printable(written)) == {"a": text}
