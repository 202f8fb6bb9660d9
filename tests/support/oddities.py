"""Odd answers, by name: what is sent, and what a client should make of it.

They are grouped by what becomes of them. `OddServer` serves them.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from archive.model import FetchOutcome, Truncation

TEXT = "<!doctype html><title>Härnösand</title><p>Three boats came in.\n".encode()


class After(Enum):
    """What the server does when the answer is sent."""

    KEEP = auto()  # the connection, for the next request
    CLOSE = auto()
    RESET = auto()
    HANG = auto()  # until the client hangs up
    DROP_NEXT = auto()  # wait for the next request, then close without an answer


class Split(Enum):
    """How the answer is cut into pieces on its way."""

    WHOLE = auto()
    BYTES = auto()
    AWKWARD = auto()  # behind every CR, LF, colon and semicolon


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """One answer, and what a client should make of it."""

    answer: bytes
    interim: bytes = b""  # 1xx answers in front
    excess: bytes = b""  # behind the end of the message
    method: str = "GET"
    after: After = After.KEEP
    split: Split = Split.WHOLE
    truncated: Truncation | None = None
    outcome: FetchOutcome | None = None  # where there is nothing to keep


def answer(status: str, *fields: str, body: bytes = b"") -> bytes:
    """Write a plain answer; Content-Length is only there if it is in `fields`."""
    lines = [f"HTTP/1.1 {status}", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def sized(status: str, *fields: str, body: bytes = TEXT) -> bytes:
    """Write a plain answer with its Content-Length."""
    return answer(status, *fields, f"Content-Length: {len(body)}", body=body)


def chunks(body: bytes, size: int = 17, *, extension: bytes = b"") -> bytes:
    """Frame a body, without the last chunk."""
    return b"".join(
        b"%x%b\r\n%b\r\n" % (len(body[i : i + size]), extension, body[i : i + size])
        for i in range(0, len(body), size)
    )


def chunked(*fields: str, body: bytes = TEXT, end: bytes = b"0\r\n\r\n") -> bytes:
    """Write a chunked answer."""
    head = answer("200 OK", *fields, "Transfer-Encoding: chunked")
    return head + chunks(body) + end


_GZIPPED = gzip.compress(TEXT * 20, mtime=0)
_BIG = (TEXT * (5 * 1024 * 1024 // len(TEXT) + 1))[: 5 * 1024 * 1024]
_TE = answer("200 OK", "Transfer-Encoding: chunked")
_END = b"0\r\n\r\n"
_HINTS = answer("103 Early Hints", "Link: </a.css>; rel=preload")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_BARE = sized("200 OK", "X-A: b").replace(b"\r\n", b"\n")
_KEPT_1_0 = sized("200 OK", "Connection: Keep-Alive").replace(b"/1.1", b"/1.0")
_LONG_EXTENSION = b";x=" + b"y" * 5000

_WHOLE = {
    "plain": sized("200 OK", "Content-Type: text/html"),
    "chunked": chunked(),
    "chunked-trailers": chunked(
        end=b'1;a="b;c"\r\n.\r\n0;z\r\nX-T: 1\r\nX-U: 2\r\n\r\n'
    ),
    "chunked-one-byte": _TE + chunks(TEXT, 1) + _END,
    "gzip": sized("200 OK", "Content-Encoding: gzip", body=_GZIPPED),
    "deflate": sized("200 OK", "Content-Encoding: deflate", body=zlib.compress(TEXT)),
    "gzip-chunked": chunked("Content-Encoding: gzip", body=_GZIPPED),
    "http-1.0-kept": _KEPT_1_0,
    "http-1.0-silent": sized("200 OK").replace(b"/1.1", b"/1.0"),  # and kept open
    "connection-closing": sized("200 OK", "Connection: x, CLOSE"),  # and kept open
    "empty": sized("200 OK", body=b""),
    "no-content": answer("204 No Content"),
    "not-modified": answer("304 Not Modified", 'ETag: "a"', "Content-Length: 99"),
    "big": sized("200 OK", body=_BIG),
    "big-chunked": _TE + chunks(_BIG, 8192) + _END,
    "redirect-relative": sized("302 Found", "location:../x?y#z", body=b""),
    **{
        f"redirect-{status}": sized(f"{status} Moved", "Location: /plain", body=b"to")
        for status in (301, 302, 303, 307, 308)
    },
    **{
        f"status-{status}": sized(f"{status} Not Now", "Retry-After: 9")
        for status in (404, 410, 429, 451, 500, 503)
    },
    "same-length-twice": sized("200 OK", "Content-Length: 2", body=b"ab"),
    "duplicate-fields": sized(
        "200 OK", "Set-Cookie: a", "set-cookie: b", "Set-Cookie: a"
    ),
    "latin-1": sized("200 Schön", "X-Ort: Härnösand", "X-Bytes: \xff\xfe"),
    "folded": sized("200 OK", "X-Long: one,", "  two,", "\tthree"),
    "folded-first": sized("200 OK", " folded onto nothing", "X: y"),
    "no-colon": sized("200 OK", "this line is no field", "X: y"),
    "odd-names": sized("200 OK", "Bad Name: x", ": none", "X :y", "@(): z"),
    "bare-lf": _BARE,
    "mixed-line-ends": b"HTTP/1.1 200 OK\nA: b\r\nContent-Length: 2\n\r\nab",
    "no-reason": sized("200"),
    "two-spaces": sized(" 200  OK "),
    "mixed-case": b"HTTP/1.1 200 oK\r\ncOnTeNt-LeNgTh:2\r\nX-UP: down\r\n\r\nab",
    "mixed-case-chunked": _TE.replace(b"fer-E", b"FER-e").replace(b"ed", b"ED ") + _END,
    "empty-values": sized("200 OK", "X-Empty:", "X-Blank:   ", "Server:"),
    "long-line": sized("200 OK", "X-Long: " + "x" * 60 * 1024),
    "many-fields": sized("200 OK", *(f"X-{i}: {i}" for i in range(2000))),
    "chunked-bare-lf": chunked().replace(b"\r\n", b"\n"),
    "chunked-extension": _TE + chunks(TEXT, 40, extension=_LONG_EXTENSION) + _END,
    "chunked-and-length": chunked("Content-Length: 3"),
    "te-identity": sized("200 OK", "Transfer-Encoding: identity"),
    "te-twice": chunked("Transfer-Encoding: identity"),
    "te-gzip-chunked": _TE.replace(b"chunked", b"gzip, chunked") + chunks(TEXT) + _END,
}
_WHOLE_AT_THE_CLOSE = {
    "until-close": answer("200 OK", "Content-Type: text/html", body=TEXT),
    "connection-close": sized("200 OK", "Connection: Close"),
    "http-1.0": sized("200 OK").replace(b"/1.1", b"/1.0"),
    "te-unknown": sized("200 OK", "Transfer-Encoding: rot13"),
}
_HEADS = {
    "head": answer("200 OK", "Content-Length: 4711"),
    "head-chunked": _TE,
}
_INTERIM = {
    "early-hints": (_HINTS, sized("200 OK")),
    "continue": (_CONTINUE, chunked()),
    "several-interim": (_CONTINUE + _HINTS + _HINTS, sized("200 OK")),
    "interim-bare-lf": (_HINTS.replace(b"\r\n", b"\n"), _BARE),
}
_EXCESS = {
    "excess": (sized("200 OK"), b"<!-- cached -->\n"),
    "excess-chunked": (chunked(), b"\r\n"),
    "excess-no-content": (answer("204 No Content"), TEXT),
    "excess-answer": (sized("200 OK"), sized("200 OK", body=b"for nobody")),
}
_CUT = {
    "cut-length": answer("200 OK", "Content-Length: 9999", body=TEXT),
    "cut-mid-chunk": chunked(end=b"ff\r\nand then"),
    "cut-between-chunks": chunked(end=b""),
    "cut-in-trailer": chunked(end=b"0\r\nX-T: 1\r\n"),
    "cut-mid-head": b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Le",
}
_RESET = {
    "reset-after-head": answer("200 OK", "Content-Length: 50"),
    "reset-until-close": answer("200 OK", "X: y", body=TEXT),
}
_HANGING = {
    "hang-after-head": answer("200 OK", "Content-Length: 50"),
    "hang-mid-head": b"HTTP/1.1 200 OK\r\nServer:",
    "hang-until-close": answer("200 OK", "X: y", body=TEXT),
}
_LOST = {  # nobody can tell where they end
    "lengths-differ": sized("200 OK", "Content-Length: 4"),
    "length-no-number": answer("200 OK", "Content-Length: many", body=TEXT),
    "length-negative": answer("200 OK", "Content-Length: -5", body=TEXT),
    "chunk-no-size": chunked(end=b"what?\r\nmore\r\n0\r\n\r\n"),
    "chunk-too-long": chunked(end=b"3\r\nlonger\r\n0\r\n\r\n"),
    "not-chunked": _TE + TEXT,
}


def _nothing(outcome: FetchOutcome, after: After, sent: bytes, **more: Any) -> Oddity:
    return Oddity(answer=sent, after=after, outcome=outcome, **more)


_NOTHING = {
    "no-answer": _nothing(FetchOutcome.NO_ANSWER, After.CLOSE, b""),
    "reset-at-once": _nothing(FetchOutcome.NO_ANSWER, After.RESET, b""),
    "hang": _nothing(FetchOutcome.TIMEOUT, After.HANG, b""),
    "hints-only": _nothing(FetchOutcome.NO_ANSWER, After.CLOSE, b"", interim=_HINTS),
    "hints-and-hang": _nothing(FetchOutcome.TIMEOUT, After.HANG, b"", interim=_HINTS),
    "garbage": _nothing(FetchOutcome.NOT_HTTP, After.CLOSE, b"\0\1\2 what\n" * 9),
    "http-0.9": _nothing(FetchOutcome.NOT_HTTP, After.CLOSE, TEXT),
    "other-protocol": _nothing(FetchOutcome.NOT_HTTP, After.HANG, b"SSH-2.0-x\r\n"),
    "no-status": _nothing(FetchOutcome.NOT_HTTP, After.KEEP, b"HTTP/1.1 OK\r\n\r\n"),
}


def _plain(answers: Mapping[str, bytes], **more: Any) -> dict[str, Oddity]:
    return {name: Oddity(answer=sent, **more) for name, sent in answers.items()}


ODDITIES: Mapping[str, Oddity] = {
    **_plain(_WHOLE),
    **_plain(_WHOLE_AT_THE_CLOSE, after=After.CLOSE),
    **_plain(_HEADS, method="HEAD"),
    **{n: Oddity(answer=sent, interim=i) for n, (i, sent) in _INTERIM.items()},
    "byte-by-byte": Oddity(answer=chunked(), interim=_HINTS, split=Split.BYTES),
    "awkward": Oddity(answer=_WHOLE["chunked-trailers"], split=Split.AWKWARD),
    "awkward-bare-lf": Oddity(answer=_WHOLE["chunked-bare-lf"], split=Split.AWKWARD),
    **{n: Oddity(answer=sent, excess=e) for n, (sent, e) in _EXCESS.items()},
    "excess-head": Oddity(answer=_HEADS["head"], excess=TEXT, method="HEAD"),
    **_plain(_CUT, after=After.CLOSE, truncated=Truncation.DISCONNECT),
    **_plain(_RESET, after=After.RESET, truncated=Truncation.DISCONNECT),
    **_plain(_HANGING, after=After.HANG, truncated=Truncation.TIME),
    **_plain(_LOST, after=After.CLOSE, truncated=Truncation.UNSPECIFIED),
    "lost-and-kept": Oddity(
        answer=_TE + b"what?\r\n", after=After.HANG, truncated=Truncation.UNSPECIFIED
    ),
    "drop-next": Oddity(answer=sized("200 OK"), after=After.DROP_NEXT),
    **_NOTHING,
}
