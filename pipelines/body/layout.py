"""Tables that lay out a page instead of holding data become plain blocks. Pure.

Old pages put the whole article into one cell; an extractor that takes tables for data
would give it as one row (HTML, 4.9.1: "Tables must not be used as layout aids").
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from pipelines.parsed import Tree

_BLOCKS: Final = ("p", "table", "h1", "h2", "ul", "blockquote", "article")
_LEAST_BLOCKS: Final = 2  # in one cell, that no cell of data holds
_PARTS: Final = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th", "center"})


def without_layout_tables(tree: Tree) -> Tree:
    """Make blocks of the tables that lay out a tree, which is changed, and give it.

    A table lays out if one of its cells holds several blocks. Others stay tables.
    """
    for table in list(tree.iter("table")):
        cells = [cell for cell in _parts(table) if cell.tag in ("td", "th")]
        if any(_is_page_like(cell) for cell in cells):
            for part in _parts(table):
                part.tag = "div"
            table.tag = "div"
    return tree


def _parts(table: Tree) -> list[Tree]:
    """Give rows and cells of a table, and not those of tables within it."""
    found: list[Tree] = []
    waiting = [table]
    while waiting:
        inner = [child for child in waiting.pop() if child.tag in _PARTS]
        found += inner
        waiting += [part for part in inner if part.tag not in ("td", "th")]
    return found


def _is_page_like(cell: Tree) -> bool:
    blocks = islice(cell.iter(*_BLOCKS), _LEAST_BLOCKS)
    return sum(1 for _ in blocks) == _LEAST_BLOCKS
