"""How parsers are driven in tests: whole, byte by byte, with a tail, clipped.

Networks split where they like, and disks tear where they like; so no parser is
tried with whole input only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

Result = TypeVar("Result")

TAIL = b"\x00what follows\r\n\r\n"


def prefixes(data: bytes) -> Iterator[bytes]:
    """Give every beginning of the data, from none of it to all but its last byte."""
    for length in range(len(data)):
        yield data[:length]


def read_whole(parse: Callable[[bytes], Result], data: bytes, expected: Result) -> None:
    """The data as it is gives what is expected."""
    assert parse(data) == expected


def read_with_tail(
    parse: Callable[[bytes], Result], data: bytes, expected: Result
) -> None:
    """What follows the data changes nothing."""
    assert parse(data + TAIL) == expected


def read_byte_by_byte(
    parse: Callable[[bytes], Result],
    data: bytes,
    expected: Result,
    *,
    is_unfinished: Callable[[Result], bool],
) -> None:
    """As the bytes come in, the answer is "not yet", until the last one is there."""
    for received in prefixes(data):
        assert is_unfinished(parse(received)), received
    assert parse(data) == expected


def clipped_unnoticed(
    notices: Callable[[bytes], bool], data: bytes, *, whole_at: tuple[int, ...] = ()
) -> list[int]:
    """List the lengths at which the data can be cut without anybody noticing.

    `whole_at` are lengths at which what is left is whole, and no cut at all.
    """
    return [
        len(received)
        for received in prefixes(data)
        if len(received) not in whole_at and not notices(received)
    ]
