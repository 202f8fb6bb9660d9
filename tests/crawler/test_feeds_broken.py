"""Feeds that are broken, or made to break their reader."""

from __future__ import annotations

import json
import time

import pytest

from crawler import feeds, feedxml
from crawler.feeds import found_in_feed
from crawler.finds import Found

URL = "https://a.example/feeds/all.xml"
LINK = "<link>https://a.example/1</link>"


def rss(*items: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<rss version="2.0">'
        f"<channel><title>A</title><link>/</link>{''.join(items)}</channel></rss>"
    ).encode()


def only(body: bytes, content_type: str | None = None) -> Found:
    harvest = found_in_feed(body, url=URL, content_type=content_type)
    assert len(harvest.found) == 1, harvest
    return harvest.found[0]


BOMB = (
    "<!DOCTYPE rss [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
    + "]>"
)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(BOMB, id="billion laughs"),
        pytest.param(BOMB + BOMB, id="twice"),
        pytest.param("<!-- x -->" + BOMB, id="behind a comment"),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY m SYSTEM "file:///etc/passwd">]>', id="file"
        ),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]>',
            id="parameter entity",
        ),
    ],
)
def test_declared_entities_are_never_expanded(head):
    began = time.monotonic()
    found = only(
        rss(f'<item a="&m;"><title>&m; t</title>{LINK}</item>', head=head),
    )
    assert found.title == "&m; t"
    assert time.monotonic() - began < 2


def test_a_document_type_without_end_is_no_feed():
    harvest = found_in_feed(b"<!DOCTYPE rss [<!ENTITY a 'b'> <rss>", url=URL)
    assert harvest.found == ()
    assert harvest.problem == "no feed: the document type declaration has no end"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "an empty answer"),
        (b" \n", "an empty answer"),
        (b"<!DOCTYPE html><html><body><a href=/1>x</a></body></html>", "an HTML page"),
        (b"<opml><body/></opml>", "the root element is opml"),
        (b"just words", "broken XML"),
        (b"<rss>", "broken XML"),
        (b"{", "broken JSON"),
        (b'{"a": ' + b"[" * 100_000, "broken JSON"),
        (b'{"items": {}}', "without a list of items"),
        (b'{"items": [1, {"url": 7}, {"id": "1"}]}', "entry 3 has no address"),
    ],
)
def test_what_is_no_feed_is_told(body, said):
    harvest = found_in_feed(body, url=URL)
    assert harvest.found == ()
    assert said in (harvest.problem or "")


def test_a_healthy_empty_feed_is_no_problem():
    assert found_in_feed(rss(), url=URL).problem is None


ITEMS = [f"<item><title>T{n}</title><link>/{n}</link></item>" for n in range(5)]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss(*ITEMS)[:-20], id="cut short"),
        pytest.param(
            rss(*ITEMS, "<item><title>x</titel></item>"), id="a wrong end tag"
        ),
        pytest.param(b"Warning: php\n" + rss(*ITEMS), id="words before it"),
        pytest.param(
            b"<br />\n<b>Notice</b>: x in <b>y</b><br />" + rss(*ITEMS),
            id="tags before it",
        ),
        pytest.param(b"\0" + rss(*ITEMS).replace(b"T1", b"T\x001"), id="NUL"),
        pytest.param(rss(*ITEMS) + b"<!-- 0.2s --><p>x</p>", id="more behind it"),
    ],
)
def test_a_broken_feed_still_gives_its_items_and_says_so(body):
    harvest = found_in_feed(body, url=URL)
    assert [found.url for found in harvest.found[:5]] == [
        f"https://a.example/{n}" for n in range(5)
    ]
    assert harvest.problem is not None


def test_a_feed_cut_anywhere_gives_no_wrong_address():
    body = rss(*ITEMS)
    whole = {f"https://a.example/{n}" for n in range(5)}
    for end in range(len(body)):
        harvest = found_in_feed(body[:end], url=URL)
        urls = {found.url for found in harvest.found}
        # Only the last address may be cut; of these items, to "/".
        assert urls - whole <= {"https://a.example/", "https://a.example/feeds/all.xml"}
        assert harvest.problem is not None


def test_the_bytes_of_a_feed_are_never_taken_for_a_file_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_bytes(rss(f"<item>{LINK}</item>"))
    assert found_in_feed(b"x", url=URL).found == ()


def test_what_is_beyond_the_size_limit_is_told(monkeypatch):
    monkeypatch.setattr(feeds, "SIZE_LIMIT", 300)
    harvest = found_in_feed(rss(*ITEMS), url=URL)
    assert 0 < len(harvest.found) < 5
    assert "were not read" in (harvest.problem or "")


def test_an_address_named_twice_is_given_once_with_its_first_title():
    item = f"<item><title>First</title>{LINK}</item>"
    assert only(rss(item, item.replace("First", "Second"))).title == "First"


def test_a_title_is_cut_where_no_title_ends():
    title = only(rss(f"<item><title>{'<a ' * 99_000}</title>{LINK}</item>")).title
    assert len(title or "") <= feedxml.FIELD_LIMIT


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rss(*ITEMS), "2 entries beyond the first 3 were left out"),
        (
            json.dumps({"items": [{"url": f"/{n}"} for n in range(5)]}).encode(),
            "2 entries beyond the first 3 were left out",
        ),
    ],
)
def test_entries_beyond_the_limit_are_counted(monkeypatch, body, said):
    monkeypatch.setattr(feeds, "ENTRY_LIMIT", 3)
    monkeypatch.setattr(feedxml, "ENTRY_LIMIT", 3)
    harvest = found_in_feed(body, url=URL)
    assert len(harvest.found) == 3
    assert harvest.problem == said


@pytest.mark.parametrize(
    "body",
    [
        rss(*ITEMS, *["<x/>"] * 100),
        rss(*ITEMS, "<x>" + "&amp;" * 100 + "</x>"),
        rss(*ITEMS, "<x " + " ".join(f'a{n}=""' for n in range(100)) + "/>"),
    ],
    ids=["tags", "references", "attributes"],
)
def test_a_feed_is_read_as_far_as_its_tags_stay_within_the_limit(monkeypatch, body):
    monkeypatch.setattr(feeds, "MARK_LIMIT", 60)
    harvest = found_in_feed(body, url=URL)
    assert len(harvest.found) == 5
    assert "more than 60 tags, attributes or references" in (harvest.problem or "")


def test_what_is_in_a_cdata_section_is_no_tag(monkeypatch):
    monkeypatch.setattr(feeds, "MARK_LIMIT", 60)
    page = "<content><![CDATA[" + "<p class='x'>&nbsp;</p>" * 100 + "]]></content>"
    body = rss(f"<item>{LINK}{page}</item>", *ITEMS)
    assert found_in_feed(body, url=URL).problem is None
