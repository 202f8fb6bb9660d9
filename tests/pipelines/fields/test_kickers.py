from __future__ import annotations

import pytest

from pipelines.fields.title_labels import KICKER_NAMES
from pipelines.fields.titles import read_titles
from tests.pipelines.fields.pages import meta, parsed

HEADLINE = "Bridge reopens after the storm of the century"


def kicker_of(body: str, head: str = "") -> str | None:
    return read_titles(parsed(body, head)).value.kicker


@pytest.mark.parametrize("name", sorted(KICKER_NAMES))
def test_every_name_of_a_kicker_is_known(name):
    body = f"<p class='article__{name}'>Schlacht um Strom</p><h1>{HEADLINE}</h1>"
    assert kicker_of(body) == "Schlacht um Strom"


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f"<h1><span class=kicker>Weather:</span> {HEADLINE}</h1>", ""),
        (f"<h1><small>Weather</small><span>{HEADLINE}</span></h1>", "og"),
        (f"<h1>Weather | {HEADLINE}</h1>", "og"),
        (f"<div><div><b class=overLine>Weather</b></div><h1>{HEADLINE}</h1></div>", ""),
        (f"<div><a class=eyebrow href=/w>Weather</a></div><h1>{HEADLINE}</h1>", ""),
    ],
)
def test_kickers_stand_above_the_headline_or_before_it(body, head):
    assert kicker_of(body, meta(og__title=HEADLINE) if head else "") == "Weather"


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{HEADLINE}</h1>",
        f"<p>Weather</p><h1>{HEADLINE}</h1>",  # not marked as one
        f"<p class=kicker>12:45</p><h1>{HEADLINE}</h1>",
        f"<p class=kicker>World</p><h1>{HEADLINE}</h1>",  # the section
        f"<p class=kicker>Example Herald</p><h1>{HEADLINE}</h1>",  # the site
        f"<p class=kicker>{'Weather ' * 30}</p><h1>{HEADLINE}</h1>",
        f"<h1>{HEADLINE}</h1><p class=kicker>Weather</p>",  # of another article
    ],
)
def test_what_is_no_kicker_is_not_given_as_one(body):
    assert kicker_of(body, meta(article__section="World")) is None
