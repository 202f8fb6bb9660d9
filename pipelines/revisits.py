"""Is this payload already kept? Pure: a response or a revisit, and of what."""

from __future__ import annotations

from typing import Final

from archive.events import Answer
from archive.model import Capture, Exchange, Revisit, RevisitProfile

# A revisit costs about as many bytes as it saves below this
# (internetarchive/warcprox#99: too many revisits of tiny bodies).
MIN_PAYLOAD: Final = 512


def may_be_revisit(exchange: Exchange, answer: Answer) -> bool:
    """Whether it is worth asking for an earlier capture of the same payload."""
    return (
        exchange.truncated is None
        and answer.head.status == 200
        and len(answer.payload) >= MIN_PAYLOAD
    )


def identical_payload(answer: Answer, original: Capture) -> Revisit | None:
    """Refer to a capture that holds the same payload, if replay can serve it.

    Replay joins the head of the revisit with the body of the original, so both
    must be framed alike; and an original is never a revisit itself
    (ukwa/ukwa-heritrix#11).
    """
    if (
        original.revisit is not None
        or original.truncated is not None
        or original.status != answer.head.status
        or original.payload_digest != answer.payload_digest
        or original.transfer_coded != _is_transfer_coded(answer)
    ):
        return None
    return Revisit(
        profile=RevisitProfile.IDENTICAL_PAYLOAD,
        record_id=original.record_id,
        url=original.url,
        date=original.date,
    )


def not_modified(
    exchange: Exchange, answer: Answer, latest: Capture | None
) -> Revisit | None:
    """Refer to the capture that a 304 says is still current.

    `latest` is the last capture of the address with status 200; where that is a
    revisit itself, the one that it refers to is meant. Only for an answer to a
    question we asked: a 304 to an unconditional request is kept as the odd response
    it is (RFC 9110, 15.4.5).
    """
    if (
        answer.head.status != 304
        or latest is None
        or not _is_conditional(exchange.request)
    ):
        return None
    held = latest.revisit or latest
    return Revisit(
        profile=RevisitProfile.NOT_MODIFIED,
        record_id=held.record_id,
        url=held.url,
        date=held.date,
    )


def _is_transfer_coded(answer: Answer) -> bool:
    return bool(answer.head.all(b"Transfer-Encoding"))


def _is_conditional(request: bytes) -> bool:
    head = request.partition(b"\r\n\r\n")[0].lower()
    return b"\r\nif-none-match:" in head or b"\r\nif-modified-since:" in head
