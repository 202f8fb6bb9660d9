"""The `srcset` attribute. Nothing here does I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BETWEEN = re.compile(r"[\s,]*+")
_ADDRESS = re.compile(r"\S++")
# Descriptors end at a comma outside parentheses.
_DESCRIPTORS = re.compile(r"(?:[^,(]|\([^)]*\)?)*+")


def srcset_addresses(value: str) -> Iterator[str]:
    """Give the addresses of a srcset, in order."""
    return (address for address, _ in srcset_candidates(value))


def srcset_candidates(value: str) -> Iterator[tuple[str, str]]:
    """Give addresses and descriptors, as the HTML standard parses them (4.8.4.3.10).

    A comma within an address belongs to it; only one at its end does not.
    """
    position = 0
    while True:
        between = _BETWEEN.match(value, position)
        assert between is not None
        address = _ADDRESS.match(value, between.end())
        if address is None:
            return
        position = address.end()
        trimmed = address[0].rstrip(",")
        if trimmed != address[0]:
            yield trimmed, ""
            continue
        descriptors = _DESCRIPTORS.match(value, position)
        assert descriptors is not None
        position = descriptors.end()
        yield trimmed, descriptors[0].strip()
