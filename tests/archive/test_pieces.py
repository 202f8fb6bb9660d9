"""Small pieces, joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.pieces import joined


@pytest.mark.parametrize(
    ("pieces", "given_on"),
    [
        ([], []),
        ([b"ab"], [b"ab"]),
        ([b"ab", b"cd", b"e"], [b"abcd", b"e"]),
        ([b"abcde", b"f"], [b"abcde", b"f"]),
        ([b"a", b"", b"b"], [b"a", b"b"]),
        ([b"", b""], [b"", b""]),
    ],
)
def test_pieces_are_joined_until_they_are_long_enough_or_one_is_empty(
    pieces: list[bytes], given_on: list[bytes]
) -> None:
    assert list(joined(pieces, 4)) == given_on


@given(st.lists(st.binary(max_size=9)), st.integers(1, 20))
def test_nothing_is_lost_or_held_back(pieces: list[bytes], length: int) -> None:
    assert b"".join(joined(pieces, length)) == b"".join(pieces)
    assert all(len(piece) < length + 9 for piece in joined(pieces, length))
