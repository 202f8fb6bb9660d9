"""What the pool and its workers say to each other: a JSON header, then raw bytes.

A frame is two lengths (4 and 8 bytes, big-endian), the header, the body. No
pickle: a worker that was taken over by a page can only send words.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from pipelines.extraction import Extraction, ExtractorInfo, Hints, Page

_LENGTHS: Final = struct.Struct(">IQ")
_LONGEST_HEADER: Final = 16 * 1024 * 1024
_LONGEST_BODY: Final = 1024 * 1024 * 1024
_SHORT_BODY: Final = 64 * 1024  # bytes; copied, to be sent in one call
_GATHERED: Final = 256 * 1024

Header = dict[str, Any]


class FrameError(Exception):
    """What came is no frame, or breaks off within one."""


def send_frame(
    channel: socket.socket, header: Header, body: bytes = b"", *, limit_s: float = 0
) -> None:
    """Send one frame. Raises OSError, and TimeoutError after `limit_s` (0: never)."""
    head = json.dumps(header).encode("ascii")
    head = _LENGTHS.pack(len(head), len(body)) + head
    channel.settimeout(limit_s or None)
    if len(body) < _SHORT_BODY:
        channel.sendall(head + body)
    else:
        channel.sendall(head)
        channel.sendall(body)


def receive_frame(
    channel: socket.socket, *, limit_s: float = 0
) -> tuple[Header, bytes] | None:
    """Receive one frame; None if the other side closed the channel before it.

    Raises FrameError; OSError; TimeoutError if it isn't whole after `limit_s`.
    """
    deadline = time.monotonic() + limit_s if limit_s else None
    lengths = _receive(channel, _LENGTHS.size, deadline)
    if not lengths:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    if head_length > _LONGEST_HEADER or body_length > _LONGEST_BODY:
        raise FrameError(f"a frame of {head_length} and {body_length} bytes")
    head = _receive(channel, head_length, deadline)
    body = _receive(channel, body_length, deadline)
    try:
        header = json.loads(head)
    except ValueError as error:
        raise FrameError("the header is not JSON") from error
    if len(body) != body_length or not isinstance(header, dict):
        raise FrameError("the frame is not whole")
    return header, body


def _receive(channel: socket.socket, length: int, deadline: float | None) -> bytes:
    """Receive so many bytes; fewer only if the channel ends before the first."""
    parts: list[bytes] = []
    missing = length
    while missing:
        if deadline is None:
            channel.settimeout(None)
        else:
            channel.settimeout(max(1e-4, deadline - time.monotonic()))
        part = channel.recv(min(missing, _GATHERED))
        if not part:
            if parts:
                raise FrameError("the channel ended within a frame")
            return b""
        parts.append(part)
        missing -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def page_frame(page: Page) -> tuple[Header, bytes]:
    """Write a page as header and body."""
    return {
        "url": page.url,
        "content_encoding": page.content_encoding,
        "content_type": page.content_type,
        "captured_at": page.captured_at.isoformat(),
        "hints": msgspec.to_builtins(page.hints),
    }, page.payload


def read_page(header: Header, body: bytes) -> Page:
    """Read a page. The header was written by us: a wrong one raises as it comes."""
    return Page(
        url=header["url"],
        payload=body,
        content_encoding=header["content_encoding"],
        content_type=header["content_type"],
        captured_at=datetime.fromisoformat(header["captured_at"]),
        hints=Hints(**header["hints"]),
    )


def extraction_frame(extraction: Extraction) -> tuple[Header, bytes]:
    """Write an extraction as header and body, the body being the text.

    Raises TypeError or ValueError if the extractor put other things in the fields
    than their types allow.
    """
    text = str.encode(extraction.text, "utf-8", "replace")
    said = msgspec.to_builtins(replace(extraction, text=""), enc_hook=_plain)
    try:
        msgspec.json.encode(said)
    except UnicodeEncodeError:  # half a character, as broken JSON-LD has it
        said = _encodable(said)
    _extraction(said)  # its types are looked at where they can still be blamed on it
    return {"extraction": said}, text


def read_extraction(header: Header, body: bytes) -> Extraction:
    """Read an extraction. Raises FrameError if it is none."""
    try:
        return replace(_extraction(header["extraction"]), text=body.decode("utf-8"))
    except (KeyError, ValueError) as error:
        raise FrameError("the header is not that of an extraction") from error


def _extraction(said: object) -> Extraction:
    """Build an extraction of plain values, each of the type it should have.

    Raises ValueError (msgspec.ValidationError is one).
    """
    extraction = msgspec.convert(said, Extraction)
    if not 0.0 <= extraction.confidence <= 1.0:
        raise ValueError(f"a confidence of {extraction.confidence}")
    work = extraction.work
    for moment in filter(None, (work.published, work.modified)):
        for date in (moment.earliest, moment.latest):
            if date.tzinfo is None or not 1000 <= date.year < 9999:
                raise ValueError(f"a date that can't be written: {date}")
    return extraction


def _plain(value: object) -> str:
    """Make a string of what is one, such as lxml's, which hold on to their tree."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a {type(value).__name__} where there should be text")


def _encodable(value: Any) -> Any:
    """Put a question mark for what UTF-8 can not write, as in the text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _encodable(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(member) for member in value]
    return value


def info_header(info: ExtractorInfo) -> Header:
    """Write the description of an extractor."""
    return {
        "name": info.name,
        "version": info.version,
        "options": [list(option) for option in info.options],
        "options_digest": info.options_digest,
    }


def read_info(header: Header) -> ExtractorInfo:
    """Read the description of an extractor."""
    return ExtractorInfo(
        name=header["name"],
        version=header["version"],
        options=tuple((name, value) for name, value in header["options"]),
        options_digest=header["options_digest"],
    )
