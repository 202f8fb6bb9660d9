"""Keeps the bytes of one exchange as they pass. Pure.

Pieces are collected and joined once, at the end: a body of many megabytes is
never copied while it grows.
"""

from __future__ import annotations

from datetime import datetime

from archive.message import MessageError, interim_length, parse_response_head
from archive.model import Exchange, TlsSession, Truncation


class Recorder:
    """What was sent and received, and how much more may be.

    `size_limit` is of the response; `header_limit` of everything up to the end of
    its head, interim answers included.
    """

    __slots__ = (
        "_header_limit",
        "_interim_length",
        "_parts",
        "_size_limit",
        "excess_length",
        "head_is_whole",
        "received_length",
        "request",
    )

    def __init__(self, *, size_limit: int, header_limit: int) -> None:
        self._size_limit = size_limit
        self._header_limit = min(size_limit, header_limit)
        self._parts: list[bytes] = []
        self._interim_length = 0
        self.request = b""
        self.received_length = 0  # of what is kept, interim answers included
        self.excess_length = 0
        self.head_is_whole = False

    @property
    def room(self) -> int:
        """How many bytes may still be taken before a limit is reached."""
        if self.head_is_whole:
            return self._size_limit + self._interim_length - self.received_length
        return self._header_limit - self.received_length

    def take(self, data: bytes) -> None:
        """Keep a piece of the answer; the caller has looked at `room`."""
        self._parts.append(data)
        self.received_length += len(data)

    def head_ended(self) -> bytes:
        """Note that the final head is whole; give the response as far as it came."""
        self.head_is_whole = True
        return self._response()

    def ended(self, excess: int) -> None:
        """Note that the message is whole, but for the last `excess` bytes."""
        self.excess_length += excess
        if excess:
            last = self._parts[-1]
            self._parts[-1] = last[: len(last) - excess]
            self.received_length -= excess

    @property
    def has_response(self) -> bool:
        """Whether something can be kept: a final status line that is whole.

        A 1xx answer alone, whole or not, is no response; 101 is.
        """
        response = self._response()
        if b"\n" not in response:
            return False
        try:
            status = parse_response_head(response).status
        except MessageError:
            return False
        return status >= 200 or status == 101

    @property
    def came(self) -> str:
        """In words, what came in place of a response; empty if it was not HTTP."""
        response = self._response()
        if not response:
            return "only interim answers" if self._interim_length else "nothing"
        if not b"HTTP/".startswith(response[:5].upper()):
            return ""
        if b"\n" not in response:
            return "half a status line"
        return "half an interim answer" if response[9:10] == b"1" else ""

    def finish(
        self,
        *,
        url: str,
        began_at: datetime,
        duration_s: float,
        peer_address: str | None,
        proxy: str | None,
        tls: TlsSession | None,
        truncated: Truncation | None,
    ) -> Exchange:
        """Join what was kept into an Exchange."""
        response = self._response()
        return Exchange(
            url=url,
            request=self.request,
            response=response,
            interim=self._parts[0][: self._interim_length],
            began_at=began_at,
            duration_s=duration_s,
            peer_address=peer_address,
            proxy=proxy,
            tls=tls,
            truncated=truncated,
            excess_length=self.excess_length,
        )

    def _response(self) -> bytes:
        """Give what is kept, without the interim answers in front.

        Joins the parts into one; called when the head is whole and at the end.
        """
        if len(self._parts) != 1:
            self._parts = [b"".join(self._parts)]
        block = self._parts[0]
        self._interim_length = interim_length(block)
        return block[self._interim_length :] if self._interim_length else block
