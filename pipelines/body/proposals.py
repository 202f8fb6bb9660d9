"""What is proposed as the text of a page: by trafilatura, resiliparse, readability.

Each proposal is a text of lines. Trafilatura's error messages are collected, since it
logs what it swallows; without memory it must not go on (MemoryError).
"""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Any, Final

import trafilatura
from lxml import etree, html
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree
from trafilatura.readability_lxml import Document as Readability
from trafilatura.settings import Document
from typing_extensions import override

from pipelines.body.joiners import restored
from pipelines.parsed import ParsedPage, Tree

SWITCHES: Final[dict[str, Any]] = {
    "include_comments": False,
    "include_tables": True,
    "include_images": False,
    "include_formatting": False,
    "include_links": False,
    "deduplicate": False,  # it remembers pages
    "with_metadata": False,
}
_LONGEST_DETAIL: Final = 500  # characters
_READABLE: Final = ("p", "h2", "h3", "h4", "li", "blockquote", "pre")
_NESTING: Final = frozenset({"p", "li", "blockquote", "pre"})


class Way(StrEnum):
    """How trafilatura is called."""

    FAST = "fast"  # without its own comparisons
    BALANCED = "balanced"
    PRECISE = "precise"


_WAYS: Final[dict[Way, dict[str, Any]]] = {
    Way.FAST: {"fast": True},
    Way.BALANCED: {},
    Way.PRECISE: {"favor_precision": True},
}


def by_trafilatura(tree: Tree, url: str, way: Way) -> str:
    """Give trafilatura's text of a tree, which it copies."""
    document = trafilatura.bare_extraction(tree, url=url, **_WAYS[way], **SWITCHES)
    return restored(document.text or "") if isinstance(document, Document) else ""


def by_resiliparse(page: ParsedPage) -> str:
    """Give resiliparse's main content: much is found, and much around it."""
    text: str = extract_plain_text(
        # The tree written out again: without scripts, and never nested too deep.
        HTMLTree.parse_from_bytes(page.written, "utf-8"),
        main_content=True,
        preserve_formatting=True,
        list_bullets=False,
        alt_texts=False,
        links=False,
        form_fields=False,
        noscript=False,
    )
    return text


def by_readability(tree: Tree) -> str:
    """Give the text of trafilatura's fork of readability; the tree is changed."""
    try:
        root = html.fromstring(Readability(tree, min_text_length=25).summary())
    except (AssertionError, etree.ParserError, ValueError):
        return ""  # it drops the root of odd trees
    lines = (
        element.text_content().strip()
        for element in root.iter(*_READABLE)
        if not any(above.tag in _NESTING for above in element.iterancestors())
    )
    return restored("\n".join(line for line in lines if line))


class Swallowed(logging.Handler):
    """Errors that trafilatura logs and goes on from."""

    def __init__(self) -> None:
        """Prepare; it listens as a context manager."""
        super().__init__(logging.WARNING)
        self._logger = logging.getLogger("trafilatura")
        self._messages: list[str] = []
        self._memory = False

    def __enter__(self) -> Swallowed:
        """Begin to listen, with nothing heard."""
        self._messages.clear()
        self._memory = False
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._logger.removeHandler(self)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        arguments = record.args if isinstance(record.args, tuple) else ()
        errors = [a for a in arguments if isinstance(a, BaseException)]
        self._memory |= any(isinstance(error, MemoryError) for error in errors)
        if errors:  # "discarding data" and the like tell nothing the outcome does not
            self._messages.append(record.getMessage())

    def told(self) -> str:
        """Give what was swallowed, or "". Raises MemoryError if that was among it."""
        if self._memory:
            raise MemoryError("inside trafilatura")
        return "; ".join(dict.fromkeys(self._messages))[:_LONGEST_DETAIL]
