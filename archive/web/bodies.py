"""How much anybody may send: the forms of the page are short."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_SENT: Final = 2 * 1024 * 1024  # bytes; an entry of a source has 100,000 letters


class ShortBodies:
    """An ASGI application around another, which is sent no more than `MOST_SENT`.

    Files of a form are kept on the disk, and fields in memory, before anybody looks
    at them, and of who has not logged in, too. Who sends more is told 413
    (RFC 9110, 15.5.14).
    """

    def __init__(self, app: ASGIApp) -> None:
        """Give to `app` what is sent."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = 0

        async def counted() -> Message:
            nonlocal sent
            message = await receive()
            sent += len(message.get("body", b""))
            if sent > MOST_SENT:
                raise HTTPException(
                    413, f"more than {MOST_SENT // 1024} kB were sent: nothing was done"
                )
            return message

        await self._app(scope, counted, send)
