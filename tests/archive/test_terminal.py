"""Other people's words on a terminal: nothing is obeyed, nothing is hidden."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.terminal import printable, printable_json


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Plain, with „quotes“ – and £", None),
        ("می\u200cخواهم", None),  # a joiner: Persian is written with it
        ("क्\u200dष", None),
        ("5\u00a0000\u3000円", None),
        ("\x1b[2Jgone", "\\u001b[2Jgone"),
        ("\x9b31m", "\\u009b31m"),
        ("a\rb\x00\x7f\tc", "a\\u000db\\u0000\\u007f\\u0009c"),
        ("two\nlines", "two\\u000alines"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066\u2069", "\\u2066\\u2069"),
        ("\u2028", "\\u2028"),
        ("\U000e0041", "\\udb40\\udc41"),  # a tag, in JSON's own writing
        ("\ud83d", "\\ud83d"),
    ],
)
def test_what_a_terminal_obeys_or_hides_is_shown(said, shown):
    assert printable(said) == (said if shown is None else shown)


def test_a_text_keeps_its_lines():
    assert printable("a\n\x1bb\n", lines=True) == "a\n\\u001bb\n"


@given(st.text(st.characters(exclude_categories=())))
def test_json_stays_the_json_it_is(text):
    line = printable_json({"title": text})
    assert json.loads(line) == {"title": text}
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in line)
