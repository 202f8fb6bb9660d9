"""Invisible characters that matter survive an extractor that removes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from trafilatura.utils import remove_control_characters

from pipelines.body.joiners import restored, sheltered

PERSIAN = "می\u200cخواهیم"


@pytest.mark.parametrize(
    "text", [PERSIAN, "👩\u200d🚀", "\u200fقال (\u200eABC\u200f)", "plain", "Straße"]
)
def test_a_text_is_the_same_behind_trafilatura(text: str) -> None:
    tree = sheltered(html.fromstring(f"<div>{text}<b>{text}</b>{text}</div>"))
    assert restored(remove_control_characters(tree.text_content())) == text * 3


def test_a_tree_without_joiners_stays_as_it_is() -> None:
    text = "“Quotes – and dashes”\u200b, and Straße"
    assert sheltered(html.fromstring(f"<p>{text}</p>")).text == text


def test_characters_xml_can_not_hold_are_no_obstacle() -> None:
    tree = html.fromstring(f"<p>a&#1;b&#xFFFE;{PERSIAN}<b>x</b>\u200d&#31;</p>")
    assert restored(sheltered(tree).text_content()) == f"ab{PERSIAN}x\u200d"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_no_other_text_changes(text: str) -> None:
    assert restored(text) == text or any(
        "\U00010380" <= c <= "\U00010383" for c in text
    )
