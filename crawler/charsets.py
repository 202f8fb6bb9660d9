"""Charsets: in what the bytes of a seed are to be read. Nothing here does I/O."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    resolve_encoding,
)

from crawler.finds import Problem

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # No BOM, but "<?" in two bytes each (XML 1.0, appendix F.1).
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)


_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_HTML_HEAD = 4096  # octets; the standard asks for 1024
_ONE_OCTET = re.compile(r"(?:cp|iso8859|iso-8859|koi8|latin|mac|windows)")


def codec_of_bom(head: bytes) -> str | None:
    """Name the codec that the first octets give away."""
    return next((codec for mark, codec in _BOMS if head.startswith(mark)), None)


def charset_of(head: bytes, content_type: str | None) -> str:
    """Name the codec of an XML document: BOM, then HTTP, then its declaration.

    The order is that of RFC 7303, 3.2. Labels are read as browsers do
    (`iso-8859-1` is windows-1252); unknown ones are passed over.
    """
    if codec := codec_of_bom(head):
        return codec
    declared = _DECLARED.search(head[:1024])
    return claimed_charset(
        content_type, declared[1].decode("ascii") if declared else None
    )


def charset_of_html(head: bytes, content_type: str | None) -> str:
    """Name the codec of an HTML page: BOM, then HTTP, then its declaration.

    The order is that of the WHATWG HTML standard, 13.2.3.2. Without any, UTF-8.
    """
    return codec_of_bom(head) or claimed_charset(
        content_type, html_body_declared_encoding(head[:_HTML_HEAD])
    )


def claimed_charset(content_type: str | None, declared: str | None) -> str:
    """Name the codec that HTTP, else the document, claims; else UTF-8."""
    labels = (
        http_content_type_encoding(content_type) if content_type else None,
        declared,
    )
    for label in labels:
        codec_name = resolve_encoding(label) if label else None
        # A declaration that could be read byte by byte is not in UTF-16.
        if codec_name and not codec_name.startswith("utf-16"):
            return codec_name
    return "utf-8"


def charset_of_text(claimed: str, head: bytes) -> str:
    """Name the codec to read with: UTF-8 where a claim of one octet is refuted.

    Servers add `charset=ISO-8859-1` to whatever they serve, and nothing can
    be wrong in such a charset, only nonsense. Text in it is never valid UTF-8
    by chance, if it is more than a few words.
    """
    if not _ONE_OCTET.match(claimed) or head.isascii():
        return claimed
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # may end within one
    except UnicodeDecodeError:
        return claimed
    return "utf-8"


def decoded(
    body: bytes, content_type: str | None, *, claimed: str | None = None
) -> tuple[str, Problem | None]:
    """Decode a document; if its charset is not what it says, try the usual two.

    Those are UTF-8 and windows-1252. A document that is none of the three
    keeps its gaps as U+FFFD. The problem says what was done. `claimed` is
    given by readers of something else than XML.
    """
    claimed = claimed or charset_of(body, content_type)
    likely = charset_of_text(claimed, body)
    for codec in dict.fromkeys((likely, claimed, "utf-8", "cp1252")):
        try:
            text = body.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
        if codec == claimed:
            return text.removeprefix("\ufeff"), None
        return text, Problem(sentence=f"the text is not {claimed}: read as {codec}")
    text = body.decode("utf-8", "replace")
    return text, Problem(sentence=f"the text is not {claimed}: read with gaps")


def _octets_as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    octets = error.object[error.start : error.end]
    return octets.decode("cp1252", "replace"), error.end


# For what is decoded as it comes in, where a second try is not to be had.
_ELSE_WINDOWS_1252: Final = "dateline-else-windows-1252"
codecs.register_error(_ELSE_WINDOWS_1252, _octets_as_windows_1252)


class Texts:
    """Decodes as it goes; `problem` is complete afterwards.

    There is no second try in a stream: what is no UTF-8, though it should be,
    is read octet by octet as windows-1252, which is right for all of a
    document whose charset was not told, or told wrongly.
    """

    def __init__(self, head: bytes, rest: Iterator[bytes], claimed: str) -> None:
        self.problem: Problem | None = None
        self._rest = rest
        self._codec = charset_of_text(claimed, head)
        if self._codec != claimed:
            self._tell(f"the text is not {claimed}: read as {self._codec}")
        self._decoder = codecs.getincrementaldecoder(self._codec)("strict")
        self._is_strict = True
        self.beginning = self._decoded(head).removeprefix("\ufeff")

    def __iter__(self) -> Iterator[str]:
        """Give the text piece by piece, `beginning` first."""
        yield self.beginning
        for piece in self._rest:
            yield self._decoded(piece)
        yield self._decoded(b"", final=True)

    def _decoded(self, piece: bytes, *, final: bool = False) -> str:
        if self._is_strict:
            state = self._decoder.getstate()
            try:
                return self._decoder.decode(piece, final)
            except UnicodeDecodeError:
                self._be_tolerant(state)
        return self._decoder.decode(piece, final)

    def _be_tolerant(self, state: tuple[bytes, int]) -> None:
        self._is_strict = False
        how = _ELSE_WINDOWS_1252 if self._codec == "utf-8" else "replace"
        self._decoder = codecs.getincrementaldecoder(self._codec)(how)
        self._decoder.setstate(state)
        self._tell(f"the text is not {self._codec}: read with gaps")

    def _tell(self, sentence: str) -> None:
        self.problem = Problem(sentence=sentence)
