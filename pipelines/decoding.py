"""From a payload to markup in UTF-8: content coding, then charset. Pure.

The function that decodes says by which rule. The order is that of browsers
(WHATWG HTML, 13.2.3.2: byte order mark, Content-Type, <meta>) but for one
thing: bytes that are valid UTF-8, and not all ASCII, are UTF-8, whatever is
declared. News sites declare Latin-1 and send UTF-8; the reverse of the error,
Latin-1 that happens to be valid UTF-8, does not occur in prose.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trafilatura.utils import detect_encoding
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
)

from archive.message import decode
from archive.reading import DECODED_LIMIT, EXPANSION_LIMIT
from pipelines.extraction import Page

# What XML 1.0, 2.2 excludes; libxml2 would end the page there.
_CONTROLS: Final = bytes({*range(32)} - {9, 10, 13})
_SPECIALS: Final = b"\xef\xbf"  # what U+FFC0 to U+FFFF begin with
_NON_CHARACTERS: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE, U+FFFF
# Charsets whose bytes look like ASCII, hence like valid UTF-8, and are not.
_DISGUISED: Final = ("utf-16", "utf-32", "iso2022", "hz")
# Codecs of Python that are no charsets of the web.
_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
    | {"raw_unicode_escape", "unicode_escape", "utf_7", "mbcs", "oem"}
)


class CharsetRule(StrEnum):
    """By which rule the charset of a page was chosen."""

    BOM = "byte-order-mark"
    HEADER = "content-type"
    META = "meta"
    BYTES = "valid-utf-8"  # nothing or something else was declared
    DETECTION = "detection"  # a guess from the frequency of letters
    NONE = "none"  # no charset fits; U+FFFD stands for what is broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A page as UTF-8, without byte order mark and characters XML can't hold."""

    utf8: bytes
    charset: str  # Python's name of the codec
    rule: CharsetRule
    remark: str = ""  # one sentence, if something was broken


def decode_page(page: Page) -> Markup:
    """Undo the content coding of a page and tell its charset.

    Raises MessageError, or its ExpansionError, if the content coding is unknown,
    broken from the start, or expands beyond the limits. A stream that breaks
    later gives the part before, and a remark.
    """
    decoded = decode(
        page.payload,
        page.content_encoding or (),
        max_length=DECODED_LIMIT,
        max_ratio=EXPANSION_LIMIT,
    )
    utf8, charset, rule, remark = _as_utf8(decoded.content, page.content_type)
    utf8 = utf8.translate(None, _CONTROLS)
    if _SPECIALS in utf8:
        for character in _NON_CHARACTERS:
            utf8 = utf8.replace(character, b"")
    if not decoded.complete:
        remark = f"the content coding is cut short{'; ' if remark else ''}{remark}"
    return Markup(utf8=utf8, charset=charset, rule=rule, remark=remark)


def _as_utf8(
    content: bytes, content_type: str | None
) -> tuple[bytes, str, CharsetRule, str]:
    charset, mark = read_bom(content)
    if charset is not None and mark is not None:
        # U+FEFF of UTF-16 would survive as a character
        unmarked = content[len(mark) :]
        return _recoded(unmarked, charset, "replace"), charset, CharsetRule.BOM, ""
    header = http_content_type_encoding(content_type)
    if header is not None and header.startswith(_DISGUISED):
        try:
            return _recoded(content, header), header, CharsetRule.HEADER, ""
        except UnicodeError:
            header = None
    declared = _declarations(header, html_body_declared_encoding(content))
    if _is_utf8(content) and not _is_disguised(content, declared):
        rule = declared.get("utf-8", CharsetRule.BYTES)
        return content, "utf-8", rule, ""
    return _as_declared(content, declared)


def _declarations(header: str | None, meta: str | None) -> dict[str, CharsetRule]:
    """Give the declared charsets, the one to try first first."""
    header, meta = (
        name if name not in _NO_CHARSETS else None for name in (header, meta)
    )
    declared = {header: CharsetRule.HEADER} if header else {}
    # A <meta> that could be read as ASCII does not say UTF-16 (HTML, 13.2.3.2).
    if meta is not None and not meta.startswith(("utf-16", "utf-32")):
        declared.setdefault(meta, CharsetRule.META)
    return declared


def _as_declared(
    content: bytes, declared: dict[str, CharsetRule]
) -> tuple[bytes, str, CharsetRule, str]:
    for charset, rule in declared.items():
        try:
            return _recoded(content, charset), charset, rule, ""
        except UnicodeError:
            continue
    # Some bytes broken in an otherwise right charset, as advertisements pasted
    # into a page are: a guess from letter frequencies would do worse, and slowly.
    for charset, rule in declared.items():
        text = content.decode(charset, "replace")
        broken = text.count("\ufffd")
        foreign = len(text) - len(text.encode("ascii", "ignore"))
        if 2 * broken < foreign:
            remark = f"{broken} places are not {charset}"
            return text.encode("utf-8"), charset, rule, remark
    for charset in detect_encoding(content):
        try:
            return _recoded(content, charset), charset, CharsetRule.DETECTION, ""
        except (UnicodeError, LookupError):
            continue
    utf8 = _recoded(content, "utf-8", "replace")
    return utf8, "utf-8", CharsetRule.NONE, "no charset fits the bytes"


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_disguised(content: bytes, declared: dict[str, CharsetRule]) -> bool:
    hidden = any(charset.startswith(_DISGUISED) for charset in declared)
    return hidden and content.isascii()


def _recoded(content: bytes, charset: str, errors: str = "strict") -> bytes:
    return content.decode(charset, errors).encode("utf-8", "replace")
