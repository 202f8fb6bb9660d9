"""A text that several pages of a source share is noticed."""

from __future__ import annotations

from crawler.twins import KEPT, TextTwins


def test_the_text_of_another_page_is_a_twin():
    twins = TextTwins()
    assert not twins.is_twin("paper", "a", "We value your privacy")
    assert twins.is_twin("paper", "b", "We value your privacy")
    assert twins.is_twin("paper", "c", "We value your privacy")
    assert not twins.is_twin("paper", "d", "A text of its own")


def test_a_page_is_not_its_own_twin_nor_that_of_another_source():
    twins = TextTwins()
    assert not twins.is_twin("paper", "a", "text")
    assert not twins.is_twin("paper", "a", "text")
    assert not twins.is_twin("other", "b", "text")


def test_only_the_last_texts_are_remembered():
    twins = TextTwins()
    twins.is_twin("paper", "first", "text")
    for number in range(KEPT):
        twins.is_twin("paper", str(number), f"text {number}")
    assert not twins.is_twin("paper", "last", "text")
