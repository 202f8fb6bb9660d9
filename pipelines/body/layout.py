"""Tables that lay out a page instead of holding data become plain blocks. Pure.

Old pages put the whole article into one cell; an extractor that takes tables for data
would give it as one row (HTML, 4.9.1: "Tables must not be used as layout aids").
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from archive.characters import writable
from pipelines.parsed import Tree

_BLOCKS: Final = ("p", "table", "h1", "h2", "ul", "blockquote", "article")
INLINE: Final = frozenset(
    {
        *("a", "abbr", "b", "cite", "code", "del", "em", "font", "i", "img", "ins"),
        *("mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "u"),
    }
)
_LEAST_BLOCKS: Final = 2  # in one cell, that no cell of data holds
_PARTS: Final = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th", "center"})


def without_layout_tables(tree: Tree) -> Tree:
    """Make blocks of the tables that lay out a tree, which is changed, and give it.

    A table lays out if one of its cells holds several blocks, and half of its text.
    Others stay tables.
    """
    for table in list(tree.iter("table")):
        parts = _parts(table)
        cells = [cell for cell in parts if cell.tag in ("td", "th")]
        paged = [cell for cell in cells if _is_page_like(cell)]
        if paged and _length(table) <= 2 * max(map(_length, paged)):
            for part in parts:
                part.tag = "div"
            table.tag = "div"
    return tree


def with_paragraphs(block: Tree) -> None:
    """Make paragraphs of the text that stands in a block by itself, and of its lines.

    Extractors know the text of a `div` for paragraphs, and that of an `article` not.
    """
    bare = (block.text, *(child.tail for child in block))
    has_text = any(text and not text.isspace() for text in bare)
    if not has_text and block.find("br") is None:
        return
    made: list[Tree] = []
    paragraph = block.makeelement("p")
    paragraph.text, block.text = writable(block.text or ""), None
    for child in list(block):
        if child.tag in INLINE and next(child.iter(*_BLOCKS), None) is None:
            paragraph.append(child)
            continue
        made.append(paragraph)
        if child.tag != "br":
            made.append(child)
        paragraph = block.makeelement("p")
        paragraph.text, child.tail = writable(child.tail or ""), None
    made.append(paragraph)
    block[:] = [one for one in made if one.tag != "p" or len(one) or one.text]


def _parts(table: Tree) -> list[Tree]:
    """Give rows and cells of a table, and not those of tables within it."""
    found: list[Tree] = []
    waiting = [table]
    while waiting:
        inner = [child for child in waiting.pop() if child.tag in _PARTS]
        found += inner
        waiting += [part for part in inner if part.tag not in ("td", "th")]
    return found


def _length(element: Tree) -> int:
    return len(element.text_content())


def _is_page_like(cell: Tree) -> bool:
    blocks = islice(cell.iter(*_BLOCKS), _LEAST_BLOCKS)
    return sum(1 for _ in blocks) == _LEAST_BLOCKS
