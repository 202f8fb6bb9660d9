from __future__ import annotations

import json

import pytest

from pipelines.fields.titles import read_titles
from tests.pipelines.fields.pages import URL, json_ld, meta, parsed

CRUMBS = {
    "@context": "https://schema.org",
    "@type": "BreadcrumbList",
    "itemListElement": [
        {"@type": "ListItem", "position": 1, "name": "Home", "item": "https://e.org/"},
        {
            "@type": "ListItem",
            "position": 2,
            "item": {"@id": "https://e.org/africa", "name": "Africa"},
        },
        {"@type": "ListItem", "position": 3, "name": "Bridge reopens", "item": URL},
    ],
}


def section_of(body: str = "", head: str = "") -> str | None:
    return read_titles(parsed(f"<h1>Bridge reopens</h1>{body}", head)).value.section


@pytest.mark.parametrize(
    ("body", "head", "wanted"),
    [
        ("", meta(article__section="World"), "World"),
        ("", json_ld(articleSection="Arts &amp; Books, Featured"), "Arts & Books"),
        ("", json_ld(articleSection=["Politik", "Inland"]), "Politik"),
        ("", meta(article__section="tags") + json_ld(articleSection="Style"), "Style"),
        (
            "",
            f'<script type="application/ld+json">{json.dumps(CRUMBS)}</script>',
            "Africa",
        ),
        (
            "<p class=breadcrumbs><a href=/>Home</a> <a href=/asia>Asia</a></p>",
            "",
            "Asia",
        ),
        (
            (
                f"<p class=crumb><a href=/asia>Asia</a></p><p class=breadcrumbs>"
                f"<a href=/africa>Africa</a> <a href={URL}?a>Bridge reopens</a></p>"
            ),
            "",
            "Africa",
        ),
        ("<nav><a href='/world'>World news</a></nav>", "", "World news"),
        ("<a href='/sport'>Sport</a>", "", None),
        ("", meta(article__section="Example Herald"), None),
        ("", meta(article__section="Bridge reopens"), None),
        ("", meta(article__section="12"), None),
        ("", meta(article__section="Главная"), None),
    ],
)
def test_the_section_is_read_where_it_is_stated_first(body, head, wanted):
    assert section_of(body, head) == wanted
