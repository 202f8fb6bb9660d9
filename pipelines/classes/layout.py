"""How texts and links lie on a page: runs of prose, and teasers. Pure.

A run is the text outside links that lies in one container: an article is a long run,
a listing is many short ones, each beside the link it is the teaser of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from pipelines.classes.wording import read_words, weight

# Elements whose text belongs to the block around them.
_INLINE: Final = read_words("inline-element")
_PARAGRAPHS: Final = frozenset({"p", "blockquote", "li", "h2", "h3", "h4", "center"})
# Text beside the article, or behind a click.
_OUTSIDE: Final = frozenset({"a", "button", "noscript", "option", "label", "footer"})
_MOST_TEXTS: Final = 600
_LONG: Final = 30  # letters of a text
_HEADLINE: Final = 20  # letters of a link
_DEEPEST: Final = 4  # elements above a text, as far as they matter
_WRAPPERS: Final = 2  # elements around a single paragraph

_TEXTS: Final = etree.XPath("descendant::text()[string-length(.) > 10]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The measures of a page. Weights are letters, as `wording.weight` counts them."""

    run: int  # weight of the longest run
    prose: int  # weight of all texts outside links
    heading_links: int  # headings that are links: teasers
    long_links: int  # links as long as a headline
    links: int


def laid_out(root: Any, most: int) -> Iterator[str]:
    """Give the text of an element, at most so many characters, blocks set apart."""
    given = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        said = (element.text if event == "start" else element.tail) or ""
        if element.tag not in _INLINE:
            yield " "
        yield said
        given += len(said)
        if given > most or (event == "end" and element is root):
            return


def measure(tree: Any) -> Layout:
    """Measure a page."""
    body = tree.find("body")
    runs: dict[Any, int] = {}
    long_links = 0
    for text in _TEXTS(tree if body is None else body)[:_MOST_TEXTS]:
        letters = weight(text.strip())
        if letters > _HEADLINE:
            container = _container(text)
            if container is None:
                long_links += 1
            elif letters > _LONG:
                runs[container] = runs.get(container, 0) + letters
    runs = _joined(runs)
    return Layout(
        run=max(runs.values(), default=0),
        prose=sum(runs.values()),
        heading_links=sum(map(_is_link, tree.iter("h2", "h3", "h4"))),
        long_links=long_links,
        links=sum(1 for _ in tree.iter("a")),
    )


def _is_link(heading: Any) -> bool:
    if heading.find(".//a") is not None:
        return True
    above = heading.getparent()
    for _ in range(_DEEPEST):
        if above is None:
            return False
        if above.tag == "a":
            return True
        above = above.getparent()
    return False


def _joined(runs: dict[Any, int]) -> dict[Any, int]:
    """Join what lies in wrappers of one paragraph each; teasers, with links, stay."""
    joined: dict[Any, int] = {}
    for container, letters in runs.items():
        above = container
        for _ in range(_WRAPPERS):
            parent = above.getparent()
            if parent is None or above.find(".//a") is not None:
                break
            above = parent
        joined[above] = joined.get(above, 0) + letters
    return joined


def _container(text: Any) -> Any:
    """Give the element that holds the paragraph of a text; None outside of articles."""
    element = text.getparent()
    if text.is_tail:
        element = element.getparent()
    while element is not None and element.tag in _INLINE:
        element = element.getparent()
    if element is None or element.tag in _OUTSIDE:
        return None
    for _ in range(_DEEPEST):
        parent = element.getparent()
        if parent is None:
            break
        if parent.tag in _OUTSIDE:
            return None
        if element.tag not in _PARAGRAPHS and len(element) > 1:
            break
        element = parent
    return element
