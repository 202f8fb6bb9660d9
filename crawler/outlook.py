"""What becomes of an address once it was asked for: the next state, and when. Pure.

An article is looked at again on an age ladder that counts from when it was found;
rungs that passed meanwhile are not made up for. Sooner than the next rung only

- a live page: after a quarter of the ladder's first rung, at most `MOST_LIVE` times;
- one whose text has changed: after half of the time since the look before, at
  least half of the first rung, at most `MOST_EDITED` times,

each counted in looks beyond those that the ladder asked for up to that age. Behind
the last rung there is none.

A failed attempt changes when an address is asked for again, and nothing of what is
known from its last answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from archive.digests import sha256_label
from archive.identity import identity
from archive.message import Head
from archive.model import Capture, FetchOutcome, Truncation
from archive.watch.model import Address, AddressState
from crawler.durations import duration_words
from crawler.pace import retry_after_s

MOST_LIVE: Final = 96  # looks beyond the ladder; a day of quarters of an hour
MOST_EDITED: Final = 12
MOST_ATTEMPTS: Final = 6  # in a row without an answer
MOST_REFUSALS: Final = 5  # so often a refused address is asked for again
MOST_GONE: Final = 2  # answers in a row; one may be a hiccup

_QUARTER: Final = timedelta(minutes=15)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_LONGEST_WAIT_S: Final = 366 * 86_400.0  # of Retry-After; dates end in the year 9999

_GONE: Final = frozenset({404, 410, 451})
# Cut off on the way: the same request may bring the whole. A length limit is ours.
_CUT: Final = frozenset(
    {Truncation.TIME, Truncation.DISCONNECT, Truncation.UNSPECIFIED}
)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

_LEFT_ALONE: Final = frozenset(
    {FetchOutcome.EXCLUDED, FetchOutcome.OVER_LIMIT, FetchOutcome.SEED_UNREADABLE}
)
_REFUSED: Final = frozenset({FetchOutcome.REFUSED_ROBOTS, FetchOutcome.REFUSED_ADDRESS})

# "/", or the front page of a language: "/de", "/en-gb", "/home".
_FRONT: Final = re.compile(r"/(?:[a-z]{2}(?:[-_][a-z]{2})?|home)?", re.IGNORECASE)


def after_capture(
    address: Address,
    capture: Capture,
    head: Head | None,
    ladder: Sequence[float],
    now: datetime,
    *,
    text_changed: bool | None = None,
    is_live: bool = False,
) -> Address:
    """Settle an address of which an answer was kept.

    `capture` is the last hop's, `head` its head, where that can be read; `ladder`
    are ages in seconds. `text_changed` is None where nobody compared.
    """
    asked = replace(address, last_at=capture.date)
    status = capture.status
    if status in _GONE:
        return _gone(asked, capture, str(status), ladder, now)
    if capture.redirect_from is not None and leads_to_front(address.url, capture.url):
        why = f"redirected to the front page {capture.url}"
        return _gone(asked, capture, why, ladder, now)
    is_unchanged = status == 304 and address.payload_digest is not None
    if capture.truncated in _CUT or not (is_unchanged or 200 <= status < 300):
        cut = f", cut short ({capture.truncated})" if capture.truncated else ""
        wait = _retry_after(head, now) if status in (429, 503) else None
        why = f"status {status}{cut}"
        return _failed(asked, why, capture.record_id, ladder, now, retry_after=wait)
    answered = replace(
        _with_validators(asked, capture, head),
        step=address.step + 1,
        attempts=0,
        gone=0,
        record_id=capture.record_id,
        status=status,
    )
    return _on_ladder(
        answered, address.last_at, ladder, now, bool(text_changed), is_live=is_live
    )


def after_miss(  # noqa: PLR0917 (an address, four words on a miss, a moment)
    address: Address,
    outcome: FetchOutcome,
    detail: str,
    record_id: str,
    ladder: Sequence[float],
    now: datetime,
    *,
    retry_after: datetime | None = None,
) -> Address:
    """Settle an address that gave no capture; `record_id` is what says so.

    `retry_after` is when its host wants to be asked again, if it said so.
    """
    address = replace(address, last_at=now)
    why = f"{outcome}: {detail}"
    if outcome in _LEFT_ALONE:
        state = AddressState.FETCHED if address.step else AddressState.FOUND
        return _final(_cited(address, record_id), state, why)
    if outcome is FetchOutcome.REFUSED_SCHEME:
        return _final(_cited(address, record_id), AddressState.REFUSED, why)
    if outcome in _REFUSED:
        return _refused(address, why, record_id, now)
    if outcome is FetchOutcome.OVER_BUDGET:
        return _put_off(_cited(address, record_id), why, _next_day(address.key, now))
    if outcome is FetchOutcome.POSTPONED:
        due_at = retry_after or now + _spread(address.key, 0, _HOUR)
        return _put_off(_cited(address, record_id), why, max(due_at, now))
    return _failed(address, why, record_id, ladder, now, retry_after=retry_after)


def leads_to_front(url: str, final_url: str) -> bool:
    """Whether a redirect led from a page to a front page: the page is no more."""
    path = _path(final_url)
    return _FRONT.fullmatch(path) is not None and not _FRONT.fullmatch(_path(url))


def is_hop(capture: Capture) -> bool:
    """Whether an answer only says where to ask next."""
    return capture.status in _REDIRECTS


# ---------------------------------------------------------------- answers


def _on_ladder(
    address: Address,
    before: datetime | None,
    ladder: Sequence[float],
    now: datetime,
    text_changed: bool,
    *,
    is_live: bool,
) -> Address:
    """Find the next look at an address that was answered; `before` is the last one."""
    said = f"status {address.status}"
    rung = _next_rung(address, ladder, now)
    if rung is None:
        looks = f"{address.step} look{'' if address.step == 1 else 's'}"
        return _final(address, AddressState.FETCHED, f"{said}; done after {looks}")
    first = timedelta(seconds=min(ladder))
    passed = sum(address.found_at + timedelta(seconds=age) <= now for age in ladder)
    extra = address.step - 1 - passed
    due_at = address.found_at + rung
    reason = f"{said}; looked at again when it is {_words(rung)} old"
    sooner = []
    if is_live and extra < MOST_LIVE:
        sooner.append((first / 4, "a live page"))
    if text_changed and extra < MOST_EDITED:
        since = now - before if before is not None else first
        sooner.append((max(first, since) / 2, "its text has changed"))
    for wait, why in sooner:
        if now + wait < due_at:
            due_at = now + wait
            reason = f"{said}, {why}; looked at again after {_words(wait)}"
    return _put_off(address, reason, due_at)


def _gone(
    address: Address,
    capture: Capture,
    why: str,
    ladder: Sequence[float],
    now: datetime,
) -> Address:
    """Take in that a page is no longer there; its last good answer stays known."""
    address = replace(
        address,
        step=address.step + 1,
        attempts=0,
        gone=address.gone + 1,
        record_id=capture.record_id,
        status=capture.status,
    )
    rung = _next_rung(address, ladder, now)
    if rung is None or address.gone >= MOST_GONE:
        return _final(address, AddressState.FETCHED, f"gone ({why})")
    reason = f"gone ({why}); looked at once more when it is {_words(rung)} old"
    return _put_off(address, reason, address.found_at + rung)


def _with_validators(address: Address, capture: Capture, head: Head | None) -> Address:
    etag = head.first(b"ETag") if head is not None else None
    last_modified = head.first(b"Last-Modified") if head is not None else None
    if capture.status == 304:  # what it says takes the place (RFC 9111, 4.3.4)
        return replace(
            address,
            etag=etag or address.etag,
            last_modified=last_modified or address.last_modified,
        )
    if capture.status != 200:
        return address
    if capture.truncated is not None:
        # "Not modified" would say that half a page is all there is.
        etag = last_modified = None
    return replace(
        address,
        payload_digest=capture.payload_digest,
        etag=etag,
        last_modified=last_modified,
    )


# ---------------------------------------------------------------- no answer


def _failed(
    address: Address,
    why: str,
    record_id: str,
    ladder: Sequence[float],
    now: datetime,
    *,
    retry_after: datetime | None,
) -> Address:
    attempts = address.attempts + 1
    address = replace(_cited(address, record_id), attempts=attempts)
    wait = min(_QUARTER * 2 ** (attempts - 1), _DAY)
    due_at = now + _spread(address.key, attempts, wait)
    reason = f"{why}; attempt {attempts} of {MOST_ATTEMPTS}"
    if attempts >= MOST_ATTEMPTS:
        # A site that was down for a day must not end the looks at what is held.
        rung = _next_rung(address, ladder, now) if address.step else None
        if rung is None:
            reason = f"{why}; given up after {attempts} attempts in a row"
            return _final(address, AddressState.GIVEN_UP, reason)
        due_at = address.found_at + rung
        reason = f"{why}; {attempts} attempts, next when it is {_words(rung)} old"
    if retry_after is not None and retry_after > due_at:
        due_at, reason = retry_after, f"{reason}; its host asked to wait"
    return replace(address, state=AddressState.FAILED, reason=reason, due_at=due_at)


def _refused(address: Address, why: str, record_id: str, now: datetime) -> Address:
    attempts = address.attempts + 1
    address = replace(_cited(address, record_id), attempts=attempts)
    if attempts > MOST_REFUSALS:
        reason = f"{why}; not asked for any more"
        return _final(address, AddressState.REFUSED, reason)
    wait = _spread(address.key, attempts, _DAY * 2 ** (attempts - 1))
    return replace(
        address,
        state=AddressState.REFUSED,
        reason=f"{why}; refused {attempts} times" if attempts > 1 else why,
        due_at=now + wait,
    )


def _cited(address: Address, record_id: str) -> Address:
    """Name what says that nothing came, unless an earlier answer is known."""
    return address if address.step else replace(address, record_id=record_id)


def _retry_after(head: Head | None, now: datetime) -> datetime | None:
    field = head.first(b"Retry-After") if head is not None else None
    seconds = retry_after_s(field, now) if field is not None else None
    if seconds is None:
        return None
    return now + timedelta(seconds=min(seconds, _LONGEST_WAIT_S))


# ---------------------------------------------------------------- shared


def _put_off(address: Address, reason: str, due_at: datetime) -> Address:
    return replace(address, state=AddressState.DUE, reason=reason, due_at=due_at)


def _final(address: Address, state: AddressState, reason: str) -> Address:
    return replace(address, state=state, reason=reason, due_at=None)


def _next_rung(
    address: Address, ladder: Sequence[float], now: datetime
) -> timedelta | None:
    """Give the first age of the ladder that the address has not reached."""
    rungs = (timedelta(seconds=age) for age in ladder)
    return min((r for r in rungs if address.found_at + r > now), default=None)


def _spread(key: str, attempts: int, wait: timedelta) -> timedelta:
    """Make a wait up to a tenth longer, so that not all come back in one moment."""
    return wait * (1 + _share(key, attempts) / 10)


def _share(key: str, number: int) -> float:
    """Give an address its place between 0 and 1: evenly spread, always the same."""
    digest = sha256_label(f"{number} {key}".encode("utf-8", "replace"))
    return int(digest[7:15], 16) / 2**32


def _next_day(key: str, now: datetime) -> datetime:
    """Give a moment in the first hour of the next UTC day."""
    midnight = datetime.combine(now.astimezone(UTC).date() + _DAY, time(), UTC)
    return midnight + _HOUR * _share(key, 0)


def _path(url: str) -> str:
    return identity(url).partition(")")[2]


def _words(span: timedelta) -> str:
    seconds = span.total_seconds()
    return duration_words(seconds if seconds < 120 else round(seconds / 60) * 60)
