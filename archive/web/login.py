"""Logging in and out, and the choice of colours: what is kept in cookies."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from archive.web.access import (
    LONGEST_NEXT,
    SESSION_COOKIE,
    SESSION_S,
    Access,
    peer_of,
    session_of,
)
from archive.web.pages import THEME_COOKIE, render

router = APIRouter(include_in_schema=False)

_YEAR_S = 365 * 24 * 3600


@router.get("/login", response_class=HTMLResponse)
def login_page(
    request: Request,
    next_: Annotated[str, Query(alias="next", max_length=LONGEST_NEXT)] = "/",
) -> Response:
    """Ask for the password."""
    return render(request, "login.html", next=own_path(next_), trouble="")


@router.post("/login")
def login(
    request: Request,
    secret: Annotated[str, Form(max_length=4000)],
    next_: Annotated[str, Form(alias="next", max_length=LONGEST_NEXT)] = "/",
) -> Response:
    """Give a session to who knows the password."""
    access: Access = request.app.state.access
    there, peer = own_path(next_), peer_of(request.scope)
    session = access.log_in(secret, peer)
    if session is None:
        wait_s = math.ceil(access.wait_s(peer))
        trouble = "That is not the password or token."
        if wait_s:
            trouble = f"Too many wrong tries: try again in {wait_s} s."
        return render(
            request,
            "login.html",
            status=429 if wait_s else 401,
            headers={"Retry-After": str(wait_s)} if wait_s else None,
            next=there,
            trouble=trouble,
        )
    answer = RedirectResponse(there, 303)
    _keep(request, answer, SESSION_COOKIE, session, SESSION_S)
    return answer


@router.post("/logout")
def logout(request: Request) -> Response:
    """End the session."""
    access: Access = request.app.state.access
    access.log_out(session_of(request.headers))
    answer = RedirectResponse("/login" if access.is_private else "/", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.post("/theme")
def theme(
    request: Request,
    theme: Annotated[Literal["auto", "light", "dark"], Form()],
    next_: Annotated[str, Form(alias="next", max_length=LONGEST_NEXT)] = "/",
) -> Response:
    """Remember which colours the reader wants."""
    answer = RedirectResponse(own_path(next_), 303)
    _keep(request, answer, THEME_COOKIE, theme, _YEAR_S)
    return answer


def own_path(text: str) -> str:
    r"""Give a path of ours to go to; the first page for whatever leads elsewhere.

    Browsers take `//host` and `/\host` for other sites, and leave out control
    characters before they look (URL standard, 4.4).
    """
    is_own = text.startswith("/") and text.isprintable() and text.isascii()
    return text if is_own and text[1:2] not in ("/", "\\") else "/"


def _keep(
    request: Request, answer: Response, name: str, value: str, seconds: int
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
