"""Events read back from their records: `archive.events`, the other way. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from archive import message
from archive.clock import parse_warc_date
from archive.events import EVENT
from archive.model import (
    Capture,
    Discovery,
    FetchOutcome,
    Locator,
    Miss,
    Revisit,
    RevisitProfile,
    Role,
    Run,
    Truncation,
)
from archive.warc.fields import Fields, parse_warc_fields


def details_of(block: bytes) -> tuple[tuple[str, str], ...]:
    """Read the fields of a metadata block of ours; empty if it is another's."""
    pairs = tuple(parse_warc_fields(block))
    return pairs if pairs and pairs[0][0] == EVENT else ()


def capture_from(
    answer: Fields, block_head: bytes, details: Mapping[str, str], locator: Locator
) -> Capture:
    """Read a capture back: the answer's fields, its HTTP head, the metadata.

    Raises KeyError, ValueError or archive.message.MessageError where a field
    that every record of ours has is missing or odd.
    """
    head_bytes = block_head or base64.b64decode(details["http-head"])
    head = message.parse_response_head(head_bytes)
    truncated = answer.first("WARC-Truncated")
    revisit = _revisit_from(answer) if answer.first("WARC-Type") == "revisit" else None
    if revisit is not None:
        # The mark says that the payload is left out; a cut is in the metadata.
        truncated = details.get("truncated")
    return Capture(
        record_id=_must(answer, "WARC-Record-ID"),
        url=_must(answer, "WARC-Target-URI"),
        date=parse_warc_date(_must(answer, "WARC-Date")),
        status=head.status,
        media_type=message.media_type(head),
        block_digest=_must(answer, "WARC-Block-Digest"),
        payload_digest=details["payload-digest"],
        payload_length=int(details["payload-length"]),
        transfer_coded=message.is_transfer_coded(head),
        locator=locator,
        discovery=_discovery_from(details),
        revisit=revisit,
        truncated=Truncation(truncated) if truncated else None,
        redirect_from=details.get("redirect-from"),
        attempt=int(details.get("attempt", "1")),
    )


def miss_from(fields: Fields, details: Mapping[str, str]) -> Miss:
    """Read a miss back. Raises KeyError or ValueError."""
    return Miss(
        record_id=_must(fields, "WARC-Record-ID"),
        date=parse_warc_date(_must(fields, "WARC-Date")),
        outcome=FetchOutcome(details["outcome"]),
        detail=details.get("detail", ""),
        url=details["url"],
        evidence=details.get("evidence"),
        redirect_from=details.get("redirect-from"),
        attempt=int(details.get("attempt", "1")),
        discovery=_discovery_from(details),
    )


def run_from(details: Iterable[tuple[str, str]]) -> Run:
    """Read a run, or its report, back. Raises KeyError or ValueError."""
    pairs = tuple(details)
    values = dict(pairs)
    ended = values.get("ended")
    return Run(
        id=values["run"],
        source_id=values["source"],
        command=values["command"],
        began_at=parse_warc_date(values["began"]),
        ended_at=parse_warc_date(ended) if ended else None,
        settings_digest=values["settings-digest"],
        settings=_with_prefix("setting-", pairs),
        counts=tuple((n, int(v)) for n, v in _with_prefix("count-", pairs)),
    )


def _revisit_from(fields: Fields) -> Revisit:
    return Revisit(
        profile=RevisitProfile(_must(fields, "WARC-Profile")),
        record_id=_must(fields, "WARC-Refers-To"),
        url=_must(fields, "WARC-Refers-To-Target-URI"),
        date=parse_warc_date(_must(fields, "WARC-Refers-To-Date")),
    )


def _discovery_from(details: Mapping[str, str]) -> Discovery:
    return Discovery(
        url=details["found-url"],
        role=Role(details["role"]),
        source_id=details["source"],
        run_id=details["run"],
        found_at=parse_warc_date(details["found-at"]),
        seed_url=details.get("via"),
        seed_record_id=details.get("via-record"),
        claimed_title=details.get("claimed-title"),
        claimed_date=details.get("claimed-date"),
    )


def _with_prefix(
    prefix: str, pairs: Iterable[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.removeprefix(prefix), value)
        for name, value in pairs
        if name.startswith(prefix)
    )


def _must(fields: Fields, name: str) -> str:
    value = fields.sole(name)
    if value is None:
        raise KeyError(name)
    return value
