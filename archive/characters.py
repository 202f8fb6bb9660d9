"""Characters that a page can have by reference and no XML can be given. Pure.

`&#1;` comes out of a parser as what it names, which lxml refuses to take back.
"""

from __future__ import annotations

import re
from typing import Final

# All but Char (XML 1.0, 2.2).
_NO_CHARACTERS: Final = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def writable(text: str) -> str:
    """Leave out what a tree or a document can't hold; it is no text."""
    if text.isascii() and text.isprintable():
        return text
    return _NO_CHARACTERS.sub("", text)
