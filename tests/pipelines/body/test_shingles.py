from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.body.shingles import agreement, count_words, coverage, words

prose = st.lists(
    st.sampled_from(["the", "bridge", "was", "opened", "by", "a", "mayor"])
)
texts = prose.map(" ".join)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The bridge, opened.", ["The", "bridge", "opened"]),
        ("it's", ["it", "s"]),
        ("北京3月", ["北", "京", "3", "月"]),
        ("می‌رود", ["می", "رود"]),
        ("สะพาน", list("สะพาน")),
        ("", []),
    ],
)
def test_words_are_told_apart_in_any_script(text, found):
    assert words(text) == found
    assert count_words(text) == len(found)


@given(texts, texts)
def test_agreement_is_the_same_from_both_sides(one, other):
    assert agreement(one, other) == agreement(other, one)
    assert 0 <= agreement(one, other) <= 1


@given(texts)
def test_a_text_agrees_with_itself_and_covers_itself(text):
    assert agreement(text, text) == 1
    assert coverage(text, text + " and more of it than before") == (
        1 if text else 0
    ) or (count_words(text) < 4)


def test_a_part_is_covered_by_the_whole_and_not_the_reverse():
    part = "The bridge was opened on Sunday by the mayor."
    whole = f"{part} It had taken nine years to build it, the council said."
    assert coverage(part, whole) == 1
    assert coverage(whole, part) < 0.5
    assert coverage("", whole) == 0
