"""XML of the wild, made fit for a parser: charset, document type, references.

Feeds and sitemaps are often not quite XML, and some are hostile. What is put
right here are the faults after which a recovering parser would go on with
*wrong* addresses (a bare `&` in a query) or with very much text (entity
bombs). Everything else is left to the parser and its error log.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree
from w3lib.encoding import http_content_type_encoding, resolve_encoding

from crawler.finds import Problem

PROLOGUE_LIMIT = 64 * 1024  # bytes in which the root element has to begin

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # No BOM, but "<?" in two bytes each (XML 1.0, appendix F.1).
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
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


def charset_of(head: bytes, content_type: str | None) -> str:
    """Name the codec of an XML document: BOM, then HTTP, then its declaration.

    The order is that of RFC 7303, 3.2. Labels are read as browsers do
    (`iso-8859-1` is windows-1252); unknown ones are passed over.
    """
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec
    declared = _DECLARED.search(head[:1024])
    labels = (
        http_content_type_encoding(content_type) if content_type else None,
        declared[1].decode("ascii") if declared else None,
    )
    for label in labels:
        codec_name = resolve_encoding(label) if label else None
        # A declaration that could be read byte by byte is not in UTF-16.
        if codec_name and not codec_name.startswith("utf-16"):
            return codec_name
    return "utf-8"


def decoded(body: bytes, content_type: str | None) -> tuple[str, Problem | None]:
    """Decode a document; if its charset is not what it says, try the usual two.

    Those are UTF-8 and windows-1252. A document that is none of the three
    keeps its gaps as U+FFFD. The problem says what was done.
    """
    claimed = charset_of(body, content_type)
    for codec in dict.fromkeys((claimed, "utf-8", "cp1252")):
        try:
            text = body.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
        if codec == claimed:
            return text.removeprefix("\ufeff"), None
        return text, Problem(sentence=f"the text is not {claimed}: read as {codec}")
    text = body.decode("utf-8", "replace")
    return text, Problem(sentence=f"the text is not {claimed}: read with gaps")


def without_doctype(text: str) -> str:
    """Drop the document type declaration, and every entity it would declare.

    Nothing needed stands in it, and it is where entity bombs and external
    entities come from. Raises ValueError if it has no end.
    """
    # More than one is no XML, and so the very thing to expect of an attack.
    while declaration := _DOCTYPE.match(text, start := _past_prologue(text)):
        end = declaration.end()
        ending = _SUBSET_END if text[end : end + 1] == "[" else _DECLARATION_END
        found = ending.search(text, end)
        if found is None:
            raise ValueError("the document type declaration has no end")
        text = text[:start] + text[found.end() :]
    return text


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
            return Problem(sentence=f"broken XML: {entry.message}", line=entry.line)
    return None


def _past_prologue(text: str) -> int:
    position = 1 if text.startswith("\ufeff") else 0
    while part := _PROLOGUE_PART.match(text, position):
        position = part.end()
    return position


def _sound_pieces(text: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        start = text.find("<![CDATA[", position)
        start = len(text) if start < 0 else start
        yield _UNSOUND.sub(_sound, text[position:start])
        # In a CDATA section "&" is only a character.
        end = text.find("]]>", start)
        position = len(text) if end < 0 else end
        yield text[start:position]


def _sound(reference: re.Match[str]) -> str:
    name = reference[1]
    if name is None:
        return "&amp;"
    character = html5.get(name + ";")
    # An entity that HTML does not know stays as it stands, as text.
    return html.escape(character) if character else f"&amp;{name};"
