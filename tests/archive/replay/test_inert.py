"""What is said of attributes and elements does not contradict itself."""

from __future__ import annotations

from archive.replay import inert
from archive.replay.elements import Rewriting
from archive.replay.html import Page
from archive.replay.links import Links

LINKS = Links(time="20261122120000")


def test_no_plain_attribute_is_removed_rewritten_or_a_handler():
    others = (
        inert.REMOVED,
        inert.PAINTED,
        inert.LAZY_URLS,
        inert.LAZY_SETS,
        inert.LAZY_BACKGROUNDS,
        Rewriting._ATTRIBUTES,
    )
    assert not inert.PLAIN & frozenset().union(*others)
    assert not any(name.startswith("on") for name in inert.PLAIN)


def test_of_an_image_with_attributes_without_end_none_stays():
    many = " ".join(f"a{number}=1" for number in range(2500))
    page = Page(f"<img {many} class=x>", url="http://a.example/", links=LINKS)
    page.fill(())
    assert b"<img>" in page.written()
