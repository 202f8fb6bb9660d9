"""Pages made to be slow: every reader of titles and their surroundings is bounded."""

from __future__ import annotations

import time

import pytest

from pipelines.fields.access import read_access
from pipelines.fields.addresses import read_canonical
from pipelines.fields.images import read_images
from pipelines.fields.licences import read_licence
from pipelines.fields.links import read_links
from pipelines.fields.titles import read_titles
from tests.pipelines.fields.pages import json_ld, meta, parsed

TEXT = "The bridge was closed for three weeks after the storm had damaged it. " * 50
MANY = 20_000


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f"<h1 class='{'article' + '_-' * MANY}'>x</h1>", ""),
        ("<h1>" + "a | b - c: d " * MANY + "</h1>", ""),
        ("<h1>" + "<span class=kicker>x</span>" * MANY + "</h1>", ""),
        (f"<h1>x</h1><p>{'y ' * MANY}</p>" * 20, meta(og__description="y " * MANY)),
        ("<div class=paywall>subscribe to</div>" * MANY, ""),
        ("<div hidden>" * 200 + f"<p class=paywall>{TEXT}</p>" * 500, ""),
        (f"<p>{TEXT}<img src=/p/a.jpg></p>" * 200, ""),
        (f"<p>{TEXT}</p><img srcset='{'/p/a.jpg 1w, ' * MANY}'>", ""),
        (f"<figure><img src=/a.jpg><figcaption>{'Photo: ' * MANY}", ""),
        ("", json_ld(headline="x" * 10**6, image=["/p/a.jpg"] * MANY)),
        ("", json_ld(articleSection=["x"] * MANY, license=["y"] * MANY)),
        ("", "<link rel=canonical href=/>" * MANY),
        ("<a href='https://creativecommons.org/licenses/by/4.0/'>x</a>" * MANY, ""),
        ("<nav class=breadcrumb>" * 200 + "<a href=/x>y</a>" * MANY, ""),
    ],
)
def test_hostile_pages_are_read_in_bounded_time(body, head):
    page = parsed(body, head)
    began = time.process_time()
    read_titles(page)
    read_canonical(page)
    read_licence(page)
    read_access(page)
    read_images(page, TEXT)
    read_links(page, TEXT)
    assert time.process_time() - began < 2
