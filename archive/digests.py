"""Digest labels: the only place where hash functions are named.

`sha256:` is written in lower-case hex, `sha1:` in upper-case Base32, as is
the custom (iipc/warc-specifications#48, #80).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Self

_HEX = re.compile("[0-9A-Fa-f]+")


def sha256_label(*parts: bytes | memoryview) -> str:
    """Digest the parts as one string of bytes: `sha256:<hex>`."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return "sha256:" + digest.hexdigest()


class Sha256:
    """A digest of bytes that come in pieces."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._digest = hashlib.sha256()

    def update(self, piece: bytes | memoryview) -> None:
        """Take the next piece."""
        self._digest.update(piece)

    def copy(self) -> Self:
        """Give a digest that goes on from here by itself."""
        other = type(self)()
        other._digest = self._digest.copy()  # noqa: SLF001 (its own)
        return other

    @property
    def label(self) -> str:
        """Give `sha256:<hex>` of what was taken so far."""
        return "sha256:" + self._digest.hexdigest()


def sha1_label(parts: Iterable[bytes | memoryview]) -> str:
    """Digest the parts as `sha1:<base32>`, the form CDX tools compute themselves."""
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return "sha1:" + base64.b32encode(digest.digest()).decode("ascii")


def matches(label: str, block: bytes | memoryview) -> bool | None:
    """Say whether a label is the digest of the block; None if it can't be told.

    Hex and Base32 are both read, in either case, for every algorithm that
    hashlib has: foreign files mix them. None means an unknown algorithm or a
    value of the wrong length for it.
    """
    algorithm, _, value = label.strip().partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if algorithm not in hashlib.algorithms_available or algorithm.startswith("shake"):
        return None
    raw = hashlib.new(algorithm, block, usedforsecurity=False).digest()
    value = value.strip()
    base32 = base64.b32encode(raw).decode("ascii")
    if value.upper() in (base32, base32.rstrip("=")):
        return True
    if len(value) == 2 * len(raw) and _HEX.fullmatch(value):
        return value.lower() == raw.hex()
    return False if len(value.rstrip("=")) == len(base32.rstrip("=")) else None
