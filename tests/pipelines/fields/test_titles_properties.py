from __future__ import annotations

import time
from html import escape

from hypothesis import given
from hypothesis import strategies as st

from pipelines.fields.title_words import key, likeness, pieces, runs
from pipelines.fields.titles import read_titles
from tests.pipelines.fields.pages import parsed

ANY = st.text(max_size=200)


@given(ANY, ANY)
def test_likeness_is_a_measure(one, other):
    measure = likeness(one, other)
    assert 0 <= measure <= 1
    assert measure == likeness(other, one)


@given(ANY)
def test_pieces_and_runs_are_parts_of_the_title(text):
    assert all(piece in text for piece in pieces(text))
    assert all(run.text in text for run in runs(text))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_any_title_can_be_read_and_is_the_same_twice(text):
    body = f"<h1>{escape(text)}</h1>"
    head = f"<title>{escape(text)} | Herald</title>"
    first, second = (read_titles(parsed(body, head)) for _ in range(2))
    assert first == second
    if first.value.title is not None:
        assert key(first.value.title)


def test_hostile_titles_cost_no_more_than_others():
    separators = " | - – : » " * 20_000
    body = f"<h1>{separators}</h1>" + "<h1><span>" * 400 + "<h2>x</h2>" * 5_000
    began = time.process_time()
    read_titles(parsed(body, f"<title>{separators}</title>"))
    assert time.process_time() - began < 2
