"""What goes wrong, as an answer: a page for people, JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from archive.errors import DatelineError, NotFound, StorageError, UsageError
from archive.web.headers import SECURITY
from archive.web.pages import render

_HINTS: Final = {
    400: "Change the address or the form, and try again.",
    404: "The archive holds nothing under this address.",
    422: "Change the address or the form, and try again.",
    500: "The terminal that `dateline serve` runs in says more.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, for programs."""

    detail: str  # one sentence


# For the description of the API: what every operation may answer.
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": Problem, "description": "This can not be asked"},
    401: {"model": Problem, "description": "One has to log in"},
    404: {"model": Problem, "description": "Nothing is held under this name"},
    413: {"model": Problem, "description": "More was sent than anybody needs to"},
    422: {"model": Problem, "description": "A parameter is not what it has to be"},
    503: {"model": Problem, "description": "The disk refused"},
}


def install(app: FastAPI) -> None:
    """Have errors of ours, of the request and of routing answered alike."""

    @app.exception_handler(HTTPException)
    def of_http(request: Request, error: HTTPException) -> Response:
        return _answer(
            request, error.status_code, str(error.detail), dict(error.headers or {})
        )

    @app.exception_handler(RequestValidationError)
    def of_request(request: Request, error: RequestValidationError) -> Response:
        # What was sent is not repeated: it may be long, and anything.
        sentences = [
            f"{' '.join(str(part) for part in one['loc'][1:])}: {one['msg']}"
            for one in error.errors()
        ]
        return _answer(request, 422, "; ".join(sentences) or "not understood")

    @app.exception_handler(Exception)
    def of_nobody(request: Request, _: Exception) -> Response:
        # It is told on the terminal of `serve`, not to whoever asks.
        answer = _answer(
            request,
            500,
            "Something went wrong here that should not. The archive is unharmed.",
        )
        answer.headers.update(SECURITY)  # this answer passes by what adds them
        return answer

    @app.exception_handler(DatelineError)
    def of_ours(request: Request, error: DatelineError) -> Response:
        return _answer(request, status_of(error), str(error))


def status_of(error: DatelineError) -> int:
    """Choose the status that tells what kind of error it is."""
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, UsageError):
        return 400
    return 503 if isinstance(error, StorageError) else 500


def _answer(
    request: Request, status: int, sentence: str, headers: dict[str, str] | None = None
) -> Response:
    if not _wants_page(request):
        return JSONResponse({"detail": sentence}, status, headers)
    return render(
        request,
        "error.html",
        status=status,
        headers=headers,
        status_code=status,
        phrase=_phrase(status),
        sentence=sentence,
        hint=_HINTS.get(status, ""),
    )


def _wants_page(request: Request) -> bool:
    is_api = request.url.path.startswith(("/api/", "/cdx", "/timemap/", "/export/"))
    return not is_api and "text/html" in request.headers.get("accept", "")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
