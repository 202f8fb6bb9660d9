"""XML of the wild, made fit for a parser: document type, references, junk.

Feeds and sitemaps are often not quite XML, and some are hostile. What is put
right here are the faults after which a recovering parser would go on with
*wrong* addresses (a bare `&` in a query) or with very much text (entity
bombs). Everything else is left to the parser and its error log.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from crawler.finds import Problem

PROLOGUE_LIMIT = 64 * 1024  # bytes in which the root element has to begin

DOCTYPE_LIMIT = 16

_MARKS = ("<", "&", "=")
_DOCTYPE = re.compile(r"<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*+", re.IGNORECASE)
_SUBSET_END = re.compile(r"\]\s*>")
_DECLARATION_END = re.compile(">")
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_PROLOGUE_PART = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)

_UNSOUND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)"
    r"(?:([A-Za-z][A-Za-z0-9]{1,30});)?"
)
_NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def without_junk(text: str, roots: frozenset[str]) -> tuple[str, Problem | None]:
    """Drop what a program wrote before the document: warnings, debug output.

    Only if one of the roots, lower case, begins soon behind it.
    """
    start = _past_prologue(text)
    if text.startswith("<!", start) or root_name(text) in roots | {"html"}:
        return text, None
    for root in _ROOT.finditer(text, start, start + PROLOGUE_LIMIT):
        if root[2].lower() in roots:
            declaration = text.rfind("<?xml", start, root.start())
            cut = declaration if declaration >= 0 else root.start()
            sentence = f"{cut} characters before the document were passed over"
            return text[cut:], Problem(sentence=sentence)
    return text, None


def with_few_marks(text: str, limit: int) -> tuple[str, Problem | None]:
    """Cut a document before it has more tags, or references, than `limit`.

    Each takes memory or time. So does an attribute, and each `=` is counted
    as one; but nothing is counted that stands in a CDATA section.
    """
    if max(map(text.count, _MARKS)) <= limit:  # nearly always
        return text, None
    cut = min(_beyond(text, mark, limit) for mark in _MARKS)
    if cut == len(text):
        return text, None
    sentence = f"more than {limit} tags, attributes or references:"
    left_out = f"{len(text) - cut} characters were not read"
    return text[:cut], Problem(sentence=f"{sentence} {left_out}")


def _beyond(text: str, mark: str, limit: int) -> int:
    """Tell where the first mark stands that is one too many, else the end."""
    room = limit
    for start, end in _outside_cdata(text):
        if (here := text.count(mark, start, end)) > room:
            position = start - 1
            for _ in range(room + 1):
                position = text.index(mark, position + 1)
            return position
        room -= here
    return len(text)


def without_doctype(text: str) -> str:
    """Drop the document type declaration, and every entity it would declare.

    Nothing needed stands in it, and it is where entity bombs and external
    entities come from. Raises ValueError if it has no end.
    """
    start = position = _past_prologue(text)
    # More than one is no XML, and so the very thing to expect of an attack.
    for _ in range(DOCTYPE_LIMIT):
        declaration = _DOCTYPE.match(text, position)
        if declaration is None:
            break
        end = declaration.end()
        ending = _SUBSET_END if text[end : end + 1] == "[" else _DECLARATION_END
        found = ending.search(text, end)
        if found is None:
            raise ValueError("the document type declaration has no end")
        position = _past_prologue(text, found.end())
    return text[:start] + text[position:] if position > start else text


def root_name(text: str) -> str | None:
    """Name the root element, lower case, without prefix; None if there is none."""
    try:
        text = without_doctype(text)
    except ValueError:
        return None
    root = _ROOT.match(text, _past_prologue(text))
    return root[2].lower() if root else None


def with_sound_references(text: str) -> str:
    """Escape each bare `&`, and write HTML's named references as characters.

    The characters that XML 1.0 (2.2) forbids are dropped. The text may be a
    piece of a document, if it begins outside a CDATA section and ends with
    the end of a tag.
    """
    if "&" in text:
        text = "".join(_sound_pieces(text))
    if _NO_XML_CHARACTER.search(text):
        text = _NO_XML_CHARACTER.sub("", text)
    return text


def breakage(log: etree._ListErrorLog) -> Problem | None:
    """Say where a document first stopped being XML, from the parser's log."""
    for entry in log:
        # Below it are prefixes that nobody declared: wrong, but harmless here.
        if entry.level >= etree.ErrorLevels.FATAL:
            message = " ".join(entry.message.split())
            return Problem(sentence=f"broken XML: {message}", line=entry.line)
    return None


def _past_prologue(text: str, position: int = 0) -> int:
    if text.startswith("\ufeff", position):
        position += 1
    while part := _PROLOGUE_PART.match(text, position):
        position = part.end()
    return position


def _outside_cdata(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(text):
        start = text.find("<![CDATA[", position)
        start = len(text) if start < 0 else start
        yield position, start
        end = text.find("]]>", start)
        position = len(text) if end < 0 else end


def _sound_pieces(text: str) -> Iterator[str]:
    position = 0
    for start, end in _outside_cdata(text):
        # In a CDATA section "&" is only a character.
        yield text[position:start]
        yield _UNSOUND.sub(_sound, text[start:end])
        position = end
    yield text[position:]


def _sound(reference: re.Match[str]) -> str:
    name = reference[1]
    if name is None:
        return "&amp;"
    character = html5.get(name + ";")
    # An entity that HTML does not know stays as it stands, as text.
    return html.escape(character) if character else f"&amp;{name};"
