"""The pace of one host: when it may be asked again. Pure.

Each function takes what is known of a host and gives what is known after.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from archive.model import Manners
from archive.watch.model import HostState

MAX_WAIT_S: Final = 24 * 3600.0  # of Retry-After and Crawl-delay
# A host that takes long is asked less often: so many times as long as it took.
_FACTOR: Final = 2.0
_SMOOTHING: Final = 0.3  # weight of the last answer
_LEAST_S: Final = 0.25
_BACK_OFF_S: Final = 2.0  # after the first failure; doubled by each further one
_MAX_BACK_OFF_S: Final = 15 * 60.0
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """Name the host whose pace counts for an address.

    The usual ports of http and https are one host; another port is another.
    """
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = parts.port
    if port is None or port in _DEFAULT_PORTS.values():
        return name
    return f"{name}:{port}"


def authority_of(url: str) -> str:
    """Name scheme, host and port: what a robots.txt is valid for (RFC 9309, 2.3)."""
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def free_at(
    state: HostState, manners: Manners, crawl_delay_s: float
) -> datetime | None:
    """Say when the host may be asked again; None if it never was.

    What the host asks for counts even beyond our own most, and from any request,
    one for robots.txt too; what we have learnt of it only up to that most.
    """
    own = min(max(manners.delay_s, state.delay_s), _most(manners))
    theirs = min(crawl_delay_s, MAX_WAIT_S)
    return max(
        (
            moment
            for moment in (
                _later(state.last_at, max(own, theirs)),
                _later(state.robots_at, theirs),
                state.not_before,
            )
            if moment is not None
        ),
        default=None,
    )


def asked(state: HostState, now: datetime, *, for_robots: bool) -> HostState:
    """Count a request that is sent now."""
    day = now.astimezone(UTC).date().isoformat()
    used = state.used + 1 if state.day == day else 1
    return _sent(replace(state, day=day, used=used), now, for_robots=for_robots)


def is_spent(state: HostState, now: datetime, manners: Manners) -> bool:
    """Whether today's requests to the host are used up."""
    day = now.astimezone(UTC).date().isoformat()
    return state.day == day and state.used >= manners.daily_budget


def answered(
    state: HostState,
    *,
    began_at: datetime,
    duration_s: float,
    status: int,
    retry_after: bytes | None,
    now: datetime,
    manners: Manners,
    for_robots: bool,
) -> HostState:
    """Take in an answer: how long it took, and what it asks for.

    The distance counts from `began_at`, when the request really began to be
    sent. `Retry-After` counts with 429, 503 and 3xx (RFC 9110, 10.2.3).
    """
    state = _sent(state, began_at, for_robots=for_robots)
    wait = retry_after_s(retry_after, now) if retry_after is not None else None
    if wait is not None and (status in (429, 503) or 300 <= status < 400):
        until = now + timedelta(seconds=min(wait, MAX_WAIT_S))
        shown = (retry_after or b"").decode("latin-1").strip()[:60]
        state = _stay_away(state, until, f"Retry-After: {shown}")
    if status == 429 or status >= 500:
        return failed(state, now=now, host_says=f"status {status}")
    learnt = (1 - _SMOOTHING) * state.delay_s + _SMOOTHING * _FACTOR * duration_s
    # Shorter than this it makes no difference, and a fast host is left alone by it.
    learnt = 0.0 if learnt < _LEAST_S else min(round(learnt, 3), _most(manners))
    return replace(state, failures=0, delay_s=learnt)


def failed(
    state: HostState, *, now: datetime, host_says: str = "no answer"
) -> HostState:
    """Take in that a host did not, or could not, answer: back off, with jitter."""
    failures = state.failures + 1
    most = min(_BACK_OFF_S * 2.0 ** (failures - 1), _MAX_BACK_OFF_S)
    # Spread by what nobody else shares, and the same each time it is computed.
    digest = sha256(f"{state.used} {state.last_at}".encode()).digest()
    until = now + timedelta(seconds=most * (0.5 + digest[0] / 512))
    state = replace(state, failures=failures)
    return _stay_away(state, until, f"{host_says}, {failures} in a row")


def _stay_away(state: HostState, until: datetime, reason: str) -> HostState:
    if state.not_before is not None and state.not_before >= until:
        return state
    return replace(state, not_before=until, reason=reason)


def _sent(state: HostState, moment: datetime, *, for_robots: bool) -> HostState:
    before = state.robots_at if for_robots else state.last_at
    latest = moment if before is None else max(before, moment)
    if for_robots:
        return replace(state, robots_at=latest)
    return replace(state, last_at=latest)


def _later(moment: datetime | None, seconds: float) -> datetime | None:
    return moment and moment + timedelta(seconds=seconds)


def _most(manners: Manners) -> float:
    """Give the longest delay that we choose by ourselves, in seconds."""
    return max(manners.max_delay_s, manners.delay_s)


def retry_after_s(value: bytes, now: datetime) -> float | None:
    """Read `Retry-After`: seconds, or an HTTP date; None if it is neither."""
    text = value.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())
