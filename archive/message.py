"""HTTP/1 messages as bytes: heads, framing, payload, content coding.

Pure, and tolerant: browsers and Twisted live with bare line feeds, folded fields,
lines without a colon and no reason phrase, so an archive must read them too.
Nothing is rewritten: names and values are slices of what was received.
Paragraphs are those of RFC 9110 (meaning) and RFC 9112 (framing).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from archive.codings import BudgetError, CodingError, inflate

_EMPTY_LINE: Final = re.compile(rb"\n\r?\n")
_STATUS_LINE: Final = re.compile(
    rb"HTTP/(\d+(?:\.\d+)?)[ \t]+(\d{3})(?!\d)[ \t]*([^\n]*)", re.IGNORECASE
)
_PROTOCOL: Final = re.compile(rb"HTTP/\d+(?:\.\d+)?", re.IGNORECASE)
# 16 hex digits are more than any file system holds; more are no chunk size.
_CHUNK_LINE: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")
_LINE_END: Final = re.compile(rb"\r?\n")
_MEDIA_TYPE: Final = re.compile(rb"[^;,\s]+")
_CHARSET: Final = re.compile(
    rb"""[;\s]charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^;,\s"']+))""", re.IGNORECASE
)
_NO_BODY: Final = frozenset({204, 304})  # RFC 9112, 6.3 (1)

_MOST_CODINGS: Final = 4  # stacked; more are an attack
_TOO_LONG: Final = "the content expands further than is allowed"
_RATIO_FLOOR: Final = 1024 * 1024  # a small page of spaces is no attack

Bytes: TypeAlias = bytes | memoryview


class MessageError(ValueError):
    """The bytes are not the HTTP they should be; the text says what is wrong."""


class ExpansionError(MessageError):
    """A body expands further than the caller allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    """What the heads of requests and responses have in common."""

    fields: tuple[tuple[bytes, bytes], ...]  # sender's: in order, in their own case
    length: int  # ours: bytes of the head, the empty line included

    def first(self, name: bytes) -> bytes | None:
        """Give the value of the first field of that name, in whatever case."""
        name = name.lower()
        for key, value in self.fields:
            if key.lower() == name:
                return value
        return None

    def text(self, name: bytes) -> str | None:
        """Give the first value as text: UTF-8, as browsers send it, else Latin-1."""
        value = self.first(name)
        if value is None:
            return None
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")

    def all(self, name: bytes) -> tuple[bytes, ...]:
        """Give the values of all fields of that name, in order."""
        name = name.lower()
        return tuple(value for key, value in self.fields if key.lower() == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head(_Fields):
    """The head of a response."""

    protocol: str  # "http/1.1", as in WARC-Protocol
    status: int
    reason: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHead(_Fields):
    """The head of a request."""

    method: str
    target: bytes
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dechunked:
    """A chunked body without its framing."""

    payload: bytes
    complete: bool  # the last chunk, and the empty line after it, were there
    length: int  # bytes read: framing and content, up to the end or the break


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A payload without its content coding."""

    content: bytes
    complete: bool  # False: the stream was cut short or damaged on the way


def head_end(data: Bytes, start: int = 0) -> int | None:
    """Find where the body begins: behind the first empty line, or None.

    A bare line feed ends a line too (RFC 9112, 2.2).
    """
    match = _EMPTY_LINE.search(data, start)
    return match.end() if match else None


def interim_length(data: Bytes) -> int:
    """Count the bytes of whole 1xx answers before the final head.

    101 is the final one, but where another status line follows: Twisted passes
    over a 101 that it has not asked for.
    """
    start = 0
    while (match := _STATUS_LINE.match(data, start)) and match[2][:1] == b"1":
        end = head_end(data, start)
        if end is None or (match[2] == b"101" and not _STATUS_LINE.match(data, end)):
            break
        start = end
    return start


