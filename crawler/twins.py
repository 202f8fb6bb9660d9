"""Texts that more than one page of a source has: no article's own.

A consent wall, a challenge or a soft error is the same text under every address.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from typing import Final

KEPT: Final = 20  # texts of each source that are remembered


class TextTwins:
    """Remembers the last texts of each source, in this process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._sources: dict[str, OrderedDict[bytes, str]] = {}

    def is_twin(self, source_id: str, work: str, text: str) -> bool:
        """Whether another work of the source had just this text; remembers it."""
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
        seen = self._sources.setdefault(source_id, OrderedDict())
        first = seen.setdefault(digest, work)
        seen.move_to_end(digest)
        if len(seen) > KEPT:
            seen.popitem(last=False)
        return first != work
