from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.fields import (
    Fields,
    parse_fields,
    parse_warc_fields,
    serialise_fields,
    serialise_warc_fields,
)
from archive.warc.rules import CODES

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True)
VALUES = st.text(
    st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])
).map(lambda value: value.strip(" \t"))
ANY_VALUES = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.text("%0123456789ADad\r\n"),
).map(lambda value: value.strip(" \t"))


@pytest.mark.parametrize(
    ("block", "pairs", "forgiven"),
    [
        (b"A: 1\r\nb:2\r\n", (("A", "1"), ("b", "2")), ()),
        (b"A: 1\r\n\r\n", (("A", "1"),), ()),
        (b"A:\r\n", (("A", ""),), ()),
        (b"A: x: y\r\n", (("A", "x: y"),), ()),
        (b"A: \xc3\xa9\r\n", (("A", "é"),), ()),
        (b"A: 1\nB: 2\n", (("A", "1"), ("B", "2")), ("line-ends",)),
        (b"A: 1\r\r\nB: 2\r\r\n", (("A", "1"), ("B", "2")), ("line-ends",)),
        (b"A: 1\r\n  2\r\n\t3\r\n", (("A", "1 2 3"),), ("folded-field",)),
        (b" 0\r\nA: 1\r\n", (("A", "1"),), ("folded-field",)),
        (
            b"A: 1\r\nword\r\n more\r\n",
            (("A", "1"),),
            ("line-without-colon", "folded-field"),
        ),
        (b": 1\r\n", (), ("line-without-colon",)),
        (b"A : 1\r\n", (("A", "1"),), ("field-name",)),
        (b"A B: 1\r\n", (("A B", "1"),), ("field-name",)),
        (b"A: \xe9\r\n", (("A", "é"),), ("field-encoding",)),
        (b"A: 1", (("A", "1"),), ()),
        (b"", (), ()),
    ],
)
def test_fields_are_read_and_what_was_forgiven_is_said(block, pairs, forgiven):
    fields, said = parse_fields(block)
    assert fields.pairs == pairs
    assert said == forgiven
    assert set(said) <= set(CODES)


def test_fields_are_asked_for_by_how_often_they_may_stand():
    fields = Fields((("WARC-Type", "response"), ("X", "1"), ("x", "2")))
    assert fields.first("warc-type") == fields.sole("WARC-TYPE") == "response"
    assert fields.first("X") == "1"
    assert fields.all("x") == ("1", "2")
    assert fields.first("Y") is fields.sole("Y") is None
    assert "y" not in fields
    assert "X" in fields
    assert len(fields) == 3
    with pytest.raises(ValueError, match="X stands 2 times"):
        fields.sole("X")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A", "1\r\nWARC-Type: response"),
        ("A", "1\n"),
        ("A", "1\r"),
        ("A", "1\0"),
        ("A", "\ud800"),
        ("A B", "1"),
        ("A:", "1"),
        ("", "1"),
        ("é", "1"),
    ],
)
def test_what_is_no_field_is_not_written(name, value):
    with pytest.raises(ValueError, match=r"field|value|utf-8"):
        serialise_fields([(name, value)])


@given(st.lists(st.tuples(NAMES, VALUES)))
def test_fields_come_back_as_they_were_written(pairs):
    fields, forgiven = parse_fields(serialise_fields(pairs))
    assert fields.pairs == tuple(pairs)
    assert forgiven == ()


@given(st.lists(st.tuples(NAMES, ANY_VALUES)))
def test_values_of_warc_fields_come_back_whatever_they_hold(pairs):
    block = serialise_warc_fields(pairs)
    assert parse_warc_fields(block).pairs == tuple(pairs)
    assert block.count(b"\n") == block.count(b"\r\n") == len(pairs)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("one\r\ntwo", b"one%0D%0Atwo"),
        ("https://example.org/%C3%A9?q=100%", b"https://example.org/%C3%A9?q=100%"),
        ("%0A", b"%250A"),
        ("%25", b"%2525"),
        ("%0a", b"%0a"),
    ],
)
def test_only_what_would_be_misread_is_escaped(value, written):
    assert serialise_warc_fields([("A", value)]) == b"A: " + written + b"\r\n"


def test_a_block_of_unknown_origin_can_be_read_as_it_stands():
    block = b"outlink: https://example.org/?a=%0A\r\n"
    fields = parse_warc_fields(block, unescape=False)
    assert fields.first("outlink") == "https://example.org/?a=%0A"
