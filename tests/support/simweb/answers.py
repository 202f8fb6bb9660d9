"""What is asked and what is answered, before it becomes bytes on a connection."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from tests.support.simweb.hosts import ALWAYS, Trouble, Validators
from tests.support.simweb.seeds import http_date

GZIP_TYPE = "application/gzip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request."""

    method: str
    target: str
    fields: Mapping[str, str]  # names in lower case

    @property
    def path(self) -> str:
        """The target without its query: nothing here depends on a query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response, and how it goes wrong if it does."""

    status: int
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_chunked: bool = False
    keeps_alive: bool = True
    wait_s: float = 0.0  # of real time, before it
    trouble: Trouble | None = None


class Site(Protocol):
    """Answers for one address, as a function of request and moment."""

    address: str

    def answer(self, asked: Asked, now: datetime) -> Answer:
        """Answer a request at a moment."""

    def trouble(self, path: str, now: datetime) -> Trouble | None:
        """Give what goes wrong with a request at a moment."""

    @property
    def is_ever_refusing(self) -> bool:
        """Say whether there are times when nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer before conditions and codings."""

    status: int = 200
    media: str = "text/html"
    content: str | bytes | Callable[[], str | bytes] = ""
    state: str | None = None  # equal for equal content; None: can not be asked for
    changed: datetime = ALWAYS
    location: str | None = None


def validator_fields(
    validators: Validators, state: str, changed: datetime, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Give the fields that a later request may be conditional by."""
    etag = {
        Validators.WEAK: f'W/"{state}"',
        Validators.FICKLE: f'"{state}-{int(now.timestamp())}"',
    }.get(validators, f'"{state}"')
    fields: tuple[tuple[str, str], ...] = ()
    if validators not in {Validators.NONE, Validators.MODIFIED}:
        fields = (("ETag", etag),)
    if validators in {Validators.MODIFIED, Validators.BOTH, Validators.DEAF}:
        fields += (("Last-Modified", http_date(changed)),)
    return fields


def is_conditional(asked: Asked) -> bool:
    """Say whether a request carries a condition."""
    return "if-none-match" in asked.fields or "if-modified-since" in asked.fields


def is_unmodified(asked: Asked, fields: tuple[tuple[str, str], ...]) -> bool:
    """Say whether 304 is the answer to a request (RFC 9110, 13.2.2).

    `If-None-Match` is compared weakly, and `If-Modified-Since` counts only
    without it.
    """
    ours = dict(fields)
    wanted = asked.fields.get("if-none-match")
    if wanted is not None:
        etag = ours.get("ETag")
        known = {one.strip().removeprefix("W/") for one in wanted.split(",")}
        return etag is not None and etag.removeprefix("W/") in known
    since, modified = asked.fields.get("if-modified-since"), ours.get("Last-Modified")
    if since is None or modified is None:
        return False
    if since == modified:
        return True
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):  # no date, or one without a zone
        return False


def content_of(draft: Draft, charset: str) -> bytes:
    """Write what a draft says; only asked for where it is sent."""
    content = draft.content() if callable(draft.content) else draft.content
    if isinstance(content, str):
        return content.encode(charset, "xmlcharrefreplace")
    return content


def gzipped(body: bytes) -> bytes:
    """Compress so that equal bytes give equal bytes."""
    return gzip.compress(body, compresslevel=6, mtime=0)
