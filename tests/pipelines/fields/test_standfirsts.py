from __future__ import annotations

import pytest

from pipelines.fields.standfirsts import NAMES
from pipelines.fields.titles import read_titles
from tests.pipelines.fields.pages import json_ld, meta, parsed

H1 = "<h1>Bridge reopens after the storm</h1>"
SUMMARY = "Thousands had to go a long way round for three weeks."
TEXT = "".join(
    f"<p>Paragraph {number} of the text, which tells the story of the bridge at length "
    "and in all its sad detail.</p>"
    for number in range(5)
)


def standfirst_of(body: str, head: str = "") -> str | None:
    return read_titles(parsed(body, head)).value.standfirst


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_of_a_standfirst_is_known(name):
    assert standfirst_of(f"{H1}<p class='c-{name}'>{SUMMARY}</p>{TEXT}") == SUMMARY


@pytest.mark.parametrize(
    "body",
    [
        f"<div><header>{H1}<h2>{SUMMARY}</h2></header>{TEXT}</div>",
        f"<header>{H1}</header><div><p>{SUMMARY}</p></div><div>{TEXT}</div>",
        f"{H1}<p><strong>{SUMMARY}</strong></p>{TEXT}",
    ],
)
@pytest.mark.parametrize(
    "head",
    [
        meta(og__description=SUMMARY),
        json_ld(headline="Bridge reopens after the storm", description=SUMMARY),
    ],
)
def test_a_description_that_stands_below_the_headline_is_the_standfirst(body, head):
    assert standfirst_of(body, head) == SUMMARY


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f"{H1}<p>{SUMMARY}</p>{TEXT}", meta(og__description=SUMMARY)),  # the text
        (f"{H1}{TEXT}", meta(og__description=SUMMARY)),
        (f"{H1}<figcaption class=lead-caption>{SUMMARY}</figcaption>", ""),
        (f"{H1}<p class=lead>By Ada Lovelace, May 6, 2024</p>{TEXT}", ""),
        (f"{H1}<p class=lead>Short.</p>{TEXT}", ""),
    ],
)
def test_what_is_no_standfirst_is_not_given_as_one(body, head):
    assert standfirst_of(body, head) is None


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (meta(og__description="What happened &amp;amp; why."), "What happened & why."),
        (
            meta(og__description="Thousands had to go a long…", description=SUMMARY),
            SUMMARY,
        ),
        (meta(og__description="Bridge reopens after the storm"), None),
        ("", None),
    ],
)
def test_the_description_is_the_longest_form_of_the_first(head, wanted):
    assert read_titles(parsed(H1, head)).value.description == wanted
