"""What a parser lets in and a tree does not take back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.characters import writable
from archive.model import TextOutcome
from pipelines.article_text import extract

_PARAGRAPH = "<p>A paragraph that is long enough to count, for all it matters.</p>"


@given(st.text(alphabet=st.characters(codec=None, max_codepoint=0x1FFFF)))
def test_a_tree_takes_what_is_left_and_no_text_is_lost(text):
    element = etree.Element("p")
    element.text = writable(text)
    element.set("class", writable(text))
    assert writable(writable(text)) == writable(text)
    assert not text.isprintable() or writable(text) == text


@pytest.mark.parametrize("reference", ["&#1;", "&#xFFFE;", "&#31;", "&#xD800;"])
def test_odd_references_around_a_text_cost_nothing(reference):
    markup = (
        f"<html><body><div class='a{reference}b' id='{reference}'><article>"
        f"{_PARAGRAPH * 9}<p>می\u200cخواهم{reference} x</p></article></div></body>"
    )
    extraction = extract(markup.encode())
    assert extraction.outcome is not TextOutcome.FAILED
    assert "می\u200cخواهم" in extraction.text
