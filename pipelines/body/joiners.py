"""Invisible characters that words depend on, kept through an extractor. Pure.

Trafilatura removes all that is not printable. Persian without its zero-width
non-joiner (U+200C) is misspelt, emoji fall apart without the joiner (U+200D), and
marks of direction hold numbers and foreign names in their places. So letters that no
news page has stand for them meanwhile.
"""

from __future__ import annotations

from typing import Final

from archive.characters import writable
from pipelines.parsed import Tree

# Letters of the Ugaritic script, which was last written 3,200 years ago.
_STAND_INS: Final = {
    "\N{ZERO WIDTH NON-JOINER}": "\U00010380",
    "\N{ZERO WIDTH JOINER}": "\U00010381",
    "\N{LEFT-TO-RIGHT MARK}": "\U00010382",
    "\N{RIGHT-TO-LEFT MARK}": "\U00010383",
}
_SHELTERED: Final = str.maketrans(_STAND_INS)
_RESTORED: Final = {ord(letter): joiner for joiner, letter in _STAND_INS.items()}


def sheltered(tree: Tree) -> Tree:
    """Put letters for the joiners into a tree, which is changed, and give it."""
    # Most pages have none, and their text is shorter than their markup.
    text = tree.text_content()
    if text.isascii() or not any(joiner in text for joiner in _STAND_INS):
        return tree
    for element in tree.iter():
        if (text := element.text) and not text.isascii():
            element.text = writable(text.translate(_SHELTERED))
        if (tail := element.tail) and not tail.isascii():
            element.tail = writable(tail.translate(_SHELTERED))
    return tree


def restored(text: str) -> str:
    """Give a text its joiners back."""
    if any(letter in text for letter in _STAND_INS.values()):
        return text.translate(_RESTORED)
    return text
