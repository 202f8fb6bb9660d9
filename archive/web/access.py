"""Who may read the page, and under which names it answers.

Three things keep other sites out, whoever the reader is:

- the name in Host must be an address or one of ours: a foreign name that was made to
  point here (DNS rebinding) is not answered;
- whatever changes something must come from one of our own pages (Origin);
- the cookies are not sent along by other sites (SameSite) nor seen by scripts.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from archive.digests import sha256_label
from archive.web.passwords import Secret, Token, Tries

SESSION_COOKIE: Final = "dateline_session"
SESSION_S: Final = 7 * 24 * 3600
LONGEST_NEXT: Final = 8000  # characters of the address to go to after the login
_MOST_SESSIONS: Final = 1000
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN: Final = ("/login", "/static/")  # what a login itself is made of


class Access:
    """Knows the secrets, who has logged in, and our names. Safe between threads."""

    def __init__(
        self, secrets: Iterable[Secret] = (), *, names: Iterable[str] = ()
    ) -> None:
        """Let in who knows one of `secrets`; everybody if there is none.

        `names` are answered beside localhost and literal addresses.
        """
        self._secrets = tuple(secrets)
        self._names = {"localhost", *(name.lower().rstrip(".") for name in names)}
        self._sessions: OrderedDict[str, float] = OrderedDict()
        self._tries = Tries()
        self._lock = threading.Lock()

    @property
    def is_private(self) -> bool:
        """Whether one has to log in."""
        return bool(self._secrets)

    # ------------------------------------------------------------ other sites

    def is_own_name(self, host: str) -> bool:
        """Whether a Host header names this machine by an address or one of our names.

        A page of another site can not have an address as its name.
        """
        try:
            name = urlsplit(f"//{host}").hostname or ""
            _ = urlsplit(f"//{host}").port  # raises for what is no port
        except ValueError:
            return False
        if name.rstrip(".") in self._names:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True

    def is_own_origin(self, headers: Headers) -> bool:
        """Whether a request that changes something comes from our own pages.

        Browsers name the origin of every such request; programs, which nobody can
        mislead, name none. The scheme may differ: a proxy may speak TLS for us.
        """
        origin = headers.get("origin")
        if origin is not None:
            host = headers.get("host", "").lower()
            return bool(host) and netloc_of(origin) == host
        return (
            headers.get("sec-fetch-site", "same-origin") == "same-origin"
            and "cookie" not in headers
        )

    # ------------------------------------------------------------ logging in

    def wait_s(self, peer: str) -> float:
        """Say how many seconds `peer` has to wait until it may guess again."""
        with self._lock:
            return self._tries.wait_s(peer, time.monotonic())

    def log_in(self, guess: str, peer: str) -> str | None:
        """Give a session for a right guess, None for a wrong one or one too early."""
        with self._lock:  # one guess at a time: each takes memory
            if self._tries.wait_s(peer, time.monotonic()) > 0:
                return None
            if not any(secret.matches(guess) for secret in self._secrets):
                self._tries.failed(peer, time.monotonic())
                return None
            self._tries.succeeded(peer)
            session = secrets.token_urlsafe(32)
            self._sessions[_key(session)] = time.monotonic() + SESSION_S
            while len(self._sessions) > _MOST_SESSIONS:
                self._sessions.popitem(last=False)
            return session

    def log_out(self, session: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(_key(session), None)

    def knows(self, headers: Headers, peer: str) -> bool:
        """Whether a request shows a session, or a token (RFC 6750, 2.1)."""
        session = session_of(headers)
        if session:
            with self._lock:
                ends = self._sessions.get(_key(session), 0.0)
            if time.monotonic() < ends:
                return True
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return False
        with self._lock:
            if self._tries.wait_s(peer, time.monotonic()) > 0:
                return False
            tokens = (one for one in self._secrets if isinstance(one, Token))
            if any(one.matches(token.strip()) for one in tokens):
                self._tries.succeeded(peer)
                return True
            self._tries.failed(peer, time.monotonic())
            return False


class Gate:
    """An ASGI application around another, which answers only to whom it may."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        """Let through to `app` what `access` allows."""
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._access.is_own_name(host):
            return PlainTextResponse(
                "This is not the name of this page. Open it by its address, or start "
                "`dateline serve` with --name and the name.\n",
                421,
            )
        if scope["method"] not in _SAFE and not self._access.is_own_origin(headers):
            return PlainTextResponse(
                "This was asked for by another site's page; nothing was done.\n", 403
            )
        path: str = scope["path"]
        if not self._access.is_private or path.startswith(_OPEN):
            return None
        if self._access.knows(headers, peer_of(scope)):
            return None
        if scope["method"] in _SAFE and "text/html" in headers.get("accept", ""):
            return RedirectResponse(f"/login?next={_here(scope)}", 303)
        return JSONResponse(
            {"detail": "Log in, or send the token: Authorization: Bearer TOKEN"},
            401,
            {"WWW-Authenticate": 'Bearer realm="Dateline"'},
        )


def _here(scope: Scope) -> str:
    """Write, for a query, the address that was asked for, as it was sent.

    One that is too long for that leads to the first page.
    """
    sent: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    path, query = sent.partition(b"?")[0], scope["query_string"]
    here = b"?".join(filter(None, (path, query)))
    return quote(here, safe="/") if len(here) <= LONGEST_NEXT else "/"


def peer_of(scope: Scope) -> str:
    """Name who asks."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def session_of(headers: Headers) -> str:
    """Give the session that a request shows; empty if it shows none.

    Whatever else listens on this machine sets cookies for us, too, in any spelling.
    """
    return cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE, "")


def netloc_of(origin: str) -> str:
    """Give host and port of an origin; empty for "null" and what is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _key(session: str) -> str:
    return sha256_label(session.encode("utf-8", "replace"))
