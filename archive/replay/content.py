"""From a payload to what is in it: content coding and charset taken off. Pure."""

from __future__ import annotations

import re
from typing import Final

from w3lib.encoding import html_to_unicode, http_content_type_encoding

from archive import message
from archive.message import Head

_MOST: Final = 64 * 1024 * 1024  # bytes; the largest news pages have 5 MB
_MOST_TIMES: Final = 200.0  # HTML shrinks to a tenth, rarely a fiftieth
_AT_CHARSET: Final = re.compile(rb'@charset "([!#-~]{1,40})";')


def decoded(head: Head, payload: bytes) -> bytes:
    """Take the content codings off a payload, as far as it goes.

    Raises archive.message.MessageError where nothing can be decoded, or too much.
    """
    codings = message.content_encodings(head)
    return message.decode_content(
        payload, codings, max_length=_MOST, max_ratio=_MOST_TIMES
    )


def text_of(content: bytes, content_type: str | None) -> tuple[str, str]:
    """Read a page as browsers do; gives the text and the name of its encoding.

    Byte order mark, then HTTP, then the page's own word (HTML, 13.2.3.2); without
    any UTF-8, if it is that, else windows-1252. What can't be read is replaced.
    """
    return _read(content, content_type, "cp1252")


def css_of(content: bytes, content_type: str | None) -> str:
    """Read a style sheet: byte order mark, HTTP, its own word (CSS Syntax 3, 3.2)."""
    declared = _AT_CHARSET.match(content)
    if declared and not http_content_type_encoding(content_type):
        content_type = f"text/css; charset={declared[1].decode('ascii')}"
    return _read(content, content_type, "utf-8")[0]


def _read(content: bytes, content_type: str | None, otherwise: str) -> tuple[str, str]:
    """Read by the charset that is stated, or the one that it looks like."""
    try:
        encoding, text = html_to_unicode(content_type, content, otherwise, _guess)
    except (LookupError, ValueError):
        # Python has codecs that no browser knows: "hex" is no charset, and "idna"
        # reads nothing. To browsers they say nothing (Encoding standard, 4.2).
        encoding = _guess(content) or otherwise
        text = content.decode(encoding, "replace")
    return text, encoding


def _guess(content: bytes) -> str | None:
    """Tell UTF-8 from the rest; it may have been cut within a character."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data"
        return "utf-8" if is_cut and not content[: error.start].isascii() else None
    return "utf-8"
