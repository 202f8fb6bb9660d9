from __future__ import annotations

import pytest

from pipelines.fields.addresses import read_canonical
from tests.pipelines.fields.pages import URL, json_ld, meta, parsed


def link(href: str) -> str:
    return f'<link rel="canonical" href="{href}">'


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (link(URL), URL),
        (link("/world/2024/05/06/bridge"), "https://www.example-herald.com/world/2024/05/06/bridge"),
        (link("") + meta(og__url=URL), URL),
        (meta(og__url=URL), URL),
        (json_ld(url=URL), URL),
        (json_ld(mainEntityOfPage={"@type": "WebPage", "@id": URL}), URL),
        (link("https://original.example/story"), "https://original.example/story"),
        (link("https://www.example-herald.com/"), None),
        (link("https://www.example-herald.com/index.html"), None),
        (link("https://www.example-herald.com/world"), None),
        (link("https://www.example-herald.com/story123"), "https://www.example-herald.com/story123"),
        (link("http://localhost/story"), None),
        (link("https://192.0.2.7/story"), None),
        (link("javascript:void(0)"), None),
        (link("https://[broken/"), None),
        (link("https://www.example-herald.com/") + meta(og__url=URL), URL),
        (meta(og__url="https://other.example/story"), None),
        (json_ld(url="https://other.example/story"), None),
        (json_ld(**{"@id": f"{URL}#article"}), None),
        (link(URL + "?" + "x" * 5000), None),
        ("", None),
    ],
)  # fmt: skip
def test_an_address_is_believed_if_it_can_be_that_of_the_article(head, wanted):
    reading = read_canonical(parsed(head=head))
    assert reading.value == wanted
    chosen = [claim for claim in reading.claims if claim.is_chosen]
    assert len(chosen) == (wanted is not None)


def test_a_front_page_may_say_that_it_is_one():
    url = "https://www.example-herald.com/"
    assert read_canonical(parsed(head=link(url), url=url)).value == url


def test_a_canonical_link_in_a_broken_head_is_found():
    assert read_canonical(parsed(f"<p>x</p>{link(URL)}")).value == URL
