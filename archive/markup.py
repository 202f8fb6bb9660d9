"""Trees of HTML as browsers would have them, where libxml2 has others. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from archive.characters import writable

_SEEN_THROUGH: Final = frozenset({"html", "head", "body"})  # second ones are no more
_FRAMES: Final = frozenset({"frameset", "noframes"})


def rejoined(root: etree._Element) -> etree._Element:
    """Bring what stands behind an early `</body>` or `</html>` into the body.

    Pages that are put together of parts close themselves in the middle now and then.
    Browsers read on in the body (HTML, 13.2.6.4.19 and 13.2.6.4.22); libxml2 puts
    what follows behind it, or into a second root that nobody looks at. (Browsers keep
    open elements open, too; here they end with the body.) Gives `root`, changed.
    """
    if root.tag != "html" or root.find("frameset") is not None:
        return root
    body = root.find("body")
    if body is None:  # the page ended with its head
        if all(not isinstance(one.tag, str) for one in root.itersiblings()):
            return root
        body = etree.SubElement(root, "body")
    if body.getnext() is root.getnext() is None and not (body.tail or "").strip():
        return root  # as nearly always
    words: list[str] = []
    for piece in list(_behind(root, body)):
        if isinstance(piece, str):
            words.append(piece)
            continue
        _say(body, words)
        body.append(piece)
        words = [piece.tail or ""]
        piece.tail = None
    _say(body, words)
    return root


def _behind(
    root: etree._Element, body: etree._Element
) -> Iterator[str | etree._Element]:
    """Give the texts and elements that stand behind a body, in their order."""
    yield _taken(body)
    for element in body.itersiblings():
        if element.tag != "head":
            yield from _within(element)
    for other in root.itersiblings():
        if isinstance(other.tag, str):
            yield from _within(other)


def _within(element: etree._Element) -> Iterator[str | etree._Element]:
    """Give an element; or what is in it, if there is to be one of its kind alone."""
    if element.tag in _FRAMES:
        return  # ignored behind a body
    if element.tag not in _SEEN_THROUGH:
        yield element
        return
    yield element.text or ""
    for child in element:
        yield from _within(child)
    yield _taken(element)


def _taken(element: etree._Element) -> str:
    """Take the text that stands behind an element away from there."""
    text, element.tail = element.tail or "", None
    return text


def _say(body: etree._Element, words: list[str]) -> None:
    """Put words at the end of the body."""
    text = writable("".join(words))
    last = next(body.iterchildren(reversed=True), None)  # `len` counts them all
    if last is not None:
        last.tail = writable(last.tail or "") + text or None
    else:
        body.text = writable(body.text or "") + text or None
