"""The links in the text of an article: those that stand within its sentences. Pure.

A link counts if the paragraph it stands in is in the extracted text: menus, share
buttons and lists of other articles are not.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import Final

from archive.model import Link
from pipelines.fields.addresses import resolved
from pipelines.normalisation import line
from pipelines.parsed import ParsedPage, Tree

_MOST_LINKS: Final = 3000  # that a page is searched for
_MOST_KEPT: Final = 500
_BLOCKS: Final = frozenset(
    {"p", "li", "blockquote", "h2", "h3", "h4", "td", "dd", "div", "section", "article"}
)
_HIGHEST: Final = 6  # levels from a link to its paragraph
_SHORTEST: Final = 40  # characters of a paragraph that is found within a line
_LONGEST: Final = 20_000  # characters of a paragraph
_MOST_NODES: Final = 500  # of text within a paragraph
_OUTSIDE: Final = frozenset({"nav", "footer", "aside", "header", "button", "form"})


@lru_cache(maxsize=2)
def extracted_text(text: str) -> ExtractedText:
    """Prepare a text, once for all that ask about it."""
    return ExtractedText(text)


class ExtractedText:
    """An extracted text, to ask for paragraphs; white space is no matter."""

    def __init__(self, text: str) -> None:
        """Prepare a text for any number of questions."""
        self._lines = frozenset(
            said for part in text.split("\n") if (said := "".join(part.split()))
        )
        self._whole = "".join(text.split())

    def __bool__(self) -> bool:
        """Whether there is a text at all."""
        return bool(self._whole)

    def has(self, paragraph: str) -> bool:
        """Whether a paragraph is a line of the text, or a long part of one."""
        said = "".join(paragraph.split())
        if not said:
            return False
        return said in self._lines or (len(said) >= _SHORTEST and said in self._whole)


def read_links(page: ParsedPage, text: str) -> tuple[Link, ...]:
    """Read the links within the paragraphs of the extracted text, each address once."""
    extracted = extracted_text(text)
    found: dict[str, Link] = {}
    known: dict[Tree, bool] = {}
    if not extracted:
        return ()
    for number, link in enumerate(page.tree.iter("a")):
        if number >= _MOST_LINKS or len(found) >= _MOST_KEPT:
            break
        href = link.get("href")
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        block = _paragraph(link)
        if block is None or _is_all_of(link, block):
            continue
        if block not in known:
            known[block] = extracted.has(_text(block))
        if known[block]:
            said = line(_text(link))
            url = resolved(page, href)
            if said and url and url not in found:
                found[url] = Link(url=url, text=said)
    return tuple(found.values())


def _paragraph(link: Tree) -> Tree | None:
    """Give the block a link stands in; None for one that leads the reader around."""
    element = link.getparent()
    for _ in range(_HIGHEST):
        if element is None or element.tag in _OUTSIDE:
            return None
        if element.tag in _BLOCKS:
            return element
        element = element.getparent()
    return None


def _is_all_of(link: Tree, block: Tree) -> bool:
    """Whether a block holds a link and nothing else: an entry of a menu or a list."""
    return (
        link.getparent() is block
        and len(block) == 1
        and not (block.text or "").strip()
        and not (link.tail or "").strip()
    )


def _text(element: Tree) -> str:
    text = "".join(islice(element.itertext(), _MOST_NODES))
    return text if len(text) <= _LONGEST else ""
