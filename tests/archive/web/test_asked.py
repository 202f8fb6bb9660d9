"""Addresses of searches, and the links that narrow them down."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from archive.search.model import Facet, FacetValue, Order
from archive.web.asked import Asked, after, choices, chosen_limits


def asked_by(link: str) -> Asked:
    """Read an address as the page does."""
    parameters = parse_qs(urlsplit(link).query, keep_blank_values=True)
    lists = ("source", "language", "author", "section", "class", "site")
    values = {n: v if n in lists else v[0] for n, v in parameters.items()}
    return Asked.model_validate(values)


values = st.lists(st.text(min_size=1, max_size=20), max_size=3, unique=True)


@given(
    st.builds(
        Asked,
        q=st.text(max_size=30),
        source=values,
        author=values,
        since=st.sampled_from(["", "2024", "2024-05"]),
        versions=st.booleans(),
    )
)
def test_an_address_asks_for_the_same_again(asked):
    assert asked_by(asked.link()) == asked
    assert asked_by(asked.link()).link() == asked.link()


def test_what_is_as_by_default_does_not_stand_in_an_address():
    assert Asked().link() == "/articles"
    assert Asked(q="bridge", page=3).link() == "/articles?q=bridge"


def test_the_best_come_first_where_words_are_asked_for():
    assert Asked().by is Order.DATE
    assert Asked(q="bridge").by is Order.RELEVANCE
    assert Asked(q="bridge", order=Order.DATE).by is Order.DATE


def facet(name: str, others: int = 0, **counts: int) -> Facet:
    values = tuple(
        FacetValue(value=value, count=count) for value, count in counts.items()
    )
    return Facet(name=name, values=values, others=others)


FACETS = (
    facet("source", 3, courier=5, post=2),
    Facet(name="month", values=(FacetValue(value="2024-12", count=4),)),
    facet("section"),
)


def test_a_facet_is_chosen_by_its_link_and_let_go_of_by_the_same():
    asked = Asked(q="bridge", source=["post"])
    source, month = choices(asked, FACETS)
    assert [(one.value, one.is_chosen) for one in source.choices] == [
        ("post", True),
        ("courier", False),
    ]
    assert source.others == 3
    assert asked_by(source.choices[0].link).source == []
    assert asked_by(source.choices[1].link).source == ["post", "courier"]
    narrowed = asked_by(month.choices[0].link)
    assert (narrowed.since, narrowed.until, narrowed.source) == (
        "2024-12",
        "2025-01",
        ["post"],
    )
    (_, again) = choices(narrowed, FACETS)
    assert again.choices[0].is_chosen
    assert asked_by(again.choices[0].link) == asked


def test_what_is_chosen_can_be_let_go_of_where_nothing_has_it():
    asked = Asked(source=["gone"])
    (source, *_) = choices(asked, FACETS)
    assert (source.choices[0].value, source.choices[0].count) == ("gone", None)
    limits = chosen_limits(Asked(source=["gone"], since="2024-05-06"))
    assert [limit[:2] for limit in limits] == [
        ("source", "gone"),
        ("since", "2024-05-06"),
    ]
    assert asked_by(limits[0][2]).source == []
    assert Asked(source=["gone"], since="2024", q="x").unlimited() == "/articles?q=x"


@pytest.mark.parametrize(
    ("span", "following"),
    [("2024", "2025"), ("2024-05", "2024-06"), ("2024-12", "2025-01")],
)
def test_a_span_ends_where_the_next_begins(span, following):
    assert after(span) == following


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": 0},
        {"page": 10**9},
        {"size": 1000},
        {"since": "yesterday"},
        {"q": "x" * 2000},
        {"source": ["x"] * 100},
        {"order": "up"},
        {"upto": -1},
    ],
)
def test_what_is_beyond_its_bounds_is_refused(wrong):
    with pytest.raises(ValidationError):
        Asked.model_validate(wrong)


def test_empty_fields_of_a_form_ask_for_nothing():
    assert (
        Asked.model_validate({"source": ["", ""], "since": "", "until": " "}) == Asked()
    )
