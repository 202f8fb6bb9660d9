"""Notices to people: a signed webhook, or an e-mail [I/O].

The webhook follows the Standard Webhooks specification (headers `webhook-id`,
`webhook-timestamp`, `webhook-signature`), so that receivers find a library.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from typing_extensions import override

from archive import clock
from archive.errors import UsageError
from archive.watch.flags import Outbox
from archive.watch.model import Notice

_log = logging.getLogger(__name__)

TIME_LIMIT_S: Final = 15.0
EVERY_S: Final = 10.0  # between two looks into the outbox
_FIRST_PAUSE: Final = timedelta(seconds=30)  # doubled by each failure
_GIVE_UP_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where notices are posted to, and what they are signed with."""

    url: str
    secret: bytes

    @classmethod
    def of(cls, url: str, secret: str) -> Webhook:
        """Read settings; `secret` may be `whsec_` and base64. Raises UsageError."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise UsageError(f"the webhook {url!r} is no http or https address")
        if not secret:
            raise UsageError(
                "a webhook is signed: put its secret into DATELINE_WEBHOOK_SECRET"
            )
        if not secret.startswith("whsec_"):
            return cls(url=url, secret=secret.encode("utf-8"))
        try:
            return cls(url=url, secret=base64.b64decode(secret[6:], validate=True))
        except ValueError as error:
            raise UsageError("DATELINE_WEBHOOK_SECRET is no base64") from error

    def headers(self, notice: Notice, now: datetime) -> dict[str, str]:
        """Sign a notice: HMAC-SHA256 over id, time and body."""
        moment = str(int(now.timestamp()))
        signed = f"{notice.id}.{moment}.{notice.body}".encode()
        digest = hmac.new(self.secret, signed, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": notice.id,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode('ascii')}",
        }

    def send(self, notice: Notice) -> None:
        """Post a notice. Raises OSError if it was not accepted."""
        request = Request(  # noqa: S310 (http and https only, see `of`)
            self.url,
            data=notice.body.encode("utf-8"),
            headers=self.headers(notice, clock.now()),
            method="POST",
        )
        with build_opener(_NoRedirects).open(request, timeout=TIME_LIMIT_S) as answer:
            if not 200 <= answer.status < 300:
                raise OSError(f"status {answer.status}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Whom notices are written to, and by which server."""

    server: str  # smtp://[user:password@]host[:port], or smtps://
    sender: str
    receiver: str

    def send(self, notice: Notice) -> None:
        """Send a notice. Raises OSError, and smtplib's errors are such."""
        values = json.loads(notice.body)
        letter = EmailMessage()
        letter["From"], letter["To"] = self.sender, self.receiver
        # A header of one line: what a source says of itself may hold anything.
        words = f"Dateline: {values.get('source', '')} {values.get('type', '')}"
        letter["Subject"] = " ".join(words.split())
        letter["Message-ID"] = f"<{notice.id}@dateline.invalid>"
        letter.set_content(
            "\n".join(f"{name}: {value}" for name, value in values.items())
        )
        parts = urlsplit(self.server)
        host = parts.hostname or "localhost"
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=TIME_LIMIT_S, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TIME_LIMIT_S)
        with server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(letter)


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is an error: what is signed goes to the address that was named."""

    @override
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing; urllib raises HTTPError then."""


class Messenger:
    """Sends what waits in the outbox, again and again until it is accepted."""

    def __init__(self, outbox: Outbox, ways: list[Callable[[Notice], None]]) -> None:
        """Send each notice by every way."""
        self._outbox = outbox
        self._ways = ways

    async def work(self) -> None:
        """Send for ever; to be cancelled. Raises StorageError."""
        while True:
            await self.send_waiting()
            await asyncio.sleep(EVERY_S)

    async def send_waiting(self) -> None:
        """Send what is to be sent by now. Raises StorageError."""
        for notice in self._outbox.waiting(clock.now()):
            try:
                for way in self._ways:
                    await asyncio.to_thread(way, notice)
            except OSError as error:
                now = clock.now()
                is_over = now - notice.made_at > _GIVE_UP_AFTER
                pause = _FIRST_PAUSE * 2 ** min(notice.attempts, 10)
                _log.warning("a notice could not be sent: %s", error)
                self._outbox.settle(
                    notice, str(error), None if is_over else now + pause
                )
            else:
                self._outbox.settle(notice, "sent", None)
