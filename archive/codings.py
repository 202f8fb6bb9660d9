"""Content codings taken off, within bounds: gzip, deflate, Brotli, Zstandard. Pure.

Dateline asks for gzip and deflate only, which every reader of WARC knows. Browsers ask
for the other two as well, and other people's crawls are full of them (RFC 7932; RFC
8878 and 9659).
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias, cast

from zlib_ng import zlib_ng as zlib

_BROKEN: Final = cast("type[Exception]", zlib.error)  # typed wrongly there
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"  # RFC 8878, 3.1.1
_STEP: Final = 256 * 1024  # input of one call, and output where that can be bounded
_FINE_STEP: Final = 64  # the same, where a damaged stream is saved as far as it goes
_MOST_MEMBERS: Final = 1024  # of one body; each costs a copy of a step
_WINDOW_LOG: Final = 23  # RFC 9659: no window above 8 MiB as a content coding

Bytes: TypeAlias = bytes | memoryview


class CodingError(ValueError):
    """The coding is unknown, or nothing can be decoded; the text says which."""


class BudgetError(ValueError):
    """The content is longer than is allowed."""


class _StreamError(Exception):
    """A stream breaks; the text says how."""


class _CutError(Exception):
    """A stream ends too early."""


def inflate(coding: str, data: Bytes, budget: int) -> tuple[bytes, bool]:
    """Take one coding off, and say whether the stream was whole.

    Of a stream that is cut short, or breaks on the way, what could be decoded is
    given. Raises CodingError, and BudgetError above `budget` bytes of content.
    """
    pieces = _PIECES.get(coding)
    wbits = _wbits(coding, data) if pieces is None else 0
    if not data:  # answers without a body may name a coding all the same
        return b"", True
    if pieces is None:
        return _inflate(data, wbits, budget)
    parts: list[bytes] = []
    broken: _StreamError | None = None
    # The call that fails takes its output with it: try again with little ones.
    for step in (_STEP, _FINE_STEP):
        parts, left = [], budget
        try:
            for part in pieces(data, step):
                parts.append(part)
                left -= len(part)
                if left < 0:
                    raise BudgetError
        except _CutError:
            return b"".join(parts), False
        except _StreamError as error:
            broken = error
        else:
            return b"".join(parts), True
    if not any(parts):
        raise CodingError(f"the content coding is broken: {broken}") from broken
    return b"".join(parts), False


def _wbits(coding: str, data: Bytes) -> int:
    """Tell zlib's number for a coding; CodingError if it is unknown."""
    if coding in ("gzip", "x-gzip"):
        return 31
    if coding != "deflate":
        raise CodingError(f"unknown content coding {coding!r}")
    # RFC 9110 means zlib's wrapper, many servers send none. RFC 1950, 2.2: method
    # 8 in the low bits, the first two bytes a multiple of 31.
    start = int.from_bytes(data[:2])
    return 15 if start >> 8 & 15 == 8 and start % 31 == 0 else -15


def _inflate(data: Bytes, wbits: int, budget: int) -> tuple[bytes, bool]:
    """Inflate all members; a broken stream is read again in small steps."""
    parts: list[bytes] = []
    try:
        complete = _inflate_steps(data, wbits, budget, _STEP, parts)
    except _BROKEN as error:
        # The call that fails takes its output with it: try again with little ones.
        parts.clear()
        with contextlib.suppress(_BROKEN):
            _inflate_steps(data, wbits, budget, _FINE_STEP, parts)
        if not any(parts):
            raise CodingError(f"the content coding is broken: {error}") from error
        complete = False
    return b"".join(parts), complete


def _inflate_steps(
    data: Bytes, wbits: int, budget: int, step: int, parts: list[bytes]
) -> bool:
    """Append what is inflated to `parts`; say whether it ended as it should."""
    view = memoryview(data)
    inflater = zlib.decompressobj(wbits)
    members = 1
    position = 0
    while position < len(view):
        piece = view[position : position + step]
        position += len(piece)
        part = inflater.decompress(piece, budget + 1)
        parts.append(part)
        budget -= len(part)
        if budget < 0:
            raise BudgetError
        if inflater.eof:
            position -= len(inflater.unused_data)
            more = wbits == 31 and bytes(view[position : position + 2]) == _GZIP_MAGIC
            if not more or members == _MOST_MEMBERS:
                return True
            members += 1
            inflater = zlib.decompressobj(wbits)
    return inflater.eof


def _brotli(data: Bytes, step: int) -> Iterator[bytes]:
    """Give the content in pieces of bounded length, then raise what is wrong."""
    brotli = importlib.import_module("brotli")
    inflater = brotli.Decompressor()
    try:
        for start in range(0, len(data), step):
            piece = bytes(data[start : start + step])
            yield inflater.process(piece, output_buffer_limit=_STEP)
            # `can_accept_more_data` may be true while content is still held back.
            while part := inflater.process(b"", output_buffer_limit=_STEP):
                yield part
            if inflater.is_finished():
                return
    except brotli.error as error:
        raise _StreamError(str(error)) from error
    raise _CutError


def _zstd(data: Bytes, step: int) -> Iterator[bytes]:
    """Give the content of all frames, as `_brotli` does."""
    zstd = importlib.import_module(
        "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    )
    options = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    position = 0
    try:
        for _ in range(_MOST_MEMBERS):
            inflater = zstd.ZstdDecompressor(options=options)
            while position < len(data) and not inflater.eof:
                piece = bytes(data[position : position + step])
                position += len(piece)
                yield inflater.decompress(piece, _STEP)
                while not (inflater.needs_input or inflater.eof):
                    yield inflater.decompress(b"", _STEP)
            if not inflater.eof:
                raise _CutError
            position -= len(inflater.unused_data)
            if bytes(data[position : position + 4]) != _ZSTD_MAGIC:
                return  # what stands behind the frames is ignored, as for gzip
    except zstd.ZstdError as error:
        raise _StreamError(str(error)) from error


_PIECES: Final[dict[str, Callable[[Bytes, int], Iterator[bytes]]]] = {
    "br": _brotli,
    "zstd": _zstd,
}
