"""Feed readers' lists: the dialects they speak, and what an attacker writes."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from lxml import etree

from archive.model import Seed, SeedKind, Source
from crawler.opml import SIZE_LIMIT, NoOpml, read_opml
from crawler.opml_text import write_opml
from crawler.source_names import FreeIds, host_name, suggested_id

FEED = "https://harbour.example/feed.xml"


def opml(outlines: str, head: str = "") -> bytes:
    return f'{head}<opml version="2.0"><body>{outlines}</body></opml>'.encode()


def outline(url: str = FEED, text: str = "Harbour", more: str = "") -> str:
    return f'<outline type="rss" text="{text}" xmlUrl="{url}" {more}/>'


def read_one(outlines: str) -> Source:
    (source,) = read_opml(opml(outlines)).sources
    return source


def test_a_feed_becomes_a_source_with_all_that_is_said_of_it():
    more = 'htmlUrl="https://harbour.example/" language="en-GB" category="/local,daily"'
    assert read_one(outline(text="The Harbour Times", more=more)) == Source(
        id="the-harbour-times",
        name="The Harbour Times",
        homepage="https://harbour.example/",
        language="en-GB",
        tags=("local", "daily"),
        seeds=(Seed(url=FEED, kind=SeedKind.FEED),),
    )


@pytest.mark.parametrize(
    ("outlines", "tags"),
    [
        (outline(), ()),
        (f'<outline text="News">{outline()}</outline>', ("News",)),
        (
            f'<outline text="N"><outline title="B &amp; C">{outline()}'
            + "</outline>" * 2,
            ("N", "B & C"),
        ),
        (
            f'<outline text="a"><outline text="a">{outline()}</outline></outline>',
            ("a",),
        ),
        (f'<outline text=" ">{outline()}</outline>', ()),
        (
            '<outline text="a">' + outline(more='category="/b/c,a"') + "</outline>",
            ("a", "b", "c"),
        ),
    ],
)
def test_the_outlines_around_a_feed_become_its_tags(outlines, tags):
    assert read_one(outlines).tags == tags


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ('xmlUrl="http://a.example/f"', "http://a.example/f"),
        ('xmlurl=" http://a.example/f "', "http://a.example/f"),
        ('XMLURL="http://a.example/f?x=1&y=2"', "http://a.example/f?x=1&y=2"),
        ('type="rss" url="http://a.example/f"', "http://a.example/f"),
        ('xmlUrl="feed://a.example/f"', "http://a.example/f"),
        ('xmlUrl="feed:https://a.example/f"', "https://a.example/f"),
        ('xmlUrl="feed://https://a.example/f"', "https://a.example/f"),
    ],
)
def test_the_dialects_of_feed_readers_are_understood(written, url):
    assert read_one(f"<outline {written}/>").seeds[0].url == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://a.example/f", "no http or https address"),
        ("/feed.xml", "no http or https address"),
        ("http://[::1/f", "is no address"),
        ("https://me:secret@a.example/f", "holds user information"),
        ("ftp://me:secret@a.example/f", "holds user information"),
    ],
)
def test_what_is_no_address_is_left_out_and_told_without_its_password(url, said):
    read = read_opml(opml(f"\n{outline(url)}\n{outline()}"))
    assert [source.seeds[0].url for source in read.sources] == [FEED]
    (problem,) = read.problems
    assert said in problem.sentence
    assert problem.line == 2
    assert "secret" not in problem.told()


def test_a_feed_that_is_there_twice_is_one_source_with_the_tags_of_both():
    outlines = (
        f'<outline text="a">{outline()}</outline>'
        f'<outline text="b">{outline(text="Again")}</outline>'
    )
    read = read_opml(opml(outlines))
    (source,) = read.sources
    assert (source.name, source.tags) == ("Harbour", ("a", "b"))
    assert "there twice: one source, 'harbour'" in read.problems[0].sentence


def test_feeds_of_one_name_get_ids_of_their_own():
    urls = [f"https://{name}.example/feed" for name in "abc"]
    read = read_opml(opml("".join(map(outline, urls))))
    assert [source.id for source in read.sources] == [
        "harbour",
        "harbour-2",
        "harbour-3",
    ]


def test_an_address_for_people_that_is_none_is_left_out_and_told():
    read = read_opml(opml(outline(more='htmlUrl="javascript:alert(1)"')))
    assert read.sources[0].homepage is None
    assert "htmlUrl" in read.problems[0].sentence


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "missing"),
        (b"no XML at all", "missing"),
        (b"<html><body>Sign in</body></html>", "html, not opml"),
        (b"<rss><channel/></rss>", "rss, not opml"),
        (b"<!DOCTYPE opml [<!ENTITY a 'b'>", "has no end"),
        (b" " * (SIZE_LIMIT + 1), "longer than"),
    ],
)
def test_what_is_no_list_of_feeds_is_an_error(body, said):
    with pytest.raises(NoOpml, match=said):
        read_opml(body)


def test_a_list_that_breaks_off_gives_what_came_before():
    whole = opml(outline() + outline("https://b.example/f", "B" * 200))
    read = read_opml(whole[: whole.index(b"BBB") + 20])
    assert [source.seeds[0].url for source in read.sources] == [FEED]
    assert read.problems


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "' + f"&{a};" * 10 + '">' for a, b in pairwise("abcdefghi")
    )
    + '<!ENTITY file SYSTEM "file:///etc/hostname">]>'
)


@pytest.mark.parametrize("entity", ["i", "file"])
def test_no_entity_is_expanded(entity):
    began = time.process_time()
    (source,) = read_opml(opml(outline(text=f"x&{entity};"), BOMB)).sources
    assert source.name == f"x&{entity};"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "outlines",
    [
        pytest.param("<outline>" * 100_000, id="deep"),
        pytest.param("<outline/>" * 500_000, id="empty ones"),
        pytest.param(outline() * 20_000, id="one feed"),
        pytest.param(
            "".join(outline(f"http://a.example/{n}", "x") for n in range(20_000)),
            id="one name",
        ),
        pytest.param(
            "".join(
                f'<outline text="{n}">{outline()}</outline>' for n in range(20_000)
            ),
            id="one feed in many folders",
        ),
    ],
)
def test_a_list_made_to_take_long_does_not(outlines):
    began = time.process_time()
    read_opml(opml(outlines))
    assert time.process_time() - began < 15  # minutes where it grows with the square


# ---------------------------------------------------------------- writing


def make_source(name: str, *tags: str, feeds: int = 1) -> Source:
    urls = (f"https://{name}.example/{number}" for number in range(feeds))
    seeds = tuple(Seed(url=url, kind=SeedKind.FEED) for url in urls)
    return Source(id=name, name=name.title(), tags=tags, seeds=seeds)


def test_feeds_stand_in_folders_by_their_first_tag():
    sources = (
        make_source("a", "local", "daily"),
        make_source("b"),
        make_source("c", "local", feeds=2),
        make_source("d", "daily", "x/y, z"),
    )
    root = etree.fromstring(write_opml(sources, title="mine"))
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "mine"
    body = root.find("body")
    assert body is not None
    assert [element.get("text") for element in body] == ["local", "B", "daily"]
    local, _, daily = body
    assert [element.get("text") for element in local] == ["A", "C", "C"]
    assert local[0].get("category") == "daily"
    assert local[0].get("xmlUrl") == "https://a.example/0"
    assert local[0].get("type") == "rss"
    # A comma or slash would end a category: such a tag is a folder too.
    assert daily[0].get("text") == "x/y, z"
    assert daily[0][0].get("text") == "D"


def test_several_feeds_of_a_source_come_back_as_one():
    sources = (make_source("a", feeds=3),)
    assert read_opml(write_opml(sources, title="mine")).sources == sources


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "url", "wanted"),
    [
        ("The Harbour Times", FEED, "the-harbour-times"),
        ("L'Écho d'Île-aux-Œufs", FEED, "lecho-dile-aux-oeufs"),
        ("Straßenbahn & Łódź", FEED, "strassenbahn-lodz"),
        ("Новости", "https://www.novosti.example/rss", "novosti-example"),
        ("日本 News", "https://feeds.nihon.example/", "nihon-example"),
        ("!", "https://[::1]/", "1"),
        ("", "", "source"),
        ("x " * 100, FEED, "x-" * 23 + "x"),
        ("x" * 100, FEED, "x" * 48),
    ],
)
def test_an_id_is_made_of_the_name_or_else_of_the_host(name, url, wanted):
    assert suggested_id(name, url) == wanted


def test_an_id_is_given_once():
    ids = FreeIds()
    wanted = ["a", "a-2", "a", "a", "b", "a-2"]
    assert [ids.take(one) for one in wanted] == ["a", "a-2", "a-3", "a-4", "b", "a-2-2"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.harbour.example/x", "harbour.example"),
        ("https://feeds.harbour.example/x", "harbour.example"),
        ("https://www.example/", "www.example"),
        ("https://feed.com/", "feed.com"),
    ],
)
def test_a_host_is_named_without_what_only_says_that_it_is_a_site(url, host):
    assert host_name(url) == host
