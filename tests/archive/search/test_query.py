"""The language of questions: what is understood, and what is said otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.lexing import Field, QueryError
from archive.search.query import All, Either, Not, Term, parse


def word(text: str, field: Field | None = None, *, is_prefix: bool = False) -> Term:
    return Term(text, field, is_prefix)


A, B, C = word("a"), word("b"), word("c")


@pytest.mark.parametrize(
    ("question", "node"),
    [
        ("", None),
        ("  \n ", None),
        ("a", A),
        ("a b", All((A, B))),
        ("a AND b", All((A, B))),
        ("a and b", All((A, word("and"), B))),
        ("a b c", All((A, B, C))),
        ("a OR b OR c", Either((A, B, C))),
        ("a b OR c", Either((All((A, B)), C))),
        ("a (b OR c)", All((A, Either((B, C))))),
        ("((((a))))", A),
        ("a -b", All((A, Not(B)))),
        ("a NOT b", All((A, Not(B)))),
        ("a AND NOT b", All((A, Not(B)))),
        ("-(b c) a", All((Not(All((B, C))), A))),
        ("NOT NOT a", Not(Not(A))),
        ("-a", Not(A)),
        ("well-known", word("well-known")),
        ("a - b", All((A, B))),
        ('"a b"', word("a b")),
        ("“a b”", word("a b")),
        ("„a b“", word("a b")),
        ('"a OR b"', word("a OR b")),
        ("brid*", word("brid", is_prefix=True)),
        ('"the brid"*', word("the brid", is_prefix=True)),
        ("f*ck", word("f*ck")),
        ("title:a", word("a", Field.TITLE)),
        ("TITLE:a", word("a", Field.TITLE)),
        ('author:"Ada L"', word("Ada L", Field.AUTHOR)),
        (
            "title:(a OR b)",
            Either((word("a", Field.TITLE), word("b", Field.TITLE))),
        ),
        ("title:(a text:b)", All((word("a", Field.TITLE), word("b", Field.TEXT)))),
        ("-source:bbc a", All((Not(word("bbc", Field.SOURCE)), A))),
        ("source:bbc*", word("bbc", Field.SOURCE, is_prefix=True)),
        ("https://example.org/a", word("https://example.org/a")),
        ("12:30", word("12:30")),
        ("Brexit: a", All((word("Brexit:"), A))),
        ("北京:上海", word("北京:上海")),
        ("a & b", All((A, B))),
        ("a … ", A),
        ("() a", A),
    ],
)
def test_a_question_is_understood(question, node):
    assert parse(question) == node


@pytest.mark.parametrize(
    ("question", "position", "sentence"),
    [
        ('a "b', 2, "quotation mark"),
        ('"a" "', 4, "quotation mark"),
        ("a (b", 2, "not closed"),
        ("(", 0, "not closed"),
        (")", 0, "closing parenthesis"),
        ("a) b", 1, "closing parenthesis"),
        ("a colour:red", 2, "no field 'colour'; there are: title, text, author"),
        ("a title: b", 2, "write title:word"),
        ("title:)", 6, "nothing follows title:"),
        ("title:AND", 6, "nothing follows title:"),
        ("AND a", 0, "nothing stands before AND"),
        ("a OR", 2, "nothing follows OR"),
        ("a OR OR b", 2, "nothing follows OR"),
        ("(a AND) b", 3, "nothing follows AND"),
        ("a NOT", 2, "nothing follows NOT"),
        ("— !", 0, "no word"),
        ('""', 0, "no word"),
        ("()", 0, "no word"),
        ("a*", 0, "two letters"),
        ("(" * 60 + "a" + ")" * 60, 24, "parentheses"),
        (" ".join(["a"] * 200), 256, "128 words"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(question, position, sentence):
    with pytest.raises(QueryError, match=sentence.replace("(", r"\(")) as raised:
        parse(question)
    assert raised.value.position == position
    assert f"letter {position + 1}" in str(raised.value)
    assert raised.value.exit_code == 2


PIECES = ["a", "北京", '"', "“", "(", ")", " ", "AND", "OR", "NOT", "-", "*", ":"]
PIECES += ["title:", "source:", "x:", "'", "\\", "\0", "é", "\ud800", "{", "^", "+"]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_is_understood_or_refused(question):
    position = 0
    try:
        parse(question)
    except QueryError as error:
        position = error.position
    assert 0 <= position <= len(question)


@given(st.lists(st.text(st.characters(categories=["Ll"]), min_size=1), min_size=1))
def test_plain_words_are_always_understood(words):
    assert parse(" ".join(words[:128])) is not None
