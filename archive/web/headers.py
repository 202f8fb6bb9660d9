"""Headers that every answer has, unless it has its own of the same name."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# No inline script, no inline style, nothing from elsewhere.
POLICY: Final = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SECURITY: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Nothing is told to other sites. With "no-referrer" a browser would leave out
    # the origin of our own forms, too, and the check of it would refuse them
    # (Fetch standard, "append a request Origin header").
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",  # for what does not know frame-ancestors
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",  # what is held changes while one reads
}


class SecurityHeaders:
    """An ASGI application around another, which adds `SECURITY` to its answers."""

    def __init__(self, app: ASGIApp) -> None:
        """Answer what `app` answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # Who has a policy of their own also says who may frame them.
                own = "Content-Security-Policy" in headers
                for name, value in SECURITY.items():
                    if not (own and name == "X-Frame-Options"):
                        headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class HeadAsGet:
    """An ASGI application around another, which answers HEAD as GET without content.

    RFC 9110, 9.3.2; Memento clients ask so for headers (RFC 7089, 4).
    """

    def __init__(self, app: ASGIApp) -> None:
        """Answer what `app` answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        is_told = False

        async def without_content(message: Message) -> None:
            nonlocal is_told
            if message["type"] != "http.response.body":
                await send(message)
            elif not is_told:
                # The end at once: who makes a package piece by piece stops with it.
                is_told = True
                await send({**message, "body": b"", "more_body": False})

        await self._app({**scope, "method": "GET"}, receive, without_content)
