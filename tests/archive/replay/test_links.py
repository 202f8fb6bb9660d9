"""Replay addresses: read, written, and where references lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.replay.links import (
    Asked,
    Links,
    Modifier,
    absolute,
    is_same_address,
    parse_replay,
    replay_path,
)

PAGE = "http://news.example/a/b?x=1"


@pytest.mark.parametrize(
    ("rest", "time", "modifier", "url"),
    [
        (
            "20260301120000/http://n.example/a?b=c",
            "20260301120000",
            "",
            "http://n.example/a?b=c",
        ),
        (
            "20260301120000im_/http://n.example/a.png",
            "20260301120000",
            "im_",
            "http://n.example/a.png",
        ),
        ("2026/https://n.example/", "2026", "", "https://n.example/"),
        ("https://n.example/", None, "", "https://n.example/"),
        ("n.example/a", None, "", "http://n.example/a"),
        ("n.example:8080/a", None, "", "http://n.example:8080/a"),
        ("2026id_/n.example", "2026", "id_", "http://n.example"),
        ("2026mp_/http://n.example/", "2026", "if_", "http://n.example/"),
        ("2026js_/http://n.example/a.js", "2026", "im_", "http://n.example/a.js"),
        ("2026/http:/n.example/a//b", "2026", "", "http://n.example/a//b"),
        ("2026/HTTPS:///n.example/", "2026", "", "https://n.example/"),
        ("2026/http%3A%2F%2Fn.example%2Fa", "2026", "", "http://n.example/a"),
        ("2026/http://n.example/a#part", "2026", "", "http://n.example/a"),
        ("2026/urn:uuid:1", "2026", "", "urn:uuid:1"),
    ],
)
def test_addresses_are_read(rest, time, modifier, url):
    assert parse_replay(rest) == Asked(url=url, time=time, modifier=Modifier(modifier))


@pytest.mark.parametrize("rest", ["", "2026xx_/http://n.example/"])
def test_what_is_no_replay_address_is_none(rest):
    assert parse_replay(rest) is None


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("c", "http://news.example/a/c"),
        ("/c", "http://news.example/c"),
        ("?y", "http://news.example/a/b?y"),
        ("#z", "http://news.example/a/b?x=1#z"),
        ("//other.example/c", "http://other.example/c"),
        ("https://other.example", "https://other.example"),
        (" \n/c\t ", "http://news.example/c"),
        ("/a\nb", "http://news.example/ab"),
        ("\\\\other.example\\c", "http://other.example/c"),
        ("../../../../c", "http://news.example/c"),
        ("/%2e%2E/%2e./c/.", "http://news.example/c/"),
        ("http://other.example/a/../../b?/../c", "http://other.example/b?/../c"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@example.org", None),
        ("http://[broken/", None),
        ("http://:80/", None),
    ],
)
def test_references_are_resolved_as_browsers_do(reference, url):
    assert absolute(PAGE, reference) == url


def test_a_query_is_in_the_encoding_of_its_page():
    assert absolute(PAGE, "/s?q=\u00e4", "latin-1") == "http://news.example/s?q=%E4"
    assert absolute(PAGE, "/s?q=\u00e4") == "http://news.example/s?q=%C3%A4"
    assert absolute(PAGE, "/s?q=\u5317", "latin-1") is not None


def test_links_keep_their_fragment_and_say_what_they_are_for():
    links = Links(time="20260301120000", prefix="/deep/replay/")
    assert links.to_page("http://n.example/a#b c") == (
        "/deep/replay/20260301120000/http://n.example/a#b%20c"
    )
    assert links.to_image("http://n.example/a") == (
        "/deep/replay/20260301120000im_/http://n.example/a"
    )
    framed = Links(time="20260301120000", page=Modifier.FRAME)
    assert framed.to_page("http://n.example/") == (
        "/replay/20260301120000if_/http://n.example/"
    )


urls = st.builds(
    lambda host, path, query: f"http://{host}/{path}{query}",
    st.from_regex(r"[a-z]{1,5}\.example", fullmatch=True),
    st.text(max_size=30).filter(lambda text: not set("?#") & set(text)),
    st.sampled_from(("", "?", "?a=b&c", "?%2e%2e/x'\"<>")),
)


@given(urls, st.sampled_from(list(Modifier)))
def test_an_address_that_was_written_is_read_back(url, modifier):
    path = replay_path(url, "20260301120000", modifier)
    assert path.isascii()
    assert not set(path) & set(" \"'<>`\\")
    asked = parse_replay(path.removeprefix("/replay/"))
    assert asked is not None
    assert (asked.time, asked.modifier) == ("20260301120000", modifier)
    assert is_same_address(asked.url, url)
    assert replay_path(asked.url, "20260301120000", modifier) == path


@given(urls)
def test_no_address_climbs_out_of_replay(url):
    path = replay_path(url, "20260301120000").partition("?")[0].lower()
    assert not {"..", "."} & set(path.replace("%2e", ".").split("/"))


@given(st.text(max_size=60))
def test_no_reference_makes_it_fail(reference):
    found = absolute(PAGE, reference)
    assert found is None or found.startswith(("http://", "https://"))
