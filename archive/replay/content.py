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
    encoding, text = html_to_unicode(content_type, content, "cp1252", _guess)
    return text, encoding


def css_of(content: bytes, content_type: str | None) -> str:
    """Read a style sheet: byte order mark, HTTP, its own word (CSS Syntax 3, 3.2)."""
    declared = _AT_CHARSET.match(content)
    if declared and not http_content_type_encoding(content_type):
        content_type = f"text/css; charset={declared[1].decode('ascii')}"
    _, text = html_to_unicode(content_type, content, "utf-8", _guess)
    return text


def _guess(content: bytes) -> str | None:
    """Tell UTF-8 from the rest; it may have been cut within a character."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data"
        return "utf-8" if is_cut and not content[: error.start].isascii() else None
    return "utf-8"