def parse_response_head(block: Bytes) -> Head:
    """Read the head at the beginning of a block.

    An unfinished head is read as far as it goes; of its fields, only those
    whose line has ended. Raises MessageError if there is no status line.
    """
    match = _STATUS_LINE.match(block)
    if match is None:
        raise MessageError("no HTTP status line")
    fields, length = _fields(block)
    return Head(
        protocol="http/" + match[1].decode("ascii"),
        status=int(match[2]),
        reason=match[3].rstrip(b"\r \t"),
        fields=fields,
        length=length,
    )


def parse_request_head(block: Bytes) -> RequestHead:
    """Read the head of a request, as `parse_response_head` does for a response.

    Raises MessageError if there is no request line with a protocol at its end.
    """
    line_end = _LINE_END.search(block)
    line = bytes(block[: line_end.start() if line_end else len(block)])
    method, _, rest = line.partition(b" ")
    target, _, protocol = rest.strip().rpartition(b" ")
    if not (method and target and _PROTOCOL.fullmatch(protocol)):
        raise MessageError("no HTTP request line")
    fields, length = _fields(block)
    return RequestHead(
        method=method.decode("latin-1"),
        target=target.strip(),
        protocol=protocol.decode("ascii").lower(),
        fields=fields,
        length=length,
    )


def _fields(block: Bytes) -> tuple[tuple[tuple[bytes, bytes], ...], int]:
    """Read the fields below the first line, and the length of the whole head."""
    end = head_end(block)
    length = len(block) if end is None else end
    fields: list[tuple[bytes, list[bytes]]] = []
    foldable = False  # a fold behind a line that is no field has nowhere to go
    # What stands behind the last line feed is empty, or a line that was cut.
    for line in bytes(block[:length]).split(b"\n")[1:-1]:
        if line[:1] in (b" ", b"\t"):
            if foldable:
                fields[-1][1].append(line.strip())
            continue
        name, colon, value = line.partition(b":")
        name = name.strip()
        foldable = bool(colon and name)
        if foldable:
            fields.append((name, [value.strip()]))
    # A fold stands for a space (RFC 9112, 5.2).
    return tuple((name, b" ".join(parts).strip()) for name, parts in fields), length


def content_length(head: Head | RequestHead) -> int | None:
    """Tell the declared length of the body; None if it is absent or not valid.

    The same value said several times is valid (RFC 9110, 8.6).
    """
    said = {part.strip() for part in b",".join(head.all(b"content-length")).split(b",")}
    value = said.pop()
    return int(value) if not said and value.isdigit() and len(value) < 20 else None


def media_type(head: Head | RequestHead) -> str | None:
    """Tell the media type: lower case, without parameters; None if there is none."""
    match = _MEDIA_TYPE.match(head.first(b"content-type") or b"")
    return match[0].decode("latin-1").lower() if match else None


def charset(head: Head | RequestHead) -> str | None:
    """Tell the charset parameter of the media type, lower case, unquoted."""
    match = _CHARSET.search(head.first(b"content-type") or b"")
    if match is None:
        return None
    value = (match[1] or match[2] or match[3] or b"").strip()
    return value.decode("latin-1").lower() or None


def content_encodings(head: Head | RequestHead) -> tuple[str, ...]:
    """List the content codings in the order in which they were applied."""
    return _codings(b",".join(head.all(b"content-encoding")))


def is_transfer_coded(head: Head | RequestHead) -> bool:
    """Whether any transfer coding other than `identity` is declared."""
    return any(coding != "identity" for coding in _transfer_codings(head))


def is_chunked(head: Head | RequestHead) -> bool:
    """Whether the body is framed in chunks: the last coding says (RFC 9112, 6.3)."""
    return _transfer_codings(head)[-1:] == ("chunked",)


def dechunk(body: Bytes) -> Dechunked:
    """Take the framing off a chunked body (RFC 9112, 7.1).

    Extensions and trailers are passed over, bare line feeds read. Where the
    framing breaks, or the body ends early, all that was received of the payload
    up to there is given, and `complete` is False.
    """
    parts: list[Bytes] = []
    view = memoryview(body)
    position = 0
    complete = False
    while (line := _CHUNK_LINE.match(body, position)) is not None:
        size = int(line[1], 16)
        position = line.end()
        if size == 0:
            position, complete = _trailer_end(body, position)
            break
        parts.append(view[position : position + size])
        position = min(position + size, len(body))
        ending = _LINE_END.match(body, position)
        if ending is None:
            break
        position = ending.end()
    return Dechunked(payload=b"".join(parts), complete=complete, length=position)


