"""From a payload to what is in it: content coding and charset taken off. Pure.

`archive.message` knows the codings that Dateline asks for; other people's crawls
hold others too. They are decoded where Python has a decoder installed.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

from w3lib.encoding import html_to_unicode, http_content_type_encoding

from archive import message
from archive.message import Bytes, ExpansionError, MessageError

MOST: Final = 64 * 1024 * 1024  # bytes; the largest news pages have 5 MB
MOST_TIMES: Final = 200.0  # HTML shrinks to a tenth, rarely a fiftieth
_MOST_WINDOW: Final = 8 * 1024 * 1024  # RFC 9659: of zstd as a content coding
_AT_CHARSET: Final = re.compile(rb'@charset "([!#-~]{1,40})";')
_STEP: Final = 256 * 1024
_TOO_LONG: Final = "the content expands further than is allowed"


def decoded(payload: bytes, encodings: tuple[str, ...]) -> bytes:
    """Take the content codings off a payload, as far as it goes.

    A stream that is cut short gives what is there. Raises MessageError where
    nothing can be decoded, ExpansionError where it would be too much.
    """
    content: bytes = payload
    for coding in reversed(encodings):
        other = _OTHERS.get(coding)
        content = (
            other(content)
            if other is not None
            else message.decode_content(
                content, (coding,), max_length=MOST, max_ratio=MOST_TIMES
            )
        )
    return content


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


def _budget(payload: Bytes) -> int:
    return min(MOST, max(1024 * 1024, int(MOST_TIMES * len(payload))))


def _decoder(coding: str, module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MessageError(
            f"the content coding {coding!r} can be read with the Python package "
            f"{module!r}, which is not installed"
        ) from None


def _brotli(payload: bytes) -> bytes:
    brotli = _decoder("br", "brotli")
    parts: list[bytes] = []
    left = _budget(payload)
    try:
        for part in _brotli_parts(brotli.Decompressor(), payload):
            parts.append(part)
            left -= len(part)
            if left < 0:
                raise ExpansionError(_TOO_LONG)
    except brotli.error as error:
        if not any(parts):
            raise MessageError(f"the content coding is broken: {error}") from error
    return b"".join(parts)


def _brotli_parts(inflater: Any, payload: bytes) -> Iterator[bytes]:
    for start in range(0, len(payload), _STEP):
        yield inflater.process(
            payload[start : start + _STEP], output_buffer_limit=_STEP
        )
        while not inflater.can_accept_more_data():
            yield inflater.process(b"", output_buffer_limit=_STEP)


def _zstd(payload: bytes) -> bytes:
    zstandard = _decoder("zstd", "zstandard")
    budget = _budget(payload)
    parts, left = [], budget + 1
    try:
        reader = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW).stream_reader(
            payload, read_across_frames=True
        )
        while left and (part := reader.read(min(_STEP, left))):
            parts.append(part)
            left -= len(part)
    except zstandard.ZstdError as error:
        if not any(parts):
            raise MessageError(f"the content coding is broken: {error}") from error
    if not left:
        raise ExpansionError(_TOO_LONG)
    return b"".join(parts)


_OTHERS: Final[dict[str, Callable[[bytes], bytes]]] = {"br": _brotli, "zstd": _zstd}
