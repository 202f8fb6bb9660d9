"""Authors that a page states, and what is made of all its claims."""

from __future__ import annotations

import pytest

from archive.model import Byline, BylineKind
from pipelines.fields.bylines import read_bylines
from tests.pipelines.fields.bylinepages import TITLE, article, names, parsed, person


@pytest.mark.parametrize(
    ("author", "wanted"),
    [
        (person("Ada Lovelace"), ["Ada Lovelace"]),
        (
            [person("Ada Lovelace"), person("Grace Hopper")],
            ["Ada Lovelace", "Grace Hopper"],
        ),
        ([[person("Ada Lovelace")], "Grace Hopper"], ["Ada Lovelace", "Grace Hopper"]),
        ("Ada Lovelace and Grace Hopper", ["Ada Lovelace", "Grace Hopper"]),
        (person(["Ada Lovelace", "Grace Hopper"]), ["Ada Lovelace", "Grace Hopper"]),
        (person("By Ada Lovelace, Senior Reporter"), ["Ada Lovelace"]),
        (person("Ada Lovelace, The Daily Loom"), ["Ada Lovelace"]),
        (person("Ada Lovelace (al)"), ["Ada Lovelace"]),
        (
            {"@type": "Person", "givenName": "Ada", "familyName": "Lovelace"},
            ["Ada Lovelace"],
        ),
        (person("https://loom.example/ada"), []),
        (person("admin"), []),
        (person(""), []),
        ({"@type": "Organization", "name": "The Daily Loom"}, ["The Daily Loom"]),
    ],
)
def test_json_ld_names_authors_in_many_forms(author, wanted):
    assert names(parsed(data=article(author=author))) == wanted


def test_an_author_may_be_a_reference_to_another_node():
    graph = [
        article(author={"@id": "#ada"}),
        {"@type": "Person", "@id": "#ada", "name": "Ada Lovelace"},
    ]
    assert names(parsed(data={"@graph": graph})) == ["Ada Lovelace"]


@pytest.mark.parametrize(
    "tag",
    [
        '<meta name="author" content="Ada Lovelace">',
        '<meta property="article:author" content="Ada Lovelace">',
        '<meta name="parsely-author" content="Ada Lovelace">',
        '<meta name="byl" content="By Ada Lovelace">',
        '<meta name="DC.creator" content="Lovelace, Ada">',
        '<meta name="sailthru.author" content="Ada Lovelace">',
        '<meta name="loom_authors" content="Ada Lovelace">',
        (
            '<meta name="twitter:label1" content="Written by">'
            '<meta name="twitter:data1" content="Ada Lovelace">'
        ),
    ],
)
def test_meta_tags_name_authors(tag):
    assert names(parsed(head=tag)) == ["Ada Lovelace"]


@pytest.mark.parametrize(
    "tag",
    [
        '<meta name="twitter:creator" content="@ada">',
        '<meta property="article:author" content="https://www.facebook.com/ada">',
        (
            '<meta name="twitter:label1" content="Reading time">'
            '<meta name="twitter:data1" content="Five minutes">'
        ),
        '<meta name="author" content="No Author">',
    ],
)
def test_accounts_addresses_and_labels_are_no_authors(tag):
    assert names(parsed(head=tag)) == []


def test_a_person_shown_goes_before_the_site_stated():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">By Ada Lovelace</p>',
        head='<meta name="author" content="The Daily Loom">',
        data=article(author={"@type": "Organization", "name": "The Daily Loom"}),
    )
    assert names(page) == ["Ada Lovelace"]


def test_an_agency_shown_goes_before_the_site_stated():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">By Associated Press</p>',
        data=article(author={"@type": "Organization", "name": "The Daily Loom"}),
    )
    assert names(page) == ["Associated Press"]


def test_names_that_are_shown_and_not_stated_are_added():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">By Grace Hopper and Ada Lovelace</p>',
        data=article(author=person("Ada Lovelace")),
    )
    assert names(page) == ["Grace Hopper", "Ada Lovelace"]


def test_two_places_that_agree_go_before_a_publisher_stated_first():
    head = (
        '<meta name="author" content="Wool Mill">'
        '<meta property="article:author" content="Ada Lovelace">'
    )
    byline = f'<h1>{TITLE}</h1><p class="byline">By Ada Lovelace</p>'
    assert names(parsed(byline, head=head)) == ["Ada Lovelace"]
    assert names(parsed(head=head)) == ["Wool Mill"]
    agrees = '<meta name="byl" content="Wool Mill">'
    assert names(parsed(byline, head=head + agrees)) == ["Wool Mill"]


def test_capitals_are_written_as_another_claim_has_them():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">Ada Lovelace</p>',
        data=article(author=person("ADA LOVELACE")),
    )
    assert names(page) == ["Ada Lovelace"]
    assert names(parsed(data=article(author=person("ADA LOVELACE")))) == [
        "ADA LOVELACE"
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ada Lovelace", BylineKind.PERSON),
        ("王小明", BylineKind.PERSON),
        ("Reuters", BylineKind.AGENCY),
        ("dpa", BylineKind.AGENCY),
        ("新华社", BylineKind.AGENCY),
        ("ТАСС", BylineKind.AGENCY),
        ("The Daily Loom", BylineKind.ORGANISATION),
        ("loom.example", BylineKind.ORGANISATION),
        ("Sports Desk", BylineKind.ORGANISATION),
        ("Online-Redaktion", BylineKind.ORGANISATION),
        ("Редакция", BylineKind.ORGANISATION),
    ],
)
def test_persons_agencies_and_organisations_are_told_apart(name, kind):
    reading = read_bylines(parsed(data=article(author=person(name))), "The Daily Loom")
    assert reading.value == (Byline(name=name, kind=kind),)


def test_all_claims_are_kept_and_the_chosen_ones_marked():
    page = parsed(
        f'<h1>{TITLE}</h1><p class="byline">By Ada Lovelace</p>',
        head='<meta name="author" content="Loom Online">',
    )
    claims = read_bylines(page, None).claims
    assert [(c.field, c.value, c.origin, c.is_chosen) for c in claims] == [
        ("author", "Loom Online", "meta:author", False),
        ("author", "By Ada Lovelace", "p.byline", True),
    ]


def test_a_page_that_names_nobody_has_no_bylines():
    reading = read_bylines(parsed(f"<h1>{TITLE}</h1><p>It is open.</p>"), None)
    assert (reading.value, reading.claims) == ((), ())