def payload(block: Bytes) -> bytes:
    """Give the entity body: transfer coding removed, content coding kept.

    Cut to Content-Length where that counts (RFC 9112, 6.3). A body said to be
    chunked that does not even begin with a chunk is given as it is: some archives
    hold bodies dechunked under the old head. No other transfer coding is removed.
    Raises MessageError if the block has no HTTP head.
    """
    head = parse_response_head(block)
    if head.status in _NO_BODY or 100 <= head.status < 200:
        return b""
    body = memoryview(block)[head.length :]
    if is_chunked(head):
        dechunked = dechunk(body)
        return dechunked.payload if dechunked.length else bytes(body)
    length = None if is_transfer_coded(head) else content_length(head)
    return bytes(body[:length])


def _trailer_end(body: Bytes, start: int) -> tuple[int, bool]:
    """Find the end of a trailer section, and say whether it was there."""
    match = _LINE_END.match(body, start) or _EMPTY_LINE.search(body, start)
    return (match.end(), True) if match else (len(body), False)


def _transfer_codings(head: Head | RequestHead) -> tuple[str, ...]:
    return _codings(b",".join(head.all(b"transfer-encoding")))


def _codings(value: bytes) -> tuple[str, ...]:
    """Split a list of codings; parameters are dropped, empty members too."""
    names = (part.partition(b";")[0].strip() for part in value.lower().split(b","))
    return tuple(name.decode("latin-1") for name in names if name)


def decode_content(
    payload: Bytes,
    encodings: tuple[str, ...] | str | bytes,
    *,
    max_length: int,
    max_ratio: float,
) -> bytes:
    """Give what `decode` decodes, without saying whether it was whole."""
    whole = decode(payload, encodings, max_length=max_length, max_ratio=max_ratio)
    return whole.content


def decode(
    payload: Bytes,
    encodings: tuple[str, ...] | str | bytes,
    *,
    max_length: int,
    max_ratio: float,
) -> Decoded:
    """Remove the content codings, the last applied first (RFC 9110, 8.4).

    `encodings` is the value of Content-Encoding, or its members. Known are gzip
    (several members; what follows the last is ignored), deflate (with or
    without zlib's wrapper), br, zstd and identity. A stream that is cut short or
    breaks on the way gives what could be decoded, and `complete` is False.

    Raises MessageError for an unknown coding, or if nothing can be decoded;
    ExpansionError if the content would be longer than `max_length`, or than
    `max_ratio` times the payload where that is above 1 MiB.
    """
    if isinstance(encodings, str):
        encodings = encodings.encode("latin-1", "replace")
    if isinstance(encodings, bytes):
        encodings = _codings(encodings)
    encodings = tuple(coding.strip().lower() for coding in encodings)
    if len(encodings) > _MOST_CODINGS:
        raise MessageError(f"{len(encodings)} content codings on top of each other")
    budget = min(max_length, max(_RATIO_FLOOR, int(max_ratio * len(payload))))
    content = payload
    complete = True
    for coding in reversed(encodings):
        if coding != "identity":
            content, is_whole = _decoded(coding, content, budget)
            complete = complete and is_whole
    if len(content) > budget:
        raise ExpansionError(_TOO_LONG)
    return Decoded(content=bytes(content), complete=complete)


def _decoded(coding: str, content: Bytes, budget: int) -> tuple[bytes, bool]:
    """Remove one coding; says whether the stream was whole."""
    try:
        return inflate(coding, content, budget)
    except BudgetError as error:
        raise ExpansionError(_TOO_LONG) from error
    except CodingError as error:
        raise MessageError(str(error)) from error
